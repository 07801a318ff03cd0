"""Row 14. Ticket Trick: a service's verification mail, sent to a support address and read in the portal, lets a stranger in.

D5 rules it out: what machines send, and what no participant wrote, is never shown on a customer's page, whatever token
it came with.
"""

import pytest

from amends.post import ours
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser, case_path, portal_path

CODE = "483920"
SERVICES = {
    "marked": {"From": "Chat <team@chat.example>", "Auto_Submitted": "auto-generated"},
    "unmarked": {"From": "Chat <team@chat.example>"},
    "from noreply": {"From": "Chat <no-reply@chat.example>"},
    "through a list": {"From": "Chat <team@chat.example>", "List_Id": "<codes.chat.example>"},
    "in bulk": {"From": "Chat <team@chat.example>", "Precedence": "bulk"},
    "in Ana's name": {"From": "Ana Whitlock <team@chat.example>"},
    "in Ana's name and from noreply": {"From": "Ana Whitlock <noreply@whitlock.example>"},
    "from Ana, by a machine": {"From": "ana@whitlock.example", "Auto_Submitted": "auto-generated"},
    "Ana only in Reply-To": {"From": "Chat <team@chat.example>", "Reply_To": "ana@whitlock.example"},
}


def _verification(to: str, name: str) -> bytes:
    words = f"Your verification code is {CODE}.\nOr follow https://chat.example/join/{CODE}"
    fields = {"To": to, "Subject": "Confirm your email address", **SERVICES[name]}
    return letter(words, html=f"<p>Your code: <b>{CODE}</b></p>", **fields)


@pytest.mark.parametrize("name", SERVICES)
def test_a_verification_mail_sent_to_a_reply_address_is_not_on_the_customers_page(desk, name):
    """The attacker, here Ana, gives the service her case's own reply address as hers."""
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, _verification(to, name), "bounce@chat.example", to)
    ana = Browser()
    ana.get(portal_path(desk))
    assert ana.answer.status_code == 200 and CODE not in ana.answer.content.decode()


@pytest.mark.parametrize("name", [name for name in SERVICES if not name.startswith("in Ana")])
def test_staff_see_it_so_that_nothing_is_lost(desk, name):
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, _verification(to, name), "bounce@chat.example", to)
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert CODE in sam.text


@pytest.mark.parametrize("name", SERVICES)
def test_one_sent_to_the_desks_own_address_opens_a_page_for_nobody_but_the_service(desk, name):
    desk.received()
    leave(desk.now)
    before = portal_path(desk)
    comes(desk, _verification("complaints@localhost", name), "bounce@chat.example")
    ana = Browser()
    ana.get(before)
    assert CODE not in ana.answer.content.decode()
    for receiver in leave(desk.now).receivers:
        assert receiver.endswith("@chat.example")


def test_files_of_such_a_letter_are_not_to_be_had_there_either(desk):
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    files = [("code.txt", "text/plain", CODE.encode())]
    comes(desk, letter("See the file.", From="team@chat.example", To=to, files=files), None, to)
    number = desk.state().story.came[-1].number
    assert Browser().get(f"{portal_path(desk)}files/{number}/0/").status_code == 404
    assert Browser(desk.sam).get(f"{case_path(desk)}files/{number}/0/").content == CODE.encode()
