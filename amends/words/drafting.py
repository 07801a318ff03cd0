"""What the grammar and the phrases of a language find in a letter, sentence by sentence."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate
from typing import NamedTuple

from amends.words import dates, phrases
from amends.words.contempt import contempt
from amends.words.findings import Claim, Promise, Reading
from amends.words.grammar import grammar
from amends.words.patterns import Span
from amends.words.plain import Plain, plain
from amends.words.sentences import Sentence, sentences
from amends.words.times import times

_ASKED = ("consulted", "passed_on")
_MARKS = ("fellow_feeling", "ending", "needs_time", "intervened")
_SAME_CLAUSE = 8  # words that may stand between a promise and its day
_SOME_DAY = datetime(2026, 1, 7, 10)

Place = tuple[int, int]  # from a letter of the given text to before another


class Letter(NamedTuple):
    """A text in its language, as it is read. `now`: when it was written; None leaves moments open."""

    given: str
    text: Plain
    sentences: Sequence[Sentence]
    now: datetime | None
    language: str

    def place(self, sentence: Sentence, first: int, last: int) -> Place:
        """From a sentence's words to places in the text as it was given."""
        return self.text.given(sentence[first].start, sentence[max(last, first + 1) - 1].end)

    def promise(
        self, sentence: Sentence, first: int, last: int, act: str, conditional: bool, since: int
    ) -> Promise:
        """A promise of these words, which may say when, as may what stands behind them, and from `since` before them."""
        moment = self.now or _SOME_DAY
        when = dates.when(sentence, first, last, moment, self.language)
        behind = None
        if when is None or when.at and when.at < moment:  # "what we took on the 1st by the 20th"
            behind = dates.when(sentence, last, len(sentence), moment, self.language)
        if behind and behind.first == last:
            when = behind
        when = when or dates.when(sentence, since, first, moment, self.language)
        if when is None and behind and behind.at and self._is_one_clause(sentence[last : behind.first]):
            when = behind
        place = self.place(sentence, first, last)
        if when is None:
            return Promise(*place, act, conditional=conditional)
        due = self.given[slice(*self.place(sentence, when.first, when.last))]
        return Promise(*place, act, due, when.at if self.now else None, conditional)

    def _is_one_clause(self, words: Sentence) -> bool:
        """Whether no other clause begins among these words."""
        begins = times(self.language).clause_begins
        return len(words) <= _SAME_CLAUSE and all(
            word.text[0].isalnum() and word.text not in begins for word in words
        )

    def claim(self, sentence: Sentence, first: int, last: int, kind: str) -> Claim:
        """A claim of these words, with whether somebody with more authority is named in it."""
        named = last if kind in _ASKED else min(last, first + 3)  # else who did it
        above = any(word.text in grammar(self.language).above for word in sentence[first:named])
        return Claim(*self.place(sentence, first, last), kind, above)


def letter(given: str, now: datetime | None = None, language: str = "en") -> Letter:
    """A text ready to be read. Raises KeyError for a language that is not read."""
    writing = grammar(language).writing
    text = plain(given, writing.letters)
    return Letter(given, text, list(sentences(text, writing)), now, language)


class Draft:
    """What has been found so far."""

    def __init__(self) -> None:
        self.promises: list[Promise] = []
        self.claims: list[Claim] = []
        self.contempt: list[Place] = []
        self.marks: dict[str, list[Place]] = {name: [] for name in _MARKS}
        self.empty = True
        self.signed = False  # what follows a closing formula is who writes

    def reading(self) -> Reading:
        marks = {"contempt": self.contempt, **self.marks}
        claims = clear_of(
            self.claims, self.marks["ending"]
        )  # "we have closed your account" is an ending alone
        spans = {name: tuple(Span(*place) for place in dict.fromkeys(found)) for name, found in marks.items()}
        empty = self.empty and not self.claims and not self.promises
        return Reading(_once(self.promises), _once(claims), **spans, empty=empty)


def _once(found: list) -> tuple:
    """Those of one beginning once: a cut sentence is read twice there."""
    first = {each.start: each for each in reversed(found)}
    return tuple(each for each in found if first[each.start] is each)


def places_of(found: Iterable) -> list[Place]:
    return [(each.start, each.end) for each in found]


def clear_of(found: list, places: Iterable[Place]) -> list:
    """Those findings that stand where none of these places is."""
    ordered = sorted(places)
    starts = [start for start, _end in ordered]
    reach = list(accumulate((end for _start, end in ordered), max))  # how far the places up to here go
    kept = []
    for each in found:
        before = bisect_left(starts, each.end)
        if not before or reach[before - 1] <= each.start:
            kept.append(each)
    return kept


def drafted(letter: Letter) -> Draft:
    """What the grammar and the phrases of its language find in a letter."""
    speech, found, before = grammar(letter.language), Draft(), []
    for sentence in letter.sentences:
        promises, claims = speech.found(sentence, before)
        found.promises += [letter.promise(sentence, *promise) for promise in promises]
        taken = [(promise.first, promise.last) for promise in promises]
        for claim in claims:
            last = min((first for first, _ in taken if first > claim.first), default=claim.last)
            last = min(last, claim.last)
            if not any(first < last and claim.first < end for first, end in taken):
                found.claims.append(letter.claim(sentence, claim.first, last, claim.kind))
                taken.append((claim.first, last))
        belittling = contempt(sentence, letter.text.text, letter.language)
        found.contempt += [letter.text.given(each.start, each.end) for each in belittling]
        if not sentence[0].quoted:
            places = [(sentence[first].start, sentence[max(first, last - 1)].end) for first, last in taken]
            _add_phrases(found, letter, sentence, places)
        before = sentence
    return found


def _add_phrases(found: Draft, letter: Letter, sentence: Sentence, taken: list[tuple[int, int]]) -> None:
    """What a sentence of ours tells by its phrases. `taken`: where something was found in it already."""
    text, language = letter.text, letter.language
    start, end, asked = sentence[0].start, sentence[-1].end, sentence[-1].text == "?"
    until = phrases.told_before_asking(text.text, start, end, language) if asked else end
    if until > start:
        promised = () if taken else phrases.promises(text.text, start, until, language)
        found.promises += [Promise(*text.given(each.start, each.end), each.kind) for each in promised]
        told = phrases.claims(text.text, start, until, taken, language)
        found.claims += [
            Claim(*text.given(each.start, each.end), each.kind, _is_above(sentence, each, language))
            for each in told
        ]
    for name in _MARKS:
        here = phrases.marks(name, text.text, start, end, language)
        found.marks[name] += [text.given(each.start, each.end) for each in here]
    if found.empty:
        nothing = found.signed and _is_signature(sentence) or _says_nothing(letter, sentence)
        found.empty = not taken and nothing and not leads_on(letter, sentence)
        found.signed = found.signed or len(sentence) <= 12 and phrases.closes(text.text[start:end], language)


def _is_signature(sentence: Sentence) -> bool:
    """Whether a few words behind a closing formula are a name, a title, a house."""
    said = [word for word in sentence if word.text.isalpha()]
    return len(said) <= 9 and sum(word.capital for word in said) * 2 >= len(said)


def _is_above(sentence: Sentence, told: phrases.Found, language: str) -> bool:
    """Whether somebody with more authority is named in what a phrase tells."""
    above = grammar(language).above
    return any(told.start <= word.start < told.end and word.text in above for word in sentence)


_HANDLES = re.compile(r"^(?:@\w+[\s,]*)+")
_WAYS_ON = re.compile(r"https?://|www\.|@\w+\.\w|\+?\d[\d ()-]{6,}\d|<number>|<email>")


def leads_on(letter: Letter, sentence: Sentence) -> bool:
    """Whether a sentence asks for something, or says where to turn."""
    said = _said(letter, sentence)
    return sentence[-1].text == "?" or bool(_WAYS_ON.search(said)) or phrases.asks(said, letter.language)


def soothes(letter: Letter, sentence: Sentence) -> bool:
    """Whether a sentence greets, thanks, regrets, values, signs or feels with the customer."""
    said, language = _said(letter, sentence), letter.language
    feels = any(phrases.marks("fellow_feeling", said, 0, len(said), language))
    return feels or phrases.soothes(said, language)


def _said(letter: Letter, sentence: Sentence) -> str:
    return _HANDLES.sub("", letter.text.text[sentence[0].start : sentence[-1].end])


def _says_nothing(letter: Letter, sentence: Sentence) -> bool:
    """Whether a sentence is a word or two, or only soothes."""
    return sum(word.text.isalpha() for word in sentence) <= 2 or soothes(letter, sentence)
