"""The one way to change anything.

    record(step, …, by=…, now=…, act=…)      one act on one or several files, in one transaction
    record_many(acts, now=…)                 many acts at once, one statement per table

For each step the file's entries are folded into its state, the rule is asked, and its entries are appended,
drawn and followed by the letters they cause. A rule that refuses undoes its whole act and no other. An act has
an id that its door made; an act that comes twice is answered as it was the first time, and done once.
"""

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, OperationalError

from amends import ids
from amends.casework import cipher, db, gate, leaving, ledger, letters, owed, search, tables, writers
from amends.casework.kinds import KINDS
from amends.casework.ledger import Line
from amends.people.names import name_of
from amends.rules.case import Case
from amends.rules.entries import CaseReceived
from amends.rules.grants import draws
from amends.rules.refused import Reason, Refused
from amends.rules.values import Actor, Side, Text

TRIES = 8


class Step(NamedTuple):
    """One verb on one file.

    facts  values from outside the file, loaded inside the transaction: a function of the file's state
    """

    kind: str
    file: str
    verb: Callable
    asked: dict[str, Any]
    facts: Callable[[Any], dict[str, Any]] | None = None
    is_new: bool = False


class Act(NamedTuple):
    """What somebody does, under an id made by whoever asked for it."""

    id: str
    by: Actor
    steps: tuple[Step, ...]
    then: Callable[[str], Iterable[tuple[str, tuple]]] | None = None  # statements for the same transaction
    known_to: Actor | None = None  # whose id it is, when not `by`'s own


class Outcome(NamedTuple):
    """How an act ended: the files it touched with their states, the one it is about last, or why it was refused."""

    files: tuple[str, ...]
    states: tuple[Any, ...]
    repeated: bool = False
    refused: Refused | None = None

    @property
    def file(self) -> str:
        return self.files[-1]

    @property
    def state(self) -> Any:
        return self.states[-1]


def record(*steps: Step, by: Actor, now: datetime, act: str = "") -> Outcome:
    """Do one act. Raises Refused when a rule refuses; then nothing was written."""
    outcome = record_many([Act(act or ids.new(), by, steps)], now=now)[0]
    if outcome.refused:
        raise outcome.refused
    return outcome


def record_many(acts: Sequence[Act], *, now: datetime) -> list[Outcome]:
    """Do many acts in one transaction. A lost race is tried again; a fault in one act is tried without the others."""
    for attempt in range(TRIES):
        try:
            with db.writing():
                batch = _Batch(acts, now)
                outcomes = [batch.do(act) for act in acts]
                batch.write()
            return outcomes
        except (IntegrityError, OperationalError) as trouble:
            if not _worth_another_try(trouble) or attempt == TRIES - 1:
                raise
            time.sleep(random.uniform(0.001, 0.01) * (attempt + 1))
    raise AssertionError("unreachable")


def _worth_another_try(trouble: Exception) -> bool:
    said = str(trouble).lower()
    return isinstance(trouble, IntegrityError) or any(w in said for w in ("deadlock", "serialize", "locked"))


def act_key(act: Act) -> str:
    """An act's id within the ledger: nobody can use up another person's. Led by its time, so that the index grows at its end."""
    hashed = hashlib.blake2b(f"{act.known_to or act.by}|{act.id}".encode(), digest_size=20).hexdigest()
    return act.id[:10] + hashed if ids.is_id(act.id) else hashed


def was_done(act: Act) -> bool:
    """Whether this act stands in the ledger already."""
    return db.row("select 1 from entries where act = %s limit 1", [act_key(act)]) is not None


class _Batch:
    """Acts being done together: the files they touch, and the rows they will write."""

    def __init__(self, acts: Sequence[Act], now: datetime):
        self.now = now
        self.heads: dict[str, tuple[int, bytes]] = {}
        self.states: dict[str, Any] = {}
        self.kinds: dict[str, str] = {}
        self.lines: dict[str, list[Line]] = {}
        self.rows: list[tuple] = []
        self.entries: list[tuple[str, Any]] = []  # file and entry, beside `rows`
        self.plain: dict[str, str] = {}
        self.further: dict[str, list[tuple]] = {}  # statements acts asked for, with their values
        self.met: set[str] = set()  # files that begin in this batch
        self.sealed: list[tuple[str, str, str, str, bytes]] = []  # id, file, writer, cipher
        self.drawn: dict[str, dict[tuple, tuple]] = {}
        self.indexed: list[tuple[str, str, datetime, str]] = []
        self.owed: list[tuple] = []
        self.workloads: Counter = Counter()
        self.done = self._done_before(acts)
        self.ring: dict[str, Any] = {}
        self.new_keys: list[tuple[str, bytes]] = []
        self._load(step for act in acts if act_key(act) not in self.done for step in act.steps)

    # Before -----------------------------------------------------------------------------------------------------

    def _done_before(self, acts: Sequence[Act]) -> dict[str, tuple[str, ...]]:
        found = db.rows_in(
            "select act, file from entries where act in {in} order by act, part",
            {act_key(act) for act in acts},
        )
        done: dict[str, tuple[str, ...]] = {}
        for act, file in found:
            files = done.get(act, ())
            if file not in files:
                done[act] = (*files, file)
        return done

    def _load(self, steps: Iterable[Step]) -> None:
        """Lock and fold the files of these steps, in a fixed order."""
        existing = []
        for step in steps:
            self.kinds[step.file] = step.kind
            if step.is_new:
                self.heads[step.file] = (0, ledger.first_digest(step.kind, step.file))
                self.states[step.file] = KINDS[step.kind].new
                self.met.add(step.file)
            else:
                existing.append(step.file)
        self._fold(sorted(set(existing)))

    def _fold(self, files: list[str]) -> None:
        lock = " for update" if db.is_postgres() else ""
        for file, kind, number, digest in db.rows_in(
            "select id, kind, number, digest from files where id in {in} order by id" + lock, files
        ):
            self.kinds[file] = kind
            self.heads[file] = (number, db.as_bytes(digest))
            self.states[file] = KINDS[kind].new
            self.lines[file] = []
        for line in ledger.lines([file for file in files if file in self.heads]):
            after = KINDS[self.kinds[line.file]].after
            self.states[line.file] = after(
                self.states[line.file], line.entry, line.at, line.author, line.number
            )
            self.lines[line.file].append(line)

    # During -----------------------------------------------------------------------------------------------------

    def do(self, act: Act) -> Outcome:
        key = act_key(act)
        if key in self.done:
            files = self.done[key]
            self._fold(sorted(file for file in files if file not in self.states))
            return Outcome(files, tuple(self.states[file] for file in files), repeated=True)
        before = self._memory()
        try:
            files = self._perform(act, key)
        except Refused as no:
            self._forget(before)
            return Outcome((), (), refused=no)
        self.done[key] = files
        if act.then:
            for statement, values in act.then(files[-1]):
                self.further.setdefault(statement, []).append(values)
        return Outcome(files, tuple(self.states[file] for file in files))

    def _perform(self, act: Act, key: str) -> tuple[str, ...]:
        part, touched, were = 0, {}, {}
        for step in act.steps:
            if step.file not in self.states:
                raise Refused(Reason.NO_SUCH_WORD, file=step.file)
            state = self.states[step.file]
            were.setdefault(step.file, state)
            facts = step.facts(state) if step.facts else {}
            for entry in step.verb(state, **step.asked, **facts):
                self._append(step, entry, act.by, key, part)
                part += 1
            touched[step.file] = None
        for file in touched:
            if self.kinds[file] == "case":
                self._must_be_so(file, act.by, part)
                part = self._correspond(file, were[file], act.by, key, part)
        self._draw_allowances(were)
        for file, was in were.items():
            self._draw(file, was)
        return tuple(touched)

    def _append(self, step: Step, entry, by: Actor, key: str, part: int) -> None:
        number, before = self.heads[step.file]
        state = self.states[step.file]
        author = str(by)
        writer = writers.of(entry, by, step.kind, step.file, state)
        entry = ledger.with_texts(entry, lambda text: self._seal(text, step.file, writer))
        line = Line(step.file, number + 1, self.now, author, entry)
        row = ledger.row(line, key, part, before)
        self.rows.append(row)
        self.entries.append((step.file, entry))
        self.lines.setdefault(step.file, []).append(line)
        self.heads[step.file] = (line.number, row[-1])
        after = KINDS[step.kind].after(state, entry, self.now, author, line.number)
        self.states[step.file] = after
        if step.kind == "case":
            self.indexed += search.worth_finding(step.file, entry, self.now, self.plain)
            if isinstance(entry, CaseReceived):
                self.indexed.append(self._found_by_name(step.file, entry.customer))
            self.owed += owed.rows_for(step.file, line.number, entry, self.now)

    def _must_be_so(self, file: str, by: Actor, part: int) -> None:
        """What somebody here puts before the customer is so: the wall that every act passes, whatever its door."""
        if by.side is Side.STAFF and part:
            fresh = [entry for touched, entry in self.entries[-part:] if touched == file]
            gate.must_be_so(self.states[file], self.lines.get(file, ()), fresh, self.text, by, self.now)

    def _seal(self, text: Text, file: str, writer: str) -> Text:
        key = self.ring[writer] if writer in self.ring else self._key(writer)
        if key is cipher.ERASED:
            raise Refused(Reason.NOT_FOR_YOU, writer=writer)
        text_id = ids.new()
        sealed, secret = cipher.seal(text.plain, key, text_id)
        self.sealed.append((text_id, file, writer, secret))
        self.plain[text_id] = text.plain
        return sealed

    def _key(self, writer: str):
        """A writer's key; nobody needs to look for that of a customer who is only being met."""
        if writer.partition(":")[2] in self.met:
            self.ring[writer], row = cipher.keyring.make(writer)
            self.new_keys.append(row)
        else:
            found, made = cipher.keyring.with_new([writer])
            self.ring.update(found)
            self.new_keys += made
        return self.ring[writer]

    def _correspond(self, file: str, was: Case, by: Actor, key: str, part: int) -> int:
        """The letters that what was just written owes the customer, as entries of the same act."""
        fresh = [entry for touched, entry in self.entries[-part:] if touched == file] if part else []
        if not letters.any_caused_by(fresh):
            return part
        step, case = Step("case", file, None, {}), self.states[file]
        writer = name_of(by.id) if by.side is Side.STAFF else ""
        for entry in letters.caused_by(
            fresh, file, was, case, self._name_of(case.customer), writer, self.text
        ):
            self._append(step, entry, letters.DESK, key, part)
            part += 1
        return part

    def _found_by_name(self, case: str, customer: str):
        known = self.states.get(customer)
        texts = (known.name, known.address, known.company) if known else letters.customer_texts(customer)
        return search.by_name(case, texts[0].id, self.now, self.text(*texts))

    def _name_of(self, customer: str) -> Text:
        known = self.states.get(customer)
        return known.name if known else letters.customer_texts(customer)[0]

    def text(self, *wanted: Text) -> tuple[str, ...]:
        """Plain words of texts, those of this batch included."""
        missing = [t.id for t in wanted if t.id and t.id not in self.plain]
        if missing:
            self.plain.update(cipher.texts(missing))
        return tuple(t.plain or self.plain.get(t.id, "") for t in wanted)

    def _draw(self, file: str, was: Any) -> None:
        kind = KINDS[self.kinds[file]]
        before = None if was is kind.new else was
        after = self.states[file]
        tables.gather(self.drawn, kind.draw(file, before, after))
        if self.kinds[file] == "case":
            self.workloads[was.owner] -= was.is_open
            self.workloads[after.owner] += after.is_open

    def _draw_allowances(self, were: dict[str, Any]) -> None:
        """Move monthly allowances by what this act changed; beyond a limit the whole act is refused."""
        moved: Counter = Counter()
        for file, was in were.items():
            if self.kinds[file] == "case":
                moved.update(draws(was, self.states[file]))
        taken = []
        for (grant, month), amount in sorted(moved.items()):
            if amount and not _take(grant, month, amount):
                for key, back in taken:
                    _take(*key, -back)
                raise Refused(Reason.GRANT_USED_UP, grant=grant, month=month)
            taken.append(((grant, month), amount))

    # After ------------------------------------------------------------------------------------------------------

    def write(self) -> None:
        ledger.append(self.rows)
        grown = {row[0] for row in self.rows}
        heads = [(file, self.kinds[file], *self.heads[file], 0) for file in sorted(grown)]
        db.change_many(
            "insert into files (id, kind, number, digest, sealed) values (%s,%s,%s,%s,%s)"
            " on conflict (id) do update set number=excluded.number, digest=excluded.digest",
            heads,
        )
        db.change_many("insert into writer_keys (writer, wrapped) values (%s,%s)", self.new_keys)
        db.change_many("insert into texts (id, file, writer, cipher) values (%s,%s,%s,%s)", self.sealed)
        tables.write(self.drawn)
        search.add(self.indexed)
        owed.add(self.owed)
        spoken = {r[0] for r in self.rows if r[3].startswith("customer:") and r[0] not in self.met}
        db.change_many(leaving.STOP_ALL, [(file,) for file in sorted(spoken)])
        for statement, many in self.further.items():
            db.change_many(statement, many)
        moved = [(owner, many) for owner, many in sorted(self.workloads.items()) if owner and many]
        db.change_many(
            "insert into workloads (owner, open_cases) values (%s,%s)"
            " on conflict (owner) do update set open_cases = workloads.open_cases + excluded.open_cases",
            moved,
        )

    def _memory(self):
        return (
            dict(self.heads),
            dict(self.states),
            {file: len(lines) for file, lines in self.lines.items()},
            len(self.rows),
            len(self.sealed),
            len(self.indexed),
            len(self.owed),
            dict(self.drawn),
            Counter(self.workloads),
        )

    def _forget(self, memory) -> None:
        """Undo a refused act in what is about to be written."""
        self.heads, self.states, lines, rows, sealed, indexed, owing, self.drawn, self.workloads = memory
        self.lines = {file: self.lines[file][:many] for file, many in lines.items()}
        del (
            self.rows[rows:],
            self.entries[rows:],
            self.sealed[sealed:],
            self.indexed[indexed:],
            self.owed[owing:],
        )


def _take(grant: str, month: str, amount: int) -> bool:
    """One conditional update: the row moves only if the limit holds."""
    sql = "update allowances set drawn = drawn + %s where grant_file = %s and month = %s and drawn + %s between 0 and most"
    asked = (amount, grant, month, amount)
    if db.change(sql, asked):
        return True
    db.change(
        "insert into allowances (grant_file, month, drawn, most) select id, %s, 0, per_month from grants where id = %s"
        " on conflict (grant_file, month) do nothing",
        (month, grant),
    )
    return bool(db.change(sql, asked))
