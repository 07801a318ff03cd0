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
from amends.casework.ledger import Line, texts_of
from amends.people.names import name_of
from amends.rules import entries as e
from amends.rules import gate, outgoing
from amends.rules.case import OWED, Case
from amends.rules.entries import RemedyKind
from amends.rules.gate import Answers, Claimed, Listed, Mark, Phrase, Promised, Said, Sort
from amends.rules.power import listed, unused
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.truth import Facts
from amends.rules.values import Actor, Text
from amends.words import phrases, reading
from amends.words.gist import amounts, gist, stems
from amends.words.guess import is_read, language_of
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
    ours = unquoted(words, lines, _texts_by_id)
    said = [said_in(ours, now, preferred=language)]
    if ours != words and said_in(words, now, preferred=language).empty:
        said = [replace(said[0], empty=True)]  # what is put in quotation marks is no answer either
    said += [said_in(subject, now, "subject", language)] if subject else []
    said += [said_in(plain_name(name), now, "file", language) for name in names]
    said = [_listed(text, words, case, lines, by, _plain_words) for text in said]
    known = _facts(case, lines, said, by, now, words, len(names), _texts_by_id)
    house = facts.house()
    return gate.weigh(
        said, case, lines, known, by, answers, house.due(house.next_update, now), _acts(case, said), now
    )


def _acts(case: Case, said: Sequence[Said]) -> dict[int, frozenset[str]]:
    """What the promises on the file are about; looked up only where something is promised."""
    if not any(text.promises for text in said):
        return {}
    owed = [p for p in case.promises if p.state in OWED]
    words = cipher.texts([p.act.id for p in owed])
    return {p.number: gist(p.act.plain or words.get(p.act.id, "")) for p in owed}


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
            contempt=(*said.contempt, *_beside(said.contempt, more.contempt)),
            needs_time=(*said.needs_time, *_beside(said.needs_time, more.needs_time)),
            listed=(*said.listed, *_beside(said.listed, more.listed)),
            empty=said.empty and not (more.promises or more.claims or more.endings),
        )
    return said


_QUOTED = re.compile(
    r"[\"“”„«»](?P<words>[^\"“”„«»]{1,2000}?)[\"“”„«»]|^[ \t]*(?:>[ \t]?)+(?P<line>[^\n]*)", re.MULTILINE
)


def unquoted(text: str, lines: Sequence[Line], read) -> str:
    """The text with the marks of quotation taken from whatever the customer did not say: words in quotes are then ours.

    Letter for letter as long as it was. `read` gives the plain words of texts.
    """
    if not _QUOTED.search(text):
        return text
    theirs = [
        line.entry
        for line in lines
        if line.author.startswith(("customer:", "desk:")) or _is_theirs(line.entry)
    ]
    known = " ".join(_bare(words) for words in read([one for entry in theirs for one in texts_of(entry)]))

    def seen(match: re.Match) -> str:
        words = match["words"] if match["words"] is not None else match["line"]
        if _bare(words) in known:
            return match.group()
        return "".join(" " if sign in '"“”„«»>' else sign for sign in match.group())

    return _QUOTED.sub(seen, text)


def _is_theirs(entry: e.Entry) -> bool:
    return getattr(entry, "from_customer", False) or getattr(entry, "verbatim", False)


def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.lower()))


_SENTENCE = re.compile(r"[^.!?\n]{12,400}")


def _beside(known, more) -> list:
    """Those of `more` that meet none of the known."""
    return [one for one in more if not any(k.start < one.end and one.start < k.end for k in known)]


def _said(text: str, now: datetime, where: str, language: str) -> Said:
    read = reading.read(text, wording.local(now), language)
    told = {
        name: tuple(Phrase(span.start, span.end, text[span.start : span.end]) for span in getattr(read, name))
        for name in ("fellow_feeling", "contempt", "ending", "needs_time", "intervened")
    }
    return Said(
        where,
        tuple(_promised(text, promise, language) for promise in read.promises),
        tuple(_claimed(text, claim, language) for claim in read.claims),
        told["fellow_feeling"],
        told["contempt"],
        told["ending"],
        told["needs_time"],
        tuple(Listed(*msgspec.structs.astuple(phrase), known=False) for phrase in told["intervened"]),
        len(text),
        read.empty,
        not is_read(text),
    )


def _promised(text: str, promise, language: str) -> Promised:
    words = text[promise.start : promise.end]
    by_voice = promise.act == "contact" and phrases.by_voice(words, language)
    return Promised(
        promise.start, promise.end, words, promise.act, promise.due, promise.due_at, promise.conditional, by_voice,
        gist(words, language), amounts(words),
    )  # fmt: skip


def _claimed(text: str, claim, language: str) -> Claimed:
    words = text[claim.start : claim.end]
    said = stems(
        _TO_ITS_END.match(text, claim.start)[0] if claim.above else words
    )  # "… and she agrees with you"
    return Claimed(
        claim.start, claim.end, words, claim.kind, claim.above, said, gist(words, language), amounts(words)
    )  # fmt: skip


_TO_ITS_END = re.compile(r"[^.!?\n]*")


def sentence_of(text: str, mark: Mark) -> tuple[int, int]:
    """From where to where the sentence goes that a mark stands in."""
    return reading.sentence_around(text, mark.start, mark.end)


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


def _texts_by_id(texts: Sequence[Text]) -> list[str]:
    sealed = cipher.texts([text.id for text in texts if not text.plain])
    return [text.plain or sealed.get(text.id, "") for text in texts]


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


def _facts(
    case, lines, said: Sequence[Said], by: Actor, now: datetime, words: str, enclosed: int, read
) -> Facts:
    """What claims are held against besides the file; looked up only where something is claimed.

    read  gives the plain words of texts
    """
    claims = [claim for text in said for claim in text.claims]
    kinds = {claim.kind for claim in claims}
    known = defects.known(case, words) if kinds & {"first_case", "normal"} else defects.NOTHING_KNOWN
    pays = any(promise.act == "pay" and promise.amounts for text in said for promise in text.promises)
    purses = facts.purses(by.id, now) if pays or "nothing_more" in kinds else ()
    return Facts(
        defects=known.names,
        others=known.others,
        left=len(unused(case, purses)) if "nothing_more" in kinds and case.is_open else 0,
        enclosed=enclosed,
        told=_told(lines, read) if any(claim.about for claim in claims) else None,
        above=facts.above(by.id) if any(claim.above for claim in claims) else None,
        may_give=_may_give(case, purses) if pays else None,
    )


_TELLING = (
    e.NoteWritten, e.ContactLogged, e.PointRaised, e.PointFound, e.ApprovalAsked, e.ApprovalGiven, e.ApprovalDeclined,
    e.PromiseMade, e.PromiseKept, e.RemedyGranted, e.RemedyDelivered, e.TimeAsked, e.CaseAssessed, e.CaseTakenOver,
)  # fmt: skip


def _told(lines: Sequence[Line], read) -> dict[int, frozenset[str]]:
    """The longer words of what was written on the file, and the names of those it went to."""
    telling = [(line, texts_of(line.entry)) for line in lines if isinstance(line.entry, _TELLING)]
    words = iter(read([text for _line, texts in telling for text in texts]))
    return {
        line.number: stems(" ".join([*(next(words) for _ in texts), *_names(line.entry)]))
        for line, texts in telling
    }


def _names(entry: e.Entry) -> list[str]:
    return [name_of(id) for field in ("of", "owner", "to") if (id := getattr(entry, field, ""))]


def _may_give(case: Case, purses) -> int:
    """The most money one may still give on this case, in cents."""
    money = (RemedyKind.REFUND, RemedyKind.CREDIT, None, "")
    return max(
        (
            room
            for purse, room in listed(case, purses)
            if purse.grant.kind in money and purse.grant.unit != "times"
        ),
        default=0,
    )


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
            if outgoing.binds(entry):
                _must_be_promised(marks)


def _on_its_own(case, lines, text, entry, by, now, read) -> tuple[Mark, ...]:
    text = unquoted(text, lines, lambda texts: read(*texts))
    said, kinds = said_in(text, now), outgoing.claims(entry)
    if kinds is not None:
        claims = tuple(claim for claim in said.claims if claim.kind in kinds)
        promises = said.promises if outgoing.binds(entry) else ()
        said = Said(claims=claims, endings=said.endings, contempt=said.contempt, promises=promises)
    said = _listed(said, text, case, lines, by, lambda one: read(one)[0])
    known = _facts(case, lines, [said], by, now, text, len(outgoing.names(entry)), lambda texts: read(*texts))
    known = replace(known, may_give=None)  # what is granted meets the limits of the grant
    house = facts.house()
    return gate.weigh([said], case, lines, known, by, latest=house.due(house.next_update, now))


def _must_be_promised(marks: Sequence[Mark]) -> None:
    """A dated promise in a letter of a form stands on the file, or is made in the same act."""
    left = [mark.words for mark in marks if mark.sort is Sort.PROMISE]
    if left:
        raise Refused(
            Reason.WORDS_NOT_READY, missing=tuple((Missing.PROMISE_NOT_MADE, words) for words in left)
        )
