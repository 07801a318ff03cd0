"""Every recurring chore, with how often. Each may be killed at any moment and done twice without harm."""

import contextlib
import ctypes
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from amends.casework import db, facts, owed, receipts, seals
from amends.casework.acts import letters, perform, perform_each, standing
from amends.casework.moments import micro
from amends.post import cage
from amends.post.filing import file_waiting
from amends.post.outbox import send_owed
from amends.rules import cases, promises
from amends.rules.values import DESK

AT_ONCE = 50
WARNING = timedelta(hours=1)
PRESENCE_LASTS = timedelta(minutes=1)


class Chore(NamedTuple):
    """What is done, and how many seconds lie between two times."""

    do: Callable[[datetime], object]
    every: float


def file_letters(now: datetime) -> int:
    """Take in whatever lies in the box."""
    filed = 0
    while batch := file_waiting(now):
        filed += len(batch)
    return filed


def break_promises(now: datetime) -> int:
    """Mark promises the minute they break, and let offers lapse whose day passed; the customer is told.

    Each case is asked once in a run: what a rule leaves as it was does not keep the worker from its other chores.
    """
    asked: set[str] = set()
    while overdue := [case for case in _overdue(now) if case not in asked]:
        for left, some in facts.letters_left(overdue).items():
            perform_each(some, promises.lapse, by=DESK, now=now, act=f"lapse|{micro(now)}", letters_left=left)
        asked.update(overdue)
    return len(asked)


def _overdue(now: datetime) -> list[str]:
    """Cases in which a promise or an offer has run out: two questions, each of its own index."""
    promised, offered = (
        db.rows(
            f"select \"case\" from {table} where state = '{state}' and due_at <= %s order by due_at limit {AT_ONCE}",
            [micro(now)],
        )
        for table, state in (("promises", "open"), ("options", "offered"))
    )
    return list(dict.fromkeys(case for (case,) in promised + offered))[:AT_ONCE]


def hand_on(now: datetime) -> int:
    """Cases whose owner no longer works here get another: no open case waits for somebody who has left."""
    left = db.rows(
        "select c.id from cases c join people_staff s on s.id = c.owner where c.is_open and not s.is_active"
        f" limit {AT_ONCE}"
    )
    for (case,), (owner, team) in zip(left, facts.next_owners(len(left)), strict=False):
        asked = {"to": owner, "team": team, "why": "its owner no longer works here", "owner_left": True}
        perform(case, cases.take_over, by=DESK, now=now, act=f"hand-on|{case}|{micro(now)}", **asked)
    return len(left)


def remind_owners(now: datetime) -> int:
    """An hour before a promise falls due, its owner gets a letter; one per promise."""
    reminded = 0
    while some := _remind_some(now):
        reminded += some
    return reminded


def _remind_some(now: datetime) -> int:
    soon = db.rows(
        'select p."case", p.number, p.owner from promises p'
        " where p.state = 'open' and p.due_at > %s and p.due_at <= %s and not exists"
        ' (select 1 from owed o where o.file = p."case" and o.number = p.number and o.staff = p.owner)'
        f" limit {AT_ONCE}",
        [micro(now), micro(now + WARNING)],
    )
    add = f"{db.insert_sql('owed', owed.COLUMNS)} on conflict (file, number, staff) do nothing"
    db.change_many(add, [owed.row(case, number, owner, now) for case, number, owner in soon])
    return len(soon)


def let_letters_leave(now: datetime) -> int:
    """Letters whose time to undo, or whose day, has come."""
    left = 0
    while gone := letters.let_leave(now):
        left += gone
    return left


def send_letters(now: datetime) -> int:
    """Hand over what is owed."""
    sent = 0
    while tried := send_owed(now):
        sent += tried
    return sent


def seal(now: datetime) -> object:
    """Seal the heads of all files that moved."""
    return seals.seal_heads(now)


def sweep(now: datetime) -> int:
    """Forget who looked at which case: presence is of the moment."""
    return db.change("delete from presence where at < %s", [micro(now - PRESENCE_LASTS)])


def forget_receipts(now: datetime) -> int:
    """Receipts no brake counts any more."""
    return receipts.forget_old(now)


def measure_claims(now: datetime) -> int:
    """Measure what we say to everybody; what is no longer true leaves every text that says it."""
    return standing.refresh(now)


def tidy_memory(now: datetime) -> None:
    """Give back to the system what many letters left behind in the heap, and an idle reader's own."""
    cage.inside().rest()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


CHORES = (
    Chore(file_letters, every=1),
    Chore(break_promises, every=10),
    Chore(let_letters_leave, every=1),
    Chore(send_letters, every=2),
    Chore(remind_owners, every=60),
    Chore(hand_on, every=60),
    Chore(seal, every=600),
    Chore(sweep, every=300),
    Chore(forget_receipts, every=3600),
    Chore(measure_claims, every=3600),
    Chore(tidy_memory, every=30),
)
