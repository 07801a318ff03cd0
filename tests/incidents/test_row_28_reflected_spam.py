"""Row 28. Zendesk relay spam: anybody's address in the form, the subject echoed in the receipt, sent from trusted domains.

A receipt repeats nothing the sender wrote; the form sends few of them.
"""

import re

import pytest

from amends.casework import db
from amends.portal import brake
from amends.rules import brakes
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser

SPAM = "WIN A PRIZE http://evil.example/x"
VICTIM = "victim@x.example"


def _form(browser: Browser, reach=VICTIM, **told) -> Browser:
    asked = {"words": "Hello.", "name": "Vic", **told}
    browser.post("/complain/", reach=reach, **asked)
    return browser


@pytest.mark.parametrize("field", ["words", "sought", "expects", "name", "company"])
def test_the_forms_receipt_repeats_nothing_that_was_typed(desk, field):
    desk.live()
    _form(Browser(), **{field: SPAM})
    sent = leave(desk.live().now)
    assert sent.receivers == [VICTIM]
    assert b"evil.example" not in sent.letters[0].message and b"WIN A PRIZE" not in sent.letters[0].message


@pytest.mark.parametrize("field", ["Subject", "From", "Comments", "words"])
def test_a_receipt_for_a_forged_letter_repeats_nothing_of_it(desk, field):
    told = {"From": VICTIM, "Subject": "Hello"}
    told |= {"Subject": {"Subject": SPAM}, "From": {"From": f'"{SPAM}" <{VICTIM}>'}, "Comments": {"Comments": SPAM}, "words": {}}[field]  # fmt: skip
    comes(desk, letter(SPAM if field == "words" else "Hello.", **told))
    sent = leave(desk.now)
    assert sent.receivers == [VICTIM]
    assert b"evil.example" not in sent.letters[0].message and b"WIN A PRIZE" not in sent.letters[0].message


def test_no_file_of_the_sender_goes_out_with_a_receipt(desk):
    comes(desk, letter("Hello.", From=VICTIM, files=[("prize.pdf", "application/pdf", b"%PDF-1.7")]))
    (outgoing,) = leave(desk.now).letters
    assert (
        b"prize" not in outgoing.message
        and b"%PDF" not in outgoing.message
        and b"multipart" not in outgoing.message
    )


def test_one_victim_gets_no_more_than_a_few_receipts_an_hour_by_form(desk):
    desk.live()
    for n in range(brake.MOST + 4):
        _form(Browser(), words=f"Hello {n}.")
    assert len(leave(desk.live().now).letters) <= brake.MOST


def test_one_victim_gets_no_more_in_a_day_by_form_than_by_letter(desk):
    """Both roads send the same receipt to whoever was named; the brake on letters is three a day."""
    desk.live()
    for n in range(8):
        _form(Browser(), words=f"Hello {n}.")
    assert len(leave(desk.live().now).letters) <= brakes.PER_MAILBOX_A_MONTH


def test_one_visitor_cannot_have_forty_strangers_written_to(desk):
    """The incident itself: a list of addresses, one after another, in the form of a trusted company."""
    desk.live()
    browser = Browser()
    browser.client.defaults["REMOTE_ADDR"] = "203.0.113.9"  # somewhere in the network, not this machine
    for n in range(40):
        _form(browser, f"victim{n}@x.example", words=f"Hello {n}.")
    assert len(leave(desk.live().now).letters) < 40


def test_a_place_in_the_network_is_a_whole_net_of_ipv6(desk):
    desk.live()
    browser = Browser()
    for n in range(30):
        browser.client.defaults["REMOTE_ADDR"] = f"2001:db8::{n + 1:x}"
        _form(browser, f"victim{n}@v{n}.example", words=f"Hello {n}.")
    assert len(leave(desk.live().now).letters) == brakes.PER_CLIENT_AN_HOUR


def test_one_mailbox_gets_no_more_behind_plus_signs(desk):
    desk.live()
    for n in range(10):
        _form(Browser(), f"victim+{n}@x.example", words=f"Hello {n}.")
    assert len(leave(desk.live().now).letters) == brakes.PER_MAILBOX_A_MONTH


def test_one_visitor_cannot_fill_the_desk_with_telephone_numbers(desk):
    desk.live()
    browser = Browser()
    browser.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    for n in range(40):
        _form(browser, f"0131 496 {n:04}", words=f"Hello {n}.")
    assert len(desk.drawn("cases")) == brakes.PER_CLIENT_AN_HOUR
    assert "Too many" in browser.text or browser.answer.status_code == 422


def test_who_types_the_same_as_another_caller_does_not_get_their_link(desk):
    desk.live()
    same = {"words": "My heater does not work.", "reach": "0131 496 0000"}
    first, other = Browser(), Browser()
    for browser in (first, other):
        _form(browser, **same)
        browser.get("/complain/thanks/")
    mine, theirs = (set(re.findall(r"/my/[a-z2-7]{20,}/", b.answer.content.decode())) for b in (first, other))
    assert mine and not mine & theirs
    _form(first, **same)
    first.get("/complain/thanks/")
    assert (
        set(re.findall(r"/my/[a-z2-7]{20,}/", first.answer.content.decode())) == mine
    )  # sent twice, one case


def test_the_same_form_sent_twice_is_one_receipt(desk):
    desk.live()
    for _ in range(3):
        _form(Browser())
    assert db.row("select count(*) from owed")[0] == 1


def test_a_field_full_of_addresses_writes_to_nobody(desk):
    for reach in (
        f"{VICTIM}, other@x.example",
        f"{VICTIM};other@x.example",
        f"{VICTIM} other@x.example",
        f"<{VICTIM}>",
    ):
        _form(Browser(), reach)
    assert desk.drawn("cases") == []
