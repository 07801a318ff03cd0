"""One strict reader of mail addresses: it returns the exact address or none, never a likely one."""

from __future__ import annotations

import re

import msgspec

from amends.post.reader import fields

LONGEST = 320
_TOKEN = re.compile(
    r'=\?[^\s?]{1,80}\?[bBqQ]\?[^\s?"<>]*+\?=|"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[<>,;:()\\]|\s++|[^"<>,;:()\\\s]++',
    re.DOTALL,
)
_SOURCE_ROUTE = re.compile(r"@[^@:]*+(?:@[^@:]*+)*+:")
_ATOM = re.compile(r'[^\s()<>,;:\\"@\[\]\x00-\x1f\x7f-\x9f]+\Z')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"\Z', re.DOTALL)
_DOMAIN = re.compile(r'(?:[^\s()<>,;:\\"@\[\]\x00-\x1f\x7f-\x9f]+|\[[0-9A-Za-z:.]{2,60}\])\Z')
_UPPER = {n: n + 32 for n in range(ord("A"), ord("Z") + 1)}


class Mailbox(msgspec.Struct, frozen=True):
    """A display name and the exact address behind it ("" when what stood there is no address)."""

    name: str
    address: str


class _Piece:
    """What stands between two commas, sorted while it is scanned."""

    __slots__ = ("angles", "comments", "has_at", "outside", "trailing")

    def __init__(self) -> None:
        self.outside: list[str] = []
        self.angles: list[str] = []
        self.comments: list[str] = []
        self.has_at = False
        self.trailing = False

    def is_empty(self) -> bool:
        return not self.angles and not "".join(self.outside).strip()


def read_addresses(value: str) -> tuple[Mailbox, ...]:
    """Every mailbox in an address field, group names left out; one without an address where one was unreadable."""
    boxes: list[Mailbox] = []
    before = ""
    for piece in _pieces(value):
        box = _mailbox(piece)
        words = "".join(piece.outside).strip()
        if not piece.angles and "@" not in words and words:
            # "Archer, Alice <alice@…>" without quotes: the first half is part of the name.
            if before:
                boxes.append(_lone(before))
            before = words
            continue
        if before and piece.angles and box.address:
            box = Mailbox(_name(f"{before}, {words}"), box.address)
        elif before:
            boxes.append(_lone(before))
        before = ""
        boxes.append(box)
    if before:
        boxes.append(_lone(before))
    return tuple(boxes)


def exact(address: str) -> str:
    """The address in the one form we compare: ASCII letters in lower case, no final dot; "" if it is none."""
    local, at, domain = address.rpartition("@")
    if not at:
        local, domain = address, ""
    local = _local_part(local)
    if domain.endswith("."):
        domain = domain[:-1]
    if not local or (at and not _DOMAIN.match(domain)) or "=?" in domain:
        return ""
    whole = f"{local}@{domain}" if at else local
    return "" if len(whole) > LONGEST else whole.translate(_UPPER)


def _local_part(local: str) -> str:
    if "=?" in local:
        return ""  # an encoded word inside an address is forbidden, and a trap for whoever decodes it
    quoted = _QUOTED.match(local)
    if not quoted:
        return local if _ATOM.match(local) else ""
    inner = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL)
    if _ATOM.match(inner):
        return inner
    return local if inner.isprintable() and inner else ""


def _lone(words: str) -> Mailbox:
    """A piece without an at sign: a local user such as "root", or no address at all."""
    return Mailbox("", exact(words)) if _ATOM.match(words) else Mailbox(_name(words), "")


def _mailbox(piece: _Piece) -> Mailbox:
    words = "".join(piece.outside).strip()
    if not piece.angles:
        name = piece.comments[0] if piece.comments else ""
        return Mailbox(_name(name), exact(words))
    inside = re.sub(r"\s+(?=@)|(?<=@)\s+", "", piece.angles[0].strip())
    route = _SOURCE_ROUTE.match(inside)
    if route:
        inside = inside[route.end() :]
    address = exact(inside)
    # Where readers would disagree about which address is meant, none is.
    bare = " ".join(t for t in piece.outside if t[:1] != '"' and t[:2] != "=?").strip()
    if len(piece.angles) > 1 or piece.trailing or ("@" in bare and exact(bare) != address):
        address = ""
    return Mailbox(_name(words), address)


def _name(words: str) -> str:
    words = words.strip()
    if '"' in words or "\\" in words:
        words = "".join(_unquoted(t) for t in _TOKEN.findall(words))
    return fields.words(words)


def _unquoted(token: str) -> str:
    if token[:1] != '"':
        return token
    inner = token[1:-1] if len(token) > 1 and token.endswith('"') else token[1:]
    return re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL)


def _pieces(value: str) -> list[_Piece]:
    """One pass over the field; unclosed quotes, comments and brackets run to its end."""
    pieces, piece = [], _Piece()
    comment: list[str] | None = None
    angle: list[str] | None = None
    depth = 0
    for token in _TOKEN.findall(value):
        if comment is not None:
            depth += (token == "(") - (token == ")")
            if depth:
                comment.append(token)
            else:
                piece.comments.append("".join(comment))
                comment = None
        elif token == "(":
            comment, depth = [], 1
        elif angle is not None:
            if token == ">":
                piece.angles.append("".join(angle))
                angle = None
            else:
                angle.append(token)
        elif token == "<":
            angle = []
        elif token in ",;":
            pieces.append(piece)
            piece = _Piece()
        elif token == ":" and not piece.angles and not piece.has_at:
            piece = _Piece()  # a group's name
        else:
            piece.trailing = piece.trailing or (bool(piece.angles) and not token.isspace())
            piece.has_at = piece.has_at or "@" in token
            piece.outside.append(token)
    if angle is not None:
        piece.angles += ["".join(angle), ""]  # never closed: readable to nobody for certain
    pieces.append(piece)
    return [p for p in pieces if not p.is_empty()]
