"""Row 10. ISO-8859-8-i shows "(empty)" in osTicket; unknown or odd charsets trip the import of others.

Our own decoder knows a closed list of names and never asks Python's registry, which would run hex, idna or
unicode_escape on a stranger's word; then UTF-8, then replacement.
"""

import codecs

import pytest

from amends.post import box
from amends.post.reader import reading
from tests.incidents.letterbox import comes, letter
from tests.pages import Browser, case_path


def _in(charset: str, words: bytes, coding: str = "8bit") -> bytes:
    head = (
        f"From: Ana <ana@x.example>\r\nSubject: The seam\r\nContent-Type: text/plain; charset={charset}\r\n"
    )
    return f"{head}Content-Transfer-Encoding: {coding}\r\n\r\n".encode() + words + b"\r\n"


SEEN_IN_THE_WILD = {
    "iso-8859-8-i": "הגג דולף",
    "iso-8859-8-e": "הגג דולף",
    "ks_c_5601-1987": "지붕이 샙니다",
    "gb2312": "屋顶漏水",
    "gb18030": "屋顶漏水",
    "iso-2022-jp": "屋根が漏る",
    "shift_jis": "屋根が漏る",
    "koi8-r": "Крыша течёт",
    "windows-1252": "Das Dach – undicht",
    "utf-7": "Das Dach ist undicht",
    '"UTF-8"': "Größe ✓",
    "utf8mb4": "Größe ✓",
}
AS_PYTHON_SAYS = {"iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "ks_c_5601-1987": "cp949", '"UTF-8"': "utf-8", "utf8mb4": "utf-8"}  # fmt: skip


@pytest.mark.parametrize("charset", SEEN_IN_THE_WILD)
def test_a_letter_in_a_charset_of_the_wild_is_read_on_its_page(desk, charset):
    words = SEEN_IN_THE_WILD[charset]
    desk.case = comes(desk, _in(charset, words.encode(AS_PYTHON_SAYS.get(charset, charset)))).case
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert words in sam.text and "(no text)" not in sam.text


TRAPS = ["hex", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "rot13", "zlib", "bz2", "base64", "punycode", "mbcs", "utf-8\0", "x" * 4000, "../../etc/passwd", "klingon", ""]  # fmt: skip


def test_a_charset_that_is_a_trap_is_read_as_plain_words(desk):
    for charset in TRAPS:
        filed = comes(desk, _in(charset, f"414243 \\x41 The roof leaks {charset[:20]}".encode()))
        assert filed.disposition == "new_case", charset
        assert "414243 \\x41 The roof leaks" in box.readings([filed.letter])[filed.letter].text, charset


def test_no_name_from_a_letter_reaches_pythons_registry(monkeypatch):
    asked = []
    lookup = codecs.lookup

    def remembers(name):
        asked.append(name)
        return lookup(name)

    monkeypatch.setattr(codecs, "lookup", remembers)
    for charset in TRAPS:
        reading.read(_in(charset, b"The roof leaks"))
        reading.read(letter(Subject=f"=?{charset or 'x'}?q?The_roof?="))
    assert not set(asked) & set(TRAPS)


def test_bytes_that_are_in_no_charset_at_all_are_shown_with_marks_in_place_of_what_is_unreadable(desk):
    desk.case = comes(desk, _in("utf-8", b"The roof \xff\xfe leaks")).case
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "The roof" in sam.text and "leaks" in sam.text
