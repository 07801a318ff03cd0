"""P1: no accepted letter is lost and none is visible twice, however often the process that takes it is killed.

    python -m tests.soaks.kills [kills per road] [seed] [road …]

For each road a feeder hands over numbered letters while the worker is killed with SIGKILL 1 to 50 ms after it began to
work on some: to take them, to file them, or to send what they owe. At the end every accepted letter has to stand in
exactly one entry of one case, every receipt has gone out at most once unless its sender was killed over it, and
`amends verify` has to find nothing.
"""

import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.soaks import dovecot, feeders
from tests.soaks.nursery import ROOT, Events, Nursery
from tests.soaks.receiver import Receiver

ROADS = ("pipe", "lmtp", "smtp", "imap")
SHORTEST, LONGEST = 0.001, 0.05  # seconds of work before a kill
WORK = {"taking": 6, "filing": 3, "sending": 1}  # what the killed process is at, and how often
WHOLE = 1  # kills per road of a worker that was started from nothing; the others are forked
LOOKS = 50  # kills between two looks whether all that is marked as seen is stored
UNTIL_WORK, UNTIL_QUIET = 30, 1800  # seconds
CASES = 20  # to answer in


class Figures(NamedTuple):
    """What one road went through. `points` are kills that cut a handover short or hit a worker at its work."""

    road: str
    kills: int
    points: int
    letters: int
    repeats: int
    receipts: int
    receipts_twice: int
    receipts_more: int
    seconds: float
    findings: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.road}: {self.points:,} kill points, {self.letters:,} letters accepted, {self.repeats:,} came again,"
            f" {self.receipts:,} receipts, {self.receipts_twice:,} of them twice and {self.receipts_more:,} more often"
            f" after a kill, {len(self.findings)} findings, {self.seconds:.0f} s"
        )


def soak(kills: int, seed: int, home: Path, url: str, roads=ROADS, whole: int = WHOLE) -> tuple[Figures, ...]:
    """Kill so often on each road; `home` is an empty folder, `url` a database that is the soak's own."""
    return tuple(_soaked(kills, seed, home, url, roads, whole))


def _soaked(kills, seed, home, url, roads, whole) -> Iterator[Figures]:
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(Receiver())
        environment = settings(home, url, receiver)
        nursery = stack.enter_context(Nursery(environment, home / "nursery.log"))
        events = stack.enter_context(contextlib.closing(Events(home)))
        cases = nursery.call(prepare, CASES)
        for road in roads:
            with _feeder(road, cases, seed, nursery, home, whole) as feeder:
                killer = _Killer(feeder, nursery, receiver, events, random.Random(f"{road}{seed}"), whole)
                yield killer.figures(kills)


def settings(home: Path, url: str, receiver: Receiver) -> dict[str, str]:
    """The environment of a desk of its own that sends to the receiver."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("AMENDS_", "DJANGO_", "PYTEST"))}
    return {
        **keep,
        "AMENDS_HOME": str(home),
        "DATABASE_URL": url,
        "AMENDS_MAIL": feeders.DESK,
        "AMENDS_SMTP": receiver.address,
        "AMENDS_SMTP_IN": f"127.0.0.1:{dovecot.free_port()}",
    }


@contextlib.contextmanager
def _feeder(road: str, cases, seed: int, nursery: Nursery, home: Path, whole: int):
    """The feeder of a road, running."""
    mill = feeders.Mill(road, cases, seed)
    with contextlib.ExitStack() as stack:
        if road == "pipe":
            # Deliverers are forked by a second nursery, since the first is busy with the workers.
            second = stack.enter_context(Nursery(nursery.environment, home / "deliverers.log"))
            made = feeders.Piped(mill, second, home, seed, whole * 4)
        elif road == "lmtp":
            made = feeders.over_lmtp(mill, home / "run" / "lmtp.sock")
        elif road == "smtp":
            made = feeders.over_smtp(mill, int(nursery.environment["AMENDS_SMTP_IN"].rpartition(":")[2]))
        else:
            server = stack.enter_context(dovecot.running())
            nursery.call(connect, server.host, server.port, server.user, server.password)
            made = feeders.Fetched(mill, server)
        yield stack.enter_context(made)


class _Killer:
    """Starts and kills the worker of one road, and settles the account at the end."""

    def __init__(self, feeder, nursery: Nursery, receiver: Receiver, events: Events, chance, whole: int):
        self.feeder, self.nursery, self.receiver, self.events = feeder, nursery, receiver, events
        self.chance, self.whole = chance, whole
        self.road, self.points, self.findings = feeder.mill.road, 0, []

    def figures(self, kills: int) -> Figures:
        started, before = time.monotonic(), len(self.receiver.attempts)
        for number in range(kills):
            self._one_life(number < self.whole)
            if isinstance(self.feeder, feeders.Fetched) and number % LOOKS == LOOKS - 1:
                self._look_at_the_seen()
        self.feeder.__exit__()
        self._let_it_finish()
        told = self.nursery.call(account, self.road)
        sent = self.receiver.attempts[before:]
        repeated = self._receipts(sent)
        self._check(told)
        return Figures(
            self.road,
            kills,
            self.points + getattr(self.feeder, "killed", 0),
            len(self.feeder.acked),
            told["repeats"],
            len({attempt.message_id for attempt in sent if attempt.kept}),
            repeated[2],
            sum(many for copies, many in repeated.items() if copies > 2),
            time.monotonic() - started,
            tuple(self.findings),
        )

    def _one_life(self, from_nothing: bool) -> None:
        """A worker lives until it is at its work, and a moment longer."""
        if isinstance(self.feeder, feeders.Fetched):
            self.feeder.lay(self.chance.randint(3, 30))
        self.receiver.life += 1
        work = self.chance.choices(list(WORK), list(WORK.values()))[0]
        with self._worker(from_nothing):
            at_it = self._wait_for(work, from_nothing)
            time.sleep(self.chance.uniform(SHORTEST, LONGEST))
            self.points += at_it or self.feeder.under_way

    @contextlib.contextmanager
    def _worker(self, from_nothing: bool) -> Iterator[None]:
        self.heard = {what: self.events.heard(what) for what in ("fetching", "filed")}
        self.begun, self.sent = self.feeder.begun, self.receiver.many
        if from_nothing:
            with _started(self.nursery.environment):
                yield
            self.nursery.call(let_go_of_mailboxes)
            return
        pid = self.nursery.worker()
        try:
            yield
        finally:
            self.nursery.kill(pid)

    def _wait_for(self, work: str, from_nothing: bool) -> bool:
        """Until the worker is at it; whether it was."""
        if work == "sending":
            return self.receiver.wait(self.sent, 1)
        if from_nothing and isinstance(self.feeder, feeders.Fetched):
            return self._first_seen()
        if work == "filing" and not from_nothing:
            return self.events.wait("filed", self.heard["filed"], UNTIL_WORK)
        if isinstance(self.feeder, feeders.Fetched):
            return self.events.wait("fetching", self.heard["fetching"], UNTIL_WORK)
        return self.feeder.wait(self.begun, UNTIL_WORK)

    def _first_seen(self) -> bool:
        """A worker from nothing tells nothing: its first mark in the mailbox does."""
        before, until = len(self.feeder.look()), time.monotonic() + UNTIL_WORK
        while time.monotonic() < until:
            if len(self.feeder.look()) > before:
                return True
            time.sleep(0.005)
        return False

    def _look_at_the_seen(self) -> None:
        seen = self.feeder.look()
        lost = seen - set(self.nursery.call(stored, self.road))
        self.findings += [
            f"{self.road}: letter {n} was marked as seen and is not stored" for n in sorted(lost)
        ]

    def _let_it_finish(self) -> None:
        """A worker nobody kills empties the box and the mailbox; then what is owed goes out."""
        self.receiver.life += 1
        pid, until = self.nursery.worker(), time.monotonic() + UNTIL_QUIET
        while time.monotonic() < until and not self._is_quiet():
            time.sleep(0.2)
        self.nursery.kill(pid)
        self.receiver.life += 1
        self.nursery.call(send_all)

    def _is_quiet(self) -> bool:
        if self.nursery.call(waiting):
            return False
        if not isinstance(self.feeder, feeders.Fetched) or len(self.feeder.look()) == len(
            self.feeder.numbers
        ):
            return True
        # What was stored just before a kill is never marked any more: all of it has to be stored, then.
        return set(self.nursery.call(stored, self.road)) >= set(self.feeder.numbers.values())

    def _receipts(self, sent) -> Counter:
        """How many letters went out how often. A copy too many is excused by a kill, and by nothing else."""
        copies: dict[str, list] = {}
        for attempt in sent:
            if attempt.kept:
                copies.setdefault(attempt.message_id, []).append(attempt)
        cut_short = self.receiver.last_of_lives()
        for message_id, each in copies.items():
            if any(id(copy) not in cut_short for copy in each[:-1]):
                self.findings.append(f"{self.road}: {message_id} went out again though nothing was unknown")
        return Counter(len(each) for each in copies.values())

    def _check(self, told: dict) -> None:
        say, road = self.findings.append, self.road
        visible = {int(number): many for number, many in told["visible"].items()}
        for number in sorted(self.feeder.acked):
            if number not in visible:
                say(f"{road}: letter {number} was accepted and stands in no case")
        for number, many in sorted(visible.items()):
            if many > 1:
                say(f"{road}: letter {number} stands in {many} entries")
        for what in ("waiting", "owed"):
            if told[what]:
                say(f"{road}: {told[what]} letters {what} at the end")
        self.findings += [f"{road}: {each}" for each in (*told["held"], *told["verify"])]


@contextlib.contextmanager
def _started(environment: dict[str, str]) -> Iterator[None]:
    """`amends worker`, started as an operator does, and killed."""
    with (Path(environment["AMENDS_HOME"]) / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "amends", "worker"], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        process.kill()
        process.wait()


# Asked in the desk -----------------------------------------------------------------------------------------------

_NUMBER = re.compile(rb"^message-id: <(\w+)\.(\d+)@soak\.example>", re.IGNORECASE | re.MULTILINE)
PAGE = 500


def prepare(many: int) -> list[tuple[str, str]]:
    """Cases to answer in: the customer's address, and where answers go."""
    from datetime import UTC, datetime

    from amends import ids
    from amends.casework.acts import intake
    from amends.post import ours
    from amends.rules.entries import Channel

    made = []
    for number in range(many):
        who = f"ana{number}@whitlock{number}.example"
        complaint = intake.Complaint(ids.new(), Channel.FORM, f"The seam {number} lifted.", "Ana", who)
        outcome = intake.receive_complaint(complaint, now=datetime.now(UTC))
        made.append((who, ours.reply_address(outcome.file, outcome.state.customer)))
    return made


def connect(host: str, port: int, user: str, password: str) -> None:
    from amends.post import mailboxes

    mailboxes.connect(
        address=feeders.DESK, host=host, port=port, security="none", user=user, folder="INBOX", way="password",
        secrets={"password": password},
    )  # fmt: skip


def let_go_of_mailboxes() -> None:
    """As if the minute were over for which a worker has a mailbox to itself."""
    from amends.casework import db

    db.change("update mailboxes set watched_until = 0")


def waiting() -> int:
    from amends.casework import db

    return db.row("select count(*) from letters where disposition = ''")[0]


def send_all() -> None:
    """Send what is owed, as if the lease of every killed sender, and every wait after a failure, were over."""
    from datetime import UTC, datetime, timedelta

    from amends.post.outbox import send_owed

    while send_owed(datetime.now(UTC) + timedelta(hours=2)):
        pass


def stored(road: str) -> list[int]:
    """The numbers of this road's letters that lie in the database, read or not."""
    return sorted(number for _, number in _numbers(road))


def account(road: str) -> dict:
    """What has become of this road's letters, and whether the record is as it was written."""
    from amends.casework import db
    from amends.casework.verify import findings

    numbers = dict(_numbers(road))
    seen = Counter(numbers[letter] for letter in _letters_of_entries() if letter in numbers)
    held = db.rows("select id, because from letters where disposition = 'quarantined'")
    counted = db.rows("select id, deliveries from letters where deliveries > 1")
    return {
        "visible": seen,
        "waiting": waiting(),
        "held": [f"letter {numbers[id]} is held: {because}" for id, because in held if id in numbers],
        "repeats": sum(deliveries - 1 for id, deliveries in counted if id in numbers),
        "owed": db.row("select count(*) from owed where state <> 'handed_over'")[0],
        "verify": list(findings()),
    }


def _numbers(road: str) -> Iterator[tuple[str, int]]:
    """(id, number) of this road's letters."""
    from amends.casework import cipher, db

    key, last = cipher.desk_key(), ""
    while page := db.rows(
        f"select id, raw from letters where id > %s and raw is not null order by id limit {PAGE}", [last]
    ):
        for letter, raw in page:
            found = _NUMBER.search(cipher.decrypt(db.as_bytes(raw), key, letter))
            if found and found[1].decode() == road:
                yield letter, int(found[2])
        last = page[-1][0]


def _letters_of_entries() -> Iterator[str]:
    """The letter that each entry says it was written down from."""
    from amends.casework import db, ledger

    last = ("", 0)
    while page := db.rows(
        "select file, number, body from entries where (file, number) > (%s, %s)"
        f" order by file, number limit {PAGE}",
        last,
    ):
        for _, _, body in page:
            letter = getattr(ledger.decode(body), "letter", "")
            if letter:
                yield letter
        last = page[-1][:2]


# By itself -------------------------------------------------------------------------------------------------------


def main() -> int:
    named = [word for word in sys.argv[1:] if word in ROADS]
    numbers = [int(word) for word in sys.argv[1:] if word not in ROADS]
    kills, seed = [*numbers, *(60, 1)[len(numbers) :]]
    found = 0
    with tempfile.TemporaryDirectory(prefix="amends-kills-") as folder:
        for figures in _soaked(
            kills, seed, Path(folder), os.environ.get("DATABASE_URL", ""), named or ROADS, WHOLE
        ):
            print(figures, *figures.findings[:20], sep="\n", flush=True)
            found += len(figures.findings)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
