"""The search of all lives: every state a small case can reach by the real rules, and what holds in each.

The world: two points, two options, two promises, one approval, two people with grants, a customer, time in steps
of a day. States are reduced to what rules read (`canonical`): moments count from now, settled promises are their
outcome, ended options are gone, numbers begin again, and the story is left out. Each reduction is checked against
the unreduced rules by `tests/test_lives.py`.
"""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from amends.rules import approvals, cases, correspondence, points, promises, remedies
from amends.rules import entries as e
from amends.rules.case import NEW, OWED, WAS_BROKEN, Case, Kept, Stage, Story, step
from amends.rules.clocks import Limit, Unit, office_hours
from amends.rules.entries import Channel, Finding, Harm, Lane, Offer, PromiseKind, RemedyKind
from amends.rules.gate import Mark, Sort
from amends.rules.grants import Grant, Purse, held
from amends.rules.house import House
from amends.rules.refused import Refused
from amends.rules.values import DESK, NOTHING, Role, Text, customer, staff

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
HOUSE = House(
    calendar=office_hours("UTC", "Mon-Sun 00:00-24:00"),
    next_update=Limit(1, Unit.WORKING_DAY),
    soon=Limit(1, Unit.WORKING_DAY),
    quiet=Limit(1, Unit.WORKING_DAY),
    check_back=Limit(1, Unit.CALENDAR_DAY),
    attempts=1,
)
SOON = NOW + DAY / 2

REP, LEAD, ANA = staff("rep", Role.REP), staff("lead", Role.LEAD), customer("ana")
SMALL, LARGE = 2000, 20000
GRANTS = {
    "rep": (Purse(Grant("g-rep", "rep", None, "USD", 5000, 50000), "2026-06", 50000),),
    "lead": (Purse(Grant("g-lead", "lead", None, "USD", 30000, 50000), "2026-06", 50000),),
}
SAID = Text(id="said", digest="d-said")
HOLDING = (Mark(Sort.HOLDING, "empty", "words", 0, 0, ""),)


def offer(lane: Lane, amount: int) -> Offer:
    act = Text(id=f"act-{lane}-{amount}", digest=f"d-{lane}-{amount}")
    return Offer(lane=lane, kind=RemedyKind.REFUND, act=act, owner="rep", due=SOON, amount=amount, unit="USD")


OFFERS = (
    (offer(Lane.ASKED, SMALL),),
    (offer(Lane.ASKED, SMALL), offer(Lane.OURS, SMALL)),
    (offer(Lane.ASKED, LARGE),),
)


class World(NamedTuple):
    """How much of everything there is."""

    points: int = 2
    promises: int = 2
    remedies: int = 2
    approvals: int = 1
    offers: int = 3
    leads: bool = True
    cheats: bool = True  # whether staff also try to speak for the customer with nothing to show for it


class Move(NamedTuple):
    """One thing somebody may try."""

    name: str
    by: object
    make: object  # (case) -> entries


def moves(case: Case, world: World) -> Iterator[Move]:
    """Everything anybody could try in this state, allowed or not."""
    c = case
    if c.stage is Stage.UNKNOWN:
        yield Move("receive", ANA, lambda: cases.receive(c, ref="AM-1", customer="ana", owner="rep", team="1", channel=Channel.FORM, words=SAID, now=NOW, house=HOUSE, by=ANA))  # fmt: skip
        return
    yield Move("tick", DESK, None)
    yield from _customers_moves(c, world)
    yield from _anybodys_moves(c, REP, world)
    for by in (REP, LEAD) if world.leads else (REP,):
        yield from _moves_of_rank(c, by, world)
    if world.leads:
        yield Move(
            "take over",
            LEAD,
            lambda: cases.take_over(c, to="lead", team="1", why=SAID, by=LEAD, now=NOW, house=HOUSE),
        )


def _customers_moves(c: Case, world: World) -> Iterator[Move]:
    for by, through in ((ANA, 0), (REP, 1), (REP, 0))[: 3 if world.cheats else 2]:
        how = {"by": by, "through": through}
        yield Move("withdraw", by, lambda how=how: cases.withdraw(c, words=SAID, **how))
        yield Move(
            "not settled", by, lambda how=how: cases.not_settled(c, words=SAID, now=NOW, house=HOUSE, **how)
        )
        yield Move("settle", by, lambda how=how: cases.settle(c, **how))
        yield Move("confirm", by, lambda how=how: points.confirm(c, **how))
        yield Move("decline", by, lambda how=how: remedies.decline(c, words=SAID, **how))
        yield Move("accept granted", by, lambda how=how: remedies.accept_granted(c, digest=remedies.granted_digest(c), now=NOW, **how))  # fmt: skip
        for point in c.points[:1]:
            yield Move(
                "correct", by, lambda n=point.number, how=how: points.correct(c, number=n, words=SAID, **how)
            )
        for option in c.options:
            yield Move("accept", by, lambda o=option, how=how: remedies.accept(c, number=o.number, digest=o.offer.act.digest, now=NOW, **how))  # fmt: skip
        for p in c.promises:
            yield Move("release", by, lambda n=p.number, how=how: promises.release(c, number=n, **how))
    yield Move("write in", ANA, lambda: correspondence.hear(c, words=SAID, channel=Channel.EMAIL, by=ANA))


def _anybodys_moves(c: Case, by, world: World) -> Iterator[Move]:
    """What comes out the same whoever here does it: tried by the rep."""
    for sort, weighed in (("write", ()), ("hold off", HOLDING)):
        how = {"weighed": weighed, "next_update": SOON if weighed else None}
        yield Move(
            sort, by, lambda how=how: correspondence.write(c, words=SAID, by=by, now=NOW, house=HOUSE, **how)
        )
    yield Move("close", by, lambda: cases.close(c, by=by, now=NOW, house=HOUSE))
    yield Move("reopen", by, lambda: cases.reopen(c, words=SAID, by=by, now=NOW, house=HOUSE))
    if not c.assessed:
        yield Move("assess", by, lambda: cases.assess(c, harm=Harm.SEVERE, by=by))
    yield Move("read back", by, lambda: points.read_back(c, by=by, today=TODAY, now=NOW, house=HOUSE))
    yield Move("go on unanswered", by, lambda: points.go_on_unanswered(c, by=by, house=HOUSE))
    if len(c.points) < world.points:
        yield Move("raise point", by, lambda: points.raise_point(c, words=SAID, verbatim=True, by=by))
    if not c.sought_asked:
        yield Move("seek", by, lambda: points.seek(c, by=by, words=SAID))
    for point in c.points:
        if point.finding is Finding.NONE:
            yield Move("find", by, lambda n=point.number: points.find(c, number=n, finding=Finding.UPHELD, cause=SAID, our_error=True, by=by))  # fmt: skip
    if _room_for_a_promise(c, world):
        yield Move("promise", by, lambda: promises.make(c, deed=SAID, owner=by.id, due=SOON, by=by, now=NOW))
    for p in c.promises:
        yield Move("keep", by, lambda n=p.number: promises.keep(c, number=n, proof=SAID, by=by))
    for r in c.remedies:
        yield Move("deliver", by, lambda n=r.number: remedies.deliver(c, number=n, proof=SAID, by=by))


def _moves_of_rank(c: Case, by, world: World) -> Iterator[Move]:
    """What depends on who does it: more time a second time, and whatever draws on a grant."""
    purses = GRANTS[by.id]
    if _room_for_a_promise(c, world):
        yield Move("need time", by, lambda: promises.need_time(c, points=(), words=SAID, owner=by.id, due=SOON, by=by, now=NOW, house=HOUSE))  # fmt: skip
    if len(c.remedies) < world.remedies:
        for offers in OFFERS[: world.offers]:
            yield Move("propose", by, lambda o=offers: remedies.propose(c, offers=o, purses=purses, by=by, now=NOW, house=HOUSE))  # fmt: skip
        yield Move(
            "grant",
            by,
            lambda: remedies.grant(c, offer=OFFERS[0][0], purses=purses, by=by, now=NOW, house=HOUSE),
        )
    if len(c.approvals) < world.approvals:
        yield Move("ask", by, lambda: approvals.ask(c, of="lead", kind=RemedyKind.REFUND, amount=LARGE, unit="USD", why=SAID, by=by, able=frozenset({"lead"})))  # fmt: skip
    for a in c.approvals:
        yield Move(
            "give",
            by,
            lambda n=a.number: approvals.give(c, number=n, purses=purses, by=by, words=Text("Yes.")),
        )
        yield Move("decline approval", by, lambda n=a.number: approvals.decline(c, number=n, why=SAID, by=by))


def _room_for_a_promise(c: Case, world: World) -> bool:
    return sum(p.kind in (PromiseKind.DEED, PromiseKind.NEED_TIME) for p in c.promises) < world.promises


def after_move(case: Case, move: Move) -> tuple[Case, list]:
    """The state after a move, unreduced, and its entries. Raises Refused."""
    if move.make is None:
        return _a_day_later(case)
    made = move.make()
    for entry in made:
        case = step(case, entry, NOW, str(move.by), 1)
    return case, made


def _a_day_later(case: Case) -> tuple[Case, list]:
    """Time moves a step, and the timetable does its chore the minute it should."""
    case = moved(case, -DAY)
    made = promises.lapse(case, now=NOW, house=HOUSE)
    for entry in made:
        case = step(case, entry, NOW, "desk", 1)
    return case, made


def moved(case: Case, by: timedelta) -> Case:
    """All moments of a case that rules compare, moved; the receipt stays, being compared with nothing."""
    return replace(
        case,
        promises=tuple(replace(p, due=p.due + by) for p in case.promises),
        options=tuple(replace(o, offer=replace(o.offer, due=o.offer.due + by)) for o in case.options),
        remedies=tuple(replace(r, offer=replace(r.offer, due=r.offer.due + by)) for r in case.remedies),
        delivered_at=case.delivered_at and case.delivered_at + by,
        quiet_since=case.quiet_since and case.quiet_since + by,
        attempted=case.attempted and case.attempted + by,
    )


# Reduction -------------------------------------------------------------------------------------------------------

_NO_STORY = Story()
_BROKEN_DAY = NOW - 9 * DAY


def canonical(case: Case) -> Case:
    """The state reduced to what decides its future.

    Left out: the story; clocks, harm, owners' names and whether an understanding was unanswered, which no verb
    compares; whether the last word only held off, which stops nothing but doing so again; promises and remedies that are
    settled, and options that ended (what they held of a grant returns,
    so the searched world allows a little more than the real one). Moments already past are one moment.
    """
    promises_ = [p for p in case.promises if _still_counts(p)]
    numbers = {p.number: n for n, p in enumerate(sorted(promises_, key=_promise_order), 1)}
    remedies_ = [r for r in case.remedies if not r.cancelled and (r.is_owed or not r.option)]
    options = [o for o in case.options if o.state == "offered"]
    delivering = case.stage is Stage.DELIVERING
    return replace(
        case,
        story=_NO_STORY,
        clocks=(),
        harm=Harm.LOW,
        owner="rep",
        unanswered=False,
        held_off=False,
        check_back=None,
        points=_renumbered(sorted((_point(p) for p in case.points), key=_point_order)),
        promises=tuple(_promise(p, numbers) for p in sorted(promises_, key=_promise_order)),
        options=tuple(replace(o, number=n, month="") for n, o in enumerate(options, 1)),
        remedies=_renumbered(sorted((_remedy(r, numbers) for r in remedies_), key=_remedy_order)),
        approvals=tuple(
            replace(a, number=1, why=NOTHING, answer=NOTHING, month="")
            for a in case.approvals
            if a.state in ("asked", "given")
        ),
        attempts=min(case.attempts, HOUSE.attempts) if case.is_open else 0,
        attempted=TODAY if case.is_open and case.attempted == TODAY else None,
        citable=case.citable if case.is_open else 0,
        settled=case.settled and delivering,
        delivered_at=_BROKEN_DAY if delivering and case.delivered_at else None,
        quiet_since=max(case.quiet_since, _BROKEN_DAY + 7 * DAY) if delivering and case.quiet_since else None,
        unheard=1 if delivering and case.unheard else 0,
    )


def _still_counts(p) -> bool:
    return p.state is Kept.OPEN if p.kind is PromiseKind.UPDATE else p.state in OWED


def _promise(p, numbers):
    due = p.due if p.state is Kept.OPEN else _BROKEN_DAY
    return replace(
        p,
        number=numbers[p.number],
        due=due,
        owner="rep",
        made_at=NOW,
        proof=NOTHING,
        expected=None,
        act=NOTHING,
        points=(),
    )


def _promise_order(p):
    return (p.kind, p.state, p.due if p.state is Kept.OPEN else _BROKEN_DAY, p.number)


def _point(p):
    return replace(p, words=NOTHING, cause=NOTHING, our_error=False, time_asked=min(p.time_asked, 1))


def _point_order(p):
    return (p.finding, p.time_asked)


def _remedy(r, numbers):
    return replace(
        r,
        promise=numbers.get(r.promise, 0),
        option=min(r.option, 1),
        accepted=False,
        month="",
        approval=0,
        grant="",
        proof=NOTHING,
        delivered_at=_BROKEN_DAY if r.delivered_at else None,
        offer=replace(r.offer, due=NOW),
    )


def _remedy_order(r):
    return (r.option, r.delivered_at is None, r.promise, r.offer.amount)


def _renumbered(things):
    return tuple(replace(thing, number=n) for n, thing in enumerate(things, 1))


# What holds ------------------------------------------------------------------------------------------------------

CUSTOMERS_ALONE = (
    e.OptionAccepted,
    e.RemediesAccepted,
    e.OptionsDeclined,
    e.CaseWithdrawn,
    e.CaseUnsettled,
    e.CaseSettled,
    e.PromiseReleased,
    e.PointsConfirmed,
    e.PointCorrected,
)


class Broken(AssertionError):
    """An invariant does not hold; the message says which, after which move."""


def check_state(case: Case) -> None:
    """What must hold in every state."""
    if case.is_open:
        _must(bool(case.owner), "an open case has an owner")
        _must(
            case.update is not None and case.update.due > NOW,
            "an open case has a future date its customer knows",
        )
        _must(
            sum(p.kind is PromiseKind.UPDATE and p.state is Kept.OPEN for p in case.promises) == 1,
            "one date, not two",
        )
    if case.stage is Stage.CLOSED:
        _must(not any(r.is_owed for r in case.remedies), "closed means delivered")
        owed = [
            p
            for p in case.promises
            if p.state in OWED and not (p.kind is PromiseKind.UPDATE and p.state is Kept.BROKEN)
        ]
        _must(not owed, "closed means no promise open, and none broken and still owed")
    _must(
        bool(case.offered) == (case.stage is Stage.PROPOSED),
        "options are open exactly while a case is proposed",
    )
    if case.stage is Stage.PROPOSED:
        _must(
            case.confirmed and all(p.finding is not Finding.NONE for p in case.points),
            "understood before proposed",
        )
    for (grant, _), amount in held(case).items():
        purse = next(p for purses in GRANTS.values() for p in purses if p.grant.id == grant)
        _must(amount <= purse.grant.per_case, "a case never holds more of a grant than it allows")


def check_move(before: Case, move: Move, made: list, after: Case) -> None:
    """What must hold of every change."""
    for entry in made:
        if isinstance(entry, CUSTOMERS_ALONE):
            theirs = move.by == ANA or (entry.through and entry.through == before.citable)
            _must(theirs, f"only the customer: {type(entry).__name__} by {move.by}")
    if before.received_at is not None:
        _must(after.received_at == before.received_at, "receipt never changes")
    broken = {p.number for p in before.promises if p.state in WAS_BROKEN}
    still = {p.number for p in after.promises if p.state in WAS_BROKEN}
    _must(broken <= still, "a broken promise stays broken")
    if after.stage is Stage.CLOSED and before.stage is not Stage.CLOSED:
        _must(before.stage is Stage.DELIVERING, "closed only after a choice")
        _must(
            before.settled or before.delivered_at is not None,
            "closed on the customer's word, or after a quiet time",
        )
        _must(not before.unheard, "closed over no words that nobody has read")


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


# The search ------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """What a search saw."""

    states: int
    edges: int
    refusals: int
    stuck: list  # open states from which no closing is reachable, even without withdrawing
    by_stage: dict


def explore(world: World, most: int = 5_000_000) -> Found:
    """Every state reachable from nothing. Raises Broken at the first invariant that does not hold."""
    start = canonical(NEW)
    numbers = {start: 0}
    states, waiting = [start], deque([0])
    before: list[list[int]] = [[]]  # for each state, from where it is reached without a withdrawal
    edges = refusals = 0
    while waiting and len(states) < most:
        here = waiting.popleft()
        case = states[here]
        for move in moves(case, world):
            try:
                raw, made = after_move(case, move)
            except Refused:
                refusals += 1
                continue
            edges += 1
            try:
                check_move(case, move, made, raw)
                next_ = canonical(raw)
                number = numbers.get(next_)
                if number is None:
                    check_state(raw)
                    number = numbers[next_] = len(states)
                    states.append(next_)
                    before.append([])
                    waiting.append(number)
            except Broken as no:
                raise Broken(f"{no}\nafter {move.name} by {move.by} in {case}\ngiving {raw}") from None
            if move.name != "withdraw":
                before[number].append(here)
    return Found(len(states), edges, refusals, _stuck(states, before), _by_stage(states))


def _stuck(states, before) -> list:
    """Open states from which *closed* cannot be reached without the customer withdrawing."""
    reaches = [state.stage is Stage.CLOSED for state in states]
    waiting = deque(n for n, yes in enumerate(reaches) if yes)
    while waiting:
        for earlier in before[waiting.popleft()]:
            if not reaches[earlier]:
                reaches[earlier] = True
                waiting.append(earlier)
    return [state for state, yes in zip(states, reaches, strict=True) if state.is_open and not yes]


def _by_stage(states) -> dict:
    counted: dict = {}
    for state in states:
        counted[state.stage.value] = counted.get(state.stage.value, 0) + 1
    return counted
