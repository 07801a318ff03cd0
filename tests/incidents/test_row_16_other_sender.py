"""Row 16. FreeScout: a reply from an entirely new address was filed while the case kept its original customer.

The right token from another sender is a note for staff, marked unverified: it loses nothing and shows nobody anything.
"""

import pytest

from amends.casework import cipher, db, shown
from amends.post import ours
from amends.rules import points
from amends.rules.refused import Refused
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser, case_path, portal_path

OTHERS = {
    "a stranger": "Eve <eve@evil.example>",
    "Ana's name, another address": "Ana Whitlock <ana@evil.example>",
    "Ana's address as a name": '"ana@whitlock.example" <eve@evil.example>',
    "a part of her address": "ana@whitlock.example.evil.example",
    "her address with more": "ana+x@whitlock.example",
    "her domain": "bo@whitlock.example",
    "her address in a comment": "eve@evil.example (ana@whitlock.example)",
    "a route through her": "<@whitlock.example:eve@evil.example>",
    "her address spelt with an encoded word": "=?utf-8?q?ana=40whitlock.example?= <eve@evil.example>",
}


def _heard(desk, who: str, sender="eve@evil.example"):
    to = ours.reply_address(desk.case, desk.state().customer)
    return comes(desk, letter("Send the sheet to Elm Street instead.", From=who, To=to), sender, to)


@pytest.mark.parametrize("name", OTHERS)
def test_the_token_in_other_hands_makes_a_note_for_staff_and_no_word_of_the_customers(desk, name):
    desk.received()
    filed = _heard(desk, OTHERS[name])
    assert filed.disposition in ("append_to_case", "quarantined")
    if filed.disposition == "append_to_case":
        entry = shown.load(desk.case).lines[-1].entry
        assert entry.unverified and filed.case == desk.case
    ana = Browser()
    ana.get(portal_path(desk))
    assert "Elm Street" not in ana.text


def test_staff_see_it_with_its_mark_and_who_really_sent_it(desk):
    desk.received()
    _heard(desk, "Ana Whitlock <ana@evil.example>")
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "Elm Street" in sam.text and ": unverified, not shown to Ana" in sam.text
    sam.get(f"{case_path(desk)}letters/{desk.state().story.came[-1].number}/")
    assert "ana@evil.example" in sam.text


def test_the_case_keeps_its_customer_and_our_letters_go_to_the_address_that_stands(desk):
    desk.live().received()
    leave(desk.now)
    customer = desk.state().customer
    _heard(desk, "Ana Whitlock <ana@evil.example>")
    assert desk.state().customer == customer and db.row("select count(*) from customers")[0] == 1
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}answer/", page=case_path(desk), words="We come on Friday.")
    sent = leave(desk.live().now)
    assert sent.receivers == ["ana@whitlock.example"]
    assert "evil" not in str(sent.newest)


def test_nothing_can_be_decided_from_its_words(desk):
    """Neither a point in the customer's own words nor a choice written down through the letter."""
    desk.received()
    _heard(desk, "Eve <eve@evil.example>")
    number = shown.load(desk.case).lines[-1].number
    assert desk.state().citable < number
    desk.point("Send the sheet to Elm Street instead")
    assert not desk.state().points[0].verbatim
    with pytest.raises(Refused):
        desk.do(desk.sam, points.confirm, through=number)


def test_an_answer_to_our_letter_from_elsewhere_is_not_filed_as_the_customers(desk):
    """No token: In-Reply-To alone, from another address."""
    desk.received()
    sent = db.row("select message_id from owed where file = %s", [desk.case])[0]
    filed = comes(desk, letter("Send it to Elm Street.", From="Eve <eve@evil.example>", In_Reply_To=sent))
    assert filed.case != desk.case
    ana = Browser()
    ana.get(portal_path(desk))
    assert "Elm Street" not in ana.text


def test_her_own_letter_after_it_is_hers_again(desk):
    desk.received()
    _heard(desk, "Eve <eve@evil.example>")
    _heard(desk, "Ana Whitlock <ana@whitlock.example>", "ana@whitlock.example")
    assert [getattr(line.entry, "unverified", None) for line in shown.load(desk.case).lines[-2:]] == [
        True,
        False,
    ]
    assert cipher.keys_fit()
    desk.is_sound()
