"""R102 · Keep the customer informed.

Check: there is no open case without a future next-update date (invariant over the database); let one lapse: the
broken-promise count rises by exactly one and cannot be edited down.
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from amends.casework import db
from amends.casework.acts import intake
from amends.casework.moments import micro
from amends.casework.rebuild import rebuild
from amends.casework.verify import findings
from amends.desk.promises import broken_count
from amends.rules import cases, correspondence, points, promises
from amends.rules.entries import Channel
from amends.rules.refused import Reason, Refused
from amends.timetable.chores import break_promises
from tests.pages import Browser, portal_path


def _without_a_date(now) -> list:
    """Open cases whose customer has no date still to come: from the tables every screen reads."""
    return db.rows(
        "select ref from cases where is_open = %s and (update_due is null or update_due <= %s or owner = '')",
        [True, micro(now)],
    )


def test_no_open_case_is_ever_without_a_date_still_to_come(desk):
    for start in (
        desk.received,
        desk.understood,
        desk.working,
        desk.proposed,
        desk.delivering,
        desk.delivered,
        desk.closed,
    ):
        desk.case = ""
        desk.received(name=start.__name__, address=f"{start.__name__}@example.org")
        if start != desk.received:
            start()
        assert _without_a_date(desk.now) == []
    desk.do(desk.ana, cases.not_settled, words="It leaks again.")
    assert _without_a_date(desk.now) == []
    for _ in range(60):  # two months in which nobody does anything
        desk.later(days=1)
        break_promises(desk.now)
        assert _without_a_date(desk.now) == []
    desk.is_sound()


def test_one_that_lapses_is_broken_exactly_once(desk):
    desk.received()
    before = broken_count(desk.sam)
    desk.now = desk.state().update.due
    break_promises(desk.now)
    assert broken_count(desk.sam) == before + 1
    for _ in range(3):
        break_promises(desk.now)  # the chore once more, as after a crash
    assert broken_count(desk.sam) == before + 1
    assert desk.letters()[-1] == "broken"  # the customer is told, with the next date
    assert desk.state().update.due > desk.now


def test_the_minute_before_it_is_not_broken(desk):
    desk.received()
    desk.now = desk.state().update.due - timedelta(minutes=1)
    break_promises(desk.now)
    assert broken_count(desk.sam) == 0


def test_the_count_cannot_be_brought_down(desk):
    desk.received()
    desk.now = desk.state().update.due
    break_promises(desk.now)
    number = next(p.number for p in desk.state().promises if p.state.value == "broken")
    desk.do(desk.sam, correspondence.write, words="I am late. Here is what I know.")
    for verb, by, asked in (
        (promises.keep, desk.sam, {"proof": "I did write"}),
        (promises.release, desk.ana, {}),
        (promises.release, desk.sam, {}),
        (promises.notice_delay, desk.kim, {"why": "Busy", "expected": desk.now + timedelta(days=1)}),
    ):
        with pytest.raises(Refused):
            desk.do(by, verb, number=number, **asked)
    assert broken_count(desk.sam) == 1
    desk.do(desk.ana, cases.withdraw, words="Enough.")
    assert broken_count(desk.sam) == 1


def test_neither_the_database_nor_a_changed_table_brings_it_down(desk):
    desk.received()
    desk.now = desk.state().update.due
    break_promises(desk.now)
    for statement in ("delete from entries", "update entries set body = '{}'"):
        with pytest.raises(DatabaseError), transaction.atomic():
            db.change(statement)
    db.change("update promises set state = 'kept', was_broken = %s", [False])
    assert broken_count(desk.sam) == 0  # somebody at the database made the drawing lie
    rebuild()
    assert broken_count(desk.sam) == 1  # the record does not
    assert list(findings()) == []


def test_silence_longer_than_the_house_allows_is_refused(desk):
    desk.received()
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, correspondence.write, words="Soon.", next_update=desk.now + timedelta(days=30))
    assert no.value.reason is Reason.UPDATE_TOO_FAR
    assert "reply" not in desk.letters()


def test_the_customer_sees_the_date(desk):
    desk.received()
    ana = Browser()
    ana.get(portal_path(desk))
    assert "You hear from us by Thu 11 June, 17:00" in ana.text


def test_a_letter_at_the_worst_moment_keeps_and_breaks_nothing_twice(desk):
    """A letter of theirs arrives in the minute the promise breaks."""
    desk.understood()
    desk.now = desk.state().update.due
    desk.do(desk.ana, correspondence.hear, words="Hello?", channel=Channel.EMAIL)
    break_promises(desk.now)
    desk.do(desk.ana, correspondence.hear, words="Anybody?", channel=Channel.EMAIL)
    break_promises(desk.now)
    assert broken_count(desk.sam) == 1
    assert _without_a_date(desk.now) == []


def test_cases_taken_in_many_at_once_have_their_dates_too(desk):
    many = [
        intake.Complaint(
            act=f"m{n}", channel=Channel.EMAIL, words="It leaks.", name=f"C{n}", address=f"c{n}@example.org"
        )
        for n in range(30)
    ]
    intake.receive_complaints(many, now=desk.now)
    assert _without_a_date(desk.now) == []
    desk.later(days=5)
    assert break_promises(desk.now) == 30
    assert broken_count(desk.sam) == 30
    assert _without_a_date(desk.now) == []


def test_points_read_back_are_a_word_from_us_and_renew_the_date(desk):
    desk.received()
    first = desk.state().update.due
    desk.point("Nobody did")
    desk.do(desk.sam, points.read_back)
    assert desk.state().update.due > first
