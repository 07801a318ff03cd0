"""One raw message to one frozen Letter: total, linear, and believing nothing that the message says of itself.

A pure function of the bytes: what it makes of a message can be made again, better, by a later version. The parser
is ours (the standard one raises on mail seen in the wild and is quadratic in places): see `fields` for the header
block, `parts` for the tree, `charsets` for text. Whoever calls it on strangers' mail at the door does so in a
child process with limits; what is found inside attachments (TNEF, archives, reports) is read elsewhere, if ever.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

import msgspec

from amends.post import addresses, bodies, charsets, fields, marks, parts, quoting
from amends.post.bodies import Attachment

_TRACE = frozenset(("received", "return-path", "delivered-to", "x-original-to", "authentication-results"))
_IDS = re.compile(r"<([^<>]*+)>")
_LONGEST_ID = 998

__all__ = ["Attachment", "Letter", "identity", "read"]


class Letter(msgspec.Struct, frozen=True):
    """What a message says, cleaned for reading; the raw bytes stay the record."""

    sender: str  # exact address, ASCII letters in lower case; "" when absent or ambiguous
    sender_name: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    date: datetime | None  # aware, as the sender claims; never a clock for deadlines
    message_id: str  # in angle brackets, "" if none
    references: tuple[str, ...]  # ids of In-Reply-To, then References
    text: str
    new_text: str
    html: str
    attachments: tuple[Attachment, ...]
    automatic: str  # "" or why: auto-submitted, auto-reply, null-sender, out-of-office, bulk, list, …
    bounce: bool
    defects: tuple[str, ...]


def read(raw: bytes, *, envelope_from: str | None = None) -> Letter:
    """The letter in a raw message. Never raises; whatever was wrong is said in `defects`.

    envelope_from  the SMTP sender, "" for the null sender, None where the road does not tell
    """
    raw = bytes(raw)
    try:
        return _read(raw, envelope_from)
    except Exception as stumble:  # the last resort of a total function: nothing is lost, and it is said
        return _as_it_came(raw, f"the reader stumbled: {type(stumble).__name__}")


def identity(raw: bytes) -> tuple[str, str]:
    """(Message-ID, SHA-256 in hex) by which a repeated delivery is known.

    The hash covers the message without trace fields and without its kind of line break, since roads differ in both.
    """
    raw = _with_line_feeds(bytes(raw))
    found, _, _ = fields.fields_of(raw, start := fields.start_of_message(raw), len(raw))
    if not found:
        return "", hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()
    message_id, kept, at = "", [], start
    for name, field_start, value_start, field_end in found:
        if name == "message-id" and not message_id:
            message_id = _message_id(fields.unfolded(raw[value_start:field_end]))
        if name in _TRACE or name.startswith("arc-"):
            kept.append(raw[at:field_start])
            at = field_end
    kept.append(raw[at:])
    return message_id, hashlib.sha256(b"".join(kept).replace(b"\r\n", b"\n")).hexdigest()


def _read(raw: bytes, envelope_from: str | None) -> Letter:
    raw = _with_line_feeds(raw)
    start = fields.start_of_message(raw)
    header, stray, body = fields.read_header(raw, start, len(raw))
    defects = list(header.defects)
    if not header:
        defects.append("an empty message" if not raw.strip() else "no header")
        body = 0
    leaves: list[parts.Part] = []
    try:
        leaves, wrong = parts.leaves(raw, header, body)
        defects += wrong
        text, html, attachments = bodies.contents(leaves, defects)
    except parts.TooMuch as limit:
        defects.append(str(limit))
        text, html, attachments = charsets.clean_text(charsets.decode(raw)[0]), "", ()
    if stray:
        text = charsets.clean_text(charsets.decode(b"".join(stray))[0]) + text
    sender, sender_name = _sender(header, defects)
    null_sender = _is_null(header, envelope_from)
    subject = fields.words(header.first("subject"))
    bounce = marks.is_bounce(header, sender or sender_name.lower(), null_sender)
    return Letter(
        sender=sender,
        sender_name=sender_name,
        to=_receivers(header, "to"),
        cc=_receivers(header, "cc"),
        subject=subject,
        date=_date(header, defects),
        message_id=_message_id(header.first("message-id")),
        references=_references(header),
        text=text,
        new_text=quoting.new_words(text),
        html=html,
        attachments=attachments,
        automatic=marks.why_automatic(header, subject, null_sender, leaves) or ("bounce" if bounce else ""),
        bounce=bounce,
        defects=tuple(dict.fromkeys(defects)),
    )


def _as_it_came(raw: bytes, why: str) -> Letter:
    """A letter of nothing but its bytes, for what no reader could read."""
    text = charsets.clean_text(raw.decode("utf-8", "replace"))
    return Letter(
        sender="",
        sender_name="",
        to=(),
        cc=(),
        subject="",
        date=None,
        message_id="",
        references=(),
        text=text,
        new_text=text,
        html="",
        attachments=(),
        automatic="",
        bounce=False,
        defects=(why,),
    )


def _with_line_feeds(raw: bytes) -> bytes:
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _sender(header: fields.Header, defects: list[str]) -> tuple[str, str]:
    """The one author. Several, or one that readers could take for another, are none."""
    values = header.all("from")
    boxes = addresses.read_addresses(values[0]) if len(values) == 1 else ()
    if not values:
        defects.append("no From field")
    elif len(values) > 1:
        defects.append("several From fields: nobody is taken for the author")
    elif not boxes:
        defects.append("an empty From field")
    elif len(boxes) > 1:
        defects.append("several addresses in From: nobody is taken for the author")
    elif not boxes[0].address:
        defects.append("the address in From cannot be read for certain")
        return "", boxes[0].name
    else:
        return boxes[0].address, boxes[0].name
    return "", ""


def _receivers(header: fields.Header, name: str) -> tuple[str, ...]:
    boxes = (box for value in header.all(name) for box in addresses.read_addresses(value))
    return tuple(box.address for box in boxes if box.address)


def _is_null(header: fields.Header, envelope_from: str | None) -> bool:
    if envelope_from is None:
        return header.first("return-path").strip() == "<>"
    return envelope_from.strip() in ("", "<>")


def _date(header: fields.Header, defects: list[str]) -> datetime | None:
    value = header.first("date")
    moment = fields.date_of(value) if value else None
    if moment is None:
        defects.append("a Date that names no moment" if value else "no Date")
    return moment


def _message_id(value: str) -> str:
    found = _IDS.search(value)
    words = (found[1] if found else value).split()
    inner = "".join(words) if found else (words[0].strip("<>") if words else "")
    inner = fields.clean(inner).replace(" ", "")
    return f"<{inner}>" if inner and len(inner) <= _LONGEST_ID else ""


def _references(header: fields.Header) -> tuple[str, ...]:
    values = header.all("in-reply-to") + header.all("references")
    ids = (_message_id(found[0]) for value in values for found in _IDS.finditer(value))
    return tuple(dict.fromkeys(i for i in ids if i))
