"""The power list: what a person may grant on a case now, and what must become of it before anybody says no."""

from datetime import datetime

from amends.rules import entries as e
from amends.rules.case import Case
from amends.rules.cases import told_by_us
from amends.rules.grants import Purse, held, left_here
from amends.rules.guards import must_be_open, must_be_staff
from amends.rules.house import House
from amends.rules.refused import Reason, Refused
from amends.rules.remedies import unready
from amends.rules.values import LONGEST_LINE, Actor, Text, wanted


def listed(case: Case, purses: tuple[Purse, ...]) -> list[tuple[Purse, int]]:
    """Each purse with the most it can still give on this case now."""
    holding = held(case)
    return [(purse, min(left_here(holding, purse), purse.left)) for purse in purses]


def unused(case: Case, purses: tuple[Purse, ...]) -> list[tuple[Purse, int]]:
    """What could still be given and nobody has offered, nor said why it does not fit.

    A remedy counts as used once it was offered under its grant, whatever the customer made of the offer.
    """
    offered = {option.grant for option in case.options} | {remedy.grant for remedy in case.remedies}
    done = offered | set(case.disposed)
    return [(purse, room) for purse, room in listed(case, purses) if room > 0 and purse.grant.id not in done]


def dispose(case: Case, *, grant: str, why: Text, purses: tuple[Purse, ...], by: Actor):
    """Say why a remedy one could grant does not fit here."""
    must_be_staff(by)
    must_be_open(case)
    mine = next((purse.grant for purse in purses if purse.grant.id == grant), None)
    if mine is None:
        raise Refused(Reason.NO_SUCH_GRANT, grant=grant)
    return [
        e.PowerDisposed(grant=grant, kind=mine.kind, unit=mine.unit, why=wanted(why, "why", LONGEST_LINE))
    ]


def refuse(case: Case, *, why: Text, purses: tuple[Purse, ...], by: Actor, now: datetime, house: House):
    """Say no to what was asked, with reasons; options of ours may then stand without it.

    Raises Refused naming every remedy in one's power that was neither offered nor found not to fit.
    """
    must_be_staff(by)
    must_be_open(case)
    if case.sought.is_empty:
        raise Refused(Reason.NOTHING_ASKED)
    if missing := unready(case):
        raise Refused(Reason.NOT_READY_TO_PROPOSE, missing=missing)
    if left := unused(case, purses):
        raise Refused(
            Reason.POWER_UNUSED, unused=tuple((p.grant.kind, p.grant.unit, room) for p, room in left)
        )
    refused = e.RequestRefused(why=wanted(why, "why", LONGEST_LINE))
    return [refused, *told_by_us(case, now=now, house=house, by=by)]
