"""Takes the pictures in docs/pictures from a fresh demo: `python -m tests.browser.pictures`."""

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.browser.conftest import ROOT, Service
from tests.browser.play import DESK, PHONE, Play

PICTURES = ROOT / "docs" / "pictures"
SCALE = {"desktop": 1, "phone": 2}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder), 18477, "")
        service.environment["AMENDS_PHONE"] = "216 555 0148"
        service.environment["AMENDS_TIME_ZONE"] = _late_morning()
        password = service.run("demo").stdout.strip().rsplit(" ", 1)[-1]
        service.start()
        service.wait()
        try:
            with Play("/usr/bin/chromium", f"http://127.0.0.1:{service.port}") as play:
                _take(play.sign_in("sam@ridgeline.example", password), Path(folder))
        finally:
            service.kill()


def _late_morning() -> str:
    """A zone in which it is late morning now: the pictures show a desk at work, whenever they are taken."""
    ahead = (11 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


def _take(play: Play, home: Path) -> None:
    play.rep.goto(f"{play.site}/cases/?view=open")
    refs = {
        row.locator("th a").inner_text(): row.locator(".ref").inner_text()
        for row in play.rep.locator("tbody tr").all()
    }
    state = play.rep.context.storage_state()
    pages = {
        "today": ("/today/", state),
        "case": (f"/cases/{refs['Ana Whitlock']}/", state),
        "cases": ("/cases/?view=open", state),
        "portal": (_link(home, refs["Ray Okonkwo"]), None),
        "complain": ("/complain/", None),
    }
    for name, (path, signed_in) in pages.items():
        for width, size in (("desktop", DESK), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                context = play.browser.new_context(
                    **size, color_scheme=scheme, storage_state=signed_in, device_scale_factor=SCALE[width]
                )
                page = context.new_page()
                page.goto(play.site + path)
                page.wait_for_load_state("networkidle")
                full = width == "desktop"
                page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=full)
                context.close()


def _link(home: Path, ref: str) -> str:
    """The customer's page of a case, as the desk would mail it."""
    import os
    import subprocess
    import sys

    program = (
        "from amends.start import with_django; with_django()\n"
        "from amends.casework import db, tokens\n"
        f"file, who = db.row('select id, customer from cases where ref = %s', [{ref!r}])\n"
        "print('/my/' + tokens.token(tokens.PAGE, file, who) + '/')"
    )
    environment = {**os.environ, "AMENDS_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    return re.search(r"/my/\S+", done.stdout).group(0)


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    main()
