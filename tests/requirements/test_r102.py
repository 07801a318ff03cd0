"""R102 · Keep the customer informed.

Check: there is no open case without a future next-update date (invariant over the database); let one lapse: the
broken-promise count rises by exactly one and cannot be edited down.
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from amends.casework import db, shown
from amends.casework.acts import intake
from amends.casework.moments import micro
from amends.casework.rebuild import rebuild
from amends.casework.verify import findings
from amends.desk.promises import broken_count
from amends.rules import cases, correspondence, points, promises
from amends.rules import entries as e
from amends.rules.entries import Channel
from amends.rules.refused import Reason, Refused
from amends.timetable.chores import break_promises
from tests.pages import Browser, case_path, portal_path


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
        desk.do(
            desk.sam,
            correspondence.write,
            words="Which roof is it?",
            next_update=desk.now + timedelta(days=30),
        )
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


# Told by letter, but never into a loop ---------------------------------------------------------------------------


def _misses(desk, dates: int) -> list[str]:
    """So many dates pass, one after the other; the letters about them."""
    before = len(_about_missed(desk))
    for _ in range(dates):
        desk.now = desk.state().update.due
        break_promises(desk.now)
    return _about_missed(desk)[before:]


def _about_missed(desk) -> list[str]:
    this = shown.load(desk.case)
    sent = [line.entry for line in this.lines if isinstance(line.entry, e.LetterSent)]
    return [this.texts(entry.words) for entry in sent if entry.kind is e.LetterKind.BROKEN]


def test_whoever_is_left_waiting_is_told_twice_and_the_second_letter_says_that_it_is_the_last(desk):
    desk.received()
    first, second = _misses(desk, 12)
    assert "no letter like this one" not in first
    assert "no letter like this one goes out again" in second and "by Monday 15 June, 17:00" in second
    assert broken_count(desk.sam) == 12  # not one is left out of the record
    assert _without_a_date(desk.now) == []
    ana = Browser()
    ana.get(portal_path(desk))
    assert ana.text.count("broken") >= 1
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert sam.text.count("No letter said so; it stands on their page.") == 10
    desk.is_sound()


def test_nothing_that_comes_from_outside_gets_them_going_again(desk):
    """A machine that answers each letter as a customer would."""
    desk.received()
    for n in range(12):
        _misses(desk, 1)
        desk.do(
            desk.ana,
            correspondence.hear,
            words=f"Thank you for your letter, number {n}.",
            channel=Channel.EMAIL,
        )
    assert len(_about_missed(desk)) == 2


def test_once_a_person_has_written_the_next_missed_date_is_told_again(desk):
    desk.received()
    assert len(_misses(desk, 5)) == 2  # the receipt was the first of three
    desk.do(desk.sam, correspondence.write, words="I am sorry. I have it now.")
    assert len(_misses(desk, 5)) == 3


def test_a_note_is_no_word_to_the_customer(desk):
    desk.received()
    _misses(desk, 5)
    desk.do(desk.sam, correspondence.note, words="Will do it tomorrow.", stance="")
    assert _misses(desk, 3) == []


def test_a_deed_that_a_person_promised_is_told_however_many_dates_were_missed(desk):
    desk.received()
    due = desk.now + timedelta(days=20)
    desk.do(desk.sam, promises.make, deed="Send the fitter", owner=desk.sam.id, due=due)
    _misses(desk, 5)
    told = len(_about_missed(desk))
    while desk.now < due:
        _misses(desk, 1)
    desk.now = max(desk.now, due)
    break_promises(desk.now)
    assert len(_about_missed(desk)) == told + 1
    assert "Send the fitter" in _about_missed(desk)[-1]


def test_who_got_no_receipt_gets_no_letter_by_itself_until_a_person_has_written(desk):
    """The address may be a stranger's: the case stands, and a person looks at it."""
    from tests.incidents.letterbox import comes, letter

    filed = comes(
        desk, letter("It lifted.", From="Vic <vic@x.example>", Reply_To="crowd@list.example", List_Id="x")
    )
    desk.case = filed.case
    assert desk.letters() == [] and _misses(desk, 3) == []
    desk.do(desk.sam, correspondence.write, words="Is this for us?")
    assert len(_misses(desk, 4)) == 3


def test_three_cases_of_one_customer_are_no_way_round_it(desk):
    """A machine that begins a new case with each answer: three letters to it, whichever case they are about."""
    told = []
    for n in range(3):
        desk.case = ""
        desk.received(words=f"It lifted, roll {n}.")
        told.append(desk.case)
    for _ in range(6):
        desk.later(days=2)
        break_promises(desk.now)
    for desk.case in told:
        assert desk.letters() == ["receipt"]
        assert desk.state().missed >= 4
    desk.do(desk.sam, correspondence.write, words="I am sorry. I have it now.")
    assert _misses(desk, 2) == []  # two of their cases still wait, with many dates missed in each
    for desk.case in told:
        desk.do(desk.sam, correspondence.write, words="I have this one too.")
    desk.now = desk.state().update.due
    break_promises(desk.now)
    every = []
    for desk.case in told:
        every += _about_missed(desk)
    assert len(every) == 3  # each is told that its date was missed, and that was all for now
    desk.is_sound()


def test_cases_whose_dates_pass_in_the_same_minute_share_what_is_left(desk):
    """Everything falls due at five o'clock: four cases of one customer, each of which somebody has written in."""
    four = []
    for n in range(4):
        desk.case = ""
        four.append(desk.received(words=f"It lifted, roll {n}."))
        desk.do(desk.sam, correspondence.write, words="I have it.")
    desk.now = desk.state().update.due
    break_promises(desk.now)
    told = 0
    for desk.case in four:
        assert desk.state().missed == 1
        told += len(_about_missed(desk))
    assert told == 3


def test_whoever_leads_is_told_who_was_left_waiting(desk):
    desk.received()
    _misses(desk, 3)
    kim, sam = Browser(desk.kim), Browser(desk.sam)
    kim.get("/today/")
    assert "1 customer waits past the day we gave, and nobody has written." in kim.text
    kim.get("/team/")
    assert "Left waiting" in kim.text and "3 dates missed in a row" in kim.text
    sam.get("/today/")
    assert "waits past the day we gave" not in sam.text
    noor = Browser(desk.noor)
    noor.get("/today/")
    assert desk.state().ref not in noor.text
    desk.do(desk.sam, correspondence.write, words="I am sorry. I have it now.")
    kim.get("/today/")
    assert "waits past the day we gave" not in kim.text
    kim.get("/team/")
    assert "Left waiting" not in kim.text
