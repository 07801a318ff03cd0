"""The parts of a message: an iterative walk over offsets of the raw bytes, with limits on depth and number."""

from __future__ import annotations

import binascii
import re
import unicodedata

from amends.post import fields

DEEPEST = 50
MOST_PARTS = 1000

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}\Z")
_NOT_BASE64 = bytes(b for b in range(256) if not (chr(b).isascii() and (chr(b).isalnum() or chr(b) in "+/=")))
_WRAPPED = ("message/rfc822", "message/global", "message/news")
# Text types that are files to us, not words of the writer.
_FILED_TEXT = (
    "calendar",
    "x-amp-html",
    "rfc822-headers",
    "css",
    "csv",
    "xml",
    "javascript",
    "vcard",
    "x-vcard",
)
_UNSAFE_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NEUTRAL = "attachment"
_LONGEST_NAME = 1000


class TooMuch(Exception):
    """A limit was passed; the sentence says which."""


class Part:
    """One leaf of the tree: its type, its name and where its bytes lie."""

    __slots__ = (
        "alternative",
        "defects",
        "encoding",
        "end",
        "is_file",
        "is_readable",
        "kind",
        "name",
        "params",
        "raw",
        "start",
    )

    def __init__(self, raw: bytes, start: int, end: int, header: fields.Header, default: str, depth: int):
        self.raw, self.start, self.end = raw, start, end
        self.kind, self.params, self.defects = _kind(header, default)
        self.encoding = header.first("content-transfer-encoding").partition(";")[0].strip().lower()
        self.alternative = 0
        disposition, details = "", {}
        if "content-disposition" in header:
            disposition, details, _ = fields.parameters(header.first("content-disposition"))
        self.name = details.get("filename") or self.params.get("name", "")
        self.is_file = disposition == "attachment" or self._reads_as_file(depth)
        self.is_readable = disposition != "attachment" and self.kind in ("text/plain", "text/html")

    def _reads_as_file(self, depth: int) -> bool:
        family, _, form = self.kind.partition("/")
        if family == "text":
            return form in _FILED_TEXT or bool(self.name and depth)
        return self.kind != "message/partial" and family != "multipart"

    def content(self) -> tuple[bytes, str]:
        """The decoded bytes, and what was wrong with their encoding ("" if nothing)."""
        data = self.raw[self.start : self.end]
        if self.encoding == "base64":
            return _from_base64(data)
        if self.encoding == "quoted-printable":
            if not self.is_file:
                data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            return binascii.a2b_qp(data), ""
        known = self.encoding in ("", "7bit", "8bit", "binary")
        return data, "" if known else "unknown transfer encoding"

    def safe_name(self) -> str:
        """A label to show: the last piece of the sender's name, without anything unseen; never a path."""
        name = fields.words(_UNSAFE_NAME.sub("", self.name)) if self.name else ""
        name = unicodedata.normalize("NFC", "".join(c for c in name if unicodedata.category(c) != "Cf"))
        name = name.replace("\\", "/").rpartition("/")[2]
        if name[1:2] == ":":
            name = name[2:]
        name = name.strip().rstrip(". ")[-_LONGEST_NAME:]
        if name:
            return name
        return f"{_NEUTRAL}.eml" if self.kind in _WRAPPED else _NEUTRAL


def leaves(raw: bytes, header: fields.Header, start: int) -> tuple[list[Part], list[str]]:
    """The parts that hold bytes, in order, and what was wrong. Raises TooMuch when a limit is passed.

    A message inside the message is one leaf; it is looked into only to hold the limits there too.
    """
    found: list[Part] = []
    defects: list[str] = []
    alternatives = seen = 0
    stack = [(header, start, len(raw), 0, 0, "text/plain", True)]
    while stack:
        header, start, end, depth, group, default, ours = stack.pop()
        seen += 1
        if depth > DEEPEST:
            raise TooMuch(f"nested deeper than {DEEPEST}; shown as it came")
        if seen > MOST_PARTS:
            raise TooMuch(f"more than {MOST_PARTS} parts; shown as it came")
        part = Part(raw, start, end, header, default, depth)
        part.alternative = group
        family, _, form = part.kind.partition("/")
        if family == "multipart":
            boundary = part.params.get("boundary", "").rstrip().encode("utf-8", "replace")
            spans, epilogue, closed = _split(raw, start, end, boundary) if boundary else ([], end, False)
            if spans:
                if form == "alternative":
                    alternatives += 1
                    group = alternatives
                if not closed and ours:
                    defects.append("the message ends before its last part does")
                if ours:
                    defects += part.defects
                if raw[epilogue:end].strip():
                    stack.append((fields.Header([], []), epilogue, end, depth, 0, "text/plain", ours))
                    defects += ["text after the last part"] if ours else []
                inner = "message/rfc822" if form == "digest" else "text/plain"
                stack += reversed([(*_opened(raw, a, b), b, depth + 1, group, inner, ours) for a, b in spans])
                continue
            defects.append("a multipart without parts")
            part = _plain(raw, start, end, depth)
        elif part.kind in _WRAPPED and part.encoding not in ("base64", "quoted-printable"):
            stack.append((*_opened(raw, start, end), end, depth + 1, 0, "text/plain", False))
        if ours:
            found.append(part)
            defects += part.defects
    return found, defects


def _plain(raw: bytes, start: int, end: int, depth: int) -> Part:
    return Part(raw, start, end, fields.Header([], []), "text/plain", depth)


def _opened(raw: bytes, start: int, end: int) -> tuple[fields.Header, int]:
    header, _, body = fields.read_header(raw, start, end)
    return header, body


def _kind(header: fields.Header, default: str) -> tuple[str, dict[str, str], list[str]]:
    if "content-type" not in header:
        return default, {}, []
    kind, params, doubled = fields.parameters(header.first("content-type"))
    defects = ["two values for one Content-Type parameter; the first counts"] if doubled else []
    if len(header.all("content-type")) > 1:
        defects.append("two Content-Type fields; the first counts")
    if not _TYPE.match(kind):
        if kind != "text":
            defects.append("unreadable Content-Type")
        kind = "text/plain"
    return kind, params, defects


def _split(raw: bytes, start: int, end: int, boundary: bytes) -> tuple[list[tuple[int, int]], int, bool]:
    """Spans of the parts between the delimiter lines, where the epilogue starts, whether the end was marked."""
    mark = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened, at = -1, start
    while (at := raw.find(mark, at, end)) >= 0:
        after = at + len(mark)
        if at > start and raw[at - 1] not in b"\r\n":
            at = after
            continue
        line_end = raw.find(b"\n", after, end)
        line_end = end if line_end < 0 else line_end
        rest = raw[after : min(line_end, after + 200)]
        closing = rest[:2] == b"--"
        if rest.strip() and not closing:
            at = after  # another boundary that begins like ours
            continue
        if opened >= 0:
            spans.append((opened, max(opened, _before_break(raw, at))))
        opened = at = min(line_end + 1, end)
        if len(spans) > MOST_PARTS:
            return spans, end, True
        if closing:
            return spans, (after + 2 if rest[2:].strip() else opened), True
    if opened >= 0:
        spans.append((opened, end))
    return spans, end, False


def _before_break(raw: bytes, at: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if raw[at - 1 : at] == b"\n":
        at -= 1
    return at - 1 if raw[at - 1 : at] == b"\r" else at


def _from_base64(data: bytes) -> tuple[bytes, str]:
    """Lenient base64: junk is skipped, padding in the middle starts a new run, a torn end is said."""
    clean = data.translate(None, _NOT_BASE64)
    torn = False
    out = []
    for run in clean.split(b"="):
        if len(run) % 4 == 1:
            run, torn = run[:-1], True
        out.append(binascii.a2b_base64(run + b"=" * (-len(run) % 4)))
    short = len(clean) % 4 != 0
    return b"".join(out), "a part in base64 is cut short" if torn or short else ""
