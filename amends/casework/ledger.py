"""The ledger: the only writer of entries. Each entry's digest covers the one before it."""

from datetime import datetime
from functools import cache, reduce
from hashlib import sha256
from operator import or_
from typing import Any, NamedTuple, get_args, get_origin

import msgspec
from msgspec.structs import replace

from amends.casework import db
from amends.casework.moments import micro, moment
from amends.rules import entries as e
from amends.rules.entries import Entry
from amends.rules.values import Text

_KINDS = tuple(
    kind
    for kind in vars(e).values()
    if isinstance(kind, type) and issubclass(kind, Entry) and kind is not Entry
)
_decode = msgspec.json.Decoder(reduce(or_, _KINDS)).decode
_encode = msgspec.json.Encoder(order="deterministic").encode

COLUMNS = ("file", "number", "at", "author", "act", "part", "body", "before", "digest")


class Line(NamedTuple):
    """One entry as it stands in a file."""

    file: str
    number: int
    at: datetime
    author: str
    entry: Entry


def decode(body) -> Entry:
    return _decode(body)


def encode(entry: Entry) -> bytes:
    return _encode(entry)


def first_digest(kind: str, file: str) -> bytes:
    """What the first entry of a file is chained to."""
    return sha256(f"amends|{kind}|{file}".encode()).digest()


def digest(
    file: str, number: int, at: int, author: str, act: str, part: int, body: bytes, before: bytes
) -> bytes:
    head = f"{file}|{number}|{at}|{author}|{act}|{part}|{len(body)}|".encode()
    return sha256(before + head + body).digest()


def lines(files) -> list[Line]:
    """Every entry of these files, in order."""
    found = db.rows_in(
        "select file, number, at, author, body from entries where file in {in} order by file, number", files
    )
    return [Line(file, number, moment(at), author, _decode(body)) for file, number, at, author, body in found]


def row(line: Line, act: str, part: int, before: bytes) -> tuple:
    """The table row of a new entry; its digest is last."""
    body, at = _encode(line.entry), micro(line.at)
    new = digest(line.file, line.number, at, line.author, act, part, body, before)
    return (line.file, line.number, at, line.author, act, part, body, before, new)


def append(rows: list[tuple]) -> None:
    db.change_many(db.insert_sql("entries", COLUMNS), rows)


# The texts inside an entry -------------------------------------------------------------------------------------


ONE, STRUCT, MANY = "one", "struct", "many"


@cache
def _text_fields(kind: type) -> tuple[tuple[str, str], ...]:
    """Fields of a struct that are a Text, a struct holding some, or a tuple of such structs."""
    found = []
    for field in msgspec.structs.fields(kind):
        inner = get_args(field.type)[:1] if get_origin(field.type) is tuple else ()
        if field.type is Text:
            found.append((field.name, ONE))
        elif _is_struct(field.type):
            found.append((field.name, STRUCT))
        elif inner and _is_struct(inner[0]) and _text_fields(inner[0]):
            found.append((field.name, MANY))
    return tuple(found)


def _is_struct(kind) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def texts_of(thing: Any) -> list[Text]:
    """Every text in an entry that says something."""
    found = []
    for name, form in _text_fields(type(thing)):
        value = getattr(thing, name)
        if form is MANY:
            found += [text for each in value for text in texts_of(each)]
        elif form is STRUCT:
            found += texts_of(value)
        elif value.plain or value.id:
            found.append(value)
    return found


def with_texts(thing: Any, sealed) -> Any:
    """The entry with each plain text replaced by what `sealed` makes of it; sealed ones stay as they are."""
    changes = {}
    for name, form in _text_fields(type(thing)):
        value = getattr(thing, name)
        if form is MANY and value:
            changes[name] = tuple(with_texts(each, sealed) for each in value)
        elif form is STRUCT:
            changes[name] = with_texts(value, sealed)
        elif form is MANY:
            continue
        elif value.plain and not value.id:
            changes[name] = sealed(value)
    return replace(thing, **changes) if changes else thing
