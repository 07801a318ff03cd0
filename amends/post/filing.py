"""Files the letters in the box: read, placed, recorded, up to fifty in one transaction.

What cannot be filed is held, visibly, with its reason; a letter that comes twice is counted and filed once.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.db import IntegrityError, InterfaceError, OperationalError

from amends.casework import cipher, db, facts, files, owed
from amends.casework.acts import step
from amends.casework.acts.intake import Complaint, complaint_acts
from amends.casework.record import Act, Step, record_many
from amends.post import box, cage, clues
from amends.post.clues import Known, Read
from amends.post.reader import reading
from amends.post.reader.reading import Letter
from amends.rules import belonging, correspondence, customers
from amends.rules.belonging import Clue, Existing, Held, Hold, Machine, New, Place, Returned
from amends.rules.entries import Channel, Outcome
from amends.rules.values import DESK, Text, customer

log = logging.getLogger(__name__)

AT_ONCE = 50
MOST_TRIES = 5  # while the database is in trouble
LONGEST_WORDS = 200_000
NEW, APPENDED, AUTOMATIC, HELD = "new_case", "append_to_case", "auto_recorded_no_reply", "quarantined"
BOUNCE = "bounce_record"

_FILED = (
    "update letters set disposition = %s, file = %s, identity = %s, message = %s, reading = %s, reader = %s"
    " where id = %s and disposition = ''"
)
_UNPLACED = (
    "update letters set disposition = %s, because = %s, owner = %s, identity = %s, message = %s, reading = %s,"
    " reader = %s where id = %s and disposition = ''"
)


_tries: Counter[str] = Counter()


class Filed(NamedTuple):
    """Where a letter went: one of the dispositions, its case (empty when it has none), and why it was held."""

    letter: str
    disposition: str
    case: str = ""
    because: str = ""


def file_waiting(now: datetime, most: int = AT_ONCE) -> list[Filed]:
    """File the oldest letters in the box; empty when there are none. A batch that fails is tried one by one."""
    waiting = box.waiting(most)
    if len(waiting) == 1:
        return _one(waiting[0], now)
    try:
        return _file(waiting, now)
    except Exception:
        log.exception("a batch of %d letters could not be filed; trying one by one", len(waiting))
    return [filed for one in waiting for filed in _one(one, now)]


def _one(waiting: box.Waiting, now: datetime) -> list[Filed]:
    try:
        return _file([waiting], now)
    except IntegrityError:
        return _once_more(waiting, now)
    except (OperationalError, InterfaceError):
        _tries[waiting.id] += 1
        if _tries[waiting.id] < MOST_TRIES:
            log.exception("letter %s could not be filed now and stays in the box", waiting.id)
            return []
        return _held(waiting)
    except Exception:
        return _held(waiting)


def _once_more(waiting: box.Waiting, now: datetime) -> list[Filed]:
    """Somebody else has filed its twin in the same moment: now it is known again."""
    try:
        return _file([waiting], now)
    except Exception:
        return _held(waiting)


def _held(waiting: box.Waiting) -> list[Filed]:
    log.exception("letter %s could not be filed and is held", waiting.id)
    box.hold(waiting.id, Held.TROUBLE, owner=whose_turn())
    return [Filed(waiting.id, HELD, because=Held.TROUBLE)]


def _file(waiting: list[box.Waiting], now: datetime) -> list[Filed]:
    read, filed = _read_all(waiting)
    fresh, repeats = _first_times(read)
    known = clues.gather(fresh, now)
    complaints, acts, kinds = [], [], []
    for one in fresh:
        clue = clues.clue(one, known)
        place = belonging.place(clue)
        if isinstance(place, New):
            complaints.append(_complaint(one, clue, place, known))
        elif getattr(place, "case", ""):
            acts.append(_addition(one, clue, place, known, now))
        else:
            filed.append(_keep_unplaced(one, clue, place))
            continue
        kinds.append((one, _disposition(place)))
    acts = _in_order(kinds, acts, complaint_acts(complaints, now=now))
    for (one, disposition), outcome in zip(kinds, record_many(acts, now=now), strict=True):
        filed.append(_result(one, disposition, outcome))
    for one in repeats:  # last, when the first of its kind is known by its identity
        _count_again(one)
        filed.append(Filed(one.waiting.id, "repeated"))
    return filed


def _disposition(place: Place) -> str:
    return {New: NEW, Existing: APPENDED, Machine: AUTOMATIC, Returned: BOUNCE, Hold: HELD}[type(place)]


# Reading ---------------------------------------------------------------------------------------------------------


def _read_all(waiting: list[box.Waiting]) -> tuple[list[Read], list[Filed]]:
    """What the cage makes of the letters; one that it cannot read is held with its reason."""
    read, held = [], []
    for one in waiting:
        made = read_one(one)
        if isinstance(made, Read):
            read.append(made)
            continue
        because = f"{Held.OVER_A_LIMIT}: {made.because}"
        box.hold(one.id, because, owner=whose_turn())
        held.append(Filed(one.id, HELD, because=because))
    return read, held


def read_one(waiting: box.Waiting) -> Read | cage.Stopped:
    made = cage.inside().read(waiting.raw, waiting.sender)
    if isinstance(made, cage.Stopped):
        return made
    message_id, content = made.identity
    message = cipher.keyed_hash("message", message_id)[:32] if message_id else ""
    return Read(waiting, made.letter, made.files, _identity(message_id, content), message)


def _identity(message_id: str, content: str) -> str:
    """Message-ID and content without trace fields, as a keyed hash."""
    return cipher.keyed_hash("letter", sha256(f"{message_id}|{content}".encode()).hexdigest())


def _first_times(read: list[Read]) -> tuple[list[Read], list[Read]]:
    """Letters not met before, and those met before or twice in this batch."""
    wanted = {r.identity for r in read}
    known = {i for (i,) in db.rows_in("select identity from letters where identity in {in}", wanted)}
    fresh, repeats = [], []
    for one in read:
        (repeats if one.identity in known else fresh).append(one)
        known.add(one.identity)
    return fresh, repeats


def _count_again(one: Read) -> None:
    """The same letter once more: counted on the first, its bytes kept only once."""
    with db.writing():
        if db.change("delete from letters where id = %s and disposition = ''", [one.waiting.id]):
            db.change("update letters set deliveries = deliveries + 1 where identity = %s", [one.identity])


# Placing ---------------------------------------------------------------------------------------------------------


def _keep_unplaced(one: Read, clue: Clue, place: Place) -> Filed:
    """Letters on no case: held ones, machines' letters and reports nobody can prove. Each has somebody who looks."""
    because = place.because if isinstance(place, Hold) else "bounce" if clue.bounce else clue.automatic
    disposition = _disposition(place)
    db.change(_UNPLACED, (disposition, because[:120], whose_turn(), *_kept(one)))
    return Filed(one.waiting.id, disposition, because=because if disposition == HELD else "")


def _kept(one: Read) -> tuple:
    sealed = box.sealed_reading(one.waiting.id, one.letter)
    return one.identity, one.message, sealed, box.READER, one.waiting.id


def whose_turn() -> str:
    """Who looks at the next letter that is held."""
    turns = facts.next_owners(1)
    return turns[0][0] if turns else ""


def _complaint(one: Read, clue: Clue, place: New, known: Known) -> Complaint:
    name, address = clues.customer_of(one)
    return Complaint(
        act=one.waiting.id,
        channel=Channel.EMAIL,
        words=words_of(one.letter),
        name=(name or "Somebody")[:300],
        address=address,
        subject=one.letter.subject[:2000],
        language=one.letter.trace.language,
        letter=one.waiting.id,
        files=files.enclosures(one.letter.attachments),
        marks=clues.marks(one, clue, place, known),
        hint=place.hint,
        silent=place.silent,
        then=_taken(one, NEW, [] if place.silent else [known.receipts.went_out(one.receipt)]),
    )


def _addition(
    one: Read, clue: Clue, place: Existing | Machine | Returned, known: Known, now: datetime
) -> Act:
    who = known.customers[place.case]
    if isinstance(place, Returned):
        return _report(one, clue, place, who, now)
    machine = isinstance(place, Machine)
    unverified = place.unverified if isinstance(place, Existing) else not _writes(clue)
    by = DESK if unverified or machine else customer(who)
    said = {
        "words": words_of(one.letter),
        "subject": one.letter.subject[:2000],
        "channel": Channel.EMAIL,
        "letter": one.waiting.id,
        "unverified": unverified,
        "automatic": machine,
        "files": files.enclosures(one.letter.attachments),
        "marks": clues.marks(one, clue, place, known),
    }
    steps = [step(place.case, correspondence.hear, by=by, now=now, **said)]
    if who in known.failing and not unverified:
        steps.insert(0, Step("customer", who, customers.address_works, {}))
    return Act(one.waiting.id, by, tuple(steps), _taken(one, _disposition(place), []))


def _writes(clue: Clue) -> bool:
    """Whether a machine's letter is from the customer's own address."""
    named = clue.token or clue.reply or clue.returned
    return bool(named) and belonging.is_writer(clue, named)


def _report(one: Read, clue: Clue, place: Returned, who: str, now: datetime) -> Act:
    """A mail server's word about a letter of ours: on its case, at its letter, and at the customer's address."""
    told = clues.reported(one, clue.returned.writer)
    asked = {"number": place.number, "outcome": told.outcome, "said": told.said, "status": told.status}
    steps = [
        step(place.case, correspondence.returned, by=DESK, now=now, letter=one.waiting.id, **asked),
    ]
    if told.blames_address:
        asked = {"status": told.status, "said": Text(told.said)}
        steps.insert(0, Step("customer", who, customers.address_failed, asked))
    elif told.outcome is Outcome.DELIVERED:
        steps.insert(0, Step("customer", who, customers.address_works, {}))
    fate = owed.reported(place.case, place.number, told.outcome, told.said, now)
    return Act(one.waiting.id, DESK, tuple(steps), _taken(one, BOUNCE, fate))


def words_of(letter: Letter) -> str:
    """What is new in a letter, as the record keeps it; the whole of it stays with its bytes."""
    words = letter.new_text.strip() or letter.text.strip() or letter.subject.strip() or "(no text)"
    return words[:LONGEST_WORDS]


def _taken(one: Read, disposition: str, more: list[tuple[str, tuple]]):
    """In the act's own transaction: the letter is filed with its files, and known again if it comes once more."""

    def take(file: str) -> Iterable[tuple[str, tuple]]:
        yield from files.kept(one.files)
        yield _FILED, (disposition, file, *_kept(one))
        yield from more

    return take


def _in_order(kinds, additions: list[Act], complaints: list[Act]) -> list[Act]:
    """The acts in the order the letters came in."""
    additions, complaints = iter(additions), iter(complaints)
    return [next(complaints if disposition == NEW else additions) for _, disposition in kinds]


def _result(one: Read, disposition: str, outcome) -> Filed:
    if outcome.refused:
        because = f"{Held.REFUSED}: {outcome.refused.reason.value}"
        box.hold(one.waiting.id, because, identity=one.identity, owner=whose_turn(), reading=one.letter)
        return Filed(one.waiting.id, HELD, because=because)
    return Filed(one.waiting.id, disposition, outcome.file)


def disposition_of(letter: str, raw: bytes) -> dict:
    """Where a letter went: what `amends mail deliver --json` prints. One that had come before is noted on its case."""
    found = db.row(
        "select l.id, l.disposition, coalesce(c.ref, ''), l.because from letters l left join cases c on c.id = l.file"
        " where l.id = %s or l.identity = %s order by l.id limit 1",
        [letter, _identity(*reading.identity(raw))],
    )
    first, disposition, case, because = found
    repeated = first != letter
    if repeated and disposition == NEW:
        disposition = APPENDED
    held = because if disposition == HELD else None
    return {
        "disposition": disposition or None,
        "case": case or None,
        "held_because": held,
        "repeated": repeated,
    }
