"""The worker: listens for letters, watches mailboxes and keeps the timetable, in one process of a few threads."""

import asyncio
import logging
import signal
import threading
import time
from datetime import UTC, datetime

from django.conf import settings
from django.db import close_old_connections, connections

from amends.post import imap, lmtp
from amends.timetable.chores import CHORES, Chore, file_letters, send_letters

log = logging.getLogger(__name__)

RESTED = 0.2  # seconds between looks at the timetable
SENDS_EVERY = 2.0


class Worker:
    """Runs until told to stop. Whatever is under way when it is killed is done again by the next one."""

    def __init__(self):
        self.stopping = threading.Event()
        self.letters = threading.Event()
        self.mailboxes = imap.Watches(self.stopping, self.letters)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        works = (self._keep_time, self._file, self._send)
        threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in threads:
            thread.start()
        asyncio.run(self._listen())
        self.stopping.set()
        self.letters.set()
        for thread in threads:
            thread.join(timeout=20)

    def stop(self) -> None:
        self.stopping.set()
        self.letters.set()

    async def _listen(self) -> None:
        intake = lmtp.Intake()
        socket = settings.AMENDS_HOME / "run" / "lmtp.sock"
        servers = await lmtp.listen(intake, socket, settings.AMENDS_LMTP, settings.AMENDS_SMTP_IN)
        while not self.stopping.is_set():
            try:
                await asyncio.wait_for(intake.arrived.wait(), timeout=0.5)
            except TimeoutError:
                continue
            intake.arrived.clear()
            self.letters.set()
        for server in servers:
            server.close()

    def _file(self) -> None:
        """Files letters as they come; a second of quiet at most."""
        while not self.stopping.is_set():
            self.letters.wait(timeout=1)
            self.letters.clear()
            self._do(file_letters)
        connections.close_all()

    def _send(self) -> None:
        """Hands letters over: a mail server that does not answer keeps nothing else waiting."""
        while not self.stopping.wait(SENDS_EVERY):
            self._do(send_letters)
        connections.close_all()

    def _keep_time(self) -> None:
        chores = [chore for chore in CHORES if chore.do not in (file_letters, send_letters)]
        chores.append(Chore(self.mailboxes.keep, every=10))
        due = dict.fromkeys(chores, 0.0)
        while not self.stopping.wait(RESTED):
            for chore in chores:
                if time.monotonic() >= due[chore]:
                    self._do(chore.do)
                    due[chore] = time.monotonic() + chore.every
        connections.close_all()

    def _do(self, chore) -> None:
        try:
            close_old_connections()
            chore(datetime.now(UTC))
        except Exception:
            log.exception("%s failed; it is tried again", chore.__name__)
            connections.close_all()
            self.stopping.wait(1)


def run() -> None:
    Worker().run()
