"""Row 29. Scanners that open links in mail used up sign-in links, and unsubscribed people.

D8 rules it out: GET and HEAD never change anything; a mailed link opens a page, and its button posts.
"""

import re
from pathlib import Path

import pytest

from amends.casework import tokens
from amends.post import outbox
from amends.rules import promises
from tests.incidents.letterbox import Sent, everything, leave
from tests.pages import Browser, portal_path

LOOKS = ("django_session",)


def _links(sent: Sent) -> set[str]:
    found = set()
    for outgoing in sent.letters:
        found |= set(re.findall(r"https?://[^\s>]+", outgoing.message.decode()))
    return {"/" + link.split("/", 3)[3] for link in found}


def _digest() -> dict:
    return {table: sorted(rows) for table, rows in everything().items() if table not in LOOKS}


@pytest.fixture
def mailed(desk):
    """Every letter a case brings with it has left, and its links are known."""
    sent = Sent()
    desk.working()
    outbox.send_owed(desk.now, sent)
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=15))
    case = desk.case
    desk.case = ""
    desk.received(name="Bo", address="bo@x.example")
    desk.case = case
    outbox.send_owed(desk.now, sent)
    return desk, _links(sent)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_whoever_opens_a_mailed_link_changes_nothing_however_often(mailed, method):
    desk, links = mailed
    assert any("/my/" in link for link in links)
    before = _digest()
    for link in links:
        for _ in range(3):
            answer = getattr(Browser().client, method)(link)
            assert answer.status_code < 500
    assert _digest() == before


ACTS = [
    "confirm/",
    "correct/",
    "choose/",
    "not-settled/",
    "settled/",
    "withdraw/",
    "write/",
    "promises/2/release/",
]


@pytest.mark.parametrize("method", ["get", "head"])
def test_no_act_of_the_customers_is_done_by_opening_its_address(desk, method):
    desk.proposed()
    before, scanner = _digest(), Browser()
    asked = "?words=Never+mind&option=none&rating=1&number=1&act=x"
    for act in ACTS:
        assert getattr(scanner.client, method)(portal_path(desk) + act + asked).status_code == 405, act
    assert _digest() == before


def test_a_page_elsewhere_cannot_send_the_form_for_the_customer(desk):
    """A script-running scanner, or another site: without the page's own token nothing is done."""
    desk.proposed()
    before, scanner = _digest(), Browser()
    told = {"words": "Never mind", "option": "none", "rating": "1", "number": "1"}
    for act in ACTS:
        answer = scanner.client.post(
            portal_path(desk) + act, told, headers={"origin": "https://evil.example"}
        )
        assert answer.status_code == 403, act
    assert _digest() == before


def test_no_script_on_the_customers_page_sends_a_form_by_itself(desk):
    desk.proposed()
    html = Browser().get(portal_path(desk)).content.decode()
    scripts = re.findall(r'<script[^>]*src="([^"]+)"', html)
    assert "http-equiv" not in html.lower() and "autofocus" not in html.lower()
    from django.contrib.staticfiles import finders

    for script in scripts:
        source = Path(finders.find(script.partition("?")[0].removeprefix("/static/"))).read_text()
        assert (
            "/vendor/" in script
            or not re.search(r"\.(?:submit|requestSubmit)\(\)", source)
            or "addEventListener" in source
        )


def test_the_link_still_works_after_a_hundred_scanners_and_for_the_customer_after_them(desk):
    desk.live().received()
    leave(desk.now)
    for _ in range(20):
        Browser().client.head(portal_path(desk))
        Browser().get(portal_path(desk))
    ana = Browser()
    ana.post(portal_path(desk) + "write/", page=portal_path(desk), words="Still me.")
    assert "Still me." in ana.text


def test_opening_a_link_begins_no_session_and_leaks_it_to_no_other_site(desk):
    desk.received()
    scanner = Browser()
    answer = scanner.get(portal_path(desk))
    assert "amends" not in scanner.client.cookies
    assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "no-store" in answer.headers["Cache-Control"]
    token = tokens.token(tokens.PAGE, desk.case, desk.state().customer)
    outside = re.findall(r'(?:href|src|action)="(https?://[^"]+)"', answer.content.decode())
    assert not any(token in link for link in outside)


def test_signing_out_takes_a_button(desk):
    sam = Browser(desk.sam)
    for method in ("get", "head"):
        getattr(sam.client, method)("/sign-out/")
    assert sam.get("/today/").status_code == 200
