"""A mail server that takes what the desk sends, writes down every attempt, and by seed behaves like the worst of them.

Each connection has a mood: at one command of the talk it answers 4xx or 5xx, says nothing, or goes away. What came of an
attempt is known for certain only when an answer was given; the rest is *unknown*, and the desk has to say so too.
"""

import asyncio
import contextlib
import random
import re
import threading
from collections.abc import Iterator
from typing import NamedTuple

from aiosmtpd.smtp import SMTP

COMMANDS = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "FINAL", "QUIT")
TAKEN, REFUSED, LATER, UNKNOWN = "taken", "refused", "later", "unknown"
_MESSAGE_ID = re.compile(rb"^message-id:[ \t\r\n]*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)


class Mood(NamedTuple):
    """How one connection goes: at which command, and what happens there.

    what   4, 5, stall (no answer), close (no answer and away), close-after (away after the final 250)
    keeps  whether the letter is kept although its final answer never comes
    """

    at: str = ""
    what: str = ""
    keeps: bool = False


GOOD = Mood()


def moods(seed: int, trouble: float) -> Iterator[Mood]:
    """Endless moods; `trouble` is the share of those in which something goes wrong."""
    chance = random.Random(seed)
    while True:
        if chance.random() >= trouble:
            yield GOOD
            continue
        at = chance.choice(COMMANDS)
        whats = ["4", "5", "stall", "close"] + (["close-after"] if at == "FINAL" else [])
        yield Mood(at, chance.choice(whats), keeps=chance.random() < 0.5)


class Attempt:
    """One connection as the receiver saw it.

    life   of the sender, as whoever starts and kills it counts
    went   the mood, once it had its moment
    whole  all of the letter came, to its final dot; `kept` whether we hold it; `accepted` whether we said so
    """

    def __init__(self, life: int):
        self.life, self.went = life, GOOD
        self.to = self.message_id = ""
        self.body = b""
        self.whole = self.kept = self.accepted = False

    @property
    def outcome(self) -> str:
        """What the sender may know of it, at best."""
        at, what, _ = self.went
        if self.accepted:
            return TAKEN
        if what == "5" and at not in ("CONNECT", "EHLO"):
            return REFUSED
        return UNKNOWN if self.whole and what != "4" else LATER


class Receiver:
    """The listening server in a thread of its own. `attempts` grows; `life` is set by whoever kills the sender."""

    def __init__(self, moods: Iterator[Mood] | None = None, stall: float = 1.0):
        self.attempts: list[Attempt] = []
        self.many = 0  # letters that came whole
        self.life, self.stall, self._moods = 0, stall, moods
        self._arrived = threading.Condition()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "Receiver":
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *trouble) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def wait(self, beyond: int, seconds: float) -> bool:
        """Until more than that many letters have come whole."""
        with self._arrived:
            return self._arrived.wait_for(lambda: self.many > beyond, seconds)

    def copies(self) -> dict[str, list[Attempt]]:
        """The copies we hold of each letter, by Message-ID, in the order they came."""
        found: dict[str, list[Attempt]] = {}
        for attempt in self.attempts:
            if attempt.kept:
                found.setdefault(attempt.message_id, []).append(attempt)
        return found

    def last_of_lives(self) -> set[int]:
        """The last attempt of each life that reached us whole, by `id`: what was under way when that life ended."""
        return {id(attempt) for attempt in {a.life: a for a in self.attempts if a.whole}.values()}

    def note_arrival(self) -> None:
        with self._arrived:
            self.many += 1
            self._arrived.notify_all()

    async def _listen(self):
        return await self.loop.create_server(self._connection, "127.0.0.1", 0)

    async def _stop(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with contextlib.suppress(BaseException):
                await task

    def _connection(self) -> "_Talk":
        attempt = Attempt(self.life)
        self.attempts.append(attempt)
        return _Talk(self, attempt, next(self._moods) if self._moods else GOOD)


class _Talk(SMTP):
    """One connection of aiosmtpd's server. Before each command is answered, the mood is asked."""

    line_length_limit = 1_000_000

    def __init__(self, receiver: Receiver, attempt: Attempt, mood: Mood):
        super().__init__(_Ear(self), hostname="sink.example", enable_SMTPUTF8=True, loop=receiver.loop)
        self.receiver, self.attempt, self.mood = receiver, attempt, mood
        self.greeted = False

    async def push(self, status) -> None:
        if not status:
            return  # everything was said, or nothing is to be
        greeting, self.greeted = not self.greeted, True
        if greeting and await self._spoilt("CONNECT"):
            return
        with contextlib.suppress(ConnectionError):
            await super().push(status)

    async def smtp_EHLO(self, arg):
        if not await self._spoilt("EHLO"):
            await super().smtp_EHLO(arg)

    async def smtp_MAIL(self, arg):
        if not await self._spoilt("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        self.attempt.to = (arg or "").partition("<")[2].partition(">")[0]
        if not await self._spoilt("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self._spoilt("DATA"):
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg):
        if not await self._spoilt("QUIT"):
            await super().smtp_QUIT(arg)

    async def came(self, envelope) -> str:
        """The letter is here, whole; what is answered now decides."""
        attempt, body = self.attempt, envelope.content
        found = _MESSAGE_ID.search(body)
        attempt.message_id, attempt.body, attempt.whole = found[1].decode() if found else "", body, True
        mood = self.mood if self.mood.at == "FINAL" else GOOD
        attempt.kept = mood.what in ("", "close-after") or (mood.keeps and mood.what in ("stall", "close"))
        attempt.accepted = mood.what in ("", "close-after")
        self.receiver.note_arrival()
        if attempt.accepted:
            await self.push("250 2.0.0 kept")
        await self._spoilt("FINAL")
        return ""

    async def _spoilt(self, command: str) -> bool:
        """Whether the mood has its moment at this command. Then nothing else is answered to it."""
        if self.mood.at != command:
            return False
        what = self.mood.what
        self.attempt.went, self.mood = self.mood, GOOD
        if what in ("4", "5"):
            await self.push(f"{what}51 {what}.3.0 not in the mood for {command}")
            return True
        if what == "stall":
            await asyncio.sleep(self.receiver.stall)
        if self.transport:
            self.transport.close()
        return True


class _Ear:
    """What aiosmtpd asks once a letter is here. It answers by itself, and only what the mood did not."""

    def __init__(self, talk: _Talk):
        self.talk = talk

    async def handle_DATA(self, server, session, envelope) -> str:
        return await self.talk.came(envelope)
