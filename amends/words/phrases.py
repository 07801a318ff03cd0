"""What is told by a phrase: claims of what is so, fellow-feeling, endings, comfort. The phrases are data."""

import re
from collections.abc import Iterator
from functools import cache

from amends.words.contempt import contempt
from amends.words.grammar import grammar
from amends.words.languages import data
from amends.words.patterns import Found, Span, any_of
from amends.words.plain import plain
from amends.words.sentences import sentences


class Phrases:
    def __init__(self, told: dict):
        self.promises = {act: any_of(patterns) for act, patterns in told.get("promises", {}).items()}
        self.claims = {kind: any_of(patterns) for kind, patterns in told["claims"].items()}
        self.hypothetical = re.compile(told["hypothetical"])
        self.interrogative = re.compile(told["interrogative"]) if "interrogative" in told else None
        self.fellow_feeling = any_of(told["comfort"]["fellow_feeling"])
        self.ending = any_of(told["comfort"]["ending"])
        self.needs_time = any_of(told["moves"]["needs_time"])
        self.intervened = any_of(told["moves"]["intervened"])
        self.by_voice = any_of(told["moves"]["by_voice"])
        self.blame = any_of(told["solace"]["blame"])
        self.soothing = any_of(told["soothing"]["words"])
        self.signing = any_of(told["soothing"]["signing"]) if "signing" in told["soothing"] else None
        self.asking, self.closing = any_of(told["asking"]["words"]), any_of(told["asking"]["closing"])


@cache
def phrases(language: str) -> Phrases:
    return Phrases(data(language, "phrases"))


def promises(text: str, start: int, end: int, language: str) -> Iterator[Found]:
    """The promises that are told by a phrase of their own."""
    for act, pattern in phrases(language).promises.items():
        yield from (Found(*match.span(), act) for match in pattern.finditer(text, start, end))


def claims(text: str, start: int, end: int, taken: list[tuple[int, int]], language: str) -> Iterator[Found]:
    """The claims by phrase in a sentence, the weightiest kind first, beside what is `taken` by other findings."""
    known, taken = phrases(language), list(taken)
    for kind, pattern in known.claims.items():
        match = pattern.search(text, start, end)
        if match is None or any(first <= match.start() < last for first, last in taken):
            continue
        if not _is_supposed(
            text, match, known.hypothetical.search(text, max(start, match.start() - 60), match.start())
        ):
            last = min((first for first, _ in taken if first > match.start()), default=match.end())
            taken.append((match.start(), min(last, match.end())))
            yield Found(*taken[-1], kind)


_OWN_SUBJECT = re.compile(r"(?:there|this|that|it|we|i|our|you)\b")
_OTHER_CLAUSE = re.compile(
    r"if\b.*\b(?:i|we|you|they|it|he|she)\b(?!.*\b(?:think|feel|find|see|believe|say|know|hear|notice|agree)\b)"
)


def _is_supposed(text: str, told: re.Match, behind: re.Match | None) -> bool:
    """Whether what is told stands behind an "if" or the like, and the "if" has not found its clause before it."""
    if behind is None:
        return False
    ended = _OTHER_CLAUSE.match(text, behind.start(), behind.end())
    return not (ended and _OWN_SUBJECT.match(text, told.start()))


def told_before_asking(text: str, start: int, end: int, language: str) -> int:
    """Up to where a sentence that ends in a question tells something: "there is nothing more, can you accept that?"."""
    first = phrases(language).interrogative
    if first is None or first.match(text, start):
        return start
    return max(text.rfind(mark, start, end) for mark in ",–—")


def marks(name: str, text: str, start: int, end: int, language: str) -> Iterator[Found]:
    """`fellow_feeling`, `ending`, `needs_time`, `intervened` or `blame` between two places."""
    pattern = getattr(phrases(language), name)
    yield from (Found(*match.span()) for match in pattern.finditer(text, start, end))


def blames(text: str, language: str = "en") -> tuple[Span, ...]:
    """Words to a colleague that belittle the customer, or blame them for wanting to be satisfied.

    Plain facts, however hard, blame nobody. Offsets are code points of the text as given.
    """
    speech = grammar(language)
    seen, found = plain(text, speech.writing.letters), []
    for sentence in sentences(seen, speech.writing):
        found += contempt(sentence, seen.text, language)
        if not sentence[0].quoted:
            found += marks("blame", seen.text, sentence[0].start, sentence[-1].end, language)
    return tuple(dict.fromkeys(Span(*seen.given(each.start, each.end)) for each in found))


def by_voice(text: str, language: str = "en") -> bool:
    """Whether a promise to be in touch is one to speak: writing does not keep it."""
    return phrases(language).by_voice.search(plain(text).text) is not None


def soothes(text: str, language: str) -> bool:
    """Whether a sentence greets, thanks, regrets, values or signs."""
    return phrases(language).soothing.search(text) is not None


def closes(text: str, language: str) -> bool:
    """Whether a sentence is a closing formula, behind which only a name stands."""
    closing = phrases(language).signing
    return closing is not None and closing.search(text) is not None


def asks(text: str, language: str) -> bool:
    """Whether a sentence asks the customer for something needed to go on, or shows a way."""
    known = phrases(language)
    return known.asking.search(known.closing.sub("", text)) is not None
