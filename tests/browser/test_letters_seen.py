"""Hostile letters in Chromium, as each who may see them: no script runs, and nothing is asked of anybody outside.

Those that carry markup or an address are opened here; `./bin/soak letters` opens all 411 as each role.
"""

import json
import os
import re
import smtplib
import time
from pathlib import Path

import pytest

from tests.browser.play import DESK, Play

STAFF = ("sam", "kim", "ines", "lena")
EVERY = os.environ.get("AMENDS_EVERY_LETTER", "")
PER_ROLE = 411 if EVERY else 30  # letters for roles after the first


@pytest.mark.browser
@pytest.mark.xdist_group("service")
def test_no_letter_runs_a_script_or_reaches_outside(service, browser_path, shared, figure):
    service.environment["AMENDS_MAIL"] = "support@desk.example, complaints@desk.example, billing@desk.example"
    password = service.run("demo").stdout.strip().rsplit(" ", 1)[-1]
    service.start()
    service.wait()
    _deliver(service, shared / "hostile")
    site = f"http://127.0.0.1:{service.port}"
    with Play(browser_path, site) as play:
        looked = 0
        for number, who in enumerate(STAFF):
            watch = Watch(play, site)
            watch.would_notice()
            watch.sign_in(f"{who}@ridgeline.example", password)
            paths = watch.letters()
            chosen = paths if not number else paths[:: max(1, len(paths) // PER_ROLE)]
            for path in chosen:
                watch.open(path)
            looked += len(chosen)
            assert watch.found == []
        stranger = Watch(play, site)
        for link in _links(service.home / "outbox")[:PER_ROLE]:
            stranger.open(link)
            looked += 1
        assert stranger.found == []
    figure(f"hostile letters opened in Chromium as five roles: {looked} pages, 0 scripts, 0 requests outside")


def _deliver(service, folder: Path) -> None:
    told = json.loads((folder / "manifest.json").read_text(encoding="ascii"))["files"]
    socket = service.home / "run" / "lmtp.sock"
    for _ in range(100):
        if socket.exists():
            break
        time.sleep(0.1)
    with smtplib.LMTP(str(socket)) as server:
        for item in told:
            if EVERY or any(
                key in item for key in ("forbid_html", "forbid_fetch", "forbid_portal", "attachments")
            ):
                raw = re.sub(rb"\r\n|\n|\r", b"\r\n", (folder / item["file"]).read_bytes())
                server.sendmail("alice@customer.example", ["support@desk.example"], raw)
    service.filed()


def _links(outbox: Path) -> list[str]:
    found = [
        re.search(rb"https?://[^/\s]+(/my/[a-z2-7]+/)", path.read_bytes()) for path in outbox.glob("*.eml")
    ]
    return sorted({match[1].decode() for match in found if match})


class Watch:
    """A browser that notes every script that makes itself heard and every request that is not to the desk."""

    def __init__(self, play: Play, site: str):
        self.site, self.found, self.here = site, [], ""
        self.context = play.browser.new_context(**DESK)
        self.context.on("request", self._asked)
        self.page = self.context.new_page()
        self.page.on("dialog", self._heard)
        self.page.on("console", lambda said: self._noted(said.text))

    def _asked(self, request) -> None:
        if not request.url.startswith((self.site, "data:", "about:", "blob:")):
            self.found.append(f"{self.here} asks {request.url[:80]}")

    def _heard(self, dialog) -> None:
        self.found.append(f"{self.here} runs a script: {dialog.message[:80]}")
        dialog.dismiss()

    def _noted(self, text: str) -> None:
        if "Blocked script execution" not in text and ("xss" in text.lower() or "script" in text.lower()):
            self.found.append(f"{self.here}: {text[:120]}")

    def would_notice(self) -> None:
        """What this watch is for, done to it: it hears a script and sees a request."""
        self.page.set_content('<img src="https://outside.example/p.gif" onerror="alert(1)">')
        self.page.wait_for_timeout(300)
        assert len(self.found) >= 2, self.found
        self.found.clear()

    def sign_in(self, email: str, password: str) -> None:
        self.page.goto(f"{self.site}/sign-in/")
        self.page.fill("[name=username]", email)
        self.page.fill("[name=password]", password)
        self.page.click("button:has-text('Sign in')")

    def letters(self) -> list[str]:
        """The letter page of every case that came by mail, and of every letter that is held."""
        found, page = [], f"{self.site}/cases/?view=open"
        while page:
            self.page.goto(page)
            found += [f"/cases/{ref}/letters/1/" for ref in self.page.locator("tbody .ref").all_inner_texts()]
            more = self.page.locator(".pager a[rel=next]")
            page = self.site + more.get_attribute("href") if more.count() else ""
        self.page.goto(f"{self.site}/held/")
        held = [a.get_attribute("href") for a in self.page.locator(".held-letter h2 a").all()]
        return [*found, *held]

    def open(self, path: str) -> None:
        self.here = path
        answer = self.page.goto(self.site + path, wait_until="load")
        assert answer.status in (200, 404), path  # 404: a case of the demo, which came by no letter
