"""What the house has settled for itself: its hours, its limits, its currency. Data that rules are given."""

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from amends.rules import clocks, regimes
from amends.rules.clocks import Calendar, Limit, Unit
from amends.rules.entries import ClockSet


class House(msgspec.Struct, frozen=True):
    """The working calendar, and how long things may take.

    next_update   the longest silence: the customer hears from us within it
    quiet         how long after delivery silence counts as settled
    attempts      logged attempts at confirmation before the owner may go on without
    check_back    when a severe case is looked at again after closing
    """

    calendar: Calendar
    next_update: Limit = Limit(5, Unit.WORKING_DAY)
    soon: Limit = Limit(1, Unit.WORKING_DAY)
    quiet: Limit = Limit(10, Unit.WORKING_DAY)
    check_back: Limit = Limit(30, Unit.CALENDAR_DAY)
    attempts: int = 3
    currency: str = "USD"

    def due(self, limit: Limit, start: datetime) -> datetime:
        """When `limit` runs out for something that happened at `start`; aware, in UTC."""
        return _due(self.calendar, limit, self._canonical(limit, start))

    def at_receipt(self, received_at: datetime) -> tuple[ClockSet, ...]:
        """The clocks of the house regime that start when a complaint arrives."""
        day = received_at.astimezone(_zone(self.calendar.zone)).date()
        return _at_receipt(self.calendar, day)

    def today(self, now: datetime) -> date:
        return now.astimezone(_zone(self.calendar.zone)).date()

    def _canonical(self, limit: Limit, start: datetime) -> datetime:
        """Limits in working days count from the day alone: one moment stands for all of it, and is remembered."""
        if limit.unit is not Unit.WORKING_DAY:
            return start
        return _noon(self.calendar.zone, start.astimezone(_zone(self.calendar.zone)).date())


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def _noon(zone: str, day: date) -> datetime:
    return datetime.combine(day, time(12), _zone(zone))


@lru_cache(maxsize=4096)
def _due(calendar: Calendar, limit: Limit, start: datetime) -> datetime:
    return clocks.due_at(calendar, start, limit)


@lru_cache(maxsize=1024)
def _at_receipt(calendar: Calendar, day: date) -> tuple[ClockSet, ...]:
    due = regimes.deadlines(regimes.HOUSE, calendar, _noon(calendar.zone, day))
    return tuple(ClockSet(deadline.id, deadline.due_at) for deadline in due)
