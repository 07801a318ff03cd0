"""R210 · A solution that isn't on a page of the module.

Check: create a remedy that matches no catalogue entry and take the case to Closed with it; it counts in the resolution
rate and is searchable next time.
"""

from datetime import timedelta

from amends.casework import db
from amends.insight import lanes
from amends.rules import cases, remedies
from tests.pages import Browser, case_path, moment_field, portal_path

IDEA = "Sam bends a drip edge from an offcut and fits it over the step himself"


def test_an_invented_remedy_takes_a_case_to_closed_counts_and_is_found_again(desk):
    desk.live()
    desk.working()
    sam, ana = Browser(desk.sam), Browser()
    due = moment_field(desk.now + timedelta(days=2))
    option = {
        "1-lane": "asked",
        "1-deed": IDEA,
        "1-kind": "something_else",
        "1-due": due,
        "1-owner": desk.sam.id,
    }
    sam.post(case_path(desk) + "options/", **option)
    assert desk.stage() == "proposed"
    digest = desk.state().option(1).offer.act.digest
    page = portal_path(desk)
    ana.post(page + "choose/", page=page, option=f"1:{digest}")
    sam.post(case_path(desk) + "remedies/1/", proof="Photograph drip-edge-1")
    ana.post(page + "settled/", page=page, rating="5")
    sam.post(case_path(desk) + "close/")
    assert desk.stage() == "closed"
    figures = lanes.figures(desk.sam, desk.now)
    assert tuple(figures["resolved"]) == (1, 1)
    assert tuple(figures["off_playbook"]) == (1, 1)
    sam.get("/find/", q="drip edge offcut")
    assert IDEA in sam.text and desk.state().ref in sam.text
    assert figures["invented"] == [{"ref": desk.state().ref, "act": IDEA}]
    first = desk.case
    desk.case = ""
    desk.received(name="Joan", address="joan@example.org")
    desk.understood()
    sam.get(case_path(desk) + "give/")
    assert IDEA in sam.text  # somebody's idea is offered where the next one is made
    desk.case = first
    desk.is_sound()


def test_it_needs_no_money_and_no_grant_and_still_a_person_and_a_day(desk):
    desk.working()
    desk.do(desk.sam, remedies.propose, offers=(desk.offer(IDEA),))
    assert db.rows("select * from allowances") == []
    desk.choose(1)
    (promise,) = [p for p in desk.state().promises if p.kind.value == "remedy"]
    assert promise.owner == desk.sam.id and promise.due > desk.now


def test_a_case_that_was_withdrawn_does_not_count_as_put_right(desk):
    desk.working()
    desk.do(desk.ana, cases.withdraw, words="Enough.")
    assert tuple(lanes.figures(desk.sam, desk.now)["resolved"]) == (0, 1)
