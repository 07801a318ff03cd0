"""The life of a case: received, understood, taken over, settled, withdrawn, closed, reopened."""

from datetime import datetime

from amends.rules import entries as e
from amends.rules.case import OWED, Case, Kept, Stage, next_number
from amends.rules.entries import Channel, Harm, PromiseKind
from amends.rules.guards import (
    customers_word,
    must_be_open,
    must_be_staff,
    must_lead,
    must_stand_alone,
    renewed,
)
from amends.rules.house import House
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.values import LONGEST_LINE, NOTHING, Actor, Side, Text, fitting, wanted


def receive(
    case: Case,
    *,
    ref: str,
    customer: str,
    owner: str,
    team: str,
    channel: Channel,
    words: Text,
    now: datetime,
    house: House,
    by: Actor,
    received_at: datetime | None = None,
    subject: Text = NOTHING,
    sought: Text = NOTHING,
    expects: Text = NOTHING,
    danger: bool = False,
    reference: str = "",
    letter: str = "",
    files: tuple[e.Enclosure, ...] = (),
    marks: tuple[e.Mark, ...] = (),
    hint: str = "",
    silent: bool = False,
):
    """Open a case from the customer's own words, with an owner and a date for the next word from us.

    received_at  when the organisation got it (default: now); never later than now, and it never changes
    reference    of a recording or paper, when it came by call, letter or visit
    letter       the raw letter it came by; with its files, what stands out about it, and a case it may belong to
    silent       no receipt goes out by itself: a machine might answer it, or a stranger get it

    Raises Refused.
    """
    if case.stage is not Stage.UNKNOWN:
        raise Refused(Reason.ALREADY_RECEIVED, ref=case.ref)
    if not owner:
        raise Refused(Reason.NOBODY_TO_OWN_IT)
    received_at = min(received_at or now, now)
    received = e.CaseReceived(
        ref=ref,
        customer=customer,
        owner=owner,
        team=team,
        channel=channel,
        received_at=received_at,
        words=wanted(words, "words"),
        subject=fitting(subject, "subject", LONGEST_LINE),
        expects=fitting(expects, "expects", LONGEST_LINE),
        danger=danger,
        clocks=house.at_receipt(received_at),
        reference=reference,
        letter=letter,
        files=files,
        marks=marks,
        hint=hint,
        silent=silent,
    )
    first_word = e.PromiseMade(number=1, kind=PromiseKind.UPDATE, owner=owner, due=house.due(house.soon, now))
    asked = [] if sought.is_empty else [e.RemedySought(words=fitting(sought, "sought", LONGEST_LINE))]
    return [received, first_word, *asked]


def assess(
    case: Case, *, harm: Harm, by: Actor, why: Text = NOTHING, safety: bool = False, immediate: bool = False
):
    """The initial assessment: harm, safety, need for immediate action. Moves an understood case to working."""
    must_be_staff(by)
    must_be_open(case)
    if harm is Harm.UNKNOWN:
        raise Refused(Reason.REASON_MISSING, field="harm")
    return [
        e.CaseAssessed(harm=harm, why=fitting(why, "why", LONGEST_LINE), safety=safety, immediate=immediate)
    ]


def take_over(
    case: Case,
    *,
    to: str,
    team: str,
    why: Text,
    by: Actor,
    now: datetime,
    house: House,
    owner_left: bool = False,
):
    """Give the case another owner, who also takes the promises still owed. A lead's act, with a reason.

    owner_left  the owner no longer works here: then the desk itself hands the case on
    """
    if not (owner_left and by.side is Side.DESK):
        must_lead(by)
    must_be_open(case)
    if not to:
        raise Refused(Reason.OWNER_MISSING)
    if to == case.owner:
        raise Refused(Reason.OWN_IT_ALREADY)
    taken = e.CaseTakenOver(owner=to, before=case.owner, team=team, why=wanted(why, "why", LONGEST_LINE))
    return [taken]


def withdraw(case: Case, *, words: Text, by: Actor, through: int = 0):
    """The customer withdraws the complaint, in their own words."""
    must_be_open(case)
    through = customers_word(case, by, through)
    return [e.CaseWithdrawn(words=wanted(words, "words", LONGEST_LINE), through=through)]


def not_settled(case: Case, *, words: Text, by: Actor, now: datetime, house: House, through: int = 0):
    """The customer says this is not settled: always possible, and it costs no place and no date.

    Offers fall; what was granted stays owed. A case that had ended goes on under its first receipt.
    """
    _must_be_received(case)
    must_stand_alone(case)
    through = customers_word(case, by, through)
    words = wanted(words, "words", LONGEST_LINE)
    if case.is_open:
        return [e.CaseUnsettled(words=words, through=through)]
    return [
        e.CaseReopened(words=words),
        e.CaseUnsettled(words=words, through=through),
        *_standing(case, now, house),
    ]


def reopen(case: Case, *, words: Text, by: Actor, now: datetime, house: House):
    """Somebody here saw the same point again: the case goes on under its first receipt, harm one higher."""
    must_be_staff(by)
    if case.stage is not Stage.CLOSED:
        raise Refused(Reason.NOT_CLOSED)
    return [e.CaseReopened(words=wanted(words, "words", LONGEST_LINE)), *_standing(case, now, house)]


NOT_AT_ALL = 1  # put right, of five: whoever says so says that it is not settled


def settle(case: Case, *, by: Actor, words: Text = NOTHING, rating: int = 0, through: int = 0):
    """The customer says it is put right, once everything has been delivered."""
    if case.stage not in (Stage.DELIVERING, Stage.CLOSED):
        raise Refused(Reason.NOT_DELIVERING)
    through = customers_word(case, by, through)
    if rating == NOT_AT_ALL:
        raise Refused(Reason.NOT_PUT_RIGHT)
    if case.delivered_at is None and case.stage is Stage.DELIVERING:
        raise Refused(Reason.NOT_READY_TO_CLOSE, missing=undone(case))
    return [
        e.CaseSettled(
            words=fitting(words, "words", LONGEST_LINE), rating=min(max(rating, 0), 5), through=through
        )
    ]


def close(case: Case, *, by: Actor, now: datetime, house: House):
    """Close a case in which nothing is left to do. Raises Refused with all that is missing.

    Everything delivered and proved; no promise open, and none broken that is neither done late nor released;
    the customer's word, or a quiet time after delivery; and nothing the customer has said that nobody has read.
    """
    must_be_staff(by)
    must_be_open(case)
    missing = undone(case) + _word_missing(case, now, house)
    if case.unheard:
        missing += ((Missing.UNREAD, case.unheard),)
    if missing:
        raise Refused(Reason.NOT_READY_TO_CLOSE, missing=missing, quiet_until=quiet_until(case, house))
    check_back = house.due(house.check_back, now).date() if case.harm is Harm.SEVERE else None
    standing = case.update
    kept = [e.PromiseKept(number=standing.number, late=standing.due < now)] if standing else []
    return [*kept, e.CaseClosed(settled=case.settled, check_back=check_back)]


def undone(case: Case) -> tuple[tuple[Missing, int], ...]:
    """What is left to do, each with the number of the promise or remedy: the case cannot close before."""
    missing = []
    if case.stage is not Stage.DELIVERING:
        missing.append((Missing.ACCEPTANCE, 0))
    missing += [(Missing.DELIVERY, r.number) for r in case.remedies if r.is_owed]
    for promise in case.promises:
        if promise.kind in (PromiseKind.UPDATE, PromiseKind.REMEDY) or promise.state not in OWED:
            continue  # a remedy's own promise is settled by proving its delivery
        missing.append(
            (Missing.PROMISE_OWED if promise.state is Kept.BROKEN else Missing.PROMISE_OPEN, promise.number)
        )
    return tuple(missing)


def quiet_until(case: Case, house: House) -> datetime | None:
    """When silence after delivery counts as settled; None while something is undelivered. Words begin it anew."""
    return house.due(house.quiet, case.quiet_since) if case.quiet_since else None


def check_back(case: Case, *, words: Text, by: Actor):
    """Look at a closed severe case again and write down how it stands."""
    must_be_staff(by)
    if case.check_back is None:
        raise Refused(Reason.NOT_CLOSED)
    return [e.CheckBackDone(words=wanted(words, "words", LONGEST_LINE))]


def acknowledged(case: Case, by: Actor):
    """The entry that a person's first word to the customer adds."""
    human = by.side is Side.STAFF and case.stage is Stage.RECEIVED
    return [e.CaseAcknowledged()] if human else []


def told_by_us(
    case: Case, *, now: datetime, house: House, by: Actor, promise: int = 0, due: datetime | None = None
):
    """Entries that go with any word from a person here to the customer: acknowledged, and a new date."""
    return [*acknowledged(case, by), *renewed(case, promise or next_number(case.promises), now, house, due)]


def _word_missing(case: Case, now: datetime, house: House):
    until = quiet_until(case, house)
    if case.settled or (until is not None and now > until):
        return ()
    return ((Missing.CUSTOMERS_WORD, 0),)


def _standing(case: Case, now: datetime, house: House):
    due = house.due(house.soon, now)
    return [
        e.PromiseMade(number=next_number(case.promises), kind=PromiseKind.UPDATE, owner=case.owner, due=due)
    ]


def _must_be_received(case: Case) -> None:
    if case.stage is Stage.UNKNOWN:
        raise Refused(Reason.NOT_RECEIVED)
