"""What the desk says to everybody: standing claims while they hold, and sentences made of what was measured."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from amends.casework import cipher, db, facts, measures, wording
from amends.casework.moments import micro, moment
from amends.rules.clocks import Limit, Unit
from amends.rules.entries import Place
from amends.rules.standing import STALE
from amends.tongue import _


class Row(NamedTuple):
    """One standing claim, for a list. `red` while it is live and not true."""

    id: str
    place: str
    words: str
    owner: str
    measure: str
    about: str
    line: int
    value: int | None
    n: int
    measured_at: datetime | None
    stand: str
    below_since: datetime | None
    due: datetime | None

    @property
    def red(self) -> bool:
        return self.stand == "live" and self.below_since is not None

    def red_for(self, now: datetime) -> int:
        """Days since it fell below its line."""
        return (now - self.below_since).days if self.below_since else 0


_SELECT = (
    "select id, place, words, owner, measure, about, line, value, n, measured_at, stand, below_since, due_at"
    " from standing"
)


def listed(claim: str = "") -> list[Row]:
    """All of them, or one: the red ones first, then those that are said, drafts, and the withdrawn."""
    found = db.rows(_SELECT + (" where id = %s" if claim else ""), [claim] if claim else [])
    words = cipher.texts({row[2] for row in found})
    rows = [_row(row, words) for row in found]
    order = {"live": 0, "draft": 1, "withdrawn": 2}
    return sorted(rows, key=lambda row: (not row.red, order[row.stand], row.place, row.id))


def _row(row, words: dict[str, str]) -> Row:
    return Row(
        *row[:2], words.get(row[2], ""), *row[3:9], moment(row[9]), row[10], moment(row[11]), moment(row[12])
    )


def red() -> int:
    """How many are said to be true and are not."""
    return db.row("select count(*) from standing where stand = 'live' and below_since is not null")[0]


def red_of(owner: str) -> list[Row]:
    """Those that somebody here answers for and that are said to be true and are not."""
    found = db.rows(_SELECT + " where owner = %s and stand = 'live' and below_since is not null", [owner])
    words = cipher.texts({row[2] for row in found})
    return [_row(row, words) for row in found]


def said(place: Place, now: datetime) -> list[str]:
    """The claims that may stand in a place now: live, measured, and on or above their line."""
    found = db.rows(
        "select id, words from standing where place = %s and stand = 'live' and below_since is null"
        " and value >= line and (measure <> 'by_hand' or measured_at > %s) order by id",
        [place, micro(now - STALE)],
    )
    words = cipher.texts({text for _id, text in found})
    return [words.get(text, "") for _id, text in found]


# Made of what was measured --------------------------------------------------------------------------------------


STATED_FOR = timedelta(days=1)  # how long a range that was measured may be stated


def state_waits(now: datetime) -> None:
    """Measure how long people wait, for the texts that state it until the next time."""
    found = measures.wait_range(now)
    low, high, n = (
        (round(found.low.total_seconds()), round(found.high.total_seconds()), found.n) if found else (0, 0, 0)
    )
    db.change(
        "insert into stated (name, low, high, n, at) values ('wait', %s, %s, %s, %s) on conflict (name) do update"
        " set low = excluded.low, high = excluded.high, n = excluded.n, at = excluded.at",
        [low, high, n, micro(now)],
    )


def stated_wait(now: datetime) -> measures.Range | None:
    """The range that texts state now; None when there is none, or it is too old."""
    found = db.row(
        "select low, high, n from stated where name = 'wait' and n > 0 and at > %s", [micro(now - STATED_FOR)]
    )
    return (
        measures.Range(timedelta(seconds=found[0]), timedelta(seconds=found[1]), found[2]) if found else None
    )


def measured_wait(now: datetime) -> str:
    """How long people waited for a person's word, as a sentence; empty while too few can say."""
    found = stated_wait(now)
    if found is None:
        return ""
    low, high = _long(found.low, up=False), _long(found.high, up=True)
    words = _(
        "In the last ninety days nine of ten people heard from a person %(low)s to %(high)s after they wrote."
    )
    return words % {"low": low, "high": high}


def in_receipts(now: datetime) -> list[str]:
    """What automatic receipts say besides: how long people waited, and the claims that hold."""
    return [line for line in (measured_wait(now), *said(Place.AUTO_REPLY, now)) if line]


def _long(wait: timedelta, up: bool) -> str:
    """A length of time in whole hours, or days from two days on: outwards, so that the range stays as wide as it is."""
    unit, one, many = (86400, _("one day"), _("%(n)s days")) if wait >= timedelta(days=2) else (3600, _("one hour"), _("%(n)s hours"))  # fmt: skip
    whole = int(-(-wait.total_seconds() // unit) if up else wait.total_seconds() // unit)
    if not whole:
        return _("less than one hour") if not up else one
    return one if whole == 1 else many % {"n": whole}


def next_step(now: datetime) -> str:
    """What happens next, as the house has it."""
    due = facts.house().due(Limit(1, Unit.WORKING_DAY), now)
    return _("Your complaint gets one person who owns it. They write to you by %(when)s.") % {
        "when": wording.when(due)
    }


def hold_message(now: datetime) -> list[str]:
    """What whoever waits on the telephone hears: what happens next, what was measured, and what holds. Nothing else."""
    way = _("You can also write, at %(address)s: nobody has to wait for that.") % {
        "address": settings.AMENDS_ADDRESS
    }
    lines = [next_step(now), measured_wait(now), *said(Place.HOLD_LOOP, now), way]
    return [line for line in lines if line]
