"""A newer reader looks at old letters once more. The bytes have not changed; what is made of them may have."""

from datetime import datetime
from typing import NamedTuple

from amends.casework import cipher, db, files, shown
from amends.casework.acts import step
from amends.casework.record import Act, record_many
from amends.post import box, filing
from amends.post.clues import Read
from amends.rules import correspondence
from amends.rules.belonging import Held
from amends.rules.values import DESK, Text

AT_ONCE = 50
# Held because of the reader, not because of the letter: a newer one may do better.
READERS_FAULT = (Held.OVER_A_LIMIT, Held.NOT_A_LETTER, Held.TROUBLE)


class Reread(NamedTuple):
    """How many letters were read anew, in how many the words changed, and how many held ones went on their way."""

    read: int = 0
    changed: int = 0
    placed: int = 0


def reread(now: datetime, *, all: bool = False) -> Reread:
    """Read letters that an older reader has read; `all` of them, whichever reader it was."""
    total, last = Reread(), ""
    while page := _page(last, all):
        last = page[-1][0]
        for letter, disposition, file, because in page:
            total = _sum(total, _one(letter, disposition, file, because, now))
    return total


def _page(last: str, all: bool) -> list[tuple]:
    older = "" if all else f" and reader < {box.READER}"
    return db.rows(
        "select id, disposition, file, because from letters where raw is not null and disposition <> ''"
        f" and set_aside_at is null and id > %s{older} order by id limit {AT_ONCE}",
        [last],
    )


def _sum(a: Reread, b: Reread) -> Reread:
    return Reread(*(x + y for x, y in zip(a, b, strict=True)))


def _one(letter: str, disposition: str, file: str, because: str, now: datetime) -> Reread:
    read = filing.read_one(box.opened(letter))
    if not isinstance(read, Read):
        return Reread(read=1)
    if disposition == filing.HELD and because.startswith(READERS_FAULT):
        return Reread(read=1, placed=_placed(letter, now))
    changed = bool(file) and _on_its_case(read, file, now)
    sealed = box.sealed_reading(letter, read.letter)
    db.change("update letters set reading = %s, reader = %s where id = %s", [sealed, box.READER, letter])
    return Reread(read=1, changed=int(changed))


def _placed(letter: str, now: datetime) -> int:
    """Put it back into the box, to be filed as if it had just come. Whether it left the queue of held ones."""
    db.change(
        "update letters set disposition = '', because = '', identity = null where id = %s and file = ''",
        [letter],
    )
    while filed := filing.file_waiting(now):
        for one in filed:
            if one.letter == letter:
                return int(one.disposition != filing.HELD)
    return 0


def _on_its_case(read: Read, file: str, now: datetime) -> bool:
    """An entry for the case when the words or the files are other ones now."""
    this = shown.load(file)
    line = next((line for line in this.lines if getattr(line.entry, "letter", "") == read.waiting.id), None)
    if line is None or this.case.story.came_as(line.number) is None:
        return False
    standing = dict(this.case.story.reread).get(line.number, line.entry.words)
    words, enclosed = filing.words_of(read.letter), files.enclosures(read.letter.attachments)
    before = cipher.texts([standing.id]).get(standing.id)
    same_files = [f.content for f in enclosed] == [f.content for f in line.entry.files]
    if before is None or (before == words and same_files):
        return False
    asked = {"number": line.number, "words": Text(words), "files": enclosed}
    act = f"reread|{box.READER}|{read.waiting.id}|{cipher.keyed_hash('reread', words)[:16]}"
    steps = (step(file, correspondence.reread, by=DESK, now=now, **asked),)
    (outcome,) = record_many([Act(act, DESK, steps, lambda _: files.kept(read.files))], now=now)
    return not outcome.refused and not outcome.repeated
