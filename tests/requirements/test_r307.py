"""R307 · Key words: "I have intervened in the following ways for you"."""

from datetime import timedelta

import pytest

from amends.casework import drafts, interventions, shown, wording
from amends.rules import correspondence, promises
from amends.rules.entries import Channel
from amends.rules.refused import Missing, Reason, Refused
from tests.pages import Browser, case_path

LEAD_IN = "I have intervened in the following ways for you:"


def three_done(desk) -> None:
    """A deed promised and done, a call, and a finding."""
    desk.understood()
    desk.do(
        desk.sam,
        promises.make,
        deed="Have lot 2231 traced",
        owner=desk.sam.id,
        due=desk.now + timedelta(hours=2),
    )
    number = desk.state().promises[-1].number
    desk.do(desk.sam, promises.keep, number=number, proof="Trace 8841")
    desk.do(
        desk.sam, correspondence.log_contact, channel=Channel.CALL, words="I rang her.", happened_at=desk.now, from_customer=False
    )  # fmt: skip
    desk.found(1)


def assembled(desk) -> str:
    this = shown.load(desk.case)
    return interventions.assembled(
        interventions.on_record(this.case, this.lines, this.texts, str(desk.sam.actor))
    )


def stopped(desk, words) -> list:
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, correspondence.write, words=words)
    assert no.value.reason is Reason.WORDS_NOT_READY
    return [words for what, words in no.value.facts["missing"] if what is Missing.CONTRADICTED]


def test_three_on_record_make_exactly_three_and_the_letter_goes(desk):
    desk.live()
    three_done(desk)
    sam, page = Browser(desk.sam), f"{case_path(desk)}done/"
    sam.get(page)
    assert "Have lot 2231 traced" in sam.text and "exactly these" in sam.text
    sam.post(page)
    words = drafts.draft(desk.case, desk.sam.id).words
    assert words.count("\n- On ") == 3 and words.startswith(LEAD_IN)
    assert "Trace 8841" in words and wording.day(desk.now) in words
    desk.do(desk.sam, correspondence.write, words=f"Dear Ana,\n\n{words}\n\nSam")
    assert desk.letters()[-1] == "reply"
    desk.is_sound()


def test_with_none_on_record_it_is_not_offered_and_saying_it_is_stopped(desk):
    desk.live().received()
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "Say what was done for" not in sam.text
    sam.get(f"{case_path(desk)}done/")
    assert "No interventions yet." in sam.text and "Put it into the answer" not in sam.text
    sam.post(f"{case_path(desk)}done/", page=case_path(desk))
    assert drafts.draft(desk.case, desk.sam.id) is None
    assert stopped(desk, f"{LEAD_IN} I did all I could. Which roof is it?")
    assert stopped(desk, f"{LEAD_IN}\n- I fought for you at the board.\n\nWhich roof is it?")


def test_the_tone_may_change(desk):
    three_done(desk)
    words = assembled(desk).replace(
        "I regret that my efforts have not been enough.", "I wish it had been more, Ana."
    )
    words = words.replace("- On ", "- Gladly, and I should have sooner: on ")
    desk.do(desk.sam, correspondence.write, words=f"Dear Ana,\n\n{words}\n\nSam")
    assert desk.letters()[-1] == "reply"


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda words: words.replace("2231", "2247"),
        lambda words: words.replace("Trace 8841", "Trace 9000"),
        lambda words: words.replace("Wednesday", "Monday"),
        lambda words: words.replace(
            "\n\nI regret", "\n- On Wednesday 10 June I fought for you at the board.\n\nI regret"
        ),
        lambda words: words.replace("\n\nI regret", "\n* I refunded you in full.\n\nI regret"),
    ],
)
def test_facts_may_not_nor_one_be_added(desk, spoilt):
    three_done(desk)
    words = spoilt(assembled(desk))
    assert words != assembled(desk)
    assert stopped(desk, words)


def test_what_was_only_said_is_no_intervention(desk):
    desk.received()
    desk.do(desk.sam, correspondence.write, words="Which roof is it?")
    desk.do(desk.sam, correspondence.note, words="I feel for her.", stance="")
    assert assembled(desk) == ""


def test_what_others_did_is_said_by_their_names(desk):
    three_done(desk)
    this = shown.load(desk.case)
    done = interventions.on_record(this.case, this.lines, this.texts, str(desk.kim.actor))
    assert all("Sam Okafor" in each.sentence and " I " not in each.sentence for each in done)
