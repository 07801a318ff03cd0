"""Sentences and words of a text, each with its place. Quoted words are told apart: they are somebody else's."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from amends.words.plain import Plain
from amends.words.writing import Writing

LONGEST = 200_000  # letters read: the longest letter there may be, so that nothing hides behind its length
MOST_WORDS = 200  # in one sentence; a longer one is cut, and what stands at the cut is read with both parts
OVERLAP = 25

_ENDS = frozenset(".!?…")


class Word(NamedTuple):
    """A word as it is compared, and where it stands in the plain text.

    quoted  inside somebody else's words
    capital  begins with a capital letter
    """

    text: str
    start: int
    end: int
    quoted: bool = False
    capital: bool = False


Sentence = list[Word]


def sentences(text: Plain, writing: Writing) -> Iterator[Sentence]:
    """Every sentence as its words and marks; marks alone are none."""
    for sentence in _divided(text, writing):
        if any(word.text[0].isalnum() for word in sentence):
            yield sentence


def _divided(text: Plain, writing: Writing) -> Iterator[Sentence]:
    current: Sentence = []
    asides, aside_until = [], 0
    quoted_line = in_quotes = False
    line_start, opened = True, 0
    for match in writing.token.finditer(text.text, 0, LONGEST):
        token = match.group()
        if token[0] == "\n":
            line_start = True
            if len(token) > 1 or quoted_line:
                if current:
                    yield current
                current, in_quotes = [], False
            quoted_line = False
            continue
        if line_start and token == ">":
            quoted_line = True
        if line_start and token in ("-", "*", "•", "–") and current:
            yield current
            current = []
        line_start = False
        if match.start() >= aside_until and (behind := _aside(text.text, match)) and current:
            aside_until = behind
            asides.append([])
        if token == '"':
            in_quotes = not in_quotes and text.text.find('"', match.end(), match.end() + 2000) > 0
            opened = match.start()
            continue
        if in_quotes and match.start() - opened > 2000:
            in_quotes = False
        quoted, capital = quoted_line or in_quotes, text.cased[match.start()].isupper()
        here = asides[-1] if match.start() < aside_until else current
        for part in writing.expand(token):
            here.append(Word(part, match.start(), match.end(), quoted, capital))
        if here is not current:
            continue
        if token in _ENDS and _ends(text, match, current, writing.short):
            yield current
            yield from asides
            current, asides = [], []
        elif len(current) >= MOST_WORDS:
            yield current
            current = current[-OVERLAP:]
    if current:
        yield current
    yield from asides


_ASIDE = re.compile(r"\([^()\n\d.!?]{1,60}\)(?=[ ,]+\w)|(?<= )[—–] [^—–\n\d.!?]{1,60} [—–](?= \w)")


def _aside(text: str, match: re.Match) -> int:
    """The place behind what is put in between: "I spoke (as you asked) with the driver"; 0 where nothing is."""
    found = _ASIDE.match(text, match.start()) if match.group() in "(—–" else None
    return found.end() if found else 0


def _ends(text: Plain, match: re.Match, current: Sentence, short: frozenset[str]) -> bool:
    """Whether this mark ends its sentence: not within a number, an abbreviation or a name of the network."""
    following = text.text[match.end() : match.end() + 1]
    if following and not following.isspace() and following not in ")\"'.!?…":
        return False
    if match.group() != "." or len(current) < 2:
        return True
    before = current[-2]
    return before.text not in short and not (
        _LETTER.match(before.text) and _goes_on(text, match.end(), current)
    )


_LETTER = re.compile(r"[^\W\d_]$")


def _goes_on(text: Plain, place: int, current: Sentence) -> bool:
    """Whether the dot behind a single letter ends no sentence: "5 p.m. on Friday", "M. Roy"."""
    behind = text.cased[place : place + 3].lstrip(" ")[:1]
    dotted = len(current) > 3 and current[-3].text == "." and len(current[-4].text) == 1
    if dotted:
        return behind.islower() or behind.isdigit()
    return behind.isupper() and current[-2].capital and current[-2].text != "i"


def texts(words: Sentence, place: int, many: int) -> list[str]:
    """So many words from a place on."""
    return [word.text for word in words[place : place + many]]


def around(text: Plain, start: int, end: int, writing: Writing) -> tuple[int, int]:
    """The sentence that holds the letters from `start` to before `end` of the text as it was given."""
    for sentence in sentences(text, writing):
        first, last = text.given(sentence[0].start, sentence[-1].end)
        if first <= start < last:
            return first, max(last, end)
    return start, end
