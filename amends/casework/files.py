"""Files that come and go with letters: their bytes lie once, under the keyed hash of what they are."""

import hashlib
from collections.abc import Iterable

from msgspec.structs import replace

from amends.casework import cipher, db
from amends.rules.entries import Enclosure
from amends.rules.values import LONGEST_NAME, Text

_KEEP = "insert into contents (hash, size, cipher) values (%s,%s,%s) on conflict (hash) do nothing"


def key_of(data: bytes) -> str:
    """What the bytes lie under: nobody without the desk's key can tell from it whether we have a file."""
    return _keyed(hashlib.sha256(data).hexdigest())


def _keyed(sha256: str) -> str:
    return cipher.keyed_hash("content", sha256)


def enclosures(attachments: Iterable) -> tuple[Enclosure, ...]:
    """A letter's files as its entry names them, from what the reader made of them (name, type, size, sha256, cid)."""
    return tuple(
        Enclosure(
            name=Text(file.name[:LONGEST_NAME] or "attachment"),
            type=file.type[:100],
            size=file.size,
            content=_keyed(file.sha256),
            cid=file.cid,
        )
        for file in attachments
    )


def kept(files: Iterable[bytes]) -> list[tuple[str, tuple]]:
    """The statements that keep these bytes, for the transaction of the entry that names them."""
    return [(_KEEP, row(data)) for data in files]


def row(data: bytes) -> tuple:
    hashed = key_of(data)
    return hashed, len(data), cipher.encrypt(data, cipher.desk_key(), f"content|{hashed}")


def keep(data: bytes, name: str, type: str) -> Enclosure:
    """Keep one file at once, before the letter it goes with is written."""
    hashed, size, secret = row(data)
    db.change(_KEEP, (hashed, size, secret))
    return Enclosure(
        name=Text(name[:LONGEST_NAME] or "attachment"), type=type[:100], size=size, content=hashed
    )


def content(hashed: str) -> bytes | None:
    """The bytes that lie under a hash; None when there are none (any more)."""
    found = db.row("select cipher from contents where hash = %s", [hashed])
    return cipher.decrypt(db.as_bytes(found[0]), cipher.desk_key(), f"content|{hashed}") if found else None


def renamed(file: Enclosure, name: str) -> Enclosure:
    """The same file with its name in plain words, for another entry."""
    return replace(file, name=Text(name))
