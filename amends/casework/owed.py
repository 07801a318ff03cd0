"""What is still owed to the world: letters to hand to a mail server, written with the entry that owes them."""

from datetime import datetime

from django.conf import settings

from amends import ids
from amends.casework import db
from amends.casework.moments import micro
from amends.rules.entries import LetterSent

COLUMNS = ("id", "file", "number", "staff", "due_at", "message_id", "state", "attempts", "claimed", "trouble")


def rows_for(file: str, number: int, entry, at: datetime) -> list[tuple]:
    """The row a letter owes, with the Message-ID it will have however often it is tried."""
    if not isinstance(entry, LetterSent):
        return []
    letter = ids.new()
    domain = settings.AMENDS_MAIL.rpartition("@")[2] or "localhost"
    return [(letter, file, number, "", micro(at), f"<{letter.lower()}@{domain}>", "waiting", 0, "", "")]


def add(rows: list[tuple]) -> None:
    db.change_many(db.insert_sql("owed", COLUMNS), rows)
