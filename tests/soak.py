"""The long versions of what the suite does in short.

./bin/soak               everything
./bin/soak lives         the world the issue names: two points, options and promises, one grant, two people
./bin/soak lives larger  with approvals and outright remedies as well (millions of states, some gigabytes)
./bin/soak longer N      N lives of up to forty acts through the real acts, on SQLite and PostgreSQL
./bin/soak letters       all 411 hostile letters in Chromium, as each who may see them
./bin/soak kills N       N kill points on each road letters come by (P1); sinks, mutants, machines: P2, P3, P5
./bin/soak rates         letters a second on each road, at 0, 10,000 and 100,000 cases, and the worker's memory
"""

import os
import subprocess
import sys
import time

from tests.lives import World, explore

WORLDS = {
    "": World(points=2, promises=2, remedies=1, approvals=0, offers=2, leads=True),
    "larger": World(points=2, promises=2, remedies=1, approvals=1, offers=3, leads=True),
}

# What the post room promises, and the sizes it is promised at.
POST_ROOM = {
    "kills": ("2500",),
    "sinks": ("10000",),
    "mutants": ("100000",),
    "machines": ("30",),
    "rates": (),
}


def main() -> int:
    what, *more = sys.argv[1:] or ["all"]
    failed = False
    if what in ("all", "lives"):
        failed |= lives(WORLDS[more[0] if more else ""])
    if what in ("all", "longer"):
        failed |= longer(int(more[0]) if more else 2000)
    if what in ("all", "letters"):
        failed |= _tests("tests/browser/test_letters_seen.py", AMENDS_EVERY_LETTER="1")
    for name, sizes in POST_ROOM.items():
        if what == name or (what == "all" and name != "rates"):
            failed |= _run("-m", f"tests.soaks.{name}", *(more if what == name and more else sizes))
    return int(failed)


def lives(world: World) -> bool:
    started = time.monotonic()
    found = explore(world)
    print(f"{world}: {found.states:,} states, {found.edges:,} changes, {found.refusals:,} refusals")
    print(
        f"by stage {found.by_stage}; {len(found.stuck)} dead ends; {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return bool(found.stuck)


def longer(many: int) -> bool:
    return _tests("tests/test_longer_lives.py", AMENDS_LONGER_LIVES=str(many))


def _tests(path: str, **environment: str) -> bool:
    return _run("-m", "tests.run", path, **environment)


def _run(*command: str, **environment: str) -> bool:
    return subprocess.run([sys.executable, *command], env={**os.environ, **environment}).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
