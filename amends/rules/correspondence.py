"""Letters, contacts and notes: what was said, by whom, and what it does to the case."""

from datetime import datetime, timedelta

from amends.rules import entries as e
from amends.rules import gate, promises
from amends.rules.case import OWED, Case, Kept, Stage, next_number
from amends.rules.cases import told_by_us
from amends.rules.entries import Channel, LetterKind, PromiseKind
from amends.rules.gate import Mark, Sort
from amends.rules.guards import must_be_ahead, must_be_fresh, must_be_staff
from amends.rules.house import House
from amends.rules.points import is_denied_by
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.values import LONGEST_LINE, LONGEST_NAME, NOTHING, Actor, Text, wanted

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
    files: tuple[e.Enclosure, ...] = (),
    marks: tuple[e.Mark, ...] = (),
    moved_from: str = "",
    came: datetime | None = None,
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
            files=files,
            marks=marks,
            moved_from=moved_from,
            came=came,
        )
    ]


def write(
    case: Case,
    *,
    words: Text,
    by: Actor,
    now: datetime,
    house: House,
    weighed: tuple[Mark, ...],
    next_update: datetime | None = None,
    seen: int | None = None,
    subject: Text = NOTHING,
    files: tuple[e.Enclosure, ...] = (),
):
    """A person's own letter to the customer. The first one acknowledges; each renews the date they hear by.

    weighed  what the letter says, as `gate.weigh` marked it: what it promises becomes a promise, and nothing goes that
             the file contradicts
    seen     newest entry on the page it was written on: over newer words of somebody else it is not sent

    Raises Refused, naming every phrase that keeps it here.
    """
    must_be_staff(by)
    _must_be_known(case)
    words = wanted(words, "words")
    must_be_fresh(case, by, seen)
    gate.must_be_ready(weighed)
    kind = _kind(case, weighed, next_update, by)
    number = case.story.number + 1
    sent = [
        e.LetterSent(kind=kind, words=words, subject=subject, files=files),
        *gate.kept(weighed, number, by),
    ]
    if not case.is_open:
        _must_promise_nothing(weighed)
        return sent
    promised = _promised(case, weighed, number, by, now)
    due = _sooner(next_update, gate.news_by(weighed))
    many = sum(isinstance(entry, e.PromiseMade) for entry in promised)
    next_promise = next_number(case.promises) + many
    return [*sent, *promised, *told_by_us(case, now=now, house=house, by=by, promise=next_promise, due=due)]


def _must_promise_nothing(weighed: tuple[Mark, ...]) -> None:
    """A case that has ended owes nothing and keeps no promise: one made there would be nobody's."""
    made = [mark.words for mark in gate.promised(weighed)]
    if made:
        raise Refused(
            Reason.WORDS_NOT_READY, missing=tuple((Missing.PROMISE_NOT_MADE, words) for words in made)
        )


def _kind(case: Case, weighed: tuple[Mark, ...], next_update: datetime | None, by: Actor) -> LetterKind:
    """A letter that says nothing goes as a holding note: with a day given for it, and not twice running."""
    if not any(mark.sort is Sort.HOLDING for mark in weighed):
        return LetterKind.REPLY
    if next_update is None:
        raise Refused(Reason.HOLDING_UNDATED)
    if case.held_off and not by.leads:
        raise Refused(Reason.HELD_OFF_BEFORE)
    return LetterKind.HOLDING


def _promised(case: Case, weighed: tuple[Mark, ...], letter: int, by: Actor, now: datetime) -> list[e.Entry]:
    """What the letter promises, as promises of this case."""
    number, entries = next_number(case.promises), []
    for mark in gate.promised(weighed):
        due, act = must_be_ahead(mark.due, now), Text(mark.words[:LONGEST_LINE])
        made = e.PromiseMade(number=number, kind=PromiseKind.DEED, owner=mark.owner, due=due, act=act)
        entries.append(made)
        number += 1
    time = next((mark for mark in weighed if mark.sort is Sort.TIME), None)
    if time:
        asked = {"words": Text(time.words), "owner": time.owner, "due": time.due}
        entries += promises.time_asked(case, number, by=by, now=now, said_in=letter, **asked)
    return entries


def _sooner(given: datetime | None, promised: datetime | None) -> datetime | None:
    return min((moment for moment in (given, promised) if moment), default=None)


def send(case: Case, *, kind: LetterKind, words: Text, subject: Text = NOTHING):
    """A letter the desk itself draws up because of another entry in the same act."""
    return [e.LetterSent(kind=kind, words=words, subject=subject)]


# What became of our letters ---------------------------------------------------------------------------------------

IN_TROUBLE = frozenset({"failed", "bounced", "uncertain"})
UNDELIVERED = IN_TROUBLE | {"by_post", "in_folder"}


def returned(
    case: Case,
    *,
    number: int,
    outcome: e.Outcome,
    now: datetime,
    house: House,
    said: Text = NOTHING,
    status: str = "",
    letter: str = "",
):
    """A mail server reported on our letter `number`. Who reads reports has proved that it is about that letter.

    A word that did not arrive is no word: the owner promises to reach the customer another way, within a day.
    """
    _must_be_ours(case, number)
    said = Text(said.plain[:LONGEST_LINE]) if said.plain else said
    promised = outcome is e.Outcome.FAILED and case.is_open and not _owes_another_way(case)
    made = next_number(case.promises) if promised else 0
    report = e.LetterReturned(
        number=number, outcome=outcome, said=said, status=status[:20], letter=letter, promise=made
    )
    if not promised:
        return [report]
    due = house.due(house.soon, now)
    act = Text("Reach you another way: a letter of ours came back")
    return [report, e.PromiseMade(number=made, kind=PromiseKind.DEED, owner=case.owner, due=due, act=act)]


def _owes_another_way(case: Case) -> bool:
    return bool(case.reach) and case.promise(case.reach).state in OWED


def try_again(case: Case, *, number: int, by: Actor, fate: str):
    """Hand our letter over once more, under its old Message-ID. `fate` is how it stands now."""
    must_be_staff(by)
    _must_be_ours(case, number)
    if fate not in IN_TROUBLE:
        raise Refused(Reason.LETTER_STANDS, fate=fate)
    return [e.LetterTriedAgain(number=number)]


def send_otherwise(case: Case, *, number: int, channel: Channel, words: Text, by: Actor, fate: str):
    """What our letter said went to the customer another way: posted, read out, handed over. `words` says how."""
    must_be_staff(by)
    _must_be_ours(case, number)
    if fate not in UNDELIVERED:
        raise Refused(Reason.LETTER_STANDS, fate=fate)
    words = wanted(words, "words", LONGEST_LINE)
    sent = e.LetterSentOtherwise(number=number, channel=channel, words=words)
    if not _owes_another_way(case):
        return [sent]
    late = case.promise(case.reach).state is Kept.BROKEN
    return [sent, e.PromiseKept(number=case.reach, proof=words, late=late)]


def move(case: Case, *, number: int, to: str, ref: str, why: Text, by: Actor):
    """A letter that does not belong here goes to the case `to`. Its line stays, and says where it went."""
    must_be_staff(by)
    came = case.story.came_as(number)
    if came is None or not came.letter:
        raise Refused(Reason.NO_SUCH_LETTER, number=number)
    if came.moved:
        raise Refused(Reason.LETTER_GONE, number=number)
    if number == 1:
        raise Refused(Reason.OPENING_LETTER)
    return [e.LetterMoved(number=number, to=to, ref=ref, why=wanted(why, "why", LONGEST_LINE))]


def reread(case: Case, *, number: int, words: Text, files: tuple[e.Enclosure, ...] = ()):
    """What a newer reader makes of a letter. The desk's own act; the bytes have not changed."""
    if case.story.came_as(number) is None:
        raise Refused(Reason.NO_SUCH_LETTER, number=number)
    return [e.LetterReread(number=number, words=words, files=files)]


def _must_be_ours(case: Case, number: int) -> None:
    if number not in case.story.sent:
        raise Refused(Reason.NO_SUCH_LETTER, number=number)


# Contacts and notes ----------------------------------------------------------------------------------------------


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


def note(
    case: Case, *, words: Text, stance: str, by: Actor, contempt: tuple[str, ...] = (), insisted: bool = False
):
    """Write a note. One that says the opposite of a finding the customer was sent is put beside it, for quality.

    stance    "for" or "against" the customer, or empty: what the words say about who is right
    contempt  phrases that belittle somebody, which their writer has not seen yet
    insisted  their writer has seen them, and keeps them

    Raises Refused.
    """
    must_be_staff(by)
    _must_be_known(case)
    must_not_belittle(contempt)
    number = case.story.number + 1
    flags = [
        e.NoteFlagged(note=number, point=point, finding=finding)
        for point, finding in case.story.findings_sent
        if is_denied_by(finding, stance)
    ]
    return [e.NoteWritten(words=wanted(words, "words"), insisted=insisted), *flags]


def must_not_belittle(contempt: tuple[str, ...]) -> None:
    """Words for our own eyes that belittle somebody are shown to their writer first. Raises Refused naming them."""
    if contempt:
        raise Refused(Reason.CONTEMPT, phrases=contempt)


def read(case: Case, *, by: Actor):
    """Somebody has read what the customer said last."""
    must_be_staff(by)
    if not case.story.heard:
        return []
    return [e.WordsRead(upto=case.story.heard)]


def _must_be_known(case: Case) -> None:
    if case.stage is Stage.UNKNOWN:
        raise Refused(Reason.NOT_RECEIVED)
