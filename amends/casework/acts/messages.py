"""Letters that arrive for a case, and what people here write into it."""

import re
from datetime import datetime
from inspect import signature

from amends.casework import cipher, db, gate, ledger, shown
from amends.casework.acts import perform
from amends.casework.record import Outcome
from amends.rules import colleagues, correspondence, points
from amends.rules import entries as e
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, Actor
from amends.words.guess import language_of
from amends.words.stance import stance

_SPACE = re.compile(r"[\s\"“”‘’']+")


def write_note(
    case: str, *, words: str, by: Actor, now: datetime, act: str = "", insist: bool = False
) -> Outcome:
    """Write a note; one that denies the finding the customer was sent is put beside it for quality.

    insist  its writer has seen which phrases belittle somebody, and keeps them. Raises Refused.
    """
    known = {
        "stance": stance(words, language_of(words)),
        "contempt": () if insist else gate.belittling(words),
    }
    known["insisted"] = insist and bool(gate.belittling(words))
    return perform(case, correspondence.note, by=by, now=now, act=act, words=words, **known)


def tell_colleague(
    case: str, *, to: str, kind, words: str, by: Actor, now: datetime, act: str = "", insist: bool = False
) -> Outcome:
    """Say something to a colleague; what blames the customer is shown to its writer first. Raises Refused."""
    blames = gate.blaming(words)
    known = {"blames": () if insist else blames, "insisted": insist and bool(blames)}
    return perform(case, colleagues.tell, by=by, now=now, act=act, to=to, kind=kind, words=words, **known)


def raise_point(case: str, *, words: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    """Split off a point, marked as verbatim when the customer's own words hold it."""
    verbatim = is_said_by_customer(case, words)
    return perform(case, points.raise_point, by=by, now=now, act=act, words=words, verbatim=verbatim)


def correct_point(case: str, *, number: int, words: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    """Put a point into the customer's own words; the words that stand already change nothing. Raises Refused."""
    standing = shown.load(case)
    point = next((p for p in standing.case.points if p.number == number), None)
    changed = point is None or " ".join(standing.texts(point.words).split()) != " ".join(words.split())
    return perform(case, points.correct, by=by, now=now, act=act, number=number, words=words, changed=changed)


def write_down(
    case: str, verb, *, through: int, words: str, by: Actor, now: datetime, act: str = "", **asked
) -> Outcome:
    """Write down what the customer decided, in words that stand in the entry named. Raises Refused."""
    cited = next((line.entry for line in ledger.lines([case]) if line.number == through), None)
    said = cipher.texts([cited.words.id]) if hasattr(cited, "words") else {}
    if words and not any(_plain(words) in _plain(text) for text in said.values()):
        raise Refused(Reason.NOT_THEIR_WORDS, entry=through)
    if "words" in signature(verb).parameters:
        asked["words"] = words or next(iter(said.values()), "")[:LONGEST_LINE]
    return perform(case, verb, by=by, now=now, act=act, through=through, **asked)


def is_said_by_customer(case: str, words: str) -> bool:
    """Whether these words, spaces and quotation marks aside, stand in anything the customer said in this case."""
    wanted = _plain(words)
    return bool(wanted) and any(wanted in _plain(said) for said in customers_words(case))


def customers_words(case: str) -> list[str]:
    """Everything the customer said in this case."""
    said = [line.entry.words.id for line in ledger.lines([case]) if _is_customers(line.entry)]
    return list(cipher.texts(said).values())


def _is_customers(entry) -> bool:
    match entry:
        case e.LetterReceived(unverified=False, automatic=False):
            return True
        case e.ContactLogged(from_customer=True):
            return True
        case _:
            return isinstance(
                entry,
                e.CaseReceived | e.RemedySought | e.PointCorrected | e.CaseUnsettled | e.OptionsDeclined,
            )


def _plain(words: str) -> str:
    return _SPACE.sub(" ", words).strip(" .,;:!?").lower()


def cases_by_ref(refs: list[str]) -> dict[str, str]:
    """Case ids by reference."""
    return dict(db.rows_in("select ref, id from cases where ref in {in}", refs))
