"""The guide through a conversation: Listen, Empathise, Agree, Propose.

A step is done by what stands in the file, never by a tick. A step may be skipped with one reason; that costs
nothing and is counted against nobody.
"""

import msgspec

from amends.rules import entries as e
from amends.rules.case import Case
from amends.rules.entries import Step
from amends.rules.guards import must_be_open, must_be_staff
from amends.rules.values import LONGEST_LINE, NOTHING, Actor, Text, wanted


class StepDone(msgspec.Struct, frozen=True):
    """How a step stands: `shown` holds the words that satisfy it, `skipped` the reason for doing without."""

    step: Step
    shown: Text = NOTHING
    skipped: Text = NOTHING

    @property
    def is_done(self) -> bool:
        return not self.shown.is_empty


def steps(case: Case) -> tuple[StepDone, ...]:
    skipped = dict(case.story.skipped)
    shown = {
        Step.LISTEN: case.points[0].words if case.points else NOTHING,
        Step.EMPATHISE: case.story.effect,
        Step.AGREE: case.story.agreed,
        Step.PROPOSE: _proposal(case),
    }
    return tuple(StepDone(step, shown[step], skipped.get(step, NOTHING)) for step in Step)


def hear_effect(case: Case, *, words: Text, by: Actor):
    """What it did to the customer, in their words or ours: empathise."""
    must_be_staff(by)
    must_be_open(case)
    return [e.EffectHeard(words=wanted(words, "effect", LONGEST_LINE))]


def agree_problem(case: Case, *, words: Text, by: Actor):
    """The problem in one sentence that both sides can say: agree."""
    must_be_staff(by)
    must_be_open(case)
    return [e.ProblemAgreed(words=wanted(words, "agreed", LONGEST_LINE))]


def skip(case: Case, *, step: Step, why: Text, by: Actor):
    """Do without a step, for one reason."""
    must_be_staff(by)
    must_be_open(case)
    return [e.StepSkipped(step=step, why=wanted(why, "why", LONGEST_LINE))]


def _proposal(case: Case) -> Text:
    for option in reversed(case.options):
        if option.state in ("offered", "accepted"):
            return option.offer.act
    return NOTHING
