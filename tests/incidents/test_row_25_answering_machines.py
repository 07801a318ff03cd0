"""Row 25. Out-of-office loops, in nearly every desk: two machines answer each other through the night.

D7 rules it out by four brakes: what we send by itself says so and has no sender; what machines send is recognised; few
receipts per person; few per domain and text. Each of them alone ends the loop.
"""

import email
from collections.abc import Callable
from email.utils import parseaddr

import pytest

from amends.casework import db
from amends.post import box, clues
from amends.post.writing import Outgoing
from amends.rules import brakes, promises
from tests.incidents.letterbox import comes, file_all, leave, letter
from tests.incidents.test_row_21_forged_bounces import report

Robot = Callable[[Outgoing, int], tuple[bytes, str | None, str]]  # (its answer, envelope sender, recipient)


def _answer(words: str, who: str, ours: Outgoing, to: str = "", **fields) -> tuple[bytes, str | None, str]:
    told = email.message_from_bytes(ours.message)
    to = to or parseaddr(told["Reply-To"] or told["From"])[1]
    fields = {"Subject": f"Re: {told['Subject']}", "In_Reply_To": told["Message-ID"], **fields}
    return letter(words, From=who, To=to, **fields), who, to


ROBOTS: dict[str, Robot] = {
    "says that it is one": lambda o, n: _answer("I am away.", o.to, o, Auto_Submitted="auto-replied"),
    "says nothing": lambda o, n: _answer("Thank you for your message. We will answer it soon.", o.to, o),
    "says nothing and writes to our address": lambda o, n: _answer(
        "Thank you for your message. We will answer it soon.", o.to, o, "complaints@localhost", In_Reply_To=None
    ),
    "says something else each time": lambda o, n: _answer(
        f"Ticket {n} was opened.", o.to, o, "complaints@localhost", In_Reply_To=None
    ),
    "has a new address each time": lambda o, n: _answer(
        "Thank you.", f"bot{n}@whitlock.example", o, "complaints@localhost", In_Reply_To=None
    ),
    "sends each letter back": lambda o, n: (report(to=o.sender or "complaints@localhost"), "", o.sender),
    "asks for a confirmation": lambda o, n: _answer(
        "Please confirm that you are human: click here to deliver your message.", o.to, o, "complaints@localhost",
        Subject="Please confirm your message (spam protection)",
    ),
    "is a list": lambda o, n: _answer(f"Post {n}.", o.to, o, "complaints@localhost", List_Id="<roofs.whitlock.example>"),
    "sends our own letter back": lambda o, n: (o.message, o.sender, "complaints@localhost"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROBOTS)
def test_thirty_days_with_a_robot_end_in_a_handful_of_letters(desk, name):
    """It answers each letter of ours, at once. Whatever it is, our side falls silent and nothing of it is lost."""
    comes(desk, letter("It leaks."))
    ours, came = 0, 1
    for day in range(30):
        for round in range(3):
            sent = leave(desk.now).letters
            ours += len(sent)
            for outgoing in sent:
                raw, sender, to = ROBOTS[name](outgoing, came)
                box.put([box.Delivery(raw, sender, to or "complaints@localhost", "pipe")])
                came += 1
            file_all(desk.now)
            assert ours < 20, (day, round)
        desk.later(days=1)
    assert ours <= 4
    assert db.row("select sum(deliveries) from letters")[0] == came
    desk.is_sound()


# Each brake alone -------------------------------------------------------------------------------------------------


def test_the_first_alone_a_receipt_says_that_it_is_automatic_and_has_no_sender(desk):
    comes(desk, letter("It leaks."))
    sent = leave(desk.now)
    (outgoing,), message = sent.letters, sent.newest
    assert outgoing.sender == ""
    assert message["Auto-Submitted"] == "auto-generated" and message["X-Auto-Response-Suppress"] == "All"


def test_the_first_again_whatever_the_desk_writes_by_itself_says_so(desk):
    """A promise broke in the night and nobody wrote this letter: a robot should not answer it."""
    from amends.timetable.chores import break_promises

    desk.received()
    leave(desk.now)
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=15))
    break_promises(desk.later(days=1).now)
    assert desk.letters()[-1] == "broken"
    assert leave(desk.now).newest["Auto-Submitted"] == "auto-generated"


MARKS = [
    {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated"}, {"X_Autoreply": "yes"},
    {"Precedence": "bulk"}, {"Precedence": "auto_reply"}, {"X_Autorespond": "away"}, {"X_Auto_Response_Suppress": "All"},
    {"Subject": "Automatic reply: Re: Your complaint"}, {"Subject": "Out of Office: Re: Your complaint"},
    {"Subject": "Automatische Antwort: Re: Your complaint"}, {"Subject": "Réponse automatique : Re: x"},
    {"List_Id": "<roofs.x.example>"}, {"Feedback_ID": "1:x", "Auto_Submitted": "auto-generated"},
    {"X_Mail_Autoreply": "1"}, {"From": "MAILER-DAEMON@x.example"}, {"From": "no-reply@x.example"}, {"Return_Path": "<>"},
]  # fmt: skip


@pytest.mark.parametrize("fields", MARKS, ids=str)
def test_the_second_alone_what_a_machine_marks_gets_no_receipt(desk, monkeypatch, fields):
    monkeypatch.setattr(brakes, "PER_MAILBOX_A_MONTH", 10**6)
    sender = "" if "Return_Path" in fields else None
    filed = comes(desk, letter("I am away until Monday.", **fields), sender)
    assert filed.disposition in ("auto_recorded_no_reply", "new_case", "quarantined", "bounce_record")
    assert leave(desk.now).letters == []


@pytest.fixture
def blind(monkeypatch):
    """A desk that recognises no machine at all."""
    monkeypatch.setattr(clues, "_automatic", lambda one, token: "")


def test_the_third_alone_an_address_gets_few_receipts_a_day_and_a_month(desk, blind):
    for n in range(10):
        comes(desk, letter(f"Ticket {n} was opened."))
    assert len(leave(desk.now).letters) <= brakes.PER_MAILBOX_A_MONTH
    for n in range(50):
        comes(desk.later(hours=12), letter(f"Later ticket {n}."))
    assert db.row("select count(*) from owed")[0] <= brakes.PER_MAILBOX_A_MONTH
    assert len(desk.drawn("cases")) == 60  # and not one of them was dropped


def test_the_third_alone_a_reply_to_a_case_gets_no_receipt_at_all(desk, blind):
    desk.received()
    leave(desk.now)
    for n in range(5):
        desk.hears(f"Again {n}.")
    assert leave(desk.now).letters == []


def test_the_fourth_alone_one_text_is_answered_few_times_whoever_sends_it(desk, blind):
    for n in range(10):
        comes(
            desk, letter("Thank you for your message. We will answer it soon.", From=f"bot{n}@x{n}.example")
        )
    assert len(leave(desk.now).letters) == brakes.PER_TEXT_A_MONTH
    assert len(desk.drawn("cases")) == 10


def test_receipts_that_are_forgotten_are_older_than_any_brake_looks(desk, blind):
    from amends.timetable.chores import forget_receipts

    for n in range(brakes.PER_TEXT_A_MONTH):
        comes(desk, letter("Thank you for your message. We will answer it soon.", From=f"bot@x{n}.example"))
    forget_receipts(desk.later(days=29).now)
    comes(desk, letter("Thank you for your message. We will answer it soon.", From="bo@x.example"))
    assert db.row("select count(*) from owed")[0] == brakes.PER_TEXT_A_MONTH
