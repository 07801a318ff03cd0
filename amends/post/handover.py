"""The roads out: a mail server, or, on a desk that has none yet, a folder.

A mail server's certificate is checked whenever a password or token is given to it. Its answer decides what we say:
*handed over* is what it took, *uncertain* is when its answer never came.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from amends import ids
from amends.post import oauth
from amends.post.writing import Outgoing

_LINE_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
PATIENCE = 30  # seconds for each answer of the server


class Uncertain(Exception):
    """The server's answer did not come: the letter may have gone, or not."""


class NotNow(Exception):
    """The server could not be reached or would not speak with us: nothing is wrong with the letter."""


def road() -> Callable[[Outgoing], None]:
    return _smtp if settings.AMENDS_SMTP else _folder


def _smtp(outgoing: Outgoing) -> None:
    """One connection, one letter. Raises Uncertain, NotNow, or what the server said against the letter."""
    try:
        server = _connected(settings.AMENDS_SMTP)
    except (OSError, smtplib.SMTPException, oauth.NoToken) as trouble:
        raise NotNow(said(trouble)) from None
    try:
        _hand(server, outgoing)
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()  # what it says to that is about nothing


def _connected(address: str) -> smtplib.SMTP:
    site = urlsplit(address)
    secure, checked = site.scheme == "smtps", ssl.create_default_context()
    make = smtplib.SMTP_SSL if secure else smtplib.SMTP
    more = {"context": checked} if secure else {}
    server = make(site.hostname, site.port or (465 if secure else 25), timeout=PATIENCE, **more)
    server.ehlo_or_helo_if_needed()
    if not secure and server.has_extn("starttls"):
        server.starttls(context=checked if site.username else _any_certificate())
        server.ehlo_or_helo_if_needed()
        secure = True
    if site.username and not secure:
        raise smtplib.SMTPException("the mail server offers no TLS; the password is not sent in the open")
    if site.username:
        _sign_in(server, unquote(site.username), unquote(site.password or ""), parse_qs(site.query))
    return server


def _any_certificate() -> ssl.SSLContext:
    """Without a password to protect, an unproven secret line is better than an open one."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _sign_in(server: smtplib.SMTP, user: str, password: str, query: dict) -> None:
    mailbox = query.get("mailbox", [""])[0]
    if not mailbox:
        server.login(user, password)
        return
    token = oauth.token_of_mailbox(mailbox)
    server.auth("XOAUTH2", lambda challenge=None: "" if challenge else oauth.sasl(user, token))


def _hand(server: smtplib.SMTP, outgoing: Outgoing) -> None:
    reports = server.has_extn("dsn")
    options = ["RET=HDRS"] if reports else []
    if not outgoing.to.isascii():
        options.append("SMTPUTF8")
    notify = "NEVER" if not outgoing.sender else "SUCCESS,FAILURE,DELAY"
    _expect(server.mail(outgoing.sender or "<>", options), 250)
    _expect(server.rcpt(outgoing.to, [f"NOTIFY={notify}"] if reports else []), 250, 251)
    _expect(server.docmd("data"), 354)  # until here nothing has been given to anybody
    try:
        server.send(_LINE_WITH_DOT.sub(b"..", _ended(signed(outgoing.message))) + b".\r\n")
        answer = server.getreply()
    except OSError as trouble:
        raise Uncertain(f"the mail server went away before it answered ({said(trouble)})") from None
    _expect(answer, 250)


def _ended(message: bytes) -> bytes:
    return message if message.endswith(b"\r\n") else message + b"\r\n"


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise smtplib.SMTPResponseException(*answer)


def said(trouble: Exception) -> str:
    """What went wrong, in one line that never holds a password."""
    code, words = getattr(trouble, "smtp_code", ""), getattr(trouble, "smtp_error", b"")
    if words:
        words = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        return " ".join(f"{code} {words}".split())[:300]
    return " ".join(str(trouble).split())[:300] or type(trouble).__name__


def _folder(outgoing: Outgoing) -> None:
    folder = settings.AMENDS_HOME / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{ids.new()}.eml").write_bytes(signed(outgoing.message))


# DKIM, where the mail server does not sign -----------------------------------------------------------------------

SIGNED = tuple(
    b"from to subject date message-id reply-to in-reply-to references mime-version content-type".split()
)


def signed(message: bytes) -> bytes:
    """The message with a DKIM signature, when AMENDS_DKIM_KEY is set; as it is otherwise."""
    if not settings.AMENDS_DKIM_KEY:
        return message
    import dkim

    domain = settings.AMENDS_MAIL.rpartition("@")[2].encode()
    selector = settings.AMENDS_DKIM_SELECTOR.encode()
    present = [name for name in SIGNED if b"\n" + name + b":" in b"\n" + _head(message)]
    return dkim.sign(message, selector, domain, _dkim_key(), include_headers=present) + message


def _head(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[0].lower()


@cache
def _dkim_key() -> bytes:
    return Path(settings.AMENDS_DKIM_KEY).read_bytes()
