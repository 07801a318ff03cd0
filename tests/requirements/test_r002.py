"""R002 · Do everything in your power to make it right.

Check: give a rep a $50 grant and a free-replacement grant, try to refuse: blocked, naming the two unused remedies;
dispose of both: allowed.

(The refusal that ends a case, *answered*, comes with a later issue. The no there is today, to what the customer asked
for, passes this gate.)
"""

import pytest

from amends.casework import facts
from amends.rules import power, remedies
from amends.rules.entries import Lane, RemedyKind
from amends.rules.grants import TIMES
from amends.rules.refused import Reason, Refused
from tests.pages import Browser, case_path


@pytest.fixture
def granted(desk):
    desk.live()
    desk.refund = desk.grant(desk.sam, 5000, 50000, RemedyKind.REFUND)
    desk.replacement = desk.grant(desk.sam, 1, 8, RemedyKind.REPLACEMENT, TIMES)
    desk.working()
    return desk


def _rooms(desk, who):
    purses = facts.purses(who.id, desk.now)
    return {purse.grant.kind: room for purse, room in power.listed(desk.state(), purses)}


def _no(desk):
    return desk.do(desk.sam, power.refuse, why="The sheet is no longer made.")


def test_the_power_list_is_exactly_what_this_person_may_grant_here_and_now(granted):
    desk = granted
    assert _rooms(desk, desk.sam) == {RemedyKind.REPLACEMENT: 1, RemedyKind.REFUND: 5000}
    assert _rooms(desk, desk.kim) == {}
    desk.do(desk.sam, remedies.grant, offer=desk.offer("We refund $20", kind=RemedyKind.REFUND, amount=2000))
    assert _rooms(desk, desk.sam) == {RemedyKind.REPLACEMENT: 1, RemedyKind.REFUND: 3000}


def test_a_no_is_blocked_and_names_the_two_unused_remedies(granted):
    desk = granted
    with pytest.raises(Refused) as no:
        _no(desk)
    assert no.value.reason is Reason.POWER_UNUSED
    assert {kind for kind, _, _ in no.value.facts["unused"]} == {RemedyKind.REFUND, RemedyKind.REPLACEMENT}
    sam, path = Browser(desk.sam), case_path(desk) + "no/"
    sam.post(path, words="The sheet is no longer made.")
    assert sam.answer.status_code == 422
    assert "Refund up to $50" in sam.text and "Replacement up to 1 time" in sam.text
    assert "request.refused" not in desk.words()


def test_with_both_disposed_of_the_no_is_allowed(granted):
    desk = granted
    sam, path = Browser(desk.sam), case_path(desk) + "no/"
    sam.post(path, grant=desk.refund, why="She wants a roof, not money.")
    with pytest.raises(Refused) as no:
        _no(desk)
    assert [kind for kind, _, _ in no.value.facts["unused"]] == [RemedyKind.REPLACEMENT]
    sam.post(path, grant=desk.replacement, why="The same lot would lift again.")
    sam.post(path, words="The sheet is no longer made.")
    assert sam.answer.status_code == 200
    assert desk.words().count("power.disposed") == 2
    assert desk.letters()[-1] == "refused"
    desk.do(desk.sam, remedies.propose, offers=(desk.offer("Another sheet", Lane.OURS),))  # and it goes on
    assert desk.stage() == "proposed"
    desk.is_sound()


def test_what_was_offered_counts_as_used_and_a_reason_left_empty_does_not(granted):
    desk = granted
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, power.dispose, grant=desk.refund, why="   ")
    assert no.value.reason is Reason.TEXT_MISSING
    desk.do(
        desk.sam, remedies.propose, offers=(desk.offer("We refund $50", kind=RemedyKind.REFUND, amount=5000),)
    )
    desk.do(desk.ana, remedies.decline, words="I want the sheet.")
    with pytest.raises(Refused) as no:
        _no(desk)
    assert [kind for kind, _, _ in no.value.facts["unused"]] == [RemedyKind.REPLACEMENT]


def test_somebody_elses_grant_is_nobodys_to_dispose_of(granted):
    desk = granted
    with pytest.raises(Refused) as no:
        desk.do(desk.kim, power.dispose, grant=desk.refund, why="Let us say so")
    assert no.value.reason is Reason.NO_SUCH_GRANT
