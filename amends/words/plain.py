"""A text as it is read: without what hides words from a reader, and with the way back to the text as it was given."""

import unicodedata
from functools import cache
from typing import NamedTuple

# Letters of other scripts that pass for Latin ones inside a Latin word.
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԁһԛԝьгкмнтвАВЕКМНОРСТХУІЈЅοαερτυνιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhqwbrkmhtbABEKMHOPCTXYIJSoaeptuviABEZHIKMNOPTYX",
)
_QUOTES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "‛": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
    }
)


class Plain(NamedTuple):
    """`text` in small letters; `places[n]` is where its letter n stands in the text as it was given."""

    text: str
    places: list[int]


def plain(given: str) -> Plain:
    """The text without zero-width characters, with one kind of quotes and blanks, and without disguised letters."""
    letters, places = [], []
    for place, letter in enumerate(given):
        for seen in letter if letter.isascii() else _seen(letter):
            letters.append(seen)
            places.append(place)
    text = "".join(letters)
    if not text.isascii():
        text = _undisguised(text)
    return Plain(text.lower() if len(text.lower()) == len(text) else text.casefold()[: len(text)], places)


@cache
def _seen(letter: str) -> str:
    if letter == "\u00ad" or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return ""
    if letter.isspace():
        return "\n" if letter in "\u2028\u2029\x85" else " "
    folded = unicodedata.normalize("NFKC", letter).translate(_QUOTES)
    return folded if len(folded) <= 4 else letter


def _undisguised(text: str) -> str:
    """Words of Latin and look-alike letters, all Latin."""
    words = text.split(" ")
    for n, word in enumerate(words):
        if not word.isascii() and any("a" <= letter.lower() <= "z" for letter in word):
            words[n] = word.translate(_LOOK_ALIKE)
    return " ".join(words)
