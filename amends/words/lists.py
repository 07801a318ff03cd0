"""The items of a list in a letter: where each begins and ends."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ITEM = re.compile(r"[ \t]*(?:[-–—•*·+→>▪◦‣✓✔]|\(?(?:\d{1,2}|[a-z])[.)])[ \t]+(?P<words>\S[^\n]*)")
_MORE = re.compile(r"[ \t]*(?P<words>[^\W\d_][^\n]*)")  # running text behind the heading


class Item(NamedTuple):
    """Code points `start` to before `end`, without its bullet."""

    start: int
    end: int


def items_behind(text: str, place: int) -> Iterator[Item]:
    """The items of the first list behind `place`, which ends with the first line that goes on as running text.

    What goes on in the heading's own line is an item as well.
    """
    begun = False
    end = text.find("\n", place)
    said = _MORE.match(text, place, end if end >= 0 else len(text))
    if said:
        begun = True
        yield Item(said.start("words"), said.end())
    at = text.find("\n", place)
    while at >= 0 and at + 1 < len(text):
        line_end = text.find("\n", at + 1)
        end = line_end if line_end >= 0 else len(text)
        found = _ITEM.match(text, at + 1, end)
        if found:
            begun = True
            yield Item(found.start("words"), end)
        elif text[at + 1 : end].strip() and (begun or text[place:at].count("\n") > 2):
            return
        at = line_end
