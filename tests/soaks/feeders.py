"""Hand numbered letters to a desk that keeps being killed, by each of its roads, as a mail server would: until accepted.

A letter is `acked` once the road has said so: 250, exit 0. By IMAP nobody says so; there the mark \\Seen counts.
"""

import contextlib
import itertools
import random
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.soaks.dovecot import Server
from tests.soaks.nursery import ROOT, Nursery

DESK = "complaints@desk.example"
PATIENCE = 20
_BODY = (
    "The seam on roll {number}, sent by {road}, lifted after six weeks.\r\nI rang on the second and nobody called.\r\n"
    * 8
)


class Letter(NamedTuple):
    number: int
    raw: bytes
    sender: str
    to: str


def message_id(road: str, number: int) -> str:
    return f"<{road}.{number}@soak.example>"


class Mill:
    """Makes letters without end: one in four answers in a case there is, one in eight may have a receipt.

    cases  (address of the customer, reply address) of cases to answer in
    """

    def __init__(self, road: str, cases: list[list[str]], seed: int):
        self.road, self.cases, self._chance = road, cases, random.Random(seed)
        self._numbers, self._lock = itertools.count(1), threading.Lock()
        self.made = 0

    def __iter__(self) -> Iterator[Letter]:
        return self

    def __next__(self) -> Letter:
        with self._lock:
            number = self.made = next(self._numbers)
            sender, to = self._chance.choice(self.cases)
        quiet = ""
        if number % 4:
            to, sender = DESK, f"writer@{self.road}{number}.example"
            quiet = "X-Auto-Response-Suppress: All\r\n" if number % 8 != 1 else ""
        raw = (
            f"From: Writer {number} <{sender}>\r\nTo: {to}\r\nSubject: Roll {number}\r\n"
            f"Message-ID: {message_id(self.road, number)}\r\nDate: Wed, 25 Nov 2026 09:12:40 +0000\r\n{quiet}\r\n"
            + _BODY.format(number=number, road=self.road)
        )
        return Letter(number, raw.encode(), sender, to)


class Feeder:
    """Threads that hand over letters one after the other, each until it is acked."""

    threads = 2

    def __init__(self, mill: Mill):
        self.mill, self.acked = mill, set()
        self.begun = 0  # handovers begun
        self._stopping, self._lock, self._under_way = threading.Event(), threading.Lock(), 0
        self._more = threading.Condition(self._lock)
        self._running = [threading.Thread(target=self._feed, daemon=True) for _ in range(self.threads)]

    def __enter__(self) -> "Feeder":
        for thread in self._running:
            thread.start()
        return self

    def __exit__(self, *trouble) -> None:
        self._stopping.set()
        for thread in self._running:
            thread.join(PATIENCE * 2)

    @property
    def under_way(self) -> bool:
        """Whether a letter is being handed over at this moment."""
        return self._under_way > 0

    def wait(self, beyond: int, seconds: float) -> bool:
        """Until more than that many handovers have begun."""
        with self._more:
            return self._more.wait_for(lambda: self.begun > beyond, seconds)

    @contextlib.contextmanager
    def handing_over(self) -> Iterator[None]:
        with self._more:
            self.begun, self._under_way = self.begun + 1, self._under_way + 1
            self._more.notify_all()
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def _feed(self) -> None:
        for letter in self.mill:
            while not self._stopping.is_set() and not self._handed(letter):
                time.sleep(0.001)
            if self._stopping.is_set():
                return

    def _handed(self, letter: Letter) -> bool:
        raise NotImplementedError


class Spoken(Feeder):
    """LMTP or SMTP: one connection for many letters, a new one when it breaks."""

    def __init__(self, mill: Mill, connect):
        super().__init__(mill)
        self._connect, self._mine = connect, threading.local()

    def _handed(self, letter: Letter) -> bool:
        try:
            server = self._connection()
            with self.handing_over():
                server.sendmail(letter.sender, [letter.to], letter.raw)
        except (OSError, smtplib.SMTPException):
            self._forget()
            return False
        with self._lock:
            self.acked.add(letter.number)
        return True

    def _connection(self) -> smtplib.SMTP:
        if getattr(self._mine, "server", None) is None:
            self._mine.server = self._connect()
        return self._mine.server

    def _forget(self) -> None:
        server, self._mine.server = getattr(self._mine, "server", None), None
        if server is not None:
            server.close()


def over_lmtp(mill: Mill, socket: Path) -> Spoken:
    return Spoken(mill, lambda: smtplib.LMTP(str(socket), local_hostname="feeder.example", timeout=PATIENCE))


def over_smtp(mill: Mill, port: int) -> Spoken:
    return Spoken(
        mill,
        lambda: smtplib.SMTP("127.0.0.1", port, local_hostname="feeder.example", timeout=PATIENCE),
    )


class Piped(Feeder):
    """`amends mail deliver` in a process of its own for each letter; half of these are killed as well.

    whole  how many are started from nothing, as a mail server does; the others are forked from the nursery
    """

    threads = 1

    def __init__(self, mill: Mill, nursery: Nursery, folder: Path, seed: int, whole: int):
        super().__init__(mill)
        self.nursery, self.letter, self.whole, self.killed = nursery, folder / "letter.eml", whole, 0
        self._chance = random.Random(seed)

    def _handed(self, letter: Letter) -> bool:
        self.letter.write_bytes(letter.raw)
        after = self._chance.uniform(0.001, 0.05) if self._chance.random() < 0.5 else None
        with self.handing_over():
            if self.whole:
                self.whole -= 1
                code = self._from_nothing(letter, after)
            else:
                code = self.nursery.deliver(self.letter, letter.sender, letter.to, after)
        self.killed += code is None
        if code == 0:
            self.acked.add(letter.number)
        return code == 0

    def _from_nothing(self, letter: Letter, after: float | None) -> int | None:
        """Python's own start takes some 50 ms: a kill comes that much later."""
        command = [
            sys.executable,
            "-m",
            "amends",
            "mail",
            "deliver",
            "--from",
            letter.sender,
            "--to",
            letter.to,
        ]
        seconds = PATIENCE if after is None else after + 0.05
        try:
            done = subprocess.run(
                command, input=letter.raw, env=self.nursery.environment, cwd=ROOT, timeout=seconds
            )
        except subprocess.TimeoutExpired:  # subprocess has killed it
            return None
        return done.returncode


class Fetched(Feeder):
    """Letters laid into a real mailbox, which the desk fetches. What is marked as seen counts as acked."""

    threads = 0

    def __init__(self, mill: Mill, server: Server):
        super().__init__(mill)
        self.server, self.numbers = server, {}

    def lay(self, many: int) -> None:
        """So many more letters come."""
        for letter in itertools.islice(self.mill, many):
            self.numbers[self.server.deliver(letter.raw)] = letter.number

    def look(self) -> set[int]:
        """The letters that are marked as seen now."""
        self.acked = {self.numbers[name] for name in self.server.seen()}
        return self.acked
