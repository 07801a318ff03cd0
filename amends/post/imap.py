"""Fetches letters from a mailbox by IMAP: stored first, marked as seen only afterwards, and never deleted.

How far a mailbox has been read is noted in the commit that stores its letters, so a crash at any point costs nothing:
what was stored is not fetched again, and what is fetched again is known by its identity. Somebody who opens a letter
in another program hides it from nobody, for the server's numbers are followed, not its marks.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections, connections
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from amends import ids
from amends.post import box, filing, mailboxes, oauth, roads
from amends.post.deliver import LARGEST
from amends.post.mailboxes import Mailbox
from amends.rules.belonging import Held
from amends.tongue import _

log = logging.getLogger(__name__)

PATIENCE = 60  # seconds for each answer of the server
WHILE_TRYING = 12  # the same, while somebody waits on a page
TOGETHER, TOGETHER_BYTES = 50, 16_000_000  # letters fetched and stored in one commit
POLL = 60.0  # seconds between two looks at a server without IDLE
IDLE = 60.0  # seconds of one IDLE: what a server told us of while we asked something else is found then
BACK = timedelta(days=30)  # how far back to look when a server has given all its letters new numbers
LONGEST_WAIT = 300.0


class Unreachable(Exception):
    """The mailbox could not be opened or read; the sentence says why, and holds no secret."""


def check(mailbox: Mailbox, secrets: dict) -> None:
    """Try to open it, before it is remembered. Raises Unreachable."""
    with _opened(mailbox, secrets, WHILE_TRYING):
        pass


def fetch(mailbox: Mailbox, now: datetime) -> int:
    """Take in what is new; how many letters. Raises Unreachable."""
    with _opened(mailbox, mailbox.secrets()) as client:
        return _take_new(client, mailbox, now)


@contextmanager
def _opened(mailbox: Mailbox, secrets: dict, patience: int = PATIENCE) -> Iterator[IMAPClient]:
    try:
        client = _connected(mailbox, patience)
        try:
            _sign_in(client, mailbox, secrets)
            client.select_folder(mailbox.folder)
            yield client
        finally:
            with suppress(Exception):
                client.logout()
    except (OSError, IMAPClientError, oauth.NoToken) as trouble:
        raise Unreachable(_said(trouble)) from None


def _connected(mailbox: Mailbox, patience: int) -> IMAPClient:
    context = ssl.create_default_context()
    secure = mailbox.security == "tls"
    client = IMAPClient(
        mailbox.host, mailbox.port, ssl=secure, ssl_context=context if secure else None, timeout=patience
    )
    if mailbox.security == "starttls":
        client.starttls(context)
    return client


def _sign_in(client: IMAPClient, mailbox: Mailbox, secrets: dict) -> None:
    if mailbox.way == "oauth2":
        client.oauth2_login(mailbox.user, oauth.access_token(mailbox.id, secrets))
    else:
        client.login(mailbox.user, secrets["password"])


def _said(trouble: Exception) -> str:
    """What went wrong, in a sentence where it is a common thing, else as the server said it."""
    match trouble:
        case ConnectionRefusedError():
            return _("nobody answers at this server and port")
        case socket.gaierror():
            return _("there is no server of this name")
        case TimeoutError():
            return _("the server did not answer in time")
        case ssl.SSLCertVerificationError():
            return _("the server’s certificate is not to be trusted")
        case ssl.SSLError():
            return _("this port does not speak TLS: choose STARTTLS or none")
        case LoginError():
            return _("the user or the password is wrong, says the server")
    words = trouble.args[0] if trouble.args else ""
    words = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(trouble)
    return " ".join(words.split())[:200] or type(trouble).__name__


def _take_new(client: IMAPClient, mailbox: Mailbox, now: datetime) -> int:
    status = client.folder_status(mailbox.folder, ["UIDVALIDITY", "UIDNEXT"])
    validity, next_uid = status[b"UIDVALIDITY"], status.get(b"UIDNEXT", 1)
    known = mailbox.uidvalidity == validity
    uids = sorted(client.search(_wanted(mailbox, known, now)))
    uids = [uid for uid in uids if not known or uid > mailbox.last_uid]
    pieces = list(_together(client, uids))
    for piece in pieces:
        # Until everything that lay there at first is stored, nothing counts as read up to a number.
        last = piece[-1][0] if known else max(next_uid - 1, uids[-1]) if piece is pieces[-1] else 0
        _store(client, mailbox, piece, validity if last else 0, last)
    if not pieces and not known:
        mailboxes.read_up_to(mailbox.id, validity, next_uid - 1)
    roads.works(roads.IMAP + mailbox.id, now)
    return len(uids)


def _wanted(mailbox: Mailbox, known: bool, now: datetime) -> list:
    if known:
        return ["UID", f"{mailbox.last_uid + 1}:*"]
    return ["SINCE", (now - BACK).date()] if mailbox.uidvalidity else ["UNSEEN"]


def _together(client: IMAPClient, uids: list[int]) -> Iterator[list[tuple[int, int]]]:
    """(number, size) of letters, in pieces that fit into memory and one commit."""
    piece, total = [], 0
    for start in range(0, len(uids), 500):
        some = uids[start : start + 500]
        sizes = client.fetch(some, ["RFC822.SIZE"])
        for uid in some:
            if uid not in sizes:
                continue  # gone since: somebody moved it
            size = sizes[uid][b"RFC822.SIZE"]
            if piece and (len(piece) >= TOGETHER or total + size > TOGETHER_BYTES):
                yield piece
                piece, total = [], 0
            piece.append((uid, size))
            total += min(size, LARGEST)
    if piece:
        yield piece


def _store(client: IMAPClient, mailbox: Mailbox, piece, validity: int, last: int) -> None:
    """Fetch, commit, and only then mark as seen."""
    whole = [uid for uid, size in piece if size <= LARGEST]
    large = {uid: size for uid, size in piece if size > LARGEST}
    bodies = client.fetch(whole, ["BODY.PEEK[]"]) if whole else {}
    heads = client.fetch(list(large), ["BODY.PEEK[HEADER]"]) if large else {}
    road = roads.IMAP + mailbox.id
    found = [(uid, bodies[uid][b"BODY[]"] or b"") for uid in whole if uid in bodies]
    found += [(uid, heads[uid][b"BODY[HEADER]"] or b"") for uid in large if uid in heads]

    def and_then(letters: list[str]) -> None:
        for (uid, _raw), letter in zip(found, letters, strict=True):
            if uid in large:
                where = f"{large[uid]:,} bytes, number {uid} in {mailbox.folder} of {mailbox.address}"
                box.hold(letter, f"{Held.TOO_LARGE}: {where}"[:120], owner=filing.whose_turn())
        if last:
            mailboxes.read_up_to(mailbox.id, validity, last)

    box.put([box.Delivery(raw, None, mailbox.address, road) for _uid, raw in found], and_then)
    client.add_flags([uid for uid, _raw in found], [b"\\Seen"])


# Watching --------------------------------------------------------------------------------------------------------


class Watch(threading.Thread):
    """Keeps one mailbox open and takes in what comes, at once where the server tells, else every minute."""

    def __init__(self, mailbox: Mailbox, stopping: threading.Event, arrived: threading.Event):
        super().__init__(daemon=True, name=f"mailbox {mailbox.address}")
        self.mailbox, self.stopping, self.arrived = mailbox, stopping, arrived
        self.ended = threading.Event()  # this mailbox alone is to be let go

    def run(self) -> None:
        wait = 5.0
        while not self._over():
            try:
                self._watch()
                wait = 5.0
            except Unreachable as trouble:
                log.warning("mailbox %s: %s", self.mailbox.address, trouble)
                self._note(str(trouble))
            except Exception as trouble:
                log.exception("mailbox %s", self.mailbox.address)
                self._note(type(trouble).__name__)
            self.ended.wait(wait) or self.stopping.wait(0)
            wait = min(LONGEST_WAIT, wait * 2)
        connections.close_all()

    def _over(self) -> bool:
        return self.stopping.is_set() or self.ended.is_set()

    def _note(self, trouble: str) -> None:
        with suppress(Exception):
            close_old_connections()
            roads.fails(roads.IMAP + self.mailbox.id, trouble, datetime.now(UTC))

    def _watch(self) -> None:
        """One connection: fetch, wait for more, fetch. Raises Unreachable when it breaks."""
        with _opened(self.mailbox, self.mailbox.secrets()) as client:
            while not self._over():
                close_old_connections()
                self.mailbox = mailboxes.by_id(self.mailbox.id) or self.mailbox
                if _take_new(client, self.mailbox, datetime.now(UTC)):
                    self.arrived.set()  # and others may have come meanwhile, which no IDLE tells of
                else:
                    self._wait(client)

    def _wait(self, client: IMAPClient) -> None:
        if not client.has_capability("IDLE"):
            self.ended.wait(POLL)
            client.noop()
            return
        client.idle()
        waited = 0.0
        while waited < IDLE and not self._over():
            if client.idle_check(timeout=5):
                break
            waited += 5
        client.idle_done()


class Watches:
    """A watch for every active mailbox that no other worker watches, as they are connected and let go."""

    def __init__(self, stopping: threading.Event, arrived: threading.Event):
        self.stopping, self.arrived = stopping, arrived
        self.running: dict[str, Watch] = {}
        self.worker = ids.new()

    def keep(self, now: datetime) -> None:
        """Start what is missing, end what is no longer wanted. A watch that fell over is started anew."""
        active = mailboxes.listed(active_only=True)
        wanted = {m.id: m for m in active if mailboxes.watch(m.id, self.worker, now)}
        for id, watch in list(self.running.items()):
            if id not in wanted or not watch.is_alive() or watch.mailbox.secret != wanted[id].secret:
                watch.ended.set()
                del self.running[id]
        for id, mailbox in wanted.items():
            if id not in self.running:
                self.running[id] = Watch(mailbox, self.stopping, self.arrived)
                self.running[id].start()
