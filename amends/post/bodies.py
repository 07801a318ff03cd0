"""What a letter carries: its words once, its HTML, and its files by their hash."""

from __future__ import annotations

import hashlib
import re

import msgspec

from amends.post import charsets, htmltext, parts

_VOCABULARY = re.compile(r"\w{2,}")
_LINK = re.compile(r"<[^\s<>]++>|https?://\S++")
_ENRICHED = re.compile(r"<[a-zA-Z/][^<>]{0,80}>")


class Attachment(msgspec.Struct, frozen=True):
    """A file that came with a letter. `name` is a label made safe to show, `size` the decoded bytes."""

    name: str
    type: str
    size: int
    sha256: str


def contents(leaves: list[parts.Part], defects: list[str]) -> tuple[str, str, tuple[Attachment, ...]]:
    """Text, HTML and files. Of an alternative the plain words are read, its HTML when there are none."""
    texts: list[tuple[parts.Part, str]] = []
    files: list[Attachment] = []
    for part in leaves:
        data, wrong = part.content()
        if wrong:
            defects.append(wrong)
        if part.is_file:
            digest = hashlib.sha256(data).hexdigest()
            files.append(Attachment(name=part.safe_name(), type=part.kind, size=len(data), sha256=digest))
        else:
            texts.append((part, _decoded(part, data, defects)))
    if not texts:
        # A body that only bears a file's name is still what the writer had to say; it stays a file as well.
        texts = [(part, _decoded(part, part.content()[0], defects)) for part in leaves if part.is_readable][
            :1
        ]
    html = "\n".join(text for part, text in texts if part.kind == "text/html")
    return _words(texts, defects), html, tuple(files)


def _decoded(part: parts.Part, data: bytes, defects: list[str]) -> str:
    text, wrong = charsets.decode(data, part.params.get("charset", ""))
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
        return charsets.clean_text(htmltext.readable(text))
    if part.kind in ("text/enriched", "text/richtext"):
        return _ENRICHED.sub("", text).replace("<<", "<")
    if part.params.get("format", "").strip().lower() == "flowed":
        return _unwrapped(text, joined_tight=part.params.get("delsp", "").strip().lower() == "yes")
    return text


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
