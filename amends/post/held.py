"""Letters on no case, which wait for somebody: taken in to a case or as a new one, or set aside."""

from datetime import datetime, timedelta
from typing import NamedTuple

from amends.casework import db, files
from amends.casework.acts import step
from amends.casework.acts.intake import Complaint, complaint_acts
from amends.casework.moments import micro, moment
from amends.casework.record import Act, Outcome, record_many
from amends.post import box, cage, clues, filing
from amends.post.clues import Read
from amends.post.filing import AUTOMATIC, BOUNCE, HELD
from amends.post.reader.reading import as_it_came
from amends.rules import belonging, correspondence
from amends.rules.belonging import Held, Origin
from amends.rules.entries import Channel, Mark
from amends.rules.refused import Reason, Refused
from amends.rules.values import DESK, Actor

TOO_LONG = timedelta(days=1)
KINDS = {"held": (HELD,), "machines": (AUTOMATIC, BOUNCE)}
NOT_BELIEVED = (Held.LOOP, Held.NOT_AUTHENTIC, Held.AS_STAFF)  # to these no receipt goes by itself

_TAKEN_IN = (
    "update letters set disposition = %s, file = %s, owner = %s, set_aside_at = null, set_aside_by = ''"
    " where id = %s and file = ''"
)


class Waiting(NamedTuple):
    """A letter that waits: since when, on which road it came, why, and whose turn it is to look."""

    id: str
    came_at: datetime
    road: str
    disposition: str
    because: str
    owner: str


_SELECT = "select id, came_at, road, disposition, because, owner from letters"
# As the index says it: a bound value alone would not lead SQLite there.
_WAITS = "file = '' and set_aside_at is null and not (disposition = '')"


def waiting(kind: str, most: int) -> list[Waiting]:
    """Those of one kind, the oldest first."""
    marks = ",".join(["%s"] * len(KINDS[kind]))
    found = db.rows(
        f"{_SELECT} where {_WAITS} and disposition in ({marks}) order by id limit %s", [*KINDS[kind], most]
    )
    return [_row(row) for row in found]


def one(letter: str) -> Waiting | None:
    """A letter on no case, also one that was set aside."""
    found = db.row(f"{_SELECT} where id = %s and file = '' and disposition <> ''", [letter])
    return _row(found) if found else None


def _row(row) -> Waiting:
    return Waiting(row[0], moment(row[1]), *row[2:])


def counts() -> dict[str, int]:
    """How many wait, by kind."""
    found = dict(db.rows(f"select disposition, count(*) from letters where {_WAITS} group by disposition"))
    (ours,) = db.row(
        "select count(*) from owed where staff = '' and state in ('failed', 'uncertain', 'bounced')"
    )
    counted = {kind: sum(found.get(d, 0) for d in kinds) for kind, kinds in KINDS.items()}
    return {**counted, "ours": ours}


def aside(most: int) -> list[Waiting]:
    """Letters that were set aside, the newest first."""
    found = db.rows(f"{_SELECT} where set_aside_at is not null order by set_aside_at desc limit %s", [most])
    return [_row(row) for row in found]


def put_back(letter: str) -> None:
    """It waits for somebody again."""
    db.change(
        "update letters set set_aside_at = null, set_aside_by = '' where id = %s and file = ''", [letter]
    )


def set_aside(letter: str, *, by: str, now: datetime) -> None:
    """It leaves the queue. Its bytes, its reading and who set it aside stay."""
    db.change(
        f"update letters set set_aside_at = %s, set_aside_by = %s where id = %s and {_WAITS}",
        [micro(now), by, letter],
    )


def take_in(letter: str, *, by: Actor, now: datetime, case: str = "", sender: str = "") -> Outcome:
    """Put a letter on `case`, or open one from it; `sender` names the writer where the letter does not. Raises Refused.

    One act for a letter, whoever does it: who comes second is shown where it stands.
    """
    row, came = one(letter), box.opened(letter)
    read = filing.read_one(came) if row and came else None
    if row is None or read is None:
        raise Refused(Reason.NO_SUCH_LETTER, number=letter)
    if isinstance(read, cage.Stopped):
        read = _unread(came)
    known = clues.gather([read], now)
    act = _on_a_case(read, known, case, by, now) if case else _as_new(read, known, row, sender, by, now)
    outcome = record_many([act._replace(known_to=DESK)], now=now)[0]
    if outcome.refused:
        raise outcome.refused
    return outcome


def _unread(came: box.Waiting) -> Read:
    """What no reader can read is taken in as its bytes show it: somebody has looked, and wants it on a case."""
    return Read(came, as_it_came(came.raw[:200_000], "not read within the limits"), (), "", "")


def _marks(read: Read, known: clues.Known, place: belonging.Place) -> tuple[Mark, ...]:
    return clues.marks(read, clues.clue(read, known), place, known)


def _as_new(read: Read, known: clues.Known, row: Waiting, sender: str, by: Actor, now: datetime) -> Act:
    letter = read.letter
    named = letter.sender if letter.origin in (Origin.FROM, Origin.ODD) else ""
    address = named or (sender if "@" in sender else "")  # never one that whoever looked has not seen
    complaint = Complaint(
        act=f"take-in|{row.id}",
        channel=Channel.EMAIL,
        words=filing.words_of(letter),
        name=(letter.sender_name or sender or address or "Somebody")[:300],
        address=address if letter.origin is not Origin.CONTRADICTORY else "",
        subject=letter.subject[:2000],
        letter=row.id,
        received_at=row.came_at,
        files=files.enclosures(letter.attachments),
        marks=_marks(read, known, belonging.New()),
        silent=bool(letter.automatic) or any(row.because.startswith(reason) for reason in NOT_BELIEVED),
    )
    return complaint_acts([complaint], now=now)[0]._replace(then=_taken(read, filing.NEW, by))


def _on_a_case(read: Read, known: clues.Known, case: str, by: Actor, now: datetime) -> Act:
    letter = read.letter
    (writer,) = db.row(
        "select c.address_hash from cases k join customers c on c.id = k.customer where k.id = %s", [case]
    )
    theirs = belonging.is_writer(clues.clue(read, known), belonging.Named(case, writer))
    said = {
        "words": filing.words_of(letter),
        "subject": letter.subject[:2000],
        "channel": Channel.EMAIL,
        "letter": read.waiting.id,
        "unverified": not theirs,
        "automatic": bool(letter.automatic) and letter.automatic != "list",
        "files": files.enclosures(letter.attachments),
        "marks": _marks(read, known, belonging.Existing(case, not theirs)),
    }
    steps = (step(case, correspondence.hear, by=by, now=now, **said),)
    return Act(f"take-in|{read.waiting.id}", by, steps, _taken(read, filing.APPENDED, by))


def _taken(read: Read, disposition: str, by: Actor):
    def take(file: str):
        yield from files.kept(read.files)
        yield _TAKEN_IN, (disposition, file, by.id, read.waiting.id)

    return take


def too_long(now: datetime) -> int:
    """How many letters have been held for more than a day: somebody who leads should know."""
    return db.row(
        f"select count(*) from letters where {_WAITS} and disposition = %s and came_at < %s",
        [HELD, micro(now - TOO_LONG)],
    )[0]
