"""Letters that somebody has written and that have not left yet: within the time to undo, or until their day.

Nothing is said until a letter goes; so this is no part of the record, and undoing leaves no trace. Going and being
taken back are one conditional update each, so it is one or the other, and never both.
"""

from datetime import datetime
from typing import NamedTuple

import msgspec

from amends.casework import cipher, db
from amends.casework.moments import micro, moment
from amends.rules.entries import Enclosure
from amends.rules.gate import NO_ANSWERS, Answers

WROTE_FIRST = "wrote first"  # why a letter was stopped: the customer has spoken since it was written
HAS_LEFT_US = "no longer works here"


class Letter(NamedTuple):
    """A letter before it leaves. `seen` is the newest entry its writer had read."""

    id: str
    file: str
    staff: str
    written_at: datetime
    leaves_at: datetime
    seen: int
    state: str  # waiting, going, stopped
    because: str
    words: str
    next_update: datetime | None
    files: tuple[Enclosure, ...]
    answers: Answers = NO_ANSWERS


_COLUMNS = ("id", "file", "staff", "written_at", "leaves_at", "seen", "state", "because", "secret")
_SELECT = f"select {', '.join(_COLUMNS)} from leaving"


def put(letter: Letter) -> None:
    """Lay it down. The same id again changes nothing."""
    told = {
        "words": letter.words,
        "next_update": micro(letter.next_update),
        "files": msgspec.to_builtins(letter.files),
        "answers": msgspec.to_builtins(letter.answers),
    }
    secret = cipher.encrypt(msgspec.json.encode(told), cipher.desk_key(), f"leaving|{letter.id}")
    row = (*letter[:3], micro(letter.written_at), micro(letter.leaves_at), letter.seen, "waiting", "", secret)
    db.change(f"{db.insert_sql('leaving', _COLUMNS)} on conflict (id) do nothing", row)


def of_case(file: str) -> list[Letter]:
    """Those of one case, the one that leaves first at the head."""
    return [_opened(row) for row in db.rows(f"{_SELECT} where file = %s order by leaves_at", [file])]


def stopped_of(staff: str) -> list[tuple[str, str]]:
    """(case's reference, why) of a person's letters that did not leave."""
    return db.rows(
        "select c.ref, l.because from leaving l join cases c on c.id = l.file"
        " where l.staff = %s and l.state = 'stopped' order by l.leaves_at limit 20",
        [staff],
    )


def due(now: datetime, most: int = 50) -> list[Letter]:
    """Those whose time has come, and those whose going was interrupted."""
    found = db.rows(
        f"{_SELECT} where state in ('waiting', 'going') and leaves_at <= %s order by leaves_at limit %s",
        [micro(now), most],
    )
    return [_opened(row) for row in found]


def begins(letter: str) -> bool:
    """Whether it goes now: it can no longer be taken back. Its act keeps it from going twice."""
    return bool(
        db.change(
            "update leaving set state = 'going' where id = %s and state in ('waiting', 'going')", [letter]
        )
    )


def take_back(letter: str, file: str, staff: str) -> Letter | None:
    """Its writer takes it back; None when it has left already, or is another case's."""
    with db.writing():
        found = db.row(
            f"{_SELECT} where id = %s and file = %s and staff = %s and state in ('waiting', 'stopped')",
            [letter, file, staff],
        )
        if found and db.change("delete from leaving where id = %s and state <> 'going'", [letter]):
            return _opened(found)
    return None


def gone(letter: str) -> tuple[str, tuple]:
    """The statement for the transaction it leaves in."""
    return "delete from leaving where id = %s", (letter,)


def stop(letter: str, because: str) -> None:
    """It does not leave; its writer is shown why."""
    db.change("update leaving set state = 'stopped', because = %s where id = %s", [because[:40], letter])


STOP_ALL = (
    f"update leaving set state = 'stopped', because = '{WROTE_FIRST}' where file = %s and state = 'waiting'"
)


def _opened(row) -> Letter:
    told = msgspec.json.decode(cipher.decrypt(db.as_bytes(row[8]), cipher.desk_key(), f"leaving|{row[0]}"))
    files = msgspec.convert(told["files"], tuple[Enclosure, ...])
    answers = msgspec.convert(told.get("answers", {}), Answers)
    due = moment(told["next_update"])
    return Letter(*row[:3], moment(row[3]), moment(row[4]), *row[5:8], told["words"], due, files, answers)
