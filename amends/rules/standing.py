"""Standing public claims: what we say to everybody, held against the measure that would make it true.

A claim without a measure cannot be said. One that falls below its line is said nowhere until it is true again, and has
a day by which it is made true or withdrawn.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from amends.rules import entries as e
from amends.rules.clocks import Limit, Unit
from amends.rules.entries import Measure, Place
from amends.rules.guards import must_be_staff
from amends.rules.house import House
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, NOTHING, Actor, Role, Side, Text, wanted

FEWEST = 5  # below five there is nothing to show
STALE = timedelta(days=90)  # how long a value holds that somebody measured by hand
TO_MEND = Limit(10, Unit.WORKING_DAY)
DIRECTING = frozenset({Role.DIRECTOR, Role.EXECUTIVE})


class Stand(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    WITHDRAWN = "withdrawn"


class Claim(msgspec.Struct, frozen=True):
    """One standing claim. `value` and `line` in per cent; `below_since`, while it is live and not true."""

    place: Place | None = None
    words: Text = NOTHING
    owner: str = ""
    measure: Measure | None = None
    of: str = ""
    line: int = 0
    value: int | None = None
    n: int = 0
    measured_at: datetime | None = None
    stand: Stand = Stand.DRAFT
    below_since: datetime | None = None
    due: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is true, so far as anybody has measured."""
        stale = self.measure is Measure.BY_HAND and (
            self.measured_at is None or now - self.measured_at > STALE
        )
        return self.value is not None and self.value >= self.line and not stale


NEW = Claim()


def after(claim: Claim, entry, at=None, by="", number=0) -> Claim:
    """The claim once `entry` stands in its file."""
    match entry:
        case e.StandingRegistered():
            return replace(claim, place=entry.place, words=entry.words, owner=entry.owner)
        case e.StandingMeasureSet():
            return replace(
                claim, measure=entry.measure, of=entry.of, line=entry.line, value=None, n=0, measured_at=None
            )
        case e.StandingWentLive():
            return replace(claim, stand=Stand.LIVE, below_since=None, due=None)
        case e.StandingMeasured():
            return _measured(claim, entry, at)
        case _:
            return replace(claim, stand=Stand.WITHDRAWN, below_since=None, due=None)


def _measured(claim: Claim, entry, at: datetime) -> Claim:
    claim = replace(claim, value=entry.value, n=entry.n, measured_at=at)
    if claim.stand is not Stand.LIVE or claim.holds(at):
        return replace(claim, below_since=None, due=None)
    return replace(claim, below_since=claim.below_since or at, due=claim.due or entry.due)


def register(claim: Claim, *, place: Place | None, words: Text, owner: str, by: Actor):
    """Put a standing claim on record. A director's act."""
    _must_direct(by)
    if place is None:
        raise Refused(Reason.NOTHING_CHOSEN)
    if not owner:
        raise Refused(Reason.OWNER_MISSING)
    return [e.StandingRegistered(place=place, words=wanted(words, "words", LONGEST_LINE), owner=owner)]


def set_measure(claim: Claim, *, measure: Measure | None, line: int, by: Actor, of: str = ""):
    """Say what would make it true. A claim that is being said is measured anew before it is said again."""
    _must_direct(by)
    _must_stand(claim)
    if measure is None:
        raise Refused(Reason.NO_MEASURE)
    if not 1 <= line <= 100:
        raise Refused(Reason.LINE_UNREADABLE)
    return [e.StandingMeasureSet(measure=measure, line=line, of=of)]


def go_live(claim: Claim, *, by: Actor, now: datetime):
    """Say it. Raises Refused without a measure, and while the measure does not bear it out."""
    _must_direct(by)
    _must_stand(claim)
    if claim.measure is None:
        raise Refused(Reason.NO_MEASURE)
    if not claim.holds(now):
        raise Refused(Reason.NOT_TRUE_YET, value=claim.value, line=claim.line, n=claim.n)
    if claim.stand is Stand.LIVE:
        raise Refused(Reason.KNOWN_ALREADY)
    return [e.StandingWentLive()]


def measured(claim: Claim, *, value: int | None, n: int, by: Actor, now: datetime, house: House):
    """What the desk measured. Nothing is written while nothing has changed."""
    if by.side is not Side.DESK:
        raise Refused(Reason.NOT_FOR_YOU)
    if claim.measure in (None, Measure.BY_HAND):
        return _gone_stale(claim, now, house)
    value = value if n >= FEWEST else None
    same = (value, n) == (claim.value, claim.n) and claim.measured_at is not None
    return [] if same else [_entry(claim, value, n, now, house)]


def measure_by_hand(claim: Claim, *, value: int, n: int, shown: Text, by: Actor, now: datetime, house: House):
    """What its owner, or a director, measured elsewhere: the value, of how many, and where that can be seen."""
    must_be_staff(by)
    _must_stand(claim)
    if by.id != claim.owner:
        _must_direct(by)
    if claim.measure is not Measure.BY_HAND:
        raise Refused(Reason.NO_MEASURE)
    if not 0 <= value <= 100 or n < FEWEST:
        raise Refused(Reason.LINE_UNREADABLE)
    return [replace(_entry(claim, value, n, now, house), shown=wanted(shown, "shown", LONGEST_LINE))]


def withdraw(claim: Claim, *, why: Text, by: Actor):
    """Say it no longer, anywhere."""
    _must_direct(by)
    _must_stand(claim)
    return [e.StandingWithdrawn(why=wanted(why, "why", LONGEST_LINE))]


def _entry(claim: Claim, value: int | None, n: int, now: datetime, house: House) -> e.StandingMeasured:
    below = claim.stand is Stand.LIVE and (value is None or value < claim.line)
    due = house.due(TO_MEND, now) if below and not claim.below_since else None
    return e.StandingMeasured(value=value, n=n, due=due)


def _gone_stale(claim: Claim, now: datetime, house: House):
    """A value measured by hand that is too old is none."""
    fresh = claim.measured_at is None or now - claim.measured_at <= STALE
    if fresh or claim.stand is not Stand.LIVE or claim.value is None:
        return []
    return [_entry(claim, None, 0, now, house)]


def _must_direct(by: Actor) -> None:
    must_be_staff(by)
    if by.role not in DIRECTING:
        raise Refused(Reason.NEEDS_A_DIRECTOR)


def _must_stand(claim: Claim) -> None:
    if claim.place is None or claim.stand is Stand.WITHDRAWN:
        raise Refused(Reason.NO_SUCH_CLAIM)
