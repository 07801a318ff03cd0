"""Files the letters in the box: read, placed, recorded, up to fifty in one transaction.

What cannot be filed is held, visibly, with its reason; a letter that comes twice is counted and filed once.
"""

import logging
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings

from amends.casework import cipher, db, tokens
from amends.casework.acts import step
from amends.casework.acts.intake import Complaint, address_hash, complaint_acts, receive_complaint
from amends.casework.record import Act, Outcome, record_many
from amends.post import box, reading
from amends.rules import belonging, correspondence
from amends.rules.entries import Channel
from amends.rules.refused import Reason, Refused
from amends.rules.values import DESK, Text, customer

log = logging.getLogger(__name__)

AT_ONCE = 50
NEW, APPENDED, AUTOMATIC, HELD = "new_case", "append_to_case", "auto_recorded_no_reply", "quarantined"


_FILED = "update letters set disposition = %s, file = %s, identity = %s where id = %s and disposition = ''"
_TAKEN_IN = "update letters set disposition = %s, file = %s where id = %s and disposition = 'quarantined'"


class Filed(NamedTuple):
    """Where a letter went: one of the dispositions, its case (empty when held), and why it was held."""

    letter: str
    disposition: str
    case: str = ""
    because: str = ""


class _Read(NamedTuple):
    waiting: box.Waiting
    letter: reading.Letter
    identity: str


def file_waiting(now: datetime, most: int = AT_ONCE) -> list[Filed]:
    """File the oldest letters in the box; empty when there are none. A batch that fails is tried one by one."""
    waiting = box.waiting(most)
    try:
        return _file(waiting, now)
    except Exception:
        if len(waiting) == 1:
            log.exception("letter %s could not be filed and is held", waiting[0].id)
            box.hold(waiting[0].id, "could not be filed: see the log")
            return [Filed(waiting[0].id, HELD, because="could not be filed: see the log")]
        log.exception("a batch of %d letters could not be filed; trying one by one", len(waiting))
    return [filed for one in waiting for filed in _one(one, now)]


def _one(waiting: box.Waiting, now: datetime) -> list[Filed]:
    try:
        return _file([waiting], now)
    except Exception:
        log.exception("letter %s could not be filed and is held", waiting.id)
        box.hold(waiting.id, "could not be filed: see the log")
        return [Filed(waiting.id, HELD, because="could not be filed: see the log")]


def _file(waiting: list[box.Waiting], now: datetime) -> list[Filed]:
    read = [_read(one) for one in waiting]
    fresh, repeats = _first_times(read)
    for letter, identity in repeats:
        _count_again(letter, identity)
    links = _links(fresh)
    filed = [Filed(letter, "repeated") for letter, _ in repeats]
    complaints, acts, places = [], [], []
    for one in fresh:
        place = belonging.place(_clue(one, links))
        match place:
            case belonging.Hold(because=because):
                box.hold(one.waiting.id, because, one.identity)
                filed.append(Filed(one.waiting.id, HELD, because=because))
            case belonging.Existing():
                acts.append(_addition(one, place, links, now))
                places.append((one, AUTOMATIC if place.automatic else APPENDED))
            case belonging.New():
                complaints.append(_complaint(one))
                places.append((one, NEW))
    acts = _in_order(places, acts, complaint_acts(complaints, now=now))
    for (one, disposition), outcome in zip(places, record_many(acts, now=now), strict=True):
        filed.append(_result(one, disposition, outcome))
    return filed


def _read(one: box.Waiting) -> _Read:
    return _Read(one, reading.read(one.raw, envelope_from=one.sender), _identity(one.raw))


def _identity(raw: bytes) -> str:
    """Message-ID and content without trace fields, as a keyed hash."""
    return cipher.keyed_hash("letter", sha256("|".join(reading.identity(raw)).encode()).hexdigest())


def _first_times(read: list[_Read]) -> tuple[list[_Read], list[tuple[str, str]]]:
    """Letters not met before, and those met before or twice in this batch: (letter, identity)."""
    known = {
        i
        for (i,) in db.rows_in(
            "select identity from letters where identity in {in}", {r.identity for r in read}
        )
    }
    fresh, repeats = [], []
    for one in read:
        if one.identity in known:
            repeats.append((one.waiting.id, one.identity))
        else:
            known.add(one.identity)
            fresh.append(one)
    return fresh, repeats


def _count_again(letter: str, identity: str) -> None:
    """The same letter once more: counted on the first, its bytes kept only once."""
    with db.writing():
        if db.change("delete from letters where id = %s and disposition = ''", [letter]):
            db.change("update letters set deliveries = deliveries + 1 where identity = %s", [identity])


def _links(read: list[_Read]) -> dict[str, tuple[str, str, str]]:
    """Reply tokens among the recipients: hash -> (case, customer, customer's address hash)."""
    hashes = {tokens.hash_of(token) for one in read for token in _tokens(one)}
    return {
        hash: (case, who, hashed)
        for hash, case, who, hashed in db.rows_in(
            'select l.hash, l."case", l.customer, c.address_hash from links l join customers c on c.id = l.customer'
            " where l.purpose = 'reply' and l.hash in {in}",
            hashes,
        )
    }


def _tokens(one: _Read) -> list[str]:
    """What stands behind the plus sign in our own address, in any recipient."""
    local, _, domain = settings.AMENDS_MAIL.lower().rpartition("@")
    found = []
    for address in (one.waiting.recipient, *one.letter.to, *one.letter.cc):
        name, _, where = address.lower().rpartition("@")
        head, plus, token = name.partition("+")
        if plus and head == local and where == domain:
            found.append(token)
    return found


def _link(one: _Read, links):
    for token in _tokens(one):
        if found := links.get(tokens.hash_of(token)):
            return found
    return None


def _clue(one: _Read, links) -> belonging.Clue:
    letter, link = one.letter, _link(one, links)
    sender_hash = address_hash(letter.sender) if letter.sender else ""
    return belonging.Clue(
        sender=sender_hash,
        case=link[0] if link else "",
        writer=link[2] if link else "",
        ours=letter.sender == settings.AMENDS_MAIL.lower(),
        automatic=letter.automatic,
        bounce=letter.bounce,
    )


def _addition(one: _Read, place: belonging.Existing, links, now: datetime) -> Act:
    by = DESK if place.unverified or place.automatic else customer(_link(one, links)[1])
    said = {
        "words": Text(_words(one.letter)),
        "subject": Text(one.letter.subject[:2000]),
        "channel": Channel.EMAIL,
        "letter": one.waiting.id,
        "unverified": place.unverified,
        "automatic": place.automatic,
    }
    return Act(
        one.waiting.id,
        by,
        (step(place.case, correspondence.hear, by=by, now=now, **said),),
        _taken(one, place),
    )


def _complaint(one: _Read) -> Complaint:
    letter = one.letter
    return Complaint(
        act=one.waiting.id,
        channel=Channel.EMAIL,
        words=_words(letter),
        name=(letter.sender_name or letter.sender)[:300],
        address=letter.sender,
        subject=letter.subject[:2000],
        then=_taken(one, None),
    )


def _words(letter: reading.Letter) -> str:
    words = letter.new_text.strip() or letter.text.strip() or letter.subject.strip() or "(no text)"
    names = ", ".join(f"{a.name or 'unnamed'} ({a.size:,} bytes)" for a in letter.attachments)
    return words[:200_000] + (f"\n\n[With the letter: {names}]" if names else "")


def _taken(one: _Read, place):
    """In the act's own transaction: the letter is filed, and known again if it comes once more."""
    automatic = isinstance(place, belonging.Existing) and place.automatic
    disposition = NEW if place is None else AUTOMATIC if automatic else APPENDED

    def take(file: str) -> tuple[str, tuple]:
        return _FILED, (disposition, file, one.identity, one.waiting.id)

    return take


def _in_order(places, additions: list[Act], complaints: list[Act]) -> list[Act]:
    """The acts in the order the letters came in."""
    additions, complaints = iter(additions), iter(complaints)
    return [next(complaints if disposition == NEW else additions) for _, disposition in places]


def _result(one: _Read, disposition: str, outcome) -> Filed:
    if outcome.refused:
        because = _why(outcome.refused)
        box.hold(one.waiting.id, because, one.identity)
        return Filed(one.waiting.id, HELD, because=because)
    return Filed(one.waiting.id, disposition, outcome.file)


def _why(no: Refused) -> str:
    return f"refused: {no.reason.value}"


def take_in(letter: str, *, now: datetime, sender: str = "") -> Outcome:
    """Open a case from a held letter; `sender` names the writer where the letter does not. Raises Refused."""
    waiting = box.opened(letter)
    if waiting is None:
        raise Refused(Reason.NO_SUCH_WORD)
    one = _read(waiting)
    complaint = _complaint(one)
    if sender and not complaint.address:
        complaint = complaint._replace(name=complaint.name or sender, address=sender if "@" in sender else "")

    def take(file: str) -> tuple[str, tuple]:
        return _TAKEN_IN, (NEW, file, letter)

    return receive_complaint(complaint._replace(act=f"take-in|{letter}", then=take), now=now)


def disposition_of(letter: str, raw: bytes) -> dict:
    """Where a letter went, also when it had come before: what `amends mail deliver --json` prints."""
    identity = _identity(raw)
    found = db.row(
        "select l.disposition, coalesce(c.ref, ''), l.because from letters l left join cases c on c.id = l.file"
        " where l.id = %s or l.identity = %s order by l.id limit 1",
        [letter, identity],
    )
    disposition, case, because = found
    return {"disposition": disposition or None, "case": case or None, "held_because": because or None}
