"""How many letters a second are accepted for good, and how many are filed, by each road; and the worker's memory afterwards.

    python -m tests.soaks.rates [--cases 0 10000 100000] [--databases sqlite postgres] [--letters 2000] [--memory 100000]

Each desk is filled as the benchmark fills one, and served by a real `amends worker`. A letter counts as accepted when its
road has said so (250, exit 0, `put` returned, stored from the mailbox). *Filed* counts from the first handover to the last
letter filed, so it is never more than what was accepted. Prints a table as Markdown.
"""

import argparse
import contextlib
import json
import os
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from tests.bench import machine
from tests.run import _postgres
from tests.soaks import dovecot
from tests.soaks.nursery import ROOT

DATABASES = ["sqlite", "postgres"]
FEWEST = 20  # cases, so that there is something to answer in
CONNECTIONS = 8
PIPED = 200  # letters by command: each is a process
MAIL = "complaints@desk.example"
AT_ONCE = 2000  # letters made at once while memory is measured
UNTIL_QUIET = 3600


def main() -> int:
    asked = _asked()
    if asked.one is not None:
        print(json.dumps(_one_desk(asked.one, asked.letters, asked.memory, asked.seed)))
        return 0
    rows = [row for database in asked.databases for row in _one_database(database, asked)]
    print(table(rows))
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rates", description="Measures how fast letters come in.")
    parser.add_argument("--cases", type=int, nargs="+", default=[0, 10_000])
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgres"), default=["sqlite"])
    parser.add_argument("--letters", type=int, default=2000, help="by each road (2000)")
    parser.add_argument(
        "--memory", type=int, default=0, help="letters after which memory is looked at (none)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def table(rows: list[dict]) -> str:
    lines = [
        "| database | cases | road | letters | accepted / s | filed / s | load |",
        "|---|--:|---|--:|--:|--:|--:|",
    ]
    lines += [
        "| {database} | {cases:,} | {road} | {letters:,} | {accepted:,} | {filed:,} | {load:.1f} |".format(
            **row
        )
        for row in rows
        if "road" in row
    ]
    lines += [
        "\n{database}, {cases:,} cases: after {letters:,} more letters the worker holds {worker:.0f} MB and its reader {reader:.0f} MB"
        " (at rest before: {before:.0f} MB).".format(**row)
        for row in rows
        if "worker" in row
    ]
    return "\n".join(lines)


def _one_database(database: str, asked: argparse.Namespace) -> Iterator[dict]:
    """A process for each size, since a process knows one desk."""
    for size, cases in enumerate(asked.cases):
        with contextlib.ExitStack() as stack:
            home = stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-rates-"))
            url = stack.enter_context(_postgres()) if database == "postgres" else ""
            memory = asked.memory if size == len(asked.cases) - 1 else 0
            yield from _measured(database, cases, home, url, asked.letters, memory, asked.seed)


def _measured(database, cases, home, url, letters, memory, seed) -> list[dict]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("AMENDS_", "DJANGO_", "DATABASE_URL"))}
    environment = {
        **keep,
        "AMENDS_HOME": home,
        "DATABASE_URL": url,
        "AMENDS_MAIL": MAIL,
        "AMENDS_SMTP_IN": f"127.0.0.1:{dovecot.free_port()}",
    }
    command = [sys.executable, "-m", "tests.soaks.rates", "--one", str(cases), "--letters", str(letters)]
    command += ["--memory", str(memory), "--seed", str(seed)]
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [{"database": database, **row} for row in json.loads(done.stdout.splitlines()[-1])]


# One desk --------------------------------------------------------------------------------------------------------


def _one_desk(cases: int, letters: int, memory: int, seed: int) -> list[dict]:
    """Fill the desk that the environment names, and measure each road."""
    from amends.start import migrate, with_django

    with_django()
    migrate()
    from django.db import connections

    from tests.bench.letters import Sender

    _fill(max(cases, FEWEST), seed)
    sender, home = Sender(Random(seed)), Path(os.environ["AMENDS_HOME"])
    rows = [_by_ourselves(sender, letters)]
    made = {road: sender.many(PIPED if road == "pipe command" else letters) for road in _ROADS}
    connections.close_all()
    with dovecot.running() as server:
        _connect(server)
        with _worker(home) as pid:
            before = _rss(pid)
            for road, hand_over in _ROADS.items():
                rows.append(
                    _timed(road, len(made[road]), lambda h=hand_over, r=road: h(made[r], home, server))
                )
            if memory:
                rows.append({"before": before, **_memory_after(memory, sender, home, pid)})
    return [{"cases": cases, **row} for row in rows]


def _fill(cases: int, seed: int) -> None:
    from datetime import UTC, datetime

    from amends.casework import db
    from tests.bench import fill

    fill.people()
    fill.fill(cases, seed, datetime.now(UTC), 1, lambda words: None)
    fill.settle_the_past()
    db.change("update owed set state = 'handed_over'")
    if db.is_postgres():
        db.change("analyze")


def _connect(server: dovecot.Server) -> None:
    from amends.post import mailboxes

    mailboxes.connect(
        address=MAIL, host=server.host, port=server.port, security="none", user=server.user, folder="INBOX",
        way="password", secrets={"password": server.password},
    )  # fmt: skip


@contextlib.contextmanager
def _worker(home: Path) -> Iterator[int]:
    """`amends worker`, listening."""
    with (home / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "amends", "worker"], cwd=ROOT, stdout=log, stderr=log
        )
    try:
        socket = home / "run" / "lmtp.sock"
        while not socket.exists():
            if process.poll() is not None:
                raise RuntimeError((home / "worker.log").read_text()[-3000:])
            time.sleep(0.05)
        time.sleep(12)  # until mailboxes are watched and the chores of the start are done
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _timed(road: str, letters: int, hand_over: Callable[[], float]) -> dict:
    """`hand_over` says how many seconds it took until all were accepted."""
    before, started, load = _many(), time.perf_counter(), machine.load()
    accepted = hand_over()
    until = time.monotonic() + UNTIL_QUIET
    while (_many() < before + letters or _waiting()) and time.monotonic() < until:
        time.sleep(0.02)
    filed = time.perf_counter() - started
    return {
        "road": road,
        "letters": letters,
        "accepted": round(letters / accepted),
        "filed": round(letters / max(filed, accepted)),
        "load": load,
    }


def _many() -> int:
    """How many letters the desk has ever taken, repetitions included."""
    from amends.casework import db

    return int(db.row("select coalesce(sum(deliveries), 0) from letters")[0])


def _waiting() -> int:
    from amends.casework import db

    return db.row("select count(*) from letters where disposition = ''")[0]


# The roads -------------------------------------------------------------------------------------------------------


def _by_ourselves(sender, letters: int) -> dict:
    """What `amends mail deliver` does where no worker runs: one commit for each letter; filing apart, in fifties."""
    from datetime import UTC, datetime

    from amends.post import box, filing

    deliveries, load = sender.many(letters), machine.load()
    started = time.perf_counter()
    for delivery in deliveries:
        box.put([delivery])
    accepted, started = time.perf_counter() - started, time.perf_counter()
    while filing.file_waiting(datetime.now(UTC)):
        pass
    filed = time.perf_counter() - started
    rates = {"accepted": round(letters / accepted), "filed": round(letters / filed)}
    return {"road": "pipe, by ourselves (filing apart)", "letters": letters, **rates, "load": load}


def _by_command(letters, home: Path, server) -> float:
    """A process for each letter, two at a time, as mail servers start them."""

    def deliver(piece):
        for letter in piece:
            command = [sys.executable, "-m", "amends", "mail", "deliver", "--from", letter.sender]
            subprocess.run([*command, "--to", letter.recipient], input=letter.raw, cwd=ROOT, check=True)

    return _together(deliver, letters, 2)


def _by_lmtp(letters, home: Path, server) -> float:
    return _together(
        lambda piece: _spoken(smtplib.LMTP(str(home / "run" / "lmtp.sock"), local_hostname="rates"), piece),
        letters,
        CONNECTIONS,
    )


def _by_smtp(letters, home: Path, server) -> float:
    port = int(os.environ["AMENDS_SMTP_IN"].rpartition(":")[2])
    return _together(
        lambda piece: _spoken(smtplib.SMTP("127.0.0.1", port, local_hostname="rates"), piece),
        letters,
        CONNECTIONS,
    )


def _by_imap(letters, home: Path, server: dovecot.Server) -> float:
    """From the moment the first lies in the mailbox until all are stored."""
    before, started = _many(), time.perf_counter()
    for letter in letters:
        server.deliver(letter.raw)
    while _many() < before + len(letters) and time.perf_counter() - started < UNTIL_QUIET:
        time.sleep(0.02)
    return time.perf_counter() - started


def _spoken(connection: smtplib.SMTP, letters) -> None:
    with connection:
        for letter in letters:
            connection.sendmail(letter.sender, [letter.recipient], letter.raw)


def _together(do: Callable, letters: list, many: int) -> float:
    """Do it with the letters in so many threads; how long it took."""
    troubles: list[Exception] = []

    def share(piece):
        try:
            do(piece)
        except Exception as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=share, args=(letters[n::many],)) for n in range(many)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]
    return time.perf_counter() - started


_ROADS = {"pipe command": _by_command, "LMTP": _by_lmtp, "SMTP": _by_smtp, "IMAP": _by_imap}


# Memory ----------------------------------------------------------------------------------------------------------


def _memory_after(letters: int, sender, home: Path, pid: int) -> dict:
    """What the worker and its reader hold after so many letters over LMTP."""
    for start in range(0, letters, AT_ONCE):
        some = sender.many(min(AT_ONCE, letters - start))
        _by_lmtp(some, home, None)
    until = time.monotonic() + UNTIL_QUIET
    while _waiting() and time.monotonic() < until:
        time.sleep(0.2)
    readers = machine.family(pid)[1:]
    return {"letters": letters, "worker": _rss(pid), "reader": sum(map(_rss, readers))}


def _rss(pid: int) -> float:
    """Resident memory in MB."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
