"""Strangers' bytes are read in a child process with limits on time, memory and files; what it cannot read, it says.

    inside().read(raw, sender)      a letter and its files, or Stopped
    inside().picture(data, most)    a picture drawn anew, or Stopped
    inside().events(data)           the appointments of an invitation, or Stopped

The child knows nothing of the desk: no database, no keys, no settings. It is started when it is needed, started
anew when it dies, and let go after some work, so that whatever a letter left behind in it goes too.
"""

import os
import resource
import selectors
import struct
import subprocess
import sys
import threading
import time
from functools import cache
from typing import NamedTuple

import msgspec

from amends.post.invitations import Event, events
from amends.post.reader.reading import Letter, identity, read_with_files

SECONDS = 20  # of the clock for one letter, however busy the machine is
CPU_SECONDS = 5
MEMORY = 700_000_000  # bytes of address space
MOST_JOBS = 2_000  # then a fresh child
IDLE = 60.0  # seconds after which a child nobody asks is let go

_HEAD = struct.Struct("!Q")


class Read(msgspec.Struct, frozen=True):
    """A letter, the bytes of its files, and (Message-ID, hash) by which it is known again."""

    letter: Letter
    files: tuple[bytes, ...]
    identity: tuple[str, str]


class Stopped(NamedTuple):
    """The child could not do it: out of time, out of memory, or it fell over."""

    because: str


class _Job(msgspec.Struct, frozen=True):
    what: str
    raw: bytes
    sender: str | None = None
    most: int = 0


class _Answer(msgspec.Struct, frozen=True):
    read: Read | None = None
    picture: bytes = b""
    events: tuple[Event, ...] = ()
    because: str = ""


class Cage:
    """One child and the pipe to it. Calls from several threads wait for one another."""

    def __init__(self):
        self._lock = threading.Lock()
        self._child: subprocess.Popen | None = None
        self._jobs = 0
        self._asked_at = 0.0

    def read(self, raw: bytes, sender: str | None) -> Read | Stopped:
        """What the reader makes of a raw letter. `sender` of the envelope, as in `reading.read`."""
        answer = self._ask(_Job("read", raw, sender))
        return answer.read if isinstance(answer, _Answer) and answer.read else _stopped(answer)

    def picture(self, data: bytes, most: int) -> bytes | Stopped:
        """A picture drawn anew as PNG, at most `most` pixels wide and high."""
        answer = self._ask(_Job("picture", data, most=most))
        return answer.picture if isinstance(answer, _Answer) and answer.picture else _stopped(answer)

    def events(self, data: bytes) -> tuple[Event, ...] | Stopped:
        """The appointments in a file of type text/calendar."""
        answer = self._ask(_Job("events", data))
        return answer.events if isinstance(answer, _Answer) and answer.events else _stopped(answer)

    def rest(self) -> None:
        """Let an idle child go, with its memory."""
        with self._lock:
            if self._child and time.monotonic() - self._asked_at > IDLE:
                self._end()

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, job: _Job) -> _Answer | Stopped:
        with self._lock:
            if self._child is None or self._child.poll() is not None or self._jobs >= MOST_JOBS:
                self._start()
            self._jobs += 1
            self._asked_at = time.monotonic()
            try:
                self._send(msgspec.msgpack.encode(job))
                return msgspec.msgpack.decode(self._receive(), type=_Answer)
            except (OSError, EOFError, TimeoutError, msgspec.DecodeError) as trouble:
                self._end()
                return Stopped(str(trouble) or type(trouble).__name__)

    def _start(self) -> None:
        self._end()
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "amends.post.cage"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            close_fds=True,
        )
        self._jobs = 0

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.wait()
            self._child.stdin.close()
            self._child.stdout.close()
            self._child = None

    def _send(self, data: bytes) -> None:
        try:
            self._child.stdin.write(_HEAD.pack(len(data)) + data)
            self._child.stdin.flush()
        except BrokenPipeError:
            raise EOFError("the reader fell over") from None

    def _receive(self) -> bytes:
        until = time.monotonic() + SECONDS
        (size,) = _HEAD.unpack(self._exactly(_HEAD.size, until))
        return self._exactly(size, until)

    def _exactly(self, size: int, until: float) -> bytes:
        pipe, pieces = self._child.stdout.fileno(), []
        with selectors.DefaultSelector() as ready:
            ready.register(pipe, selectors.EVENT_READ)
            while size:
                left = until - time.monotonic()
                if left <= 0 or not ready.select(left):
                    raise TimeoutError(f"not read within {SECONDS} seconds")
                piece = os.read(pipe, min(size, 1 << 20))
                if not piece:
                    raise EOFError("the reader fell over or passed a limit")
                pieces.append(piece)
                size -= len(piece)
        return b"".join(pieces)


def _stopped(answer: _Answer | Stopped) -> Stopped:
    return answer if isinstance(answer, Stopped) else Stopped(answer.because or "nothing came of it")


@cache
def _cage(pid: int) -> Cage:
    return Cage()


def inside() -> Cage:
    """This process's cage: after a fork, one of its own."""
    return _cage(os.getpid())


# In the child ----------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer jobs until the parent goes away."""
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    decode = msgspec.msgpack.Decoder(_Job).decode
    while len(head := jobs.read(_HEAD.size)) == _HEAD.size:
        job = decode(jobs.read(_HEAD.unpack(head)[0]))
        _limit_time()
        answer = msgspec.msgpack.encode(_done(job))
        answers.write(_HEAD.pack(len(answer)) + answer)
        answers.flush()


def _limit_time() -> None:
    """The limit is on the whole life of a process, so it moves on with each job."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _done(job: _Job) -> _Answer:
    try:
        if job.what == "read":
            letter, files = read_with_files(job.raw, envelope_from=job.sender)
            return _Answer(read=Read(letter, files, identity(job.raw)))
        if job.what == "events":
            return _Answer(events=events(job.raw))
        from amends.post.pictures import drawn_anew

        return _Answer(picture=drawn_anew(job.raw, job.most))
    except MemoryError:
        return _Answer(because="not read within the limit on memory")
    except Exception as trouble:
        return _Answer(because=f"{type(trouble).__name__}: {trouble}"[:200])


if __name__ == "__main__":
    main()
