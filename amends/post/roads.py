"""The roads letters come and go by, and how each of them is: when it last carried one, since when it fails."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from amends.casework import db
from amends.casework.moments import micro, moment
from amends.tongue import _

LMTP, SMTP, PIPE, OUT = "lmtp", "smtp", "pipe", "out"
IMAP = "imap:"  # followed by the mailbox's id


class Health(NamedTuple):
    """How a road is. `failing_since` is None while it works, `trouble` what it said last when it did not."""

    name: str
    last_at: datetime | None = None
    ok_at: datetime | None = None
    failing_since: datetime | None = None
    trouble: str = ""
    waiting: int = 0
    held: int = 0


def carried(names: Iterable[str], at: int) -> None:
    """A letter went over these roads: they work."""
    db.change_many(
        "insert into roads (name, last_at, ok_at, trouble) values (%s,%s,%s,'') on conflict (name) do update"
        " set last_at = excluded.last_at, ok_at = excluded.ok_at, failing_since = null, trouble = ''",
        [(name, at, at) for name in sorted(names)],
    )


def works(name: str, now: datetime) -> None:
    """The road was tried and answered, whether or not it had a letter."""
    db.change(
        "insert into roads (name, ok_at, trouble) values (%s,%s,'') on conflict (name) do update"
        " set ok_at = excluded.ok_at, failing_since = null, trouble = ''",
        [name, micro(now)],
    )


def fails(name: str, trouble: str, now: datetime) -> None:
    """The road was tried in vain. Since when stays the first time."""
    db.change(
        "insert into roads (name, failing_since, trouble) values (%s,%s,%s) on conflict (name) do update"
        " set failing_since = coalesce(roads.failing_since, excluded.failing_since), trouble = excluded.trouble",
        [name, micro(now), trouble[:300]],
    )


def health() -> dict[str, Health]:
    """Every road that was ever used, by its name, with what waits to be read and what is held of it."""
    waiting = dict(db.rows("select road, count(*) from letters where disposition = '' group by road"))
    held = dict(
        db.rows(
            "select road, count(*) from letters where file = '' and set_aside_at is null and not (disposition = '')"
            " and disposition = 'quarantined' group by road"
        )
    )
    found = db.rows("select name, last_at, ok_at, failing_since, trouble from roads order by name")
    return {
        name: Health(
            name, moment(last), moment(ok), moment(failing), trouble, waiting.get(name, 0), held.get(name, 0)
        )
        for name, last, ok, failing, trouble in found
    }


def failing() -> list[tuple[str, datetime]]:
    """Roads that fail, in words, and since when."""
    found = db.rows(
        "select r.name, r.failing_since, coalesce(m.address, '') from roads r"
        " left join mailboxes m on r.name = 'imap:' || m.id"
        " where r.failing_since is not null and (m.id is null or m.active) order by r.failing_since"
    )
    return [(_in_words(name, address), moment(since)) for name, since, address in found]


def _in_words(name: str, address: str) -> str:
    if address:
        return _("The mailbox %(address)s") % {"address": address}
    return _("The mail server for our letters") if name == OUT else name.upper()


def tried_anew(name: str) -> None:
    """Somebody has changed something about it: what it said before no longer counts."""
    db.change("update roads set failing_since = null, trouble = '' where name = %s", [name])
