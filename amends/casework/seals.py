"""Signed heads of the ledger: what leaves the machine, so that nothing here can be changed unseen.

A seal covers the seal before it and every file's head that moved since. Whoever keeps an old head can later show
that today's ledger does, or does not, still hold what it held.
"""

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from amends import keys
from amends.casework import db
from amends.casework.moments import micro

FIRST_ROOT = sha256(b"amends|seals").digest()


def seal_heads(now: datetime) -> dict | None:
    """Seal what moved since the last seal; None when nothing did. The signed head is kept beside the database."""
    with db.writing():
        if db.is_postgres():
            db.rows("select pg_advisory_xact_lock(614001)")
        moved = [
            (file, number, db.as_bytes(digest))
            for file, number, digest in db.rows(
                "select id, number, digest from files where number > sealed order by id"
            )
        ]
        if not moved:
            return None
        last = db.row("select number, files, entries, root from seals order by number desc limit 1")
        number, files, entries, before = last or (0, 0, 0, FIRST_ROOT)
        new_files, new_entries = _grown(moved)
        head = Head(
            number + 1,
            micro(now),
            files + new_files,
            entries + new_entries,
            root_after(db.as_bytes(before), moved),
        )
        db.change(
            "insert into seals (number, at, files, entries, root, signature) values (%s,%s,%s,%s,%s,%s)",
            [head.number, head.at, head.files, head.entries, head.root, head.sign()],
        )
        db.change_many(
            "insert into sealed_heads (seal, file, number, digest) values (%s,%s,%s,%s)",
            [(head.number, *each) for each in moved],
        )
        db.change_many("update files set sealed = %s where id = %s", [(n, file) for file, n, _ in moved])
    _keep_outside(head)
    return head.as_json()


def _grown(moved) -> tuple[int, int]:
    """How many files are new since the last seal, and how many entries."""
    sealed = dict(db.rows_in("select id, sealed from files where id in {in}", [file for file, _, _ in moved]))
    return sum(1 for before in sealed.values() if not before), sum(n - sealed[file] for file, n, _ in moved)


def root_after(before: bytes, moved) -> bytes:
    """The root once these heads moved: (file, number, digest) in the order of their files."""
    root = sha256(before)
    for file, number, digest in moved:
        root.update(f"{file}|{number}|".encode() + digest)
    return root.digest()


class Head:
    """One signed checkpoint."""

    def __init__(self, number: int, at: int, files: int, entries: int, root: bytes):
        self.number, self.at, self.files, self.entries, self.root = number, at, files, entries, root

    def message(self) -> bytes:
        return f"amends seal {self.number} {self.at} {self.files} {self.entries} {self.root.hex()}".encode()

    def sign(self) -> bytes:
        return _private().sign(self.message())

    def as_json(self) -> dict:
        return {
            "seal": self.number,
            "at": self.at,
            "files": self.files,
            "entries": self.entries,
            "root": self.root.hex(),
            "signature": base64.b64encode(self.sign()).decode(),
            "key": public_key(),
        }


def is_signed(head: Head, signature: bytes) -> bool:
    try:
        _public().verify(signature, head.message())
    except InvalidSignature:
        return False
    return True


def latest() -> dict | None:
    """The newest signed head."""
    found = db.row("select number, at, files, entries, root from seals order by number desc limit 1")
    return Head(*found[:4], db.as_bytes(found[4])).as_json() if found else None


def kept_outside() -> Iterator[dict]:
    """The heads kept beside the database, oldest first. Lines that are not heads are passed over."""
    try:
        with _outside().open() as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue
    except FileNotFoundError:
        return


def public_key() -> str:
    return base64.b64encode(_private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.key("seal"))


def _public() -> Ed25519PublicKey:
    return _private().public_key()


def _outside():
    return settings.AMENDS_HOME / "heads.jsonl"


def _keep_outside(head: Head) -> None:
    with _outside().open("a") as file:
        file.write(json.dumps(head.as_json()) + "\n")
