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

from amends.post.reader import addresses, bodies, charsets, fields, marks, parts, quoting, trace
from amends.post.reader.bodies import Attachment
from amends.post.reader.reports import Report, read_report
from amends.post.reader.trace import Trace
from amends.rules.belonging import Origin

_TRACE = frozenset(("received", "return-path", "delivered-to", "x-original-to", "authentication-results"))
_IDS = re.compile(r"<([^<>]*+)>")
_CODED_ADDRESS = re.compile(r"\?=[^\s<>]{0,320}@")  # an encoded word inside an address: forbidden, and a trap
_IN_COMMENT = re.compile(r"\([^()]{0,500}[@<]")
_LONGEST_FROM = 1000
_LONGEST_ID = 998

__all__ = ["Attachment", "Letter", "as_it_came", "identity", "read", "read_with_files"]


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
    origin: Origin = Origin.FROM  # whether From names one author for certain
    reply_to: tuple[str, ...] = ()
    trace: Trace = Trace()
    is_letter: bool = True  # False for blank or binary bytes
    written: str = ""  # the From fields as they stand, where they name no author for certain
    over_limit: bool = False  # nested too deep or of too many parts: shown as it came
    reports: tuple[Report, ...] = ()  # of a bounce, a read receipt or an abuse report, address by address
    returned: str = ""  # the Message-ID of our letter that such a report is about


def read(raw: bytes, *, envelope_from: str | None = None) -> Letter:
    """The letter in a raw message. Never raises; whatever was wrong is said in `defects`.

    envelope_from  the SMTP sender, "" for the null sender, None where the road does not tell
    """
    return read_with_files(raw, envelope_from=envelope_from)[0]


def read_with_files(raw: bytes, *, envelope_from: str | None = None) -> tuple[Letter, tuple[bytes, ...]]:
    """The letter as `read` gives it, and the decoded bytes of each of its attachments in the same order."""
    raw = bytes(raw)
    try:
        return _read(raw, envelope_from)
    except Exception as stumble:  # the last resort of a total function: nothing is lost, and it is said
        return as_it_came(raw, f"the reader stumbled: {type(stumble).__name__}"), ()


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


def _read(raw: bytes, envelope_from: str | None) -> tuple[Letter, tuple[bytes, ...]]:
    raw = _with_line_feeds(raw)
    start = fields.start_of_message(raw)
    header, stray, body = fields.read_header(raw, start, len(raw))
    defects = list(header.defects)
    over_limit = False
    if not header:
        defects.append("an empty message" if not raw.strip() else "no header")
        body = 0
    if header and body >= len(raw) and raw[-1:] not in (b"\n", b"\r"):
        defects.append("the message ends within its header")
    leaves: list[parts.Part] = []
    try:
        leaves, wrong = parts.leaves(raw, header, body)
        defects += wrong
        header.charset = next((c for part in leaves if (c := part.params.get("charset", ""))), "")
        held = bodies.contents(leaves, defects)
    except parts.TooMuch as limit:
        defects.append(str(limit))
        over_limit = True
        held = bodies.Contents(charsets.clean_text(charsets.decode(raw)[0]), "")
    text = held.text
    if stray:
        text = charsets.clean_text(charsets.decode(b"".join(stray))[0]) + text
    sender, sender_name, origin = _sender(header, defects)
    null_sender = _is_null(header, envelope_from)
    subject = fields.words(header.first("subject"))
    seen = marks.Seen(header, sender, sender_name, subject, null_sender, leaves, text)
    bounce, automatic = marks.is_bounce(seen), marks.why_automatic(seen)
    told, returned = read_report("bounce" if bounce else automatic, header, leaves, text)
    letter = Letter(
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
        html=held.html,
        attachments=held.attachments,
        automatic=automatic or ("bounce" if bounce else ""),
        bounce=bounce,
        defects=tuple(dict.fromkeys(defects)),
        reports=told,
        returned=returned,
        origin=origin,
        reply_to=_receivers(header, "reply-to"),
        trace=trace.read(raw, start, header),
        is_letter=bool(header) or _is_text(raw),
        over_limit=over_limit,
        written="" if origin is Origin.FROM else "; ".join(fields.words(v) for v in header.all("from"))[:300],
    )
    return letter, held.data


def _is_text(raw: bytes) -> bool:
    """Whether bytes without a header are somebody's words: not blank, not binary, not another charset's zeros."""
    words = raw.strip()
    if not words or b"\0" in words:
        return False
    readable = words.decode("utf-8", "replace")
    return readable.count("\ufffd") * 10 < len(readable)


def as_it_came(raw: bytes, why: str) -> Letter:
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
        origin=Origin.ENVELOPE,
    )


def _with_line_feeds(raw: bytes) -> bytes:
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _sender(header: fields.Header, defects: list[str]) -> tuple[str, str, Origin]:
    """The one author: address, name, and how certain. Several, or one that could be taken for another, are none."""
    values = header.all("from")
    boxes = addresses.read_addresses(values[0]) if len(values) == 1 else ()
    if len(values) > 1:
        defects.append("several From fields: nobody is taken for the author")
        return "", "", Origin.CONTRADICTORY
    if len(boxes) > 1:
        defects.append("several addresses in From: nobody is taken for the author")
        return "", "", Origin.CONTRADICTORY
    if not boxes or values[0].strip() == "<>":
        defects.append("an empty From field" if values else "no From field")
        return "", "", Origin.ENVELOPE
    if not boxes[0].address:
        defects.append("the address in From cannot be read for certain")
        coded = _CODED_ADDRESS.search(values[0])
        return "", boxes[0].name, Origin.CONTRADICTORY if coded else Origin.UNREADABLE
    return (
        boxes[0].address,
        boxes[0].name,
        Origin.ODD if _is_odd(values[0], boxes[0].address) else Origin.FROM,
    )


def _is_odd(value: str, address: str) -> bool:
    """Whether other programs might read another address: no domain, a final dot, one in a comment, a monster."""
    domain = address.rpartition("@")[2] if "@" in address else ""
    written = value.rstrip(" >")
    commented = f"<{address}" not in value.lower() and bool(_IN_COMMENT.search(value))
    return not domain or written.endswith(".") or commented or len(value) > _LONGEST_FROM


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
