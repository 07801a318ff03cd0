"""Row 11. Python's mail parser raises on mail seen in the wild, is quadratic in places and has no limit on parts.

D4 rules it out: a tolerant reader of our own, in a child with limits on time and memory; the standard one is for
what we write, never for what comes.
"""

import ast
import time
from pathlib import Path

import pytest

from amends.post import box, cage
from tests.incidents.letterbox import comes, file_all, imported, letter, sources

HEAD = b"From: Ana <ana@x.example>\r\nSubject: The seam\r\n"
SEEN_IN_THE_WILD = {
    "an encoded word cut short": b'From: "=?utf-8?q?Ana" <ana@x.example>\r\n\r\nhello',
    "an encoded word in an address": b"From: =?utf-8?q?ana=40x.example?= <a@x.example>\r\n\r\nhello",
    "a parameter in pieces": HEAD + b"Content-Disposition: attachment; filename*0*=utf-8''a; filename*=b\r\n\r\nhello",
    "a parameter with a number far too large": HEAD + b"Content-Type: text/plain; name*99999999999999999999=x\r\n\r\nhi",
    "an empty content type": HEAD + b"Content-Type: \r\n\r\nhello",
    "a content type of signs": HEAD + b"Content-Type: ;;;===\r\n\r\nhello",
    "an unclosed quote": b'From: "Ana <ana@x.example>\r\n\r\nhello',
    "an address of brackets": b"From: <<<<@@@>>>>\r\n\r\nhello",
    "a group without an end": b"From: friends: ana@x.example\r\n\r\nhello",
    "a domain literal cut short": b"From: ana@[127.0\r\n\r\nhello",
    "a date of no calendar": HEAD + b"Date: Fri, 99 Foo 99999 99:99:99 +99999\r\n\r\nhello",
    "a date with a huge number": HEAD + b"Date: 1 Jan 2026 00:00:00 " + b"9" * 5000 + b"\r\n\r\nhello",
    "a message id in two lines": HEAD + b"Message-ID: <a\r\n b@c>\r\n\r\nhello",
    "a boundary that is nothing": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nhello\r\n----',
    "base64 of anything": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!aGVsbG8=!!=a",
    "uuencode without an end": HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#0V%T\r\n",
    "a message within a message within itself": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 200 + b"\r\nhello",
    "a null in each field": b"From: a\0na@x.example\r\nSub\0ject: x\r\n\r\nhe\0llo",
    "a header that is a body": b"hello, this is no header\r\nat all",
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN_IN_THE_WILD)
def test_what_makes_other_readers_stumble_ends_with_a_disposition_and_its_bytes(desk, name):
    raw = SEEN_IN_THE_WILD[name]
    filed = comes(desk, raw)
    assert filed.disposition in ("new_case", "quarantined", "auto_recorded_no_reply")
    assert filed.because != "could not be filed: see the log"
    assert box.opened(filed.letter).raw == raw


def test_a_letter_of_a_hundred_thousand_parts_is_read_or_held_within_seconds(desk):
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\n\r\nx\r\n" * 100_000
        + b"--a--\r\n"
    )
    began = time.monotonic()
    assert comes(desk, raw).disposition in ("new_case", "quarantined")
    assert time.monotonic() - began < 8


def test_what_costs_the_reader_grows_with_the_letter_and_not_with_its_square():
    def seconds(n: int) -> float:
        raw = b"From: " + b'"a" <b@c.example>, ' * n + b"\r\nTo: " + b"(" * n + b"\r\n\r\n" + b"> " * n
        return min(_timed(raw) for _ in range(2))

    def _timed(raw: bytes) -> float:
        began = time.monotonic()
        cage.inside().read(raw, None)
        return time.monotonic() - began

    seconds(10)
    small, large = seconds(2_000), seconds(16_000)
    assert large < max(0.3, small * 24)


def test_a_reader_that_runs_out_of_time_is_let_go_and_the_next_letter_gets_a_fresh_one(desk, monkeypatch):
    receive = cage.Cage._receive

    def never(self):
        monkeypatch.setattr(cage.Cage, "_receive", receive)
        raise TimeoutError("not read within 20 seconds")

    cage.inside().read(letter(), None)
    child = cage.inside()._child.pid
    monkeypatch.setattr(cage.Cage, "_receive", never)
    box.put([box.Delivery(letter("Slow.")), box.Delivery(letter("Quick.", From="bo@x.example"))])
    filed = {one.disposition: one for one in file_all(desk.now)}
    assert filed["quarantined"].because.endswith("not read within 20 seconds")
    assert filed["new_case"] and cage.inside()._child.pid != child


def test_the_child_has_limits_on_memory_files_and_time_and_knows_nothing_of_the_desk():
    cage.inside().read(letter(), None)
    proc = Path(f"/proc/{cage.inside()._child.pid}")
    limits = {
        line[:25].strip(): line[26:47].strip() for line in (proc / "limits").read_text().splitlines()[1:]
    }
    assert int(limits["Max address space"]) <= cage.MEMORY
    assert limits["Max file size"] == "0" and limits["Max core file size"] == "0"
    assert int(limits["Max cpu time"]) < 3600
    environment = (proc / "environ").read_bytes()
    assert b"DATABASE_URL" not in environment and b"AMENDS_" not in environment
    assert (proc / "cwd").resolve() == Path("/")


def test_the_standard_parser_reads_nothing_that_comes():
    """`email` may write letters; `email.message_from_…`, `email.parser` and `policy.default` have no place here."""
    wrong = []
    readers = {"message_from_bytes", "message_from_string", "parseaddr", "getaddresses"}
    for path, _, tree in sources():
        for node in ast.walk(tree):
            names = (
                {alias.name for alias in getattr(node, "names", [])}
                if isinstance(node, ast.ImportFrom)
                else set()
            )
            called = getattr(getattr(node, "func", None), "attr", "")
            if {"email.parser", "email.feedparser"} & imported(node) or names & readers or called in readers:
                wrong.append(path.name)
    assert set(wrong) <= {"demo.py"}
