"""The letters the desk draws up by itself, each because of an entry: what was written causes what is said.

Every letter is a Markdown file in `letters/<language>/`, its subject at the head, reviewed like code. Fields are
a closed list, filled by plain replacement. The text is stored as it was sent.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from amends.casework import db, facts, standing, wording
from amends.casework.moments import moment
from amends.casework.tokens import PAGE, token
from amends.people.names import name_of
from amends.rules import correspondence
from amends.rules import entries as e
from amends.rules.case import Case
from amends.rules.entries import LetterKind
from amends.rules.values import DESK, Text

FOLDER = Path(__file__).parent
Reader = Callable[..., tuple[str, ...]]

__all__ = ["DESK", "address_of", "caused_by", "page_link"]


def caused_by(
    fresh, file: str, was: Case, case: Case, name: Text, writer: str, read: Reader
) -> Iterator[e.Entry]:
    """The letters that these new entries of a case owe the customer, as entries to append.

    was     the case before the act
    name    the customer's
    writer  who of us acted; the owner signs when nobody did
    read    gives the plain words of texts
    """
    kinds: dict[LetterKind, dict[str, str]] = {}
    for entry in fresh:
        rule = _CAUSES.get(type(entry))
        if rule:
            kind, fields = rule(entry, was, case, read) or (None, {})
            if kind:
                kinds.setdefault(kind, {}).update(fields)
    if not kinds:
        return
    common = _common(file, case, *read(name), writer, read)
    for kind, fields in kinds.items():
        subject, words = _filled(kind, {**common, **fields})
        yield from correspondence.send(case, kind=kind, words=Text(words), subject=Text(subject))


def any_caused_by(fresh) -> bool:
    """Whether any of these entries causes a letter."""
    return any(type(entry) in _CAUSES for entry in fresh)


def page_link(file: str, customer: str) -> str:
    """The customer's own page of this case."""
    return f"{settings.AMENDS_ADDRESS}/my/{token(PAGE, file, customer)}/"


def customer_texts(customer: str) -> tuple[Text, Text, Text]:
    """Name, address and company of a customer, as they lie in the tables."""
    found = db.row("select name, address, company from customers where id = %s", [customer])
    return tuple(Text(id=text) for text in found) if found else (Text(), Text(), Text())


def address_of(customer: str, read: Reader) -> tuple[str, str]:
    """Name and address a letter goes to; the address is empty when we have none."""
    name, address, _ = customer_texts(customer)
    return read(name, address)


def _common(file: str, case: Case, name: str, writer: str, read: Reader) -> dict[str, str]:
    update = case.update
    phone = settings.AMENDS_PHONE
    return {
        "name": name,
        "ref": case.ref,
        "owner": name_of(case.owner),
        "writer": writer or name_of(case.owner),
        "desk": settings.AMENDS_NAME,
        "link": page_link(file, case.customer),
        "phone": f"{phone} rings at our desks." if phone else "",
        "next": wording.when(update.due) if update else "",
        "points": "\n".join(f"{p.number}. {_said_in(p, read)}" for p in case.points),
    }


def _said_in(point, read: Reader) -> str:
    """A point's words: in quotation marks only where they are the customer's own."""
    (words,) = read(point.words)
    return f"“{words}”" if point.verbatim else f"{words} (in our words)"


@cache
def _template(kind: str, language: str) -> tuple[str, str]:
    head, _, body = (FOLDER / language / f"{kind}.md").read_text().partition("\n\n")
    return head.removeprefix("Subject: ").strip(), body.strip()


def _filled(kind: LetterKind, fields: dict[str, str]) -> tuple[str, str]:
    """Subject and words. Only the listed fields are replaced; whatever a customer wrote stays as it is."""
    subject, body = _template(kind, "en")
    return _replaced(subject, fields), _replaced(body, fields)


def _replaced(template: str, fields: dict[str, str]) -> str:
    pieces = []
    for index, piece in enumerate(template.split("{")):
        name, brace, rest = piece.partition("}")
        pieces.append(piece if not index else (fields.get(name, "") + rest if brace else "{" + piece))
    return "".join(pieces)


# Which entry causes which letter -------------------------------------------------------------------------------


def _received(entry, was, case, read):
    if entry.silent:
        return None
    ack = next((c.due for c in case.clocks if c.id == "ack"), None)
    answer = next((c.due for c in case.clocks if c.id == "answer"), None)
    return LetterKind.RECEIPT, {
        "received": wording.when(entry.received_at),
        "answer": wording.day(answer) if answer else "",
        "ack": wording.day(ack) if ack else "",
        "standing": "".join(f"{line}\n\n" for line in standing.in_receipts(entry.received_at)),
    }


def _read_back(entry, was, case, read):
    return None if entry.through else (LetterKind.READ_BACK, {})


def _time_asked(entry, was, case, read):
    if entry.said_in:
        return None
    promise = case.promise(entry.promise)
    (words,) = read(entry.words)
    return LetterKind.NEED_TIME, {
        "words": words,
        "promiser": name_of(promise.owner),
        "due": wording.when(promise.due),
    }


def _proposed(entry, was, case, read):
    lines = []
    for option in case.offered:
        offer = option.offer
        act, reasons = read(offer.act, offer.reasons)
        lane = "What you asked for" if offer.lane is e.Lane.ASKED else "Instead, we suggest"
        amount = _worth(offer)
        line = f"{lane}{amount}: {act}\n{name_of(offer.owner)} does it by {wording.when(offer.due)}."
        lines.append(line + (f"\nWhy: {reasons}" if reasons else ""))
    return LetterKind.OPTIONS, {"options": "\n\n".join(lines), "findings": _findings(case, read)}


def _refused(entry, was, case, read):
    sought, why = read(case.sought, entry.why)
    return LetterKind.REFUSED, {"sought": sought, "why": why}


def _worth(offer) -> str:
    words = wording.worth(offer.kind, offer.amount, offer.unit)
    return f" ({words})" if words else ""


def _findings(case, read):
    said = {
        "upheld": "Upheld: you are right.",
        "partly_upheld": "Partly upheld.",
        "not_upheld": "Not upheld.",
    }
    lines = []
    for point in case.points:
        (cause,) = read(point.cause)
        if point.finding in said:
            ours = " It was our error." if point.our_error and point.finding == "upheld" else ""
            lines.append(f"{point.number}. {_said_in(point, read)}\n{said[point.finding]}{ours} {cause}")
    return "\n\n".join(lines)


def _accepted(entry, was, case, read):
    offer = case.option(entry.number).offer
    (act,) = read(offer.act)
    return LetterKind.CHOSEN, {"act": act, "promiser": name_of(offer.owner), "due": wording.when(offer.due)}


def _said(what: str):
    """What was written down in the customer's name from a letter or call of theirs: they read it too."""

    def letter(entry, was, case, read):
        if not entry.through:
            return None
        words = read(entry.words)[0] if hasattr(entry, "words") else ""
        return LetterKind.WRITTEN_DOWN, {"what": what, "words": f"\n\n“{words}”" if words else ""}

    return letter


def _granted_accepted(entry, was, case, read):
    acts = [read(r.offer.act)[0] for r in case.remedies if not r.option and not r.cancelled]
    return LetterKind.CHOSEN, {
        "act": "\n".join(acts),
        "promiser": name_of(case.owner),
        "due": _latest_due(case),
    }


def _latest_due(case):
    due = [case.promise(r.promise).due for r in case.remedies if not r.cancelled]
    return wording.when(max(due)) if due else ""


def _granted(entry, was, case, read):
    if entry.option:
        return None
    offer = entry.offer
    (act,) = read(offer.act)
    amount = _worth(offer)
    return LetterKind.GRANTED, {
        "act": act + amount,
        "promiser": name_of(offer.owner),
        "due": wording.when(offer.due),
    }


def _broken(entry, was, case, read):
    if entry.silent:
        return None
    broken = [p for p in case.promises if p.state.value == "broken" and _newly(was, p)]
    lines = []
    for promise in broken:
        (act,) = read(promise.act)
        lines.append(f"- {act or 'Write to you'}, by {wording.when(promise.due)}")
    return LetterKind.BROKEN, {"broken": "\n".join(lines), "last": _LAST_OF_THESE if entry.last else ""}


_LAST_OF_THESE = (
    " If we miss that date as well, your page shows it, but no letter like this one goes out again"
    " before a person here has written to you."
)


def _newly(was, promise):
    return all(p.state.value != "broken" for p in was.promises if p.number == promise.number)


def _delayed(entry, was, case, read):
    promise = case.promise(entry.number)
    act, why = read(promise.act, entry.why)
    return LetterKind.DELAY, {
        "act": act,
        "due": wording.when(promise.due),
        "why": why,
        "expected": wording.when(entry.expected),
    }


def _taken_over(entry, was, case, read):
    if case.silent:
        return None
    return LetterKind.NEW_OWNER, {"before": name_of(entry.before)}


def _delivered(entry, was, case, read):
    if case.delivered_at is None:
        return None
    lines = []
    for remedy in case.remedies:
        if remedy.delivered_at:
            act, proof = read(remedy.offer.act, remedy.proof)
            lines.append(f"- {act}\n  Shown by: {proof}")
    quiet = facts.house().due(facts.house().quiet, case.delivered_at)
    return LetterKind.DELIVERED, {"remedies": "\n".join(lines), "quiet": wording.day(quiet)}


def _closed(entry, was, case, read):
    back = f"We look at it again on {wording.day(entry.check_back)}." if entry.check_back else ""
    return LetterKind.CLOSED, {"check_back": back}


def _reopened(entry, was, case, read):
    return LetterKind.REOPENED, {"received": wording.day(case.received_at, year=True)}


def _withdrawn(entry, was, case, read):
    return LetterKind.WITHDRAWN, {}


def _merged(entry, was, case, read):
    due = db.row("select update_due from cases where id = %s", [entry.into])
    return LetterKind.MERGED, {
        "other": entry.ref,
        "other_link": page_link(entry.into, case.customer),
        "next": wording.when(moment(due[0])) if due and due[0] else "",
    }


def _unmerged(entry, was, case, read):
    return LetterKind.UNMERGED, {}


_CAUSES = {
    e.CaseReceived: _received,
    e.CaseMerged: _merged,
    e.CaseUnmerged: _unmerged,
    e.PointsReadBack: _read_back,
    e.TimeAsked: _time_asked,
    e.PointsConfirmed: _said("the points, as we read them back to you, are right"),
    e.PointCorrected: _said("a point is to be put in these words"),
    e.OptionsDeclined: _said("none of the options will do"),
    e.PromiseReleased: _said("you release us from a promise"),
    e.CaseUnsettled: _said("this is not settled"),
    e.CaseSettled: _said("it is put right"),
    e.RequestRefused: _refused,
    e.OptionProposed: _proposed,
    e.OptionAccepted: _accepted,
    e.RemediesAccepted: _granted_accepted,
    e.RemedyGranted: _granted,
    e.PromiseBroken: _broken,
    e.DelayNoticed: _delayed,
    e.CaseTakenOver: _taken_over,
    e.RemedyDelivered: _delivered,
    e.CaseClosed: _closed,
    e.CaseReopened: _reopened,
    e.CaseWithdrawn: _withdrawn,
}
