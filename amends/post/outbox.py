"""Hands what is owed to a mail server. Every letter has one Message-ID for good, so a second try is the same letter.

A crash loses nothing: the row stays. When the server's answer never came, the state says so: *uncertain*.
Without a mail server, letters are laid into the folder `outbox` beside the database, for trying the desk out.
"""

import logging
import re
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from amends import ids
from amends.casework import db
from amends.casework.acts import step
from amends.casework.moments import micro
from amends.casework.owed import MOST_TRIES
from amends.casework.record import Act, Step, record_many
from amends.post import handover, roads
from amends.post.handover import NotNow, Uncertain
from amends.post.writing import Outgoing, Owed, outgoing
from amends.rules import correspondence, customers
from amends.rules.entries import Outcome
from amends.rules.values import DESK, Text

_STATUS = re.compile(r"\b5\.\d\.\d{1,2}\b")
BLAMES_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
log = logging.getLogger(__name__)

AT_ONCE = 50
LEASE = timedelta(minutes=5)  # longer than any server takes for one letter
PAUSE = timedelta(minutes=1)
IN_VAIN = 3  # times in a row that the server could not be reached, and it is left alone for a while


def send_owed(now: datetime, hand_over: Callable[[Outgoing], None] | None = None) -> int:
    """Claim what is due, hand it over, note how it went; how many were settled.

    Each letter is ours anew before it is handed over, and settled in a commit of its own: after a crash only the one
    under way may go twice. A letter for which the server could not be reached waits a minute; so do all, when it could not
    a few times in a row.
    """
    clock = _Clock(now)
    me = ids.new()
    rows = _claim(me, clock.now())
    hand_over = hand_over or handover.road()
    settled = in_vain = 0
    for row in rows:
        if not _still_ours(row, me, clock.now()):
            continue
        try:
            state, trouble = _try(row, hand_over, clock.now())
        except NotNow as trouble:
            roads.fails(roads.OUT, str(trouble), clock.now())
            in_vain += 1
            _wait(me, "" if in_vain >= IN_VAIN else row.id, str(trouble), clock.now())
            if in_vain >= IN_VAIN:
                break
            continue
        in_vain = 0
        _settle(row, me, state, trouble, clock.now())
        settled += 1
    return settled


class _Clock:
    """Time goes on from the moment a round began."""

    def __init__(self, now: datetime):
        self._now, self._began = now, time.monotonic()

    def now(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._began)


def _claim(me: str, now: datetime) -> list[Owed]:
    """Take rows for ourselves, for the time of a lease."""
    at = micro(now)
    skip = " for update skip locked" if db.is_postgres() else ""
    with db.writing():
        due = db.rows(
            "select id from owed where state in ('waiting', 'claimed') and due_at <= %s"
            f" order by due_at limit {AT_ONCE}{skip}",
            [at],
        )
        for (row,) in due:
            db.change(
                "update owed set state = 'claimed', claimed = %s, due_at = %s, attempts = attempts + 1 where id = %s",
                [me, micro(now + LEASE), row],
            )
    return [
        Owed(*row)
        for row in db.rows(
            "select id, file, number, staff, message_id, attempts from owed where claimed = %s and state = 'claimed'"
            " order by file, number",
            [me],
        )
    ]


def _still_ours(row: Owed, me: str, now: datetime) -> bool:
    """Whether nobody has taken the row over since; the lease begins anew."""
    ours = "update owed set due_at = %s where id = %s and claimed = %s and state = 'claimed'"
    return bool(db.change(ours, [micro(now + LEASE), row.id, me]))


def _wait(me: str, row: str, trouble: str, now: datetime) -> None:
    """The server could not be reached: that is no try of any letter. This one waits a little, or all when `row` is empty."""
    later = micro(now + PAUSE)
    back = "update owed set state = 'waiting', attempts = attempts - 1, trouble = %s, due_at = %s"
    ours = " where claimed = %s and state = 'claimed'"
    if row:
        db.change(f"{back}{ours} and id = %s", [trouble[:300], later, me, row])
        return
    with db.writing():
        db.change(back + ours, [trouble[:300], later, me])
        db.change("update owed set due_at = %s where state = 'waiting' and due_at < %s", [later, later])


def _try(row: Owed, hand_over, now: datetime) -> tuple[str, str]:
    """The state after one attempt, and what went wrong. Raises NotNow."""
    try:
        letter = outgoing(row)
        if not letter.to:
            return "by_post", "no e-mail address: print it and post it"
        hand_over(letter)
    except Uncertain as trouble:
        return "uncertain", str(trouble)[:300]
    except NotNow:
        raise
    except smtplib.SMTPResponseException as trouble:
        roads.works(roads.OUT, now)  # it answered; what it said is about the letter
        return ("failed" if trouble.smtp_code >= 500 else "waiting"), handover.said(trouble)
    except (OSError, smtplib.SMTPException) as trouble:
        return "waiting", handover.said(trouble)
    except Exception as trouble:
        log.exception("letter %s could not be made", row.id)
        return "failed", handover.said(trouble)
    roads.carried([roads.OUT], micro(now))
    return ("handed_over" if settings.AMENDS_SMTP else "in_folder"), ""


def _settle(row: Owed, me: str, state: str, trouble: str, now: datetime) -> None:
    """Note how it went, unless a report or a person has spoken about the letter in the meantime.

    A letter that was refused is a line of its case, as one that came back is, and is owed another way: in one commit.
    """
    if state == "waiting" and row.attempts >= MOST_TRIES:
        state = "failed"
    again = now + timedelta(minutes=min(60, 2**row.attempts))
    statement = (
        "update owed set state = %s, trouble = %s, due_at = %s where id = %s and claimed = %s and state = 'claimed'",
        (state, trouble[:300], micro(again), row.id, me),
    )
    told = state == "failed" and not row.staff and _tell_the_case(row, me, trouble, statement, now)
    if not told:
        db.change(*statement)


def _tell_the_case(row: Owed, me: str, trouble: str, settled: tuple[str, tuple], now: datetime) -> bool:
    """Whether the case has it now, and with it that the letter is settled."""
    status = _STATUS.search(trouble)
    code = status[0] if status else ""
    told = {"number": row.number, "outcome": Outcome.FAILED, "said": trouble, "status": code}
    steps = [step(row.file, correspondence.returned, by=DESK, now=now, **told)]
    if code in BLAMES_ADDRESS:
        (customer,) = db.row("select customer from cases where id = %s", [row.file])
        asked = {"status": code, "said": Text(trouble)}
        steps.insert(0, Step("customer", customer, customers.address_failed, asked))
    act = Act(f"refused|{row.id}|{me}", DESK, tuple(steps), lambda file: [settled])
    return record_many([act], now=now)[0].refused is None
