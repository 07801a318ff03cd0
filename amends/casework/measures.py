"""What can be measured on this desk: shares of the last ninety days, and how long people waited for a person's word."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil, floor, inf
from typing import NamedTuple

from amends.casework import db
from amends.casework.moments import micro
from amends.rules.entries import Measure

WINDOW = timedelta(days=90)
RECONTACT = timedelta(days=30)
COVERED = 0.9  # how many of ten waits a stated range is to hold


class Share(NamedTuple):
    """k of n."""

    k: int
    n: int

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded down, so that nothing is said to be more than it is; None of none."""
        return 100 * self.k // self.n if self.n else None


class Range(NamedTuple):
    """From how long to how long people waited, in nine cases of ten; of `n` waits."""

    low: timedelta
    high: timedelta
    n: int


def measure(what: Measure, now: datetime, about: str = "") -> Share:
    """The share that a measure stands for, in the ninety days before `now`. `about`: only cases about that known defect."""
    return _MEASURES[what](now, about) if what in _MEASURES else Share(0, 0)


_ABOUT = ' and exists (select 1 from defect_links l where l."case" = c.id and l.defect = %s and l.linked)'


def _share(sql: str, values: list, about: str) -> Share:
    row = db.row(sql + (_ABOUT if about else ""), [*values, *([about] if about else [])])
    return Share(row[0] or 0, row[1] or 0)


def _promises_kept(now: datetime, about: str) -> Share:
    return _share(
        "select sum(case when p.was_broken then 0 else 1 end), count(*) from promises p"
        " join cases c on c.id = p.\"case\" where p.due_at > %s and p.due_at <= %s and p.state <> 'released'",
        [micro(now - WINDOW), micro(now)],
        about,
    )


def _clock_met(name: str) -> Callable[[datetime, str], Share]:
    """Of complaints whose time limit ended in the window, those in which it was met."""

    def share(now: datetime, about: str) -> Share:
        return _share(
            "select sum(case when k.stopped_at <= k.due_at then 1 else 0 end), count(*) from clocks k"
            ' join cases c on c.id = k."case" where k.name = %s and k.due_at > %s and k.due_at <= %s'
            " and c.stage <> 'withdrawn'",
            [name, micro(now - WINDOW), micro(now)],
            about,
        )

    return share


def _solved_for_good(now: datetime, about: str) -> Share:
    """Closed for thirty days and longer, beside those that went on again; a fresh closing shows nothing yet.

    One that went on again in the window was not solved for good, however soon it was closed once more.
    """
    again = "(c.reopened_at > %s and c.reopened_at <= %s)"
    window = [micro(now - WINDOW), micro(now)]
    return _share(
        f"select sum(case when {again} then 0 else 1 end), count(*) from cases c where ({again} or"
        " (c.stage = 'closed' and c.closed_at > %s and c.closed_at <= %s))",
        [*window, *window, micro(now - WINDOW - RECONTACT), micro(now - RECONTACT)],
        about,
    )


_MEASURES = {
    Measure.PROMISES_KEPT: _promises_kept,
    Measure.HEARD_IN_TIME: _clock_met("ack"),
    Measure.ANSWERED_IN_TIME: _clock_met("answer"),
    Measure.SOLVED_FOR_GOOD: _solved_for_good,
}


# Waiting ----------------------------------------------------------------------------------------------------------


def waits(since: datetime, until: datetime, as_of: datetime) -> list[float]:
    """Seconds from a complaint's receipt to the first word of a person, shortest first; without end while none came.

    as_of  what was known then: a word that came later had not come yet

    Whoever gave up and withdrew before anybody wrote waited without end.
    """
    found = db.rows(
        "select c.received_at, case when c.stage = 'withdrawn' and k.stopped_at >= c.closed_at then null else k.stopped_at end"
        " from cases c join clocks k on k.\"case\" = c.id and k.name = 'ack'"
        " where c.received_at > %s and c.received_at <= %s",
        [micro(since), micro(until)],
    )
    known = micro(as_of)
    return sorted((word - came) / 1e6 if word and word <= known else inf for came, word in found)


def wait_range(now: datetime) -> Range | None:
    """How long people waited in the last ninety days, as a range for the next one; None where too few can say.

    The ranks leave out as many at each end as a new wait may be outside of with the frequency that is claimed
    (a conformal interval), so that the range covers at least that share if nothing changes.
    """
    known = waits(now - WINDOW, now, now)
    n, outside = len(known), (1 - COVERED) / 2
    low, high = floor((n + 1) * outside), ceil((n + 1) * (1 - outside))
    if low < 1 or high > n or known[high - 1] == inf:
        return None
    return Range(timedelta(seconds=known[low - 1]), timedelta(seconds=known[high - 1]), n)
