"""The real service in processes of its own, for tests that play people or kill it."""

import os
import re
import signal
import smtplib
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


class Service:
    """The real service in processes of its own, on a desk of its own: `amends up`, killed and started again."""

    def __init__(self, home: Path, port: int, url: str):
        self.home, self.port = home, port
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("AMENDS_", "DJANGO_", "PYTEST"))},
            "AMENDS_HOME": str(home),
            "AMENDS_BIND": f"127.0.0.1:{port}",
            "AMENDS_NAME": "Ridgeline Roofing Supply",
            "AMENDS_UNDO_SECONDS": "0",  # a letter leaves at once; taking it back has tests of its own
            "DATABASE_URL": url,
        }
        self.process: subprocess.Popen | None = None

    def run(self, *command: str, **more) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "amends", *command],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=120, **more,
        )  # fmt: skip

    def start(self) -> None:
        log = (self.home / "up.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "amends", "up"],
            env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def wait(self) -> None:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/alive/", timeout=1)
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.home / "up.log").read_text()[-3000:])

    def post(self, raw: bytes, sender: str, recipient: str = "complaints@localhost") -> None:
        """Hand a letter over by LMTP, as a mail server does, and wait until it is filed."""
        socket = self.home / "run" / "lmtp.sock"
        for _ in range(100):
            if socket.exists():
                break
            time.sleep(0.1)
        with smtplib.LMTP(str(socket)) as server:
            server.sendmail(sender or "<>", [recipient], re.sub(rb"\r\n|\n|\r", b"\r\n", raw))
        self.filed()

    def filed(self) -> None:
        """Wait until no letter waits to be read."""
        asked = "from amends.start import with_django; with_django(); from amends.casework import db;"
        asked += "print(db.row(\"select count(*) from letters where disposition = ''\")[0])"
        for _ in range(200):
            done = subprocess.run(
                [sys.executable, "-c", asked], env=self.environment, cwd=ROOT, capture_output=True, text=True
            )
            if done.stdout.strip() == "0":
                return
            time.sleep(0.2)
        raise AssertionError("letters were not filed in time")

    def kill(self) -> None:
        """kill -9, the whole family at once: nobody gets to tidy up."""
        for pid in self.family():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()

    def family(self) -> list[int]:
        """The process and all its children, by the home they were started for."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if f"AMENDS_HOME={self.home}\0".encode() in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return [pid for pid in found if pid != os.getpid()]


@pytest.fixture
def url(empty_database):
    """The database of this test: a file of its own, or a database in the run's PostgreSQL."""
    if connection.vendor == "sqlite":
        return ""
    settings = connection.settings_dict
    host = settings["HOST"] or settings["OPTIONS"].get("host", "")
    return f"postgresql://{settings['USER']}@/{settings['NAME']}?host={host}"


@pytest.fixture
def service(tmp_path, url):
    home = tmp_path / "home"
    home.mkdir()
    made = Service(home, 18000 + os.getpid() % 20000, url)
    yield made
    made.kill()
    print((home / "up.log").read_text()[-3000:])  # pytest shows it when the test failed
