"""The parts of a message: an iterative walk over offsets of the raw bytes, with limits on depth and number."""

from __future__ import annotations

import binascii
import re
import unicodedata
from urllib.parse import unquote

from amends.post.reader import fields

DEEPEST = 50
MOST_PARTS = 1000

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}\Z")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(b for b in range(256) if not (chr(b).isascii() and (chr(b).isalnum() or chr(b) in "+/=")))
_BASE64_ENDS = re.compile(rb"=[ \t]*+\r?\n|\n[ \t]*+\r?\n")
_LOCATED = re.compile(r"[^?#<>:*|\"]{1,200}\.\w{1,8}\Z")
_UU_BEGINS = re.compile(rb"(?:\A|\n)begin [0-7]{3,4}(?: ([^\r\n]{0,500}))?\r?\n")
_UU_ENDS = re.compile(rb"(?:`?[ \t]*+\r?\n)?end[ \t]*+(?:\r?\n|\Z)")
_A_DELIMITER = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*+\r?\ncontent-[a-z-]{2,40}:", re.IGNORECASE)
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
_LONGEST_CID = 200
_GUESSED_WITHIN = 20_000


class TooMuch(Exception):
    """A limit was passed; the sentence says which."""


class Part:
    """One leaf of the tree: its type, its name and where its bytes lie."""

    __slots__ = (
        "alternative",
        "cid",
        "defects",
        "encoding",
        "end",
        "is_file",
        "is_inline",
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
        self.encoding = _encoding(header.first("content-transfer-encoding"))
        self.alternative = 0
        disposition, details = "", {}
        if "content-disposition" in header:
            disposition, details, _ = fields.parameters(header.first("content-disposition"))
        self.name = details.get("filename") or self.params.get("name", "")
        self.cid = safe_cid(header.first("content-id"))
        self.is_inline = disposition == "inline"
        self.is_file = disposition == "attachment" or self._reads_as_file(depth)
        if self.is_file and not self.name.strip():
            self.name = _located(header.first("content-location"))
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
            return _from_base64(data, goes_on=not self.is_file)
        if self.encoding in ("uuencode", "xuuencode", "xuue", "uue"):
            found = uuencoded(data, 0)
            return (found[1], "") if found else (data, "uuencoded, but not so that it can be read")
        if self.encoding == "quotedprintable":
            if not self.is_file:
                data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            return binascii.a2b_qp(data), ""
        known = self.encoding in ("", "7bit", "8bit", "7bits", "8bits", "binary")
        return data, "" if known else "unknown transfer encoding"


def _encoding(value: str) -> str:
    """The name of a transfer encoding without what writers get wrong in it: case, spaces and dashes."""
    return "".join(c for c in value.partition(";")[0].lower()[:80] if c.isalnum())


def _located(value: str) -> str:
    """The file name at the end of a Content-Location, if one stands there."""
    name = unquote(value.strip('"<> ')).replace("\\", "/").rpartition("/")[2]
    return name if _LOCATED.match(name) else ""


def safe_name(name: str, kind: str) -> str:
    """A label to show: the last piece of the sender's name, without anything unseen; never a path."""
    name = fields.words(_UNSAFE_NAME.sub("", name)) if name else ""
    name = unicodedata.normalize("NFC", "".join(c for c in name if unicodedata.category(c) != "Cf"))
    name = name.replace("\\", "/").rpartition("/")[2]
    if name[1:2] == ":":
        name = name[2:]
    name = name.strip().rstrip(". ")[-_LONGEST_NAME:]
    if name:
        return name
    return f"{_NEUTRAL}.eml" if kind in _WRAPPED else _NEUTRAL


def safe_cid(value: str) -> str:
    """A Content-ID on one line and without its angle brackets."""
    return fields.clean(value).strip("<> ")[:_LONGEST_CID]


def safe_type(value: str) -> str:
    """A media type as written, or the neutral one where what stands there is none."""
    value = value.strip().lower()
    return value if _TYPE.match(value) else "application/octet-stream"


def leaves(raw: bytes, header: fields.Header, start: int) -> tuple[list[Part], list[str]]:
    """The parts that hold bytes, in order, and what was wrong. Raises TooMuch when a limit is passed.

    A message inside the message is one leaf; it is looked into only to hold the limits there too.
    """
    leaf_parts: list[Part] = []
    defects: list[str] = []
    charset = ""
    alternatives = seen = 0
    stack = [(header, start, len(raw), 0, 0, "text/plain", True)]
    while stack:
        header, start, end, depth, group, default, ours = stack.pop()
        seen += 1
        if depth > DEEPEST:
            raise TooMuch(f"nested deeper than {DEEPEST}; shown as it came")
        if seen > MOST_PARTS:
            raise TooMuch(f"more than {MOST_PARTS} parts; shown as it came")
        header.charset = charset
        part = Part(raw, start, end, header, default, depth)
        part.alternative = group
        family, _, form = part.kind.partition("/")
        if family == "multipart":
            spans, epilogue, wrong = _divided(raw, start, end, part.params.get("boundary", ""))
            if spans:
                if form == "alternative":
                    alternatives += 1
                    group = alternatives
                defects += [*wrong, *part.defects] if ours else []
                if raw[epilogue:end].strip():
                    stack.append((fields.Header([], []), epilogue, end, depth, 0, "text/plain", ours))
                    defects += ["text after the last part"] if ours else []
                inner = "message/rfc822" if form == "digest" else "text/plain"
                stack += reversed([(*_opened(raw, a, b), b, depth + 1, group, inner, ours) for a, b in spans])
                continue
            defects += ["a multipart without parts"] if ours else []
            part = _plain(raw, start, end, depth)
        elif part.kind in _WRAPPED and part.encoding not in ("base64", "quotedprintable"):
            stack.append((*_opened(raw, start, end), end, depth + 1, 0, "text/plain", False))
        if ours:
            leaf_parts.append(part)
            defects += part.defects
            charset = charset or part.params.get("charset", "")
    return leaf_parts, defects


def _divided(raw: bytes, start: int, end: int, said: str) -> tuple[list[tuple[int, int]], int, list[str]]:
    """Spans of the parts, where the epilogue starts, and what was wrong; the boundary is guessed where it must be."""
    boundary, wrong = said.rstrip().encode("utf-8", "replace"), []
    spans, epilogue, closed = _split(raw, start, end, boundary) if boundary else ([], end, False)
    if not spans:
        guess = _A_DELIMITER.search(raw, max(0, start - 1), min(end, start + _GUESSED_WITHIN))
        if guess:
            spans, epilogue, closed = _split(raw, start, end, guess[1])
            wrong.append("a multipart whose parts are not divided as it says")
    if not closed:
        wrong.append("the message ends before its last part does")
    return spans, epilogue, wrong


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
        spans.append((opened, _before_torn(raw, opened, end, mark)))
    return spans, end, False


def _before_break(raw: bytes, at: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if raw[at - 1 : at] == b"\n":
        at -= 1
    return at - 1 if raw[at - 1 : at] == b"\r" else at


def _before_torn(raw: bytes, opened: int, end: int, mark: bytes) -> int:
    """Where a last part without its end ends: a delimiter of which only the beginning arrived is none of it."""
    at = end
    while at > opened and raw[at - 1] in b"\r\n":
        at -= 1
    last = raw.rfind(b"\n", opened, at) + 1
    line = raw[max(last, opened) : at]
    torn = line == mark + b"-" or (len(line) >= 8 and mark.startswith(line))
    return max(opened, _before_break(raw, last)) if torn else end


def uuencoded(data: bytes, at: int) -> tuple[bytes, bytes, int, int] | None:
    """(name, decoded bytes, start, end) of the first whole uuencoded file from an offset on; None if there is none."""
    while begins := _UU_BEGINS.search(data, at):
        out, line_start = [], begins.end()
        while not (ends := _UU_ENDS.match(data, line_start)):
            line_end = data.find(b"\n", line_start)
            line = _from_uu(data[line_start : line_end if line_end >= 0 else len(data)].rstrip(b"\r"))
            if line is None or line_end < 0:
                break
            out.append(line)
            line_start = line_end + 1
        if ends:
            return (begins[1] or b"").strip(), b"".join(out), begins.start(), ends.end()
        at = max(begins.end() - 1, line_start - 1)
    return None


def _from_uu(line: bytes) -> bytes | None:
    """The bytes in one uuencoded line, None if it is none."""
    length = (line[0] - 32) & 63 if line else -1
    wanted = (length + 2) // 3 * 4
    if length < 0 or not wanted <= len(line.rstrip()) + 4 or len(line) > wanted + 4:
        return None
    try:
        return binascii.a2b_uu(line[: wanted + 1])
    except binascii.Error:
        return None


def _from_base64(data: bytes, *, goes_on: bool = False) -> tuple[bytes, str]:
    """Lenient base64: junk is skipped, padding in the middle starts a new run, a torn end is said.

    goes_on  plain words may follow the coded ones, as a mailing list's footer does; they are taken as they are
    """
    data = data.lstrip()
    ends = _BASE64_ENDS.search(data) if goes_on else None
    rest = data[ends.end() :] if ends else b""
    if rest.translate(None, b"\r\n\t ").translate(None, _BASE64):
        coded = data[: ends.end()]
        if len(coded.translate(None, b"\r\n\t ")) % 4:
            return data, "a part that is not the base64 it says it is"
        found, wrong = _from_base64(coded)
        return found.rstrip() + b"\n\n" + rest.lstrip(b"\r\n"), wrong
    clean = data.translate(None, _NOT_BASE64)
    torn = False
    out = []
    for run in clean.split(b"="):
        if len(run) % 4 == 1:
            run, torn = run[:-1], True
        out.append(binascii.a2b_base64(run + b"=" * (-len(run) % 4)))
    short = len(clean) % 4 != 0
    return b"".join(out), "a part in base64 is cut short" if torn or short else ""
