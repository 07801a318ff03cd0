"""What the modules here share: letters to build and send by socket, letters of ours as they left, every table's values."""

import ast
import asyncio
import base64
import contextlib
import email
import smtplib
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import connection

import amends
from amends import ids
from amends.casework import db
from amends.post import box, filing, lmtp, outbox
from amends.post.writing import Outgoing

ANA = "Ana Whitlock <ana@whitlock.example>"
DESK = "complaints@localhost"


def letter(words="It lifted again.", *, html="", files=(), **fields) -> bytes:
    """A raw letter of Ana's to the desk. Fields by name, `_` for `-`; None leaves one out.

    files  of (name, type, bytes)
    """
    named = {"From": ANA, "To": DESK, "Subject": "The seam", "Message-ID": f"<{ids.new()}@whitlock.example>"}
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value is not None)
    return head.encode() + _body(words, html, files)


def _body(words: str, html: str, files) -> bytes:
    text = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + words.replace("\n", "\r\n").encode() + b"\r\n"
    if not html and not files:
        return b"MIME-Version: 1.0\r\n" + text
    parts = [text]
    if html:
        parts.append(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode() + b"\r\n")
    for name, type, data in files:
        said = f'Content-Type: {type}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        parts.append(said.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data))
    kind = b"mixed" if files else b"alternative"
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/" + kind + b'; boundary="edge"\r\n\r\n'
    return head + b"".join(b"--edge\r\n" + part for part in parts) + b"--edge--\r\n"


def comes(desk, raw: bytes, sender: str | None = None, to: str = DESK, *more: str) -> filing.Filed:
    """The letter comes by pipe and is filed at once."""
    (id,) = box.put([box.Delivery(raw, sender, to, "pipe", more)])
    return next(one for one in filing.file_waiting(desk.now) if one.letter == id)


def file_all(now: datetime) -> list[filing.Filed]:
    filed = []
    while batch := filing.file_waiting(now):
        filed += batch
    return filed


@cache
def sources() -> tuple[tuple[Path, str, ast.Module], ...]:
    """Every module of the product, its tests excepted: where it lies, its words, its tree."""
    paths = [path for path in Path(amends.__file__).parent.rglob("*.py") if "tests" not in path.parts]
    return tuple((path, words := path.read_text(), ast.parse(words)) for path in sorted(paths))


def imported(node: ast.AST) -> set[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    return {node.module or ""} if isinstance(node, ast.ImportFrom) else set()


# What leaves ------------------------------------------------------------------------------------------------------


class Sent:
    """A mail server that takes everything: the letters it was given, opened by another program's reader."""

    def __init__(self):
        self.letters: list[Outgoing] = []

    def __call__(self, outgoing: Outgoing) -> None:
        self.letters.append(outgoing)

    @property
    def newest(self):
        return email.message_from_bytes(self.letters[-1].message)

    @property
    def receivers(self) -> list[str]:
        return [one.to for one in self.letters]


def leave(now: datetime) -> Sent:
    """Whatever is owed leaves."""
    sent = Sent()
    while outbox.send_owed(now, sent):
        pass
    return sent


# The tables -------------------------------------------------------------------------------------------------------


def tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if not name.startswith("django_")]


def everything() -> dict[str, list[bytes]]:
    """Every row of every table, as bytes: what somebody with the database alone can read."""
    return {table: [_bytes(row) for row in db.rows(f'select * from "{table}"')] for table in tables()}


def holding(words: str) -> list[str]:
    """The tables in which these words stand in the open."""
    wanted = words.lower().encode()
    return [table for table, rows in everything().items() if any(wanted in row.lower() for row in rows)]


def _bytes(row: tuple) -> bytes:
    values = (bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row)
    return b"|".join(values)


# Sockets ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def listening(folder: Path) -> Iterator[tuple[Path, tuple[str, int]]]:
    """The worker's listeners in a thread of their own: the LMTP socket and where SMTP is."""
    socket, loop, ready = folder / "run" / "lmtp.sock", asyncio.new_event_loop(), threading.Event()
    stop, ports = asyncio.Event(), []

    async def run():
        servers = await lmtp.listen(lmtp.Intake(), socket, smtp=("127.0.0.1", 0))
        ports.append(servers[-1].sockets[0].getsockname()[1])
        ready.set()
        await stop.wait()
        for server in servers:
            server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield socket, ("127.0.0.1", ports[0])
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def by_lmtp(socket: Path, raw: bytes, to=DESK, sender="ana@whitlock.example") -> None:
    with smtplib.LMTP(str(socket)) as server:
        server.sendmail(sender, [to] if isinstance(to, str) else list(to), raw)
