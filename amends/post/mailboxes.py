"""The mailboxes letters are fetched from: what an administrator connected. Their secrets are encrypted and shown to nobody."""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from amends import ids
from amends.casework import cipher, db
from amends.casework.moments import micro

WATCHED_FOR = timedelta(minutes=1)
SECURITY = {"tls": 993, "starttls": 143, "none": 143}
COLUMNS = "id, address, host, port, security, user, folder, way, secret, active, uidvalidity, last_uid"


class Mailbox(NamedTuple):
    """One mailbox on a server. `secret` is sealed; `secrets()` opens it where it is used, and nowhere else."""

    id: str
    address: str
    host: str
    port: int
    security: str  # tls, starttls, none
    user: str
    folder: str
    way: str  # password, oauth2
    secret: bytes
    active: bool = True
    uidvalidity: int = 0
    last_uid: int = 0

    def __repr__(self) -> str:
        return f"<mailbox {self.user} at {self.host}>"

    def secrets(self) -> dict[str, str]:
        return json.loads(cipher.decrypt(db.as_bytes(self.secret), cipher.desk_key(), f"mailbox|{self.id}"))


def listed(active_only: bool = False) -> list[Mailbox]:
    where = " where active" if active_only else ""
    return [Mailbox(*row) for row in db.rows(f"select {_quoted()} from mailboxes{where} order by address")]


def by_id(mailbox: str) -> Mailbox | None:
    found = db.row(f"select {_quoted()} from mailboxes where id = %s", [mailbox])
    return Mailbox(*found) if found else None


def by_address(address: str) -> Mailbox | None:
    return next((box for box in listed() if box.address.lower() == address.lower()), None)


def connect(
    *, address: str, host: str, port: int, security: str, user: str, folder: str, way: str, secrets: dict
) -> Mailbox:
    """Remember a mailbox. Letters that lie unread in it are fetched first, then those that come.

    One that is connected already gets the new secrets, and goes on where it was.
    """
    for known in listed():
        if (known.host, known.port, known.user, known.folder) == (host, port, user, folder or "INBOX"):
            keep_secrets(known.id, secrets)
            db.change(
                "update mailboxes set address = %s, security = %s, way = %s, active = %s where id = %s",
                [address, security, way, True, known.id],
            )
            return by_id(known.id)
    mailbox = ids.new()
    secret = _sealed(mailbox, secrets)
    row = (mailbox, address, host, port, security, user, folder or "INBOX", way, secret, True, 0, 0)
    columns = (*_quoted().split(", "), "watched_by", "watched_until")
    db.change(db.insert_sql("mailboxes", columns), (*row, "", 0))
    return Mailbox(*row)


def watch(mailbox: str, worker: str, now: datetime) -> bool:
    """Whether this worker may fetch from it for the next minute: one at a time, renewed by asking again."""
    until = micro(now + WATCHED_FOR)
    return bool(
        db.change(
            "update mailboxes set watched_by = %s, watched_until = %s"
            " where id = %s and (watched_by = %s or watched_until < %s)",
            [worker, until, mailbox, worker, micro(now)],
        )
    )


def keep_secrets(mailbox: str, secrets: dict) -> None:
    db.change("update mailboxes set secret = %s where id = %s", [_sealed(mailbox, secrets), mailbox])


def forget(mailbox: str) -> None:
    """Fetch from it no more, and keep nothing of how it opens. Its letters stay."""
    db.change("delete from mailboxes where id = %s and not active", [mailbox])


def switch(mailbox: str, on: bool) -> None:
    db.change("update mailboxes set active = %s where id = %s", [on, mailbox])


def read_up_to(mailbox: str, uidvalidity: int, uid: int) -> None:
    """How far it has been read: in the commit that makes its letters durable."""
    db.change(
        "update mailboxes set uidvalidity = %s, last_uid = %s where id = %s", [uidvalidity, uid, mailbox]
    )


def _sealed(mailbox: str, secrets: dict) -> bytes:
    return cipher.encrypt(json.dumps(secrets).encode(), cipher.desk_key(), f"mailbox|{mailbox}")


def _quoted() -> str:
    return COLUMNS.replace("user,", '"user",')
