"""Row 30. Script by mail ran in the agent's session: by subject, by template, by a `javascript:` link.

D9 rules it out: a letter's HTML is shown only in a frame without scripts and without origin; everywhere else it is text.
"""

import re

import pytest

from amends.casework.acts import messages
from amends.post import ours
from tests.incidents.frames import Page, body_of, wrong_in
from tests.incidents.letterbox import comes, letter
from tests.pages import Browser, case_path, portal_path

SCRIPTS = {
    "a script": "<script>alert(1)</script>",
    "an image": "<img src=x onerror=alert(1)>",
    "a broken attribute": '"><svg/onload=alert(1)>',
    "a single quote": "'><img src=x onerror=alert(1)>",
    "a template": "{{ 7*7 }}{% for x in [].__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "a comment": "<!--><img src=x onerror=alert(1)>-->",
    "an end of everything": "</textarea></title></style></script><img src=x onerror=alert(1)>",
    "a link": '<a href="javascript:alert(1)">x</a>',
}


def _acts(html: str) -> list[str]:
    """Attributes and tags of a page of ours that run something a stranger wrote."""
    found = []
    for tag, attributes in Page(html).tags:
        if tag == "script" and not attributes.get("src", "").startswith("/static/") and "src" in attributes:
            found.append(str(attributes))
        found += [f"{tag} {name}" for name in attributes if name.startswith("on")]
        found += [
            v
            for n, v in attributes.items()
            if n in ("href", "src", "action")
            and v.lower().strip().startswith(("javascript:", "data:text", "vbscript:"))
        ]
    if re.search(r"<script(?![^>]*src=)[^>]*>[^<]*alert\(1\)", html):
        found.append("alert")
    return found


def _everywhere(desk) -> list[tuple[Browser, str]]:
    sam, kim, ana = Browser(desk.sam), Browser(desk.kim), Browser()
    base, number = case_path(desk), desk.state().story.came[-1].number
    staff = ["/today/", "/cases/?view=open", "/cases/?view=unread", "/customers/", f"/customers/{desk.state().customer}/",
             base, f"{base}letters/{number}/", f"{base}see/", f"{base}points/", f"{base}letters/{number}/move/",
             "/find/?q=alert", "/held/", "/held/?view=machines"]  # fmt: skip
    return [(sam, page) for page in staff] + [(kim, "/team/"), (ana, portal_path(desk))]


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_stranger_writes_is_text_on_every_page(desk, name):
    bad = SCRIPTS[name]
    files = [(bad.replace('"', "'"), "text/plain", bad.encode())]
    raw = letter(
        f"alert {bad}",
        html=bad,
        files=files,
        From=f'"{bad.replace(chr(34), "")}" <ana@whitlock.example>',
        Subject=bad,
    )
    desk.case = comes(desk, raw).case
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter(f"again {bad}", html=bad, files=files, Subject=bad, To=to), None, to)
    comes(desk, letter(bad, html=bad, Subject=bad, From=f'"{bad.replace(chr(34), "")}" <>'))
    comes(desk, letter(bad, Subject=bad, From="bot@x.example", Auto_Submitted="auto-replied"))
    desk.point("alert")
    messages.write_note(desk.case, words=bad, by=desk.sam.actor, now=desk.now)
    for browser, page in _everywhere(desk):
        answer = browser.get(page)
        assert answer.status_code == 200, page
        html = answer.content.decode()
        assert not _acts(html), (page, _acts(html))
        assert "<img src=x" not in html and "<svg/onload" not in html, page
        assert "49" not in re.findall(r"again (\S+)", html)
        assert "unsafe" not in answer.headers["Content-Security-Policy"], page
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"], page


@pytest.mark.parametrize("name", SCRIPTS)
def test_in_the_frame_nothing_of_it_acts(desk, name):
    desk.case = comes(desk, letter("Words.", html=f"<p>Words {SCRIPTS[name]}</p>")).case
    answer = Browser(desk.sam).get(f"{case_path(desk)}letters/1/layout/")
    assert not wrong_in(body_of(answer.content.decode()))


def test_the_frame_has_no_scripts_no_origin_and_a_policy_of_its_own(desk):
    desk.case = comes(desk, letter("Words.", html="<p>Words</p>")).case
    page = Browser(desk.sam).get(f"{case_path(desk)}letters/1/").content.decode()
    (frame,) = [attributes for tag, attributes in Page(page).tags if tag == "iframe"]
    assert set(frame["sandbox"].split()) <= {"allow-popups", "allow-popups-to-escape-sandbox"}
    assert "srcdoc" not in frame and frame["referrerpolicy"] == "no-referrer"
    policy = Browser(desk.sam).get(frame["src"]).headers["Content-Security-Policy"]
    assert (
        policy.startswith("sandbox") and "allow-scripts" not in policy and "allow-same-origin" not in policy
    )
    assert (
        "default-src 'none'" in policy and "script-src" not in policy and "frame-ancestors 'self'" in policy
    )


def test_the_page_around_it_lets_the_frame_be_seen(desk):
    """A policy that also forbids our own frame would drive people to open letters elsewhere."""
    desk.case = comes(desk, letter("Words.", html="<p>Words</p>")).case
    answer = Browser(desk.sam).get(f"{case_path(desk)}letters/1/")
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
    )
    allowed = policy.get("frame-src", policy.get("child-src", policy["default-src"]))
    assert "'self'" in allowed


def test_held_letters_are_shown_in_the_same_frame(desk):
    filed = comes(desk, letter("Words.", From=None, html="<p>Words <script>alert(1)</script></p>"))
    sam = Browser(desk.sam)
    answer = sam.get(f"/held/{filed.letter}/layout/")
    assert not wrong_in(body_of(answer.content.decode()))
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    page = sam.get(f"/held/{filed.letter}/").content.decode()
    assert "allow-scripts" not in page and "allow-same-origin" not in page


def test_the_customers_page_shows_no_layout_at_all(desk):
    desk.case = comes(desk, letter("Words.", html="<p><b>Bold</b></p>")).case
    html = Browser().get(portal_path(desk)).content.decode()
    assert "<iframe" not in html and "<b>Bold</b>" not in html
