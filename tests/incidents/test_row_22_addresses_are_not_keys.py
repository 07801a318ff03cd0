"""Row 22. Zammad, GLPI, Discourse: an unverified or changed e-mail address opened somebody else's account.

Identity is our own id. There is no sign-in by a third party, no page or letter that changes an address, and a staff
account is opened by its password alone.
"""

import pytest

from amends.casework import shown
from amends.people.models import Staff
from amends.post import ours
from amends.rules import correspondence
from amends.rules.permissions import DOORS
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser, portal_path

EVE = "eve@evil.example"
PAGES = ("confirm/", "correct/", "choose/", "not-settled/", "settled/", "withdraw/", "write/")


def test_nobody_changes_an_accounts_address_on_any_page(desk):
    ada = Staff.objects.create_user("ada@desk.example", "Ada", "administrator", desk.team)
    sent = {"email": EVE, "username": EVE, "address": EVE, "name": "Sam", "is_active": "yes", "role": "rep"}
    for person, page in (
        (desk.sam, "/me/"),
        (ada, f"/people/{desk.sam.id}/"),
        (desk.ines, f"/people/{desk.sam.id}/"),
    ):
        Browser(person).post(page, **sent)
        assert Staff.objects.get(id=desk.sam.id).email == "sam@desk.example", page


def test_no_second_account_has_an_address_that_is_taken_whatever_its_capitals(desk):
    for typed in ("sam@desk.example", "SAM@desk.example", " Sam@Desk.Example "):
        Browser(desk.ines).post("/people/new/", email=typed, name="Sam", role="rep", team="Front desk")
    assert Staff.objects.filter(name="Sam").count() == 0


def test_no_door_signs_in_by_letter_resets_by_letter_or_asks_a_third_party():
    known = {"sign_in", "sign_out"}
    words = (
        "reset",
        "forgot",
        "recover",
        "magic",
        "sso",
        "oauth",
        "saml",
        "login",
        "sign",
        "verify",
        "invite",
    )
    assert {name for name in DOORS if any(word in name for word in words)} == known


@pytest.mark.parametrize("page", PAGES)
def test_the_customers_page_changes_no_address(desk, page):
    desk.live().delivering()
    before = desk.drawn("customers")
    ana = Browser()
    sent = {
        "address": EVE,
        "email": EVE,
        "reach": EVE,
        "name": "Eve",
        "words": "New words.",
        "option": "none",
    }
    ana.post(portal_path(desk) + page, page=portal_path(desk), **sent)
    this = shown.load(desk.case)
    assert this.texts(this.customer.address) == "ana@whitlock.example" and this.name == "Ana Whitlock"
    assert desk.drawn("customers") == before


def test_a_letter_that_asks_for_it_changes_no_address(desk):
    desk.received()
    leave(desk.now)
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter(f"My new address is {EVE}.", To=to, Reply_To=EVE))
    desk.do(desk.sam, correspondence.write, words="The old address stays until you write from the new one.")
    assert leave(desk.now).receivers == ["ana@whitlock.example"]


def test_a_customers_page_makes_nobody_of_the_staff_and_begins_no_session(desk):
    desk.received(name="Sam Okafor", address="sam@desk.example")  # who complains in a colleague's name
    ana = Browser()
    ana.get(portal_path(desk))
    ana.post(portal_path(desk) + "write/", page=portal_path(desk), words="Let me in.")
    assert "amends" not in ana.client.cookies
    assert ana.get("/today/").status_code == 302


def test_a_complaint_in_a_known_customers_name_shows_the_stranger_nothing_of_theirs(desk):
    """By form, with Ana's address: the case is hers, the letter goes to her, and the browser learns no link."""
    desk.live().received(words="The ZEBRA roof.")
    leave(desk.now)
    stranger = Browser()
    stranger.post("/complain/", words="I am Ana.", name="Ana", reach="ana@whitlock.example")
    assert stranger.answer.status_code == 200
    assert "/my/" not in stranger.answer.content.decode() and "ZEBRA" not in stranger.text
    assert set(leave(desk.live().now).receivers) == {"ana@whitlock.example"}
