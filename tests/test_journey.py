"""Journeys: a complaint from the first letter to made right, and the ways it can go otherwise."""

import pytest

from amends.casework import db
from amends.rules import cases, correspondence, points, promises, remedies
from amends.rules.entries import Channel, Harm
from amends.rules.refused import Reason, Refused
from amends.timetable.chores import break_promises


def test_a_complaint_goes_from_the_first_letter_to_made_right(desk):
    desk.closed()
    assert desk.stage() == "closed"
    assert desk.letters() == ["receipt", "read_back", "options", "chosen", "delivered", "closed"]
    desk.is_sound()


def test_the_first_letter_of_a_person_acknowledges_and_a_machine_does_not(desk):
    desk.received()
    assert desk.stage() == "received"
    desk.do(desk.sam, correspondence.write, words="I have it, and I own it. Sam")
    assert desk.stage() == "acknowledged"
    assert desk.state().clocks[0].stopped is not None
    desk.is_sound()


def test_a_letter_over_newer_words_is_not_sent(desk):
    desk.received()
    seen = desk.state().story.number
    desk.do(desk.ana, correspondence.hear, words="And one thing more.", channel=Channel.PORTAL)
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, correspondence.write, words="Which of the two roofs do you mean?", seen=seen)
    assert no.value.reason is Reason.SOMEONE_WAS_QUICKER
    assert "reply" not in desk.letters()


def test_ones_own_entries_and_the_desks_make_nobody_quicker(desk):
    desk.received()
    seen = desk.state().story.number
    desk.do(
        desk.sam,
        promises.make,
        deed="Ring you",
        owner=desk.sam.id,
        due=desk.later(hours=1).now.replace(hour=16),
    )
    desk.do(desk.sam, correspondence.write, words="Which of the two roofs do you mean?", seen=seen)
    assert desk.letters()[-1] == "reply"


def test_not_settled_reopens_a_closed_case_under_its_first_receipt(desk):
    desk.closed()
    received, harm = desk.state().received_at, desk.state().harm
    desk.later(days=20).do(desk.ana, cases.not_settled, words="It lifted again.")
    case = desk.state()
    assert (case.stage.value, case.received_at, case.harm) == ("working", received, harm + 1)
    assert case.update.due > desk.now
    desk.is_sound()


def test_a_withdrawn_case_releases_its_promises_and_keeps_later_letters(desk):
    desk.understood()
    desk.do(desk.sam, promises.make, deed="Ring you", owner=desk.sam.id, due=desk.now.replace(hour=16))
    desk.do(desk.ana, cases.withdraw, words="I have no strength left for this.")
    assert desk.stage() == "withdrawn"
    desk.do(desk.ana, correspondence.hear, words="One more thing.", channel=Channel.EMAIL)
    assert desk.words()[-1] == "letter.received"
    assert db.row("select heard_at from cases")[0] is not None  # somebody sees that it came
    desk.is_sound()


def test_taking_over_moves_the_promises_and_no_date(desk):
    desk.understood()
    desk.do(desk.sam, promises.make, deed="Ring you", owner=desk.sam.id, due=desk.now.replace(hour=16))
    before = [p.due for p in desk.state().promises]
    with pytest.raises(Refused):
        desk.do(desk.sam, cases.take_over, to=desk.kim.id, team=str(desk.team.id), why="I would like it")
    desk.do(desk.kim, cases.take_over, to=desk.kim.id, team=str(desk.team.id), why="Sam is ill")
    case = desk.state()
    assert case.owner == desk.kim.id
    assert [p.due for p in case.promises] == before
    assert {p.owner for p in case.promises if p.state.value == "open"} == {desk.kim.id}
    assert desk.letters()[-1] == "new_owner"
    desk.is_sound()


def test_an_offer_whose_day_passes_lapses_and_the_case_goes_on(desk):
    desk.proposed(desk.offer("A new sheet", days=1))
    desk.later(days=2)
    break_promises(desk.now)
    assert desk.stage() == "working"
    with pytest.raises(Refused) as no:
        desk.choose(1)
    assert no.value.reason is Reason.OPTION_GONE
    desk.is_sound()


def test_three_attempts_on_three_days_let_the_owner_go_on(desk):
    desk.received()
    desk.point("Nobody did")
    for attempt in range(3):
        with pytest.raises(Refused) as no:
            desk.do(desk.sam, points.go_on_unanswered)
        assert no.value.reason is Reason.TOO_FEW_ATTEMPTS
        desk.do(desk.sam, points.read_back)
        with pytest.raises(Refused) as no:
            desk.do(desk.sam, points.read_back)
        assert no.value.reason is Reason.ATTEMPT_ALREADY_TODAY, attempt
        desk.later(days=1)
        break_promises(desk.now)
    desk.do(desk.sam, points.go_on_unanswered)
    assert (desk.stage(), desk.state().unanswered) == ("understood", True)
    desk.is_sound()


def test_a_severe_case_is_looked_at_again_after_closing(desk):
    desk.working(Harm.SEVERE)
    desk.do(desk.sam, remedies.propose, offers=(desk.offer("A new sheet"),))
    desk.choose(1)
    desk.do(desk.sam, remedies.deliver, number=1, proof="Photograph 12")
    desk.do(desk.ana, cases.settle)
    desk.do(desk.sam, cases.close)
    assert desk.state().check_back is not None
    desk.do(desk.sam, cases.check_back, words="Dry.")
    assert desk.state().check_back is None
    desk.is_sound()


def test_the_customers_word_can_be_written_down_from_a_recorded_call_and_from_nothing_else(desk):
    desk.proposed()
    option = desk.state().option(1)
    accept = {"number": 1, "digest": option.offer.act.digest}
    for through in (0, 1, 2):  # nothing, and words from before there was an option
        with pytest.raises(Refused) as no:
            desk.do(desk.sam, remedies.accept, through=through, **accept)
        assert no.value.reason is Reason.ONLY_THE_CUSTOMER
    said = {"channel": Channel.CALL, "words": "The first one, please.", "happened_at": desk.now}
    desk.do(desk.sam, correspondence.log_contact, **said)
    with pytest.raises(Refused):  # a call without a recording shows nothing
        desk.do(desk.sam, remedies.accept, through=desk.state().story.number - 2, **accept)
    desk.do(desk.sam, correspondence.log_contact, reference="Recording 7", **said)
    desk.do(desk.sam, remedies.accept, through=desk.state().citable, **accept)
    assert desk.stage() == "delivering"
    assert desk.letters()[-1] == "chosen"  # and the customer reads what was written down in their name
    desk.is_sound()


@pytest.mark.parametrize("role", ["sam", "kim"])
def test_nobody_here_confirms_in_a_customers_place(desk, role):
    desk.received()
    desk.point("Nobody did")
    with pytest.raises(Refused) as no:
        desk.do(getattr(desk, role), points.confirm)
    assert no.value.reason is Reason.ONLY_THE_CUSTOMER
