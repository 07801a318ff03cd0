"""R205 · "I understand, it happened to me too, elsewhere"."""

import pytest

from amends.words.reading import read
from tests.pages import Browser, case_path

ALONE = "I understand how you feel; something similar happened to me."


def looked_at(desk, words) -> Browser:
    """What stands under the letter while it is written."""
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}check/", page=case_path(desk), words=words)
    return sam


def test_feeling_alone_is_flagged_and_does_not_go(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 0
    desk.live().received()
    assert "This soothes and says nothing yet." in looked_at(desk, ALONE).text
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}answer/", page=case_path(desk), words=ALONE)
    assert sam.answer.status_code == 422 and desk.letters() == ["receipt"]


def test_beside_a_fact_that_helps_nobody_it_is_flagged_with_the_reason_and_may_go(desk):
    desk.live().received()
    sam = looked_at(desk, f"{ALONE} It rained all day at our yard, too, and the roof there is flat.")
    assert (
        "Feeling, and nothing beside it." in sam.text
        and "Understanding alone has made things worse" in sam.text
    )


@pytest.mark.parametrize(
    "act",
    [
        "I will call you on Friday by noon.",
        "Our crew will lay the new sheet on Tuesday.",
        "I'll send you the label today.",
    ],
)
def test_followed_by_a_dated_act_it_is_not(desk, act):
    desk.live().received()
    sam = looked_at(desk, f"{ALONE} {act}")
    assert "Feeling, and nothing beside it." not in sam.text and "says nothing yet" not in sam.text


@pytest.mark.parametrize(
    "words",
    [
        "I completely understand how frustrating this must be.",
        "I know exactly how you feel.",
        "I'd be upset too.",
        "The same thing happened to me last year.",
        "I can only imagine how disappointing that was.",
        "We share your frustration.",
    ],
)
def test_it_is_told_in_many_ways(words):
    assert read(words).fellow_feeling


@pytest.mark.parametrize(
    "words",
    [
        "I understand that the sheet was laid on the second.",
        "We understand.",
        "I am sorry about that.",
        "“I know exactly how you feel,” said the man at the counter.",
        "Do I understand you right?",
    ],
)
def test_what_is_no_fellow_feeling_is_not_taken_for_it(words):
    assert not read(words).fellow_feeling
