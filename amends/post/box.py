"""The box where letters lie from the moment they arrive. Store, then think: nothing here looks inside one."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from amends import ids
from amends.casework import cipher, db
from amends.casework.moments import micro


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
        told = json.dumps([delivery.sender, delivery.recipient]).encode()
        raw = cipher.encrypt(delivery.raw, key, letter)
        rows.append((letter, now, delivery.road, cipher.encrypt(told, key, letter), raw))
    with db.writing():
        db.change_many(
            "insert into letters (id, came_at, road, envelope, raw, deliveries, disposition, file, because)"
            " values (%s,%s,%s,%s,%s,1,'','','')",
            rows,
        )
    return made


def waiting(most: int) -> list[Waiting]:
    """The oldest letters nobody has filed yet, up to `most`."""
    found = db.rows(
        "select id, raw, envelope from letters where disposition = '' order by id limit %s", [most]
    )
    return [_opened(*row) for row in found]


def opened(letter: str) -> Waiting | None:
    """One letter that is still in the box, held or waiting."""
    found = db.row("select id, raw, envelope from letters where id = %s and raw is not null", [letter])
    return _opened(*found) if found else None


def _opened(letter, raw, envelope) -> Waiting:
    key = cipher.desk_key()
    told = json.loads(cipher.decrypt(db.as_bytes(envelope), key, letter))
    return Waiting(letter, cipher.decrypt(db.as_bytes(raw), key, letter), *told)


def hold(letter: str, because: str, identity: str | None = None) -> None:
    """Keep a letter where people see it, with the reason."""
    db.change(
        "update letters set disposition = 'quarantined', because = %s, identity = coalesce(identity, %s)"
        " where id = %s and disposition = ''",
        [because[:120], identity, letter],
    )
