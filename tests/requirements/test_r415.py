"""R415 · Solace or applause?"""

import pytest

from amends.casework import shown
from amends.rules.entries import Kindness
from tests.pages import Browser, case_path

WHINER = "Sorry you had to deal with that whiner"
HELD = "That was four minutes of shouting; well held; take ten"


def told(desk, words, kind="solace", **more) -> Browser:
    kim = Browser(desk.kim)
    kim.post(
        f"{case_path(desk)}colleague/", page=case_path(desk), to=desk.sam.id, kind=kind, words=words, **more
    )
    return kim


def test_solace_that_blames_the_customer_is_flagged_to_its_author(desk):
    desk.live().received()
    kim = told(desk, WHINER)
    assert (
        kim.answer.status_code == 422 and "This belittles somebody" in kim.text and "that whiner" in kim.text
    )
    assert "colleague.told" not in desk.words() and WHINER in kim.answer.content.decode()
    assert told(desk, WHINER, insist="yes").answer.status_code == 200
    assert desk.state().story.told[0].kind is Kindness.SOLACE
    assert "kept after a second look" in Browser(desk.kim).get(case_path(desk)).content.decode()


def test_solace_for_what_was_hard_is_not(desk):
    desk.live().received()
    assert told(desk, HELD).answer.status_code == 200
    sam = Browser(desk.sam)
    sam.get("/today/")
    assert HELD in sam.text and "solace" in sam.text and "Kim Duarte" in sam.text
    desk.is_sound()


def test_whoever_writes_has_to_say_which_of_the_two_it_is(desk):
    desk.received()
    kim = told(desk, HELD, kind="")
    assert kim.answer.status_code == 422 and "Choose one first" in kim.text


@pytest.mark.parametrize(
    "words",
    [
        "Some people are never happy. Well done.",
        "Customers like that only want free stuff.",
        "They will complain about anything, don't take it to heart.",
        "Poor you, having to listen to such a moron.",
    ],
)
def test_blame_in_other_words(desk, words):
    desk.received()
    assert told(desk, words, kind="applause").answer.status_code == 422


@pytest.mark.parametrize(
    "words",
    [
        "He used the word liar three times. You kept to the facts; thank you.",
        "Four calls in a row about one roof. Go home early.",
        "You found the lot number when nobody else had. Thank you.",
        "She was right to be angry, and you did not take it as meant for you.",
    ],
)
def test_facts_and_thanks_pass(desk, words):
    desk.received()
    assert told(desk, words, kind="applause").answer.status_code == 200


def test_nobody_praises_themselves_and_it_counts_nowhere(desk):
    desk.received()
    sam = Browser(desk.sam)
    sam.post(
        f"{case_path(desk)}colleague/",
        page=case_path(desk),
        to=desk.sam.id,
        kind="applause",
        words="Well done me",
    )
    assert sam.answer.status_code == 422
    told(desk, HELD)
    kim = Browser(desk.kim)
    for page in ("/team/", "/figures/", "/quality/"):
        kim.get(page)
        assert "applause" not in kim.text and "solace" not in kim.text, page
    assert shown.load(desk.case).case.story.told
