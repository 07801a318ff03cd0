"""What is told by a phrase: claims of what is so, fellow-feeling, endings, comfort, contempt. The phrases are data."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from amends.words.languages import data
from amends.words.sentences import Sentence

_CLAUSE = r"[^.!?;\n]{0,60}"  # what "…" stands for


class Found(NamedTuple):
    """Letters `start` to before `end` of the plain text."""

    start: int
    end: int
    kind: str = ""


class Phrases:
    def __init__(self, data: dict):
        self.claims = {kind: _any(patterns) for kind, patterns in data["claims"].items()}
        self.fellow_feeling = _any(data["comfort"]["fellow_feeling"])
        self.ending = _any(data["comfort"]["ending"])
        self.soothing = _any(data["soothing"]["words"])
        self.asking, self.closing = _any(data["asking"]["words"]), _any(data["asking"]["closing"])
        contempt = data["contempt"]
        self.insulting = _any(contempt["phrases"])
        self.insults, self.weak, self.adjectives = (
            frozenset(contempt[name].split()) for name in ("insults", "weak", "adjectives")
        )
        self.who = frozenset(contempt["who"].split("|"))
        self.spared = frozenset(contempt["spared"].split())


def _any(patterns: list[str]) -> re.Pattern:
    return re.compile("|".join(f"(?:{pattern.replace('…', _CLAUSE)})" for pattern in patterns))


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


# Contempt ---------------------------------------------------------------------------------------------------------

_REPORTED = frozenset(
    [
        "called",
        "calling",
        "calls",
        "said",
        "says",
        "saying",
        "shouted",
        "shouting",
        "yelled",
        "word",
        "words",
        "name",
        "names",
        "used",
        "using",
        "told",
        "wrote",
    ]
)
_TURNS = frozenset(
    [
        "what",
        "such",
        "that",
        "this",
        "the",
        "a",
        "an",
        "another",
        "total",
        "complete",
        "absolute",
        "utter",
        "typical",
        "same",
        "our",
        "these",
        "those",
        "being",
    ]
)
_US = frozenset(["i", "we", "me", "us", "our", "my", "myself", "it", "product", "printer", "system"])
_IS = frozenset(["is", "'s", "was", "are", "were", "'re", "sounds", "seems", "being", "be"])
_UTTER = frozenset(
    [
        "total",
        "absolute",
        "complete",
        "utter",
        "real",
        "right",
        "silly",
        "bloody",
        "fucking",
        "damn",
        "proper",
        "typical",
    ]
)
_BETWEEN = frozenset(
    [
        "a",
        "an",
        "so",
        "such",
        "just",
        "really",
        "totally",
        "completely",
        "absolutely",
        "clearly",
        "obviously",
        "quite",
        "pretty",
        "very",
        "being",
        "such",
        "bit",
        "bloody",
        "fucking",
        "damn",
        "complete",
        "total",
        "utter",
        "right",
    ]
)


def contempt(words: Sentence, text: str, language: str) -> Iterator[Found]:
    """Phrases that belittle the customer, in words of ours for our own eyes. What somebody else said is reported."""
    known = phrases(language)
    for n, word in enumerate(words):
        if word.quoted or _is_reported(words, n):
            continue
        if word.text in known.insults or word.text.rstrip("s") in known.insults:
            if not _about_us(words, n):
                yield Found(words[_begin(words, n)].start, word.end)
        elif word.text in known.weak or word.text.rstrip("s") in known.weak:
            if _is_called(words, n, known) and not _about_us(words, n):
                yield Found(words[_begin(words, n)].start, word.end)
        elif word.text in known.adjectives:
            end = _belittled(words, n, known)
            if end:
                yield Found(words[_begin(words, n)].start, words[end - 1].end)
    if words and not words[0].quoted:
        for match in known.insulting.finditer(text, words[0].start, words[-1].end):
            yield Found(*match.span())


def _is_reported(words: Sentence, n: int) -> bool:
    """Whether somebody else is said to have used the word: "called me an idiot"."""
    return any(word.text in _REPORTED for word in words[max(0, n - 5) : n])


def _is_called(words: Sentence, n: int, known: Phrases) -> bool:
    """Whether somebody is called so: "she is a pest", "what a stupid clown"."""
    before = [word.text for word in words[max(0, n - 4) : n]]
    if before and (before[-1] in known.adjectives or before[-1] in _UTTER):
        return True
    if len(before) > 1 and before[-1] in ("a", "an") and before[-2] in ("what", "such"):
        return True
    while before and before[-1] in _BETWEEN:
        before.pop()
    return len(before) > 1 and before[-1] in _IS and before[-2] in known.who


def _about_us(words: Sentence, n: int) -> bool:
    before = [word.text for word in words[max(0, n - 4) : n]]
    return (
        bool(before)
        and any(w in ("i", "we", "me", "myself") for w in before)
        and any(w in _IS or w in ("am", "was", "felt", "feel") for w in before)
    )


def _begin(words: Sentence, n: int) -> int:
    while n and words[n - 1].text in _TURNS | _BETWEEN:
        n -= 1
    return n


def _belittled(words: Sentence, n: int, known: Phrases) -> int:
    """Behind what an adjective belittles: somebody before it ("she is pathetic") or after it ("crazy woman")."""
    for m in range(n + 1, min(n + 3, len(words))):
        if words[m].text in known.spared:
            return 0
        if words[m].text in known.who and words[m].text not in ("he", "she", "they", "this one", "that one"):
            return m + 1
        if words[m].text in known.insults:
            return 0  # told there
    if words[n].text == "entitled" and n + 1 < len(words) and words[n + 1].text in ("to", "by", "under"):
        return 0
    at = n - 1
    while at >= 0 and words[at].text in _BETWEEN:
        at -= 1
    if at > 0 and words[at].text in _IS and words[at - 1].text in known.who:
        following = words[n + 1].text if n + 1 < len(words) else ""
        return 0 if following.isalpha() and following in known.spared else n + 1
    return 0
