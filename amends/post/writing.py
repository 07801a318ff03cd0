"""What is owed, as a message ready to go: the words of the entry, what stands under them, and the files."""

import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from django.conf import settings

from amends.casework import cipher, db, files, letters, wording
from amends.casework.cipher import address_hash
from amends.casework.ledger import decode
from amends.casework.moments import moment
from amends.people.models import Staff
from amends.people.names import name_of
from amends.post import box, ours
from amends.rules.entries import Enclosure, LetterKind, LetterSent

LONGEST_NAME = 120
BY_ITSELF = frozenset(
    {LetterKind.RECEIPT, LetterKind.BROKEN, LetterKind.NEW_OWNER}
)  # no person had them sent
_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=^_`{|}~.-]{1,200}@[A-Za-z0-9._\[\]:-]{1,200}>")
_POLICY = SMTP.clone(cte_type="8bit", max_line_length=900)


class Owed(NamedTuple):
    """A row of what is owed, claimed."""

    id: str
    file: str
    number: int
    staff: str
    message_id: str
    attempts: int


class Outgoing(NamedTuple):
    """A letter ready to go: to whom, from which envelope sender, its bytes.

    sender  "" is the null sender: no machine answers it, and nobody reports on it
    """

    to: str
    message: bytes
    sender: str = ""


def outgoing(row: Owed) -> Outgoing:
    """The letter of a row, to the customer or to somebody here. `to` is empty when there is no address."""
    return _reminder(row) if row.staff else _letter(row)


def _letter(row: Owed) -> Outgoing:
    entry, at, writer = _entry(row.file, row.number)
    ref, customer, update_due, is_open = db.row(
        "select ref, customer, update_due, is_open from cases where id = %s", [row.file]
    )
    name, address, _ = letters.customer_texts(customer)
    named = [file.name.id for file in entry.files]
    plain = cipher.texts([entry.words.id, entry.subject.id, name.id, address.id, *named])
    to, is_reply = plain.get(address.id, ""), entry.kind in (LetterKind.REPLY, LetterKind.HOLDING)
    body = plain.get(entry.words.id, "")
    if is_reply:
        update = moment(update_due) if is_open else None
        body += _standing(writer, ref, row.file, customer, update)
    receipt = entry.kind is LetterKind.RECEIPT
    message = written(
        to=("" if receipt else plain.get(name.id, ""), to),  # a receipt repeats nothing that was typed
        subject=plain.get(entry.subject.id) or f"Your complaint {ref}",
        body=body,
        message_id=row.message_id,
        at=moment(at),
        reply_to=ours.reply_address(row.file, customer),
        automatic=entry.kind in BY_ITSELF,
        writer=name_of(writer) if is_reply else "",
        answers=_answered(row.file, customer),
        enclosed=[(file, plain.get(file.name.id, "")) for file in entry.files],
    )
    return Outgoing(to, message, "" if receipt else ours.bounce_address(row.id))


def _reminder(row: Owed) -> Outgoing:
    """To a colleague: a promise of theirs falls due. It names the case and the hour, and no customer."""
    person = Staff.objects.filter(id=row.staff, is_active=True).values_list("email", flat=True).first() or ""
    found = db.row(
        'select c.ref, p.due_at from promises p join cases c on c.id = p."case" where p."case" = %s and p.number = %s',
        [row.file, row.number],
    )
    ref, due = found[0], wording.when(moment(found[1]))
    body = f"A promise of yours in {ref} falls due: {due}.\n\n{settings.AMENDS_ADDRESS}/cases/{ref}/\n"
    message = written(
        to=("", person),
        subject=f"{ref}: due {due}",
        body=body,
        message_id=row.message_id,
        at=datetime.now(UTC),
        automatic=True,
    )
    return Outgoing(person, message)


def _entry(file: str, number: int) -> tuple[LetterSent, int, str]:
    """The letter's entry, its moment, and the id of the person who wrote it (empty for the desk itself)."""
    found = db.row("select body, at, author from entries where file = %s and number = %s", [file, number])
    return decode(found[0]), found[1], found[2].partition(":")[2]


def _standing(writer: str, ref: str, file: str, customer: str, update: datetime | None) -> str:
    """What stands under every letter a person writes: who wrote it, reference, next date, page."""
    signed = Staff.objects.filter(id=writer).values_list("signature", flat=True).first()
    lines = [signed or f"{name_of(writer)}, {settings.AMENDS_NAME}", f"Reference: {ref}"]
    if update:
        lines.append(f"You hear from us by {wording.when(update)}.")
    lines.append(f"Your page, with everything we said and promised: {letters.page_link(file, customer)}")
    return "\n\n-- \n" + "\n".join(lines)


def _answered(file: str, customer: str) -> str:
    """The Message-ID of the customer's newest letter in this case, so that their program puts ours beneath it."""
    newest = db.rows(
        "select id from letters where not (file = '') and file = %s and disposition in ('new_case', 'append_to_case')"
        " order by id desc limit 3",
        [file],
    )
    (hashed,) = db.row("select address_hash from customers where id = %s", [customer]) or ("",)
    read = box.readings([letter for (letter,) in newest])
    for (letter,) in newest:
        if letter in read and read[letter].sender and address_hash(read[letter].sender) == hashed:
            return read[letter].message_id
    return ""


# The message itself ----------------------------------------------------------------------------------------------


def written(
    *,
    to: tuple[str, str],
    subject: str,
    body: str,
    message_id: str,
    at: datetime,
    reply_to: str = "",
    automatic: bool = False,
    writer: str = "",
    answers: str = "",
    enclosed: list[tuple[Enclosure, str]] = (),
) -> bytes:
    """A plain text message with its files, as bytes; from `writer` at the company or from the company.

    to        name and address; header values come through one encoder, which refuses line breaks
    answers   the Message-ID it answers
    enclosed  files with their names
    """
    message = EmailMessage(policy=_POLICY)
    sender = f"{writer}, {settings.AMENDS_NAME}" if writer else settings.AMENDS_NAME
    message["From"] = _address(sender, settings.AMENDS_MAIL)
    if to[1]:
        message["To"] = _address(*to)
    message["Subject"] = _one_line(subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["X-Amends-Desk"] = ours.desk_mark()
    if reply_to:
        message["Reply-To"] = reply_to
    if _ID.fullmatch(answers) and "=?" not in answers:
        message["In-Reply-To"] = message["References"] = answers
    if automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(body.encode("utf-8", "replace").decode(), cte=_encoding(body))
    for file, name in enclosed:
        _enclose(message, file, name)
    return _as_bytes(message)


def _enclose(message: EmailMessage, file: Enclosure, name: str) -> None:
    data = files.content(file.content)
    if data is None:
        raise FileNotFoundError(f"the file {name!r} of this letter is gone")
    family, _, form = file.type.partition("/")
    if not form or family in ("multipart", "message"):
        family, form = "application", "octet-stream"
    message.add_attachment(data, maintype=family, subtype=form, filename=_one_line(name) or "attachment")


def _encoding(body: str) -> str:
    """As written where a mail server carries it; lines too long for one are folded and come out whole."""
    longest = max((len(line.encode("utf-8", "replace")) for line in body.split("\n")), default=0)
    return "8bit" if longest < 900 else "quoted-printable"


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    name = _one_line(name)[:LONGEST_NAME]
    return Address(name, local, domain)


def _one_line(value: str) -> str:
    """A header value that stays one: no line break, and nothing that a library would decode into one."""
    plain = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(plain.replace("=?", "= ?").split())


def _as_bytes(message: EmailMessage) -> bytes:
    """The message, if its header holds each of our fields once and no other. Raises ValueError."""
    whole = message.as_bytes()
    head = whole.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    names = [line.partition(":")[0].lower() for line in head.split("\r\n") if line[:1] not in " \t"]
    if sorted(names) != sorted(name.lower() for name in message) or len(set(names)) != len(names):
        raise ValueError("something in this letter would have become a header of its own")
    return whole


def type_of(name: str) -> str:
    """The media type a file's name stands for."""
    import mimetypes

    return mimetypes.guess_type(name)[0] or "application/octet-stream"
