"""R314 · You are not firing the customer: ending words are stopped. (The referral itself comes later.)"""

import pytest

from amends.casework import gate, shown
from amends.rules import correspondence
from amends.rules.refused import Missing, Reason, Refused
from tests.pages import Browser, case_path

ENDINGS = [
    "We cannot serve you any longer.",
    "You may take your business elsewhere.",
    "We no longer wish to have you as a customer.",
    "We are closing your account and ending our relationship with you.",
    "Please do not contact us again.",
]


@pytest.mark.parametrize("words", ENDINGS)
@pytest.mark.parametrize("who", ["sam", "kim", "ines"])
def test_words_that_close_the_door_leave_for_nobody(desk, words, who):
    desk.received()
    with pytest.raises(Refused) as no:
        desk.do(getattr(desk, who), correspondence.write, words=f"{words} The sheet is at the yard.")
    assert no.value.reason is Reason.WORDS_NOT_READY
    assert Missing.ENDING in {what for what, _words in no.value.facts["missing"]}
    assert desk.letters() == ["receipt"]


def test_the_writer_is_told_who_alone_may_and_no_reason_lets_it_go(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 0
    desk.live().received()
    words = ENDINGS[0]
    kim, this = Browser(desk.kim), shown.load(desk.case)
    keys = [m.key for m in gate.weighed(this.case, this.lines, words, by=desk.kim.actor, now=desk.now)]
    despite = {f"despite:{key}": "He shouted at all of us" for key in keys}
    assert despite
    kim.post(f"{case_path(desk)}answer/", page=case_path(desk), words=words, **despite)
    assert kim.answer.status_code == 422
    assert "Only the executives end a relation with a customer" in kim.text and "Take it out" in kim.text
    assert desk.letters() == ["receipt"]


@pytest.mark.parametrize(
    "words",
    [
        "If you would rather go elsewhere, Hale & Sons repair this sheet as well; the door here stays open.",
        "You can reach us at any time, also about this.",
        "We close at six today. Which roof is it?",
        "The old account number ends in 12; which one is yours?",
    ],
)
def test_words_that_leave_the_door_open_pass(desk, words):
    desk.received()
    desk.do(desk.sam, correspondence.write, words=words)
    assert desk.letters()[-1] == "reply"


def test_hiding_an_ending_does_not_hide_it(desk):
    desk.received()
    for words in (
        "We cannot\nserve you any longer.",
        "We c\u200bannot serve you any lon\u200bger.",
        "We cannot serve y\u043eu any longer.",
    ):
        with pytest.raises(Refused):
            desk.do(desk.sam, correspondence.write, words=words)
