"""Sentences and words of a text, each with its place. Quoted words are told apart: they are somebody else's."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from amends.words.plain import Plain
from amends.words.writing import Writing

LONGEST = 200_000  # letters read: the longest letter there may be, so that nothing hides behind its length
MOST_WORDS = 200  # in one sentence; a longer one is cut, and what stands at the cut is read with both parts
OVERLAP = 25

_ENDS, _BULLETS, _ORNAMENTS = frozenset(".!?…"), frozenset("-*•–"), frozenset("*~=[]<>")
_LONGEST_QUOTE, _ANNOUNCED_WITHIN = 2000, 100  # letters


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
    """Every sentence as its words and marks; marks alone are none. A letter that stands between quotation marks is ours."""
    told = [each for each in _divided(text, writing) if any(word.text[0].isalnum() for word in each)]
    if text.text.lstrip()[:1] == '"' and all(word.quoted for sentence in told for word in sentence):
        told = [[word._replace(quoted=False) for word in sentence] for sentence in told]
    yield from told


def _divided(text: Plain, writing: Writing) -> Iterator[Sentence]:
    """What stands between ends, and what was put in between it right behind; a long sentence in parts that overlap."""
    current: Sentence = []
    asides: list[Sentence] = []
    aside_until = 0
    for match, words in _spoken(text, writing):
        if match is None:
            yield from [current] if current else []
            current = []
            continue
        if match.start() >= aside_until and current and (behind := _aside(text.text, match)):
            aside_until = behind
            asides.append([])
        if match.start() < aside_until:
            asides[-1] += words
            continue
        current += words
        if match.group() in _ENDS and _ends(text, match, current, writing.short):
            yield current
            yield from asides
            current, asides = [], []
        elif len(current) >= MOST_WORDS:
            yield current
            current = current[-OVERLAP:]
    yield from [current] if current else []
    yield from asides


def _spoken(text: Plain, writing: Writing) -> Iterator[tuple[re.Match | None, list[Word]]]:
    """Each word or mark but for ornaments, told whether it is quoted; None where a line ends what stands before it."""
    line_begins, quotes = True, _Quotes(text.text, writing)
    for match in writing.token.finditer(text.text, 0, LONGEST):
        token, start = match.group(), match.start()
        begins, line_begins = line_begins, token[0] == "\n"
        if line_begins:
            if quotes.ends_with_line() or len(token) > 1:
                quotes.end()
                yield None, []
            continue
        if begins:
            quotes.of_line = token == ">"
            if token in _BULLETS:
                yield None, []
        if token == '"':
            quotes.turn(start)
        elif token not in _ORNAMENTS and (len(token) == 1 or token[0] not in "<[]"):
            quoted, capital = quotes.hold(), text.cased[start].isupper()
            yield match, [Word(part, start, match.end(), quoted, capital) for part in writing.expand(token)]


class _Quotes:
    """Which words are somebody else's: those of a line behind ">", and those between quotation marks that we do not announce."""

    def __init__(self, text: str, writing: Writing):
        self.text, self.announced = text, writing.announced
        self.of_line = False
        self.is_open = False

    def turn(self, place: int) -> None:
        """A quotation mark stands here."""
        self.is_open = not self.is_open and self._opens(place) and not self._is_announced(place)

    def _opens(self, place: int) -> bool:
        """Whether words are quoted from here: not behind a word or a number (inches), and up to a mark that closes."""
        close = self.text.find('"', place + 1, place + _LONGEST_QUOTE)
        if close < 0 or self.text[place - 1 : place].isalnum() or self.text[place + 1].isspace():
            return False
        return not self.text[close - 1].isspace() and self.text.find(" ", place, close) > 0

    def _is_announced(self, place: int) -> bool:
        near = max(0, place - _ANNOUNCED_WITHIN)
        return self.announced is not None and bool(self.announced.search(self.text, near, place))

    def hold(self) -> bool:
        """Whether what stands here is quoted."""
        return self.of_line or self.is_open

    def ends_with_line(self) -> bool:
        """Whether the line that ends here was a quoted one."""
        ended, self.of_line = self.of_line, False
        return ended

    def end(self) -> None:
        """A paragraph ends, and what was quoted in it."""
        self.is_open = False


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
