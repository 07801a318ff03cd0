"""A desk with a year behind it: cases at every stage, told through the real acts, many in each transaction.

Every case gets a fate, a list of things that happen at moments of the past year. All of them together are put
in order and recorded in batches; the acts of a batch share one moment.
"""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from django.db import connections

from amends import ids
from amends.casework import db
from amends.casework.acts import authority, step
from amends.casework.acts.intake import Complaint, complaint_acts
from amends.casework.record import Act, record_many
from amends.people.models import Staff, Team
from amends.rules import cases, correspondence, points, promises, remedies
from amends.rules.entries import Channel, Finding, Harm, Lane, Offer, RemedyKind
from amends.rules.values import DESK, Actor, Role, Text, customer, staff
from tests.bench.words import FIRST, LAST, Writer

PASSWORD = "the password of everybody in the benchmark"
AT_ONCE = 100
CUSTOMERS_PER_CASE = 0.55
YEAR = timedelta(days=365)

# What becomes of a case, and how often. Long lives are fewer, so that a case has about ten entries.
FATES = {
    "received, withdrawn": 37,
    "answered, withdrawn": 28,
    "several letters, withdrawn": 12,
    "closed": 7,
    "open: received": 3,
    "open: acknowledged": 4,
    "open: understood": 2,
    "open: working": 3,
    "open: proposed": 2,
    "open: delivering": 2,
}
LIFE = {
    "received, withdrawn": ("withdraw",),
    "answered, withdrawn": ("answer", "withdraw"),
    "several letters, withdrawn": ("answer", "hear", "answer", "hear", "withdraw"),
    "closed": ("points", "confirm", "assess_lower", "propose", "accept", "deliver", "settle", "close"),
    "open: received": (),
    "open: acknowledged": ("answer", "hear"),
    "open: understood": ("points", "confirm"),
    "open: working": ("answer", "hear", "points", "confirm", "assess"),
    "open: proposed": ("points", "confirm", "assess", "propose"),
    "open: delivering": ("points", "confirm", "assess", "propose", "accept"),
}
FORGOTTEN = 0.06  # of open cases: nobody wrote in time, and the promise of news breaks


class Event(NamedTuple):
    """One thing that happens to one case."""

    at: datetime
    case: int
    what: str


class Known(NamedTuple):
    """What later acts need to know of a case."""

    file: str
    customer: Actor
    owner: Actor
    digest: str = ""


class Filled(NamedTuple):
    cases: int
    acts: int
    refused: Counter


def people() -> None:
    """Ten reps in two teams, a lead, a director; and grants that do not run out."""
    front, trade = (Team.objects.create(name=name) for name in ("Front desk", "Trade desk"))
    reps = [(f"rep{n}@desk.example", Role.REP, front if n < 5 else trade) for n in range(10)]
    above = [("lead@desk.example", Role.LEAD, front), ("director@desk.example", Role.DIRECTOR, front)]
    for email, role, team in reps + above:
        person = Staff.objects.create_user(
            email, f"{email.partition('@')[0].title()} Bench", role, team, PASSWORD
        )
        authority.issue_grant(
            holder=person.id,
            kind=None,
            unit="USD",
            per_case=100_000,
            per_month=10**12,
            by=DESK,
            now=_start(),
        )


def _start() -> datetime:
    return datetime.now(UTC) - YEAR - timedelta(days=1)


def fill(many: int, seed: int, now: datetime, processes: int, tell: Callable[[str], None]) -> Filled:
    """Record a year of `many` cases up to `now`."""
    if processes == 1:
        return _share(many, seed, now, "", tell)
    connections.close_all()
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
        shares = [
            pool.submit(_share, many // processes, seed + n, now, f"{n}.", _silent if n else tell)
            for n in range(processes)
        ]
        done = [share.result() for share in shares]
    return Filled(
        sum(d.cases for d in done), sum(d.acts for d in done), sum((d.refused for d in done), Counter())
    )


def _silent(words: str) -> None:
    """For processes whose word nobody waits for."""


def _share(many: int, seed: int, now: datetime, prefix: str, tell) -> Filled:
    year = _Year(many, Random(seed), now, prefix)
    acts, told = 0, 0
    for batch in year.batches():
        acts += year.record(batch)
        if acts - told >= 20_000:
            told = acts
            tell(f"  {acts:,} of {year.events:,} acts …")
    return Filled(many, acts, year.refused)


class _Year:
    """The events of all cases, and what is known of each while they are recorded."""

    def __init__(self, many: int, chance: Random, now: datetime, prefix: str):
        self.chance, self.now, self.prefix = chance, now, prefix
        self.writer = Writer(chance)
        self.customers = max(1, int(many * CUSTOMERS_PER_CASE))
        self.known: dict[int, Known] = {}
        self.refused: Counter = Counter()
        fates = chance.choices(list(FATES), list(FATES.values()), k=many)
        self.plan = sorted(event for number, fate in enumerate(fates) for event in self._life(number, fate))
        self.events = len(self.plan)

    def _life(self, number: int, fate: str) -> Iterator[Event]:
        is_open, chance = fate.startswith("open"), self.chance
        steps = LIFE[fate]
        age = min(chance.expovariate(1 / 20), 300) if is_open else 20 + chance.random() * 340
        at = self.now - timedelta(days=age)
        yield Event(at, number, "receive")
        pace = min(3.0, age / (len(steps) + 2))
        for what in steps:
            at += timedelta(days=pace * (0.5 + chance.random() / 2))
            yield Event(at, number, what)
        if is_open and age > 1 and chance.random() > FORGOTTEN:
            touched = self.now - timedelta(days=chance.random() * min(3.0, (self.now - at).days + 0.5))
            yield Event(max(at + timedelta(minutes=1), touched), number, "touch" if steps else "note")

    def batches(self) -> Iterator[list[Event]]:
        """Events in order; no case twice in one batch, since the later act may need what the earlier made."""
        batch: list[Event] = []
        inside: set[int] = set()
        for event in self.plan:
            if len(batch) == AT_ONCE or event.case in inside:
                yield batch
                batch, inside = [], set()
            batch.append(event)
            inside.add(event.case)
        if batch:
            yield batch

    def record(self, batch: list[Event]) -> int:
        now = batch[-1].at
        new = [event for event in batch if event.what == "receive"]
        acts = complaint_acts([self._complaint() for _ in new], now=now)
        acts += [self._act(event, now) for event in batch if event.what != "receive"]
        events = new + [event for event in batch if event.what != "receive"]
        for event, outcome in zip(events, record_many(acts, now=now), strict=True):
            if outcome.refused:
                self.refused[f"{event.what}: {outcome.refused.reason.value}"] += 1
            else:
                self._learn(event, outcome)
        return len(acts)

    def _learn(self, event: Event, outcome) -> None:
        state = outcome.state
        digest = state.option(1).offer.act.digest if state.options else ""
        self.known[event.case] = Known(
            outcome.file, customer(state.customer), staff(state.owner, Role.REP), digest
        )
        if not state.is_open:
            del self.known[event.case]

    def _complaint(self) -> Complaint:
        # The square makes some customers write very often, and most of them once.
        who = int(self.chance.random() ** 2 * self.customers)
        name = f"{FIRST[who % len(FIRST)]} {LAST[who // len(FIRST) % len(LAST)]}"
        return Complaint(
            act=ids.new(),
            channel=Channel.EMAIL if self.chance.random() < 0.7 else Channel.FORM,
            words=self.writer.complaint(),
            name=name,
            address=f"{name.lower().replace(' ', '.')}.{self.prefix}{who}@mail.example"
            if who % 3
            else f"office.{self.prefix}{who}@firm.example",
            subject=self.writer.subject(),
            company=f"{name.split()[1]} & Co" if who % 3 == 0 else "",
            sought=self.writer.line(),
            danger=self.chance.random() < 0.02,
        )

    def _act(self, event: Event, now: datetime) -> Act:
        known = self.known[event.case]
        by = (
            known.customer
            if event.what in ("hear", "confirm", "accept", "settle", "withdraw")
            else known.owner
        )
        steps = tuple(
            step(known.file, verb, by=by, now=now, **asked)
            for verb, asked in getattr(self, f"_{event.what}")(known, now)
        )
        return Act(ids.new(), by, steps)

    # Each gives verbs and what they are asked ---------------------------------------------------------------------

    def _answer(self, known, now):
        return [(correspondence.read, {}), (correspondence.write, {"words": self.writer.answer()})]

    def _touch(self, known, now):
        due = now + timedelta(days=3 + self.chance.random() * 6)
        deed = (promises.make, {"deed": self.writer.line(), "owner": known.owner.id, "due": due})
        return [*self._answer(known, now), *([deed] if self.chance.random() < 0.4 else [])]

    def _note(self, known, now):
        return [(correspondence.note, {"words": self.writer.line(), "stance": ""})]

    def _hear(self, known, now):
        return [(correspondence.hear, {"words": self.writer.complaint(), "channel": Channel.EMAIL})]

    def _points(self, known, now):
        said = [
            (points.raise_point, {"words": self.writer.line(), "verbatim": True})
            for _ in range(self.chance.choice((1, 2, 2, 3)))
        ]
        return [(correspondence.read, {}), *said, (points.read_back, {})]

    def _confirm(self, known, now):
        return [(points.confirm, {})]

    def _assess_lower(self, known, now):
        """Severe cases are looked at again after closing; a year of them would lie on everybody's Today."""
        return self._assess(known, now, severe=0.01)

    def _assess(self, known, now, severe=0.12):
        found = {"finding": Finding.UPHELD, "cause": self.writer.line(), "our_error": True}
        harm = Harm.SEVERE if self.chance.random() < severe else Harm(self.chance.choice((1, 1, 2, 2, 2, 3)))
        return [(cases.assess, {"harm": harm}), (points.find, {"number": 1, **found})]

    def _propose(self, known, now):
        offers = (self._offer(known, now, Lane.ASKED), self._offer(known, now, Lane.OURS))
        return [(_find_the_rest, {"cause": self.writer.line()}), (remedies.propose, {"offers": offers})]

    def _offer(self, known, now, lane) -> Offer:
        kind = self.chance.choice((RemedyKind.REFUND, RemedyKind.REPLACEMENT, RemedyKind.SOMETHING_ELSE))
        if self.prefix not in ("", "0."):
            kind = (
                RemedyKind.SOMETHING_ELSE
            )  # two processes that spend would wait for each other's allowances
        amount = 1000 + int(self.chance.random() * 30_000) if kind is not RemedyKind.SOMETHING_ELSE else 0
        return Offer(
            lane=lane,
            kind=kind,
            act=Text(self.writer.line()),
            owner=known.owner.id,
            due=now + timedelta(days=30),
            amount=amount,
            unit="USD" if amount else "",
        )

    def _accept(self, known, now):
        return [(remedies.accept, {"number": 1, "digest": known.digest})]

    def _deliver(self, known, now):
        return [(remedies.deliver, {"number": 1, "proof": self.writer.line()})]

    def _settle(self, known, now):
        return [(cases.settle, {"rating": self.chance.choice((3, 4, 4, 5))})]

    def _close(self, known, now):
        return [(cases.close, {})]

    def _withdraw(self, known, now):
        return [(cases.withdraw, {"words": self.writer.line()})]


def _find_the_rest(case, *, cause: Text, by: Actor):
    """Findings on the points that have none yet."""
    return [
        entry
        for point in case.points
        if point.finding is Finding.NONE
        for entry in points.find(
            case, number=point.number, finding=Finding.UPHELD, cause=cause, our_error=True, by=by
        )
    ]


def settle_the_past() -> None:
    """Letters of the past year are sent: a worker that starts must not send them again."""
    db.change("update owed set state = 'handed_over' where state in ('waiting', 'claimed')")


def sizes() -> dict[str, int]:
    """How much there is of what."""
    return {
        name: int(db.row(f"select {what}")[0] or 0)
        for name, what in {
            "cases": "count(*) from cases",
            "open": "count(*) from cases where is_open",
            "customers": "count(*) from customers",
            "entries": "count(*) from entries",
            "entries_of_cases": "sum(number) from cases",
            "texts": "count(*) from texts",
            "megabytes": "pg_database_size(current_database()) / 1000000"
            if db.is_postgres()
            else "page_count * page_size / 1000000 from pragma_page_count(), pragma_page_size()",
        }.items()
    }
