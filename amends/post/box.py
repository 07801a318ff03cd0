"""The box where letters lie from the moment they arrive. Store, then think: nothing here looks inside one."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from amends import ids
from amends.casework import cipher, db
from amends.casework.moments import micro

_UNTOLD = "\0"
LARGEST = 30_000_000  # bytes; a larger letter is refused aloud, at once


class Delivery(NamedTuple):
    """A letter as a road brought it: the raw bytes and the envelope.

    sender  of the envelope; empty is the null sender that machines use, None says that the road did not tell
    """

    raw: bytes
    sender: str | None = None
    recipient: str = ""
    road: str = "pipe"


class Waiting(NamedTuple):
    """A letter in the box, opened."""

    id: str
    raw: bytes
    sender: str | None
    recipient: str


def put(deliveries: Iterable[Delivery]) -> list[str]:
    """Make letters durable, all in one commit; their ids. When this returns, they can be accepted."""
    key, now = cipher.desk_key(), micro(datetime.now(UTC))
    rows, made = [], []
    for delivery in deliveries:
        letter = ids.new()
        made.append(letter)
        sender = cipher.encrypt(
            (_UNTOLD if delivery.sender is None else delivery.sender).encode("utf-8", "replace"), key, letter
        )
        raw = cipher.encrypt(delivery.raw, key, letter)
        rows.append((letter, now, delivery.road, sender, delivery.recipient[:320], raw))
    with db.writing():
        db.change_many(
            "insert into letters (id, came_at, road, sender, recipient, raw, deliveries, disposition, file, because, text)"
            " values (%s,%s,%s,%s,%s,%s,1,'','','','')",
            rows,
        )
    return made


def waiting(most: int) -> list[Waiting]:
    """The oldest letters nobody has filed yet, up to `most`."""
    found = db.rows(
        "select id, raw, sender, recipient from letters where disposition = '' order by id limit %s", [most]
    )
    return [_opened(*row) for row in found]


def opened(letter: str) -> Waiting | None:
    """One letter that is still in the box, held or waiting."""
    found = db.row(
        "select id, raw, sender, recipient from letters where id = %s and raw is not null", [letter]
    )
    return _opened(*found) if found else None


def _opened(letter, raw, sender, recipient) -> Waiting:
    key = cipher.desk_key()
    plain = [cipher.decrypt(db.as_bytes(secret), key, letter) for secret in (raw, sender)]
    sender = plain[1].decode("utf-8", "replace")
    return Waiting(letter, plain[0], None if sender == _UNTOLD else sender, recipient)


def hold(letter: str, because: str, identity: str | None = None) -> None:
    """Keep a letter where people see it, with the reason."""
    db.change(
        "update letters set disposition = 'quarantined', because = %s, identity = coalesce(identity, %s)"
        " where id = %s and disposition = ''",
        [because[:120], identity, letter],
    )
