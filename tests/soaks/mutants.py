"""P3: whatever bytes come, nothing crashes or hangs, and each letter can be found again with what has become of it.

    python -m tests.soaks.mutants [letters] [seed]

The hostile letters of ../shared and some of our own are damaged by seed: bits flipped, pieces cut out, doubled or taken
from another letter, a header written twice, a boundary moved. Each goes through the whole intake. The long form shares
the letters between two processes, each with a desk of its own.
"""

import logging
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.soaks.nursery import ROOT
from tests.soaks.seeds import SEEDS

SECONDS, MEGABYTES = 2.0, 256
AT_ONCE = 50
DISPOSITIONS = (
    "new_case",
    "append_to_case",
    "bounce_record",
    "auto_recorded_no_reply",
    "quarantined",
    "repeated",
)
_ON_THE_WAY = re.compile(
    rb"(?:received|return-path|delivered-to|x-original-to|authentication-results|arc-[^:]*)[ \t]*:",
    re.IGNORECASE,
)
_BEFORE_A_LETTER = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:>?From [^\n]*\n)?")
CUSTOMER = "ana@whitlock.example"
SENDERS = ("somebody@sender.example", CUSTOMER, "", None)


class Figures(NamedTuple):
    letters: int
    dispositions: dict[str, int]
    stopped: dict[str, int]  # why the reader's child gave up
    slowest: float
    largest: float
    seconds: float
    findings: tuple[str, ...]

    def __str__(self) -> str:
        went = ", ".join(f"{many:,} {name}" for name, many in sorted(self.dispositions.items()))
        return (
            f"mutants: {self.letters:,} letters ({went}; stopped {self.stopped or 'none'}), slowest {self.slowest:.2f} s, largest reader"
            f" {self.largest:.0f} MB, {len(self.findings)} findings, {self.letters / max(self.seconds, 0.01):.0f} a second,"
            f" {self.seconds:.0f} s"
        )


def soak(letters: int, seed: int, corpus: Path | None = None) -> Figures:
    """Damage and file so many letters in the database Django is connected to."""
    started, chance = time.monotonic(), random.Random(seed)
    originals = [*SEEDS, *(path.read_bytes() for path in sorted((corpus or Path("/-")).glob("eml/*.eml")))]
    watch, went, findings, receivers = _Watch(), Counter(), [], _receivers(max(1, letters // 100))
    with watch:
        for start in range(0, letters, AT_ONCE):
            some = [mutant(originals, chance) for _ in range(min(AT_ONCE, letters - start))]
            findings += _taken_in(some, receivers, chance, went)
    return Figures(
        letters,
        dict(went),
        dict(watch.stopped),
        watch.slowest,
        watch.largest,
        time.monotonic() - started,
        tuple(findings + watch.findings),
    )


def _receivers(cases: int) -> list[tuple[str, ...]]:
    """For each of some cases: the desk's address, the case's, that for reports on a letter of ours, a made-up one, none."""
    from django.conf import settings

    from amends import ids
    from amends.casework import db
    from amends.casework.acts import intake
    from amends.post import ours
    from amends.rules.entries import Channel

    made, made_up = [], settings.AMENDS_MAIL.replace("@", "+aaaaaaaaaaaaaaaaaaaaaaaaaa@")
    for number in range(cases):
        words = f"The seam {number} lifted."
        complaint = intake.Complaint(ids.new(), Channel.FORM, words, "Ana Whitlock", CUSTOMER)
        case = intake.receive_complaint(complaint, now=datetime.now(UTC))
        (letter,) = db.row("select id from owed where file = %s", [case.file])
        reply = ours.reply_address(case.file, case.state.customer)
        made.append((settings.AMENDS_MAIL, reply, ours.bounce_address(letter), made_up, ""))
    return made


def _taken_in(letters: list[bytes], receivers, chance: random.Random, went: Counter) -> list[str]:
    """Put and file them, and look for each of them again."""
    from amends.post import box, filing

    deliveries = [
        box.Delivery(raw, chance.choice(SENDERS), chance.choice(chance.choice(receivers))) for raw in letters
    ]
    made = dict(zip(box.put(deliveries), letters, strict=True))
    filed: dict[str, str] = {}
    while batch := filing.file_waiting(datetime.now(UTC)):
        filed |= {one.letter: one.disposition for one in batch}
    went.update(filed.values())
    return [trouble for id, raw in made.items() if (trouble := _trouble(id, raw, filed.get(id, "")))]


def _trouble(letter: str, raw: bytes, disposition: str) -> str:
    """What is wrong with how one letter ended; "" when it lies there, byte for byte, and somebody knows where."""
    from amends.casework import db
    from amends.post import box
    from amends.post.reader.reading import identity

    digest = sha256(raw).hexdigest()
    if disposition not in DISPOSITIONS:
        return f"{digest}: no disposition ({disposition!r})"
    if disposition == "repeated":
        return _repeated_in_vain(raw, digest, identity)
    kept = box.opened(letter)
    stands, because = db.row("select disposition, because from letters where id = %s", [letter]) or ("", "")
    if kept is None or sha256(kept.raw).hexdigest() != digest:
        return f"{digest}: its bytes are not there"
    if because == "could not be filed: see the log":
        return f"{digest}: filing fell over it"
    return "" if stands == disposition else f"{digest}: said {disposition}, stands {stands!r}"


def _repeated_in_vain(raw: bytes, digest: str, identity) -> str:
    """Called a repetition: then a letter that says the same has to be there, by our own comparison too."""
    from amends.casework import db
    from amends.post import box, filing

    known = filing._identity(*identity(raw))
    found = db.row("select id from letters where identity = %s", [known])
    if found is None:
        return f"{digest}: called a repetition of nothing"
    return (
        ""
        if _said(box.opened(found[0]).raw) == _said(raw)
        else f"{digest}: called a repetition, and says something else"
    )


def _said(raw: bytes) -> list[bytes]:
    """The lines of a letter in order, however they end, without what is written on the way: trace fields, the line that
    begins a letter in an mbox, a byte order mark."""
    raw = _BEFORE_A_LETTER.sub(b"", raw if b"\n" in raw else raw.replace(b"\r", b"\n"))
    lines = raw.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    kept, dropping = [], False
    for line in lines:
        if not (dropping and line[:1] in (b" ", b"\t")):
            dropping = bool(_ON_THE_WAY.match(line))
        if not dropping:
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


class _Watch(logging.Handler):
    """Looks at the reader's child around each letter, how long it took and how much memory it came to; and at the log,
    where a batch that fell over is told although its letters were filed one by one afterwards."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.slowest = self.largest = 0.0
        self.stopped, self.findings = Counter(), []

    def emit(self, record: logging.LogRecord) -> None:
        trouble = record.exc_info[1] if record.exc_info else None
        self.findings.append(f"log: {record.getMessage()} ({type(trouble).__name__}: {trouble})"[:300])

    def __enter__(self) -> "_Watch":
        from amends.post import cage

        self._cage, self._read = cage.Cage, cage.Cage.read
        cage.inside().read(b"From: a@b.example\n\nwarm\n", None)
        cage.Cage.read = lambda inside, raw, sender: self._watched(inside, raw, sender)
        logging.getLogger("amends").addHandler(self)
        return self

    def __exit__(self, *trouble) -> None:
        self._cage.read = self._read
        logging.getLogger("amends").removeHandler(self)

    def _watched(self, inside, raw: bytes, sender):
        from amends.post import cage

        child = inside._child
        _forget_peak(child)
        started = time.monotonic()
        made = self._read(inside, raw, sender)
        taken, came_to = time.monotonic() - started, _peak(child)
        fresh = inside._child is not child  # Python's own start counts neither as slow nor as large
        self._note(raw, 0 if fresh else taken, came_to)
        if isinstance(made, cage.Stopped):
            self.stopped[made.because] += 1
        return made

    def _note(self, raw: bytes, taken: float, came_to: float) -> None:
        self.slowest, self.largest = max(self.slowest, taken), max(self.largest, came_to)
        digest = sha256(raw).hexdigest()
        if taken > SECONDS:
            self.findings.append(f"{digest}: took {taken:.1f} s ({len(raw):,} bytes)")
        if came_to > MEGABYTES:
            self.findings.append(f"{digest}: came to {came_to:.0f} MB ({len(raw):,} bytes)")


def _forget_peak(child) -> None:
    """From here on the kernel measures the highest memory anew."""
    if child:
        try:
            Path(f"/proc/{child.pid}/clear_refs").write_text("5")
        except OSError:
            return


def _peak(child) -> float:
    """The highest resident memory since then, in MB."""
    try:
        status = Path(f"/proc/{child.pid}/status").read_text()
    except (OSError, AttributeError):
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


# Damage ----------------------------------------------------------------------------------------------------------


def mutant(originals: list[bytes], chance: random.Random) -> bytes:
    """One of the letters, damaged once to five times."""
    raw = chance.choice(originals)
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        raw = chance.choice(_DAMAGES)(raw, originals, chance)
    return raw or b"\n"


def _flip(raw: bytes, originals, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 4, 32))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(raw: bytes, originals, chance: random.Random) -> bytes:
    start, end = _piece(raw, chance)
    return raw[:start] + raw[end:] if chance.random() < 0.5 else raw[: max(start, 1)]


def _splice(raw: bytes, originals, chance: random.Random) -> bytes:
    other = chance.choice(originals)
    (at, _), (start, end) = _piece(raw, chance), _piece(other, chance)
    return raw[:at] + other[start:end] + raw[at:]


def _double(raw: bytes, originals, chance: random.Random) -> bytes:
    start, end = _piece(raw, chance)
    return raw[:end] + raw[start:end] * chance.choice((1, 2, 20)) + raw[end:]


def _header_twice(raw: bytes, originals, chance: random.Random) -> bytes:
    """A line of the header once more, at another place of it, perhaps with another's value."""
    head, blank, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    line, other = chance.choice(lines), chance.choice(lines)
    if chance.random() < 0.5:
        line = line.partition(b":")[0] + b":" + other.partition(b":")[2]
    lines.insert(chance.randrange(len(lines) + 1), line)
    return b"\r\n".join(lines) + blank + body


def _boundary_moved(raw: bytes, originals, chance: random.Random) -> bytes:
    """A boundary line stands elsewhere: within the header, in a part, inside another boundary."""
    found = [line for line in raw.split(b"\n") if line.startswith(b"--")]
    if not found:
        return _double(raw, originals, chance)
    line = chance.choice(found) + b"\n"
    rest = raw.replace(line, b"", 1) if chance.random() < 0.7 else raw
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + b"\n" + line + rest[at:]


_DAMAGES = (_flip, _cut, _splice, _double, _header_twice, _boundary_moved)


def _piece(raw: bytes, chance: random.Random) -> tuple[int, int]:
    """Where a piece begins and ends: short ones more often than long ones."""
    start = chance.randrange(len(raw) + 1)
    return start, min(len(raw), start + chance.choice((1, 8, 80, 800, 8000)))


# By itself -------------------------------------------------------------------------------------------------------

PROCESSES = 2
CORPUS = ROOT.parent / "shared" / "hostile"


def main() -> int:
    if sys.argv[1:2] == ["--share"]:
        return _share(*map(int, sys.argv[2:]))
    numbers = [int(word) for word in sys.argv[1:]]
    letters, seed = [*numbers, *(2000, 1)[len(numbers) :]]
    if os.environ.get("DATABASE_URL"):
        print(
            "mutants: each process makes an SQLite of its own; DATABASE_URL is not looked at", file=sys.stderr
        )
    with tempfile.TemporaryDirectory(prefix="amends-mutants-") as folder:
        shares = [_process(Path(folder) / str(n), letters // PROCESSES, seed + n) for n in range(PROCESSES)]
        return max(share.wait() for share in shares)


def _process(home: Path, letters: int, seed: int) -> subprocess.Popen:
    home.mkdir()
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("AMENDS_", "DATABASE_URL", "DJANGO_"))}
    with (home / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.soaks.mutants", "--share", str(letters), str(seed)],
            env={**keep, "AMENDS_HOME": str(home)}, cwd=ROOT, stderr=log,
        )  # fmt: skip


def _share(letters: int, seed: int) -> int:
    from amends.start import migrate, with_django

    with_django()
    migrate()
    from amends.people.first import first_sign_in

    first_sign_in()
    figures = soak(letters, seed, CORPUS)
    print(figures, *figures.findings[:40], sep="\n", flush=True)
    return int(bool(figures.findings))


if __name__ == "__main__":
    sys.exit(main())
