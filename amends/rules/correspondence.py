"""Letters, contacts and notes: what was said, by whom, and what it does to the case."""

from datetime import datetime, timedelta

from amends.rules import entries as e
from amends.rules.case import Case, Stage
from amends.rules.cases import told_by_us
from amends.rules.entries import Channel, LetterKind
from amends.rules.guards import must_be_fresh, must_be_staff
from amends.rules.house import House
from amends.rules.points import is_denied_by
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_NAME, NOTHING, Actor, Text, wanted

CLOCKS_DIFFER = timedelta(minutes=5)


def hear(
    case: Case,
    *,
    words: Text,
    channel: Channel,
    by: Actor,
    subject: Text = NOTHING,
    letter: str = "",
    unverified: bool = False,
    automatic: bool = False,
):
    """A letter, or words on the customer's page. It is kept whatever the stage, also when the case has ended."""
    _must_be_known(case)
    words = words if not words.is_empty else Text(plain="(no text)")
    return [
        e.LetterReceived(
            channel=channel,
            words=words,
            subject=subject,
            letter=letter,
            unverified=unverified,
            automatic=automatic,
        )
    ]


def write(
    case: Case,
    *,
    words: Text,
    by: Actor,
    now: datetime,
    house: House,
    next_update: datetime | None = None,
    seen: int | None = None,
    subject: Text = NOTHING,
):
    """A person's own letter to the customer. The first one acknowledges; each renews the date they hear by.

    seen  newest entry on the page it was written on: over newer words of somebody else it is not sent
    """
    must_be_staff(by)
    _must_be_known(case)
    words = wanted(words, "words")
    must_be_fresh(case, by, seen)
    told = told_by_us(case, now=now, house=house, by=by, due=next_update) if case.is_open else []
    return [e.LetterSent(kind=LetterKind.REPLY, words=words, subject=subject), *told]


def send(case: Case, *, kind: LetterKind, words: Text, subject: Text = NOTHING):
    """A letter the desk itself draws up because of another entry in the same act."""
    return [e.LetterSent(kind=kind, words=words, subject=subject)]


def log_contact(
    case: Case,
    *,
    channel: Channel,
    words: Text,
    happened_at: datetime,
    by: Actor,
    now: datetime,
    house: House,
    from_customer: bool = True,
    reached: bool = True,
    reference: str = "",
):
    """Write down a call, a paper letter or a visit. Reaching the customer acknowledges and renews the date."""
    must_be_staff(by)
    _must_be_known(case)
    if happened_at > now + CLOCKS_DIFFER:
        raise Refused(Reason.STILL_TO_COME, at=happened_at)
    reference = reference.strip()[:LONGEST_NAME]
    contact = e.ContactLogged(
        channel=channel,
        words=wanted(words, "words"),
        at=min(happened_at, now),
        from_customer=from_customer,
        reached=reached,
        reference=reference,
    )
    told = told_by_us(case, now=now, house=house, by=by) if case.is_open and reached else []
    return [contact, *told]


def note(case: Case, *, words: Text, stance: str, by: Actor):
    """Write a note. One that says the opposite of a finding the customer was sent is put beside it, for quality.

    stance  "for" or "against" the customer, or empty: what the words say about who is right
    """
    must_be_staff(by)
    _must_be_known(case)
    number = case.story.number + 1
    flags = [
        e.NoteFlagged(note=number, point=point, finding=finding)
        for point, finding in case.story.findings_sent
        if is_denied_by(finding, stance)
    ]
    return [e.NoteWritten(words=wanted(words, "words")), *flags]


def read(case: Case, *, by: Actor):
    """Somebody has read what the customer said last."""
    must_be_staff(by)
    if not case.story.heard:
        return []
    return [e.WordsRead(upto=case.story.heard)]


def _must_be_known(case: Case) -> None:
    if case.stage is Stage.UNKNOWN:
        raise Refused(Reason.NOT_RECEIVED)
