"""Promises: an owner, the customer, an act and a date. Kept, broken or released; broken stays broken."""

from datetime import datetime

from msgspec.structs import replace

from amends.rules import entries as e
from amends.rules.brakes import UNATTENDED
from amends.rules.case import BEFORE_CHOICE, OWED, Case, Kept, next_number
from amends.rules.cases import told_by_us
from amends.rules.entries import PromiseKind
from amends.rules.guards import customers_word, must_be_ahead, must_be_open, must_be_staff
from amends.rules.house import House
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, NOTHING, Actor, Text, fitting, wanted


def make(case: Case, *, deed: Text, owner: str, due: datetime | None, by: Actor, now: datetime):
    """Promise the customer an act by a moment. Raises Refused without an act, an owner or a day still to come."""
    must_be_staff(by)
    must_be_open(case)
    return [_deed(case, PromiseKind.DEED, act=deed, owner=owner, due=due, now=now)]


def need_time(
    case: Case,
    *,
    points: tuple[int, ...],
    words: Text,
    owner: str,
    due: datetime | None,
    by: Actor,
    now: datetime,
    house: House,
    deed: Text = NOTHING,
):
    """I need a little more time: a letter that always carries a dated promise. A second time takes a lead.

    points  those it is about; all of them when empty
    """
    must_be_staff(by)
    must_be_open(case)
    promise, asked = time_asked(
        case,
        next_number(case.promises),
        words=words,
        owner=owner,
        due=due,
        by=by,
        now=now,
        points=points,
        deed=deed,
    )
    return [promise, *told_by_us(case, now=now, house=house, by=by, promise=promise.number + 1), asked]


def time_asked(
    case: Case,
    number: int,
    *,
    words: Text,
    owner: str,
    due: datetime | None,
    by: Actor,
    now: datetime,
    points: tuple[int, ...] = (),
    deed: Text = NOTHING,
    said_in: int = 0,
) -> tuple[e.PromiseMade, e.TimeAsked]:
    """The promise, as number `number`, and the asking that go with a word that asks for time. Raises Refused."""
    if case.stage not in BEFORE_CHOICE:
        raise Refused(Reason.TOO_LATE_TO_CORRECT)
    points = points or tuple(p.number for p in case.points)
    if any(case.point(n).time_asked for n in points) and not by.leads:
        raise Refused(Reason.TIME_ASKED_BEFORE, points=points)
    if not case.points and not by.leads and any(p.kind is PromiseKind.NEED_TIME for p in case.promises):
        raise Refused(Reason.TIME_ASKED_BEFORE, points=points)
    words = wanted(words, "words")
    act = deed if not deed.is_empty else words
    promise = _deed(case, PromiseKind.NEED_TIME, act=act, owner=owner, due=due, now=now)
    promise = replace(promise, number=number, points=points)
    return promise, e.TimeAsked(points=points, promise=number, words=words, said_in=said_in)


def keep(case: Case, *, number: int, proof: Text, by: Actor):
    """The deed is done, and this shows it. A promise already broken stays broken; the deed stands beside it."""
    must_be_staff(by)
    promise = _owed(case, number)
    if promise.kind is PromiseKind.UPDATE:
        raise Refused(Reason.NO_SUCH_PROMISE, number=number)  # kept by writing to the customer, not by a tick
    if promise.kind is PromiseKind.REMEDY:
        raise Refused(Reason.PROOF_MISSING, number=number)  # kept by proving delivery of its remedy
    late = promise.state is Kept.BROKEN
    return [e.PromiseKept(number=number, proof=_proof(proof), late=late)]


def release(case: Case, *, number: int, by: Actor, words: Text = NOTHING, through: int = 0):
    """The customer lets us off this promise."""
    must_be_open(case)
    promise = _owed(case, number)
    if promise.kind in (PromiseKind.UPDATE, PromiseKind.REMEDY):
        raise Refused(Reason.NO_SUCH_PROMISE, number=number)
    through = customers_word(case, by, through)
    if through and through <= promise.line:  # said before it was promised
        raise Refused(Reason.ONLY_THE_CUSTOMER, newest=0)
    return [e.PromiseReleased(number=number, words=fitting(words, "words", LONGEST_LINE), through=through)]


def notice_delay(
    case: Case, *, number: int, why: Text, expected: datetime | None, by: Actor, now: datetime, house: House
):
    """Tell the customer before the day that it cannot be kept: why, and until when. The day itself stands."""
    must_be_staff(by)
    must_be_open(case)
    promise = _owed(case, number)
    if promise.state is not Kept.OPEN or promise.kind is PromiseKind.UPDATE:
        raise Refused(Reason.PROMISE_SETTLED, number=number)
    expected = must_be_ahead(expected, max(now, promise.due))
    notice = e.DelayNoticed(number=number, why=wanted(why, "why", LONGEST_LINE), expected=expected)
    return [notice, *told_by_us(case, now=now, house=house, by=by)]


def lapse(case: Case, *, now: datetime, house: House, letters_left: int = UNATTENDED):
    """What time alone does to a case: promises whose moment passed break, offers whose day passed lapse.

    A broken promise of news is followed at once by the next, so that no open case is ever without a date. The customer
    is told by letter, a few times: a machine that answers letters would get them for ever. What a person promised is
    always told.

    letters_left  how many letters about missed dates may still go to this customer (`brakes.letters_left`)
    """
    if not case.is_open:
        return []
    overdue = [p for p in case.promises if p.state is Kept.OPEN and p.due <= now]
    only_news = all(p.kind is PromiseKind.UPDATE for p in overdue)
    silent = only_news and (case.silent or letters_left <= 0)
    last = only_news and not silent and letters_left == 1
    entries = [e.PromiseBroken(number=p.number, due=p.due, silent=silent, last=last) for p in overdue]
    if any(p.kind is PromiseKind.UPDATE for p in overdue):
        due = house.due(house.soon, now)
        number = next_number(case.promises)
        entries.append(e.PromiseMade(number=number, kind=PromiseKind.UPDATE, owner=case.owner, due=due))
    stale = tuple(o.number for o in case.offered if o.offer.due <= now)
    if stale:
        entries.append(e.OptionsLapsed(numbers=stale))
    return entries


def _deed(case: Case, kind: PromiseKind, *, act, owner, due, now) -> e.PromiseMade:
    act = wanted(act, "act")
    if not owner:
        raise Refused(Reason.OWNER_MISSING)
    due = must_be_ahead(due, now)
    return e.PromiseMade(number=next_number(case.promises), kind=kind, owner=owner, due=due, act=act)


def _owed(case: Case, number: int):
    promise = case.promise(number)
    if promise.state not in OWED:
        raise Refused(Reason.PROMISE_SETTLED, number=number)
    return promise


def _proof(proof: Text) -> Text:
    if proof.is_empty:
        raise Refused(Reason.PROOF_MISSING)
    return wanted(proof, "proof", LONGEST_LINE)
