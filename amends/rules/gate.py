"""What may leave the desk: every claim of a text held against the file, every promise with its owner and its day.

`weigh` marks a text; the composer shows the marks, and `must_be_ready` refuses a letter while one of them is open.
What the marks become, once the letter goes, are entries: promises, what bears a claim out, and what somebody who
leads said in spite of the file.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from amends.rules import entries as e
from amends.rules.case import BEFORE_CHOICE, OWED, Case
from amends.rules.entries import PromiseKind, RemedyKind
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.truth import Because, Claim, Facts, Line, Verdict, judge
from amends.rules.values import LONGEST_LINE, Actor, Text, wanted

# What was read ------------------------------------------------------------------------------------------------


class Promised(msgspec.Struct, frozen=True):
    """A promise in a text, from `start` to before `end`.

    by_voice  it is to be kept by speaking, not by writing
    about     the longer words that say what it is about
    amounts   of money named in it, in cents
    """

    start: int
    end: int
    words: str
    act: str
    due: str = ""
    due_at: datetime | None = None
    conditional: bool = False
    by_voice: bool = False
    about: frozenset[str] = frozenset()
    amounts: frozenset[int] = frozenset()


class Claimed(msgspec.Struct, frozen=True):
    """A claim in a text; what is known of it as `truth.Claim` says."""

    start: int
    end: int
    words: str
    kind: str
    above: bool = False
    said: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    amounts: frozenset[int] = frozenset()


class Phrase(msgspec.Struct, frozen=True):
    start: int
    end: int
    words: str


class Listed(msgspec.Struct, frozen=True):
    """One thing that a text says was done, in its list of interventions; `known` when it stands on the record so."""

    start: int
    end: int
    words: str
    known: bool


class Said(msgspec.Struct, frozen=True):
    """What one text says. `where`: words, subject, or file for the name of a file that goes with it."""

    where: str = "words"
    promises: tuple[Promised, ...] = ()
    claims: tuple[Claimed, ...] = ()
    comfort: tuple[Phrase, ...] = ()
    contempt: tuple[Phrase, ...] = ()
    endings: tuple[Phrase, ...] = ()
    needs_time: tuple[Phrase, ...] = ()
    listed: tuple[Listed, ...] = ()
    length: int = 0
    empty: bool = False
    unread: bool = False  # it is in no language that is read


class Answers(msgspec.Struct, frozen=True):
    """What the writer said to the marks, by their keys.

    due      a promise's day     owner    who keeps it
    shown    what bears out a claim the file does not show
    despite  why a claim goes although the file contradicts it: for those who lead
    holding  it is a note that says only when there will be more
    """

    due: dict[str, datetime] = {}
    owner: dict[str, str] = {}
    shown: dict[str, str] = {}
    despite: dict[str, str] = {}
    holding: bool = False


NO_ANSWERS = Answers()


# What is made of it -------------------------------------------------------------------------------------------


class Sort(StrEnum):
    STOPPED = "stopped"  # the file says otherwise
    ENDING = "ending"  # it closes the door on the customer
    BELITTLES = "belittles"  # it insults the customer
    NOT_SHOWN = "not_shown"  # nothing in the file bears it out
    UNDATED = "undated"  # a promise without a day
    PASSED = "passed"  # a promise by a day that has passed
    EMPTY = "empty"  # it soothes, and says nothing
    NEEDS_TIME = "needs_time"  # it asks for more time, and not until when
    # Ready to go:
    OVERRIDDEN = "overridden"
    BACKED = "backed"
    SHOWN = "shown"
    PROMISE = "promise"
    STANDING = "standing"  # a promise that is on the file already
    NEWS = "news"  # it promises to write again: the date by which the customer hears
    WAITS = "waits"  # it waits for the customer
    TIME = "time"  # asks for more time, until a day
    FEELING = "feeling"  # fellow-feeling with nothing beside it
    HOLDING = "holding"  # it says only when there will be more
    UNREAD = "unread"  # nobody has read it: it is in another language


OPEN = {
    Sort.STOPPED: Missing.CONTRADICTED,
    Sort.ENDING: Missing.ENDING,
    Sort.BELITTLES: Missing.BELITTLES,
    Sort.NOT_SHOWN: Missing.NOT_SHOWN,
    Sort.UNDATED: Missing.UNDATED,
    Sort.PASSED: Missing.DAY_PASSED,
    Sort.EMPTY: Missing.EMPTY,
    Sort.NEEDS_TIME: Missing.TIME_UNDATED,
}


class Mark(msgspec.Struct, frozen=True):
    """One phrase, and what is to be said of it.

    key      what the writer's answer to it goes by
    kind     the claim's kind, or the promised act
    because, entry, what   as `truth.judge` says
    due, owner, promise    of a promise; `promise` is the number of one that stands already
    answer   what the writer said to it
    """

    sort: Sort
    key: str
    where: str
    start: int
    end: int
    words: str
    kind: str = ""
    because: Because | None = None
    entry: int = 0
    what: str = ""
    due: datetime | None = None
    owner: str = ""
    promise: int = 0
    answer: str = ""


FEWEST_WORDS = 3  # that can be a reason to send what the file contradicts


def key_of(words: str) -> str:
    """By what an answer to a phrase goes: its words, so that it is found again however the rest changes."""
    return "-".join(re.findall(r"\w+", words.lower()))[:300]


def weigh(
    said: Sequence[Said],
    case: Case,
    lines: Sequence[Line],
    facts: Facts,
    by: Actor,
    answers: Answers = NO_ANSWERS,
    latest: datetime | None = None,
    acts: dict[int, frozenset[str]] | None = None,
    now: datetime | None = None,
) -> tuple[Mark, ...]:
    """Every mark of a letter, in the order of its text.

    latest  until when news may wait: a promise to write by then needs no day of its own
    acts    what the promises on the file are about, by their numbers: one is repeated by words about the same. Without
            them its moment alone tells
    now     when it leaves: a day before it has passed
    """
    marks = [
        mark for text in said for mark in _marks(text, case, lines, facts, by, answers, latest, acts, now)
    ]
    words = next((text for text in said if text.where == "words"), Said())
    if words.empty:
        sort = Sort.HOLDING if answers.holding else Sort.EMPTY
        marks.append(Mark(sort, "empty", "words", 0, words.length, ""))
    elif words.comfort and not any(text.promises or text.claims for text in said):
        marks += [_of(Sort.FEELING, words.where, phrase) for phrase in words.comfort]
    if words.unread:
        marks.append(Mark(Sort.UNREAD, "unread", "words", 0, words.length, ""))
    order = {"subject": 0, "words": 1, "file": 2}
    return tuple(sorted(marks, key=lambda mark: (order[mark.where], mark.start, mark.end)))


def _marks(said: Said, case, lines, facts, by, answers, latest, acts, now) -> Iterator[Mark]:
    for claim in said.claims:
        told = Claim(claim.kind, claim.above, claim.said, claim.about, claim.amounts)
        judged = judge(told, lines, facts, str(by))
        yield _claim(said.where, claim, judged, by, answers)
    for phrase in said.endings:
        yield _of(Sort.ENDING, said.where, phrase)
    for phrase in said.contempt:
        yield _of(Sort.BELITTLES, said.where, phrase)
    for done in said.listed:
        if not done.known:
            judged = Because.NO_INTERVENTION
            yield replace(_of(Sort.STOPPED, said.where, done), kind="intervention", because=judged)
    for promised in said.promises:
        standing = _standing(case, promised, promised.due_at or answers.due.get(key_of(promised.words)), acts)
        mark = _promise(said.where, promised, standing, by, answers, latest)
        yield _passed_or_too_much(mark, promised, facts, now)
    if said.needs_time and case.stage in BEFORE_CHOICE:
        yield _time(said, said.needs_time[0], by, answers)


def _of(sort: Sort, where: str, phrase) -> Mark:
    return Mark(sort, key_of(phrase.words), where, phrase.start, phrase.end, phrase.words)


def _claim(where: str, claim: Claimed, judged, by: Actor, answers: Answers) -> Mark:
    key = key_of(claim.words)
    mark = Mark(
        Sort.SHOWN, key, where, claim.start, claim.end, claim.words, claim.kind,
        judged.because, judged.entry, judged.what,
    )  # fmt: skip
    despite, shown = answers.despite.get(key, "").strip(), answers.shown.get(key, "").strip()
    if judged.verdict is Verdict.CONTRADICTED:
        reasoned = by.leads and len(despite.split()) >= FEWEST_WORDS
        sort = Sort.OVERRIDDEN if reasoned else Sort.STOPPED
        return replace(mark, sort=sort, answer=despite)
    if judged.verdict is Verdict.UNSUPPORTED:
        return replace(mark, sort=Sort.BACKED if shown else Sort.NOT_SHOWN, answer=shown)
    return mark


def _promise(where: str, promised: Promised, standing, by: Actor, answers: Answers, latest) -> Mark:
    key = key_of(promised.words)
    due = promised.due_at or answers.due.get(key)  # what the customer reads is what holds
    owner = answers.owner.get(key) or by.id
    mark = Mark(
        Sort.PROMISE, key, where, promised.start, promised.end, promised.words, promised.act, due=due, owner=owner
    )  # fmt: skip
    if promised.conditional:
        return replace(mark, sort=Sort.WAITS, due=None)
    if standing:
        return replace(
            mark, sort=Sort.STANDING, promise=standing.number, due=standing.due, owner=standing.owner
        )
    if promised.act == "contact" and not promised.by_voice and (due is None or latest and due <= latest):
        return replace(mark, sort=Sort.NEWS)
    return replace(mark, sort=Sort.PROMISE if due else Sort.UNDATED)


def _passed_or_too_much(mark: Mark, promised: Promised, facts: Facts, now: datetime | None) -> Mark:
    """A promise of a day that has passed, or of more money than its writer may give, is not ready."""
    if mark.sort in (Sort.PROMISE, Sort.NEWS) and now and mark.due and mark.due <= now:
        return replace(mark, sort=Sort.PASSED)
    most = facts.may_give
    if (
        mark.sort is Sort.PROMISE
        and mark.kind == "pay"
        and most is not None
        and max(promised.amounts, default=0) > most
    ):
        return replace(mark, sort=Sort.STOPPED, because=Because.ABOVE_GRANT)
    return mark


_REMEDIES = {
    "pay": {RemedyKind.REFUND, RemedyKind.CREDIT},
    "send": {RemedyKind.REPLACEMENT, RemedyKind.SOMETHING_ELSE},
    "fix": {RemedyKind.REPAIR, RemedyKind.VISIT, RemedyKind.SOMETHING_ELSE},
}


def _standing(case: Case, promised: Promised, due: datetime | None, acts: dict[int, str] | None):
    """The promise on the file that this one repeats: of the same moment and in like words, or of a remedy owed anyway."""
    owed = [p for p in case.promises if p.state in OWED and p.kind is not PromiseKind.UPDATE]
    kinds = _REMEDIES.get(promised.act, ())
    remedies = {
        r.promise
        for r in case.remedies
        if r.is_owed
        and r.offer.kind in kinds
        and (not promised.amounts or r.offer.amount in promised.amounts)
    }
    if due is None:
        found = [p for p in owed if p.number in remedies]
        return found[0] if len(found) == 1 else None
    for promise in owed:
        same = _minute(promise.due) == _minute(due)
        if same and (
            acts is None or promise.number in remedies or _alike(acts.get(promise.number), promised.about)
        ):
            return promise
    return None


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _alike(one: frozenset[str] | None, other: frozenset[str]) -> bool:
    """Whether two acts are about the same: they share more than half of what either is about."""
    if one is None:
        return False
    return one == other or len(one & other) * 2 > max(len(one), len(other))


def _time(said: Said, phrase: Phrase, by: Actor, answers: Answers) -> Mark:
    """Asking for more time: until the day its writer gives, or the first one the letter promises."""
    key = key_of(phrase.words)
    dated = next((p.due_at for p in said.promises if p.due_at and not p.conditional), None)
    due = answers.due.get(key) or dated
    mark = _of(Sort.TIME if due else Sort.NEEDS_TIME, said.where, phrase)
    return replace(mark, due=due, owner=answers.owner.get(key) or by.id)


# May it go? ---------------------------------------------------------------------------------------------------


def open_marks(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks if mark.sort in OPEN)


def must_be_ready(marks: Iterable[Mark]) -> None:
    """Raises Refused naming everything in the text that keeps it here."""
    if left := open_marks(marks):
        raise Refused(Reason.WORDS_NOT_READY, missing=tuple((OPEN[mark.sort], mark.words) for mark in left))


def must_be_so(marks: Iterable[Mark], overridden: frozenset[str] = frozenset()) -> None:
    """Raises Refused when a text says what the file contradicts, or closes the door, and nobody who may has overridden it.

    overridden  keys of claims that somebody who leads answers for in the same act
    """
    stopped = [
        mark for mark in marks
        if mark.sort in (Sort.ENDING, Sort.BELITTLES)
        or mark.sort is Sort.STOPPED and mark.key not in overridden
    ]  # fmt: skip
    if stopped:
        raise Refused(
            Reason.WORDS_NOT_READY, missing=tuple((OPEN[mark.sort], mark.words) for mark in stopped)
        )


# What it becomes ----------------------------------------------------------------------------------------------


def kept(marks: Iterable[Mark], letter: int, by: Actor) -> list[e.Entry]:
    """Entries beside a letter (entry number `letter`): what bears claims out, and what goes in spite of the file."""
    entries: list[e.Entry] = []
    for mark in marks:
        said = Text(mark.words[:LONGEST_LINE])
        if mark.sort is Sort.BACKED:
            shown = wanted(Text(mark.answer), "shown", LONGEST_LINE)
            entries.append(e.ClaimBacked(letter=letter, kind=mark.kind, said=said, shown=shown))
        elif mark.sort is Sort.OVERRIDDEN and by.leads:
            why = wanted(Text(mark.answer), "why", LONGEST_LINE)
            entries.append(
                e.ClaimOverridden(
                    letter=letter, kind=mark.kind, said=said, because=mark.because.value, why=why,
                    entry=mark.entry, what=mark.what,
                )
            )  # fmt: skip
    return entries


def promised(marks: Iterable[Mark]) -> list[Mark]:
    """Those that become promises when the letter goes, each once."""
    return list({mark.key: mark for mark in marks if mark.sort is Sort.PROMISE}.values())


def news_by(marks: Iterable[Mark]) -> datetime | None:
    """The earliest moment by which a text promises to write again, None when it names none."""
    return min((mark.due for mark in marks if mark.sort is Sort.NEWS and mark.due), default=None)
