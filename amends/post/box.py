"""The box where letters lie from the moment they arrive. Store, then think: nothing here looks inside one."""

import json
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from amends import ids
from amends.casework import cipher, db
from amends.casework.moments import micro
from amends.post import roads
from amends.post.reader.reading import Letter

READER = 2  # the version of the reader; `amends mail reread` looks at what older ones have read


class Delivery(NamedTuple):
    """A letter as a road brought it: the raw bytes and the envelope.

    sender  of the envelope; empty is the null sender that machines use, None says that the road did not tell
    """

    raw: bytes
    sender: str | None = None
    recipient: str = ""
    road: str = "pipe"
    more: tuple[str, ...] = ()  # further recipients of the envelope


class Waiting(NamedTuple):
    """A letter in the box, opened."""

    id: str
    came_at: int
    road: str
    raw: bytes
    sender: str | None
    recipients: tuple[str, ...]


_PUT = db.insert_sql(
    "letters",
    tuple(
        [
            "id",
            "came_at",
            "road",
            "envelope",
            "raw",
            "message",
            "deliveries",
            "disposition",
            "file",
            "because",
            "reader",
            "owner",
            "set_aside_by",
        ]
    ),
)
AT_ONCE_BYTES = 16_000_000  # letters opened together; one alone may be larger


def put(deliveries: Iterable[Delivery], and_then: Callable[[list[str]], None] | None = None) -> list[str]:
    """Make letters durable, all in one commit; their ids. When this returns, they can be accepted.

    and_then  what belongs into the same commit, given the ids: how far a mailbox has been read
    """
    key, now = cipher.desk_key(), micro(datetime.now(UTC))
    rows, made, taken = [], [], set()
    for delivery in deliveries:
        letter = ids.new()
        made.append(letter)
        taken.add(delivery.road)
        told = json.dumps([delivery.sender, delivery.recipient, *delivery.more]).encode()
        raw = cipher.encrypt(delivery.raw, key, letter)
        row = (letter, now, delivery.road, cipher.encrypt(told, key, letter), raw)
        rows.append((*row, "", 1, "", "", "", 0, "", ""))
    with db.writing():
        db.change_many(_PUT, rows)
        roads.carried(taken, now)
        if and_then:
            and_then(made)
    return made


_COLUMNS = "id, came_at, road, raw, envelope"


def waiting(most: int) -> list[Waiting]:
    """The oldest letters nobody has filed yet: up to `most`, and no more bytes at once than fit in memory well."""
    sizes = db.rows("select id, length(raw) from letters where disposition = '' order by id limit %s", [most])
    together, total = [], 0
    for letter, size in sizes:
        total += size
        if together and total > AT_ONCE_BYTES:
            break
        together.append(letter)
    found = db.rows_in(f"select {_COLUMNS} from letters where id in {{in}} order by id", together)
    return [_opened(*row) for row in found]


def opened(letter: str) -> Waiting | None:
    """One letter as it came, whatever has become of it; None when its bytes were erased or never were."""
    found = db.row(f"select {_COLUMNS} from letters where id = %s and raw is not null", [letter])
    return _opened(*found) if found else None


def _opened(letter, came_at, road, raw, envelope) -> Waiting:
    key = cipher.desk_key()
    told = json.loads(cipher.decrypt(db.as_bytes(envelope), key, letter))
    sender, *recipients = (t and t.encode("utf-8", "replace").decode() for t in told)  # no torn characters
    return Waiting(
        letter, came_at, road, cipher.decrypt(db.as_bytes(raw), key, letter), sender, tuple(recipients)
    )


# What the reader made of it --------------------------------------------------------------------------------------


def sealed_reading(letter: str, reading: Letter) -> bytes:
    """A reading as it is kept beside its letter."""
    packed = zlib.compress(msgspec.msgpack.encode(reading), 1)
    return cipher.encrypt(packed, cipher.desk_key(), f"reading|{letter}")


def readings(letters: Iterable[str]) -> dict[str, Letter]:
    """What the reader made of these letters, as far as it is kept and can still be read."""
    found = db.rows_in(
        "select id, reading from letters where reading is not null and id in {in}", set(letters)
    )
    made = {}
    for letter, sealed in found:
        packed = cipher.decrypt(db.as_bytes(sealed), cipher.desk_key(), f"reading|{letter}")
        try:
            made[letter] = msgspec.msgpack.decode(zlib.decompress(packed), type=Letter)
        except msgspec.ValidationError:
            continue  # of an older version, in another form: `amends mail reread` makes it anew
    return made


def hold(letter: str, because: str, *, identity: str | None = None, owner: str = "", reading=None) -> None:
    """Keep a letter where people see it, with the reason and whose turn it is to look."""
    sealed = sealed_reading(letter, reading) if reading else None
    db.change(
        "update letters set disposition = 'quarantined', because = %s, identity = coalesce(identity, %s), owner = %s,"
        " reading = %s, reader = %s where id = %s and disposition = ''",
        [because[:120], identity, owner, sealed, READER if reading else 0, letter],
    )
