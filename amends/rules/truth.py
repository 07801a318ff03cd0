"""Is it so? A claim about our own doings, held against the file: supported, unsupported or contradicted, and by what.

    contradicted  the record says otherwise, or says that the one thing which would make it true is not there
    unsupported   nothing in the file bears it out; whoever writes it is asked what does

What the file cannot know (defects of a product, other cases of the kind, terms in force) is told as facts.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from amends.rules import entries as e
from amends.rules.entries import Entry, Finding, LetterKind, PromiseKind, RemedyKind


class Verdict(StrEnum):
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


class Because(StrEnum):
    """Why, for a sentence on the page."""

    RECORDED = "recorded"  # the entry named says so
    NOBODY_ASKED = "nobody asked"
    NOT_ANSWERED = "not answered"  # somebody was asked and has not said anything yet
    NOTHING_PAID = "nothing paid"
    NOT_DELIVERED = "not delivered"  # it was granted, and nothing shows that it was done
    NOT_SENT = "not sent"
    CAME_BACK = "came back"
    NOT_PROMISED = "not promised"
    NOT_DONE = "not done"
    NOT_SETTLED = "not settled"  # the customer has said so since
    NOBODY_LOOKED = "nobody looked"
    KNOWN_DEFECT = "known defect"
    OTHER_CASES = "other cases"
    OUR_ERROR = "our error"
    LEFT_TO_OFFER = "left to offer"
    NO_RECORD = "no record"
    NO_TERMS = "no terms"
    ENCLOSED = "enclosed"  # it goes with this letter
    NO_INTERVENTION = "no intervention"  # nothing of the kind, on that day, stands on the record


class Claim(NamedTuple):
    """What is claimed, in the kinds of `labelling.md`; `above`: somebody with more authority is said to have been asked."""

    kind: str
    above: bool = False


class Line(NamedTuple):
    """One entry of the file: its number, when and by whom it was written."""

    number: int
    entry: Entry
    at: datetime | None = None
    author: str = ""


class Facts(msgspec.Struct, frozen=True):
    """What lies outside the file.

    defects  open known defects of what the case is about, by name
    others   other cases of the same kind
    terms    terms in force that may be cited, by name
    left     grants of the writer that were neither offered here nor ruled out
    enclosed files that go with the letter the claim stands in
    """

    defects: tuple[str, ...] = ()
    others: int = 0
    terms: tuple[str, ...] = ()
    left: int = 0
    enclosed: int = 0


class Judged(NamedTuple):
    """The verdict, why, and the entry that says so (0: one that is missing, or a fact named in `what`)."""

    verdict: Verdict
    because: Because
    entry: int = 0
    what: str = ""


def judge(claim: Claim, lines: Sequence[Line], facts: Facts = Facts(), writer: str = "") -> Judged:  # noqa: B008
    """Whether a claim of `writer` is borne out by the file and the facts. An unknown kind is unsupported."""
    rule = _RULES.get(claim.kind)
    return rule(claim, lines, facts, writer) if rule else Judged(Verdict.UNSUPPORTED, Because.NO_RECORD)


def _last(
    lines: Sequence[Line], *kinds: type, where: Callable[[Line], bool] = lambda line: True
) -> Line | None:
    return next((line for line in reversed(lines) if isinstance(line.entry, kinds) and where(line)), None)


def _by_staff(line: Line) -> bool:
    return line.author.startswith("staff:")


def _yes(line: Line) -> Judged:
    return Judged(Verdict.SUPPORTED, Because.RECORDED, line.number)


def _no(because: Because, line: Line | None = None, what: str = "") -> Judged:
    return Judged(Verdict.CONTRADICTED, because, line.number if line else 0, what)


def _open(because: Because = Because.NO_RECORD, line: Line | None = None) -> Judged:
    return Judged(Verdict.UNSUPPORTED, because, line.number if line else 0)


# One rule per kind of claim ---------------------------------------------------------------------------------------


def _consulted(claim, lines, facts, writer):
    """Somebody above was asked only if an answer of theirs, from their own login, stands in the file."""
    answered = _last(lines, e.ApprovalGiven, e.ApprovalDeclined, where=lambda line: _is_answer(line, writer))
    if answered:
        return _yes(answered)
    asked = _last(lines, e.ApprovalAsked)
    if asked:
        return _no(Because.NOT_ANSWERED, asked)
    if claim.above:
        return _no(Because.NOBODY_ASKED)
    talked = _last(lines, e.ContactLogged, where=lambda line: not line.entry.from_customer)
    return _yes(talked) if talked else _open(Because.NOBODY_ASKED)


def _is_answer(line: Line, writer: str) -> bool:
    """Somebody else's answer in their own words, from their own login."""
    words = line.entry.words if isinstance(line.entry, e.ApprovalGiven) else line.entry.why
    return line.author != writer and not words.is_empty


def _passed_on(claim, lines, facts, writer):
    if claim.above:  # only an ask goes to somebody above
        asked = _last(lines, e.ApprovalAsked)
        return _yes(asked) if asked else _no(Because.NOBODY_ASKED)
    passed = _last(lines, e.ApprovalAsked, e.CaseTakenOver, e.LetterMoved)
    handed = _last(
        lines,
        e.PromiseMade,
        where=lambda line: (
            line.entry.kind is PromiseKind.DEED and f"staff:{line.entry.owner}" != (writer or line.author)
        ),
    )
    found = passed or handed
    return _yes(found) if found else _open()


_MONEY = frozenset({RemedyKind.REFUND, RemedyKind.CREDIT})


def _paid(claim, lines, facts, writer):
    return _remedy(lines, _MONEY, Because.NOTHING_PAID)


def _remedy(lines, kinds, nothing: Because) -> Judged:
    """A remedy of these kinds is done when its delivery is proved."""
    granted = {
        line.entry.number: line
        for line in lines
        if isinstance(line.entry, e.RemedyGranted) and line.entry.offer.kind in kinds
    }
    done = _last(lines, e.RemedyDelivered, where=lambda line: line.entry.number in granted)
    if done:
        return _yes(done)
    return _no(Because.NOT_DELIVERED, list(granted.values())[-1]) if granted else _no(nothing)


_GOODS = frozenset({RemedyKind.REPLACEMENT, RemedyKind.SOMETHING_ELSE, RemedyKind.REFUND, RemedyKind.CREDIT})


def _sent(claim, lines, facts, writer):
    done = _last(lines, e.RemedyDelivered)
    letter = _last(lines, e.LetterSent, where=lambda line: line.entry.kind is LetterKind.REPLY)
    back = letter and _last(
        lines,
        e.LetterReturned,
        where=lambda line: line.entry.number == letter.number and line.entry.outcome is e.Outcome.FAILED,
    )
    owed = _last(lines, e.RemedyGranted, where=lambda line: line.entry.offer.kind in _GOODS)
    if done:
        return _yes(done)
    if owed:
        return _no(Because.NOT_DELIVERED, owed)
    if back:
        return _no(Because.CAME_BACK, back)
    if facts.enclosed:
        return Judged(Verdict.SUPPORTED, Because.ENCLOSED)
    return _yes(letter) if letter else _open(Because.NOT_SENT)


def _booked(claim, lines, facts, writer):
    promised = _last(lines, e.PromiseMade, where=lambda line: line.entry.kind is not PromiseKind.UPDATE)
    if promised is None:
        return _open(Because.NOT_PROMISED)
    broken = _last(lines, e.PromiseBroken, where=lambda line: line.entry.number == promised.entry.number)
    return _no(Because.NOT_DONE, broken) if broken else _yes(promised)


def _fixed(claim, lines, facts, writer):
    done = _last(lines, e.RemedyDelivered, e.PromiseKept, where=lambda line: _is_deed(line, lines))
    unsettled = _last(lines, e.CaseUnsettled, e.CaseReopened)
    if unsettled and (done is None or unsettled.number > done.number):
        return _no(Because.NOT_SETTLED, unsettled)
    if done:
        return _yes(done)
    owed = _last(lines, e.RemedyGranted)
    return _no(Because.NOT_DELIVERED, owed) if owed else _open(Because.NOT_DONE)


def _is_deed(line: Line, lines) -> bool:
    if isinstance(line.entry, e.RemedyDelivered):
        return True
    made = _last(lines, e.PromiseMade, where=lambda other: other.entry.number == line.entry.number)
    return bool(made) and made.entry.kind is PromiseKind.DEED


def _noted(claim, lines, facts, writer):
    noted = _last(lines, e.NoteWritten, e.ContactLogged, e.PointRaised, where=_by_staff) or _last(
        lines, e.NoteWritten
    )
    return _yes(noted) if noted else _no(Because.NO_RECORD)


def _investigated(claim, lines, facts, writer):
    found = _last(lines, e.PointFound, where=lambda line: line.entry.finding is not Finding.NONE)
    looked = found or _last(lines, e.NoteWritten, e.TimeAsked, e.CaseAssessed)
    return _yes(looked) if looked else _open(Because.NOBODY_LOOKED)


def _doing(claim, lines, facts, writer):
    ended = _last(lines, e.CaseClosed, e.CaseWithdrawn, e.CaseReopened, e.CaseUnsettled)
    if ended and isinstance(ended.entry, e.CaseClosed | e.CaseWithdrawn):
        return _no(Because.NOT_DONE, ended)
    at_it = _last(lines, e.NoteWritten, e.TimeAsked, e.CaseAssessed, e.PointRaised, e.PointsReadBack, e.PointFound, e.ApprovalAsked, e.RemedyGranted, e.PromiseMade, where=lambda line: _by_staff(line) and getattr(line.entry, "kind", None) is not PromiseKind.UPDATE)  # fmt: skip
    return _yes(at_it) if at_it else _open(Because.NOBODY_LOOKED)


def _first_case(claim, lines, facts, writer):
    if facts.defects:
        return _no(Because.KNOWN_DEFECT, what=facts.defects[0])
    if facts.others:
        return _no(Because.OTHER_CASES, what=str(facts.others))
    again = _last(lines, e.CaseReopened, e.CaseUnsettled)
    return _no(Because.NOT_SETTLED, again) if again else _open()


def _normal(claim, lines, facts, writer):
    if facts.defects:
        return _no(Because.KNOWN_DEFECT, what=facts.defects[0])
    newest = {line.entry.number: line for line in lines if isinstance(line.entry, e.PointFound)}
    errors = [x for x in newest.values() if x.entry.our_error and x.entry.finding is Finding.UPHELD]
    ours = errors[-1] if errors else None
    return _no(Because.OUR_ERROR, ours) if ours else _open()


def _nothing_more(claim, lines, facts, writer):
    """There is more while an option in the writer's own power was neither offered nor ruled out."""
    if facts.left:
        return _no(Because.LEFT_TO_OFFER, what=str(facts.left))
    refused = _last(lines, e.RequestRefused, e.PowerDisposed)
    return _yes(refused) if refused else _open(Because.LEFT_TO_OFFER)


def _policy(claim, lines, facts, writer):
    return (
        Judged(Verdict.SUPPORTED, Because.RECORDED, what=facts.terms[0])
        if facts.terms
        else _open(Because.NO_TERMS)
    )


_RULES = {
    "consulted": _consulted,
    "passed_on": _passed_on,
    "paid": _paid,
    "sent": _sent,
    "booked": _booked,
    "fixed": _fixed,
    "noted": _noted,
    "investigated": _investigated,
    "doing": _doing,
    "first_case": _first_case,
    "normal": _normal,
    "nothing_more": _nothing_more,
    "policy": _policy,
}
