"""The reader of winmail.dat: TNEF written by a small writer of our own, then torn, mutated and poisoned."""

import random
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.post.reader import rtf as rtf_reader
from amends.post.reader import tnef
from amends.post.reader.reading import read, read_with_files

HEAD = b"From: Ana <ana@home.example>\r\nTo: desk@shop.example\r\nSubject: the kettle\r\n"
TEXT8, TEXT16, OBJECT, BINARY, NUMBER, TIME, BOOLEAN = 0x1E, 0x1F, 0x0D, 0x0102, 0x03, 0x40, 0x0B
RICH = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fnil Arial;}{\f1\fcharset204 Arial;}}"


# A writer


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def value(kind: int, content) -> bytes:
    if kind in (NUMBER, BOOLEAN):
        return struct.pack("<I", content)
    if kind == TIME:
        return struct.pack("<Q", content)
    if kind in (TEXT8, TEXT16) and isinstance(content, str):
        content = (content + "\0").encode("cp1252" if kind == TEXT8 else "utf-16-le")
    return struct.pack("<II", 1, len(content)) + padded(content)


def properties(*items: tuple[int, int, object], named: bytes = b"") -> bytes:
    """MAPI properties as (number, type, value); `named` is one already packed."""
    body = b"".join(
        struct.pack("<HH", kind, number) + value(kind, content) for number, kind, content in items
    )
    return struct.pack("<I", len(items) + bool(named)) + named + body


def packed(*attributes: bytes, codepage: int = 1252) -> bytes:
    head = tnef.SIGNATURE + b"\x01\x00"
    page = attribute(1, 0x00069007, struct.pack("<II", codepage, 0))
    return head + attribute(1, 0x00089006, b"\0\0\1\0") + page + b"".join(attributes)


def message(*items, named: bytes = b"") -> bytes:
    return attribute(1, 0x00069003, properties(*items, named=named))


def file(data: bytes | None, *items, title: bytes = b"") -> bytes:
    out = attribute(2, 0x00069002, b"\1\0" + b"\0" * 12)
    out += attribute(2, 0x00018010, title + b"\0") if title else b""
    out += attribute(2, 0x0006800F, data) if data is not None else b""
    return out + (attribute(2, 0x00069005, properties(*items)) if items else b"")


def squeezed(rtf: bytes) -> bytes:
    """Compressed RTF by a greedy little compressor, references into the common dictionary and all."""
    whole = rtf_reader._DICTIONARY + rtf
    at, tokens = len(rtf_reader._DICTIONARY), []
    while at < len(whole):
        length, found = min(17, len(whole) - at), -1
        while length >= 2 and (found := whole.find(whole[at : at + length], 0, at)) < 0:
            length -= 1
        if found >= 0 and at - found < 4096 and length >= 2:
            tokens.append(struct.pack(">H", (found % 4096) << 4 | (length - 2)))
            at += length
        else:
            tokens.append(whole[at : at + 1])
            at += 1
    tokens.append(struct.pack(">H", (at % 4096) << 4))
    body = b"".join(
        bytes([sum((len(t) == 2) << n for n, t in enumerate(tokens[i : i + 8]))])
        + b"".join(tokens[i : i + 8])
        for i in range(0, len(tokens), 8)
    )
    return struct.pack("<II4sI", len(body) + 12, len(rtf), b"LZFu", 0) + body


def mail(winmail: bytes, text: bytes = b"my words", kind: bytes = b"application/ms-tnef") -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=edge\r\n\r\n--edge\r\nContent-Type: text/plain\r\n\r\n"
        + text
        + b"\r\n--edge\r\nContent-Type: "
        + kind
        + b"; name=winmail.dat\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        + winmail
        + b"\r\n--edge--\r\n"
    )


# Files


def test_a_file_bears_its_long_name_its_type_and_its_bytes():
    found = tnef.read(
        packed(
            file(
                b"%PDF bytes",
                (0x3707, TEXT16, "Rechnung M\u00e4rz.pdf"),
                (0x370E, TEXT8, "application/pdf"),
                (0x3712, TEXT8, "one@x"),
                (0x3714, NUMBER, 4),
                title=b"RECHNU~1.PDF",
            )
        )
    )
    assert not found.torn
    assert found.files == (
        tnef.Packed("Rechnung M\u00e4rz.pdf", "application/pdf", b"%PDF bytes", "one@x", True),
    )


@pytest.mark.parametrize(
    ("items", "title", "name"),
    [
        ((), b"old.txt", "old.txt"),
        (((0x3704, TEXT8, "short.txt"),), b"", "short.txt"),
        (((0x3001, TEXT16, "Picture"), (0x3703, TEXT8, ".bmp")), b"PIC.BMP", "Picture.bmp"),
        (((0x3001, TEXT16, "a.PDF"), (0x3703, TEXT8, ".pdf")), b"", "a.PDF"),
    ],
)
def test_without_a_long_name_the_next_best_is_taken(items, title, name):
    assert [f.name for f in tnef.read(packed(file(b"x", *items, title=title))).files] == [name]


def test_an_8_bit_name_is_read_in_the_codepage_of_the_message():
    title = "\u0441\u0447\u0451\u0442.pdf".encode("cp1251")
    found = tnef.read(packed(file(b"x", title=title), codepage=1251))
    assert (found.files[0].name, found.files[0].type) == ("\u0441\u0447\u0451\u0442.pdf", "application/pdf")


def test_several_files_keep_their_order_and_an_empty_one_its_place():
    found = tnef.read(packed(*(file(data, title=b"same.txt") for data in (b"1", b"", b"3"))))
    assert [f.data for f in found.files] == [b"1", b"", b"3"]


def test_an_object_is_a_file_without_the_name_of_its_interface():
    iid = bytes(range(16))
    found = tnef.read(packed(file(None, (0x3707, TEXT16, "sheet.xls"), (0x3701, OBJECT, iid + b"cells"))))
    assert [(f.name, f.data) for f in found.files] == [("sheet.xls", b"cells")]


def test_a_message_inside_is_a_small_letter_and_its_files_stand_beside_it():
    inner = packed(
        message(
            (0x0037, TEXT16, "older\r\nBcc: x"),
            (0x0C1A, TEXT16, 'Sam "S" Ort'),
            (0x0C1F, TEXT16, "sam@shop.example"),
            (0x0039, TIME, 131_000_000_000_000_000),
            (0x1000, TEXT16, "older words"),
        ),
        file(b"data", title=b"inner.txt"),
    )
    found = tnef.read(packed(file(None, (0x3701, OBJECT, tnef._I_MESSAGE + inner))))
    assert [(f.name, f.type) for f in found.files] == [
        ("older Bcc: x.eml", "message/rfc822"),
        ("inner.txt", "text/plain"),
    ]
    letter = read(found.files[0].data)
    assert (letter.sender, letter.sender_name, letter.subject) == (
        "sam@shop.example",
        "Sam 'S' Ort",
        "older Bcc: x",
    )
    assert (letter.text.strip(), letter.date.year, letter.to) == ("older words", 2016, ())


def test_messages_nested_without_end_are_opened_to_a_depth_and_then_kept():
    data = packed(file(b"core", title=b"core.txt"))
    for _ in range(12):
        data = packed(file(None, (0x3701, OBJECT, tnef._I_MESSAGE + data)))
    found = tnef.read(data)
    assert len(found.files) == tnef.DEEPEST + 1
    assert b"core" in found.files[-1].data


# Words


def test_plain_text_and_html_are_given_as_they_are():
    found = tnef.read(
        packed(
            message(
                (0x1000, TEXT8, "caf\u00e9"),
                (0x1013, BINARY, "<p>\u65e5\u672c</p>".encode("shift_jis")),
                (0x3FDE, NUMBER, 932),
            )
        )
    )
    assert (found.text, found.html) == ("caf\u00e9", "<p>\u65e5\u672c</p>")
    assert tnef.read(packed(attribute(1, 0x0002800C, b"old body\0"))).text == "old body"


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"\pard It \b broke\b0 .\par Again\line and again.\par}", "It broke.\nAgain\nand again."),
        (rb"\f0 caf\'e9 \f1\'f1\'f7\'b8\'f2\f0 }", "caf\u00e9 \u0441\u0447\u0451\u0442"),
        (rb"{\uc1\u26085?\u26412?} {\uc2\u8364\'80\'80}!}", "\u65e5\u672c \u20ac!"),
        (rb"\u-10179?\u-8704?}", "\U0001f600"),
        (rb"\{a\\b\}\~c\_d\emdash e}", "{a\\b}\u00a0c-d\u2014e"),
        (rb'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt here}} {\pict 00ff}{\*\generator x;}}', "here"),
        (rb"a{\bin5 }}}}}b}", "ab"),
    ],
)
def test_rich_text_is_read_as_plain_words(rtf, text):
    found = tnef.read(packed(message((0x1009, BINARY, squeezed(RICH + rtf)))))
    assert (found.text.strip(), found.html, found.torn) == (text, "", "")


def test_html_that_was_wrapped_in_rich_text_is_unwrapped():
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0 Arial;}}"
        rb"{\*\htmltag64 <p>}\htmlrtf \par {\b \htmlrtf0 Gr\'fc\'dfe{\*\htmltag84 &nbsp;}\htmlrtf  }\htmlrtf0 "
        rb"{\*\htmltag244 <b>}\htmlrtf {\b\htmlrtf0 now{\*\htmltag252 </b>}\htmlrtf }\htmlrtf0 {\*\mhtmltag x}"
        rb"{\*\htmltag72 </p>}}"
    )
    found = tnef.read(packed(message((0x1009, BINARY, squeezed(rtf)))))
    assert (found.text, found.html) == ("", "<p>Gr\u00fc\u00dfe&nbsp;<b>now</b></p>")


def test_rich_text_that_is_not_compressed_or_is_cut_short_is_read_too():
    rtf = RICH + rb"\pard all of it}"
    stored = struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf
    assert rtf_reader.unpacked(stored, 10_000) == (rtf, True)
    assert rtf_reader.unpacked(squeezed(rtf), 10_000) == (rtf, True)
    assert rtf_reader.unpacked(squeezed(rtf)[:60], 10_000)[1] is False
    assert rtf_reader.unpacked(b"torn", 10_000) == (b"", False)


def test_rich_text_of_one_letter_repeated_is_unpacked_to_the_limit_only():
    packed_rtf = squeezed(RICH + b"a" * 50_000)
    assert len(rtf_reader.unpacked(packed_rtf, 3000)[0]) == 3000
    bomb = struct.pack("<II4sI", 0, 2**32 - 1, b"LZFu", 0) + b"\xff" + (b"\x0c\xef" * 8 + b"\xff") * 200_000
    found = tnef.read(packed(message((0x1009, BINARY, bomb))))
    assert found.torn
    assert len(found.text) <= tnef.LONGEST_RTF


# In a letter


def test_the_files_in_a_winmail_stand_in_its_place():
    data = packed(file(b"%PDF", (0x3707, TEXT16, "../../b\u202eill.pdf")), file(b"x", title=b"two.txt"))
    found, files = read_with_files(mail(data))
    assert [(a.name, a.type, a.size) for a in found.attachments] == [
        ("bill.pdf", "application/pdf", 4),
        ("two.txt", "text/plain", 1),
    ]
    assert (files, found.text, found.defects) == ((b"%PDF", b"x"), "my words", ("no Date",))


def test_its_words_are_read_when_the_letter_has_no_other():
    page = "<p>It broke.</p><img src='cid:pic@x'>"
    data = packed(
        message((0x1013, BINARY, page.encode())), file(b"GIF", (0x3712, TEXT8, "<pic@x>"), title=b"p.gif")
    )
    alone = read(mail(data, text=b" "))
    assert (alone.text, alone.html) == ("It broke.", page)
    assert [(a.name, a.cid, a.inline) for a in alone.attachments] == [("p.gif", "pic@x", True)]
    beside = read(mail(data))
    assert (beside.text, beside.html, beside.attachments[0].inline) == ("my words", "", False)


def test_a_winmail_is_known_by_its_name_when_its_type_is_hidden():
    data = packed(file(b"x", title=b"a.txt"))
    found = read(mail(data, kind=b"application/octet-stream"))
    assert [a.name for a in found.attachments] == ["a.txt"]


@pytest.mark.parametrize(
    ("data", "names", "said"),
    [
        (b"no TNEF at all", ["winmail.dat"], True),
        (packed(), ["winmail.dat"], False),
        (packed(file(b"x" * 50, title=b"a.txt"), file(b"y" * 50, title=b"b.txt"))[:-30], None, True),
    ],
)
def test_what_cannot_be_read_or_holds_nothing_stays_a_file(data, names, said):
    found, files = read_with_files(mail(data))
    assert [a.name for a in found.attachments] == (names or ["a.txt", "b.txt", "winmail.dat"])
    assert files[-1] == data
    assert any("cannot be read whole" in defect for defect in found.defects) == said


# Limits and storms


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed(*[attribute(1, 0x8004, b"")] * (tnef.MOST_ATTRIBUTES + 1)), "more attributes"),
        (packed(*[file(b"x")] * (tnef.MOST_FILES + 1)), "more files"),
        (packed(message(*[(1, NUMBER, 1)] * (tnef.MOST_PROPERTIES + 1))), "more properties"),
        (packed(attribute(1, 0x00069003, b"\xff" * 4)), "cut short"),
        (packed(attribute(1, 0x00069003, b"\1\0\0\0\x99\0\1\0")), "no known type"),
        (packed(b"\x07" + b"\0" * 40 + b"x"), "belongs to nothing"),
    ],
)
def test_a_limit_or_a_tear_is_said(data, said):
    assert said in tnef.read(data).torn


def test_named_and_many_valued_properties_are_stepped_over():
    family = b"\x11" * 16
    named = (
        struct.pack("<HH", TEXT16, 0x8001)
        + family
        + struct.pack("<II", 1, 6)
        + padded("abc".encode("utf-16-le")[:6])
    )
    named += struct.pack("<I", 2) + 2 * (struct.pack("<I", 4) + b"a\0b\0")
    data = attribute(
        1,
        0x00069003,
        struct.pack("<I", 4)
        + named
        + struct.pack("<HH", NUMBER, 0x8002)
        + family
        + struct.pack("<III", 0, 7, 9)
        + struct.pack("<HHIII", NUMBER | 0x1000, 0x6001, 2, 1, 2)
        + struct.pack("<HH", TEXT16, 0x1000)
        + value(TEXT16, "the words"),
    )
    found = tnef.read(packed(data))
    assert (found.text, found.torn) == ("the words", "")


SEEDS = [
    packed(
        message((0x1009, BINARY, squeezed(RICH + rb"\pard It \'e9 broke\par}")), (0x0037, TEXT16, "s")),
        file(b"data", (0x3707, TEXT16, "a.pdf"), (0x3712, TEXT8, "c"), title=b"A.PDF"),
        file(None, (0x3701, OBJECT, tnef._I_MESSAGE + packed(message((0x1000, TEXT8, "inner"))))),
    ),
    packed(message((0x1013, BINARY, b"<p>x"), (0x3FDE, NUMBER, 65001)), file(b"", title=b"\xff")),
]


def is_sound(found: tnef.Tnef, size: int) -> bool:
    out = sum(len(f.data) for f in found.files) + len(found.text) + len(found.html)
    words = (found.text, found.html, found.torn, *(f.name + f.type + f.cid for f in found.files))
    "".join(words).encode()  # no lone surrogates
    return out <= 6 * size + 1_100_000 and len(found.files) <= tnef.MOST_FILES * 2


def test_two_thousand_mutants_and_every_torn_end_are_read_soundly():
    chance = random.Random(20250603)
    for _ in range(2000):
        data = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((0, 1, 1, 4))] = chance.choice(
                (b"\0", b"\xff", b"\xff\xff\xff\xff", b"{", b"\\u", b"\1", bytes((chance.randrange(256),)))
            )
        assert is_sound(tnef.read(bytes(data)), len(data)), bytes(data)
    for seed in SEEDS:
        for end in range(len(seed)):
            assert is_sound(tnef.read(seed[:end]), end), end


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read_soundly(data):
    for candidate in (data, tnef.SIGNATURE + data, packed(message((0x1009, BINARY, data)))):
        assert is_sound(tnef.read(candidate), len(candidate))
    rtf_reader.words(data)
    rtf_reader.words(b"{\\rtf1\\fromhtml1 " + data)
    rtf_reader.unpacked(b"\0" * 4 + b"\xff\xff\0\0LZFu\0\0\0\0" + data, 70_000)


@pytest.mark.parametrize(
    "build",
    [
        lambda n: packed(*[file(b"x" * 8, title=b"a")] * n),
        lambda n: packed(message(*[(1, NUMBER, 1)] * n)),
        lambda n: packed(message((1, TEXT16 | 0x1000, b""))) + b"\1" * n,
        lambda n: packed(message((0x1009, BINARY, squeezed(RICH) + b"\xff" + b"\x0c\xef" * n))),
        *(
            lambda n, piece=piece: packed(
                message((0x1009, BINARY, struct.pack("<II4sI", 0, len(piece) * n, b"MELA", 0) + piece * n))
            )
            for piece in (b"{", b"}", b"{\\*\\x", b"\\u1 ", b"\\f1\\'e9\\f0\\'e9", b"\\bin9", b"\\htmlrtf{")
        ),
    ],
)
def test_four_times_the_poison_takes_about_four_times_as_long(build):
    small, large = (min(_seconds(build(n)) for _ in range(2)) for n in (4_000, 16_000))
    assert large < max(small * 12, 0.25)


def _seconds(data: bytes) -> float:
    started = time.process_time()
    tnef.read(data)
    return time.process_time() - started
