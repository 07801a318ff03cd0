"""Row 1. FreeScout marks a mail as seen also when processing raised; only a log line remains.

D1 rules it out: the bytes are committed before anything looks at them, and a failure of the later step is held, visibly.
"""

import os
import smtplib
import subprocess
import sys

import pytest

from amends.casework import db
from amends.look import sentences
from amends.post import box, clues, imap
from amends.post.deliver import TRY_AGAIN, deliver
from amends.rules.belonging import Held
from tests.incidents.letterbox import by_lmtp, file_all, letter
from tests.pages import Browser


@pytest.fixture
def stumbling(monkeypatch):
    """Somewhere deep inside, one letter makes the desk fall over."""
    customer_of = clues.customer_of

    def stumbles(one):
        if one.letter.subject == "stumble":
            raise LookupError("nobody thought of this")
        return customer_of(one)

    monkeypatch.setattr(clues, "customer_of", stumbles)
    return monkeypatch


def test_a_letter_that_makes_filing_fail_is_held_with_an_owner_and_hides_no_other(listeners, stumbling):
    desk, socket, _ = listeners
    bad = letter("My tank burst.", Subject="stumble")
    for raw in (letter("One."), bad, letter("Three.", From="bo@x.example")):
        by_lmtp(socket, raw)
    dispositions = [one.disposition for one in file_all(desk.now)]
    assert sorted(dispositions) == ["new_case", "new_case", "quarantined"]
    (held,) = db.rows("select id, because, owner from letters where disposition = 'quarantined'")
    assert held[1] == Held.TROUBLE and held[2] in (desk.sam.id, desk.kim.id, desk.ines.id)
    assert box.opened(held[0]).raw == bad
    sam = Browser(desk.sam)
    sam.get("/held/")
    assert str(sentences.held(Held.TROUBLE)) in sam.text and "looks at it." in sam.text
    sam.get("/today/")
    assert "1 letter is held." in sam.text


def test_once_the_fault_is_mended_the_held_letter_becomes_a_case_with_its_own_words(desk, stumbling):
    box.put([box.Delivery(letter("My tank burst.", Subject="stumble"))])
    (filed,) = file_all(desk.now)
    assert filed.disposition == "quarantined"
    stumbling.undo()
    sam = Browser(desk.sam)
    sam.post(f"/held/{filed.letter}/take-in/", page="/held/")
    assert "My tank burst." in sam.text and len(desk.drawn("cases")) == 1
    desk.is_sound()


def test_in_a_mailbox_a_letter_that_fails_is_seen_only_because_it_lies_with_us(desk, stumbling, mailbox):
    server = mailbox(letter("One."), letter("My tank burst.", Subject="stumble"))
    assert imap.fetch(server.connected(), desk.now) == 2
    assert len(box.waiting(5)) == 2 and server.seen == {1, 2}
    assert sorted(one.disposition for one in file_all(desk.now)) == ["new_case", "quarantined"]


def test_a_letter_without_from_and_one_with_a_known_message_id_are_kept_too(desk):
    known = letter("First.", Message_ID="<same@x.example>")
    for raw in (known, letter("Second.", Message_ID="<same@x.example>"), letter("Third.", From=None)):
        box.put([box.Delivery(raw)])
    assert sorted(one.disposition for one in file_all(desk.now)) == ["new_case", "new_case", "quarantined"]
    assert len(desk.drawn("letters")) == 3


def test_taking_a_letter_never_looks_inside_it(listeners, monkeypatch):
    desk, socket, _ = listeners
    from amends.post import cage
    from amends.post.reader import reading

    def looks(*_, **__):
        raise AssertionError("somebody looked")

    monkeypatch.setattr(reading, "read_with_files", looks)
    monkeypatch.setattr(reading, "identity", looks)
    monkeypatch.setattr(cage.Cage, "read", looks)
    by_lmtp(socket, raw := letter("\0 unreadable"))
    assert box.waiting(1)[0].raw == raw


ENVELOPES = {
    "with umlauts": ("jörg@müller.example", "complaints@localhost"),
    "to one with umlauts": ("ana@whitlock.example", "beschwerdestelle-köln@localhost"),
    "with bytes that are no text": ("ana\udcff@whitlock.example", "complaints@localhost"),
    "with a space": ("ana whitlock@x.example", "complaints@localhost"),
    "of a computer's own": ("root", "complaints"),
}


def test_letters_by_pipe_with_strange_envelopes_are_taken_all_the_same(listeners, tmp_path, monkeypatch):
    desk, socket, _ = listeners
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path))
    troubles = {}
    for name, envelope in ENVELOPES.items():
        try:
            assert deliver(letter(f"{name}."), *envelope)  # as `amends mail deliver` does, with the worker up
        except Exception as trouble:
            troubles[name] = repr(trouble)[:100]
    assert not troubles
    assert [one.disposition for one in file_all(desk.now)] == ["new_case"] * len(ENVELOPES)


def test_a_command_that_cannot_store_a_letter_says_try_again(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "amends", "mail", "deliver", "--from=ana@whitlock.example"],
        input=letter(),
        capture_output=True,
        env={
            **os.environ,
            "AMENDS_HOME": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/none/x.sqlite3",
        },
    )
    assert done.returncode == TRY_AGAIN and b"not stored" in done.stderr


def test_the_listener_answers_for_each_letter_only_what_became_of_it(listeners, monkeypatch):
    desk, socket, _ = listeners
    from amends.post import lmtp

    def fails(deliveries):
        raise OSError("disk full")

    monkeypatch.setattr(lmtp.box, "put", fails)
    with pytest.raises(smtplib.SMTPDataError) as no:
        by_lmtp(socket, letter())
    assert no.value.smtp_code == 451
    monkeypatch.undo()
    by_lmtp(socket, letter())
    assert len(box.waiting(5)) == 1
