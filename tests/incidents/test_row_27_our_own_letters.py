"""Row 27. django-helpdesk, osTicket: the queue's own address complained to itself; own notices were fetched back.

Our own addresses, the desk's mark and letters that go in circles are held as a loop and answered by nobody.
"""

import pytest

from amends.casework import db
from amends.post import imap, mailboxes
from amends.rules import brakes, correspondence, promises
from amends.timetable.chores import remind_owners
from tests.incidents.letterbox import comes, file_all, leave, letter
from tests.incidents.test_row_21_forged_bounces import report
from tests.pages import Browser


def _quiet(desk, filed) -> None:
    assert filed.disposition == "quarantined" and filed.because == "loop"
    assert leave(desk.now).letters == []


@pytest.mark.parametrize("who", ["complaints@localhost", "COMPLAINTS@localhost", "complaints+x@localhost", "Desk <complaints@LOCALHOST>"])  # fmt: skip
def test_a_letter_from_the_desks_own_address_is_held(desk, who):
    _quiet(desk, comes(desk, letter("We have your complaint.", From=who)))
    assert desk.drawn("cases") == []


def test_from_any_of_its_addresses(desk, settings):
    settings.AMENDS_MAIL, settings.AMENDS_MAILBOXES = (
        "help@shop.example",
        ("help@shop.example", "billing@shop.example"),
    )
    _quiet(desk, comes(desk, letter("We have it.", From="billing@shop.example"), None, "help@shop.example"))


def test_our_very_own_letters_fetched_back_from_the_mailbox_are_held(desk, mailbox):
    """A provider that keeps what we send in the folder we read; and once more with another sender on it."""
    desk.received()
    desk.do(desk.sam, correspondence.write, words="Dear Ana, we look into it.")
    sent = [outgoing.message for outgoing in leave(desk.now).letters]
    resent = [
        raw.replace(b"complaints@localhost>", b"relay@x.example>", 1).replace(
            b"Message-ID: <", b"Message-ID: <2"
        )
        for raw in sent
    ]
    server = mailbox(*sent, *resent)
    here = server.connected()
    for _ in range(3):
        imap.fetch(mailboxes.by_id(here.id), desk.now)
        filed = file_all(desk.now)
        assert {one.because for one in filed} <= {"loop"}
    assert len(desk.drawn("cases")) == 1 and leave(desk.now).letters == []


def test_a_reminder_to_a_colleague_that_comes_back_starts_nothing(desk):
    desk.received()
    leave(desk.now)
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=11))
    remind_owners(desk.later(minutes=10).now)
    (reminder,) = leave(desk.now).letters
    assert reminder.sender == ""  # nobody reports on it; and if somebody does all the same:
    raw = report(about="sam@desk.example")
    assert comes(desk, raw, "").disposition == "bounce_record"
    assert comes(desk, reminder.message, "").because == "loop"
    assert leave(desk.now).letters == [] and len(desk.drawn("cases")) == 1


def test_a_colleagues_absence_note_on_a_reminder_opens_no_case(desk):
    desk.received()
    leave(desk.now)
    note = letter(
        "I am away.", From="sam@desk.example", Auto_Submitted="auto-replied", Subject="Automatic reply: due"
    )
    assert comes(desk, note, "").disposition in ("quarantined", "auto_recorded_no_reply")
    assert len(desk.drawn("cases")) == 1 and leave(desk.now).letters == []


def test_a_letter_that_has_gone_in_circles_is_held(desk):
    hops = b"".join(b"Received: from mx%d by mx%d\r\n" % (n, n + 1) for n in range(60))
    _quiet(desk, comes(desk, hops + letter("Round and round.")))


def test_an_answer_that_would_come_back_to_us_is_not_sent(desk):
    filed = comes(desk, letter("It leaks.", Reply_To="complaints@localhost"))
    assert filed.disposition == "new_case"
    assert leave(desk.now).letters == []


def test_the_desks_address_typed_into_the_form_ends_after_one_letter(desk):
    desk.live()
    browser = Browser()
    browser.post("/complain/", words="I complain to myself.", name="Desk", reach="complaints@localhost")
    circles = 0
    for _ in range(5):
        for outgoing in leave(desk.live().now).letters:
            circles += 1
            filed = comes(desk, outgoing.message, outgoing.sender)
            assert filed.because == "loop"
    assert circles <= 1 and len(desk.drawn("cases")) <= 1


def test_two_desks_that_write_to_each_other_fall_silent(desk):
    """The other desk sends what ours sends: a receipt that is marked, from its own address."""
    comes(
        desk,
        letter("We have your complaint.", From="help@other.example", Auto_Submitted="auto-generated"),
        "",
    )
    comes(desk, letter("We have your complaint.", From="help@other.example"), "help@other.example")
    for _ in range(5):
        for outgoing in leave(desk.now).letters:
            comes(
                desk,
                letter("We have your complaint.", From="help@other.example", To=outgoing.to),
                "help@other.example",
            )
    assert db.row("select count(*) from owed")[0] <= brakes.PER_TEXT_A_MONTH


def test_a_held_loop_that_staff_take_in_still_gets_no_receipt(desk):
    filed = comes(desk, letter("I am from us, and I complain.", From="complaints@localhost"))
    Browser(desk.sam).post(f"/held/{filed.letter}/take-in/", page="/held/")
    assert len(desk.drawn("cases")) == 1 and leave(desk.live().now).letters == []
