"""Hands what is owed to a mail server. Every letter has one Message-ID for good, so a second try is the same letter.

A crash loses nothing: the row stays. When the server's answer never came, the state says so: *uncertain*.
Without a mail server, letters are laid into the folder `outbox` beside the database, for trying the desk out.
"""

import logging
import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings

from amends import ids
from amends.casework import cipher, db, letters, tokens, wording
from amends.casework.ledger import decode
from amends.casework.moments import micro, moment
from amends.people.models import Staff
from amends.people.names import name_of
from amends.rules.entries import LetterKind, LetterSent

log = logging.getLogger(__name__)

AT_ONCE = 50
LEASE = timedelta(minutes=5)
MOST_TRIES = 12
LINE = 68


class Uncertain(Exception):
    """The server's answer did not come: the letter may have gone, or not."""


class Row(NamedTuple):
    id: str
    file: str
    number: int
    staff: str
    message_id: str
    attempts: int


class Outgoing(NamedTuple):
    """A letter ready to go."""

    to: str
    message: bytes
    automatic: bool = False  # goes out under the null sender, so that no machine answers it


def send_owed(now: datetime, hand_over: Callable[[Outgoing], None] | None = None) -> int:
    """Claim what is due, hand it over, note how it went; how many were tried."""
    rows = _claim(now)
    hand_over = hand_over or road()
    for row in rows:  # one commit each: after a crash, only the letter under way may go twice
        _settle(row, *_try(row, hand_over), now)
    return len(rows)


def road() -> Callable[[Outgoing], None]:
    return _smtp if settings.AMENDS_SMTP else _folder


def _claim(now: datetime) -> list[Row]:
    """Take rows for ourselves, for five minutes: a conditional update, so that nobody else has them."""
    me, at = ids.new(), micro(now)
    skip = " for update skip locked" if db.is_postgres() else ""
    with db.writing():
        due = db.rows(
            "select id from owed where state in ('waiting', 'claimed') and due_at <= %s"
            f" order by due_at limit {AT_ONCE}{skip}",
            [at],
        )
        for (row,) in due:
            db.change(
                "update owed set state = 'claimed', claimed = %s, due_at = %s, attempts = attempts + 1 where id = %s",
                [me, micro(now + LEASE), row],
            )
    return [
        Row(*row)
        for row in db.rows(
            "select id, file, number, staff, message_id, attempts from owed where claimed = %s and state = 'claimed'"
            " order by id",
            [me],
        )
    ]


def _try(row: Row, hand_over) -> tuple[str, str]:
    """The state after one attempt, and what went wrong."""
    try:
        outgoing = _reminder(row) if row.staff else _letter(row)
        if not outgoing.to:
            return "by_post", "no e-mail address: print it and post it"
        hand_over(outgoing)
    except Uncertain as trouble:
        return "uncertain", str(trouble)
    except smtplib.SMTPRecipientsRefused as trouble:
        return "failed", _said(trouble)
    except smtplib.SMTPResponseException as trouble:
        return ("failed" if trouble.smtp_code >= 500 else "waiting"), _said(trouble)
    except (OSError, smtplib.SMTPException) as trouble:
        return "waiting", _said(trouble)
    except Exception as trouble:
        log.exception("letter %s could not be made", row.id)
        return "failed", _said(trouble)
    return ("handed_over" if settings.AMENDS_SMTP else "in_folder"), ""


def _said(trouble: Exception) -> str:
    return str(trouble)[:300] or type(trouble).__name__


def _settle(row: Row, state: str, trouble: str, now: datetime) -> None:
    if state == "waiting" and row.attempts >= MOST_TRIES:
        state = "failed"
    again = now + timedelta(minutes=min(60, 2**row.attempts))
    db.change(
        "update owed set state = %s, trouble = %s, due_at = %s where id = %s",
        [state, trouble[:300], micro(again), row.id],
    )


# Writing the letter ----------------------------------------------------------------------------------------------


def _letter(row: Row) -> Outgoing:
    entry, at, writer = _entry(row.file, row.number)
    case = db.row("select ref, customer, owner, update_due, is_open from cases where id = %s", [row.file])
    ref, customer, owner, update_due, is_open = case
    name, address, _ = letters.customer_texts(customer)
    plain = cipher.texts([entry.words.id, entry.subject.id, name.id, address.id])
    to = plain.get(address.id, "")
    body = plain.get(entry.words.id, "")
    if entry.kind is LetterKind.REPLY:
        body += _standing(writer, ref, row.file, customer, moment(update_due) if is_open else None)
    return Outgoing(
        to,
        message(
            to=formataddr((str(Header(plain.get(name.id, ""), "utf-8")), to)) if to else "",
            subject=plain.get(entry.subject.id) or f"Your complaint {ref}",
            body=body,
            message_id=row.message_id,
            at=moment(at),
            reply_to=reply_address(row.file, customer),
            automatic=entry.kind is LetterKind.RECEIPT,
            writer=writer if entry.kind is LetterKind.REPLY else "",
        ),
        automatic=entry.kind is LetterKind.RECEIPT,
    )


def _reminder(row: Row) -> Outgoing:
    """To a colleague: a promise of theirs falls due. It names the case and the hour, and no customer."""
    person = Staff.objects.filter(id=row.staff, is_active=True).values_list("email", flat=True).first() or ""
    found = db.row(
        'select c.ref, p.due_at from promises p join cases c on c.id = p."case" where p."case" = %s and p.number = %s',
        [row.file, row.number],
    )
    ref, due = found[0], wording.when(moment(found[1]))
    link = f"{settings.AMENDS_ADDRESS}/cases/{ref}/"
    body = f"A promise of yours in {ref} falls due: {due}.\n\n{link}\n"
    subject = f"{ref}: due {due}"
    return Outgoing(
        person,
        message(
            to=person,
            subject=subject,
            body=body,
            message_id=row.message_id,
            at=datetime.now(UTC),
            automatic=True,
        ),
        automatic=True,
    )


def _entry(file: str, number: int) -> tuple[LetterSent, int, str]:
    """The letter's entry, its moment, and the name of the person who wrote it (empty for the desk itself)."""
    body, at, author = db.row(
        "select body, at, author from entries where file = %s and number = %s", [file, number]
    )
    return decode(body), at, name_of(author.partition(":")[2])


def _standing(writer: str, ref: str, file: str, customer: str, update: datetime | None) -> str:
    """What stands under every letter a person writes: who wrote it, reference, next date, page."""
    lines = [f"{writer}, {settings.AMENDS_NAME}", f"Reference: {ref}"]
    if update:
        lines.append(f"You hear from us by {wording.when(update)}.")
    lines.append(f"Your page, with everything we said and promised: {letters.page_link(file, customer)}")
    return "\n\n-- \n" + "\n".join(lines)


def reply_address(file: str, customer: str) -> str:
    local, _, domain = settings.AMENDS_MAIL.rpartition("@")
    return f"{local}+{tokens.token(tokens.REPLY, file, customer)}@{domain}"


def message(
    *,
    to,
    subject,
    body,
    message_id,
    at: datetime,
    reply_to: str = "",
    automatic: bool = False,
    writer: str = "",
) -> bytes:
    """A plain text message as bytes, from `writer` at the company or from the company. Header values pass one encoder that refuses control characters."""
    sender = f"{writer}, {settings.AMENDS_NAME}" if writer else settings.AMENDS_NAME
    headers = [
        ("From", formataddr((str(Header(sender, "utf-8")), settings.AMENDS_MAIL))),
        ("To", to),
        ("Subject", str(Header(_one_line(subject), "utf-8", maxlinelen=900))),
        ("Date", format_datetime(at)),
        ("Message-ID", message_id),
        ("Reply-To", reply_to),
        ("Auto-Submitted", "auto-generated" if automatic else ""),
        ("X-Auto-Response-Suppress", "All" if automatic else ""),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    head = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in headers if value)
    text = "\r\n".join(_wrapped(body))
    return (head + "\r\n" + text + "\r\n").encode("utf-8", "replace")


def _one_line(value: str) -> str:
    return "".join(c if c.isprintable() else " " for c in value).strip()


def _wrapped(body: str) -> list[str]:
    """Lines as written; only what no mail server would carry is broken up."""
    lines = []
    for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        while len(line.encode()) > 900:
            cut = line.rfind(" ", 0, 250)
            cut = cut if cut > 0 else 200
            lines.append(line[:cut])
            line = line[cut:].lstrip(" ")
        lines.append(line)
    return lines


# Roads -----------------------------------------------------------------------------------------------------------


def _smtp(outgoing: Outgoing) -> None:
    """One connection, one letter. Raises Uncertain when the connection ends after the letter was given."""
    site, context = urlsplit(settings.AMENDS_SMTP), ssl.create_default_context()
    secure = site.scheme == "smtps"
    more = {"context": context} if secure else {}
    make = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with make(site.hostname, site.port or (465 if secure else 25), timeout=30, **more) as server:
        server.ehlo()
        if not secure and server.has_extn("starttls") and site.username:
            server.starttls(context=context)
            server.ehlo()
            secure = True
        if site.username:
            if not secure:
                raise smtplib.SMTPException(
                    "the mail server offers no TLS; the password is not sent in the open"
                )
            server.login(unquote(site.username), unquote(site.password or ""))
        _hand(server, outgoing)


def _hand(server: smtplib.SMTP, outgoing: Outgoing) -> None:
    _expect(server.mail("<>" if outgoing.automatic else settings.AMENDS_MAIL), 250)
    _expect(server.rcpt(outgoing.to), 250, 251)
    try:
        answer = server.data(outgoing.message)
    except (OSError, smtplib.SMTPServerDisconnected) as trouble:
        raise Uncertain(f"the mail server went away before it answered ({_said(trouble)})") from None
    _expect(answer, 250)


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise smtplib.SMTPResponseException(*answer)


def _folder(outgoing: Outgoing) -> None:
    folder = settings.AMENDS_HOME / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{ids.new()}.eml").write_bytes(outgoing.message)
