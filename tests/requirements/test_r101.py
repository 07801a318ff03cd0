"""R101 · LEAP as conversation guide.

Check: no step can be completed by a click alone; skipping is possible with one reason and costs nothing; the proposal
step refuses text without an action, owner and date.
"""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from amends.rules import conversation, remedies
from amends.rules.entries import Step
from amends.rules.refused import Reason, Refused
from amends.rules.values import Text
from tests.pages import Browser, case_path, moment_field


def _done(desk) -> dict[Step, bool]:
    return {each.step: each.is_done for each in conversation.steps(desk.state())}


def test_each_step_is_done_by_what_stands_in_the_file(desk):
    desk.received()
    assert not any(_done(desk).values())
    desk.point("Nobody did")
    assert _done(desk)[Step.LISTEN]
    desk.do(desk.sam, conversation.hear_effect, words="A widow with a bucket in her hall.")
    desk.do(desk.sam, conversation.agree_problem, words="The seam let go, and nobody rang.")
    assert _done(desk) == {Step.LISTEN: True, Step.EMPATHISE: True, Step.AGREE: True, Step.PROPOSE: False}


def test_the_last_step_is_done_by_a_proposal_and_undone_when_it_falls(desk):
    desk.proposed()
    assert _done(desk)[Step.PROPOSE]
    desk.do(desk.ana, remedies.decline, words="Not that.")
    assert not _done(desk)[Step.PROPOSE]


@pytest.mark.parametrize("what", ["effect", "agreed", "skip"])
@pytest.mark.parametrize("words", ["", "   ", "\n\t"])
def test_no_step_is_done_by_a_click_alone(desk, what, words):
    desk.live()
    desk.received()
    before = desk.words()
    sam, path = Browser(desk.sam), case_path(desk) + "guide/"
    sam.post(path, what=what, step="empathise", effect=words, agreed=words, why=words)
    assert sam.answer.status_code == 422
    assert "Something is missing" in sam.text
    assert desk.words() == before
    assert not any(_done(desk).values())


def test_there_is_nothing_to_tick(desk):
    desk.received()
    html = Browser(desk.sam).get(case_path(desk) + "guide/").content.decode()
    assert 'type="checkbox"' not in html.split("<main")[1].split("</main>")[0]


def test_a_step_may_be_skipped_with_one_reason_and_that_costs_nothing(desk):
    desk.received()
    before = desk.state()
    desk.do(desk.sam, conversation.skip, step=Step.EMPATHISE, why="She asked me to come to the point.")
    after = desk.state()
    assert replace(after, story=before.story) == before  # nothing that a rule reads has changed
    shown = {each.step: each for each in conversation.steps(after)}
    assert not shown[Step.EMPATHISE].is_done and not shown[Step.EMPATHISE].skipped.is_empty
    desk.working()
    desk.do(desk.sam, remedies.propose, offers=(desk.offer("A new sheet"),))  # and nothing waits for it


@pytest.mark.parametrize(
    ("without", "reason"),
    [
        ({"act": Text("")}, Reason.OPTION_WITHOUT_AN_ACT),
        ({"act": Text(" \n ")}, Reason.OPTION_WITHOUT_AN_ACT),
        ({"owner": ""}, Reason.OWNER_MISSING),
        ({"due": None}, Reason.DUE_MISSING),
        ({"due": datetime(2026, 6, 9, tzinfo=UTC)}, Reason.DUE_IN_THE_PAST),
    ],
)
def test_a_proposal_needs_an_act_a_person_and_a_day(desk, without, reason):
    desk.working()
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, remedies.propose, offers=(replace(desk.offer("A new sheet"), **without),))
    assert no.value.reason is reason
    assert not desk.state().options


def test_the_page_refuses_a_proposal_without_them_too(desk):
    desk.live()
    desk.working()
    sam, path = Browser(desk.sam), case_path(desk) + "options/"
    whole = {
        "1-lane": "asked",
        "1-deed": "A new sheet",
        "1-kind": "replacement",
        "1-due": moment_field(desk.now + timedelta(days=2)),
        "1-owner": desk.sam.id,
    }
    for missing, said in (("1-deed", "act"), ("1-owner", "person"), ("1-due", "day and a time")):
        sam.post(path, **{**whole, missing: "", "1-reasons": "because"})
        assert sam.answer.status_code == 422 and said in sam.text, missing
    sam.post(path, **{**whole, "1-kind": "something_else"})
    assert desk.stage() == "proposed"


def test_the_name_of_the_third_step_is_the_desks_own(desk, settings):
    desk.received()
    sam = Browser(desk.sam)
    for name in ("agree", "ask", "analyse"):
        settings.AMENDS_THIRD_STEP = name
        sam.get(case_path(desk) + "guide/")
        assert name.capitalize() in sam.text
