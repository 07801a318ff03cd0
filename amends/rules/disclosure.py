"""What a customer who asks for the file gets: every entry of it, save those that are left out one by one, with reasons."""

from amends.rules import entries as e
from amends.rules.case import Case, Stage
from amends.rules.entries import Ground
from amends.rules.guards import must_lead
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, Actor, Text, wanted


def withhold(case: Case, *, number: int, ground: Ground | None, why: Text, by: Actor):
    """Leave one entry out, on one ground, because. A lead's act."""
    must_lead(by)
    _must_stand(case, number)
    if ground is None:
        raise Refused(Reason.NOTHING_CHOSEN)
    return [e.EntryWithheld(number=number, ground=ground, why=wanted(why, "why", LONGEST_LINE))]


def disclose(case: Case, *, number: int, by: Actor):
    """Give it after all."""
    must_lead(by)
    _must_stand(case, number)
    if number not in {withheld.number for withheld in case.story.withheld}:
        raise Refused(Reason.KNOWN_ALREADY)
    return [e.EntryDisclosed(number=number)]


def _must_stand(case: Case, number: int) -> None:
    if case.stage is Stage.UNKNOWN or not 1 <= number <= case.story.number:
        raise Refused(Reason.NO_SUCH_ENTRY, number=number)
