"""P2: no letter of ours is lost, and none goes out again unless nobody knows whether it went; never after it was taken back.

    python -m tests.soaks.sinks [letters] [kills] [seed]

The receiver answers 2xx, 4xx or 5xx at each command, stalls, or goes away before or after its last answer, all by seed;
the sender is killed while it sends; some letters are taken back in the very moment in which others leave. Time is virtual,
so leases and second tries come when they would. At the end the state of every letter has to be true: what the receiver
saw of the last attempt decides which states are.
"""

import contextlib
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.soaks import receiver as post
from tests.soaks.kills import settings
from tests.soaks.nursery import Nursery
from tests.soaks.receiver import Attempt, Receiver, moods

TROUBLE = 0.25  # of the connections
PATIENCE, STALL = 0.3, 0.7  # seconds the desk waits for an answer, and the receiver keeps silent
WRITTEN = 0.3  # of the letters are written by a person and can be taken back
TAKEN_BACK = 0.3  # of those that are written
STEP, LONG = (
    timedelta(minutes=7),
    timedelta(minutes=61),
)  # longer than a lease; longer than any wait before a next try
SHORTEST, SHORT, LONGEST = (
    0.005,
    0.06,
    0.3,
)  # seconds before a kill: over the letters that leave, over those that are sent
UNDO_WITHIN = 0.02  # seconds between two letters that are taken back
AHEAD = 20  # rounds: so far ahead letters are written, since none may leave after the next word is due
MOST_ROUNDS = 60  # after the last kill
TRUE_STATE = {post.TAKEN: "handed_over", post.REFUSED: "failed", post.UNKNOWN: "uncertain"}


class Figures(NamedTuple):
    """What became of the letters. `excused` are copies too many after a kill or a missing answer."""

    letters: int
    kills: int
    attempts: int
    spoilt: int
    taken_back: int
    states: dict[str, int]
    excused: int
    seconds: float
    findings: tuple[str, ...]

    def __str__(self) -> str:
        states = ", ".join(f"{many:,} {state}" for state, many in sorted(self.states.items()))
        return (
            f"sink: {self.letters:,} letters, {self.kills:,} kills, {self.attempts:,} attempts, {self.spoilt:,} of them"
            f" spoilt, {self.taken_back:,} taken back; {states}; {self.excused:,} came twice where nobody could know,"
            f" {len(self.findings)} findings {kinds(self.findings)}, {self.seconds:.0f} s"
        )


def kinds(findings) -> dict[str, int]:
    """How many findings of each kind."""
    return dict(Counter(each.partition(":")[0] for each in findings))


def soak(letters: int, kills: int, seed: int, home: Path, url: str, trouble: float = TROUBLE) -> Figures:
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(Receiver(moods(seed, trouble), STALL))
        environment = settings(home, url, sink)
        sender = stack.enter_context(Nursery(environment, home / "sender.log"))
        taker = stack.enter_context(Nursery(environment, home / "taker.log"))
        run = _Run(letters, kills, seed, sink, sender, taker)
        run.go()
        told = sender.call(fates)
    return run.figures(told, time.monotonic() - started)


class _Run:
    """One run: rounds of sending, with a kill in each while kills are left."""

    def __init__(self, letters: int, kills: int, seed: int, sink: Receiver, sender: Nursery, taker: Nursery):
        self.sink, self.sender, self.taker, self.kills = sink, sender, taker, kills
        self.letters, self.chance, self.addresses = letters, random.Random(seed), {}
        self.now = datetime(2026, 6, 10, 10, tzinfo=UTC)
        self.written: list[tuple] = []  # (id, case, address, round it leaves in)
        self.undone: set[str] = set()  # addresses
        self.killed: set[int] = set()  # lives

    def go(self) -> None:
        writing = int(self.letters * WRITTEN)
        self.addresses = self.sender.call(owe, self.letters - writing, self.now.isoformat())
        for number in range(self.kills):
            if number % AHEAD == 0:
                self._write(number, writing * min(AHEAD, self.kills - number) // self.kills)
            self._round(number + 1)
        for _ in range(MOST_ROUNDS):
            self.now += LONG
            if not self._life(None):
                return

    def _write(self, done: int, many: int) -> None:
        """Letters that leave in the rounds ahead, each in one of them."""
        rounds = [done + self.chance.randint(1, min(AHEAD, self.kills - done)) for _ in range(many)]
        leaves = [(self.now + STEP * (each - done)).isoformat() for each in rounds]
        made = self.sender.call(write, leaves, self.now.isoformat(), len(self.written))
        self.written += [(*each, at) for each, at in zip(made, rounds, strict=True)]
        self.addresses |= {file: address for _, file, address in made}

    def _round(self, number: int) -> None:
        """A life that is killed, while somebody takes letters back that are due in it."""
        self.now += STEP
        # Also those that were to leave in the round before, and were on their way when it was killed.
        due = [each for each in self.written if each[3] in (number, number - 1)]
        asked = [each for each in due if self.chance.random() < TAKEN_BACK]
        taking = threading.Thread(target=self._take_back, args=(asked,))
        taking.start()
        self._life(self.chance.uniform(SHORT if asked else SHORTEST, self.chance.choice((SHORT, LONGEST))))
        taking.join()

    def _take_back(self, letters) -> None:
        if letters:
            taken = set(self.taker.call(take_back, [id for id, *_ in letters]))
            self.undone |= {address for id, _, address, _ in letters if id in taken}

    def _life(self, after: float | None) -> bool:
        """The sender lives; whether anything is still to be sent. A life that was killed knows nothing: yes."""
        self.sink.life += 1
        said = self.sender.call(send, self.now.isoformat(), after=after)
        if said is None:
            self.killed.add(self.sink.life)
        return said is None or said > 0

    def figures(self, told: dict, seconds: float) -> Figures:
        cut_short = self.sink.last_of_lives()
        cut_short = {id(a) for a in self.sink.attempts if id(a) in cut_short and a.life in self.killed}
        attempts: dict[str, list[Attempt]] = {}
        for attempt in self.sink.attempts:
            attempts.setdefault(attempt.to, []).append(attempt)
        letters = {self.addresses[file]: (id, state, tries) for file, id, state, tries in told["letters"]}
        findings = [f"record: {each}" for each in told["verify"]]
        for address, (message_id, state, tries) in letters.items():
            seen = attempts.get(address, [])
            findings += judged(address, message_id, state, tries, seen, cut_short)
        findings += self._missing(letters, attempts) + self._unnamed(letters, attempts)
        excused = sum(len(copies) - 1 for copies in self.sink.copies().values())
        return Figures(
            len(letters),
            len(self.killed),
            len(self.sink.attempts),
            sum(1 for attempt in self.sink.attempts if attempt.went.at),
            len(self.undone),
            Counter(state for _, state, _ in letters.values()),
            excused,
            seconds,
            tuple(findings),
        )

    def _missing(self, letters, attempts) -> list[str]:
        """Letters that were to leave and are owed by nobody; letters that were taken back and left."""
        found = [
            f"lost: {address} was written, was not taken back, and never left"
            for _, _, address, _ in self.written
            if address not in letters and address not in self.undone
        ]
        return found + [
            f"sent after undo: {address}"
            for address in self.undone
            if address in letters or address in attempts
        ]

    def _unnamed(self, letters, attempts) -> list[str]:
        """A refusal at MAIL names nobody: so many letters may be failed for no other reason, and no more."""
        refused = sum(1 for attempt in attempts.get("", []) if attempt.outcome == post.REFUSED)
        failed = sum(
            1
            for address, (_, state, _) in letters.items()
            if state == "failed"
            and not any(a.outcome in (post.REFUSED, post.TAKEN) for a in attempts.get(address, []))
        )
        unwelcome = sum(1 for attempt in attempts.get("", []) if attempt.went.at == "EHLO")
        said = f"{failed} failed, {refused} refused at MAIL; {unwelcome} times EHLO went wrong"
        return [f"untrue: {said}"] if failed > refused else []


def judged(address, message_id, state, tries, seen: list[Attempt], cut_short: set[int]) -> list[str]:
    """What is wrong with how one letter ended.

    seen       the attempts that named its receiver, in order; the last one was not cut short by a kill
    cut_short  ids of the attempts that were under way when their sender was killed
    """
    found = []
    last = seen[-1].outcome if seen else post.LATER
    possible = {TRUE_STATE.get(last, "failed")}
    if seen and id(seen[-1]) in cut_short:
        possible.add(
            "failed"
        )  # nobody heard what came of it, and a second try failed before it named anybody
    if state not in possible:
        at, what, _ = seen[-1].went if seen else post.GOOD
        found.append(f"untrue: {address} is {state}, the receiver says {last} ({at} {what})")
    for before, after in zip(seen, seen[1:], strict=False):
        known = before.outcome in (post.TAKEN, post.REFUSED) and id(before) not in cut_short
        if known:
            went = f"{before.went.at} {before.went.what}"
            found.append(
                f"repeated: {address} was {before.outcome} ({went}) and tried again: {after.outcome}"
            )
    if (copies := sum(attempt.kept for attempt in seen)) > 2:
        found.append(f"more than one repeat: {address} came {copies} times")
    if any(attempt.message_id not in ("", message_id) for attempt in seen):
        found.append(f"another Message-ID: {address}")
    return found


# Asked in the desk -----------------------------------------------------------------------------------------------


def owe(many: int, now: str) -> dict[str, str]:
    """So many complaints, each of which owes a receipt: the customer's address by case."""
    return _cases([f"r{number}@one{number}.example" for number in range(many)], now, silent=False)


def write(leaves: list[str], now: str, before: int) -> list[tuple[str, str, str]]:
    """A letter for each of these moments, not left yet, in a case of its own: (id, case, address).

    before  how many were written already
    """
    from amends import ids
    from amends.casework import leaving, shown
    from amends.casework.acts import letters
    from amends.people.models import Staff

    addresses = [f"w{number}@two{number}.example" for number in range(before, before + len(leaves))]
    cases = _cases(addresses, now, silent=True)
    person, at, made = Staff.objects.get(), datetime.fromisoformat(now), []
    for (file, address), leaves_at in zip(cases.items(), leaves, strict=True):
        id, seen = ids.new(), shown.load(file).case.story.number
        when = datetime.fromisoformat(leaves_at)
        words = f"Dear {address}, we look into it."
        letter = leaving.Letter(id, file, person.id, at, when, seen, "waiting", "", words, None, ())
        letters.write_to_leave(letter, by=person.actor, now=at)
        made.append((id, file, address))
    return made


def _cases(addresses: list[str], now: str, silent: bool) -> dict[str, str]:
    from amends import ids
    from amends.casework.acts import intake
    from amends.rules.entries import Channel

    made = {}
    for start in range(0, len(addresses), 100):
        some = addresses[start : start + 100]
        complaints = [
            intake.Complaint(ids.new(), Channel.FORM, f"About {who}.", "Ana", who, silent=silent)
            for who in some
        ]
        outcomes = intake.receive_complaints(complaints, now=datetime.fromisoformat(now))
        made |= {outcome.file: who for outcome, who in zip(outcomes, some, strict=True)}
    return made


def send(now: str) -> int:
    """What the worker does about letters, at this moment: how many are still to be sent afterwards."""
    from amends.casework import db
    from amends.casework.acts import letters
    from amends.post import handover
    from amends.timetable import chores

    handover.PATIENCE, moment = PATIENCE, datetime.fromisoformat(now)
    _dawdle(letters)
    chores.let_letters_leave(moment)
    chores.send_letters(moment)
    owed = db.row("select count(*) from owed where state in ('waiting', 'claimed')")[0]
    return owed + db.row("select count(*) from leaving")[0]


def _dawdle(letters) -> None:
    """Between a letter's claim and its going lies a moment in which others may try to have it back: a longer one here."""
    go = letters._go

    def slowly(*arguments):
        time.sleep(random.uniform(0, UNDO_WITHIN))
        go(*arguments)

    letters._go = slowly


def take_back(letters: list[str]) -> list[str]:
    """Those of these letters that their writer could take back."""
    from amends.casework import db, leaving
    from amends.people.models import Staff

    person, taken = Staff.objects.get().id, []
    for letter in letters:
        time.sleep(random.uniform(0, UNDO_WITHIN))
        (file,) = db.row("select file from leaving where id = %s", [letter]) or ("",)
        if leaving.take_back(letter, file, person):
            taken.append(letter)
    return taken


def fates() -> dict:
    """How every letter ended, and whether the record is as it was written."""
    from amends.casework import db
    from amends.casework.verify import findings

    rows = db.rows("select file, message_id, state, attempts from owed")
    return {"letters": rows, "verify": list(findings())}


# By itself -------------------------------------------------------------------------------------------------------


def main() -> int:
    numbers = [int(word) for word in sys.argv[1:]]
    letters, kills, seed = [*numbers, *(300, 30, 1)[len(numbers) :]]
    with tempfile.TemporaryDirectory(prefix="amends-sinks-") as folder:
        figures = soak(letters, kills, seed, Path(folder), os.environ.get("DATABASE_URL", ""))
    print(figures, *figures.findings[:40], sep="\n")
    return int(bool(figures.findings))


if __name__ == "__main__":
    sys.exit(main())
