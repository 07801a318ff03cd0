"""R410 · Unwavering commitment, and maintain it.

Check: closing with an undelivered remedy or open promise is refused on every path, including import and bulk actions.
(There is no import yet; it will pass the same act.)
"""

from datetime import timedelta

import pytest

from amends.casework.acts import perform_each
from amends.rules import cases, promises, remedies
from amends.rules.entries import Harm
from amends.rules.refused import Missing, Reason, Refused
from amends.timetable.chores import break_promises
from tests.pages import Browser, case_path, portal_path


def _missing(desk) -> set:
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, cases.close)
    assert no.value.reason is Reason.NOT_READY_TO_CLOSE
    return {what for what, _ in no.value.facts["missing"]}


def _promised(desk, days=1):
    desk.do(desk.sam, promises.make, deed="Ring her", owner=desk.sam.id, due=desk.now + timedelta(days=days))
    return desk.state().promises[-1].number


def test_an_undelivered_remedy_keeps_a_case_open(desk):
    desk.delivering()
    assert Missing.DELIVERY in _missing(desk)
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, remedies.deliver, number=1, proof="  ")
    assert no.value.reason is Reason.PROOF_MISSING
    assert Missing.DELIVERY in _missing(desk)


def test_so_does_a_remedy_given_outright(desk):
    desk.delivered()
    desk.do(desk.sam, remedies.grant, offer=desk.offer("A second look at the roof"))
    assert Missing.DELIVERY in _missing(desk)


def test_so_does_an_open_promise_and_letting_it_break_is_no_way_out(desk):
    desk.delivered()
    desk.do(desk.ana, cases.settle)
    number = _promised(desk)
    assert _missing(desk) == {Missing.PROMISE_OPEN}
    desk.later(days=2)
    break_promises(desk.now)
    assert _missing(desk) == {Missing.PROMISE_OWED}
    desk.do(desk.sam, promises.keep, number=number, proof="Rung at last, call 7")
    desk.do(desk.sam, cases.close)
    case = desk.state()
    assert case.stage.value == "closed"
    assert case.promise(number).state.value == "done_late"  # broken it stays
    desk.is_sound()


def test_the_customers_word_or_a_quiet_time_is_needed_as_well(desk):
    desk.delivered()
    assert _missing(desk) == {Missing.CUSTOMERS_WORD}
    with pytest.raises(Refused):
        desk.do(desk.sam, cases.settle)
    desk.later(days=13)
    break_promises(desk.now)
    assert _missing(desk) == {Missing.CUSTOMERS_WORD}
    desk.later(days=3)
    break_promises(desk.now)
    desk.do(desk.sam, cases.close)
    assert desk.stage() == "closed"


def test_the_page_lists_all_that_is_missing_with_the_places_to_mend_it(desk):
    desk.delivering()
    number = _promised(desk)
    sam = Browser(desk.sam)
    sam.post(case_path(desk) + "close/")
    assert sam.answer.status_code == 422
    html = sam.answer.content.decode()
    assert f"{case_path(desk)}remedies/1/" in html and f"{case_path(desk)}promises/{number}/" in html
    assert desk.stage() == "delivering"


def test_many_at_once_each_is_asked_and_the_unfinished_refused(desk):
    ready = desk.delivered()
    desk.do(desk.ana, cases.settle)
    desk.case = ""
    desk.received(name="Bo", address="bo@example.org")
    unready = desk.delivering()
    outcomes = perform_each([ready, unready], cases.close, by=desk.sam.actor, now=desk.now, act="bulk")
    assert outcomes[0].refused is None
    assert outcomes[1].refused.reason is Reason.NOT_READY_TO_CLOSE
    assert (desk.state(ready).stage.value, desk.state(unready).stage.value) == ("closed", "delivering")


def test_the_list_of_cases_closes_no_unfinished_one_either(desk):
    desk.delivering()
    sam = Browser(desk.sam)
    sam.post("/cases/close/", page="/cases/", ref=[desk.state().ref])
    assert sam.answer.status_code == 422
    assert "This cannot close yet." in sam.text and desk.state().ref in sam.text
    assert desk.stage() == "delivering"


def test_the_customer_cannot_be_made_to_close_it_early_by_a_form(desk):
    desk.delivering()
    ana, page = Browser(), portal_path(desk)
    ana.post(page + "settled/", page=page, rating="5")
    assert ana.answer.status_code == 422
    assert not desk.state().settled


def test_a_severe_case_gets_a_day_to_look_at_it_again_and_it_is_listed(desk):
    desk.working(Harm.SEVERE)
    desk.do(desk.sam, remedies.propose, offers=(desk.offer("A new sheet"),))
    desk.choose(1)
    desk.do(desk.sam, remedies.deliver, number=1, proof="Photograph 12")
    desk.do(desk.ana, cases.settle)
    desk.do(desk.sam, cases.close)
    assert desk.state().check_back == (desk.now + timedelta(days=30)).date()


def test_not_settled_after_closing_takes_it_up_again_whenever_it_comes(desk):
    desk.closed()
    desk.later(days=200)
    ana, page = Browser(), portal_path(desk)
    ana.get(page)
    assert "This is not settled" in ana.text
    ana.post(page + "not-settled/", page=page, words="It leaks again.")
    assert desk.stage() == "working"
