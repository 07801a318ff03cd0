"""What a text of ours says: promises, claims, comfort, contempt, each with its place in the text as it was given."""

import re
from datetime import datetime

import msgspec

from amends.words import dates, phrases
from amends.words.contempt import contempt
from amends.words.grammar import grammar
from amends.words.patterns import Span
from amends.words.plain import Plain, plain
from amends.words.sentences import Sentence, around, sentences

_ASKED = ("consulted", "passed_on")
_MARKS = ("fellow_feeling", "ending", "needs_time", "intervened")
_SOME_DAY = datetime(2026, 1, 7, 10)


class Promise(msgspec.Struct, frozen=True):
    """We commit ourselves to a future act. `due`: the words that say when; `due_at`: the moment they mean, if they do."""

    start: int
    end: int
    act: str
    due: str = ""
    due_at: datetime | None = None
    conditional: bool = False


class Claim(msgspec.Struct, frozen=True):
    """We say that something was done, is being done, or is so. `above`: somebody with more authority is named in it."""

    start: int
    end: int
    kind: str
    above: bool = False


class Reading(msgspec.Struct, frozen=True):
    """What a text says.

    needs_time  the writer asks for more time to find out
    intervened  what leads in a list of what was done
    empty       the message soothes, or says nothing, and carries no fact, act, promise, option, question or way on
    """

    promises: tuple[Promise, ...] = ()
    claims: tuple[Claim, ...] = ()
    fellow_feeling: tuple[Span, ...] = ()
    ending: tuple[Span, ...] = ()
    contempt: tuple[Span, ...] = ()
    needs_time: tuple[Span, ...] = ()
    intervened: tuple[Span, ...] = ()
    empty: bool = False


def read(given: str, now: datetime | None = None, language: str = "en") -> Reading:
    """Read a text. Offsets are code points of the text as given. Raises KeyError for a language that is not read.

    now  when it was written, in the writer's zone: from there "tomorrow" counts; None leaves moments open
    """
    speech = grammar(language)
    text, found, before = plain(given, speech.writing.letters), _Found(), []
    for sentence in sentences(text, speech.writing):
        promises, claims = speech.found(sentence, before)
        found.promises += [_promise(given, text, sentence, promise, now, language) for promise in promises]
        taken = [(promise.first, promise.last) for promise in promises]
        for claim in claims:
            last = min((first for first, _ in taken if first > claim.first), default=claim.last)
            last = min(last, claim.last)
            if not any(first < last and claim.first < end for first, end in taken):
                named = last if claim.kind in _ASKED else min(last, claim.first + 3)  # else who did it
                above = any(word.text in speech.above for word in sentence[claim.first : named])
                found.claims.append(Claim(*_span(text, sentence, claim.first, last), claim.kind, above))
                taken.append((claim.first, last))
        found.contempt += [
            text.given(each.start, each.end) for each in contempt(sentence, text.text, language)
        ]
        if not sentence[0].quoted:
            places = [(sentence[first].start, sentence[max(first, last - 1)].end) for first, last in taken]
            _add_phrases(found, text, sentence, places, language)
        before = sentence
    return found.reading()


class _Found:
    """What has been found so far."""

    def __init__(self) -> None:
        self.promises: list[Promise] = []
        self.claims: list[Claim] = []
        self.contempt: list[tuple[int, int]] = []
        self.marks: dict[str, list[tuple[int, int]]] = {name: [] for name in _MARKS}
        self.empty = True
        self.signed = False  # what follows a closing formula is who writes

    def reading(self) -> Reading:
        marks = {"contempt": self.contempt, **self.marks}
        claims = [
            claim for claim in self.claims if not any(_meet(claim, end) for end in self.marks["ending"])
        ]
        spans = {name: tuple(Span(*place) for place in dict.fromkeys(found)) for name, found in marks.items()}
        empty = self.empty and not self.claims and not self.promises
        once = {
            promise.start: promise for promise in reversed(self.promises)
        }  # a cut sentence is read twice there
        promises = tuple(promise for promise in self.promises if once[promise.start] is promise)
        return Reading(
            promises,
            tuple({claim.start: claim for claim in reversed(claims)}.values())[::-1],
            **spans,
            empty=empty,
        )


def _meet(claim: Claim, place: tuple[int, int]) -> bool:
    """Whether a claim stands where a door is closed: "we have closed your account" is the latter alone."""
    return claim.start < place[1] and place[0] < claim.end


def _add_phrases(
    found: _Found, text: Plain, sentence: Sentence, taken: list[tuple[int, int]], language: str
) -> None:
    """What a sentence of ours tells by its phrases. `taken`: where something was found in it already."""
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
        nothing = (
            found.signed
            and _is_signature(sentence)
            or _says_nothing(text.text[start:end], sentence, language)
        )
        found.empty = not taken and not asked and nothing
        found.signed = found.signed or len(sentence) <= 12 and phrases.closes(text.text[start:end], language)


def _is_signature(sentence: Sentence) -> bool:
    """Whether a few words behind a closing formula are a name, a title, a house."""
    said = [word for word in sentence if word.text.isalpha()]
    return (
        len(said) <= 9
        and sum(word.capital for word in said) * 2 >= len(said)
        and not _WAYS_ON.search(" ".join(word.text for word in sentence))
    )


def _is_above(sentence: Sentence, told: phrases.Found, language: str) -> bool:
    """Whether somebody with more authority is named in what a phrase tells."""
    above = grammar(language).above
    return any(told.start <= word.start < told.end and word.text in above for word in sentence)


_HANDLES = re.compile(r"^(?:@\w+[\s,]*)+")
_WAYS_ON = re.compile(r"https?://|www\.|@\w+\.\w|\+?\d[\d ()-]{6,}\d|<number>|<email>")


def _says_nothing(said: str, sentence: Sentence, language: str) -> bool:
    """Whether a sentence only soothes, greets or signs."""
    said = _HANDLES.sub("", said)
    if _WAYS_ON.search(said) or phrases.asks(said, language):
        return False
    letters = [word.text for word in sentence if word.text.isalpha()]
    feels = any(phrases.marks("fellow_feeling", said, 0, len(said), language))
    return len(letters) <= 2 or feels or phrases.soothes(said, language)


def _promise(given: str, text: Plain, sentence: Sentence, promise, now, language: str) -> Promise:
    moment = now or _SOME_DAY
    when = dates.when(sentence, promise.first, promise.last, moment, language)
    when = when or dates.when(sentence, promise.since, promise.first, moment, language)
    start, end = _span(text, sentence, promise.first, promise.last)
    if when is None:
        return Promise(start, end, promise.act, conditional=promise.conditional)
    due = given[slice(*_span(text, sentence, when.first, when.last))]
    return Promise(start, end, promise.act, due, when.at if now else None, promise.conditional)


def _span(text: Plain, sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    """From a sentence's words to places in the text as it was given."""
    return text.given(sentence[first].start, sentence[max(last, first + 1) - 1].end)


def sentence_around(given: str, start: int, end: int) -> tuple[int, int]:
    """From where to where the sentence goes that holds these code points of a text."""
    writing = grammar("en").writing
    return around(plain(given, writing.letters), start, end, writing)
