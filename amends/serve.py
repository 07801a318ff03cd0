"""`amends up`: web, worker and timetable in one family of processes, preloaded once and forked."""

import contextlib
import os
import signal
import sys
import time
from types import FrameType

from django.conf import settings
from django.db import connections

M_ARENA_MAX = -8  # as in malloc.h


def up() -> None:
    """Serve until stopped. The worker is started again when it dies."""
    from granian import Granian
    from granian.constants import Interfaces

    _keep_memory_small()
    from amends import wsgi  # loaded before the fork, so that its memory is shared

    _warm(wsgi.application)
    connections.close_all()
    keeper = _Keeper()
    keeper.start()
    host, port = settings.AMENDS_BIND
    server = Granian(
        "amends.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.AMENDS_WEB_PROCESSES,
        blocking_threads=settings.AMENDS_WEB_THREADS,
        respawn_failed_workers=True,
        log_level="warning",
    )
    try:
        server.serve()
    finally:
        keeper.stop()


def _keep_memory_small() -> None:
    """glibc keeps a heap for each thread; two are enough, and save a third of the memory after a busy hour."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def _warm(application) -> None:
    """Load what the first pages would, once, before the fork."""
    import gc

    from django.urls import get_resolver

    from amends.timetable import worker  # noqa: F401

    get_resolver().url_patterns  # noqa: B018
    gc.collect()
    gc.freeze()


class _Keeper:
    """A child that keeps the worker alive: it forks it, waits, and forks again."""

    def start(self) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            os.setpgid(0, 0)
            _keep_worker()

    def stop(self) -> None:
        try:
            os.kill(self.pid, signal.SIGTERM)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def _keep_worker() -> None:
    parent, state = os.getppid(), {"worker": 0, "stopping": False}

    def stop(number: int, frame: FrameType | None) -> None:
        state["stopping"] = True
        if state["worker"]:
            os.kill(state["worker"], signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not state["stopping"]:
        state["worker"] = os.fork()
        if state["worker"] == 0:
            _work()
        while True:
            done, _ = os.waitpid(state["worker"], os.WNOHANG)
            if done:
                break
            if os.getppid() != parent:  # the web server was killed: nobody would stop us
                stop(signal.SIGTERM, None)
            time.sleep(0.5)
        time.sleep(0 if state["stopping"] else 0.5)
    os._exit(0)


def _work() -> None:
    from amends.timetable.worker import run

    try:
        run()
    finally:
        sys.stdout.flush()
        os._exit(0)
