"""Patterns as the data of a language holds them, and what is found by them."""

import re
from typing import NamedTuple

import msgspec

_CLAUSE = r"[^.!?;\n]{0,60}"  # what "…" stands for


class Found(NamedTuple):
    """Letters `start` to before `end` of the plain text."""

    start: int
    end: int
    kind: str = ""


class Span(msgspec.Struct, frozen=True):
    """Code points `start` to before `end` of the text as it was given."""

    start: int
    end: int


def any_of(patterns: list[str]) -> re.Pattern:
    """One pattern that fits where any of these does. All but those of a beginning ("^") begin where a word does, or with "'s"
    behind one. Where neither can be, none of them is tried."""
    spread = [pattern.replace("…", _CLAUSE) for pattern in patterns]
    heads = [pattern for pattern in spread if pattern[0] == "^"]
    words = "|".join(pattern for pattern in spread if pattern[0] != "^")
    return re.compile("|".join([*heads, rf"\b(?=[\w'])(?:{words})"]))
