"""The long versions of what the suite does in short.

./bin/soak               everything
./bin/soak lives         the world the issue names: two points, options and promises, one grant, two people
./bin/soak lives larger  with approvals and outright remedies as well (millions of states, some gigabytes)
./bin/soak longer N      N lives of up to forty acts through the real acts, on SQLite and PostgreSQL
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


def main() -> int:
    what, *more = sys.argv[1:] or ["all"]
    failed = False
    if what in ("all", "lives"):
        failed |= lives(WORLDS[more[0] if more else ""])
    if what in ("all", "longer"):
        failed |= longer(int(more[0]) if more else 2000)
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
    environment = {**os.environ, "AMENDS_LONGER_LIVES": str(many)}
    command = [sys.executable, "-m", "tests.run", "tests/test_longer_lives.py"]
    return subprocess.run(command, env=environment).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
