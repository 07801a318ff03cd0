"""R001 · Understand the complaint first.

Check: with unconfirmed points, "propose remedy" is refused by page and act alike; when the customer edits a point
in the portal, the case returns to Acknowledged and the earlier wording stays in history.
"""

from datetime import timedelta

import pytest

from amends.casework import shown
from amends.casework.acts import step
from amends.casework.record import Act, record_many
from amends.rules import points, remedies
from amends.rules.refused import Missing, Reason, Refused
from tests.pages import Browser, case_path, moment_field, portal_path


def _propose(desk):
    return desk.do(desk.sam, remedies.propose, offers=(desk.offer("A new sheet"),))


def test_nothing_can_be_proposed_before_the_customer_has_confirmed_the_points(desk):
    desk.received()
    for begin in (
        lambda: None,
        lambda: desk.point("Nobody did"),
        lambda: desk.do(desk.sam, points.read_back),
    ):
        begin()
        with pytest.raises(Refused) as no:
            _propose(desk)
        assert no.value.reason is Reason.NOT_READY_TO_PROPOSE
        assert {what for what, _ in no.value.facts["missing"]} & {Missing.POINTS, Missing.CONFIRMATION}
    assert not desk.state().options


def test_a_remedy_given_outright_waits_for_the_confirmation_too(desk):
    desk.received()
    desk.point("Nobody did")
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, remedies.grant, offer=desk.offer("A new sheet"))
    assert no.value.reason is Reason.NOT_UNDERSTOOD


def test_many_at_once_is_no_way_around_it(desk):
    desk.received()
    desk.point("Nobody did")
    asked = {"offers": (desk.offer("A new sheet"),)}
    act = Act(
        "bulk", desk.sam.actor, (step(desk.case, remedies.propose, by=desk.sam.actor, now=desk.now, **asked),)
    )
    (outcome,) = record_many([act], now=desk.now)
    assert outcome.refused.reason is Reason.NOT_READY_TO_PROPOSE
    assert not desk.state().options


def test_the_page_refuses_it_in_the_same_words_and_says_where_to_mend_it(desk):
    desk.live()
    desk.received()
    desk.point("Nobody did")
    sam = Browser(desk.sam)
    path = case_path(desk) + "options/"
    due = moment_field(desk.now + timedelta(days=3))
    assert "1-deed" not in sam.get(path).content.decode()  # no form is open that would only be refused
    sam.post(
        path,
        page=case_path(desk),
        **{
            "1-lane": "asked",
            "1-deed": "A new sheet",
            "1-kind": "replacement",
            "1-due": due,
            "1-owner": desk.sam.id,
        },
    )
    assert sam.answer.status_code == 422
    assert "Nothing can be proposed yet." in sam.text
    assert "the customer’s word that the points are right" in sam.text
    assert "A new sheet" in sam.answer.content.decode()  # what was typed is kept
    assert not desk.state().options


def test_an_edit_in_the_portal_returns_the_case_to_acknowledged_and_keeps_the_earlier_wording(desk):
    desk.working()
    assert desk.stage() == "working"
    earlier = shown.load(desk.case).texts(desk.state().point(1).words)
    ana, path = Browser(), portal_path(desk)
    ana.post(path + "correct/", page=path, number="1", words="It lifted after five weeks, not six.")
    assert ana.answer.status_code == 200
    this = shown.load(desk.case)
    assert this.case.stage.value == "acknowledged"
    assert not this.case.confirmed
    assert this.texts(this.case.point(1).words) == "It lifted after five weeks, not six."
    raised = [line for line in this.lines if type(line.entry).__name__ == "PointRaised"]
    assert earlier in [this.texts(line.entry.words) for line in raised]
    Browser(desk.sam).get(case_path(desk))
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert earlier in sam.text and "five weeks, not six" in sam.text
    with pytest.raises(Refused):
        _propose(desk)


def test_an_edit_while_options_are_out_takes_the_options_back(desk):
    desk.proposed()
    ana, path = Browser(), portal_path(desk)
    ana.post(path + "correct/", page=path, number="2", words="I rang on the third.")
    assert desk.stage() == "acknowledged"
    assert not desk.state().offered
    ana.post(path + "confirm/", page=path)
    assert desk.state().confirmed
    desk.is_sound()


def test_staff_cannot_confirm_or_correct_in_the_customers_place(desk):
    desk.received()
    desk.point("Nobody did")
    for verb, asked in ((points.confirm, {}), (points.correct, {"number": 1, "words": "All is well"})):
        with pytest.raises(Refused) as no:
            desk.do(desk.ines, verb, **asked)
        assert no.value.reason is Reason.ONLY_THE_CUSTOMER
    stranger = Browser(desk.sam)
    assert stranger.client.post("/my/" + "a" * 26 + "/confirm/").status_code in (403, 404)


def test_words_that_are_not_the_customers_own_are_marked_as_ours(desk):
    desk.received()
    desk.point("The customer is unhappy with adhesion")
    desk.point("  nobody did. ")
    first, second = desk.state().points
    assert (first.verbatim, second.verbatim) == (False, True)
