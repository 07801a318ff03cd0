"""A text as it is read: without what hides words from a reader, and with the way back to the text as it was given."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters that look like nothing
# Small capitals and the like, which no folding knows.
_ODD = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɡʂøłđıȷɑɩʋ", "abcdefghijklmnoprstuvwyzgsoldijaiv")

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


# A line end within a sentence: what goes on in small letters goes on.
_BROKEN = re.compile(
    r"(?<=[^\W\d_])\n(?=[a-zà-ÿ])|(?<=[^\W\d_])\n(?=\n[a-zà-ÿ])|(?<=[^\W\d_]\n)\n(?=[a-zà-ÿ])"
)
# A word cut at a line's end.
_CUT = re.compile(r"(?<=[a-zà-ÿ])-[ \t]*\r?\n[ \t]*(?=[a-zà-ÿ])")
# A letter for another that looks like it: "l spoke", "sp0ke".
_ONE_FOR_I, _NOUGHT_FOR_O = (
    re.compile(r"(?<![\w'])l(?= [a-z])"),
    re.compile(r"(?<=[a-z])0(?=[a-z])", re.IGNORECASE),
)


class Plain(NamedTuple):
    """`text` in small letters; `places[n]` is where its letter n stands in the text as it was given.

    `cased` is the same, letter by letter, with its capitals.
    """

    text: str
    places: Sequence[int]
    cased: str

    def given(self, start: int, end: int) -> tuple[int, int]:
        """The same places in the text as it was given."""
        return self.places[start], self.places[max(end, start + 1) - 1] + 1


def plain(given: str, own: frozenset[str] = frozenset()) -> Plain:
    """The text without zero-width characters, with one kind of quotes and blanks, and without disguised letters.

    own  letters with marks the language is written with; all others lose theirs
    """
    cut = {place for match in _CUT.finditer(given) for place in range(*match.span())}
    if given.isascii() and not cut:
        text = _joined(given)
        return Plain(text.lower(), range(len(given)), text)
    letters, places = [], []
    for place, letter in enumerate(given):
        if place in cut:
            continue
        if own and letters and not letter.isascii() and unicodedata.combining(letter):
            whole = unicodedata.normalize("NFC", letters[-1] + letter)
            letters[-1] = whole if whole.lower() in own else letters[-1]
            continue
        for seen in letter if letter.isascii() or letter.lower() in own else _seen(letter):
            letters.append(seen)
            places.append(place)
    text = "".join(letters)
    if not text.isascii():
        text = _undisguised(text)
    text = _joined(text)
    small = text.lower() if len(text.lower()) == len(text) else text.casefold()[: len(text)]
    return Plain(small, places, text)


def _joined(text: str) -> str:
    """The same letters with sentences whole, and with letters that are meant."""

    def end(match: re.Match) -> str:
        """A blank, unless the line that ends here is somebody else's."""
        behind = match.start()
        while text[behind - 1] == "\n":
            behind -= 1
        return match.group() if text[text.rfind("\n", 0, behind) + 1] == ">" else " "

    return _NOUGHT_FOR_O.sub("o", _ONE_FOR_I.sub("I", _BROKEN.sub(end, text)))


@cache
def _seen(letter: str) -> str:
    if letter in _BLANK:
        return " "
    if letter == "\u00ad" or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return ""
    if letter.isspace():
        return "\n" if letter in "\u2028\u2029\x85" else " "
    folded = unicodedata.normalize("NFKC", letter.translate(_QUOTES)).translate(_QUOTES).translate(_ODD)
    bare = unicodedata.normalize("NFD", folded)[:1]
    if len(folded) == 1 and bare.isascii() and bare.isalpha():
        return bare
    return folded if len(folded) <= 4 else letter


def _undisguised(text: str) -> str:
    """Words of Latin and look-alike letters, all Latin; where most of a text is Latin, also those all look-alike."""
    words = text.split(" ")
    latin = sum("a" <= letter <= "z" or "A" <= letter <= "Z" for letter in text) * 2 > len(text)
    for n, word in enumerate(words):
        if word.isascii():
            continue
        seen = word.translate(_LOOK_ALIKE)
        if any("a" <= letter.lower() <= "z" for letter in word) or latin and seen.isascii():
            words[n] = seen
    return " ".join(words)
