"""Complaints come in: by form, by letter, or told to somebody here."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from amends import ids
from amends.casework import db, facts
from amends.casework.cipher import address_hash
from amends.casework.record import Act, Outcome, Step, record, record_many
from amends.people.models import Staff
from amends.rules import cases, customers
from amends.rules.entries import Channel, Enclosure, Mark
from amends.rules.refused import Reason, Refused
from amends.rules.values import Actor, Side, Text, customer

FEWEST_DIGITS = 6  # of a telephone number


class Complaint(NamedTuple):
    """A complaint on its way in. `act` is the id its door made; `received_at` None means now."""

    act: str
    channel: Channel
    words: str
    name: str
    address: str = ""
    subject: str = ""
    company: str = ""
    phone: str = ""
    sought: str = ""
    expects: str = ""
    danger: bool = False
    reference: str = ""
    language: str = ""
    received_at: datetime | None = None
    letter: str = ""  # the raw letter it came by, and what came with it
    files: tuple[Enclosure, ...] = ()
    marks: tuple[Mark, ...] = ()
    hint: str = ""
    silent: bool = False
    owner: str = ""  # who takes it, when a member of staff logs it
    by: Actor | None = None  # a member of staff, else the customer
    then: object = None


def must_be_reachable(reach: str) -> None:
    """An email address that can be written to, or a telephone number. Raises Refused."""
    try:
        validate_email(reach)
    except ValidationError:
        if "@" in reach or sum(letter.isdigit() for letter in reach) < FEWEST_DIGITS:
            raise Refused(Reason.ADDRESS_UNREADABLE, typed=reach[:60]) from None


def correct_address(
    customer_id: str, *, address: str, why: str, by: Actor, now: datetime, act: str
) -> Outcome:
    """Put in an address where there is none that works. Raises Refused."""
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(Reason.ADDRESS_UNREADABLE, typed=address[:60]) from None
    asked = {"address": Text(address), "address_hash": address_hash(address), "why": Text(why), "by": by}
    return record(Step("customer", customer_id, customers.correct_address, asked), by=by, now=now, act=act)


def same_today(who: str, words: str, now: datetime) -> str:
    """The id of a complaint by form: the same words from the same person on one day are one complaint.

    A form sent twice, or sent again after going back, has another act id but the same words.
    """
    said = hashlib.sha256(f"{who.lower()}|{' '.join(words.split())}".encode()).hexdigest()
    return f"form|{facts.house().today(now)}|{said}"


def receive_complaint(complaint: Complaint, *, now: datetime) -> Outcome:
    """Open a case for one complaint. Raises Refused."""
    outcome = receive_complaints([complaint], now=now)[0]
    if outcome.refused:
        raise outcome.refused
    return outcome


def receive_complaints(complaints: Sequence[Complaint], *, now: datetime) -> list[Outcome]:
    """Open a case for each, in one transaction; customers are known again by their exact address."""
    acts = complaint_acts(complaints, now=now)
    return record_many(acts, now=now)


def complaint_acts(complaints: Sequence[Complaint], *, now: datetime) -> list[Act]:
    known = _known_customers(complaints)
    owners = iter(facts.next_owners(len(complaints)))
    refs = iter(_free_refs(len(complaints)))
    return [_act(c, known, next(owners, ("", "")), next(refs), now) for c in complaints]


def _act(complaint: Complaint, known: dict[str, str], turn: tuple[str, str], ref: str, now: datetime) -> Act:
    hashed = address_hash(complaint.address) if complaint.address else ""
    who, is_new = known.get(hashed, ""), False
    if not who:
        who, is_new = ids.new(), True
        if hashed:
            known[hashed] = who
    owner, team = (complaint.owner, _team_of(complaint.owner)) if complaint.owner else turn
    by = complaint.by or customer(who)
    case = ids.new()
    steps = [_meeting(complaint, who, hashed)] if is_new else []
    steps.append(Step("customer", who, customers.wrote, {"case": case}, is_new=is_new))
    steps.append(
        Step(
            "case",
            case,
            cases.receive,
            {
                "ref": ref,
                "customer": who,
                "owner": owner,
                "team": team,
                "channel": complaint.channel,
                "words": Text(complaint.words),
                "subject": Text(complaint.subject),
                "sought": Text(complaint.sought),
                "expects": Text(complaint.expects),
                "danger": complaint.danger,
                "reference": complaint.reference,
                "letter": complaint.letter,
                "files": complaint.files,
                "marks": complaint.marks,
                "hint": complaint.hint,
                "silent": complaint.silent,
                "received_at": complaint.received_at,
                "now": now,
                "house": facts.house(),
                "by": by,
            },
            is_new=True,
        )
    )
    # A customer's id is made here and differs when the same form comes twice; the act is known by the desk alone.
    key = Actor(Side.DESK) if by.side is Side.CUSTOMER else by
    return Act(complaint.act, by, tuple(steps), complaint.then, key)


def _meeting(complaint: Complaint, who: str, hashed: str) -> Step:
    return Step(
        "customer",
        who,
        customers.meet,
        {
            "name": Text(complaint.name or complaint.address),
            "address": Text(complaint.address),
            "address_hash": hashed,
            "company": Text(complaint.company),
            "phone": Text(complaint.phone),
            "language": complaint.language,
        },
        is_new=True,
    )


def _known_customers(complaints: Sequence[Complaint]) -> dict[str, str]:
    hashes = {address_hash(c.address) for c in complaints if c.address}
    return dict(
        db.rows_in(
            "select address_hash, id from customers where address_hash in {in} order by id desc", hashes
        )
    )


def _free_refs(many: int) -> list[str]:
    refs = {ids.new_ref() for _ in range(many)}
    while True:
        taken = {ref for (ref,) in db.rows_in("select ref from cases where ref in {in}", refs)}
        refs -= taken
        if len(refs) >= many:
            return list(refs)[:many]
        refs |= {ids.new_ref() for _ in range(many - len(refs))}


def _team_of(staff_id: str) -> str:
    team = Staff.objects.filter(id=staff_id, is_active=True).values_list("team_id", flat=True).first()
    if team is None:
        raise Refused(Reason.OWNER_MISSING)
    return str(team)
