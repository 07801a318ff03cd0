"""What a letter carries: its words once, its HTML, and its files by their hash."""

from __future__ import annotations

import hashlib
import html as markup
import re
from urllib.parse import unquote

import msgspec

from amends.post.reader import charsets, fields, htmltext, parts, tnef

_VOCABULARY = re.compile(r"\w{2,}")
_LINK = re.compile(r"<[^\s<>]++>|https?://\S++")
_ENRICHED = re.compile(r"<[a-zA-Z/][^<>]{0,80}>")
_MOST_UUENCODED = 100
_SAID_IN_HTML = re.compile(
    rb"""<meta\b[^<>]{0,200}\bcharset\s{0,3}=\s{0,3}["']?([\w:.-]{2,40})""", re.IGNORECASE
)
_PACKED = ("application/ms-tnef", "application/vnd.ms-tnef")
_SHOWN = re.compile(r"""\bcid:([^\s"'<>()]{1,300})""", re.IGNORECASE)


class Attachment(msgspec.Struct, frozen=True):
    """A file that came with a letter. `name` is a label made safe to show, `size` the decoded bytes.

    cid     its Content-ID without angle brackets, by which the HTML refers to it ("" if none)
    inline  meant to be seen within the letter: by its disposition, or because the HTML refers to it
    """

    name: str
    type: str
    size: int
    sha256: str
    cid: str = ""
    inline: bool = False


class Contents(msgspec.Struct, frozen=True):
    """What a letter carries. `data` holds the decoded bytes of each attachment, in the same order."""

    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    data: tuple[bytes, ...] = ()


class _File(msgspec.Struct, frozen=True):
    name: str
    type: str
    data: bytes
    cid: str
    inline: bool


def contents(leaves: list[parts.Part], defects: list[str]) -> Contents:
    """Text, HTML and files. Of an alternative the plain words are read, its HTML when there are none."""
    texts: list[tuple[parts.Part, str]] = []
    filed: list[tuple[parts.Part, bytes]] = []
    files: list[_File] = []
    for part in leaves:
        data, wrong = part.content()
        if wrong:
            defects.append(wrong)
        if part.is_file:
            filed.append((part, data))
            continue
        if part.kind == "text/plain" and b"\nend" in data:
            data = _without_uuencoded(data, files)
        texts.append((part, _decoded(part, data, defects)))
    if not texts:
        # A body that only bears a file's name is still what the writer had to say; it stays a file as well.
        texts = [(part, _decoded(part, data, defects)) for part, data in filed if part.is_readable][:1]
    html = "\n".join(text for part, text in texts if part.kind == "text/html")
    words = _words(texts, defects)
    for part, data in filed:
        file = _File(parts.safe_name(part.name, part.kind), part.kind, data, part.cid, part.is_inline)
        if not _is_packed(file):
            files.append(file)
            continue
        inside = tnef.read(data)
        if not words.strip():
            html = charsets.clean_text(inside.html)
            words = charsets.clean_text(inside.text).strip("\n") or _from_html(html)
            files += _unpacked(file, inside, bool(words), defects)
        else:
            files += _unpacked(file, inside, False, defects)
    return Contents(words, html, _attachments(files, html), tuple(file.data for file in files))


def _without_uuencoded(data: bytes, files: list[_File]) -> bytes:
    """The words around the files that stand uuencoded among them, as old programs send them; the files are added."""
    words, at = [], 0
    while len(files) < _MOST_UUENCODED and (found := parts.uuencoded(data, at)):
        name, content, start, end = found
        words.append(data[at:start])
        label = parts.safe_name(fields.unfolded(name), "")
        files.append(_File(label, tnef.type_of("", label), content, "", False))
        at = end
    return b"\n".join([*words, data[at:]])


def _is_packed(file: _File) -> bool:
    named = file.name.lower() == "winmail.dat" and file.data.startswith(tnef.SIGNATURE)
    return named or file.type in _PACKED


def _unpacked(file: _File, inside: tnef.Tnef, spoken: bool, defects: list[str]) -> list[_File]:
    """The files in a winmail.dat, and itself too where something in it would else be lost."""
    files = [
        _File(
            parts.safe_name(packed.name, packed.type),
            parts.safe_type(packed.type),
            packed.data,
            parts.safe_cid(packed.cid),
            packed.inline,
        )
        for packed in inside.files
    ]
    if inside.torn:
        defects.append(f"{file.name} cannot be read whole: {inside.torn}")
    return files if (files or spoken) and not inside.torn else [*files, file]


def _attachments(files: list[_File], html: str) -> tuple[Attachment, ...]:
    shown = {unquote(markup.unescape(found[1])) for found in _SHOWN.finditer(html)} if html else set()
    return tuple(
        Attachment(
            name=file.name,
            type=file.type,
            size=len(file.data),
            sha256=hashlib.sha256(file.data).hexdigest(),
            cid=file.cid,
            inline=file.inline or bool(file.cid and file.cid in shown),
        )
        for file in files
    )


def _decoded(part: parts.Part, data: bytes, defects: list[str]) -> str:
    label = part.params.get("charset", "").strip()
    if not label and part.kind == "text/html" and (said := _SAID_IN_HTML.search(data, 0, 10_000)):
        text, wrong = charsets.decode_bare(data, said[1].decode("ascii", "replace")), ""
    else:
        text, wrong = charsets.decode(data, label)
    if wrong:
        defects.append(wrong)
    return charsets.clean_text(text)


def _words(texts: list[tuple[parts.Part, str]], defects: list[str]) -> str:
    """All the words once: the HTML twin of a plain text is left out unless it says something else."""
    read_out = [(part, _readable(part, text).strip("\n")) for part, text in texts]
    plain: dict[int, set[str]] = {}
    for part, words in read_out:
        if part.alternative and part.kind != "text/html":
            plain.setdefault(part.alternative, set()).update(_VOCABULARY.findall(words.lower()))
    pieces: list[str] = []
    for part, words in read_out:
        if part.kind == "text/html" and plain.get(part.alternative):
            if not _differs(words, plain[part.alternative]):
                continue
            defects.append("the plain text and the HTML say different things; both are shown")
        if words:
            pieces.append(words)
    return "\n\n".join(pieces)


def _differs(words: str, plain: set[str]) -> bool:
    """Whether most of what the HTML says is not in the plain text."""
    spoken = set(_VOCABULARY.findall(_LINK.sub(" ", words.lower())))
    return len(spoken - plain) * 2 > len(spoken)


def _readable(part: parts.Part, text: str) -> str:
    if part.kind == "text/html":
        return _from_html(text)
    if part.kind in ("text/enriched", "text/richtext"):
        return _ENRICHED.sub("", text).replace("<<", "<")
    if part.params.get("format", "").strip().lower() == "flowed":
        return _unwrapped(text, joined_tight=part.params.get("delsp", "").strip().lower() == "yes")
    return text


def _from_html(html: str) -> str:
    return charsets.clean_text(htmltext.readable(html))


def _unwrapped(text: str, *, joined_tight: bool) -> str:
    """format=flowed (RFC 3676): lines that end in a space go on in the next one of the same quotation."""
    out: list[str] = []
    paragraph: list[str] = []
    level = 0
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        if paragraph and (depth != level or words == "-- "):
            out.append(_paragraph(paragraph, level))
            paragraph = []
        level = depth
        paragraph.append(words[:-1] if flows and joined_tight else words)
        if not flows:
            out.append(_paragraph(paragraph, level))
            paragraph = []
    if paragraph:
        out.append(_paragraph(paragraph, level))
    return "\n".join(out)


def _paragraph(words: list[str], level: int) -> str:
    joined = "".join(words)
    return f"{'>' * level} {joined}" if level else joined
