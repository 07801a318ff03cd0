"""A case: the state that rules read, and what each entry makes of it.

`after` folds one entry into the state. The state has two parts: what rules read stands in `Case`; counters and
histories that only screens show stand in its `story`, so that the first stays small enough to be searched whole.
"""

from datetime import date, datetime
from enum import StrEnum
from itertools import takewhile

import msgspec
from msgspec.structs import replace

from amends.rules import entries as e
from amends.rules.entries import Entry, Finding, Harm, LetterKind, PromiseKind, RemedyKind
from amends.rules.refused import Reason, Refused
from amends.rules.story import Story, reads, told
from amends.rules.values import NOTHING, Text


class Stage(StrEnum):
    """Region A of a case's life. *answered*, *review* and *external* come with refusals and have their place."""

    UNKNOWN = "unknown"  # before receipt
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    UNDERSTOOD = "understood"
    WORKING = "working"
    PROPOSED = "proposed"
    DELIVERING = "delivering"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


LIFE = (
    Stage.RECEIVED,
    Stage.ACKNOWLEDGED,
    Stage.UNDERSTOOD,
    Stage.WORKING,
    Stage.PROPOSED,
    Stage.DELIVERING,
    Stage.CLOSED,
)
OPEN = frozenset(LIFE[:-1])
BEFORE_CHOICE = frozenset(LIFE[:5])


class Kept(StrEnum):
    """How a promise stands. Broken stays broken, also when the deed follows."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    DONE_LATE = "done_late"
    RELEASED = "released"
    BROKEN_RELEASED = "broken_released"


OWED = frozenset({Kept.OPEN, Kept.BROKEN})
WAS_BROKEN = frozenset({Kept.BROKEN, Kept.DONE_LATE, Kept.BROKEN_RELEASED})


class Point(msgspec.Struct, frozen=True):
    number: int
    words: Text
    verbatim: bool = True
    finding: Finding = Finding.NONE
    our_error: bool = False
    cause: Text = NOTHING
    time_asked: int = 0


class Promise(msgspec.Struct, frozen=True):
    number: int
    kind: PromiseKind
    owner: str
    due: datetime
    made_at: datetime
    act: Text = NOTHING
    points: tuple[int, ...] = ()
    state: Kept = Kept.OPEN
    settled_at: datetime | None = None
    proof: Text = NOTHING
    expected: datetime | None = None
    line: int = 0  # the entry that made it


class Option(msgspec.Struct, frozen=True):
    number: int
    offer: e.Offer
    grant: str = ""
    month: str = ""
    approval: int = 0
    state: str = "offered"  # offered, accepted, declined, lapsed


class Remedy(msgspec.Struct, frozen=True):
    number: int
    offer: e.Offer
    promise: int
    option: int = 0
    grant: str = ""
    month: str = ""
    approval: int = 0
    accepted: bool = False
    proof: Text = NOTHING
    delivered_at: datetime | None = None
    cancelled: bool = False

    @property
    def is_owed(self) -> bool:
        return self.delivered_at is None and not self.cancelled


class Approval(msgspec.Struct, frozen=True):
    number: int
    asked_by: str
    of: str
    kind: RemedyKind
    amount: int
    unit: str
    why: Text = NOTHING
    state: str = "asked"  # asked, given, declined, lapsed
    grant: str = ""
    month: str = ""
    answer: Text = NOTHING


class Case(msgspec.Struct, frozen=True):
    """What the rules of a case read."""

    stage: Stage = Stage.UNKNOWN
    ref: str = ""
    customer: str = ""
    owner: str = ""
    team: str = ""
    received_at: datetime | None = None
    silent: bool = False  # no receipt went out by itself, and no person has written yet
    harm: Harm = Harm.UNKNOWN
    assessed: bool = False
    confirmed: bool = False
    unanswered: bool = False
    points: tuple[Point, ...] = ()
    sought: Text = NOTHING
    sought_asked: bool = False
    refused: Text = NOTHING  # why what was asked cannot be done, once that was said
    disposed: tuple[str, ...] = ()  # grants that do not fit here, with reasons in the file
    attempts: int = 0
    attempted: date | None = None
    promises: tuple[Promise, ...] = ()
    options: tuple[Option, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    approvals: tuple[Approval, ...] = ()
    clocks: tuple[e.ClockSet, ...] = ()
    citable: int = (
        0  # the customer's newest word by letter or on record, since the last proposal or read-back
    )
    settled: bool = False
    delivered_at: datetime | None = None  # since when nothing is left to deliver
    quiet_since: datetime | None = None  # since when, besides, the customer has said nothing
    unheard: int = 0  # entry of the customer's newest letter, while nobody has read it
    check_back: date | None = None
    defects: tuple[str, ...] = ()  # known defects it is about
    merged: str = ""  # the case this one is dealt with in
    joined: tuple[tuple[str, str], ...] = ()  # (id, reference) of younger ones that are dealt with here
    held_off: bool = False  # the last word from a person here only said when there will be more
    reach: int = 0  # promise to reach the customer another way, since a letter did not arrive
    story: Story = Story()

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN and not self.merged

    @property
    def update(self) -> Promise | None:
        """The standing promise: the customer hears from us next by its day."""
        for promise in reversed(self.promises):
            if promise.kind is PromiseKind.UPDATE and promise.state is Kept.OPEN:
                return promise
        return None

    @property
    def missed(self) -> int:
        """Dates by which the customer was to hear from us that have passed in a row, since a person here wrote."""
        news = [p.state for p in self.promises if p.kind is PromiseKind.UPDATE and p.state is not Kept.OPEN]
        return len(list(takewhile(lambda state: state is Kept.BROKEN, reversed(news))))

    @property
    def offered(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if option.state == "offered")

    def point(self, number: int) -> Point:
        return _numbered(self.points, number, Reason.NO_SUCH_POINT)

    def promise(self, number: int) -> Promise:
        return _numbered(self.promises, number, Reason.NO_SUCH_PROMISE)

    def option(self, number: int) -> Option:
        return _numbered(self.options, number, Reason.NO_SUCH_OPTION)

    def remedy(self, number: int) -> Remedy:
        return _numbered(self.remedies, number, Reason.NO_SUCH_REMEDY)

    def approval(self, number: int) -> Approval:
        return _numbered(self.approvals, number, Reason.NO_SUCH_APPROVAL)


NEW = Case()


def _numbered(things, number, reason):
    for thing in things:
        if thing.number == number:
            return thing
    raise Refused(reason, number=number)


def next_number(things) -> int:
    """Numbers within a case start at 1 and never repeat."""
    return things[-1].number + 1 if things else 1


def after(case: Case, entry: Entry, at: datetime, by: str, number: int) -> Case:
    """The case once `entry` stands in its file as line `number`, written `at` a moment `by` somebody."""
    changed = step(case, entry, at, by, number)
    return replace(changed, story=told(changed.story, entry, at, by, number))


def step(case: Case, entry: Entry, at: datetime, by: str, number: int) -> Case:
    """The part of `after` that rules read."""
    change = _CHANGES.get(type(entry))
    case = change(case, entry, at, by, number) if change else case
    return replace(case, unheard=0) if case.unheard and reads(entry, by) else case


# One small function per entry that changes what rules read --------------------------------------------------------


def _received(case, entry, at, by, number):
    return replace(
        case,
        stage=Stage.RECEIVED,
        ref=entry.ref,
        customer=entry.customer,
        owner=entry.owner,
        team=entry.team,
        received_at=entry.received_at,
        silent=entry.silent,
        clocks=entry.clocks,
        citable=number if entry.channel is e.Channel.EMAIL or entry.reference else 0,
    )


def _acknowledged(case, entry, at, by, number):
    case = _stopped(case, "ack", at)
    stage = _understood_so_far(case) if case.stage is Stage.RECEIVED else case.stage
    return replace(case, stage=stage, silent=False)


def _understood_so_far(case):
    """How far an acknowledged case has come: its points may be confirmed, and its harm assessed, already."""
    if not case.confirmed:
        return Stage.ACKNOWLEDGED
    return Stage.WORKING if case.assessed else Stage.UNDERSTOOD


def _understood(case, entry, at, by, number):
    case = replace(case, confirmed=True, unanswered=entry.unanswered)
    # A case whose harm was assessed before a point was corrected goes straight on.
    return replace(case, stage=_understood_so_far(case)) if case.stage is Stage.ACKNOWLEDGED else case


def _assessed(case, entry, at, by, number):
    stage = Stage.WORKING if case.stage is Stage.UNDERSTOOD else case.stage
    return replace(case, stage=stage, assessed=True, harm=max(case.harm, entry.harm))


def _taken_over(case, entry, at, by, number):
    moved = tuple(
        replace(promise, owner=entry.owner)
        if promise.state in OWED and promise.owner == entry.before
        else promise
        for promise in case.promises
    )
    return replace(case, owner=entry.owner, team=entry.team, promises=moved)


def _withdrawn(case, entry, at, by, number):
    case = _ended(case, at)
    released = tuple(
        replace(p, state=_let_go(p.state), settled_at=at) if p.state in OWED else p for p in case.promises
    )
    cancelled = tuple(replace(r, cancelled=True) if r.is_owed else r for r in case.remedies)
    return replace(
        case,
        stage=Stage.WITHDRAWN,
        promises=released,
        remedies=cancelled,
        options=_ending(case.options, "lapsed"),
    )


def _unsettled(case, entry, at, by, number):
    if case.stage in (Stage.PROPOSED, Stage.DELIVERING, Stage.CLOSED, Stage.WITHDRAWN):
        case = _working_again(case)
    return case


def _settled(case, entry, at, by, number):
    return replace(case, settled=True)


def _closed(case, entry, at, by, number):
    return replace(_ended(case, at), stage=Stage.CLOSED, check_back=entry.check_back)


def _reopened(case, entry, at, by, number):
    harm = Harm(min(Harm.SEVERE, case.harm + 1)) if case.stage is Stage.CLOSED else case.harm
    return replace(_working_again(case), harm=harm)


def _check_back_done(case, entry, at, by, number):
    return replace(case, check_back=None)


def _letter_received(case, entry, at, by, number):
    if entry.unverified or entry.automatic:
        return case
    case = replace(_spoken(case, at), unheard=number)
    return replace(case, citable=number) if entry.channel is e.Channel.EMAIL else case


def _letter_sent(case, entry, at, by, number):
    if entry.kind not in (LetterKind.REPLY, LetterKind.HOLDING):
        return case
    return replace(case, held_off=entry.kind is LetterKind.HOLDING)


def _letter_moved(case, entry, at, by, number):
    return replace(case, citable=0) if case.citable == entry.number else case


def _defect_linked(case, entry, at, by, number):
    return replace(case, defects=(*case.defects, entry.defect))


def _defect_unlinked(case, entry, at, by, number):
    return replace(case, defects=tuple(defect for defect in case.defects if defect != entry.defect))


def _merged(case, entry, at, by, number):
    return replace(case, merged=entry.into)


def _joined(case, entry, at, by, number):
    return replace(case, joined=(*case.joined, (entry.case, entry.ref)))


def _parted(case, entry, at, by, number):
    return replace(case, joined=tuple(pair for pair in case.joined if pair[0] != entry.case))


def _letter_returned(case, entry, at, by, number):
    return replace(case, reach=entry.promise) if entry.promise else case


def _unmerged(case, entry, at, by, number):
    return replace(case, merged="")


def _contact_logged(case, entry, at, by, number):
    if not (entry.from_customer and entry.reached):
        return case
    case = _spoken(case, at)
    return replace(case, citable=number) if entry.reference else case


def _point_raised(case, entry, at, by, number):
    point = Point(entry.number, entry.words, entry.verbatim)
    return replace(_not_confirmed(case), points=(*case.points, point))


def _read_back(case, entry, at, by, number):
    # Only words that came after the reading answer it, but a contact in which it was read may carry the answer.
    return replace(
        case, attempts=case.attempts + 1, attempted=entry.day, citable=entry.through and case.citable
    )


def _point_corrected(case, entry, at, by, number):
    points = tuple(
        replace(p, words=entry.words, verbatim=True, finding=Finding.NONE, our_error=False, cause=NOTHING)
        if p.number == entry.number
        else p
        for p in case.points
    )
    case = _not_confirmed(case)
    # What we offered answered other words; it lapses with them.
    return replace(case, points=points, options=_ending(case.options, "lapsed"))


def _point_found(case, entry, at, by, number):
    points = tuple(
        replace(p, finding=entry.finding, our_error=entry.our_error, cause=entry.cause)
        if p.number == entry.number
        else p
        for p in case.points
    )
    return replace(case, points=points)


def _sought(case, entry, at, by, number):
    return replace(case, sought=entry.words, sought_asked=True, refused=NOTHING)


def _proposed(case, entry, at, by, number):
    option = Option(entry.number, entry.offer, entry.grant, entry.month, entry.approval)
    # With a finding and its cause on every point, the options are the reasoned answer as well.
    case = _stopped(_stopped(case, "first_option", at), "answer", at)
    return replace(case, stage=Stage.PROPOSED, options=(*case.options, option), citable=0)


def _disposed(case, entry, at, by, number):
    return replace(case, disposed=(*case.disposed, entry.grant))


def _request_refused(case, entry, at, by, number):
    return replace(case, refused=entry.why)


def _accepted(case, entry, at, by, number):
    options = tuple(replace(o, state="accepted") if o.number == entry.number else o for o in case.options)
    options = _ending(options, "declined")
    return replace(
        case, stage=Stage.DELIVERING, options=options, settled=False, delivered_at=None, quiet_since=None
    )


def _declined(case, entry, at, by, number):
    return replace(case, stage=Stage.WORKING, options=_ending(case.options, "declined"))


def _lapsed(case, entry, at, by, number):
    options = tuple(
        replace(o, state="lapsed") if o.number in entry.numbers and o.state == "offered" else o
        for o in case.options
    )
    left = any(o.state == "offered" for o in options)
    stage = Stage.WORKING if case.stage is Stage.PROPOSED and not left else case.stage
    return replace(case, options=options, stage=stage)


def _granted(case, entry, at, by, number):
    remedy = Remedy(
        entry.number, entry.offer, entry.promise, entry.option, entry.grant, entry.month, entry.approval
    )
    remedy = replace(remedy, accepted=bool(entry.option))
    return replace(case, remedies=(*case.remedies, remedy), delivered_at=None, quiet_since=None)


def _remedies_accepted(case, entry, at, by, number):
    remedies = tuple(replace(r, accepted=True) for r in case.remedies)
    case = replace(case, remedies=remedies, options=_ending(case.options, "declined"), stage=Stage.DELIVERING)
    return _delivery_looked_at(replace(case, settled=False), at)


def _delivered(case, entry, at, by, number):
    remedies = tuple(
        replace(r, proof=entry.proof, delivered_at=at) if r.number == entry.number else r
        for r in case.remedies
    )
    return _delivery_looked_at(replace(case, remedies=remedies), at)


def _promise_made(case, entry, at, by, number):
    promise = Promise(
        entry.number, entry.kind, entry.owner, entry.due, at, entry.act, entry.points, line=number
    )
    return replace(case, promises=(*case.promises, promise))


def _promise_kept(case, entry, at, by, number):
    state = Kept.DONE_LATE if entry.late else Kept.KEPT
    return _promise_changed(case, entry.number, state=state, settled_at=at, proof=entry.proof)


def _promise_broken(case, entry, at, by, number):
    return _promise_changed(case, entry.number, state=Kept.BROKEN)


def _promise_released(case, entry, at, by, number):
    state = _let_go(case.promise(entry.number).state)
    return _promise_changed(case, entry.number, state=state, settled_at=at)


def _delay_noticed(case, entry, at, by, number):
    return _promise_changed(case, entry.number, expected=entry.expected)


def _time_asked(case, entry, at, by, number):
    points = tuple(
        replace(p, time_asked=p.time_asked + 1) if p.number in entry.points else p for p in case.points
    )
    # Options already with the customer stay with them; before that, the case is being looked into.
    stage = case.stage if case.stage is Stage.PROPOSED else Stage.WORKING
    return replace(case, points=points, stage=stage)


def _approval_asked(case, entry, at, by, number):
    approval = Approval(
        entry.number, by.partition(":")[2], entry.of, entry.kind, entry.amount, entry.unit, entry.why
    )
    return replace(case, approvals=(*case.approvals, approval))


def _approval_given(case, entry, at, by, number):
    return _approval_changed(
        case, entry.number, state="given", grant=entry.grant, month=entry.month, answer=entry.words
    )


def _approval_declined(case, entry, at, by, number):
    return _approval_changed(case, entry.number, state="declined", answer=entry.why)


# What several of them share --------------------------------------------------------------------------------------


def _let_go(state: Kept) -> Kept:
    return Kept.BROKEN_RELEASED if state is Kept.BROKEN else Kept.RELEASED


def _promise_changed(case, number, **changes):
    return replace(
        case, promises=tuple(replace(p, **changes) if p.number == number else p for p in case.promises)
    )


def _approval_changed(case, number, **changes):
    return replace(
        case, approvals=tuple(replace(a, **changes) if a.number == number else a for a in case.approvals)
    )


def _ending(options, state):
    return tuple(replace(o, state=state) if o.state == "offered" else o for o in options)


def _stopped(case, clock, at):
    clocks = tuple(
        replace(c, stopped=at) if c.stopped is None and clock in (c.id, "all") else c for c in case.clocks
    )
    return replace(case, clocks=clocks)


def _ended(case, at):
    approvals = tuple(
        replace(a, state="lapsed") if a.state in ("asked", "given") else a for a in case.approvals
    )
    return replace(_stopped(case, "all", at), approvals=approvals)


def _working_again(case):
    options = _ending(case.options, "declined")
    return replace(
        case,
        stage=Stage.WORKING,
        options=options,
        settled=False,
        delivered_at=None,
        quiet_since=None,
        check_back=None,
    )


def _not_confirmed(case):
    """Words that nobody has confirmed: the case goes back to where they are read back."""
    stage = case.stage if case.stage is Stage.RECEIVED else Stage.ACKNOWLEDGED
    return replace(
        case,
        stage=stage,
        confirmed=False,
        unanswered=False,
        attempts=0,
        attempted=None,
        options=_ending(case.options, "lapsed"),
    )


def _spoken(case, at):
    """The customer has said something: a quiet time after delivery begins anew."""
    return replace(case, quiet_since=at) if case.delivered_at else case


def _delivery_looked_at(case, at):
    """Once nothing is left to deliver, only words that come after it say whether it is put right."""
    if any(r.is_owed for r in case.remedies):
        return replace(case, delivered_at=None, quiet_since=None)
    return replace(case, delivered_at=at, quiet_since=at, citable=0)


_CHANGES = {
    e.CaseReceived: _received,
    e.CaseAcknowledged: _acknowledged,
    e.CaseUnderstood: _understood,
    e.CaseAssessed: _assessed,
    e.CaseTakenOver: _taken_over,
    e.CaseWithdrawn: _withdrawn,
    e.CaseUnsettled: _unsettled,
    e.CaseSettled: _settled,
    e.CaseClosed: _closed,
    e.CaseReopened: _reopened,
    e.CheckBackDone: _check_back_done,
    e.LetterReceived: _letter_received,
    e.LetterSent: _letter_sent,
    e.LetterMoved: _letter_moved,
    e.DefectLinked: _defect_linked,
    e.DefectUnlinked: _defect_unlinked,
    e.CaseMerged: _merged,
    e.CaseUnmerged: _unmerged,
    e.CaseJoined: _joined,
    e.CaseParted: _parted,
    e.LetterReturned: _letter_returned,
    e.ContactLogged: _contact_logged,
    e.PointRaised: _point_raised,
    e.PointsReadBack: _read_back,
    e.PointCorrected: _point_corrected,
    e.PointFound: _point_found,
    e.RemedySought: _sought,
    e.OptionProposed: _proposed,
    e.PowerDisposed: _disposed,
    e.RequestRefused: _request_refused,
    e.OptionAccepted: _accepted,
    e.OptionsDeclined: _declined,
    e.OptionsLapsed: _lapsed,
    e.RemedyGranted: _granted,
    e.RemediesAccepted: _remedies_accepted,
    e.RemedyDelivered: _delivered,
    e.PromiseMade: _promise_made,
    e.PromiseKept: _promise_kept,
    e.PromiseBroken: _promise_broken,
    e.PromiseReleased: _promise_released,
    e.DelayNoticed: _delay_noticed,
    e.TimeAsked: _time_asked,
    e.ApprovalAsked: _approval_asked,
    e.ApprovalGiven: _approval_given,
    e.ApprovalDeclined: _approval_declined,
}
