"""The header block of a message: fields, their words and their parameters; total and linear on any bytes."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote_to_bytes

from amends.post.reader import charsets

MOST_FIELDS = 1000
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_LINE = re.compile(rb"[^\n]*+(?:\n[ \t][^\n]*+)*+(?:\n|\Z)")
_MBOX = re.compile(rb">?From [^\n]*\n")
_LOOK_AHEAD = 3

# A question mark inside a quoted word is forbidden and often there.
_WORD = re.compile(
    r"=\?([^?*\s]{1,64})(?:\*[^?\s]{0,40})?\?(?:([bBqQ])\?([^?]*+)|([qQ])\?((?:[^?]|\?(?!=)){0,200}))\?="
)
# Controls, line and paragraph separators, and the marks that turn the writing direction around.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")

_PARAMETER = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+("(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[^;]*+)', re.DOTALL)
_GLUED = re.compile(r'[\s"]*+([^\s=;,"]*?)[\s,"]*+([^\s=;,"]++\s*+=)')
_COMMENTED = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[()]|[^"()]++', re.DOTALL)
# Only what had to be escaped: old programs write a path with its bare backslashes.
_ESCAPED = re.compile(r'\\(["\\])')
_CONTINUED = re.compile(r"([^*]+)\*(\d{1,3})(\*?)\Z")

_DATE = re.compile(
    r"\s*(?:[^\W\d]{2,12}\.?,?\s{1,9})?(\d{1,2})[\s-]{1,9}([A-Za-z]{3})[a-z]{0,8}[\s-]{1,9}(\d{4}|\d\d)\s{1,9}"
    r"(\d{1,2}):(\d\d)(?::(\d\d))?\s{0,9}(?:([+-]\d{3,4})(?!\d)|([A-Za-z]{1,5})\b)?"
)
_YEAR = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTHS = {_YEAR[i : i + 3]: i // 3 + 1 for i in range(0, 36, 3)}
_ZONES = {
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "z": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
}
_ZONES |= {"pst": -8, "pdt": -7, "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3}


class Header:
    """The fields of one header block, in order, by lower-case name."""

    __slots__ = ("_by_name", "charset", "defects")

    def __init__(self, fields: list[tuple[str, bytes]], defects: list[str]):
        self._by_name: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._by_name.setdefault(name, []).append(value)
        self.defects = defects
        self.charset = ""  # what 8 bit words in the fields may be in, where they are not UTF-8

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def all(self, name: str) -> list[str]:
        return [unfolded(v, self.charset) for v in self._by_name.get(name, ())]

    def first(self, name: str) -> str:
        values = self._by_name.get(name)
        return unfolded(values[0], self.charset) if values else ""


def fields_of(
    raw: bytes, start: int, end: int
) -> tuple[list[tuple[str, int, int, int]], list[tuple[int, int]], int]:
    """(name, field start, value start, field end) of every field; stray lines; where the body starts.

    A line that is no field is stray when a field follows soon after; otherwise the body has begun.
    """
    fields: list[tuple[str, int, int, int]] = []
    stray: list[tuple[int, int]] = []
    at = start
    while at < end:
        if raw[at] in b"\r\n" and (raw[at] == 10 or raw.startswith(b"\r\n", at)):
            return fields, stray, at + (1 if raw[at] == 10 else 2)
        found = _FIELD.match(raw, at, end)
        if found:
            fields.append((found[1].decode("ascii").lower(), at, found.start(2), found.end()))
            at = found.end()
            continue
        line_end = _LINE.match(raw, at, end).end()
        if not _field_follows(raw, line_end, end):
            return fields, stray, at
        stray.append((at, line_end))
        at = line_end
    return fields, stray, end


def read_header(raw: bytes, start: int, end: int) -> tuple[Header, list[bytes], int]:
    """The header between two offsets, the stray lines in it, and the offset of the body."""
    found, lines, body = fields_of(raw, start, end)
    defects = []
    if len(found) > MOST_FIELDS:
        defects.append(f"more than {MOST_FIELDS} header fields; the rest is not read")
        del found[MOST_FIELDS:]
    lines = [(a, b) for a, b in lines if raw[a:b].strip()]
    if lines:
        defects.append("a header line that is no field")
    values = [(name, raw[value_start:field_end]) for name, _, value_start, field_end in found]
    return Header(values, defects), [raw[a:b] for a, b in lines], body


def start_of_message(raw: bytes) -> int:
    """Offset of the first header line, past a byte order mark and an mbox "From " line."""
    at = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    envelope = _MBOX.match(raw, at)
    return envelope.end() if envelope else at


def unfolded(value: bytes, charset: str = "") -> str:
    """A raw field value as one line of text; encoded words are still encoded."""
    if b"\n" in value:
        value = value.replace(b"\r\n", b"").replace(b"\n", b"")
    text = value.decode("ascii") if value.isascii() else charsets.decode_bare(value, charset)
    return text.strip(" \t\r")


def words(value: str) -> str:
    """A field value for reading: encoded words decoded once, white space evened, nothing unseen left in it."""
    if "=?" in value:
        value = _decoded_words(value)
    return clean(value)


def clean(value: str) -> str:
    """One line without control characters or direction overrides."""
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    return " ".join(_UNSEEN.sub("", _BREAKS.sub(" ", value)).split())


def parameters(value: str) -> tuple[str, dict[str, str], bool]:
    """(main value in lower case, parameters, whether any was given twice) of a Content-Type or -Disposition.

    The first of two equal parameters counts. RFC 2231 pieces are put together; charsets come from our list.
    """
    if "(" in value:
        value = _without_comments(value)
    main = value.partition(";")[0].strip(' \t"').lower()
    if "=" in main and (glued := _GLUED.match(value)):
        # The semicolon is missing: "multipart/mixed boundary=x", or "filename=x" and nothing before it.
        main, value = glued[1].lower(), ";" + value[glued.start(2) :]
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    doubled = False
    for found in _PARAMETER.finditer(value):
        name, content = found[1].lower(), _unquoted(found[2])
        part = _CONTINUED.match(name)
        if part:
            pieces.setdefault(part[1], {}).setdefault(int(part[2]), (content, bool(part[3])))
        else:
            doubled = doubled or name in plain
            plain.setdefault(name, content)
    return main, _joined(plain, pieces), doubled


def date_of(value: str) -> datetime | None:
    """The moment a Date field names, with the sender's offset; None if it names none that exists.

    A date without a readable zone is taken as UTC.
    """
    found = _DATE.match(value[:120])
    if not found or found[2].lower() not in _MONTHS:
        return None
    year = int(found[3])
    year += 0 if year > 99 else 2000 if year < 50 else 1900
    try:
        zone = timezone(_offset(found[7], found[8]))
        clock = int(found[4]), int(found[5]), min(int(found[6] or 0), 59)
        moment = datetime(year, _MONTHS[found[2].lower()], int(found[1]), *clock, tzinfo=zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _offset(digits: str | None, name: str | None) -> timedelta:
    if digits:
        sign = -1 if digits[0] == "-" else 1
        return sign * timedelta(hours=int(digits[1:-2]), minutes=int(digits[-2:]))
    return timedelta(hours=_ZONES.get((name or "").lower(), 0))


def _field_follows(raw: bytes, at: int, end: int) -> bool:
    for _ in range(_LOOK_AHEAD):
        if at >= end or raw[at] == 10 or raw.startswith(b"\r\n", at):
            return False
        if _FIELD.match(raw, at, end):
            return True
        at = _LINE.match(raw, at, end).end()
    return False


def _decoded_words(value: str) -> str:
    """Encoded words of one charset that stand side by side are one text: a character may be split between them."""
    out: list[str] = []
    held, charset, at = bytearray(), "", 0
    for found in _WORD.finditer(value):
        gap = value[at : found.start()]
        data = _word_bytes(found) if charsets.is_known(found[1]) else None
        if held and (gap.strip() or data is None or found[1].lower() != charset):
            out.append(charsets.decode(bytes(held), charset)[0])
            held = bytearray()
        if not (at and not gap.strip() and data is not None and charset):
            out.append(gap)
        charset = found[1].lower() if data is not None else ""
        if data is None:
            out.append(found[0])
        else:
            held += data
        at = found.end()
    if held:
        out.append(charsets.decode(bytes(held), charset)[0])
    out.append(value[at:])
    return "".join(out)


def _word_bytes(found: re.Match[str]) -> bytes | None:
    content = (found[3] if found[2] else found[5]).encode("utf-8", "replace")
    if (found[2] or found[4]) in "qQ":
        return binascii.a2b_qp(content.replace(b"_", b" ").replace(b"\r", b""), header=False)
    content = b"".join(content.split()).rstrip(b"=")
    content = content[:-1] if len(content) % 4 == 1 else content
    try:
        return binascii.a2b_base64(content + b"=" * (-len(content) % 4), strict_mode=True)
    except binascii.Error:
        return None


def _without_comments(value: str) -> str:
    out, depth = [], 0
    for found in _COMMENTED.finditer(value):
        token = found[0]
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(token)
    return "".join(out)


def _unquoted(value: str) -> str:
    value = value.strip()
    if value[:1] != '"':
        return value
    inner = value[1:-1] if len(value) > 1 and value[-1] == '"' else value[1:]
    return _ESCAPED.sub(r"\1", inner) if "\\" in inner else inner


def _joined(plain: dict[str, str], pieces: dict[str, dict[int, tuple[str, bool]]]) -> dict[str, str]:
    """Plain parameters, overridden by their RFC 2231 forms; the result is not yet fit to be shown."""
    out = {name: content for name, content in plain.items() if not name.endswith("*")}
    for name, parts in pieces.items():
        data, charset, n = bytearray(), "", 0
        while n in parts:
            content, coded = parts[n]
            if coded and n == 0 and content.count("'") >= 2:
                charset, _, content = content.split("'", 2)
            data += unquote_to_bytes(content) if coded else content.encode("utf-8", "replace")
            n += 1
        if n:
            out[name] = charsets.decode(bytes(data), charset)[0]
    for name, content in plain.items():
        if name.endswith("*") and len(name) > 1:
            charset, _, coded = content.split("'", 2) if content.count("'") >= 2 else ("", "", content)
            out[name[:-1]] = charsets.decode(unquote_to_bytes(coded), charset)[0]
    return out
