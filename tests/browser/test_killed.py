"""500 real complaints over LMTP while the service is killed and restarted ten times: 500 cases, none twice.

Then one of them is worked to *closed* in a real browser that plays rep and customer.
"""

import csv
import json
import random
import smtplib
import subprocess
import sys
import threading
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, Service
from tests.browser.play import Play

KILLS, MANY = 10, 500


def complaints(shared: Path) -> list[bytes]:
    """Real complaints as mails: each its own writer, subject and Message-ID."""
    with (shared / "data" / "complaints-cfpb" / "complaints.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["narrative"].strip()][:MANY]
    assert len(rows) == MANY
    return [_mail(row) for row in rows]


def _mail(row: dict) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Complainant {row['complaint_id']} <c{row['complaint_id']}@example.org>"
    mail["To"] = "complaints@localhost"
    mail["Subject"] = f"{row['product']}: {row['issue']}"
    mail["Message-ID"] = f"<{row['complaint_id']}@example.org>"
    mail.set_content(row["narrative"])
    return mail.as_bytes()


def _words(letter: bytes) -> str:
    said = message_from_bytes(letter, policy=default).get_content()
    return " ".join(said.lower().split())


def deliver_all(service: Service, letters: list[bytes], killed_at: set[int]) -> int:
    """Deliver each until it is accepted, as an MTA would; kill the service at these letters. How often it was tried."""
    tried = 0
    r = random.Random(7)
    for n, raw in enumerate(letters):
        killing = n in killed_at
        for _attempt in range(600):
            tried += 1
            try:
                with smtplib.LMTP(str(service.home / "run" / "lmtp.sock")) as server:
                    server.timeout = 20
                    if killing:
                        killing = False
                        _kill_soon(service, r.uniform(0, 0.03))
                    server.sendmail("c@example.org", ["complaints@localhost"], raw)
                break
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)
        else:
            raise AssertionError(
                "a letter was never accepted:\n" + (service.home / "up.log").read_text()[-3000:]
            )
    return tried


def _kill_soon(service: Service, seconds: float) -> None:
    def kill():
        time.sleep(seconds)
        service.kill()
        service.start()

    threading.Thread(target=kill, daemon=True).start()


@pytest.mark.browser
@pytest.mark.xdist_group("service")
def test_five_hundred_letters_and_ten_kills_make_five_hundred_cases_and_one_is_made_right(
    service, shared, browser_path, figure
):
    added = service.run("staff", "add", "sam@desk.example", "Sam Okafor", "--json")
    password = json.loads(added.stdout)["password"]
    service.start()
    service.wait()
    letters = complaints(shared)
    killed_at = set(random.Random(3).sample(range(5, MANY), KILLS))
    started = time.monotonic()
    tried = deliver_all(service, letters, killed_at)
    taken = time.monotonic() - started
    service.wait()
    counted = _counts(service)
    figure(f"killed {KILLS} times: {MANY} letters, {tried} tries in {taken:.0f} s, {counted}")
    assert counted["cases"] == counted["writers"] == MANY
    assert counted["waiting"] == 0 and counted["held"] == 0
    assert service.run("verify").returncode == 0
    # One receipt per case and none twice; some of these people say the same words, which one receipt a month answers.
    assert counted["acknowledged"] == len({_words(letter) for letter in letters})

    with Play(browser_path, f"http://127.0.0.1:{service.port}") as play:
        ref = play.sign_in("sam@desk.example", password).first_case()
        play.work_to_closed(ref, service.home / "outbox")
    assert service.run("verify").returncode == 0


def _counts(service: Service) -> dict[str, int]:
    """What the desk holds now, once the box is empty."""
    program = (
        "from amends.start import with_django; with_django()\n"
        "from amends.casework import db\n"
        "import json\n"
        "one = lambda sql: db.row(sql)[0]\n"
        "print(json.dumps({'cases': one('select count(*) from cases'),"
        " 'writers': one('select count(distinct customer) from cases'),"
        " 'waiting': one(\"select count(*) from letters where disposition = ''\"),"
        " 'held': one(\"select count(*) from letters where disposition = 'quarantined'\"),"
        " 'letters': one('select count(*) from letters'),"
        " 'acknowledged': one('select count(*) from owed')}))"
    )
    for _ in range(120):
        done = subprocess.run(
            [sys.executable, "-c", program], env=service.environment, cwd=ROOT, capture_output=True, text=True
        )
        counted = json.loads(done.stdout)
        if counted["waiting"] == 0:
            return counted
        time.sleep(0.5)
    raise AssertionError(f"letters still wait: {counted}\n" + (service.home / "up.log").read_text()[-3000:])
