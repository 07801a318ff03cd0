"""The gate: every text that leaves the desk is read, and what it says is held against the file.

`weighed` marks a letter before it goes, for the composer and for the rule; `must_be_so` is the wall that every act
passes, whichever door it came through.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from amends.casework import cipher, defects, facts, interventions, wording
from amends.casework.ledger import Line
from amends.rules import entries as e
from amends.rules import gate, outgoing
from amends.rules.case import OWED, Case
from amends.rules.gate import Answers, Claimed, Listed, Mark, Phrase, Promised, Said, Sort
from amends.rules.power import unused
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.truth import Facts
from amends.rules.values import Actor, Text
from amends.words import phrases, reading
from amends.words.guess import language_of
from amends.words.lists import items_behind


def weighed(
    case: Case,
    lines: Sequence[Line],
    words: str,
    *,
    by: Actor,
    now: datetime,
    answers: Answers = gate.NO_ANSWERS,
    subject: str = "",
    names: Sequence[str] = (),
    language: str = "",
) -> tuple[Mark, ...]:
    """Every mark of a letter to this case's customer.

    lines     the case's file
    now       when it leaves: from there "tomorrow" counts
    names     of the files that go with it
    language  the customer's, where known
    """
    said = [said_in(words, now, preferred=language)]
    said += [said_in(subject, now, "subject", language)] if subject else []
    said += [said_in(plain_name(name), now, "file", language) for name in names]
    said = [_listed(text, words, case, lines, by, _plain_words) for text in said]
    known = _facts(case, said, by, now, words, len(names))
    house = facts.house()
    acts = (
        {p.number: _plain_words(p.act) for p in case.promises if p.state in OWED and p.act.id}
        if said[0].promises
        else {}
    )
    return gate.weigh(said, case, lines, known, by, answers, house.due(house.next_update, now), acts)


def said_in(text: str, now: datetime, where: str = "words", preferred: str = "") -> Said:
    """What a text says, as the rules take it. `preferred`: the language it is in, where the text itself does not tell.

    A sentence in another language that is read is read in that one as well: nothing hides by changing it.
    """
    language = language_of(text, preferred)
    said = _said(text, now, where, language)
    for other in sorted(
        {language_of(sentence, language) for sentence in _SENTENCE.findall(text)} - {language}
    ):
        more = _said(text, now, where, other)
        said = replace(
            said,
            promises=(*said.promises, *_beside(said.promises + said.claims, more.promises)),
            claims=(*said.claims, *_beside(said.claims + said.promises, more.claims)),
            endings=(*said.endings, *_beside(said.endings, more.endings)),
            empty=said.empty and not (more.promises or more.claims or more.endings),
        )
    return said


_SENTENCE = re.compile(r"[^.!?\n]{12,400}")


def _beside(known, more) -> list:
    """Those of `more` that meet none of the known."""
    return [one for one in more if not any(k.start < one.end and one.start < k.end for k in known)]


def _said(text: str, now: datetime, where: str, language: str) -> Said:
    read = reading.read(text, wording.local(now), language)
    told = {
        name: tuple(Phrase(span.start, span.end, text[span.start : span.end]) for span in getattr(read, name))
        for name in ("fellow_feeling", "ending", "needs_time", "intervened")
    }
    return Said(
        where,
        tuple(_promised(text, promise, language) for promise in read.promises),
        tuple(Claimed(c.start, c.end, text[c.start : c.end], c.kind, c.above) for c in read.claims),
        told["fellow_feeling"],
        told["ending"],
        told["needs_time"],
        tuple(Listed(*msgspec.structs.astuple(phrase), known=False) for phrase in told["intervened"]),
        len(text),
        read.empty,
    )


def _promised(text: str, promise, language: str) -> Promised:
    words = text[promise.start : promise.end]
    by_voice = promise.act == "contact" and phrases.by_voice(words, language)
    return Promised(
        promise.start, promise.end, words, promise.act, promise.due, promise.due_at, promise.conditional, by_voice
    )  # fmt: skip


def belittling(text: str) -> tuple[str, ...]:
    """Phrases that belittle somebody, in a text for our own eyes."""
    return tuple(
        text[span.start : span.end] for span in reading.read(text, language=language_of(text)).contempt
    )


def blaming(text: str) -> tuple[str, ...]:
    """Phrases of a word to a colleague that belittle the customer, or blame them for wanting to be satisfied."""
    return tuple(text[span.start : span.end] for span in phrases.blames(text, language_of(text)))


def plain_name(name: str) -> str:
    """A file's name as words, letter for letter: what it claims, it claims."""
    return "".join(" " if sign in "_-.+" else sign for sign in name)


def _plain_words(text: Text) -> str:
    return text.plain or cipher.texts([text.id]).get(text.id, "")


def _listed(said: Said, text: str, case: Case, lines: Sequence[Line], by: Actor, read) -> Said:
    """The list of what was done, each item beside the record; its heading alone where nothing is listed or done."""
    if said.where != "words" or not said.listed:
        return said
    done = interventions.on_record(case, lines, read, str(by))
    items = [item for heading in said.listed for item in items_behind(text, heading.end)]
    if not items:
        return replace(said, listed=() if done else said.listed)
    words = [text[item.start : item.end] for item in items]
    told = list(zip(items, interventions.told_by(words, done), strict=True))
    listed = tuple(Listed(i.start, i.end, text[i.start : i.end], one is not None) for i, one in told)
    claims = tuple(claim for claim in said.claims if not any(_is_told(claim, i, one) for i, one in told))
    return replace(said, listed=listed, claims=claims)


def _is_told(claim: Claimed, item, told: interventions.Done | None) -> bool:
    """A claim that is part of an assembled sentence is borne out by its entry; one in any other item stands and falls
    with the item."""
    within = item.start <= claim.start and claim.end <= item.end
    return within and (told is None or interventions.stands_in(claim.words, told))


def _facts(case: Case, said: Sequence[Said], by: Actor, now: datetime, words: str, enclosed: int) -> Facts:
    """What claims are held against besides the file; looked up only where something is claimed."""
    kinds = {claim.kind for text in said for claim in text.claims}
    known = defects.known(case, words) if kinds & {"first_case", "normal"} else defects.NOTHING_KNOWN
    left = len(unused(case, facts.purses(by.id, now))) if "nothing_more" in kinds and case.is_open else 0
    return Facts(defects=known.names, others=known.others, left=left, enclosed=enclosed)


# The wall ---------------------------------------------------------------------------------------------------------


def must_be_so(case: Case, lines: Sequence[Line], fresh: Sequence, read, by: Actor, now: datetime) -> None:
    """Raises Refused when an act puts before the customer what the file contradicts.

    lines  the file, the act's own entries among them
    fresh  the act's own entries
    read   gives the plain words of texts
    """
    overridden = frozenset(
        gate.key_of(*read(entry.said)) for entry in fresh if by.leads and isinstance(entry, e.ClaimOverridden)
    )
    for entry in fresh:
        written = [*read(*outgoing.texts(entry)), *map(plain_name, read(*outgoing.names(entry)))]
        for text in filter(None, written):
            marks = _on_its_own(case, lines, text, entry, by, now, read)
            gate.must_be_so(marks, overridden)
            if outgoing.is_letter(entry) and not isinstance(entry, e.LetterSent):
                _must_be_promised(marks)


def _on_its_own(case, lines, text, entry, by, now, read) -> tuple[Mark, ...]:
    said, kinds = said_in(text, now), outgoing.claims(entry)
    if kinds is not None:
        claims = tuple(claim for claim in said.claims if claim.kind in kinds)
        said = Said(claims=claims, endings=said.endings)
    said = _listed(said, text, case, lines, by, lambda one: read(one)[0])
    known = _facts(case, [said], by, now, text, len(outgoing.names(entry)))
    house = facts.house()
    return gate.weigh([said], case, lines, known, by, latest=house.due(house.next_update, now))


def _must_be_promised(marks: Sequence[Mark]) -> None:
    """A dated promise in a letter of a form stands on the file, or is made in the same act."""
    left = [mark.words for mark in marks if mark.sort is Sort.PROMISE]
    if left:
        raise Refused(
            Reason.WORDS_NOT_READY, missing=tuple((Missing.PROMISE_NOT_MADE, words) for words in left)
        )
