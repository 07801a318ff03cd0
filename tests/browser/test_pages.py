"""Every page of a living desk, on a desk and on a telephone, light and dark: axe finds nothing, nothing overflows."""

import re
from pathlib import Path

import pytest

from tests.browser.play import DESK, PHONE, Play

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
NARROW = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
STAFF = (
    "/today/", "/cases/", "/cases/?view=open", "/cases/?view=ended", "/cases/new/", "/customers/", "/promises/",
    "/promises/?view=broken", "/promises/?view=team", "/held/", "/held/?view=machines", "/held/?view=ours", "/roads/", "/find/?q=seam", "/find/?q=nothing+like+it", "/team/",
    "/quality/", "/grants/", "/figures/", "/people/", "/me/", "/defects/", "/board/", "/board/hold/",
)  # fmt: skip
OF_A_CASE = (
    "", "see/", "points/", "assess/", "guide/", "options/", "no/", "give/", "time/", "ask/", "word/", "take/", "close/",
    "findings/1/", "remedies/1/", "promises/2/", "approvals/1/", "reopen/", "check-back/", "merge/", "unmerge/",
    "defects/", "disclosure/", "done/", "ask/?kind=explanation",
)  # fmt: skip
LETTER = """From: Bea Letterby <bea@letterby.example>
To: complaints@localhost
Subject: The gutter
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="edge"

--edge
Content-Type: text/html; charset=utf-8

<h1>The gutter leaks</h1><p>See <a href="https://letterby.example/photo">the photograph</a>.</p><img src="https://letterby.example/p.gif">
<blockquote>On Monday you wrote: we call you.</blockquote>
--edge
Content-Type: text/plain; charset=utf-8
Content-Disposition: attachment; filename="A very long name of a file that somebody thought would be a good one for a list.txt"

Measured: 4 mm.
--edge--
"""
STRANGERS = ("/sign-in/", "/complain/", "/nowhere/")


@pytest.mark.browser
@pytest.mark.xdist_group("service")
def test_axe_finds_nothing_and_nothing_overflows(service, browser_path):
    told = service.run("demo").stdout
    password = told.strip().rsplit(" ", 1)[-1]
    service.start()
    service.wait()
    site = f"http://127.0.0.1:{service.port}"
    service.post(LETTER.encode(), "bea@letterby.example")
    service.post(LETTER.replace("From: Bea Letterby <bea@letterby.example>", "From: ").encode(), "")
    with Play(browser_path, site) as play:
        play.sign_in("ines@ridgeline.example", password)
        cases = _cases(play)
        held = play.rep.goto(f"{site}/held/") and play.rep.locator(".held-letter h2 a").first.get_attribute(
            "href"
        )
        bea = f"/cases/{cases['Bea Letterby']}/"
        links = _links(service.home / "outbox")
        paths = [*STAFF, *(f"/cases/{cases['Ana Whitlock']}/{place}" for place in OF_A_CASE)]
        paths += [bea, f"{bea}letters/1/", f"{bea}letters/1/move/", f"{bea}merge/", held]
        paths += [f"/cases/{ref}/" for name, ref in cases.items() if name != "Ana Whitlock"]
        signed_in = play.rep.context.storage_state()
        found = []
        for size, scheme in ((DESK, "light"), (PHONE, "dark"), (NARROW, "light")):
            found += _looked_at(play, site, paths, size, scheme, signed_in)
            found += _looked_at(play, site, [*STRANGERS, *links], size, scheme, None)
        assert not found, "\n" + "\n".join(found)


def _cases(play: Play) -> dict[str, str]:
    """The demo's cases by their customers' names."""
    found = {}
    for view in ("open", "ended"):
        play.rep.goto(f"{play.site}/cases/?view={view}")
        for row in play.rep.locator("tbody tr").all():
            found[row.locator("th a").inner_text()] = row.locator(".ref").inner_text()
    assert "Ana Whitlock" in found
    return found


def _links(outbox: Path) -> list[str]:
    """Customers' pages, from what was mailed to them; the desk's letters of the demo lie on file instead."""
    letters = (
        "\n".join(path.read_text(errors="replace") for path in outbox.glob("*.eml"))
        if outbox.is_dir()
        else ""
    )
    return sorted(set(re.findall(r"/my/[a-z0-9]+/", letters)))[:6]


def _looked_at(play: Play, site: str, paths, size, scheme: str, state) -> list[str]:
    context = play.browser.new_context(**size, color_scheme=scheme, storage_state=state)
    page, trouble = context.new_page(), []
    page.on("pageerror", lambda error: trouble.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda m: (
            trouble.append(f"{page.url}: {m.text}") if m.type == "error" and "404" not in m.text else None
        ),
    )
    for path in paths:
        page.goto(site + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            trouble.append(f"{path} at {size['viewport']['width']}: {wide} px too wide")
        page.evaluate(AXE)
        for each in page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)"):
            where = "; ".join(node["html"][:120] for node in each["nodes"][:3])
            trouble.append(f"{path} at {size['viewport']['width']} {scheme}: {each['id']}: {where}")
    context.close()
    return trouble
