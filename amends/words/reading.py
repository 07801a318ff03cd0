"""What a text of ours says: promises, claims, comfort, contempt, each with its place in the text as it was given."""

import re
from datetime import datetime

import msgspec

from amends.words import claims as of_claims
from amends.words import dates, phrases
from amends.words import promises as of_promises
from amends.words.contempt import contempt as contempt_in
from amends.words.lexicon import lexicon
from amends.words.plain import Plain, plain
from amends.words.sentences import Sentence, sentences

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


class Span(msgspec.Struct, frozen=True):
    start: int
    end: int


class Reading(msgspec.Struct, frozen=True):
    """`empty`: the message soothes, or says nothing, and carries no fact, act, promise, option, question or way on."""

    promises: tuple[Promise, ...] = ()
    claims: tuple[Claim, ...] = ()
    fellow_feeling: tuple[Span, ...] = ()
    ending: tuple[Span, ...] = ()
    contempt: tuple[Span, ...] = ()
    empty: bool = False


def read(given: str, now: datetime | None = None, language: str = "en") -> Reading:
    """Read a text. Offsets are code points of the text as given. Raises KeyError for a language that is not read.

    now  when it was written, in the writer's zone: from there "tomorrow" counts; None leaves moments open
    """
    words, text = lexicon(language), plain(given)
    promises, claims, before = [], [], []
    comfort, endings, contempt, empty = [], [], [], True
    for sentence in sentences(text, words.expand, words.short):
        found = list(of_promises.promises(sentence, before, words))
        for promise in found:
            promises.append(_promise(given, text, sentence, promise, now, language))
        taken = [(p.first, p.last) for p in found]
        for claim in of_claims.claims(sentence, words):
            if not any(first < claim.last and claim.first < last for first, last in taken):
                above = any(word.text in words.sets["above"] for word in sentence[claim.first : claim.last])
                claims.append(Claim(*_span(text, sentence, claim.first, claim.last), claim.kind, above))
                taken.append((claim.first, claim.last))
        start, end = sentence[0].start, sentence[-1].end
        contempt += [_at(text, found) for found in contempt_in(sentence, text.text, language)]
        if not sentence[0].quoted:
            asked = sentence[-1].text == "?"
            if not taken and not asked:
                claims += [
                    Claim(*_at(text, f), f.kind) for f in phrases.claims(text.text, start, end, language)
                ]
            comfort += [_at(text, found) for found in phrases.fellow_feeling(text.text, start, end, language)]
            endings += [_at(text, found) for found in phrases.endings(text.text, start, end, language)]
            empty = (
                empty
                and not taken
                and not asked
                and _says_nothing(text.text[start:end], sentence, words, language)
            )
        before = sentence
    spans = (tuple(Span(*place) for place in dict.fromkeys(found)) for found in (comfort, endings, contempt))
    return Reading(tuple(promises), tuple(claims), *spans, empty and not claims)


_HANDLES = re.compile(r"^(?:@\w+[\s,]*)+")
_WAYS_ON = re.compile(r"https?://|www\.|@\w+\.\w|\+?\d[\d ()-]{6,}\d|<number>|<email>")


def _says_nothing(said: str, sentence: Sentence, words, language: str) -> bool:
    """Whether a sentence only soothes, greets or signs."""
    said = _HANDLES.sub("", said)
    if _WAYS_ON.search(said) or phrases.asks(said, language):
        return False
    letters = [word.text for word in sentence if word.text.isalpha()]
    return len(letters) <= 2 or phrases.soothes(said, language)


def _at(text: Plain, found) -> tuple[int, int]:
    return text.places[found.start], text.places[max(found.end, found.start + 1) - 1] + 1


def _promise(given: str, text: Plain, sentence: Sentence, promise, now, language: str) -> Promise:
    moment = now or _SOME_DAY
    when = dates.when(sentence, promise.first + 1, promise.last, moment, language)
    when = when or dates.when(sentence, 0, promise.first, moment, language)
    start, end = _span(text, sentence, promise.first, promise.last)
    if when is None:
        return Promise(start, end, promise.act, conditional=promise.conditional)
    due = given[slice(*_span(text, sentence, when.first, when.last))]
    return Promise(start, end, promise.act, due, when.at if now else None, promise.conditional)


def _span(text: Plain, sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    """From a sentence's words to places in the text as it was given."""
    last = max(last, first + 1)
    return text.places[sentence[first].start], text.places[sentence[last - 1].end - 1] + 1
