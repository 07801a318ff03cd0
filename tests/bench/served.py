"""The desk as `amends up` serves it, on a port of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import machine

ROOT = Path(__file__).resolve().parent.parent.parent


class Served:
    """A running desk: where it is, and its processes (the database's own among them, when it has any)."""

    def __init__(self, port: int, pid: int, database_pid: int):
        self.port, self.pid, self.database_pid = port, pid, database_pid

    def cpu_ms(self) -> float:
        return machine.cpu_ms(self.processes())

    def processes(self) -> list[int]:
        ours = machine.family(self.pid)
        return ours + (machine.family(self.database_pid) if self.database_pid else [])

    def pss_mb(self) -> float:
        return machine.pss_mb(machine.family(self.pid))


@contextlib.contextmanager
def served(environment: dict[str, str], log: Path, database_pid: int) -> Iterator[Served]:
    port = int(environment["AMENDS_BIND"].rpartition(":")[2])
    with log.open("ab") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "amends", "up"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=out,
            stderr=out,
        )
    try:
        _wait_for(port, server, log)
        yield Served(port, server.pid, database_pid)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
            probe.sendall(b"GET /alive/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if probe.recv(100).startswith(b"HTTP/1.1"):
                return
        time.sleep(0.05)
    raise RuntimeError(f"`amends up` did not start; it said:\n{log.read_text()[-3000:]}")
