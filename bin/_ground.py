"""What `amends`, `test` and `check` share: an environment of our own, made on first use. Standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def python(*extras: str) -> str:
    """The environment's Python, with Amends and these extras installed; made or brought up to date when needed."""
    _check_version()
    stamp = VENV / ".amends-stamp"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    have = stamp.read_text().split() if stamp.exists() else []
    mine = VENV / "bin" / "python"
    if not have or have[0] != wanted or not set(extras) <= set(have[1:]) or not mine.exists():
        _install(mine, sorted({*extras, *(have[1:] if have and have[0] == wanted else ())}))
        stamp.write_text(" ".join([wanted, *sorted({*extras, *have[1:]})]))
    return str(mine)


def _check_version() -> None:
    if sys.version_info < OLDEST:
        sys.exit(f"Amends needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}.")


def _install(mine: Path, extras: list[str]) -> None:
    print("Making the environment (once) …", file=sys.stderr, flush=True)
    if not mine.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
        if made.returncode:
            sys.exit(
                "Python's venv module is missing. On Debian: apt-get install python3-venv\n" + made.stdout
            )
    target = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    install = [
        str(mine),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--editable",
        target,
    ]
    if subprocess.run(install).returncode:
        sys.exit("The libraries could not be installed; what pip said stands above. Run the command again.")


def become(*command: str) -> None:
    os.execv(command[0], command)
