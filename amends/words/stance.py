"""Whose side a note takes: does it say the customer is right, or wrong?

For one purpose only: a note that says the opposite of the finding the customer was sent is put beside it. Only
our own words are read, never a customer's. Silent unless the words are plain. The phrases are data: `for` and
`against` are the side one takes as it stands; with a "not" inside (?P<no>), it takes the other.
"""

import re
from collections.abc import Iterator
from functools import cache

from amends.words.languages import data

FOR, AGAINST, NEITHER = "for", "against", ""

_OTHER = {FOR: AGAINST, AGAINST: FOR}
_QUOTED = re.compile(r"[\"“”„«][^\"“”„«»]{0,400}[\"”“»]")


class _Sides:
    def __init__(self, told: dict):
        parts = told["parts"]
        self.phrases = [
            (re.compile(_filled(phrase, parts), re.I), side)
            for side in (FOR, AGAINST)
            for phrase in told[side]
        ]
        self.ourselves = re.compile(_filled(told["ourselves"], parts), re.I)
        self.reported = re.compile(told["reported"], re.I)


def _filled(phrase: str, parts: dict[str, str]) -> str:
    for name, part in parts.items():
        phrase = phrase.replace(f"<{name}>", part)
    return phrase


@cache
def _sides(language: str) -> _Sides:
    return _Sides(data(language, "phrases")["stance"])


def stance(text: str, language: str = "en") -> str:
    """The side a note takes: "for" or "against" the customer, or empty when it takes none, or both."""
    known, text = _sides(language), _QUOTED.sub(" ", text[:20_000]).replace("’", "'")
    found = {side for reader, side in known.phrases for side in _taken(text, reader, side, known)}
    return found.pop() if len(found) == 1 else NEITHER


def _taken(text: str, reader: re.Pattern, side: str, known: _Sides) -> Iterator[str]:
    """The side of each place where this phrase stands as our own opinion."""
    for match in reader.finditer(text):
        if known.reported.search(text[max(0, match.start() - 120) : match.start()]):
            continue  # what somebody else said, not what we hold
        turned = bool(match.groupdict().get("no"))
        if "no" in match.groupdict() and known.ourselves.match(match.group()):
            turned = not turned  # "we are wrong" speaks of us
        yield _OTHER[side] if turned else side
