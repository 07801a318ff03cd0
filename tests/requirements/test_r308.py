"""R308 · "…and lament that my efforts are insufficient"."""

import pytest

from amends.rules import correspondence
from tests.pages import Browser, case_path

ADMISSIONS = [
    "I lament that my efforts have not been enough.",
    "I am sorry. It was our error, and I have not put it right.",
    "We were wrong. I regret that I could not find what would satisfy you.",
    "I apologise without reserve: we failed you twice.",
    "I have to admit that I do not know why the seam lifted.",
    "What I tried did not help you, and I am sorry for it.",
]


@pytest.mark.parametrize("words", ADMISSIONS)
def test_an_admission_passes_and_nothing_asks_to_take_it_out(desk, words):
    desk.live().received()
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}check/", page=case_path(desk), words=f"{words} Which of the two roofs is it?")
    assert "Take it out" not in sam.text and "Stopped." not in sam.text and "Not shown yet." not in sam.text
    assert "Not yet:" not in sam.text
    desk.do(desk.sam, correspondence.write, words=f"{words} Which of the two roofs is it?")
    assert desk.letters()[-1] == "reply"


@pytest.mark.parametrize("words", ADMISSIONS)
def test_beside_other_words_that_are_stopped_it_stays_as_it_is(desk, words):
    """What is marked is the claim, and only the claim."""
    desk.live().received()
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}check/", page=case_path(desk), words=f"{words} I spoke with my manager.")
    assert sam.text.count("Take it out") == 1
    sam.post(f"{case_path(desk)}take-out/", page=case_path(desk), words=f"{words} I spoke with my manager.", out="i-spoke-with-my-manager")  # fmt: skip
    sam.get(case_path(desk))
    assert words in sam.text and "I spoke with my manager" not in sam.text
