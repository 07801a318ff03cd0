"""Two cases that are one: the younger points to the older. A pointer, never a copy; it is taken back with one act.

Only cases of one customer merge, so nobody comes to see what they could not see before. The older one's clocks
have run longer, so nothing gains time by it. What the younger still owes is settled first, for a pointer owes nothing.
"""

from datetime import datetime

from amends.rules import entries as e
from amends.rules.case import OWED, Case, next_number
from amends.rules.entries import PromiseKind
from amends.rules.guards import must_be_open, must_be_staff
from amends.rules.house import House
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.values import LONGEST_LINE, Actor, Text, wanted


def merge(case: Case, *, other: Case, into: str, why: Text, by: Actor, now: datetime):
    """Deal with this case in the case `into`, whose state is `other`. The customer is told by letter. Raises Refused."""
    must_be_staff(by)
    must_be_open(case)
    must_be_open(other)
    if case.ref == other.ref:
        raise Refused(Reason.SAME_CASE)
    if case.customer != other.customer:
        raise Refused(Reason.OTHER_CUSTOMER)
    if case.received_at < other.received_at:
        raise Refused(Reason.YOUNGER_INTO_OLDER, ref=other.ref)
    owes = _owes(case)
    if owes:
        raise Refused(Reason.STILL_OWES, missing=owes)
    merged = e.CaseMerged(into=into, ref=other.ref, why=wanted(why, "why", LONGEST_LINE))
    standing = case.update
    kept = [e.PromiseKept(number=standing.number, late=standing.due < now)] if standing else []
    return [*kept, merged]


def join(case: Case, *, other: str, ref: str, by: Actor):
    """The older case says that a younger one is dealt with here."""
    must_be_staff(by)
    return [e.CaseJoined(case=other, ref=ref)]


def part(case: Case, *, other: str, ref: str, by: Actor):
    """The older case says that it is no longer."""
    must_be_staff(by)
    return [e.CaseParted(case=other, ref=ref)]


def unmerge(case: Case, *, why: Text, by: Actor, now: datetime, house: House):
    """Take the pointer back: the case stands where it stood, with a new date for the next word. Raises Refused."""
    must_be_staff(by)
    if not case.merged:
        raise Refused(Reason.NOT_MERGED)
    update = e.PromiseMade(
        number=next_number(case.promises),
        kind=PromiseKind.UPDATE,
        owner=case.owner,
        due=house.due(house.soon, now),
    )
    return [e.CaseUnmerged(why=wanted(why, "why", LONGEST_LINE)), update]


def _owes(case: Case) -> list[tuple[Missing, int]]:
    """What would be forgotten with this case."""
    promises = [
        (Missing.PROMISE_OPEN, p.number)
        for p in case.promises
        if p.state in OWED and p.kind is not PromiseKind.UPDATE
    ]
    options = [(Missing.OPTION_OPEN, o.number) for o in case.offered]
    remedies = [(Missing.DELIVERY, r.number) for r in case.remedies if r.is_owed]
    asks = [(Missing.APPROVAL_OPEN, a.number) for a in case.approvals if a.state == "asked"]
    return [*promises, *options, *remedies, *asks]
