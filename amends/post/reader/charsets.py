"""Bytes to text by a closed list of charsets; a name taken from a mail never reaches Python's codec registry."""

from __future__ import annotations

import re

_BY_CODEC = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 utf-8-sig utf8mb4 cp65001 x-unicode-2-0-utf-8",
    "cp1252": (
        "us-ascii ascii ansi_x3.4-1968 iso646-us 646 iso-8859-1 iso8859-1 iso_8859-1 iso88591 latin1 latin-1 l1 "
        "cp819 ibm819 windows-1252 cp1252 cp-1252 x-cp1252 x-ansi 8bit default none unknown-8bit x-unknown"
    ),
    "iso8859-2": "iso-8859-2 iso8859-2 latin2 l2",
    "iso8859-3": "iso-8859-3 iso8859-3 latin3",
    "iso8859-4": "iso-8859-4 iso8859-4 latin4",
    "iso8859-5": "iso-8859-5 iso8859-5 cyrillic",
    "iso8859-6": "iso-8859-6 iso8859-6 iso-8859-6-i iso-8859-6-e arabic",
    "iso8859-7": "iso-8859-7 iso8859-7 greek",
    "iso8859-8": "iso-8859-8 iso8859-8 iso-8859-8-i iso-8859-8-e hebrew logical visual",
    "cp1254": "iso-8859-9 iso8859-9 latin5 windows-1254 cp1254",
    "iso8859-10": "iso-8859-10 iso8859-10 latin6",
    "cp874": "iso-8859-11 iso8859-11 tis-620 windows-874 cp874",
    "iso8859-13": "iso-8859-13 iso8859-13",
    "iso8859-14": "iso-8859-14 iso8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 latin9 latin-9",
    "iso8859-16": "iso-8859-16 iso8859-16",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251",
    "cp1253": "windows-1253 cp1253",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "koi8-r": "koi8-r koi8r koi8",
    "koi8-u": "koi8-u koi8-ru",
    "cp437": "ibm437 cp437 437",
    "cp850": "ibm850 cp850 850",
    "cp852": "ibm852 cp852 852",
    "cp866": "ibm866 cp866 866",
    "mac-roman": "macintosh mac x-mac-roman macroman",
    "mac-cyrillic": "x-mac-cyrillic",
    "gb18030": "gb2312 gb_2312 gb_2312-80 gbk gb18030 x-gbk cp936 csgb2312 euc-cn chinese",
    "hz": "hz-gb-2312 hz",
    "big5hkscs": "big5 big-5 big5-hkscs cn-big5 x-x-big5 cp950",
    "cp932": "shift_jis shift-jis sjis x-sjis windows-31j cp932 ms932 ms_kanji",
    "euc_jp": "euc-jp eucjp x-euc-jp",
    "iso2022_jp_ext": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-ms csiso2022jp cp50220 cp50221",
    "cp949": "euc-kr euckr ks_c_5601-1987 ks_c_5601 ksc5601 korean cp949 uhc windows-949",
    "iso2022_kr": "iso-2022-kr",
    "utf-16": "utf-16 utf16 unicode ucs-2",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "utf-32": "utf-32 utf32",
}
CODECS = {name: codec for codec, names in _BY_CODEC.items() for name in names.split()}
_COMPACT = {re.sub("[^a-z0-9]", "", name): codec for name, codec in reversed(CODECS.items())}

# Names of the code pages of Windows that have no name of the form cp1252.
_CODEPAGES = {20127: "us-ascii", 20866: "koi8-r", 21866: "koi8-u", 1200: "utf-16le", 1201: "utf-16be"}
_CODEPAGES |= {51932: "euc-jp", 51949: "euc-kr", 54936: "gb18030", 52936: "hz-gb-2312", 10000: "macintosh"}
_CODEPAGES |= {50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 50225: "iso-2022-kr"}
_CODEPAGES |= {28590 + n: f"iso-8859-{n}" for n in (*range(1, 11), 13, 14, 15, 16)}

# Wider relatives that senders often mean when the named set cannot hold their bytes.
_WIDER = {"iso8859-8": "cp1255", "iso8859-2": "cp1250", "iso8859-7": "cp1253", "iso8859-6": "cp1256"}
_WIDER["iso2022_jp_ext"] = "euc_jp"
_JAPANESE = re.compile(rb"\x1b\$[@B]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def is_known(label: str) -> bool:
    """Whether a charset label stands on our list."""
    return bool(_codec(label))


def _codec(label: str) -> str:
    """The codec for a label, also where its dashes and spaces are wrong; "" when it is not on our list."""
    folded = _folded(label)
    return CODECS.get(folded) or _COMPACT.get("".join(c for c in folded[:40] if c.isalnum()), "")


def decode(data: bytes, label: str = "") -> tuple[str, str]:
    """The text in `data`, and what was wrong with it ("" if nothing).

    label  the charset the mail declares; only looked up in our own list, else UTF-8, windows-1252, replacement
    """
    codec = _codec(label) if label else ""
    narrow = data.isascii() and b"\x1b" not in data and b"~{" not in data
    if narrow and not codec.startswith(("utf-16", "utf-32")):
        return data.decode("ascii"), "" if codec or not label else _unknown(label)
    if not codec:
        return _guessed(data), _unknown(label) if label else ""
    if codec in ("utf-8", "cp1252"):
        return _western(data, codec)
    return _strictly(data, codec)


def decode_bare(data: bytes, label: str = "") -> str:
    """Text that stands where no charset is declared: UTF-8 when it is that, else `label`, else by its bytes."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode(data, label if is_known(label) else "")[0]


def of_codepage(codepage: int) -> str:
    """Our name for a Windows codepage, "" for one we do not know."""
    label = _CODEPAGES.get(codepage) or f"cp{codepage}"
    return label if is_known(label) else ""


def clean_text(text: str) -> str:
    """Body text with LF line ends and no character that a database or a terminal would trip over."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("\ufffd", text) if _CONTROLS.search(text) else text


def _folded(label: str) -> str:
    return label.strip(" \t\"'").lower()


def _unknown(label: str) -> str:
    shown = "".join(c for c in label[:40] if c.isprintable())
    return f"unknown charset {shown!r}"


def _western(data: bytes, codec: str) -> tuple[str, str]:
    """UTF-8 and windows-1252 are served under each other's name so often that the bytes decide, not the label."""
    try:
        return _guessed(data) if data.isascii() else data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _guessed(data), "" if codec == "cp1252" else "text is not the UTF-8 it says it is"


def _strictly(data: bytes, codec: str) -> tuple[str, str]:
    for candidate in (codec, "" if data.isascii() else "utf-8", _WIDER.get(codec, "")):
        try:
            if candidate:
                return data.decode(candidate), ""
        except UnicodeError:
            continue
    text = data.decode(codec, "replace")
    # A few torn characters are the sender's; a text full of them means that the label lies.
    if text.count("\ufffd") * 10 > len(text):
        text = _guessed(data)
    return text, f"text does not fit its charset {codec}"


def _guessed(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if _JAPANESE.search(data):
        return data.decode("iso2022_jp_ext", "replace")
    text = data.decode("utf-8", "replace")
    torn = text.count("\ufffd")
    if not torn:
        return text
    whole = sum(1 for c in text if c > "\x7f") - torn
    return text if whole >= torn else data.decode("cp1252", "replace")
