"""Compressed RTF ([MS-OXRTFCP]) unpacked, and RTF as readable words, or the HTML it was made from ([MS-OXRTFEX])."""

from __future__ import annotations

import re

import msgspec

from amends.post.reader import charsets

# What every dictionary of compressed RTF begins with.
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20"
    rb"\b\i\u\tab\tx"
)


def unpacked(packed: bytes, longest: int) -> tuple[bytes, bool]:
    """Compressed RTF unpacked to at most `longest` bytes, and whether that is all of it."""
    said, form = int.from_bytes(packed[4:8], "little"), packed[8:12]
    if form == b"MELA":
        return packed[16 : 16 + min(said, longest)], said <= min(longest, len(packed) - 16)
    if form != b"LZFu":
        return b"", False
    out = bytearray(_DICTIONARY)
    limit = len(_DICTIONARY) + min(said, longest)
    at, last = 16, len(packed)
    while at < last and len(out) < limit:
        flags = packed[at]
        at += 1
        if not flags:
            out += packed[at : at + 8]
            at += 8
            continue
        for bit in range(8):
            if not flags >> bit & 1:
                out += packed[at : at + 1]
                at += 1
            elif at + 2 > last or not _copied(out, packed[at] << 8 | packed[at + 1]):
                at = last
                break
            else:
                at += 2
    del out[limit:]
    rtf = bytes(out[len(_DICTIONARY) :])
    return rtf, len(rtf) >= said


def _copied(out: bytearray, reference: int) -> bool:
    """Add what a reference into the last 4096 bytes points at; False at the end mark, or where nothing is."""
    back = (len(out) - (reference >> 4)) % 4096
    length = (reference & 15) + 2
    start = len(out) - back
    if not back or start < 0:
        return False
    run = bytes(out[start : start + length])
    out += (run * (length // len(run) + 1))[:length]
    return True


_RTF = re.compile(
    rb"\\(?:([A-Za-z]{1,32})(-?\d{1,10}+)? ?|'([0-9a-fA-F]{2})|([^A-Za-z]))|([{}])|([^\\{}\r\n]++)|[\r\n]++|\\",
    re.DOTALL,
)
_MARKS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t",
    b"emdash": "\u2014", b"endash": "\u2013", b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c",
    b"rdblquote": "\u201d", b"bullet": "\u2022", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_SYMBOLS = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\u00a0", b"_": "-", b"\n": "\n", b"\r": "\n"}
_UNSHOWN = frozenset(
    b"colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf "
    b"footnote filetbl listtable revtbl".split()
)
_FONT_CHARSETS = {77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258}
_FONT_CHARSETS |= {177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437}
_DEEPEST_GROUP = 500


def words(rtf: bytes, charset: str = "cp1252") -> tuple[str, str]:
    """(plain text, HTML) of RTF; HTML only where the RTF was made from it, and then it alone."""
    page = _Rtf(rtf, charset)
    words = page.words()
    return ("", words) if page.from_html else (words, "")


class _Group(msgspec.Struct, frozen=True):
    """What holds until the brace that ends a group."""

    charset: str
    silent: bool = False  # a destination that is not shown
    fonts: bool = False
    markup: bool = False  # a piece of the HTML that the RTF was made from
    doubled: bool = False  # said once more in RTF, for readers that do not know of the HTML
    stand_ins: int = 1  # characters after each \u for readers that do not know Unicode


class _Rtf:
    """One pass over the tokens of an RTF text; bytes wait in `held` until they can be decoded together."""

    def __init__(self, rtf: bytes, charset: str):
        self.out: list[str] = []
        self.held = bytearray()
        self.held_charset = charset
        self.charset, self.font, self.from_html = charset, 0, False
        self.fonts: dict[int, str] = {}
        self.group = _Group(charset)
        self.groups: list[_Group] = []
        self.deeper = self.passing = 0
        self.starred = False
        at = 0
        while found := _RTF.match(rtf, at):
            at = found.end() + self._token(found)

    def words(self) -> str:
        self._flush()
        joined = "".join(self.out).replace("\0", "")
        return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _token(self, found: re.Match[bytes]) -> int:
        """Take one token in; how many raw bytes after it are to be left out."""
        word, number, code, symbol, brace, run = found.groups()
        if brace:
            self._brace(brace)
        elif word:
            return self._word(word, int(number) if number else None)
        elif symbol == b"*":
            self.starred = True
        elif self.passing and (code or symbol or run):
            used = min(self.passing, len(run) if run else 1)
            self.passing -= used
            if run:
                self._bytes(run[used:])
        elif symbol:
            self._char(_SYMBOLS.get(symbol, ""))
        elif code:
            self._bytes(bytes((int(code, 16),)))
        elif run:
            self._bytes(run)
        return 0

    def _brace(self, brace: bytes) -> None:
        self.passing, self.starred = 0, False
        if brace == b"{":
            if len(self.groups) < _DEEPEST_GROUP:
                self.groups.append(self.group)
            else:
                self.deeper += 1
        elif self.deeper:
            self.deeper -= 1
        elif self.groups:
            self.group = self.groups.pop()

    def _word(self, word: bytes, number: int | None) -> int:
        starred, self.starred = self.starred, False
        if self.passing and word != b"u":
            self.passing -= 1
            return 0
        if word == b"bin":
            return max(0, number or 0)
        if starred:
            self._turn(**({"markup": True} if word == b"htmltag" and self.from_html else {"silent": True}))
        elif word == b"u":
            self._char(chr((number or 0) % 0x10000))
            self.passing = self.group.stand_ins
        elif word in _MARKS:
            self._char(_MARKS[word])
        else:
            self._setting(word, number)
        return 0

    def _setting(self, word: bytes, number: int | None) -> None:
        if word == b"fonttbl":
            self._turn(fonts=True)
        elif word in _UNSHOWN:
            self._turn(silent=True)
        elif word == b"htmlrtf":
            self._turn(doubled=number != 0)
        elif word == b"fromhtml":
            self.from_html = number != 0
        elif word == b"uc":
            self._turn(stand_ins=min(max(number or 0, 0), 9))
        elif word == b"ansicpg":
            self.charset = charsets.of_codepage(number or 0) or self.charset
            self._turn(charset=self.charset)
        elif word == b"fcharset" and self.group.fonts:
            self.fonts[self.font] = charsets.of_codepage(_FONT_CHARSETS.get(number or 0, 0))
        elif word == b"f":
            self.font = number or 0
            if not self.group.fonts:
                self._turn(charset=self.fonts.get(self.font) or self.charset)
        elif word == b"plain":
            self._turn(charset=self.charset)

    def _turn(self, **changes) -> None:
        self.group = msgspec.structs.replace(self.group, **changes)

    def _is_shown(self) -> bool:
        group = self.group
        return not (group.silent or group.fonts or (group.doubled and not group.markup))

    def _bytes(self, data: bytes) -> None:
        if not self._is_shown():
            return
        if self.group.charset != self.held_charset:
            self._flush()
            self.held_charset = self.group.charset
        self.held += data

    def _char(self, char: str) -> None:
        if char and self._is_shown():
            self._flush()
            self.out.append(char)

    def _flush(self) -> None:
        if self.held:
            self.out.append(charsets.decode(bytes(self.held), self.held_charset)[0])
            self.held.clear()
