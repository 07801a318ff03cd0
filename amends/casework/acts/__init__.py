"""The acts: what people ask for. Doors call `perform` with a rule's verb, or a named act where more is needed."""

from datetime import datetime
from functools import cache
from inspect import signature
from typing import Any

from amends.casework import cipher, facts, gate, ledger, shown
from amends.casework.record import Act, Outcome, Step, record, record_many
from amends.people.names import name_of
from amends.rules import approvals, cases, conversation, correspondence, power
from amends.rules.case import Case
from amends.rules.gate import NO_ANSWERS, Answers, Mark
from amends.rules.refused import Reason, Refused
from amends.rules.values import NOTHING, Actor, Side, Text

_FROM_OUTSIDE = {
    "now": lambda by, now, asked: now,
    "today": lambda by, now, asked: facts.house().today(now),
    "house": lambda by, now, asked: facts.house(),
    "purses": lambda by, now, asked: facts.purses(by.id, now),
    "by": lambda by, now, asked: by,
    "able": lambda by, now, asked: facts.able(asked["amount"], asked["unit"], asked["kind"], by.id),
}


# What people write for each other in these acts; a customer may ask to read it.
_INSIDE = {
    approvals.ask: "why",
    cases.assess: "why",
    cases.take_over: "why",
    power.dispose: "why",
    correspondence.log_contact: "words",
    conversation.skip: "why",
}


# What the desk draws up or reads, and what a customer says: none of it is for somebody here to say.
_NOBODYS = frozenset({correspondence.send, correspondence.reread, correspondence.hear})


def perform(
    case: str, verb, *, by: Actor, now: datetime, act: str = "", insist: bool = False, **asked
) -> Outcome:
    """Ask a rule's verb on one case and record its answer. Raises Refused.

    case   the case's id
    act    the id the door made for this act; the same id again changes nothing
    insist its writer has seen which words belittle somebody, and keeps them
    asked  what the verb wants to know from whoever asks; strings where it wants a Text are taken as one

    Facts the verb names (now, today, house, purses, able) are loaded here, inside the transaction.
    """
    if verb in _NOBODYS and by.side is Side.STAFF:
        raise Refused(Reason.NOT_FOR_YOU)
    if verb in _INSIDE and not insist:
        correspondence.must_not_belittle(gate.belittling(asked.get(_INSIDE[verb], "")))
    return record(step(case, verb, by=by, now=now, **asked), by=by, now=now, act=act)


def perform_each(cases: list[str], verb, *, by: Actor, now: datetime, act: str, **asked) -> list[Outcome]:
    """The same verb on several cases at once: each is asked, and refused, by itself."""
    acts = [Act(f"{act}|{case}", by, (step(case, verb, by=by, now=now, **asked),)) for case in cases]
    return record_many(acts, now=now)


def step(
    case: str,
    verb,
    *,
    by: Actor,
    now: datetime,
    answers: Answers = NO_ANSWERS,
    leaves_at: datetime | None = None,
    **asked,
) -> Step:
    """One verb on one case, with the facts it names.

    answers, leaves_at  of a letter: what its writer said to what was marked, and when it leaves
    """
    for owner in (asked.get("owner"), *answers.owner.values()):
        if owner and not name_of(owner):
            raise Refused(Reason.OWNER_MISSING)
    wanted = _parameters(verb)
    asked = {
        name: Text(value) if wanted.get(name) and isinstance(value, str) else value
        for name, value in asked.items()
    }
    outside = [name for name in wanted if name in _FROM_OUTSIDE]

    def known(state) -> dict[str, Any]:
        found = {name: _FROM_OUTSIDE[name](by, now, asked) for name in outside}
        if "weighed" in wanted:
            found["weighed"] = _weighed(case, state, asked, by, leaves_at or now, answers)
        return found

    return Step("case", case, verb, asked, known)


def _weighed(
    case: str, state: Case, asked: dict, by: Actor, now: datetime, answers: Answers
) -> tuple[Mark, ...]:
    """What a letter says, held against the file as it stands in this transaction."""
    enclosed, subject = asked.get("files", ()), asked.get("subject", NOTHING)
    named = cipher.texts([file.name.id for file in enclosed if file.name.id])
    return gate.weighed(
        state,
        ledger.lines([case]),
        asked["words"].plain,
        by=by,
        now=now,
        answers=answers,
        subject=subject.plain,
        names=[file.name.plain or named.get(file.name.id, "") for file in enclosed],
        language=shown.language_of(state.customer),
    )


@cache
def _parameters(verb) -> dict[str, Any]:
    """A verb's parameters, and which of them are texts."""
    return {name: parameter.annotation is Text for name, parameter in signature(verb).parameters.items()}
