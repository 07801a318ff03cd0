"""R207 · More latitude.

Check: a within-grant remedy completes in one action with zero approval rows; one cent above asks for approval; two
remedies racing cannot jointly exceed the limit (concurrency test).
"""

import threading
from datetime import timedelta

import pytest

from amends.casework import db
from amends.rules import approvals, remedies
from amends.rules.entries import RemedyKind
from amends.rules.refused import Reason, Refused
from tests.pages import Browser, case_path, moment_field


def _drawn() -> list[int]:
    return [drawn for (drawn,) in db.rows("select drawn from allowances order by grant_file")]


def _give(desk, cents: int, case: str = ""):
    offer = desk.offer("We refund it", kind=RemedyKind.REFUND, amount=cents)
    return desk.do(desk.sam, remedies.grant, offer=offer, case=case)


def test_inside_the_grant_one_act_does_it_and_nobody_approves(desk):
    desk.live()
    desk.grant(desk.sam, 5000, 50000, RemedyKind.REFUND)
    desk.understood()
    sam, path = Browser(desk.sam), case_path(desk) + "give/"
    due = moment_field(desk.now + timedelta(days=2))
    sam.post(
        path, deed="We refund $50", kind="refund", amount="50.00", unit="USD", due=due, owner=desk.sam.id
    )
    assert sam.answer.status_code == 200
    assert len(desk.state().remedies) == 1
    assert desk.drawn("approvals") == [] and not desk.state().approvals
    assert _drawn() == [5000]
    desk.is_sound()


def test_one_cent_above_is_refused_and_asks_for_approval(desk):
    desk.live()
    desk.grant(desk.sam, 5000, 50000, RemedyKind.REFUND)
    desk.grant(desk.kim, 200000, 1000000)
    desk.understood()
    sam, path = Browser(desk.sam), case_path(desk) + "give/"
    due = moment_field(desk.now + timedelta(days=2))
    fields = {"deed": "We refund it", "kind": "refund", "unit": "USD", "due": due, "owner": desk.sam.id}
    sam.post(path, amount="50.01", **fields)
    assert sam.answer.status_code == 422
    assert "$50.01 is above what you may grant here: $50." in sam.text
    assert "ask somebody above for it" in sam.text
    assert not desk.state().remedies and _drawn() == []
    ask = case_path(desk) + "ask/"
    sam.post(ask, kind="refund", amount="50.01", unit="USD", why="She waited three weeks.", of=desk.kim.id)
    assert [row for row in desk.drawn("approvals")]
    with pytest.raises(Refused):
        _give(desk, 5001)  # asked is not given
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, approvals.give, number=1, words="Yes, do it.")
    assert no.value.reason is Reason.NOT_YOUR_OWN_ASK
    kim = Browser(desk.kim)
    kim.post(case_path(desk) + "approvals/1/", answer="yes", words="Of course.")
    sam.post(path, amount="50.01", **fields)
    assert len(desk.state().remedies) == 1
    desk.is_sound()


def test_an_approval_draws_on_the_approvers_grant_and_serves_once(desk):
    desk.grant(desk.sam, 5000, 50000)
    kims = desk.grant(desk.kim, 20000, 20000)
    desk.understood()
    desk.do(
        desk.sam,
        approvals.ask,
        of=desk.kim.id,
        kind=RemedyKind.REFUND,
        amount=20000,
        unit="USD",
        why="Her roof",
    )
    desk.do(desk.kim, approvals.give, number=1, words="Yes, do it.")
    assert db.row("select drawn from allowances where grant_file = %s", [kims])[0] == 20000
    _give(desk, 20000)
    assert db.row("select drawn from allowances where grant_file = %s", [kims])[0] == 20000
    with pytest.raises(Refused):
        _give(desk, 20000)
    desk.is_sound()


def _ask(desk, cents: int):
    asked = {"kind": RemedyKind.REFUND, "amount": cents, "unit": "USD", "why": "Her roof"}
    return desk.do(desk.sam, approvals.ask, of=desk.kim.id, **asked)


def test_nobody_is_asked_for_more_than_they_hold(desk):
    desk.grant(desk.kim, 10000, 10000)
    desk.understood()
    with pytest.raises(Refused) as no:
        _ask(desk, 10001)
    assert no.value.reason is Reason.ABOVE_THEIR_GRANT
    assert desk.drawn("approvals") == []


def test_an_approver_cannot_say_yes_to_more_than_is_left_when_they_answer(desk):
    desk.grant(desk.kim, 10000, 10000)
    desk.understood()
    _ask(desk, 6000)
    _ask(desk, 6000)  # each alone would fit
    desk.do(desk.kim, approvals.give, number=1, words="Yes, do it.")
    with pytest.raises(Refused) as no:
        desk.do(desk.kim, approvals.give, number=2, words="Yes, do it.")
    assert no.value.reason in {Reason.ABOVE_GRANT, Reason.GRANT_USED_UP}
    assert _drawn() == [6000]


def test_the_limit_of_a_case_is_not_beaten_in_small_steps(desk):
    desk.grant(desk.sam, 5000, 50000)
    desk.understood()
    for cents in (2000, 2000, 1000):
        _give(desk, cents)
    with pytest.raises(Refused) as no:
        _give(desk, 1)
    assert (no.value.reason, no.value.facts["left"]) == (Reason.ABOVE_GRANT, 0)


def test_the_limit_of_a_month_holds_over_all_cases_and_begins_anew(desk):
    desk.grant(desk.sam, 5000, 12000)
    for n in range(3):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
        desk.understood()
        if n < 2:
            _give(desk, 5000)
    with pytest.raises(Refused) as no:
        _give(desk, 2001)
    assert no.value.facts["left"] == 2000
    desk.later(days=30)
    _give(desk, 5000)
    desk.is_sound()


def test_options_hold_the_dearest_until_they_end(desk):
    desk.grant(desk.sam, 5000, 50000)
    desk.working()
    two = (desk.offer("A", amount=5000), desk.offer("B", amount=3000))
    desk.do(desk.sam, remedies.propose, offers=two)
    assert _drawn() == [5000]
    desk.do(desk.sam, remedies.propose, offers=two)  # replaced, not added
    assert _drawn() == [5000]
    desk.choose(4)
    assert _drawn() == [3000]
    desk.is_sound()


def test_what_was_declined_or_withdrawn_returns(desk):
    desk.grant(desk.sam, 5000, 50000)
    desk.working()
    desk.do(desk.sam, remedies.propose, offers=(desk.offer("A", amount=5000),))
    desk.do(desk.ana, remedies.decline, words="No.")
    assert _drawn() == [0]


@pytest.mark.parametrize("asked", [-1, 0, -5000])
def test_no_amount_below_a_cent_is_granted(desk, asked):
    desk.grant(desk.sam, 5000, 50000)
    desk.understood()
    with pytest.raises(Refused) as no:
        _give(desk, asked) if asked else desk.do(
            desk.sam, remedies.grant, offer=desk.offer("Nothing", kind=RemedyKind.REFUND, amount=0)
        )
    assert no.value.reason is Reason.AMOUNT_NOT_POSITIVE


@pytest.mark.parametrize(
    "typed", ["-50", "50,0.1.2", "5e3", "٥٠", "50.001", "NaN", "0x10", "99999999999999999999"]
)
def test_amounts_that_are_none_are_refused_on_the_page(desk, typed):
    desk.live()
    desk.grant(desk.sam, 5000, 50000)
    desk.understood()
    sam = Browser(desk.sam)
    due = moment_field(desk.now + timedelta(days=2))
    sam.post(
        case_path(desk) + "give/",
        deed="x",
        kind="refund",
        amount=typed,
        unit="USD",
        due=due,
        owner=desk.sam.id,
    )
    assert sam.answer.status_code == 422
    assert not desk.state().remedies


def test_nobody_gives_themselves_a_grant(desk):
    from amends.casework.acts.authority import issue_grant

    asked = {"kind": None, "unit": "USD", "per_case": 100, "per_month": 100, "now": desk.now}
    for by in (desk.sam, desk.kim, desk.ines):
        desk.grant(by, 100, 100)  # so that what they hold is not why they are refused
    before = desk.drawn("grants")
    for by, holder, reason in (
        (desk.sam, desk.sam, Reason.NEEDS_A_LEAD),
        (desk.sam, desk.kim, Reason.NEEDS_A_LEAD),
        (desk.kim, desk.kim, Reason.NOT_YOUR_OWN_ASK),
        (desk.ines, desk.ines, Reason.NOT_YOUR_OWN_ASK),
    ):
        with pytest.raises(Refused) as no:
            issue_grant(holder=holder.id, by=by.actor, **asked)
        assert no.value.reason is reason
    assert desk.drawn("grants") == before


@pytest.mark.usefixtures("own_database")
def test_remedies_racing_cannot_jointly_exceed_the_limit(own_database):
    """Eight people at once, each on a case of their own, over one allowance that holds exactly five."""
    desk = own_database
    desk.grant(desk.sam, 5000, 25000)
    cases_ = []
    for n in range(8):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
        cases_.append(desk.understood())
    barrier, outcomes = threading.Barrier(8), []

    def give(case):
        from django.db import connection

        barrier.wait()
        try:
            _give(desk, 5000, case)
            outcomes.append("given")
        except Refused as no:
            outcomes.append(no.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=(case,)) for case in cases_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("given") == 5, outcomes
    assert set(outcomes) <= {"given", Reason.GRANT_USED_UP, Reason.ABOVE_GRANT}
    assert _drawn() == [25000]
    assert db.row("select sum(amount) from remedies")[0] == 25000
    desk.is_sound()
