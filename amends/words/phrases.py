"""What is told by a phrase: claims of what is so, fellow-feeling, endings, comfort. The phrases are data."""

from collections.abc import Iterator
from functools import cache

from amends.words.languages import data
from amends.words.patterns import Found, any_of


class Phrases:
    def __init__(self, data: dict):
        self.claims = {kind: any_of(patterns) for kind, patterns in data["claims"].items()}
        self.fellow_feeling = any_of(data["comfort"]["fellow_feeling"])
        self.ending = any_of(data["comfort"]["ending"])
        self.soothing = any_of(data["soothing"]["words"])
        self.asking, self.closing = any_of(data["asking"]["words"]), any_of(data["asking"]["closing"])


@cache
def phrases(language: str) -> Phrases:
    return Phrases(data(language, "phrases"))


def claims(text: str, start: int, end: int, language: str) -> Iterator[Found]:
    """The first claim by phrase in a sentence, the weightiest kind first."""
    for kind in ("nothing_more", "first_case", "normal", "policy"):
        match = phrases(language).claims[kind].search(text, start, end)
        if match:
            yield Found(*match.span(), kind)
            return


def fellow_feeling(text: str, start: int, end: int, language: str) -> Iterator[Found]:
    yield from (Found(*match.span()) for match in phrases(language).fellow_feeling.finditer(text, start, end))


def endings(text: str, start: int, end: int, language: str) -> Iterator[Found]:
    yield from (Found(*match.span()) for match in phrases(language).ending.finditer(text, start, end))


def soothes(text: str, language: str) -> bool:
    """Whether a sentence greets, thanks, regrets, values or signs."""
    return phrases(language).soothing.search(text) is not None


def asks(text: str, language: str) -> bool:
    """Whether a sentence asks the customer for something needed to go on, or shows a way."""
    known = phrases(language)
    return known.asking.search(known.closing.sub("", text)) is not None
