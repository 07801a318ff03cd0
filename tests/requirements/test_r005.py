"""R005 · Appeasing language is not an answer."""

from datetime import timedelta

import pytest

from amends.casework import drafts, leaving
from amends.rules import correspondence
from amends.rules.entries import LetterKind, PromiseKind
from amends.rules.refused import Missing, Reason, Refused
from tests.pages import Browser, case_path, moment_field

SOOTHING = "We understand your frustration and value your business"


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.AMENDS_UNDO_SECONDS = 0


def answered(desk, words, **more):
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}answer/", page=case_path(desk), words=words, **more)
    return sam


def test_soothing_words_are_no_answer_and_nothing_typed_is_lost(desk):
    desk.live().received()
    sam = answered(desk, SOOTHING)
    assert sam.answer.status_code == 422
    assert "This soothes and says nothing yet." in sam.text and "holding note" in sam.text
    assert desk.letters() == ["receipt"] and leaving.of_case(desk.case) == []
    assert drafts.draft(desk.case, desk.sam.id).words == SOOTHING


def test_one_real_act_with_a_date_makes_it_an_answer(desk):
    desk.live().received()
    sam = answered(desk, f"{SOOTHING}. I will send you the new sheet tomorrow by noon.")
    assert sam.answer.status_code == 200
    assert desk.letters() == ["receipt", "reply"]
    made = [p for p in desk.state().promises if p.kind is PromiseKind.DEED]
    assert len(made) == 1 and made[0].owner == desk.sam.id
    assert made[0].due.date() == (desk.now + timedelta(days=1)).date()
    desk.is_sound()


def test_it_may_go_as_a_holding_note_which_promises_a_day(desk):
    desk.live().received()
    by = desk.now + timedelta(days=2)
    sam = answered(desk, SOOTHING, holding="yes", next_update=moment_field(by))
    assert sam.answer.status_code == 200
    assert desk.letters()[-1] == LetterKind.HOLDING
    assert desk.state().update.due.strftime("%F %H:%M") == by.strftime("%F %H:%M")


def test_a_holding_note_without_a_day_does_not_go_and_not_a_second_one_running(desk):
    desk.live().received()
    assert answered(desk, SOOTHING, holding="yes", next_update="").answer.status_code == 422
    by = moment_field(desk.now + timedelta(days=2))
    assert answered(desk, SOOTHING, holding="yes", next_update=by).answer.status_code == 200
    again = answered(desk, "We value your patience. Thank you.", holding="yes", next_update=by)
    assert again.answer.status_code == 422 and "A second one like it takes a lead." in again.text
    assert desk.letters().count("holding") == 1
    kim = Browser(desk.kim)
    kim.post(f"{case_path(desk)}answer/", page=case_path(desk), words="Thank you for your patience.", holding="yes", next_update=by)  # fmt: skip
    assert desk.letters().count("holding") == 2


@pytest.mark.parametrize(
    "words",
    [
        "Dear Ana,\n\nWe are very sorry to hear this. Your satisfaction is our first concern.\n\nKind regards\nSam",
        "Thank you for your feedback! We take all complaints very seriously.",
        "W\u200be under\u200bstand your frustration and v\u200balue your business",
        "WE UNDERSTAND YOUR FRUSTRATION!!! WE VALUE YOUR BUSINESS!!!",
        "> I rang on the second.\n> I will call you tomorrow.\n\nWe value your business.",
    ],
)
def test_it_is_not_cheated_by_a_signature_hidden_letters_shouting_or_a_quoted_act(desk, words):
    desk.received()
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, correspondence.write, words=words)
    assert no.value.reason is Reason.WORDS_NOT_READY
    assert [what for what, _ in no.value.facts["missing"]] == [Missing.EMPTY]


@pytest.mark.parametrize(
    "words",
    [
        "Which of the two roofs do you mean?",
        "Your sheet is from lot 2231, and that lot lets go in the heat.",
        "Ring us at 216 555 0148, and the crew comes to the telephone.",
    ],
)
def test_a_question_a_fact_and_a_way_on_are_answers(desk, words):
    desk.received()
    desk.do(desk.sam, correspondence.write, words=words)
    assert desk.letters()[-1] == "reply"
