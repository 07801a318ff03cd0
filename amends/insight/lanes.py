"""Did it help? What was asked for against what we suggested; promises to find out; remedies in no catalogue."""

from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple

from amends.casework import db, shown
from amends.casework.moments import micro
from amends.people.models import Staff

FEWEST = 5
RECONTACT = timedelta(days=30)


class Share(NamedTuple):
    """k of n, with its 95 % interval; nothing to show when n is below five."""

    k: int
    n: int

    @property
    def shows(self) -> bool:
        return self.n >= FEWEST

    @property
    def percent(self) -> float:
        return 100 * self.k / self.n

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson(self.k, self.n)
        return 100 * low, 100 * high


def wilson(k: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's interval for a share k of n, as fractions. Source: domain.md §20 has the golden values."""
    if not n:
        return 0.0, 1.0
    p, z2 = k / n, z * z
    centre, spread = p + z2 / (2 * n), z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, (centre - spread) / (1 + z2 / n)), min(1.0, (centre + spread) / (1 + z2 / n))


class Lane(NamedTuple):
    """How cases of one lane went on: `satisfied` rated 4 or 5, `recontact` went on again within 30 days."""

    name: str
    chosen: int
    satisfied: Share
    recontact: Share


def figures(staff: Staff, now: datetime) -> dict:
    condition, values = shown.limit(staff)
    return {
        "lanes": [_lane(name, condition, values) for name in ("asked", "ours")],
        "need_time": _need_time(condition, values, now),
        "resolved": _resolved(condition, values),
        "off_playbook": _resolved(f"c.off_playbook = {_yes()} and {condition}", values),
        "invented": shown.invented(staff, 20),
        "fewest": FEWEST,
    }


def _yes() -> str:
    return "true" if db.is_postgres() else "1"


def _lane(name: str, condition: str, values: list) -> Lane:
    """Re-contact counts among cases that were settled or closed once."""
    chosen, rated, satisfied, ended, again = db.row(
        "select count(*), count(case when c.rating > 0 then 1 end), count(case when c.rating >= 4 then 1 end),"
        " count(case when c.settled_at is not null or c.closed_at is not null then 1 end),"
        " count(case when c.settled_at is not null and c.reopened_at is not null"
        " and c.reopened_at - c.settled_at between 0 and %s then 1 end)"
        f" from cases c where c.lane = %s and {condition}",
        [RECONTACT // timedelta(microseconds=1), name, *values],
    )
    return Lane(name, chosen, Share(satisfied, rated), Share(again, ended))


def _need_time(condition: str, values: list, now: datetime) -> Share:
    """Promises to find out: kept on time, of those whose day has come or that were kept."""
    kept, over = db.row(
        "select count(case when p.state = 'kept' then 1 end), count(*) from promises p"
        f" join cases c on c.id = p.\"case\" where p.kind = 'need_time' and (p.state = 'kept' or p.due_at <= %s)"
        f" and p.state <> 'released' and {condition}",
        [micro(now), *values],
    )
    return Share(kept, over)


def _resolved(condition: str, values: list) -> Share:
    """Cases closed with everything delivered, of all that ended."""
    closed, ended = db.row(
        "select count(case when c.stage = 'closed' then 1 end), count(*) from cases c"
        f" where c.stage in ('closed', 'withdrawn') and {condition}",
        values,
    )
    return Share(closed, ended)
