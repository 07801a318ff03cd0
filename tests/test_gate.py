"""The gate: what bears a claim out is about what is claimed, and every promise becomes one."""

from datetime import timedelta

import pytest

from amends.casework import gate, shown
from amends.casework.acts import messages
from amends.desk import composer
from amends.rules import approvals, cases, correspondence, points, promises, remedies
from amends.rules.entries import Channel, Enclosure, Finding, Harm, LetterKind, RemedyKind
from amends.rules.gate import Answers
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.values import Text
from tests.pages import Browser, case_path


def says(desk, words, by=None, verb=correspondence.write, **more):
    """What keeps a letter here; nothing where it goes."""
    try:
        desk.do(by or desk.sam, verb, words=words, **more)
    except Refused as no:
        assert no.reason is Reason.WORDS_NOT_READY, no
        return {what for what, _words in no.facts["missing"]}
    return set()


def noted(desk, words):
    messages.write_note(desk.case, words=words, by=desk.sam.actor, now=desk.now)


def contact(desk, words, **more):
    told = {"channel": Channel.CALL, "happened_at": desk.now, "from_customer": False, "words": words} | more
    desk.do(desk.sam, correspondence.log_contact, **told)


def owed(desk) -> list[str]:
    return [p.kind.value for p in desk.state().promises if p.kind.value == "deed"]


# What bears a claim out -----------------------------------------------------------------------------------------


def test_a_note_bears_out_what_it_tells_of_and_nothing_else(desk):
    desk.received()
    assert says(desk, "I have spoken with the yard.") == {Missing.NOT_SHOWN}
    noted(desk, "Rang the yard: the rolls stood upright.")
    assert says(desk, "I have spoken with the lab.") == {Missing.NOT_SHOWN}
    assert says(desk, "I have spoken with the yard.") == set()


def test_a_call_to_the_customer_is_no_word_with_our_engineers(desk):
    desk.received()
    contact(desk, "Told her that we wait for the film.")
    assert says(desk, "I checked with our engineers.") == {Missing.NOT_SHOWN}
    assert says(desk, "I tried to call you yesterday.") == set()


def test_what_is_said_to_be_tested_was_tested(desk):
    desk.working()
    assert says(desk, "We have looked into the film of the R-40.") == set()  # found on both points
    assert says(desk, "We have tested the film in our lab.") == {Missing.NOT_SHOWN}
    noted(desk, "The lab tested the film of lot 2247.")
    assert says(desk, "We have tested the film in our lab.") == set()


def test_a_promise_to_ring_is_no_booked_engineer(desk):
    desk.received()
    due = desk.now + timedelta(days=2)
    desk.do(desk.sam, promises.make, deed="Ring her about the lot", owner=desk.sam.id, due=due)
    assert says(desk, "We have booked an engineer for you.") == {Missing.NOT_SHOWN}
    desk.do(desk.sam, promises.make, deed="An engineer comes on Friday", owner=desk.sam.id, due=due)
    assert says(desk, "We have booked an engineer for you.") == set()


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("Your refund is on its way.", {Missing.CONTRADICTED}),
        ("We have sent you the new sheet.", {Missing.NOT_SHOWN}),
        ("I have emailed you the form.", set()),
    ],
)
def test_an_earlier_letter_is_no_refund_and_no_sheet(desk, words, missing):
    desk.received()
    assert says(desk, "Which roof is it, the front or the back?") == set()
    assert says(desk, words) == missing


def test_a_picture_enclosed_is_no_refund_and_no_answer(desk):
    desk.received()
    files = (Enclosure(name=Text("logo.png"), type="image/png", size=10, content="0" * 64),)
    assert says(desk, "Your refund is on its way.", files=files) == {Missing.CONTRADICTED}
    assert says(desk, "We understand your frustration and value your business.", files=files) == {
        Missing.EMPTY
    }


def test_the_amount_that_was_paid_is_the_one_that_is_told(desk):
    desk.grant(desk.sam, 50_000, 100_000)
    desk.working()
    paid = desk.offer("A credit", kind=RemedyKind.CREDIT, amount=500)
    desk.do(desk.sam, remedies.grant, offer=paid)
    desk.do(desk.sam, remedies.deliver, number=1, proof="Statement 12")
    assert says(desk, "We have credited you $5.00.") == set()
    assert says(desk, "We have refunded you the $400.") == {Missing.CONTRADICTED}
    owing = desk.offer("A refund", kind=RemedyKind.REFUND, amount=40_000)
    desk.do(desk.sam, remedies.grant, offer=owing)
    assert says(desk, "We have refunded you.") == {Missing.CONTRADICTED}


def test_a_no_from_above_is_no_yes_and_a_peers_yes_is_nobody_above(desk):
    desk.received()
    ask = {"kind": RemedyKind.EXPLANATION, "amount": 0, "unit": "", "why": "Was the torch right?"}
    desk.do(desk.sam, approvals.ask, of=desk.kim.id, **ask)
    desk.do(desk.kim, approvals.decline, number=1, why="No idea, ask the lab.")
    assert says(desk, "I have spoken with my manager and she agrees with you.") == {Missing.CONTRADICTED}
    assert says(desk, "I have spoken with my manager.") == set()


def test_a_peer_with_a_larger_grant_is_nobody_above(desk):
    desk.received()
    desk.noor.team = desk.team
    desk.noor.save()
    desk.grant(desk.noor, 5_000, 20_000)
    asked = {"kind": RemedyKind.REFUND, "amount": 1_000, "unit": "USD", "why": "A token"}
    desk.do(desk.sam, approvals.ask, of=desk.noor.id, **asked)
    desk.do(desk.noor, approvals.give, number=1, words="Fine by me.")
    assert says(desk, "I've spoken with my supervisor, and she agrees with you.") == {Missing.CONTRADICTED}


# What is promised -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Please accept my apologies. I will send you the sheet by Friday.",
        "How are you? I will send you the sheet by Friday.",
        "Please note, we will send you the sheet by Friday.",
        "Even if it rains, I will send you the sheet by Friday.",
        "We send you the sheet on Friday.",
        "Our crew is coming on Friday.",
        "You get the new sheet by Friday.",
        "You will have a new sheet by Friday.",
        "The crane comes on Friday at 9.",
        "Sam will ring you on Friday at 9.",
    ],
)
def test_a_promise_is_one_however_it_is_put(desk, words):
    desk.received()
    assert says(desk, words) == set() and owed(desk) == ["deed"], words


def test_two_things_for_one_moment_are_two_promises(desk):
    desk.received()
    assert says(desk, "I will send you the new sheet by Friday at 5pm.") == set()
    assert says(desk, "I will send you the nails by Friday at 5pm.") == set()
    assert says(desk, "I will send you the new sheet by Friday at 5pm.") == set()  # promised already
    assert owed(desk) == ["deed", "deed"]


def test_long_promises_that_begin_alike_are_two(desk):
    desk.received()
    long = "I will send you a new sheet for the roof of the shed behind the house in Lower Street by"
    assert says(desk, f"{long} Thursday. {long} Friday.") == set()
    assert owed(desk) == ["deed", "deed"]


def test_a_day_that_has_passed_promises_nothing(desk):
    desk.received()
    assert says(desk, "I will ring you on Monday 8 June at 10.") == {
        Missing.DAY_PASSED
    }  # it is Wednesday 10 June


def test_more_than_one_may_give_is_not_promised(desk):
    desk.grant(desk.sam, 5_000, 20_000)
    desk.received()
    assert says(desk, "I will refund you $640 by Friday.") == {Missing.CONTRADICTED}
    assert says(desk, "I will refund you $40 by Friday.") == set()


def test_a_case_that_has_ended_keeps_no_promise(desk):
    desk.closed()
    assert says(desk, "I will send you another sheet by Friday.") == {Missing.PROMISE_NOT_MADE}
    assert says(desk, "The sheet you have is of lot 2250.") == set()


def test_no_further_letters_is_no_letter_and_my_check_waits_for_nobody(desk):
    desk.received()
    assert says(
        desk, "No further letters will be sent to the old address, which is off your file now.", by=desk.sam
    ) <= {Missing.NOT_SHOWN}
    assert owed(desk) == []
    assert says(desk, "Let me check with the yard and I will ring you on Friday at 3.") == set()
    assert owed(desk) == ["deed"]


# In other texts -------------------------------------------------------------------------------------------------


def test_a_finding_cannot_pretend_a_payment(desk):
    desk.understood()
    desk.do(desk.sam, cases.assess, harm=Harm.MODERATE)
    with pytest.raises(Refused) as no:
        desk.do(
            desk.sam, points.find, number=1, finding=Finding.UPHELD, our_error=True,
            cause="The film lets go. We have refunded you in full.",
        )  # fmt: skip
    assert no.value.reason is Reason.WORDS_NOT_READY


def test_the_composer_names_the_day_that_has_passed(desk):
    desk.live().received()
    gone = (desk.now - timedelta(days=3)).strftime("%A %-d %B")
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}answer/", page=case_path(desk), words=f"I will ring you on {gone} at 10.")
    assert sam.answer.status_code == 422 and "That day has passed." in sam.text


def test_nobody_here_sends_as_the_desk_hears_as_the_customer_or_gives_a_promise_to_nobody(desk):
    desk.received()
    for verb, more in (
        (correspondence.send, {"kind": LetterKind.CLOSED, "words": "Your refund is on its way."}),
        (correspondence.hear, {"words": "I am happy now.", "channel": Channel.PORTAL}),
        (correspondence.reread, {"number": 1, "words": "I have no complaint."}),
    ):
        with pytest.raises(Refused) as no:
            desk.do(desk.sam, verb, **more)
        assert no.value.reason is Reason.NOT_FOR_YOU
    with pytest.raises(Refused) as no:
        due = desk.now + timedelta(days=2)
        desk.do(desk.sam, promises.make, deed="Send the sheet", owner="ghost", due=due)
    assert no.value.reason is Reason.OWNER_MISSING
    letter = {
        "words": "I will put up a sign by Friday.",
        "answers": Answers(owner={"i-will-put-up-a-sign-by-friday": "nobody"}),
    }
    with pytest.raises(Refused):
        desk.do(desk.sam, correspondence.write, **letter)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (
            "The price is $41.50 for Mr. Dunn. I checked with my manager. You have two options.",
            "The price is $41.50 for Mr. Dunn. You have two options.",
        ),
        (
            "Dear Ana,\n\nI checked with my manager, and the roll costs approx. 3.5 dollars.\n\nSam",
            "Dear Ana,\n\nSam",
        ),
    ],
)
def test_what_is_taken_out_is_the_sentence_and_no_more(desk, words, left):
    desk.received()
    this = shown.load(desk.case)
    (mark, *_more) = gate.weighed(this.case, this.lines, words, by=desk.sam.actor, now=desk.now)
    assert composer.without(words, mark).replace("\n\n\n\n", "\n\n") == left


@pytest.mark.parametrize(
    "words", ["Only an idiot would lay a roll with a crease.", "You are being hysterical, Ana."]
)
def test_nobody_insults_the_customer_not_even_somebody_who_leads(desk, words):
    desk.received()
    for person in (desk.sam, desk.kim):
        assert says(desk, f"{words} The sheet is of lot 2247.", by=person) == {Missing.BELITTLES}
    assert says(desk, "It was our idiotic mistake: the sheet is of lot 2247.") == set()


def test_a_no_needs_its_reasons_and_an_answer_from_above_keeps_its_word(desk):
    desk.received()
    ask = {"kind": RemedyKind.EXPLANATION, "amount": 0, "unit": "", "why": "Was the torch right?"}
    desk.do(desk.sam, approvals.ask, of=desk.kim.id, **ask)
    with pytest.raises(Refused) as no:
        desk.do(desk.kim, approvals.decline, number=1, why="No.")
    assert no.value.reason is Reason.REASON_MISSING
    promised = says(
        desk, "We will send you a new sheet by Friday.", by=desk.kim, verb=approvals.give, number=1
    )
    assert promised == {Missing.PROMISE_NOT_MADE}
    assert (
        says(desk, "The torch was right; the film is at fault.", by=desk.kim, verb=approvals.give, number=1)
        == set()
    )


def test_a_language_that_is_not_read_is_said_so(desk):
    desk.live().received()
    french = "J'ai parlé avec mon responsable hier soir. Votre remboursement arrivera sur votre compte dans cinq jours ouvrables."
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}check/", page=case_path(desk), words=french)
    assert "This is in a language that is not read here" in sam.text
    sam.post(
        f"{case_path(desk)}check/",
        page=case_path(desk),
        words="The sheet you have is of lot 2247, and it was stored upright in the yard.",
    )
    assert "not read here" not in sam.text
