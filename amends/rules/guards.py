"""Questions several rules ask before they answer."""

from datetime import datetime

from amends.rules.case import Case, Kept
from amends.rules.entries import PromiseKept, PromiseKind, PromiseMade
from amends.rules.house import House
from amends.rules.refused import Reason, Refused
from amends.rules.values import NOTHING, Actor, Side, Text


def must_be_open(case: Case) -> None:
    must_stand_alone(case)
    if not case.is_open:
        raise Refused(Reason.NOT_OPEN, stage=case.stage)


def must_stand_alone(case: Case) -> None:
    """A case that points to another is dealt with there."""
    if case.merged:
        raise Refused(Reason.MERGED)


def must_be_staff(by: Actor) -> None:
    if by.side is not Side.STAFF:
        raise Refused(Reason.NOT_FOR_YOU)


def must_lead(by: Actor) -> None:
    must_be_staff(by)
    if not by.leads:
        raise Refused(Reason.NEEDS_A_LEAD)


def must_be_ahead(due: datetime | None, now: datetime) -> datetime:
    """The moment, if it is given and still to come."""
    if due is None:
        raise Refused(Reason.DUE_MISSING)
    if due <= now:
        raise Refused(Reason.DUE_IN_THE_PAST, due=due)
    return due


def customers_word(case: Case, by: Actor, through: int) -> int:
    """Whether this comes from the customer, and through which entry.

    It does when the customer acts on their own page, or when a member of staff records it and names (`through`)
    the customer's newest letter, or newest contact with a recording or paper reference, that came after what it
    answers. The entry named is part of the file, so anyone can hold the two together. Returns the entry's
    number, 0 for the customer's own act. Raises Refused.
    """
    if by.side is Side.CUSTOMER and by.id == case.customer:
        return 0
    if by.side is Side.STAFF and through and through == case.citable:
        return through
    raise Refused(Reason.ONLY_THE_CUSTOMER, newest=case.citable)


def must_be_fresh(case: Case, by: Actor, seen: int | None) -> None:
    """Refuse to act over words one has not seen. `seen` is the newest entry on the page acted from."""
    if seen is not None and case.story.said_by_others(str(by), seen):
        raise Refused(Reason.SOMEONE_WAS_QUICKER, seen=seen)


def renewed(
    case: Case,
    next_number: int,
    now: datetime,
    house: House,
    due: datetime | None = None,
    proof: Text = NOTHING,
):
    """The customer hears from us now: the standing promise is kept, and the next one made.

    next_number   number the new promise gets (others may have been made in the same act)
    due           when they hear next, at the latest a house's longest silence ahead; that limit when None

    Raises Refused when `due` is past or further away than the house allows.
    """
    latest = house.due(house.next_update, now)
    due = latest if due is None else must_be_ahead(due, now)
    if due > latest:
        raise Refused(Reason.UPDATE_TOO_FAR, due=due, latest=latest)
    standing = case.update
    entries = []
    if standing is not None and standing.state is Kept.OPEN:
        late = standing.due < now
        entries.append(PromiseKept(number=standing.number, proof=proof, late=late))
    if case.is_open:
        entries.append(PromiseMade(number=next_number, kind=PromiseKind.UPDATE, owner=case.owner, due=due))
    return entries
