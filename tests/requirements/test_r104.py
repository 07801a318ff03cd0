"""R104 · "Always right" versus "a better solution".

Check: the customer's original request remains selectable next to the alternative unless a reasoned refusal exists; the
comparison report states sample sizes.
"""

import pytest

from amends.insight.lanes import Share, wilson
from amends.rules import cases, power, remedies
from amends.rules.entries import Lane, RemedyKind
from amends.rules.refused import Reason, Refused
from tests.pages import Browser, portal_path


def test_an_alternative_alone_is_refused(desk):
    desk.working()
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, remedies.propose, offers=(desk.offer("A voucher", Lane.OURS),))
    assert no.value.reason is Reason.ASKED_NOT_OFFERED
    assert not desk.state().options


def test_what_they_asked_for_stands_first_beside_the_alternative_with_reasons_and_costs(desk):
    from amends.rules.values import Text

    desk.grant(desk.sam, 50000, 100000)
    desk.working()
    ours = desk.offer(
        "Tape every seam",
        Lane.OURS,
        kind=RemedyKind.CREDIT,
        amount=6000,
        reasons=Text("It is done on Friday."),
    )
    desk.do(desk.sam, remedies.propose, offers=(ours, desk.offer("A new sheet", amount=20000)))
    ana = Browser()
    ana.get(portal_path(desk))
    asked, better = ana.text.index("A new sheet"), ana.text.index("Tape every seam")
    assert asked < better
    assert "It is done on Friday." in ana.text and "You get $60." in ana.text
    assert (
        "No cost to you." in ana.text and "$200" not in ana.text
    )  # what a sheet costs us is no price of theirs
    desk.choose(2)
    assert desk.state().story.lane is Lane.ASKED


def test_an_alternative_cannot_be_passed_off_as_what_they_asked_for_by_replacing_the_options(desk):
    desk.proposed()
    with pytest.raises(Refused):
        desk.do(desk.sam, remedies.propose, offers=(desk.offer("A voucher", Lane.OURS),))
    assert [o.offer.lane for o in desk.state().offered] == [Lane.ASKED]


def test_after_a_reasoned_no_the_alternative_may_stand_alone(desk):
    desk.working()
    with pytest.raises(Refused):
        desk.do(desk.sam, power.refuse, why=" ")
    desk.do(desk.sam, power.refuse, why="That sheet is no longer made.")
    desk.do(desk.sam, remedies.propose, offers=(desk.offer("Another sheet", Lane.OURS),))
    ana = Browser()
    ana.get(portal_path(desk))
    assert "We cannot do that. That sheet is no longer made." in ana.text


def test_the_report_states_its_sample_sizes_and_shows_nothing_below_five(desk):
    desk.grant(desk.sam, 50000, 1000000)
    for n in range(6):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
        desk.working()
        asked, ours = desk.offer("A new sheet"), desk.offer("A patch", Lane.OURS)
        desk.do(desk.sam, remedies.propose, offers=(asked, ours))
        desk.choose(1 if n < 5 else 2)
        desk.do(desk.sam, remedies.deliver, number=1, proof="Photograph")
        desk.do(desk.ana, cases.settle, rating=5 if n else 2)
        desk.do(desk.sam, cases.close)
    desk.case and desk.do(desk.ana, cases.not_settled, words="It leaks.")
    sam = Browser(desk.sam)
    sam.get("/figures/")
    assert "What you asked for 5 80 % 38–96 n = 5" in sam.text
    assert "Instead, we suggest 1 too few to show (n = 1) too few to show (n = 1)" in sam.text


def test_the_interval_is_wilsons():
    assert [round(100 * x, 2) for x in wilson(2, 100)] == [0.55, 7.0]
    assert [round(100 * x, 2) for x in wilson(5, 100)] == [2.15, 11.18]
    assert not Share(4, 4).shows
