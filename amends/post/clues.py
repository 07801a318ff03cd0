"""What is known of the letters of a batch before the rule places them: looked up together, one question per table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from django.conf import settings

from amends.casework import db, receipts, tokens
from amends.casework.cipher import address_hash
from amends.casework.moments import moment
from amends.casework.receipts import Receipts
from amends.ids import REF_LETTERS
from amends.people.models import Staff
from amends.post import box, noticed, ours, roads
from amends.post.reader.reading import Letter
from amends.rules import belonging, brakes
from amends.rules.belonging import Clue, Named, Origin, Trust
from amends.rules.entries import Mark, Outcome

MOST_HOPS = 50
_REF = re.compile(rf"\bAM-[{REF_LETTERS}]{{5}}\b", re.IGNORECASE)
_NO_REPLY = frozenset(
    [
        "noreply",
        "no-reply",
        "no_reply",
        "donotreply",
        "do-not-reply",
        "do_not_reply",
        "mailer-daemon",
        "postmaster",
        "bounce",
        "bounces",
    ]
)


@dataclass(frozen=True)
class Read:
    """A letter of the batch: as it came, as it was read, and by what it is known again."""

    waiting: box.Waiting
    letter: Letter
    files: tuple[bytes, ...]
    identity: str
    message: str  # keyed hash of its Message-ID, "" without one

    @cached_property
    def sender(self) -> str:
        """The exact address it is from, as far as anybody says: the letter, else the mail server."""
        if self.letter.origin in (Origin.FROM, Origin.ODD):
            return self.letter.sender
        return self.envelope_sender if self.letter.origin is Origin.ENVELOPE else ""

    @property
    def envelope_sender(self) -> str:
        told = self.waiting.sender
        return (self.letter.trace.return_path if told is None else told.strip("<>")).lower()

    @cached_property
    def receipt(self) -> receipts.Key:
        """What a receipt for it is counted by."""
        words = "" if self.letter.attachments else self.letter.new_text
        return receipts.key_of_letter(customer_of(self)[1], words)

    @property
    def receivers(self) -> tuple[str, ...]:
        letter = self.letter
        found = (*self.waiting.recipients, *letter.trace.delivered_to, *letter.to, *letter.cc)
        return tuple(dict.fromkeys(address for address in found if address))


class Known(NamedTuple):
    """What the tables say about a batch."""

    links: dict[str, Named]  # by hash of the token
    customers: dict[str, str]  # customer of a case
    failing: set[str]  # customers whose address fails
    sent: dict[str, Named]  # by id of our letter: where it stands
    replies: dict[str, Named]  # by id of our letter: where an answer to it goes
    refs: dict[str, Named]
    staff: dict[str, str]  # names by address
    messages: set[str]  # hashes of Message-IDs met before
    alike: set[str]  # hashes of addresses some sender of the batch looks like
    receipts: Receipts


def gather(read: list[Read], now: datetime) -> Known:
    """Everything the rule wants to know about these letters."""
    customers: dict[str, str] = {}
    failing: set[str] = set()
    links = _links({tokens.hash_of(token) for one in read for token in _tokens(one)}, customers, failing)
    sent, replies = _sent({letter for one in read for letter in _own_letters(one)}, customers, failing)
    refs = _refs({ref for one in read for ref in _refs_in(one.letter.subject)}, customers, failing)
    staff = dict(Staff.objects.filter(is_active=True).values_list("email", "name"))
    return Known(
        links,
        customers,
        failing,
        sent,
        replies,
        refs,
        {address.lower(): name for address, name in staff.items()},
        _met({one.message for one in read if one.message}, {one.waiting.id for one in read}),
        _alike(read),
        Receipts([one.receipt for one in read], now),
    )


def clue(one: Read, known: Known) -> Clue:
    """What is known of one letter."""
    letter = one.letter
    bounce, returned = letter.bounce, _returned(one, known)
    token = _first(known.links, (tokens.hash_of(t) for t in _tokens(one)))
    return Clue(
        sender=address_hash(one.sender) if one.sender else "",
        origin=_origin(one),
        trust=_trust(one),
        token=token,
        reply=_first(known.replies, _answered(letter)),
        subject=_subject(letter, known),
        returned=returned,
        is_letter=letter.is_letter,
        over_limit=letter.over_limit,
        loop=_is_loop(one),
        staff=one.sender in known.staff,
        for_us=_is_for_us(one),
        automatic=_automatic(one, token),
        bounce=bounce,
        listed=one.sender in settings.AMENDS_FORM_SENDERS and bool(one.letter.reply_to),
        can_answer=_may_be_answered(one, known.receipts),
    )


def marks(one: Read, clue: Clue, place: belonging.Place, known: Known) -> tuple[Mark, ...]:
    """What staff should see beside it."""
    came = moment(one.waiting.came_at) or datetime.now(UTC)
    found = [*belonging.marks(clue, place), *noticed.marks(one.letter, came)]
    if noticed.dresses_up(one.letter, known.staff):
        found.append(Mark.NAME_SPOOF)
    look = noticed.skeleton(one.sender)
    if look and (address_hash(look) in known.alike or look in known.staff):
        found.append(Mark.LOOKALIKE)
    if not clue.token and any(tokens.looks_like_one(token) for token in _tokens(one)):
        found.append(Mark.THREAD_HINT)
    if one.message and (one.message in known.messages or ours.letter_of(one.letter.message_id) in known.sent):
        found.append(Mark.ID_REUSED)
    return tuple(dict.fromkeys(found))


def customer_of(one: Read) -> tuple[str, str]:
    """Name and address of who complains; a shop's own form names them where answers should go."""
    letter = one.letter
    if one.sender in settings.AMENDS_FORM_SENDERS and len(letter.reply_to) == 1:
        return letter.reply_to[0], letter.reply_to[0]
    return letter.sender_name or one.sender, one.sender


class Reported(NamedTuple):
    """What a report says of our letter. `blames_address`: the address itself is wrong, not this letter or day."""

    outcome: Outcome
    status: str = ""
    said: str = ""
    blames_address: bool = False


def reported(one: Read, writer: str) -> Reported:
    """What a report says of the letter to this address (a keyed hash)."""
    reports = one.letter.reports
    about = [r for r in reports if r.address and address_hash(r.address) == writer]
    chosen = (about or [r for r in reports if r.outcome == Outcome.FAILED] or list(reports) or [None])[0]
    if chosen is None:
        return Reported(Outcome.FAILED, said=one.letter.subject[:300])
    known = chosen.outcome in list(Outcome)
    kind = Outcome(chosen.outcome) if known else Outcome.UNKNOWN
    return Reported(kind, chosen.status, chosen.said, chosen.blames_address)


# One question per table ------------------------------------------------------------------------------------------


def _links(hashes, customers, failing) -> dict[str, Named]:
    """Reply tokens: the case each names (the surviving one where cases were merged), and who may write by it."""
    found = db.rows_in(
        "select l.hash, k.id, k.merged, l.customer, c.address_hash, c.failing from links l"
        ' join customers c on c.id = l.customer join cases k on k.id = l."case"'
        " where l.purpose = 'reply' and l.hash in {in}",
        hashes,
    )
    named, ends = {}, _ends((case, merged) for _, case, merged, *_ in found)
    for hash, case, _merged, customer, writer, fails in found:
        named[hash] = Named(ends[case], writer)
        customers[ends[case]] = customer
        failing |= {customer} if fails else set()
    return named


def _sent(letters, customers, failing) -> tuple[dict[str, Named], dict[str, Named]]:
    found = db.rows_in(
        "select o.id, k.id, k.merged, o.number, c.id, c.address_hash, c.failing from owed o join cases k on k.id = o.file"
        " join customers c on c.id = k.customer where o.staff = '' and o.id in {in}",
        letters,
    )
    sent, replies, ends = {}, {}, _ends((case, merged) for _, case, merged, *_ in found)
    for letter, case, _merged, number, customer, writer, fails in found:
        sent[letter] = Named(case, writer, number)
        replies[letter] = Named(ends[case], writer)
        customers[case] = customers[ends[case]] = customer
        failing |= {customer} if fails else set()
    return sent, replies


def _refs(refs, customers, failing) -> dict[str, Named]:
    found = db.rows_in(
        "select k.ref, k.id, k.merged, c.id, c.address_hash, c.failing from cases k"
        " join customers c on c.id = k.customer where k.ref in {in}",
        refs,
    )
    named, ends = {}, _ends((case, merged) for _, case, merged, *_ in found)
    for ref, case, _merged, customer, writer, fails in found:
        named[ref] = Named(ends[case], writer)
        customers[ends[case]] = customer
        failing |= {customer} if fails else set()
    return named


def _ends(pointers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each case the one it is dealt with in: itself, or where its pointer leads in the end."""
    ends = {case: merged or case for case, merged in pointers}
    further = {end for case, end in ends.items() if end != case}
    while further:
        on = dict(db.rows_in("select id, merged from cases where not (merged = '') and id in {in}", further))
        ends = {case: on.get(end, end) for case, end in ends.items()}
        further = set(on.values())
    return ends


def _met(messages, these) -> set[str]:
    found = db.rows_in(
        "select message, id from letters where not (message = '') and message in {in} and disposition <> ''",
        messages,
    )
    return {message for message, letter in found if letter not in these}


def _alike(read) -> set[str]:
    looks = {address_hash(look) for one in read if (look := noticed.skeleton(one.sender))}
    found = db.rows_in("select address_hash from customers where address_hash in {in}", looks)
    return {hashed for (hashed,) in found}


# What one letter names -------------------------------------------------------------------------------------------


def _tokens(one: Read) -> list[str]:
    """What may be a token behind the plus sign of an address of ours; a dot divides what others put before it."""
    behind = (ours.behind_plus(address) for address in one.receivers)
    return [token for token in behind if token and not token.startswith(f"{ours.BOUNCE}-")]


def _own_letters(one: Read) -> set[str]:
    """Letters of ours it may answer, report on, or pretend to be."""
    bounced = {letter for address in one.receivers if (letter := ours.bounced_letter(address))}
    named = {ours.letter_of(one.letter.returned), ours.letter_of(one.letter.message_id)}
    return bounced | named.union(_answered(one.letter)) - {""}


def _answered(letter: Letter) -> list[str]:
    """Letters of ours it answers: In-Reply-To first, then References from the newest."""
    first, rest = letter.references[:1], letter.references[1:]
    return [found for id in (*first, *reversed(rest)) if (found := ours.letter_of(id))]


def _returned(one: Read, known: Known) -> Named | None:
    """The letter of ours a report came back for, in the case it was written in."""
    proved = [letter for address in one.receivers if (letter := ours.bounced_letter(address))]
    return _first(known.sent, (*proved, ours.letter_of(one.letter.returned), *_answered(one.letter)))


def _refs_in(subject: str) -> list[str]:
    return list(dict.fromkeys(found.upper() for found in _REF.findall(subject[:2000])))


def _subject(letter: Letter, known: Known) -> Named | None:
    """The one case whose reference stands in the subject; where several do, only as a hint to the first."""
    found = [known.refs[ref] for ref in _refs_in(letter.subject) if ref in known.refs]
    return found[0] if len(found) == 1 else Named(found[0].case) if found else None


def _first(named: dict[str, Named], keys) -> Named | None:
    return next((named[key] for key in keys if key in named), None)


# Who it is from --------------------------------------------------------------------------------------------------


def _origin(one: Read) -> Origin:
    if one.letter.origin is Origin.ENVELOPE and "@" not in one.envelope_sender:
        return Origin.NOBODY
    return one.letter.origin


def _trust(one: Read) -> Trust:
    """What our own mail server found out; a listed forwarder's seal excuses what forwarding broke."""
    servers = settings.AMENDS_AUTHSERV or tuple(ours.domains())
    vouch = one.letter.trace.vouched(servers)
    if vouch is None:
        return Trust.UNKNOWN
    if vouch.dmarc == "pass":
        return Trust.PASS
    if vouch.dmarc != "fail":
        return Trust.UNKNOWN
    if vouch.arc and one.letter.trace.sealer in settings.AMENDS_SEALERS:
        return Trust.UNKNOWN
    return Trust.REJECT if vouch.policy in ("reject", "quarantine") else Trust.FAIL


def _automatic(one: Read, token: Named | None) -> str:
    if one.letter.automatic:
        return one.letter.automatic
    if not _takes_no_answer(one.sender):
        return ""
    if token and token.writer != address_hash(one.sender):
        return "no-reply"
    return "sign-in mail" if noticed.speaks_of_access(one.letter) else ""


def _takes_no_answer(address: str) -> bool:
    return address.partition("@")[0] in _NO_REPLY


def _is_loop(one: Read) -> bool:
    letter = one.letter
    return ours.is_ours(one.sender) or letter.trace.desk == ours.desk_mark() or letter.trace.hops > MOST_HOPS


def _is_for_us(one: Read) -> bool:
    """Mail that a catch-all brings for a mailbox we do not have is kept, and shown to somebody first."""
    receivers = [address for address in one.waiting.recipients if "@" in address]
    if (
        one.waiting.road.startswith(roads.IMAP)
        or not receivers
        or settings.AMENDS_MAIL.endswith("@localhost")
    ):
        return True
    domains = ours.domains()
    return any(ours.is_ours(a) or a.lower().rpartition("@")[2] not in domains for a in receivers)


def _may_be_answered(one: Read, counted: Receipts) -> bool:
    """What the brakes say about a receipt for this letter."""
    letter = one.letter
    listed = one.sender in settings.AMENDS_FORM_SENDERS
    elsewhere = len(letter.reply_to) > 1 or any(ours.is_ours(a) for a in letter.reply_to)
    return brakes.may_answer(
        address=customer_of(one)[1],
        lately=counted.lately(one.receipt),
        receivers=len(letter.to) + len(letter.cc),
        answers_us=bool(_answered(letter) or _refs_in(letter.subject)),
        asks_silence=not listed and (letter.trace.quiet or _takes_no_answer(one.sender)),
        reply_elsewhere=elsewhere,
    )
