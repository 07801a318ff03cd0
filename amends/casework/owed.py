"""What is still owed to the world: letters to hand to a mail server, written with the entry that owes them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from amends import ids
from amends.casework import db
from amends.casework.moments import micro
from amends.rules.entries import LetterSent, Outcome

COLUMNS = ("id", "file", "number", "staff", "due_at", "message_id", "state", "attempts", "claimed", "trouble")


def rows_for(file: str, number: int, entry, at: datetime) -> list[tuple]:
    """The row a letter owes, with the Message-ID it will have however often it is tried."""
    return [row(file, number, "", at)] if isinstance(entry, LetterSent) else []


def row(file: str, number: int, staff: str, at: datetime) -> tuple:
    """A letter that is owed from now on: to the customer, or to somebody here (`staff`)."""
    letter = ids.new()
    domain = settings.AMENDS_MAIL.rpartition("@")[2] or "localhost"
    return (letter, file, number, staff, micro(at), f"<{letter.lower()}@{domain}>", "waiting", 0, "", "")


def add(rows: list[tuple]) -> None:
    db.change_many(db.insert_sql("owed", COLUMNS), rows)


# What becomes of a letter: statements for the transaction of the entry that says so -------------------------------

FULL_MAILBOX = timedelta(hours=4)
MOST_TRIES = 12
Statement = tuple[str, tuple]

_OF = " where file = %s and number = %s and staff = ''"
_NOT_OVER = " and state not in ('otherwise', 'delivered')"


def reported(file: str, number: int, outcome: Outcome, said: str, now: datetime) -> Iterator[Statement]:
    """A mail server's report. A full mailbox is tried again later, as the same letter, a few times.

    What has gone another way, or arrived, stays so.
    """
    if outcome is Outcome.DELIVERED:
        yield "update owed set state = 'delivered', trouble = ''" + _OF, (file, number)
    elif outcome is Outcome.FAILED:
        yield "update owed set state = 'bounced', trouble = %s" + _OF + _NOT_OVER, (said[:300], file, number)
    elif outcome is Outcome.TEMPORARY:
        again = f"case when attempts < {MOST_TRIES} then 'waiting' else 'bounced' end"
        later = micro(now + FULL_MAILBOX)
        yield (
            f"update owed set state = {again}, trouble = %s, due_at = %s" + _OF + _NOT_OVER,
            (said[:300], later, file, number),
        )


def once_more(file: str, number: int, now: datetime) -> Statement:
    """Handed over again at once, with the Message-ID it always had."""
    return "update owed set state = 'waiting', trouble = '', attempts = 0, due_at = %s" + _OF, (
        micro(now),
        file,
        number,
    )


def went_otherwise(file: str, number: int) -> Statement:
    return "update owed set state = 'otherwise', trouble = ''" + _OF, (file, number)


def fate(file: str, number: int) -> str:
    """How a letter of ours stands: waiting, handed_over, delivered, failed, bounced, uncertain … "" if it is none."""
    found = db.row("select state from owed" + _OF, [file, number])
    return found[0] if found else ""
