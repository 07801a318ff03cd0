"""Row 8. Zammad skips mails that are too big without a word; a relay drops attachments; chatwoot all after the 15th.

D3 rules it out: a limit never discards. By LMTP and SMTP too much is refused with 552 at once; in a mailbox it is a held
letter that names where it lies.
"""

import smtplib
import subprocess
import sys

import pytest

from amends.casework import db, shown
from amends.post import box, imap, lmtp, mailboxes, ours
from amends.post.deliver import LARGEST, TOO_LARGE
from tests.incidents.letterbox import by_lmtp, comes, file_all, letter, listening
from tests.pages import Browser, case_path

SMALL = 200_000


@pytest.fixture
def narrow(own_database, tmp_path, monkeypatch):
    """Listeners that take no more than 200,000 bytes."""
    monkeypatch.setattr(lmtp, "LARGEST", SMALL)
    with listening(tmp_path) as (socket, smtp):
        yield socket, smtp


def _large(size: int = SMALL) -> bytes:
    return letter("The photographs.\n" + "x" * 70 + "\n" * 1 + ("y" * 70 + "\n") * (size // 70))


def test_over_lmtp_it_is_refused_at_once_by_its_size(narrow):
    socket, _ = narrow
    with smtplib.LMTP(str(socket)) as server:
        server.ehlo_or_helo_if_needed()
        assert int(server.esmtp_features["size"]) == SMALL
        assert server.mail("ana@whitlock.example", [f"size={SMALL + 1}"])[0] == 552
    assert box.waiting(5) == []


def test_over_smtp_one_that_lied_about_its_size_is_refused_too(narrow):
    _, (host, port) = narrow
    with smtplib.SMTP(host, port) as server:
        server.ehlo()
        server.mail("ana@whitlock.example", ["size=10"])
        server.rcpt("complaints@localhost")
        assert server.data(_large())[0] == 552
        server.mail("ana@whitlock.example")  # and the line is of use for the next letter
        server.rcpt("complaints@localhost")
        assert server.data(letter("A small one."))[0] == 250
    assert len(box.waiting(5)) == 1


def test_over_lmtp_each_recipient_of_a_letter_too_large_is_answered(narrow):
    """LMTP owes one answer per recipient (RFC 2033): a server that misses one waits, and tries the letter again."""
    socket, _ = narrow
    with smtplib.LMTP(str(socket), timeout=1) as server:
        server.ehlo_or_helo_if_needed()
        server.mail("ana@whitlock.example")
        for to in ("one@localhost", "two@localhost"):
            server.rcpt(to)
        assert server.data(_large())[0] == 552
        server.sock.settimeout(1)
        try:
            second = server.getreply()[0]
        except (TimeoutError, smtplib.SMTPServerDisconnected):
            second = None
    assert second == 552


def test_by_pipe_it_is_refused_with_the_status_that_makes_a_mail_server_tell_the_sender(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "amends", "mail", "deliver"], input=b"x" * (LARGEST + 1), capture_output=True
    )
    assert done.returncode == TOO_LARGE and b"30,000,000" in done.stderr


def test_a_letter_just_as_large_as_is_taken_comes_whole(narrow):
    socket, _ = narrow
    raw = letter("x")
    raw += (b"y" * 78 + b"\r\n") * ((SMALL - len(raw)) // 80)
    by_lmtp(socket, raw)
    assert box.waiting(1)[0].raw == raw


@pytest.fixture
def with_a_large_one(desk, mailbox):
    server = mailbox(
        letter("One."), letter("See the photographs.", Subject="Forty megabytes"), letter("Three.")
    )
    server.sizes[2] = 40_000_000
    here = server.connected()
    imap.fetch(here, desk.now)
    return desk, server, here


def test_in_a_mailbox_it_is_held_and_says_its_number_there(with_a_large_one):
    desk, server, here = with_a_large_one
    file_all(desk.now)
    ((letter_id, because),) = db.rows("select id, because from letters where disposition = 'quarantined'")
    assert "number 2 in INBOX" in because and "40,000,000 bytes" in because
    assert not any("BODY.PEEK[]" in c.line and " 2 " in c.line for c in server.commands)
    sam = Browser(desk.sam)
    sam.get("/held/")
    assert "number 2 in INBOX of complaints@localhost" in sam.text
    assert len(desk.drawn("cases")) == 2 and server.letters[2]


def test_in_a_mailbox_it_has_somebody_who_looks_at_it(with_a_large_one):
    desk, _, _ = with_a_large_one
    file_all(desk.now)
    ((owner,),) = db.rows("select owner from letters where disposition = 'quarantined'")
    assert owner in (desk.sam.id, desk.kim.id, desk.ines.id)


def test_in_a_mailbox_its_header_is_kept_and_can_be_taken_in(with_a_large_one):
    desk, _, here = with_a_large_one
    file_all(desk.now)
    ((letter_id,),) = db.rows("select id from letters where disposition = 'quarantined'")
    assert b"Subject: Forty megabytes" in box.opened(letter_id).raw
    sam = Browser(desk.sam)
    sam.post(f"/held/{letter_id}/take-in/", page="/held/")
    assert sam.answer.status_code == 200 and len(desk.drawn("cases")) == 3
    assert imap.fetch(mailboxes.by_id(here.id), desk.now) == 0


def test_of_a_letter_with_sixty_files_none_is_dropped(desk):
    files = [(f"seam-{n}.txt", "text/plain", f"Photograph {n}".encode()) for n in range(60)]
    desk.case = comes(desk, letter("See these.", files=files)).case
    kept = shown.load(desk.case).lines[0].entry.files
    assert len(kept) == 60
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert all(f"seam-{n}.txt" in sam.text for n in range(60))
    last = sam.get(f"{case_path(desk)}files/1/59/")
    assert last.content == b"Photograph 59"


def test_a_letter_of_too_many_parts_is_held_whole_and_not_cut(desk):
    files = [("a.txt", "text/plain", b"x")] * 5000
    raw = letter("See these.", files=files)
    filed = comes(desk, raw)
    assert box.opened(filed.letter).raw == raw
    if filed.disposition == "new_case":
        assert len(shown.load(filed.case).lines[0].entry.files) == 5000
    else:
        assert filed.disposition == "quarantined"


def test_of_very_many_recipients_none_that_was_accepted_is_forgotten(listeners):
    """The last of 120 is the reply address of a case: the letter belongs there, or that recipient is refused aloud."""
    desk, socket, _ = listeners
    desk.received()
    reply = ours.reply_address(desk.case, desk.state().customer)
    many = [f"c{n}@localhost" for n in range(119)] + [reply]
    with smtplib.LMTP(str(socket)) as server:
        server.ehlo_or_helo_if_needed()
        server.mail("ana@whitlock.example")
        codes = [server.rcpt(to)[0] for to in many]
        answers = [server.data(letter("It lifted again."))[0]]
        answers += [server.getreply()[0] for code in codes[1:] if code == 250]
    file_all(desk.now)
    accepted = codes[-1] == 250 and answers[-1] == 250
    assert not accepted or desk.words()[-1] == "letter.received"
