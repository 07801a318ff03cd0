"""Letters that come at the worst moment: the requirements R102, R207 and R410 hold all the same."""

import threading
from datetime import timedelta

import pytest

from amends.casework import db, leaving
from amends.casework.acts import letters, perform_each
from amends.casework.moments import micro
from amends.post import box, filing
from amends.rules import cases, correspondence, remedies
from amends.rules.entries import Lane, RemedyKind
from amends.rules.refused import Missing, Reason, Refused
from amends.timetable.chores import break_promises, let_letters_leave
from tests.pages import Browser, case_path, moment_field


def open_cases_without_a_date(desk) -> list:
    return db.rows(
        "select ref from cases where is_open and (update_due is null or update_due <= %s)", [micro(desk.now)]
    )


def broken(desk) -> int:
    return db.row("select count(*) from promises where was_broken")[0]


# R102: every open case has a date its customer hears by ---------------------------------------------------------------


def test_a_letter_that_waits_to_leave_keeps_no_promise(desk, settings):
    """Written in time and not yet gone is silence: the promise breaks at its minute, once."""
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    due = desk.state().update.due
    Browser(desk.sam).post(
        case_path(desk) + "answer/", page=case_path(desk), words="Which roof is it?", when="later",
        later=moment_field(due - timedelta(minutes=1)),
    )  # fmt: skip
    assert len(leaving.of_case(desk.case)) == 1
    desk.now = due + timedelta(seconds=1)  # the worker was down, and the letter did not leave
    break_promises(desk.now)
    assert broken(desk) == 1 and open_cases_without_a_date(desk) == []
    let_letters_leave(desk.now)
    assert broken(desk) == 1 and open_cases_without_a_date(desk) == []
    desk.is_sound()


def test_a_letter_that_comes_while_a_promise_breaks_changes_nothing_about_it(desk):
    desk.received()
    desk.now = desk.state().update.due + timedelta(seconds=1)
    desk.hears("Is anybody there?")
    break_promises(desk.now)
    desk.hears("Hello?")
    break_promises(desk.now)
    assert broken(desk) == 1 and open_cases_without_a_date(desk) == []


def test_joining_cases_leaves_none_without_a_date_and_mends_no_broken_promise(desk):
    old = desk.received()
    young = desk.later(hours=1).received(words="Once more.")
    desk.later(days=3)
    break_promises(desk.now)
    before = broken(desk)
    letters.merge(young, into=old, why="same", by=desk.sam.actor, now=desk.now, act="m")
    assert broken(desk) == before and open_cases_without_a_date(desk) == []
    letters.unmerge(young, why="not", by=desk.sam.actor, now=desk.now, act="u")
    assert broken(desk) == before and open_cases_without_a_date(desk) == []
    desk.is_sound()


# R207: two remedies cannot jointly exceed a grant ----------------------------------------------------------------------


def test_a_grant_holds_while_letters_are_filed_on_the_same_case(own_database):
    desk = own_database
    desk.working()
    desk.grant(desk.sam, 5000, 5000, RemedyKind.REFUND)
    to = f"complaints+{_token(desk)}@localhost"
    raw = "From: ana@whitlock.example\r\nTo: {to}\r\nMessage-ID: <{n}@x>\r\n\r\nAnd another thing, {n}.\r\n"
    box.put([box.Delivery(raw.format(to=to, n=n).encode(), "ana@whitlock.example", to) for n in range(60)])
    said, start = [], threading.Barrier(3)

    def file():
        start.wait()
        while filing.file_waiting(desk.now, 5):
            pass

    def give():
        start.wait()
        for _ in range(3):
            try:
                offer = desk.offer("Back", lane=Lane.OURS, kind=RemedyKind.REFUND, amount=3000)
                desk.do(desk.sam, remedies.grant, offer=offer)
                said.append("given")
            except Refused as no:
                said.append(no.reason)

    threads = [threading.Thread(target=_closing(work)) for work in (file, give, give)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("given") == 1 and set(said) - {"given"} <= {Reason.GRANT_USED_UP, Reason.ABOVE_GRANT}
    assert sum(word == "letter.received" for word in desk.words()) == 60
    assert db.row("select sum(drawn) from allowances")[0] == 3000
    desk.is_sound()


def _token(desk) -> str:
    from amends.casework.tokens import REPLY, token

    return token(REPLY, desk.case, desk.state().customer)


def _closing(work):
    def run():
        from django.db import connection

        try:
            work()
        finally:
            connection.close()

    return run


# R410: no closing over what is not settled -----------------------------------------------------------------------------


def missing(desk) -> set:
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, cases.close)
    return {what for what, _ in no.value.facts["missing"]}


def test_silence_is_broken_by_a_letter_and_begins_anew(desk):
    desk.delivered()
    desk.later(days=12)
    break_promises(desk.now)
    desk.hears("It still leaks.")
    desk.later(days=5)
    break_promises(desk.now)
    assert missing(desk) == {Missing.CUSTOMERS_WORD, Missing.UNREAD}
    desk.do(desk.sam, correspondence.read)
    assert missing(desk) == {Missing.CUSTOMERS_WORD}
    desk.later(days=16)
    break_promises(desk.now)
    desk.do(desk.sam, cases.close)
    assert desk.stage() == "closed"


def test_a_machines_letter_and_a_strangers_do_not_keep_a_case_open(desk):
    desk.delivered()
    desk.later(days=12)
    break_promises(desk.now)
    desk.hears("I am away.", head="From: ana@whitlock.example\r\nAuto-Submitted: auto-replied\r\n")
    desk.hears("Buy shingles.", who="Eve <eve@evil.example>")
    desk.later(days=5)
    break_promises(desk.now)
    desk.do(desk.sam, cases.close)
    assert desk.stage() == "closed"


def test_a_letter_that_comes_after_the_customers_word_is_read_before_the_case_closes(desk):
    desk.delivered()
    desk.do(desk.ana, cases.settle, rating=5)
    desk.hears("Wait: it has just lifted again!")
    assert missing(desk) == {Missing.UNREAD}
    (outcome,) = perform_each([desk.case], cases.close, by=desk.kim.actor, now=desk.now, act="bulk")
    assert outcome.refused.reason is Reason.NOT_READY_TO_CLOSE and desk.stage() == "delivering"
    sam = Browser(desk.sam)
    sam.post(case_path(desk) + "close/", page=case_path(desk) + "close/")
    assert "read by somebody" in sam.text
    desk.do(desk.sam, correspondence.read)
    desk.do(desk.sam, cases.close)
    desk.is_sound()
