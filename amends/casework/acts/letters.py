"""What people do with letters: write one that leaves in a moment, send it again or another way, move it, join cases."""

from collections.abc import Collection
from datetime import datetime

from amends import ids
from amends.casework import cipher, db, files, leaving, owed, shown
from amends.casework.acts import step
from amends.casework.acts.intake import Complaint, complaint_acts
from amends.casework.cipher import address_hash
from amends.casework.record import Act, Outcome, Step, record_many, was_done
from amends.people.models import Staff
from amends.rules import correspondence, merging
from amends.rules.entries import Channel, LetterKind, LetterSent, Mark
from amends.rules.refused import Reason, Refused
from amends.rules.values import Actor, Text

MOST_BYTES = 20_000_000  # of the files of one letter; what most mail servers still take
WRITTEN = (LetterKind.REPLY, LetterKind.HOLDING)  # what somebody writes by hand


def write_to_leave(
    letter: leaving.Letter, *, by: Actor, now: datetime, known: Collection[str] | None = None
) -> None:
    """Lay a letter down to leave at its moment. Asks the rule now, so that what is wrong is said at once.

    One that has left already, because its form came twice, is not laid down again.

    known  letters that its writer's page showed as not having left: over one it did not show, nothing is sent;
           None when it was written on no page
    """
    if was_done(Act(letter.id, by, ())):
        return
    if known is not None and _answered_elsewhere(letter, known, by):
        raise Refused(Reason.ANSWERED_ALREADY)
    if letter.leaves_at <= now:
        _go(letter, by, now)
        return
    case = shown.load(letter.file).case
    asking = _step(letter, by, now)
    correspondence.write(case, **asking.asked, **asking.facts(case))
    if case.update and letter.leaves_at > case.update.due > now:
        raise Refused(Reason.LEAVES_TOO_LATE, due=case.update.due)
    leaving.put(letter)


def _answered_elsewhere(letter: leaving.Letter, known: Collection[str], by: Actor) -> bool:
    """Whether its writer has answered since their page was opened: in another window, say, from the same draft."""
    beside = leaving.of_case(letter.file)
    waiting = {each.id for each in beside if each.staff == letter.staff and each.state != "stopped"}
    gone = sum(
        line.number > letter.seen
        and line.author == str(by)
        and isinstance(line.entry, LetterSent)
        and line.entry.kind in WRITTEN
        for line in shown.load(letter.file).lines
    )
    return bool(waiting - {letter.id, *known}) or gone > sum(was_done(Act(id, by, ())) for id in known)


def let_leave(now: datetime) -> int:
    """Send what is due; how many have left or were stopped.

    A letter the customer has written before is stopped, and so is one the rule refuses now.
    """
    letters, done = leaving.due(now), 0
    people = Staff.objects.in_bulk([letter.staff for letter in letters])
    for letter in letters:
        person = people.get(letter.staff)
        if person is None or not person.is_active:
            leaving.stop(letter.id, leaving.HAS_LEFT_US)
        elif leaving.begins(letter.id):
            try:
                _go(letter, person.actor, now)
            except Refused as no:
                leaving.stop(letter.id, no.reason.value)
        else:
            continue
        done += 1
    return done


def _step(letter: leaving.Letter, by: Actor, now: datetime) -> Step:
    """The writing of it. Its words count from the moment they are meant to leave, however late that is done."""
    due = letter.next_update if letter.next_update and letter.next_update > now else None
    asked = {"words": letter.words, "next_update": due, "files": letter.files, "seen": letter.seen}
    said = {"answers": letter.answers, "leaves_at": letter.leaves_at}
    return step(letter.file, correspondence.write, by=by, now=now, **said, **asked)


def _go(letter: leaving.Letter, by: Actor, now: datetime) -> None:
    steps = (_step(letter, by, now),)
    if _one(Act(letter.id, by, steps, lambda file: [leaving.gone(letter.id)]), now).repeated:
        db.change(*leaving.gone(letter.id))


def _one(act: Act, now: datetime) -> Outcome:
    outcome = record_many([act], now=now)[0]
    if outcome.refused:
        raise outcome.refused
    return outcome


# What became of ours ---------------------------------------------------------------------------------------------


def try_again(case: str, number: int, *, by: Actor, now: datetime, act: str) -> Outcome:
    """Have a letter of ours handed over once more, as the same letter. Raises Refused."""
    asked = {"number": number, "fate": owed.fate(case, number)}
    steps = (step(case, correspondence.try_again, by=by, now=now, **asked),)
    return _one(Act(act or ids.new(), by, steps, lambda file: [owed.once_more(case, number, now)]), now)


def send_otherwise(
    case: str, number: int, *, channel: Channel, words: str, by: Actor, now: datetime, act: str
) -> Outcome:
    """Write down that what it says went another way. Raises Refused."""
    asked = {"number": number, "channel": channel, "words": words, "fate": owed.fate(case, number)}
    steps = (step(case, correspondence.send_otherwise, by=by, now=now, **asked),)
    return _one(Act(act or ids.new(), by, steps, lambda file: [owed.went_otherwise(case, number)]), now)


# Letters in the wrong case, cases that are one ---------------------------------------------------------------------

_STANDS_IN = "update letters set file = %s where id = %s"


DOUBTED = frozenset({Mark.NOT_AUTHENTIC, Mark.CLAIMS_STAFF, Mark.FROM_AMBIGUOUS, Mark.FROM_MISSING})


def move(
    case: str, number: int, *, to: str, why: str, sender: str, by: Actor, now: datetime, act: str
) -> Outcome:
    """Move a letter to the case `to`. Its line stays where it was, and says where it went. Raises Refused.

    sender  the exact address the letter is from, empty when nobody knows
    """
    source, target = shown.load(case), shown.load(to)
    if case == to:
        raise Refused(Reason.SAME_CASE)
    entry = _came(source, number)
    line = source.lines[number - 1]
    theirs = _is_from(source, entry, target, sender)
    said = {
        **_what_it_says(source, entry),
        "channel": entry.channel,
        "letter": entry.letter,
        "unverified": not theirs,
        "automatic": getattr(entry, "automatic", False),
        "marks": entry.marks,
        "moved_from": case,
        "came": getattr(entry, "came", None) or line.at,
    }
    goes = {"number": number, "to": to, "ref": target.case.ref, "why": why}
    steps = (
        step(to, correspondence.hear, by=by, now=now, **said),
        step(case, correspondence.move, by=by, now=now, **goes),
    )
    return _one(Act(act or ids.new(), by, steps, lambda file: [(_STANDS_IN, (to, entry.letter))]), now)


def split(case: str, number: int, *, why: str, sender: str, by: Actor, now: datetime, act: str) -> Outcome:
    """Open a case of its own from a letter that stands in this one; the clocks count from the day it came.

    sender  the exact address the letter is from, empty when nobody knows
    """
    source = shown.load(case)
    line = next((line for line in source.lines if line.number == number), None)
    entry = _came(source, number)
    name = source.name if address_hash(sender) == _hash_of(source) else sender
    complaint = Complaint(
        act=act or ids.new(),
        name=name or sender or "Somebody",
        address=sender,
        received_at=getattr(entry, "came", None) or line.at,
        silent=bool(DOUBTED.intersection(entry.marks)) or getattr(entry, "automatic", False),
        letter=entry.letter,
        marks=entry.marks,
        owner=by.id,
        by=by,
        channel=entry.channel,
        **{k: (v.plain if isinstance(v, Text) else v) for k, v in _what_it_says(source, entry).items()},
    )
    (opening,) = complaint_acts([complaint], now=now)
    new = opening.steps[-1]
    goes = {"number": number, "to": new.file, "ref": new.asked["ref"], "why": why}
    steps = (step(case, correspondence.move, by=by, now=now, **goes), *opening.steps)
    return _one(opening._replace(steps=steps, then=lambda file: [(_STANDS_IN, (file, entry.letter))]), now)


def _came(source: shown.Shown, number: int):
    """The entry of a letter that came. Raises Refused as the rule would."""
    entry = next((line.entry for line in source.lines if line.number == number), None)
    if entry is None or not getattr(entry, "letter", ""):
        raise Refused(Reason.NO_SUCH_LETTER, number=number)
    return entry


def _what_it_says(source: shown.Shown, entry) -> dict:
    """Words and files in plain, to be sealed anew under the key of whoever's case it goes to."""
    named = cipher.texts([file.name.id for file in entry.files])
    enclosed = tuple(files.renamed(file, named.get(file.name.id, "attachment")) for file in entry.files)
    return {
        "words": Text(source.texts(entry.words)),
        "subject": Text(source.texts(entry.subject)),
        "files": enclosed,
    }


def _hash_of(this: shown.Shown) -> str:
    return db.row("select address_hash from customers where id = %s", [this.case.customer])[0]


def _is_from(source: shown.Shown, entry, target: shown.Shown, sender: str) -> bool:
    """Whether the letter is the word of the customer whose case it goes to."""
    if not getattr(entry, "unverified", False) and source.case.customer == target.case.customer:
        return True
    believed = bool(sender) and not DOUBTED.intersection(entry.marks)
    return believed and address_hash(sender) == _hash_of(target)


def merge(case: str, *, into: str, why: str, by: Actor, now: datetime, act: str) -> Outcome:
    """Let this case point to the older one `into`. Raises Refused."""
    asked = {"into": into, "why": Text(why), "by": by, "now": now}
    pointing = Step("case", case, merging.merge, asked, lambda state: {"other": shown.load(into).case})
    joined = step(into, merging.join, by=by, now=now, other=case, ref=shown.ref_of(case))
    return _one(Act(act or ids.new(), by, (pointing, joined) if case != into else (pointing,)), now)


def unmerge(case: str, *, why: str, by: Actor, now: datetime, act: str) -> Outcome:
    into = shown.load(case).case.merged
    steps = [step(case, merging.unmerge, by=by, now=now, why=why)]
    if into:
        steps.append(step(into, merging.part, by=by, now=now, other=case, ref=shown.ref_of(case)))
    return _one(Act(act or ids.new(), by, tuple(steps)), now)
