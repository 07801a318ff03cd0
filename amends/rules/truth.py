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
    NOBODY_CALLED = "nobody called"
    SAID_NO = "said no"  # somebody above answered, and not so
    OTHER_AMOUNT = "other amount"
    ABOVE_GRANT = "above grant"  # of a promise: more than its writer may give


class Claim(NamedTuple):
    """What is claimed, in the kinds of `labelling.md`.

    above    somebody with more authority is said to have been asked
    said     every longer word of it, without its ending
    about    those that say what it is about; none where it says nothing in particular, or where that is not known
    amounts  of money named in it, in cents
    """

    kind: str
    above: bool = False
    said: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    amounts: frozenset[int] = frozenset()


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
    told     the longer words of what entries of the file say, by their numbers; None where nobody looked
    above    authors who stand above the writer; None where that is not known
    may_give the most money the writer may give here, in cents; None where that was not looked up
    """

    defects: tuple[str, ...] = ()
    others: int = 0
    terms: tuple[str, ...] = ()
    left: int = 0
    enclosed: int = 0
    told: dict[int, frozenset[str]] | None = None
    above: frozenset[str] | None = None
    may_give: int | None = None


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


# What an entry is about --------------------------------------------------------------------------------------------

_EXAMINED = frozenset(
    {"test", "inspect", "measur", "sampl", "visit", "repair"}
)  # said of it, it has to stand there


def _bears(claim: Claim, line: Line, lines: Sequence[Line], facts: Facts) -> bool:
    """Whether an entry is about what is claimed: it shares a third of the words that say what that is."""
    if facts.told is None or not claim.about:
        return True
    told = frozenset().union(
        *(facts.told.get(n, frozenset()) for n in (line.number, *_told_with(line, lines)))
    )
    if claim.about & _EXAMINED - told:
        return False
    return len(claim.about & told) * 3 >= len(claim.about)


def _told_with(line: Line, lines: Sequence[Line]) -> list[int]:
    """The entries that say what this one settles: the promise kept, the remedy delivered, the point found."""
    begun = {
        e.PromiseKept: (e.PromiseMade,),
        e.RemedyDelivered: (e.RemedyGranted,),
        e.PointFound: (e.PointRaised,),
        e.ApprovalGiven: (e.ApprovalAsked,),
        e.ApprovalDeclined: (e.ApprovalAsked,),
    }.get(type(line.entry), ())
    return (
        [x.number for x in lines if isinstance(x.entry, begun) and x.entry.number == line.entry.number]
        if begun
        else []
    )


# One rule per kind of claim ---------------------------------------------------------------------------------------

_AGREED = frozenset({"agre", "approv", "confirm", "authoris", "authoriz", "yes", "sign"})


def _consulted(claim, lines, facts, writer):
    """Somebody above was asked only if an answer of theirs, from their own login, stands in the file."""
    if claim.above:
        return _asked_above(claim, lines, facts, writer)
    if facts.told is None or not claim.about:
        answered = _last(
            lines, e.ApprovalGiven, e.ApprovalDeclined, where=lambda line: _is_answer(line, writer)
        )
        if answered:
            return _yes(answered)
        if asked := _last(lines, e.ApprovalAsked, where=lambda line: line.author == writer):
            return _no(Because.NOT_ANSWERED, asked)
    talked = _last(
        lines, e.ContactLogged, e.NoteWritten, e.PromiseKept, e.ApprovalGiven, e.ApprovalDeclined,
        where=lambda line: (
            _talked(line, facts) and _bears(claim, line, lines, facts)
        ),
    )  # fmt: skip
    return _yes(talked) if talked else _open(Because.NOBODY_ASKED)


def _talked(line: Line, facts: Facts) -> bool:
    """Whether an entry may tell of speaking with somebody: a call of ours; a note only where its words are known."""
    if isinstance(line.entry, e.ContactLogged):
        return not line.entry.from_customer
    return facts.told is not None


def _asked_above(claim, lines, facts, writer):
    def answers(line: Line) -> bool:
        return _is_answer(line, writer) and (facts.above is None or line.author in facts.above)

    answered = _last(lines, e.ApprovalGiven, e.ApprovalDeclined, where=answers)
    if (
        answered
        and isinstance(answered.entry, e.ApprovalDeclined)
        and claim.said & _AGREED
        and "not" not in claim.said
    ):
        return _no(Because.SAID_NO, answered)
    if answered:
        return _yes(answered)
    told = {
        line.entry.number
        for line in lines
        if isinstance(line.entry, e.ApprovalGiven | e.ApprovalDeclined) and line.author != writer
    }
    asked = _last(
        lines,
        e.ApprovalAsked,
        where=lambda line: line.entry.number not in told and f"staff:{line.entry.of}" != writer,
    )
    return _no(Because.NOT_ANSWERED, asked) if asked else _no(Because.NOBODY_ASKED)


def _is_answer(line: Line, writer: str) -> bool:
    """Somebody else's answer in their own words, from their own login."""
    words = line.entry.words if isinstance(line.entry, e.ApprovalGiven) else line.entry.why
    return line.author != writer and not words.is_empty


def _passed_on(claim, lines, facts, writer):
    if claim.above:  # only an ask goes to somebody above
        asked = _last(lines, e.ApprovalAsked)
        return _yes(asked) if asked else _no(Because.NOBODY_ASKED)

    def handed(line: Line) -> bool:
        entry = line.entry
        if isinstance(entry, e.NoteWritten) and (facts.told is None or not claim.about):
            return False
        if isinstance(entry, e.PromiseMade):
            others = f"staff:{entry.owner}" != (writer or line.author)
            if entry.kind is not PromiseKind.DEED or not others:
                return False
        return _bears(claim, line, lines, facts)

    passed = _last(
        lines, e.ApprovalAsked, e.CaseTakenOver, e.LetterMoved, e.PromiseMade, e.NoteWritten, where=handed
    )
    return _yes(passed) if passed else _open()


_MONEY = frozenset({RemedyKind.REFUND, RemedyKind.CREDIT})


def _paid(claim, lines, facts, writer):
    """A remedy of money is done when its delivery is proved: the one that is named, or all there are."""
    granted = {
        line.entry.number: line
        for line in lines
        if isinstance(line.entry, e.RemedyGranted) and line.entry.offer.kind in _MONEY
    }
    delivered = [
        line for line in lines if isinstance(line.entry, e.RemedyDelivered) and line.entry.number in granted
    ]
    if not granted:
        return _no(Because.NOTHING_PAID)
    done = {line.entry.number for line in delivered}
    owed = [line for number, line in granted.items() if number not in done]
    if claim.amounts:
        named = [line for line in delivered if granted[line.entry.number].entry.offer.amount in claim.amounts]
        waits = [line for line in owed if line.entry.offer.amount in claim.amounts]
        if named:
            return _yes(named[-1])
        return (
            _no(Because.NOT_DELIVERED, waits[-1])
            if waits
            else _no(Because.OTHER_AMOUNT, (delivered or owed)[-1])
        )
    return _no(Because.NOT_DELIVERED, owed[-1]) if owed else _yes(delivered[-1])


_GOODS = frozenset({RemedyKind.REPLACEMENT, RemedyKind.SOMETHING_ELSE, RemedyKind.REFUND, RemedyKind.CREDIT})
_AS_MONEY = frozenset({"refund", "money", "payment", "chequ", "credit", "reimbursement", "compensation"})
_AS_PAPER = frozenset({"letter", "email", "mail", "link", "label", "form", "copy", "copi", "detail", "reply", "repli", "answer", "messag", "document", "invoic", "receipt", "pdf", "photo", "wrot", "written", "writ", "attach", "enclos", "respond", "text", "information"})  # fmt: skip
_AS_CALL = frozenset({"call", "rang", "ring", "phon", "telephon", "voicemail", "tri", "try", "mobil"})
_HERE = frozenset({"attach", "enclos"})


def _sent(claim, lines, facts, writer):
    """Money is paid, a letter is sent, a call is logged, and goods are delivered: each by its own kind of entry."""
    if claim.said & _HERE:
        return Judged(Verdict.SUPPORTED, Because.ENCLOSED) if facts.enclosed else _open(Because.NOT_SENT)
    if claim.said & _AS_MONEY or claim.amounts:
        return _paid(claim, lines, facts, writer)
    if claim.said & _AS_CALL and not claim.said & _AS_PAPER:
        rang = _last(lines, e.ContactLogged, where=lambda line: not line.entry.from_customer)
        return _yes(rang) if rang else _open(Because.NOBODY_CALLED)
    letter = _last(lines, e.LetterSent, where=lambda line: line.entry.kind is LetterKind.REPLY)
    back = letter and _last(
        lines,
        e.LetterReturned,
        where=lambda line: line.entry.number == letter.number and line.entry.outcome is e.Outcome.FAILED,
    )
    if claim.said & _AS_PAPER:
        return _no(Because.CAME_BACK, back) if back else _yes(letter) if letter else _open(Because.NOT_SENT)
    granted = {
        line.entry.number: line
        for line in lines
        if isinstance(line.entry, e.RemedyGranted) and line.entry.offer.kind in _GOODS
    }
    done = _last(
        lines, e.RemedyDelivered, where=lambda line: line.entry.number in granted and _bears(claim, line, lines, facts)
    )  # fmt: skip
    delivered = {line.entry.number for line in lines if isinstance(line.entry, e.RemedyDelivered)}
    owed = [line for number, line in granted.items() if number not in delivered]
    if done:
        return _yes(done)
    if owed:
        return _no(Because.NOT_DELIVERED, owed[-1])
    if claim.said:
        return _open(Because.NOT_SENT)
    if back:
        return _no(Because.CAME_BACK, back)
    if facts.enclosed:
        return Judged(Verdict.SUPPORTED, Because.ENCLOSED)
    return _yes(letter) if letter else _open(Because.NOT_SENT)


def _booked(claim, lines, facts, writer):
    promised = _last(
        lines, e.PromiseMade,
        where=lambda line: line.entry.kind is not PromiseKind.UPDATE and _bears(claim, line, lines, facts),
    )  # fmt: skip
    if promised is None:
        return _open(Because.NOT_PROMISED)
    broken = _last(lines, e.PromiseBroken, where=lambda line: line.entry.number == promised.entry.number)
    return _no(Because.NOT_DONE, broken) if broken else _yes(promised)


def _fixed(claim, lines, facts, writer):
    done = _last(
        lines, e.RemedyDelivered, e.PromiseKept,
        where=lambda line: _is_deed(line, lines) and _bears(claim, line, lines, facts),
    )  # fmt: skip
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
    if claim.above:
        return _asked_above(claim, lines, facts, writer)  # "my manager has looked at it"
    found = _last(
        lines, e.PointFound,
        where=lambda line: line.entry.finding is not Finding.NONE and _bears(claim, line, lines, facts),
    )  # fmt: skip
    looked = found or _last(
        lines,
        e.NoteWritten,
        e.TimeAsked,
        e.CaseAssessed,
        where=lambda line: _bears(claim, line, lines, facts),
    )
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
    upheld = (Finding.UPHELD, Finding.PARTLY_UPHELD)
    errors = [x for x in newest.values() if x.entry.our_error and x.entry.finding in upheld]
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
