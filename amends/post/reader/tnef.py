"""What Outlook packs into winmail.dat (TNEF): the files inside, and the words; total, linear and bounded.

Three layers of [MS-OXTNEF] and its neighbours: a row of attributes, the MAPI properties some of them hold, and for
the words compressed RTF ([MS-OXRTFCP]), which may wrap the HTML it was made from ([MS-OXRTFEX]).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec

from amends.post.reader import charsets, fields, htmltext, rtf

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_ATTRIBUTES = 10_000
MOST_PROPERTIES = 100_000
MOST_FILES = 500
DEEPEST = 5
LONGEST_RTF = 2_000_000  # bytes; nobody types more, and unpacking it would only cost time

_SUBJECT, _BODY, _CODEPAGE, _MESSAGE, _MESSAGE_PROPERTIES = 0x8004, 0x800C, 0x9007, 1, 0x9003
_NEW_FILE, _TITLE, _DATA, _FILE_NAME, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9001, 0x9005
# MAPI properties by number.
_P_SUBJECT, _P_SENT, _P_SENDER, _P_ADDRESS, _P_SMTP = 0x0037, 0x0039, 0x0C1A, 0x0C1F, 0x5D01
_P_BODY, _P_RTF, _P_HTML, _P_WEB_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_P_LABEL, _P_FILE, _P_EXTENSION, _P_SHORT_NAME, _P_LONG_NAME = 0x3001, 0x3701, 0x3703, 0x3704, 0x3707
_P_MIME, _P_CID, _P_FLAGS = 0x370E, 0x3712, 0x3714
_SHOWN_IN_HTML = 4
_TEXT8, _TEXT16, _OBJECT, _BINARY, _MANY = 0x1E, 0x1F, 0x0D, 0x0102, 0x1000
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_I_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
_NAMED = 0x8000

_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "txt": "text/plain",
    "csv": "text/csv",
    "htm": "text/html",
    "html": "text/html",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "eml": "message/rfc822",
    "ics": "text/calendar",
    "vcf": "text/vcard",
}


class Packed(msgspec.Struct, frozen=True):
    """A file out of a TNEF. `name`, `type` and `cid` are the sender's words, not yet made safe to show."""

    name: str
    type: str
    data: bytes
    cid: str = ""
    inline: bool = False


class Tnef(msgspec.Struct, frozen=True):
    """What a TNEF holds. `torn` says why not all of it could be read, "" when all could."""

    text: str
    html: str
    files: tuple[Packed, ...]
    torn: str = ""


class _Torn(Exception):
    """The bytes end, or say what cannot be; the sentence says which."""


class _Purse:
    """How much may still be read, for a TNEF and all those inside it together."""

    def __init__(self, size: int):
        self.attributes, self.properties, self.files = MOST_ATTRIBUTES, MOST_PROPERTIES, MOST_FILES
        self.rtf = min(LONGEST_RTF, 4 * size + 1_000_000)

    def spend(self, what: str) -> None:
        left = getattr(self, what) - 1
        if left < 0:
            raise _Torn(f"it holds more {what} than we read")
        setattr(self, what, left)


class _Bundle:
    """What is known of the message, or of one of its files, before it is put together."""

    def __init__(self) -> None:
        self.plain: dict[int, bytes] = {}
        self.properties: dict[int, tuple[int, bytes]] = {}

    def number(self, wanted: int) -> int:
        return int.from_bytes(self.properties.get(wanted, (0, b""))[1][:4], "little")

    def string(self, wanted: int, charset: str) -> str:
        kind, data = self.properties.get(wanted, (0, b""))
        return _string(data, "utf-16le" if kind == _TEXT16 else charset) if data else ""


def read(data: bytes) -> Tnef:
    """The files and the words in a TNEF. Never raises; what was read before a tear is given, and `torn` says so."""
    return _read(data, 0, _Purse(len(data)))[0]


def _read(data: bytes, depth: int, purse: _Purse) -> tuple[Tnef, _Bundle, str]:
    """The contents, what is known of the message itself, and the charset of its 8 bit strings."""
    message, bundles, torn = _Bundle(), [], []
    try:
        for level, number, value in _attributes(data, purse):
            if level == _MESSAGE:
                held = message
            elif number == _NEW_FILE or not bundles:
                purse.spend("files")
                bundles.append(held := _Bundle())
            else:
                held = bundles[-1]
            if number in (_MESSAGE_PROPERTIES, _FILE_PROPERTIES):
                _gather(value, held.properties, purse, torn)
            else:
                held.plain.setdefault(number, value)
    except _Torn as tear:
        torn.append(str(tear))
    charset = (
        charsets.of_codepage(int.from_bytes(message.plain.get(_CODEPAGE, b"")[:4], "little")) or "cp1252"
    )
    text, html = _words(message, charset, purse, torn)
    files: list[Packed] = []
    for bundle in bundles:
        files += _files(bundle, charset, depth, purse, torn)
    return Tnef(text, html, tuple(files), torn[0] if torn else ""), message, charset


def _attributes(data: bytes, purse: _Purse) -> Iterator[tuple[int, int, bytes]]:
    """(level, number, value) of each attribute; the checksums are left alone, since many writers get them wrong."""
    if not data.startswith(SIGNATURE):
        raise _Torn("it does not begin as TNEF")
    at = 6
    while at < len(data):
        purse.spend("attributes")
        level = data[at]
        start = at + 9
        length = int.from_bytes(data[at + 5 : start], "little")
        if level not in (1, 2):
            if not data[at:].strip(b"\0\r\n"):
                return
            raise _Torn("an attribute belongs to nothing")
        if start > len(data) or length > len(data) - start:
            raise _Torn("it is cut short")
        yield level, int.from_bytes(data[at + 1 : at + 3], "little"), data[start : start + length]
        at = start + length + 2


def _gather(data: bytes, into: dict[int, tuple[int, bytes]], purse: _Purse, torn: list[str]) -> None:
    try:
        for number, kind, value in _properties(data, purse):
            into.setdefault(number, (kind, value))
    except _Torn as tear:
        torn.append(str(tear))


def _properties(data: bytes, purse: _Purse) -> Iterator[tuple[int, int, bytes]]:
    """(number, type, first value) of each MAPI property."""
    count, at = _number(data, 0), 4
    for _ in range(count):
        purse.spend("properties")
        tag = _number(data, at)
        kind, number = tag & 0xFFFF, tag >> 16
        at += 4
        if number >= _NAMED:
            at = _after_name(data, at)
        several = kind & _MANY
        kind &= ~_MANY
        size = _SIZES.get(kind)
        if size is None:
            value, at = _long_values(data, at, kind, purse)
        else:
            values = 1
            if several:
                values, at = _number(data, at), at + 4
            value, at = data[at : at + size], at + size * values
        if at > len(data) + 3:  # the padding of the last value may be left out
            raise _Torn("a property is cut short")
        yield number, kind, value


def _after_name(data: bytes, at: int) -> int:
    """Past the name of a property that has one: a family, and a number or some characters."""
    at += 16
    characters = _number(data, at)
    length = _number(data, at + 4)
    return at + 8 + (_padded(length) if characters else 0)


def _long_values(data: bytes, at: int, kind: int, purse: _Purse) -> tuple[bytes, int]:
    if kind not in (_TEXT8, _TEXT16, _OBJECT, _BINARY):
        raise _Torn("a property is of no known type")
    count, at = _number(data, at), at + 4
    first = b""
    for n in range(count):
        purse.spend("properties")
        length = _number(data, at)
        at += 4
        if length > len(data) - at:
            raise _Torn("a property is cut short")
        first = first if n else data[at : at + length]
        at += _padded(length)
    return first, at


def _number(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise _Torn("a property is cut short")
    return int.from_bytes(data[at : at + 4], "little")


def _padded(length: int) -> int:
    return length + (-length % 4)


def _string(data: bytes, charset: str) -> str:
    if charset == "utf-16le":
        return data.decode("utf-16-le", "replace").partition("\0")[0]
    return charsets.decode(data.partition(b"\0")[0], charset)[0]


def _files(bundle: _Bundle, charset: str, depth: int, purse: _Purse, torn: list[str]) -> list[Packed]:
    kind, value = bundle.properties.get(_P_FILE, (0, b""))
    if kind == _OBJECT:
        iid, value = value[:16], value[16:]
        if iid == _I_MESSAGE and depth < DEEPEST and value.startswith(SIGNATURE):
            return _letter(value, _name(bundle, charset), depth, purse, torn)
    data = bundle.plain.get(_DATA) or value
    name = _name(bundle, charset)
    if not (data or name):
        return []
    return [
        Packed(
            name=name,
            type=type_of(bundle.string(_P_MIME, charset), name),
            data=data,
            cid=bundle.string(_P_CID, charset),
            inline=bool(bundle.number(_P_FLAGS) & _SHOWN_IN_HTML),
        )
    ]


def _name(bundle: _Bundle, charset: str) -> str:
    for wanted in (_P_LONG_NAME, _P_LABEL, _P_SHORT_NAME):
        if found := bundle.string(wanted, charset).strip():
            extension = bundle.string(_P_EXTENSION, charset).strip()
            whole = wanted != _P_LABEL or found.lower().endswith(extension.lower())
            return found if whole else found + extension
    for wanted in (_FILE_NAME, _TITLE):
        if found := _string(bundle.plain.get(wanted, b""), charset).strip():
            return found
    return ""


def type_of(said: str, name: str) -> str:
    """The media type somebody gives a file, or the usual one for the end of its name."""
    return said.strip() or _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _letter(data: bytes, name: str, depth: int, purse: _Purse, torn: list[str]) -> list[Packed]:
    """A message inside the TNEF: its words as a small letter of our making, then its own files."""
    inner, message, charset = _read(data, depth + 1, purse)
    if inner.torn:
        torn.append(inner.torn)
    subject = message.string(_P_SUBJECT, charset) or _string(message.plain.get(_SUBJECT, b""), charset)
    address = message.string(_P_SMTP, charset) or message.string(_P_ADDRESS, charset)
    sender = message.string(_P_SENDER, charset).replace('"', "'")
    lines = [
        f'From: "{fields.clean(sender)}" <{fields.clean(address)}>' if sender or address else "",
        f"Subject: {fields.clean(subject)}",
        _date_line(message.properties.get(_P_SENT, (0, b""))[1]),
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit",
    ]
    words = charsets.clean_text(inner.text or htmltext.readable(inner.html))
    letter = "\n".join(line for line in lines if line) + f"\n\n{words}\n"
    label = (name or fields.clean(subject) or "message").replace("/", "-")
    label = label if label.lower().endswith((".eml", ".msg")) else f"{label}.eml"
    return [Packed(label, "message/rfc822", letter.encode("utf-8", "replace")), *inner.files]


def _date_line(ticks: bytes) -> str:
    """A Date field for a count of 100 nanoseconds since 1601."""
    count = int.from_bytes(ticks[:8], "little")
    try:
        moment = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=count // 10)
    except OverflowError:
        return ""
    return f"Date: {format_datetime(moment)}" if count else ""


# The words


def _words(message: _Bundle, charset: str, purse: _Purse, torn: list[str]) -> tuple[str, str]:
    """The body as plain text and as HTML, each "" when there is none; RTF is read only where both are missing."""
    text = message.string(_P_BODY, charset) or _string(message.plain.get(_BODY, b""), charset)
    kind, page = message.properties.get(_P_HTML, (0, b""))
    if kind in (_TEXT8, _TEXT16):
        html = message.string(_P_HTML, charset)
    else:
        html = charsets.decode(page, charsets.of_codepage(message.number(_P_WEB_CODEPAGE)))[0]
    packed = message.properties.get(_P_RTF, (0, b""))[1]
    if packed and not text.strip() and not html.strip():
        packed_rtf, whole = rtf.unpacked(packed, purse.rtf)
        purse.rtf -= len(packed_rtf)
        if not whole:
            torn.append("its words are cut short")
        return rtf.words(packed_rtf, charset)
    return text, html
