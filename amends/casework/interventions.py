"""“I have intervened in the following ways for you”: the sentences, assembled from the record and from nothing else.

Each holds facts that stay as they are, the day and what was done; the words around them are its writer's.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from amends.casework import wording
from amends.people.names import name_of
from amends.rules import entries as e
from amends.rules import interventions as rule
from amends.rules.case import Case
from amends.rules.truth import Line
from amends.tongue import _

LEAD_IN = "I have intervened in the following ways for you:"
REGRET = "I regret that my efforts have not been enough."


class Done(NamedTuple):
    """One intervention as a sentence, and the facts in it that a letter may not change."""

    number: int
    sentence: str
    facts: tuple[str, ...]


def on_record(case: Case, lines: Iterable[Line], read: Callable, writer: str) -> list[Done]:
    """Every intervention on the file, the oldest first, as `writer` ("staff:…") says it.

    read  gives the plain words of a text
    """
    done = []
    for line in rule.interventions(case, lines):
        at = line.entry.at if isinstance(line.entry, e.ContactLogged) else line.at
        facts = (wording.day(at), *_facts(case, line, read))
        who = _("I") if line.author == writer else name_of(line.author.partition(":")[2])
        template = str(_SENTENCES[type(line.entry)])
        done.append(Done(line.number, template % _named(who, facts), facts))
    return done


def _named(who: str, facts: tuple[str, ...]) -> dict[str, str]:
    day, a, b = (*facts, "", "")[:3]
    return {"who": who, "day": day, "a": a.rstrip("."), "b": b.rstrip(".")}


def _facts(case: Case, line: Line, read: Callable) -> tuple[str, ...]:
    entry = line.entry
    match entry:
        case e.PointFound():
            return (read(case.point(entry.number).words),)
        case e.RemedyGranted():
            return (read(entry.offer.act),)
        case e.RemedyDelivered():
            return (read(case.remedy(entry.number).offer.act), read(entry.proof))
        case e.PromiseKept():
            return (read(case.promise(entry.number).act), read(entry.proof))
        case e.ApprovalAsked():
            return (name_of(entry.of), read(entry.why))
        case e.ApprovalGiven():
            return (read(entry.words),)
        case e.ApprovalDeclined():
            return (read(entry.why),)
        case e.ContactLogged(reached=False):
            return (_("tried to reach you"),)
        case _:
            return (_("spoke with you"),)


_SENTENCES = {
    e.PointFound: _("On %(day)s %(who)s looked into “%(a)s”."),
    e.RemedyGranted: _("On %(day)s %(who)s granted you this: %(a)s."),
    e.RemedyDelivered: _("On %(day)s it was done: %(a)s. It is shown by: %(b)s."),
    e.PromiseKept: _("On %(day)s %(who)s did what was promised: %(a)s. It is shown by: %(b)s."),
    e.ApprovalAsked: _("On %(day)s %(who)s asked %(a)s for you: %(b)s."),
    e.ApprovalGiven: _("On %(day)s %(who)s said yes: “%(a)s”."),
    e.ApprovalDeclined: _("On %(day)s %(who)s said no: “%(a)s”."),
    e.ContactLogged: _("On %(day)s %(who)s %(a)s."),
}


def assembled(done: Iterable[Done]) -> str:
    """All of them as part of a letter: exactly these. Empty when nothing stands on the record."""
    items = "\n".join(f"- {each.sentence}" for each in done)
    return f"{_(LEAD_IN)}\n\n{items}\n\n{_(REGRET)}" if items else ""


# Beside a letter ----------------------------------------------------------------------------------------------

_SPACE = re.compile(r"[\s.,;:“”\"'‘’]+")


def told_by(items: Iterable[str], done: Iterable[Done]) -> list[Done | None]:
    """For each item of a list the act it tells of, with its day and its facts as they stand on the record.

    Each act is told once, and the one with most to it first; None for an item that tells of none.
    """
    left = sorted(done, key=lambda each: -sum(map(len, each.facts)))
    found: list[Done | None] = []
    for item in items:
        said = _plain(item)
        told = next((each for each in left if _tells(said, each)), None)
        if told:
            left.remove(told)
        found.append(told)
    return found


_BESIDE = 8  # words of one's own beside the facts


def _tells(said: str, done: Done) -> bool:
    """Whether an item holds the facts of an act, and not much besides."""
    if not all(_plain(fact) in said for fact in done.facts):
        return False
    return len(set(said.split()) - set(_plain(done.sentence).split())) <= _BESIDE


def stands_in(words: str, told: Done) -> bool:
    """Whether these words are of the sentence as it was assembled."""
    return _plain(words) in _plain(told.sentence)


def _plain(words: str) -> str:
    return f" {_SPACE.sub(' ', words).strip().lower()} "
