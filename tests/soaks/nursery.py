"""A process that has the desk loaded and forks: workers, deliverers and questions start in milliseconds and can be killed.

`Nursery` is the side of whoever asks; `main` is the process itself, which speaks a line of JSON for each line it hears.
It forks the worker as `amends up` does. The reader's cage is forked beside it, so that a worker which lives for twenty
milliseconds has one that is ready; everything in it is the desk's own code. Nothing here ends a process it did not start.
"""

import contextlib
import importlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEASE = 2.0  # seconds after which the letters of a killed sender are taken up again; the desk's own five minutes otherwise
TICK = 0.01  # seconds between the worker's looks at its timetable, instead of 0.2
TOGETHER = (1, 5, 20, 50)  # letters filed in one transaction, so that short lives come to an end of one
SENDS_EVERY = 0.05  # seconds between two times of sending, instead of 2


class Fell(Exception):
    """A question raised; its traceback."""


class Nursery:
    """Asks a process of its own to fork. Safe to use from several threads; one question at a time."""

    def __init__(self, environment: dict[str, str], log: Path):
        self._lock, self.environment = threading.Lock(), environment
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.soaks.nursery"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, env=environment, cwd=ROOT,
            )  # fmt: skip
        self._ask({"do": "greet"})

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *trouble) -> None:
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def worker(self) -> int:
        """Start a worker; its process id."""
        return self._ask({"do": "worker"})

    def kill(self, pid: int) -> None:
        """SIGKILL, and wait until it is gone."""
        self._ask({"do": "kill", "pid": pid})

    def deliver(self, letter: Path, sender: str, recipient: str, after: float | None) -> int | None:
        """`amends mail deliver` with this letter: its exit code; None when it was killed `after` seconds first."""
        return self._ask(
            {"do": "deliver", "letter": str(letter), "from": sender, "to": recipient, "after": after}
        )

    def call(self, function, *arguments, after: float | None = None):
        """What a module's function says, asked in a fork; None when it was killed `after` seconds first. Raises Fell."""
        module = function.__module__
        if module == "__main__":
            module = sys.modules["__main__"].__spec__.name
        name = f"{module}:{function.__qualname__}"
        said = self._ask({"do": "call", "name": name, "arguments": arguments, "after": after})
        if said and "fell" in said:
            raise Fell(said["fell"])
        return said and said["said"]

    def _ask(self, question: dict):
        with self._lock:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise Fell("the nursery itself is gone: see its log")
        return json.loads(line)


class Events:
    """What the forked workers say they are doing: `filed`, `fetching`, `fetched`, one datagram each."""

    def __init__(self, home: Path):
        path = home / "events.sock"
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._heard, self._more = Counter(), threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def heard(self, what: str) -> int:
        with self._more:
            return self._heard[what]

    def wait(self, what: str, beyond: int, seconds: float) -> bool:
        """Until it has been heard more than `beyond` times."""
        with self._more:
            return self._more.wait_for(lambda: self._heard[what] > beyond, seconds)

    def note(self, what: str) -> None:
        with self._more:
            self._heard[what] += 1
            self._more.notify_all()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while what := self._socket.recv(100):
                self.note(what.decode())


# The process itself ----------------------------------------------------------------------------------------------


def main() -> None:
    """Answer questions until whoever asks them goes away; then the children go too."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _load()
    children: set[int] = set()
    try:
        while line := _line():
            said = _ANSWERS[(asked := json.loads(line))["do"]](asked, children)
            answers.write(json.dumps(said).encode() + b"\n")
            answers.flush()
    finally:
        for pid in children:
            _end(pid)


def _line() -> bytes:
    """A line of the pipe, read without a buffer that a fork would inherit."""
    line = b""
    while not line.endswith(b"\n") and (piece := os.read(0, 1)):
        line += piece
    return line


def _load() -> None:
    """Django, the desk and an up-to-date database; no connection stays open."""
    from amends.start import migrate, with_django

    with_django()
    migrate()
    from django.db import connections

    from amends.cli import main  # noqa: F401
    from amends.people.first import first_sign_in

    first_sign_in()
    _hurry()
    _tell_what_happens()
    connections.close_all()


def _hurry() -> None:
    """Nothing is changed but how long is waited: short lives have to come to every kind of work."""
    from datetime import timedelta

    from amends.post import mailboxes, outbox
    from amends.timetable import worker

    mailboxes.WATCHED_FOR = timedelta(milliseconds=1)
    outbox.LEASE = timedelta(seconds=LEASE)
    worker.RESTED = TICK
    worker.SENDS_EVERY = SENDS_EVERY


def _tell_what_happens() -> None:
    """Say aloud what a killer wants to hit."""
    from amends.post import imap
    from amends.timetable import chores

    ear = str(Path(os.environ["AMENDS_HOME"]) / "events.sock")
    mouth = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def tell(what: str) -> None:
        with contextlib.suppress(OSError):
            mouth.sendto(what.encode(), socket.MSG_DONTWAIT, ear)

    file_waiting, take_new, chance = chores.file_waiting, imap._take_new, random.SystemRandom()

    def filing(now):
        filed = file_waiting(now, chance.choice(TOGETHER))
        if filed:
            tell("filed")
        return filed

    def taking(*arguments):
        tell("fetching")
        many = take_new(*arguments)
        tell("fetched")
        return many

    chores.file_waiting, imap._take_new = filing, taking


def _greet(asked, children) -> str:
    return "ready"


def _worker(asked, children) -> int:
    reader = _forked_cage()
    children.add(reader.pid)
    pid = _forked(_work, reader)
    reader.let_go()
    children.add(pid)
    return pid


def _work(reader) -> None:
    """The worker of `amends worker`, with the reader that was forked for it."""
    from datetime import UTC, datetime

    from django.db import close_old_connections

    from amends.post import cage
    from amends.timetable.worker import Worker

    mine = cage.inside()
    mine._child = reader
    made = Worker()
    made.mailboxes.keep(datetime.now(UTC))
    close_old_connections()
    made.run()


def _kill(asked, children) -> None:
    _end(asked["pid"])
    children.discard(asked["pid"])
    for pid in list(children):  # readers whose worker is gone have ended by themselves
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0]:
                children.discard(pid)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _deliver(asked, children) -> int | None:
    return _watched(_forked(_hand_over, asked), asked["after"])


def _hand_over(asked) -> None:
    """`amends mail deliver`, from its first line."""
    from amends.cli import main

    os.dup2(os.open(asked["letter"], os.O_RDONLY), 0)
    sys.stdin = os.fdopen(os.dup(0))
    main(["mail", "deliver", "--from", asked["from"], "--to", asked["to"]])


def _call(asked, children) -> dict | None:
    """Ask in a fork and bring the answer back through a file."""
    path = Path(os.environ["AMENDS_HOME"]) / f"answer.{os.getpid()}"
    path.unlink(missing_ok=True)
    code = _watched(_forked(_answer, asked, path), asked["after"])
    if code is None:
        return None
    return json.loads(path.read_text()) if path.exists() else {"fell": f"it ended with {code}"}


def _answer(asked, path: Path) -> None:
    import traceback

    module, name = asked["name"].split(":")
    try:
        said = {"said": getattr(importlib.import_module(module), name)(*asked["arguments"])}
    except Exception:
        said = {"fell": traceback.format_exc()}
    path.write_text(json.dumps(said))


def _forked(do, *arguments) -> int:
    """The process id of a child that does it and ends."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        do(*arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 70
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _watched(pid: int, after: float | None) -> int | None:
    """The child's exit code; None when it was killed after that many seconds."""
    if after is None:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    until = time.monotonic() + after
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.0005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


class _forked_cage:
    """The reader's child, forked instead of started; what the worker's `Cage` wants of its process."""

    def __init__(self):
        (jobs, self._jobs), (self._answers, answers) = os.pipe(), os.pipe()
        self.pid = _forked(self._read, jobs, answers)
        os.close(jobs)
        os.close(answers)
        self.stdin, self.stdout = os.fdopen(self._jobs, "wb"), os.fdopen(self._answers, "rb")

    def _read(self, jobs: int, answers: int) -> None:
        from amends.post import cage

        os.dup2(jobs, 0)
        os.dup2(answers, 1)
        os.closerange(3, 256)
        sys.stdin = os.fdopen(os.dup(0))
        cage.main()

    def let_go(self) -> None:
        """The nursery's own ends of the pipes: only the worker's count, so that the reader ends with it."""
        self.stdin.close()
        self.stdout.close()

    def poll(self) -> int | None:
        with contextlib.suppress(OSError):
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
            return 0 if state in "ZX" else None
        return 0

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Its parent is the nursery, which sees to it."""


_ANSWERS = {"greet": _greet, "worker": _worker, "kill": _kill, "deliver": _deliver, "call": _call}

if __name__ == "__main__":
    main()
