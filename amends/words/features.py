"""What the tagger sees of a word: its letters, and what the lexicon knows of it."""

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

from amends.words.lexicon import Lexicon

PIECES = 4096  # bins for the pieces of words
MOST_PIECES = 14
_TABLES = ("acts", "claims", "negated", "receiving", "arriving", "refused", "no_claims")


class Token(NamedTuple):
    """A word as it is compared, and what the grammar found there: "", or "B-" or "I-" before what.

    An empty text ends a sentence.
    """

    text: str
    capital: bool = False
    quoted: bool = False
    drafted: str = ""


def seen(text: str) -> str:
    """A word as the weights know it: all numbers are one, and so are all ends of sentences."""
    return "</s>" if not text else "0" if text[0].isdigit() else text


def marks(token: Token) -> tuple[float, ...]:
    """Capital, quoted, end of a sentence, number, sign."""
    text = seen(token.text)
    return (
        float(token.capital),
        float(token.quoted),
        float(text == "</s>"),
        float(text == "0"),
        float(not text[0].isalnum()),
    )


def pieces(word: str) -> list[int]:
    """The bins of the word and of its pieces of letters: ends, beginning, threes."""
    framed = f"<{word}>"
    cut = [framed[-3:], framed[-4:], framed[-5:], framed[:4], f"W{framed}"]
    cut += [framed[n : n + 3] for n in range(len(framed) - 2)]
    return [1 + crc32(piece.encode()) % (PIECES - 1) for piece in cut[:MOST_PIECES]]


def known(word: str, lexicon: Lexicon) -> Iterator[str]:
    """What the lexicon knows of a word: the sets it is in, which form of a verb it is, what that verb may stand for."""
    yield from (f"set {name}" for name, words in lexicon.sets.items() if word in words)
    for base, form in lexicon.forms.get(word, ()):
        yield f"form {form}"
        for table in _TABLES:
            for pattern in getattr(lexicon, table).get(base, ()):
                yield f"{table} {pattern.kind}"


def names(lexicon: Lexicon) -> list[str]:
    """Everything a lexicon can know of a word, in one order."""
    found = {f"set {name}" for name in lexicon.sets}
    found |= {f"form {form}" for forms in lexicon.forms.values() for _base, form in forms}
    for table in _TABLES:
        for patterns in getattr(lexicon, table).values():
            found |= {f"{table} {pattern.kind}" for pattern in patterns}
    return sorted(found)
