"""R202 · When the recorded message becomes a big lie: the claims register."""

from datetime import timedelta

import pytest

from amends.casework import standing as texts
from amends.casework.acts import standing
from amends.rules.entries import Measure, Place
from amends.rules.refused import Reason, Refused
from amends.rules.standing import FEWEST
from amends.timetable.chores import measure_claims
from tests.pages import Browser

SAID = "Nine of ten of our promises are kept."


def registered(desk, place=Place.HOLD_LOOP, words=SAID) -> str:
    return standing.register(
        place=place, words=words, owner=desk.kim.id, by=desk.ines.actor, now=desk.now
    ).file


def by_hand(desk, claim, value, n=40, by=None):
    by = by or desk.kim
    return standing.measure_by_hand(
        claim, value=value, n=n, shown="The count of May", by=by.actor, now=desk.now
    )


def live(desk, **more) -> str:
    claim = registered(desk, **more)
    standing.set_measure(claim, measure=Measure.BY_HAND, line=90, of="", by=desk.ines.actor, now=desk.now)
    by_hand(desk, claim, 94)
    standing.go_live(claim, by=desk.ines.actor, now=desk.now)
    return claim


def test_a_claim_without_a_measure_cannot_be_said_on_the_page_either(desk):
    ines = Browser(desk.ines)
    ines.post("/board/", words=SAID, place="hold_loop", owner=desk.kim.id)
    (row,) = texts.listed()
    page = f"/board/claims/{row.id}/"
    ines.post(page, what="live")
    assert ines.answer.status_code == 422 and "give it a measure first" in ines.text
    ines.post(page, what="measure", measure="by_hand", line="90", about="")
    ines.post(page, what="live")
    assert ines.answer.status_code == 422 and "This is not true, so far as anybody has measured" in ines.text
    ines.post(page, what="by_hand", value="94", n="40", shown="The count of May")
    ines.post(page, what="live")
    assert ines.answer.status_code == 200 and texts.listed()[0].stand == "live"
    assert texts.said(Place.HOLD_LOOP, desk.live().now) == [SAID]
    assert SAID in "\n".join(texts.hold_message(desk.now))
    desk.is_sound()


def test_one_that_falls_below_its_line_is_red_with_days_since_and_leaves_every_text(desk):
    claim = live(desk)
    assert texts.said(Place.HOLD_LOOP, desk.now) == [SAID]
    by_hand(desk, claim, 71)
    assert texts.said(Place.HOLD_LOOP, desk.now) == []
    assert SAID not in "\n".join(texts.hold_message(desk.now))
    (row,) = texts.listed()
    assert row.red and row.due is not None and row.due > desk.now
    assert row.red_for(desk.now + timedelta(days=4)) == 4
    for above in (Browser(desk.ines), Browser(desk.lena)):
        above.get("/board/")
        assert "One thing we say to everybody is not so." in above.text and "not true for" in above.text


def test_the_days_go_on_counting_from_the_first_and_end_when_it_is_true_again(desk):
    claim = live(desk)
    by_hand(desk, claim, 71)
    first = texts.listed()[0]
    by_hand(desk.later(days=3), claim, 60)
    assert texts.listed()[0].below_since == first.below_since and texts.listed()[0].due == first.due
    by_hand(desk.later(days=1), claim, 95)
    assert not texts.listed()[0].red and texts.said(Place.HOLD_LOOP, desk.now) == [SAID]


def test_withdrawing_it_takes_it_out_of_every_text_for_good(desk):
    claim = live(desk, place=Place.AUTO_REPLY)
    assert texts.in_receipts(desk.now) == [SAID]
    standing.withdraw(claim, why="We no longer keep this", by=desk.ines.actor, now=desk.now)
    assert texts.in_receipts(desk.now) == []
    with pytest.raises(Refused) as no:
        standing.go_live(claim, by=desk.ines.actor, now=desk.now)
    assert no.value.reason is Reason.NO_SUCH_CLAIM


def test_a_value_by_hand_grows_stale_and_cannot_be_made_of_a_few(desk):
    claim = live(desk)
    with pytest.raises(Refused):
        by_hand(desk, claim, 100, n=FEWEST - 1)
    desk.later(days=91)
    assert texts.said(Place.HOLD_LOOP, desk.now) == []
    measure_claims(desk.now)
    assert texts.listed()[0].red


def test_an_easier_measure_does_not_keep_it_said_before_it_is_measured(desk):
    claim = live(desk)
    by_hand(desk, claim, 71)
    standing.set_measure(claim, measure=Measure.BY_HAND, line=1, of="", by=desk.ines.actor, now=desk.now)
    assert texts.said(Place.HOLD_LOOP, desk.now) == []


def test_only_those_who_direct_register_say_and_withdraw(desk):
    claim = registered(desk)
    for person in (desk.sam, desk.kim):
        with pytest.raises(Refused) as no:
            standing.set_measure(claim, measure=Measure.BY_HAND, line=1, of="", by=person.actor, now=desk.now)
        assert no.value.reason is Reason.NEEDS_A_DIRECTOR
        assert Browser(person).get("/board/").status_code == 404
    standing.set_measure(claim, measure=Measure.BY_HAND, line=90, of="", by=desk.ines.actor, now=desk.now)
    with pytest.raises(Refused):
        by_hand(desk, claim, 99, by=desk.sam)  # neither its owner nor a director
    by_hand(desk, claim, 99)  # Kim owns it


def test_what_the_desk_measures_nobody_types(desk):
    claim = registered(desk)
    standing.set_measure(
        claim, measure=Measure.PROMISES_KEPT, line=90, of="", by=desk.ines.actor, now=desk.now
    )
    with pytest.raises(Refused):
        by_hand(desk, claim, 99)
    assert texts.listed()[0].value is None


def test_the_page_where_people_complain_says_it_only_while_it_holds(desk):
    desk.live()
    claim = live(desk, place=Place.WEB_PAGE)
    stranger = Browser()
    stranger.get("/complain/")
    assert SAID in stranger.text
    by_hand(desk, claim, 71)
    stranger.get("/complain/")
    assert SAID not in stranger.text
