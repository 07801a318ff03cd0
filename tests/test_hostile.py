"""The whole hostile corpus over every road: an accepted disposition, nothing lost, nothing answered that must not be."""

import re
import smtplib
from collections import Counter

import pytest

from amends.casework import db, shown
from amends.post import box
from tests import hostile
from tests.hostile import World
from tests.listening import listeners

pytestmark = pytest.mark.usefixtures("shared")
DISPOSITIONS = {"new_case", "append_to_case", "bounce_record", "auto_recorded_no_reply", "quarantined"}


@pytest.fixture
def world(desk, settings):
    hostile.settled(settings)
    return World(desk.live())


def deliver(world, item):
    (letter,) = box.put(
        [box.Delivery(item.raw, item.sender, item.recipients[0], "pipe", tuple(item.recipients[1:]))]
    )
    filed = hostile.file_all(world.desk.now)
    return letter, next(one for one in filed if one.letter == letter)


def receipts() -> int:
    return db.row("select count(*) from receipts")[0]


def wrong(world, item, filed, answered: int) -> list[str]:
    """How what became of a letter differs from what its manifest says."""
    told, said = item.expected, []
    accepted = {told["disposition"], *told.get("accept", ())}
    disposition = filed.disposition
    if told.get("after") and told.get("idempotent"):
        accepted, disposition = {"repeated"}, filed.disposition
    if disposition not in accepted:
        said.append(f"{disposition} ({filed.because}), not {told['disposition']}")
    wanted = 1 if told["ack"] == "yes" else 0
    if answered != wanted:
        said.append(f"{answered} receipts, not {wanted}")
    if told.get("case") and filed.case != world.case_of(item):
        said.append("another case")
    return said + _marks_missing(told, filed)


def _marks_missing(told, filed) -> list[str]:
    """Flags the corpus wants staff to see, where the letter stands on a case."""
    if not filed.case:
        return []
    this = shown.load(filed.case)
    entry = next((line.entry for line in reversed(this.lines) if getattr(line.entry, "letter", "")), None)
    seen = {mark.value for mark in getattr(entry, "marks", ())}
    known = {"loop", "reopens", "arc_pass"}  # told in other ways: the reason of holding, the ended case
    return [f"no mark {flag}" for flag in told.get("flags", ()) if flag not in seen | known]


def test_every_letter_gets_an_accepted_disposition_and_its_receipt_or_none(world, figure):
    misses, sequence = {}, ""
    for item in world.items():
        if item.expected.get("sequence", "-") != sequence:
            hostile.forget_receipts()
            sequence = item.expected.get("sequence", "")
        before = receipts()
        letter, filed = deliver(world, item)
        found = wrong(world, item, filed, receipts() - before)
        if filed.disposition != "repeated":
            assert hostile.raw_of(letter) == item.raw
        if found:
            misses[item.name] = found
    figure(f"hostile letters with an accepted disposition, receipt and marks: {411 - len(misses)} of 411")
    assert not misses, "\n".join(f"{name}: {why}" for name, why in misses.items())


# Over every road -----------------------------------------------------------------------------------------------------


def test_every_letter_comes_whole_over_lmtp_and_smtp(own_database, settings, tmp_path, figure):
    hostile.settled(settings)
    world = World(own_database.live())
    with listeners(tmp_path) as place:
        for road in (smtplib.LMTP(str(place.lmtp)), smtplib.SMTP(*place.smtp)):
            with road as server:
                kept = sum(_handed_over(server, item) for item in world.items())
            name = type(server).__name__
            filed = {f.letter: f.disposition for f in hostile.file_all(world.desk.now)}
            figure(f"hostile letters over {name}: {kept} of 411 accepted, {len(filed)} with a disposition")
            assert kept == len(filed) == 411
            assert set(filed.values()) <= DISPOSITIONS | {"repeated"}
    _as_expected(world)


def _handed_over(server, item) -> bool:
    """As a mail server would: the envelope, then the bytes, their dots doubled. Only 250 is accepted."""
    server.ehlo_or_helo_if_needed()
    options = [] if (item.sender + item.recipients[0]).isascii() else ["SMTPUTF8"]
    assert server.mail(item.sender or "<>", options)[0] == 250, item.name
    for recipient in item.recipients:
        assert server.rcpt(recipient)[0] == 250, item.name
    code, said = server.data(_with_line_ends(item.raw))
    if isinstance(server, smtplib.LMTP):
        for _ in item.recipients[1:]:
            server.getreply()
    return code == 250


def _with_line_ends(raw: bytes) -> bytes:
    """A mail server sends CR LF and nothing else; what was bare before arrives so."""
    return re.sub(rb"\r\n|\n|\r", b"\r\n", raw)


def _as_expected(world) -> None:
    """The dispositions of the whole corpus in the box, each letter counted once, whatever road brought it again."""
    counted = dict(db.rows("select disposition, count(*) from letters group by disposition"))
    assert set(counted) <= DISPOSITIONS
    expected = Counter(
        item.expected["disposition"] for item in world.items() if not item.expected.get("after")
    )
    for disposition in ("bounce_record", "auto_recorded_no_reply"):
        assert counted[disposition] == expected[disposition], disposition
