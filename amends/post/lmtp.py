"""The listeners: an MTA hands a letter over by LMTP or SMTP, and hears 250 only once it lies durably in the box.

Letters that arrive together share a commit. LMTP listens on a Unix socket in the desk's folder, and on AMENDS_LMTP
when that is set; SMTP on AMENDS_SMTP_IN. Neither asks who is there: they are for a mail server of one's own.
"""

import asyncio
import logging
from pathlib import Path

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from asgiref.sync import sync_to_async

from amends.post import box, roads
from amends.post.deliver import LARGEST, PIPE, UNTOLD

log = logging.getLogger(__name__)

MOST_TOGETHER = 200
MOST_RECIPIENTS = 100  # of one letter, kept beside it


class Intake:
    """Gathers deliveries that wait at the same time into one commit."""

    def __init__(self):
        self._waiting: list[tuple[box.Delivery, asyncio.Future]] = []
        self._writing: asyncio.Task | None = None
        self.arrived: asyncio.Event = asyncio.Event()

    async def take(self, delivery: box.Delivery) -> None:
        """Returns once the letter is durable; raises what the database raised when it is not."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, done))
        if self._writing is None or self._writing.done():  # of our own: a client that goes away ends nobody's
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            await self._put(batch)

    async def _put(self, batch) -> None:
        try:
            await sync_to_async(box.put, thread_sensitive=False)([delivery for delivery, _ in batch])
        except Exception as trouble:
            log.exception("letters could not be stored; the sender is asked to try again")
            for _, done in batch:
                done.done() or done.set_exception(trouble)
            return
        for _, done in batch:
            done.done() or done.set_result(None)
        self.arrived.set()


class _Patient:
    """Lines may be as long as some programs write them, and a client that goes away is no fault of ours."""

    line_length_limit = 1_000_000

    async def _handle_client(self):
        try:
            await super()._handle_client()
        except (ConnectionResetError, BrokenPipeError):
            log.info("a mail client went away")


class Listener(_Patient, LMTP):
    """aiosmtpd's LMTP; what is too large is refused aloud, once for each recipient."""

    async def push(self, status):
        recipients = len(self.envelope.rcpt_tos) if self.envelope else 0
        if isinstance(status, str) and status.startswith("552") and recipients > 1:
            status = "\r\n".join([status] * recipients)
        await super().push(status)


class SMTPListener(_Patient, SMTP):
    """aiosmtpd's SMTP, which takes a line to end at CR LF and nowhere else: no second letter hides in a first."""


class Handler:
    """Answers 250 for what is stored and 451 for what is not, once per recipient."""

    def __init__(self, intake: Intake, road: str = roads.LMTP):
        self.intake, self.road = intake, road

    async def handle_RCPT(self, server, session, envelope, address, options):
        """So many recipients are kept beside a letter; the others come with another copy."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients at once"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        recipients = ["" if told == UNTOLD else told for told in envelope.rcpt_tos] or [""]
        raw = envelope.original_content or envelope.content or b""
        if isinstance(raw, str):
            raw = raw.encode("utf-8", "surrogateescape")
        sender = None if envelope.mail_from == UNTOLD else (envelope.mail_from or "").strip("<>")
        road = roads.PIPE if session.host_name == PIPE else self.road
        delivery = box.Delivery(raw, sender, recipients[0], road, tuple(recipients[1:]))
        try:
            await self.intake.take(delivery)
            answer = "250 2.0.0 stored"
        except Exception:
            answer = "451 4.3.0 not stored, try again"
        return "\r\n".join([answer] * (len(recipients) if self.road == roads.LMTP else 1))


async def listen(
    intake: Intake,
    socket: Path,
    address: tuple[str, int] | None = None,
    smtp: tuple[str, int] | None = None,
) -> list[asyncio.AbstractServer]:
    """Start listening; the servers, to be closed by whoever started them."""
    loop = asyncio.get_running_loop()
    common = {"enable_SMTPUTF8": True, "data_size_limit": LARGEST, "ident": "Amends"}

    def factory():
        return Listener(Handler(intake), **common)

    def smtp_factory():
        return SMTPListener(Handler(intake, roads.SMTP), **common)

    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket.unlink(missing_ok=True)
    servers = [await loop.create_unix_server(factory, path=str(socket))]
    socket.chmod(0o660)
    if address:
        servers.append(await loop.create_server(factory, *address))
    if smtp:
        servers.append(await loop.create_server(smtp_factory, *smtp))
    return servers
