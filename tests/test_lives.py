"""The search of all lives, short form; `./bin/soak lives` searches the world issue 2 names, and larger ones."""

from amends.rules.case import Stage
from tests.lives import World, explore


def test_no_reachable_state_is_a_dead_end_and_no_path_breaks_an_invariant(figure):
    """Every state of a small world is visited; what must hold in each, and of every change, is checked on the way."""
    found = explore(World(points=1, promises=1, remedies=1, approvals=0, offers=1, leads=False))
    figure(
        f"lives: {found.states:,} states, {found.edges:,} changes, {found.refusals:,} refusals; {found.by_stage}"
    )
    assert found.states > 15_000
    assert found.stuck == []  # closing is reachable from every open state, without the customer withdrawing
    assert set(found.by_stage) == {stage.value for stage in Stage}


def test_the_search_itself_notices_a_rule_that_lies(monkeypatch):
    """A search that cannot fail shows nothing: with one rule bent, it stops."""
    import pytest

    from amends.rules import cases
    from tests.lives import Broken

    monkeypatch.setattr(cases, "undone", lambda case: ())
    with pytest.raises(Broken, match="closed"):
        explore(World(points=1, promises=1, remedies=1, approvals=0, offers=1, leads=False))


def test_it_notices_when_staff_may_choose_for_the_customer(monkeypatch):
    import pytest

    from amends.rules import remedies
    from tests.lives import Broken

    monkeypatch.setattr(remedies, "customers_word", lambda case, by, through: through)
    with pytest.raises(Broken, match="only the customer"):
        explore(World(points=1, promises=0, remedies=1, approvals=0, offers=1, leads=False))
