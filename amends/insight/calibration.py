"""Was the range right that we stated? Each week's waits against the range stated from the ninety days before it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from amends.casework import measures
from amends.insight.lanes import Share

WEEK = timedelta(days=7)


class Week(NamedTuple):
    """A week, the range stated at its beginning (None when none could be), and how many of its waits it held."""

    begins: datetime
    stated: measures.Range | None
    held: int
    n: int


def weeks(now: datetime, many: int = 8) -> list[Week]:
    """The last weeks, the newest first. Waits that are not over count as held only while they may still end in time."""
    return [_week(now - WEEK * (back + 1), now) for back in range(many)]


def _week(begins: datetime, now: datetime) -> Week:
    stated = measures.wait_range(begins)
    if stated is None:
        return Week(begins, None, 0, 0)
    low, high = stated.low.total_seconds(), stated.high.total_seconds()
    found = measures.waits(begins, begins + WEEK, now)
    return Week(begins, stated, sum(low <= wait <= high for wait in found), len(found))


def calibration(now: datetime, many: int = 8) -> tuple[Share, list[Week]]:
    """How many waits the stated ranges held, over all weeks in which one was stated, and each week."""
    found = weeks(now, many)
    return Share(sum(week.held for week in found), sum(week.n for week in found)), found
