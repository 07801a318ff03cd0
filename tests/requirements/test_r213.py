"""R213 · "I've never run into this before; I'd like to help; I'll need a little more time".

Check: it cannot be sent without date and owner; sending it twice for the same point needs a lead; the kept-rate of such
promises is shown.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest

from amends.casework import wording
from amends.insight import lanes
from amends.rules import promises
from amends.rules.entries import PromiseKind
from amends.rules.refused import Reason, Refused
from amends.timetable.chores import break_promises
from tests.pages import Browser, case_path, moment_field, portal_path

WORDS = "I have not met this before. I would like to help, and I need a little more time."


def _ask(desk, by=None, **asked):
    whole = {"points": (1,), "words": WORDS, "owner": desk.sam.id, "due": desk.now + timedelta(days=2)}
    return desk.do(by or desk.sam, promises.need_time, **{**whole, **asked})


@pytest.mark.parametrize(
    ("without", "reason"),
    [
        ({"due": None}, Reason.DUE_MISSING),
        ({"owner": ""}, Reason.OWNER_MISSING),
        ({"words": "  "}, Reason.TEXT_MISSING),
        ({"due": datetime(2026, 6, 1, tzinfo=UTC)}, Reason.DUE_IN_THE_PAST),
    ],
)
def test_it_cannot_be_sent_without_a_date_and_an_owner(desk, without, reason):
    desk.understood()
    with pytest.raises(Refused) as no:
        _ask(desk, **without)
    assert no.value.reason is reason
    assert "need_time" not in desk.letters()


def test_the_page_does_not_send_it_either(desk):
    desk.live()
    desk.understood()
    sam, path = Browser(desk.sam), case_path(desk) + "time/"
    fields = {
        "words": WORDS,
        "due": moment_field(desk.now + timedelta(days=2)),
        "owner": desk.sam.id,
        "points": "1",
    }
    for missing in ("due", "owner", "words"):
        sam.post(path, **{**fields, missing: ""})
        assert sam.answer.status_code == 422, missing
    assert "need_time" not in desk.letters()
    sam.post(path, **fields)
    assert desk.letters()[-1] == "need_time"


def test_it_is_a_letter_with_a_dated_promise_and_the_case_is_being_looked_into(desk):
    desk.understood()
    _ask(desk)
    case = desk.state()
    assert case.stage.value == "working"
    (promise,) = [p for p in case.promises if p.kind.value == "need_time"]
    assert (promise.owner, promise.due, promise.points) == (desk.sam.id, desk.now + timedelta(days=2), (1,))
    assert desk.letters()[-1] == "need_time"
    ana = Browser()
    ana.get(portal_path(desk))
    assert "by Fri 12 June, 10:00" in ana.text
    desk.is_sound()


def test_a_second_time_for_the_same_point_takes_a_lead(desk):
    desk.understood()
    _ask(desk)
    with pytest.raises(Refused) as no:
        _ask(desk)
    assert no.value.reason is Reason.TIME_ASKED_BEFORE
    with pytest.raises(Refused):
        _ask(desk, points=(2, 1))  # nor hidden among others
    with pytest.raises(Refused):
        _ask(desk, points=())  # nor by naming none
    _ask(desk, points=(2,))
    _ask(desk, by=desk.kim)
    assert desk.state().point(1).time_asked == 2


def test_a_case_without_points_asks_once_as_well(desk):
    desk.received()
    _ask(desk, points=())
    assert desk.state().clocks[0].stopped is not None  # a person's first word acknowledges
    with pytest.raises(Refused) as no:
        _ask(desk, points=())
    assert no.value.reason is Reason.TIME_ASKED_BEFORE


def test_the_kept_rate_of_such_promises_is_shown(desk):
    for n in range(6):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
        desk.understood()
        _ask(desk)
        number = next(p.number for p in desk.state().promises if p.kind.value == "need_time")
        if n < 4:
            desk.do(desk.sam, promises.keep, number=number, proof="Told by telephone")
    assert tuple(lanes.figures(desk.sam, desk.now)["need_time"]) == (4, 4)
    desk.later(days=3)
    break_promises(desk.now)
    assert tuple(lanes.figures(desk.sam, desk.now)["need_time"]) == (4, 6)
    desk.do(desk.sam, promises.keep, number=number, proof="Told, late")  # late is not kept
    assert tuple(lanes.figures(desk.sam, desk.now)["need_time"]) == (4, 6)
    sam = Browser(desk.sam)
    sam.get("/figures/")
    assert "Kept on time: 67 % 30–90 n = 6" in sam.text


# As an answer of one's own ----------------------------------------------------------------------------------------

SAID = "I've never run into this before. I'd like to help, and I'll need a little more time."


def answer(desk, words, person=None, **more):
    sam = Browser(person or desk.sam)
    sam.post(f"{case_path(desk)}answer/", page=case_path(desk), words=words, **more)
    return sam


def test_the_sentence_in_an_answer_asks_until_when_and_goes_as_that_move(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 0
    desk.live().understood()
    sam = answer(desk, SAID)
    assert sam.answer.status_code == 422 and "More time, until when?" in sam.text
    (field,) = set(re.findall(r'name="(due:[^"]+)"', sam.answer.content.decode()))
    due = (desk.now + timedelta(days=2)).isoformat()
    sam = answer(desk, SAID, **{field: due})
    assert sam.answer.status_code == 200
    assert desk.stage() == "working"  # asking for time is work on it
    promise = next(p for p in desk.state().promises if p.kind is PromiseKind.NEED_TIME)
    assert promise.due.isoformat() == due and promise.owner == desk.sam.id
    assert (
        desk.letters()[-1] == "reply" and "need_time" not in desk.letters()
    )  # one letter, in their own words
    assert desk.words().count("time.asked") == 1
    desk.is_sound()


def test_a_day_in_the_sentence_is_day_enough_and_the_second_time_takes_a_lead(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 0
    desk.live().understood()
    words = f"{SAID} I will tell you what we found on {wording.day(desk.now + timedelta(days=3))}."
    assert answer(desk, words).answer.status_code == 200
    again = answer(desk, SAID + " I will ring you tomorrow by noon.")
    assert again.answer.status_code == 422 and "A second time takes a lead." in again.text
    assert answer(desk, SAID + " I will ring you tomorrow by noon.", desk.kim).answer.status_code == 200
