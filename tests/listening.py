"""The desk's listeners in a thread of their own, for tests that hand letters over as a mail server does."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from amends.post import lmtp


class Listening(NamedTuple):
    """Where they listen: LMTP on a Unix socket, SMTP on a port of this machine."""

    lmtp: Path
    smtp: tuple[str, int]


@contextlib.contextmanager
def listeners(folder: Path) -> Iterator[Listening]:
    """Both listeners, until the end of the block. Needs a database that other threads can see (`own_database`)."""
    place = Listening(folder / "run" / "lmtp.sock", ("127.0.0.1", free_port()))
    loop, ready = asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def run():
        servers = await lmtp.listen(lmtp.Intake(), place.lmtp, smtp=place.smtp)
        ready.set()
        await stop.wait()
        for server in servers:
            server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield place
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
