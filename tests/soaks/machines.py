"""P5: no loop between the desk and another machine passes three letters, and nobody gets two receipts for one case.

    python -m tests.soaks.machines [days] [seed]

Thirty days of virtual time. A person complains from an address where afterwards only a machine answers: one that says
what it is, one that does not, one with a new address each time, one that bounces, one that asks for proof, a mailing list;
each at once or after nine hours, with the same words or others each time, to whichever address of ours a careless program
would pick. Then two desks, which answer each other, with the marks of their letters kept or stripped on the way.
"""

import contextlib
import heapq
import itertools
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.soaks.kills import settings
from tests.soaks.nursery import Nursery
from tests.soaks.receiver import Receiver
from tests.soaks.responders import KINDS, Machine, Sent, field

MOST = 3  # automatic letters in one conversation
START = datetime(2026, 6, 10, 10, tzinfo=UTC)
TICK = timedelta(hours=6)  # between two looks at the clock when nothing happens
INSTANT = timedelta(seconds=1)
SLOW, QUICK = timedelta(hours=9), timedelta(minutes=1)
ENOUGH = 200  # answers of one machine, or of two desks to each other: then it is a loop, and the run ends
PERSON = "reply"  # the kind of letter that a person writes


class Figures(NamedTuple):
    """What a run came to. `most` automatic letters to one address, `most_of_machine` to all addresses of one machine."""

    run: str
    machines: int
    answers: int
    automatic: int
    by_people: int
    most: int
    most_of_machine: int
    cases: int
    seconds: float
    findings: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.run}: {self.machines} machines gave {self.answers:,} answers; {self.automatic:,} automatic letters and"
            f" {self.by_people:,} by people, {self.cases:,} cases; at most {self.most} automatic to one address and"
            f" {self.most_of_machine} to one machine; {len(self.findings)} findings, {self.seconds:.0f} s"
        )


class Desk:
    """A desk in a process of its own, with its own database and address."""

    def __init__(self, nursery: Nursery, address: str):
        self.nursery, self.address = nursery, address

    def step(
        self, letters: list, now: datetime, until: datetime, worked: bool
    ) -> tuple[datetime, list[Sent]]:
        """These letters (raw, envelope sender, recipient) come now, and whatever falls due is done, until something
        goes out or `until` has come. When that was, and what went out."""
        told = [(raw.decode("latin-1"), sender, to) for raw, sender, to in letters]
        at, sent = self.nursery.call(step, told, now.isoformat(), until.isoformat(), worked)
        return datetime.fromisoformat(at), [Sent(*each[:-1], each[-1].encode("latin-1")) for each in sent]


@contextlib.contextmanager
def desk(home: Path, url: str, address: str) -> Iterator[Desk]:
    """A desk of its own; what it sends is handed to whoever asks, and to no mail server."""
    with Receiver() as nobody:
        environment = settings(home, url, nobody) | {"AMENDS_MAIL": address}
    with Nursery(environment, home / "desk.log") as nursery:
        yield Desk(nursery, address)


# Six kinds of machines ---------------------------------------------------------------------------------------------


def soak(days: int, seed: int, home: Path, url: str, worked: bool = True, every: int = 1) -> Figures:
    """The desk against all machines at once, or one in `every`.

    worked  its people keep their promises; else nobody is there
    """
    with desk(home, url, "complaints@desk.example") as ours:
        world = _World(ours, machines(seed)[::every], worked)
        world.live(days)
        return world.figures("machines" if worked else "machines, nobody at the desk")


def machines(seed: int) -> list[Machine]:
    """Every kind, quick and slow, with the same words and with others, beneath our letter and apart from it."""
    chance, made = random.Random(seed), []
    for kind, delay, varies, threads in itertools.product(KINDS, (QUICK, SLOW), (False, True), (True, False)):
        made.append(kind(f"{kind.__name__.lower()}{len(made)}", delay, varies, threads, chance))
    return made


class _World:
    """A heap of what comes to the desk and when, and one machine behind each domain."""

    def __init__(self, ours: Desk, machines: list[Machine], worked: bool):
        self.desk, self.worked, self.started = ours, worked, time.monotonic()
        self.machines = {machine.domain: machine for machine in machines}
        self.coming: list[tuple] = []
        self.order = itertools.count()
        self.sent: list[tuple[datetime, Sent]] = []

    def live(self, days: int) -> None:
        for number, machine in enumerate(self.machines.values()):
            self._comes(START + timedelta(minutes=number), machine.complaint(self.desk.address))
        now, end = START, START + timedelta(days=days)
        while now < end and not any(machine.answered >= ENOUGH for machine in self.machines.values()):
            letters = []
            while self.coming and self.coming[0][0] <= now:
                letters.append(heapq.heappop(self.coming)[2])
            until = min(self.coming[0][0], end) if self.coming else end
            now, sent = self.desk.step(letters, now, until, self.worked)
            self._go_out(sent, now)
            now = max(now, min(until, now + INSTANT))

    def _comes(self, at: datetime, letter) -> None:
        heapq.heappush(self.coming, (at, next(self.order), letter))

    def _go_out(self, sent: list[Sent], now: datetime) -> None:
        for letter in sent:
            machine = self.machines.get(letter.to.partition("@")[2])
            if machine is None:
                continue
            self.sent.append((now, letter))
            for answer in machine.answers_to(letter):
                self._comes(now + machine.delay, answer)

    def _loops(self) -> Iterator[str]:
        for machine in self.machines.values():
            if machine.answered >= ENOUGH:
                days = (self.sent[-1][0] - START).days
                yield f"loop: {machine.domain} had answered {machine.answered} times after {days} days"

    def figures(self, run: str) -> Figures:
        automatic = [letter for _, letter in self.sent if letter.kind != PERSON]
        per_address = Counter(letter.to for letter in automatic)
        per_machine = Counter(letter.to.partition("@")[2] for letter in automatic)
        return Figures(
            run,
            len(self.machines),
            sum(machine.answered for machine in self.machines.values()),
            len(automatic),
            len(self.sent) - len(automatic),
            max(per_address.values(), default=0),
            max(per_machine.values(), default=0),
            self.desk.nursery.call(cases),
            time.monotonic() - self.started,
            tuple([*_too_many(self.sent), *_twice(automatic), *self._loops()]),
        )


def _too_many(sent: list[tuple[datetime, Sent]]) -> Iterator[str]:
    """Addresses that got more automatic letters than `MOST` within thirty days, with their kinds."""
    by_address: dict[str, list[tuple[datetime, str]]] = {}
    for at, letter in sent:
        if letter.kind != PERSON:
            by_address.setdefault(letter.to, []).append((at, letter.kind))
    for address, letters in by_address.items():
        most = max(sum(at <= other < at + timedelta(days=30) for other, _ in letters) for at, _ in letters)
        if most > MOST:
            yield f"too many: {most} automatic letters to {address}: {dict(Counter(kind for _, kind in letters))}"


def _twice(automatic: list[Sent]) -> Iterator[str]:
    receipts = Counter((letter.to, letter.case) for letter in automatic if letter.kind == "receipt")
    yield from (
        f"twice: {many} receipts to {to} for {case}" for (to, case), many in receipts.items() if many > 1
    )


def _talked_on(sent: list[tuple[datetime, Sent]]) -> Iterator[str]:
    if len(sent) >= ENOUGH:
        yield f"loop: {len(sent)} letters between the desks after {(sent[-1][0] - START).days} days"


# Two desks -------------------------------------------------------------------------------------------------------


def two_desks(
    days: int, homes: tuple[Path, Path], urls: tuple[str, str], stripped: bool, worked: bool = True
) -> Figures:
    """A complaint in the name of one desk comes to the other. `stripped`: a gateway takes the marks off letters."""
    started = time.monotonic()
    with desk(homes[0], urls[0], "complaints@a.example") as a, desk(homes[1], urls[1], "help@b.example") as b:
        sent = _talk(a, b, days, _without_marks if stripped else lambda letter: letter, worked)
        automatic = [letter for _, letter in sent if letter.kind != PERSON]
        to = Counter(letter.to.partition("+")[0] for letter in automatic)
        return Figures(
            f"two desks, marks {'stripped' if stripped else 'kept'}{'' if worked else ', nobody there'}",
            2,
            len(sent),
            len(automatic),
            len(sent) - len(automatic),
            max(to.values(), default=0),
            max(to.values(), default=0),
            a.nursery.call(cases) + b.nursery.call(cases),
            time.monotonic() - started,
            tuple([*_too_many(sent), *_twice(automatic), *_talked_on(sent)]),
        )


def _talk(a: Desk, b: Desk, days: int, gateway: Callable, worked: bool) -> list[tuple[datetime, Sent]]:
    """What the two sent each other. What one says reaches the other when that one is looked at next."""
    words = f"From: Help <{b.address}>\r\nTo: {a.address}\r\nMessage-ID: <first@b.example>\r\nSubject: Your roll\r\n\r\nIt lifted."
    coming = {a.address: [(words.encode(), b.address, a.address)], b.address: []}
    sent, now, end = [], START, START + timedelta(days=days)
    while now < end and len(sent) < ENOUGH:
        until = min(end, now + (INSTANT if any(coming.values()) else timedelta(days=1)))
        for one, other in ((a, b), (b, a)):
            letters, coming[one.address] = coming[one.address], []
            until, gone = one.step(letters, now, until, worked)
            for letter in gone:
                if letter.to.partition("@")[2] == other.address.partition("@")[2]:
                    sent.append((until, letter))
                    through = gateway(letter)
                    coming[other.address].append((through.message, through.sender, through.to))
        now = max(until, now + QUICK)
    return sent


def _without_marks(letter: Sent) -> Sent:
    """Through a gateway that knows nothing of automatic mail: no marks, no thread, an envelope sender of its own."""
    head, blank, body = letter.message.partition(b"\r\n\r\n")
    marks = (b"auto-submitted", b"x-amends", b"x-auto-", b"in-reply-to", b"references", b"precedence")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(marks)]
    return letter._replace(message=b"\r\n".join(lines) + blank + body, sender=field(letter.message, "from"))


# Asked in the desk -----------------------------------------------------------------------------------------------


def step(letters: list, now: str, until: str, worked: bool) -> tuple[str, list[tuple]]:
    """Letters come and are filed; then the clock is looked at now and again until something goes out."""
    from amends.post import box, filing

    at, end = datetime.fromisoformat(now), datetime.fromisoformat(until)
    box.put([box.Delivery(raw.encode("latin-1"), sender, to, "lmtp") for raw, sender, to in letters])
    while filing.file_waiting(at):
        pass
    while not (sent := _looked_at_the_clock(at, worked)) and at < end:
        at = min(end, at + TICK)
    return at.isoformat(), sent


def _looked_at_the_clock(at: datetime, worked: bool) -> list[tuple]:
    """People write where they promised to, the chores are done, letters go: (to, sender, kind, case, message) each."""
    from amends.post import outbox
    from amends.timetable import chores

    if worked:
        _keep_promises(at)
    for chore in (
        chores.break_promises,
        chores.let_letters_leave,
        chores.remind_owners,
        chores.forget_receipts,
    ):
        chore(at)
    sent = []
    while outbox.send_owed(at, sent.append):
        pass
    return [told for letter in sent if (told := _told(letter))]


def _told(letter) -> tuple | None:
    """A letter with its kind; None for a reminder to somebody here."""
    from amends.casework import db, ledger

    message_id = f"<{field(letter.message, 'message-id')}>"
    file, number, staff = db.row("select file, number, staff from owed where message_id = %s", [message_id])
    if staff:
        return None
    line = next(line for line in ledger.lines([file]) if line.number == number)
    return letter.to, letter.sender, line.entry.kind.value, file, letter.message.decode("latin-1")


def _keep_promises(now: datetime) -> None:
    """Whoever owns a case whose customer is to hear from us within a day writes; to what came later they telephone,
    for a person sees that a machine wrote it."""
    from amends.casework import acts, db
    from amends.people.models import Staff
    from amends.rules import correspondence
    from amends.rules.entries import Channel

    soon = int((now + timedelta(days=1)).timestamp() * 1_000_000)
    people = int((START + timedelta(hours=1)).timestamp() * 1_000_000)
    due = "select id, owner, received_at from cases where is_open and update_due <= %s"
    for file, owner, received_at in db.rows(due, [soon]):
        by, words = Staff.objects.get(id=owner).actor, f"We still look into it, as of {now:%d %B at %H:%M}."
        if received_at < people:
            acts.perform(file, correspondence.write, by=by, now=now, words=words)
        else:
            called = {"channel": Channel.CALL, "happened_at": now, "from_customer": False}
            acts.perform(file, correspondence.log_contact, by=by, now=now, words=words, **called)


def cases() -> int:
    from amends.casework import db

    return db.row("select count(*) from cases")[0]


# By itself -------------------------------------------------------------------------------------------------------


def main() -> int:
    numbers = [int(word) for word in sys.argv[1:]]
    days, seed = [*numbers, *(30, 1)[len(numbers) :]]
    found = 0
    with tempfile.TemporaryDirectory(prefix="amends-machines-") as folder:
        for figures in _every_run(days, seed, Path(folder)):
            print(figures, *figures.findings[:40], sep="\n", flush=True)
            found += len(figures.findings)
    return int(bool(found))


def _every_run(days: int, seed: int, folder: Path) -> Iterator[Figures]:
    """On SQLite, or on the database of DATABASE_URL for the machines alone, since two desks want two."""
    url = os.environ.get("DATABASE_URL", "")
    for worked in (True, False)[: 1 if url else 2]:
        yield soak(days, seed, _home(folder, f"machines{worked}"), url, worked)
    for stripped, worked in itertools.product((False, True), (True, False)) if not url else ():
        homes = tuple(_home(folder, f"{name}{stripped}{worked}") for name in "ab")
        yield two_desks(days, homes, ("", ""), stripped, worked)


def _home(folder: Path, name: str) -> Path:
    home = folder / name
    home.mkdir()
    return home


if __name__ == "__main__":
    sys.exit(main())
