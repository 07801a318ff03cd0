"""R403 · Proof of escalation: the sentence."""

import pytest

from amends.rules import approvals, correspondence, promises
from amends.rules.entries import RemedyKind
from amends.rules.refused import Missing, Reason, Refused
from tests.pages import Browser, case_path, portal_path

SAID = "I've spoken with my supervisor, and she agrees with you."


def stopped(desk, words=SAID, by=None):
    with pytest.raises(Refused) as no:
        desk.do(by or desk.sam, correspondence.write, words=words)
    assert no.value.reason is Reason.WORDS_NOT_READY
    assert Missing.CONTRADICTED in {what for what, _words in no.value.facts["missing"]}


def asked(desk, number=1):
    """Sam asks Kim for her word, through the page the composer leads to."""
    sam, page = Browser(desk.sam), f"{case_path(desk)}ask/?kind=explanation"
    sam.post(
        f"{case_path(desk)}ask/", page=page, kind="explanation", of=desk.kim.id, why="Was the torch right?"
    )
    assert desk.state().approvals[number - 1].of == desk.kim.id


def test_without_a_record_the_sentence_is_stopped_and_the_way_out_is_to_ask(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 0
    desk.live().received()
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}answer/", page=case_path(desk), words=SAID)
    assert sam.answer.status_code == 422
    assert "Nobody was asked." in sam.text and "Ask Kim now" in sam.text and "Take it out" in sam.text
    sam.post(f"{case_path(desk)}draft/", page=case_path(desk), words=SAID, go="ask/?kind=explanation")
    assert "Ask somebody above to look at it." in sam.text
    sam.get(case_path(desk))
    assert SAID in sam.answer.content.decode().replace("&#39;", "'")  # the letter waits where it was


def test_asking_is_not_speaking_and_their_answer_is(desk):
    desk.live().received()
    stopped(desk)
    asked(desk)
    stopped(desk)
    kim = Browser(desk.kim)
    kim.get("/today/")
    assert "A look at it, for Ana Whitlock" in kim.text
    page = f"{case_path(desk)}approvals/1/"
    kim.post(page, answer="yes", words="The torch was right; the film is at fault.")
    desk.do(desk.sam, correspondence.write, words=SAID)
    assert desk.letters()[-1] == "reply"
    desk.is_sound()


def test_the_customer_reads_who_looked_when_and_what_they_said(desk):
    test_asking_is_not_speaking_and_their_answer_is(desk)
    ana = Browser()
    ana.get(portal_path(desk))
    assert "Kim Duarte was asked, and said on" in ana.text
    assert "The torch was right; the film is at fault." in ana.text
    sam = Browser(desk.sam)
    sam.get(f"{case_path(desk)}see/")  # and so does the desk, as she sees it
    assert "Kim Duarte was asked, and said on" in sam.text


def test_a_rep_cannot_author_the_answer(desk):
    desk.received()
    asked(desk)
    for verb, words in ((approvals.give, {"words": "Yes"}), (approvals.decline, {"why": "No"})):
        with pytest.raises(Refused) as no:
            desk.do(desk.sam, verb, number=1, **words)
        assert no.value.reason is Reason.NOT_YOUR_OWN_ASK
    with pytest.raises(Refused):
        desk.do(
            desk.sam, approvals.ask, of=desk.sam.id, kind=RemedyKind.EXPLANATION, amount=0, unit="", why="Me"
        )
    with pytest.raises(Refused):  # a colleague of the same rank is nobody above
        desk.do(
            desk.sam,
            approvals.ask,
            of=desk.noor.id,
            kind=RemedyKind.EXPLANATION,
            amount=0,
            unit="",
            why="Her",
        )
    stopped(desk)


def test_an_answer_without_words_is_none(desk):
    desk.received()
    asked(desk)
    with pytest.raises(Refused) as no:
        desk.do(desk.kim, approvals.give, number=1, words=" ")
    assert no.value.reason is Reason.TEXT_MISSING
    stopped(desk)


def test_whoever_answered_cannot_claim_to_have_asked_somebody_else(desk):
    """Kim's own answer is not somebody above her."""
    desk.received()
    asked(desk)
    desk.do(desk.kim, approvals.give, number=1, words="The film is at fault.")
    stopped(desk, by=desk.kim)


@pytest.mark.parametrize(
    "words",
    [
        "I asked my manager about it.",
        "I checked with my boss.",
        "My supervisor has been consulted: I have consulted my supervisor.",
        "I've had a word with my manager.",
        "I ran it by my manager.",
        "I spoke with my manager about your roof.",
        "I talked to my supervisor about what you told me.",
        "I have discussed your complaint with my director.",
    ],
)
def test_it_is_the_same_in_other_words(desk, words):
    desk.received()
    owner, due = desk.kim.id, desk.now.replace(hour=16)
    desk.do(
        desk.sam, promises.make, deed="Ring you", owner=owner, due=due
    )  # a deed handed on is nobody's answer
    stopped(desk, words)
