"""Row 17. GitLab's Service Desk took Reply-To as the author; a forwarded reply key was posted as the original user.

The author is From, exactly; Reply-To only proposes an address, shown to staff.
"""

import pytest

from amends.casework import shown
from amends.post import ours
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser, case_path, portal_path


@pytest.mark.parametrize(
    "field", ["Reply_To", "Sender", "Return_Path", "Resent_From", "X_Original_From", "X_Sender"]
)
def test_a_new_complaint_belongs_to_who_is_named_in_from(desk, field):
    desk.case = comes(
        desk, letter("Mine.", From="Eve <eve@evil.example>", **{field: "ana@whitlock.example"})
    ).case
    this = shown.load(desk.case)
    assert this.texts(this.customer.address) == "eve@evil.example"
    assert set(leave(desk.now).receivers) <= {"eve@evil.example"}


@pytest.mark.parametrize(
    "field", ["Reply_To", "Sender", "Return_Path", "Resent_From", "X_Original_From", "X_Sender"]
)
def test_a_reply_key_that_was_passed_on_is_not_used_in_the_customers_name(desk, field):
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    raw = letter(
        "I agree to everything.", From="Eve <eve@evil.example>", To=to, **{field: "ana@whitlock.example"}
    )
    comes(desk, raw, "ana@whitlock.example", to)
    assert shown.load(desk.case).lines[-1].entry.unverified
    ana = Browser()
    ana.get(portal_path(desk))
    assert "I agree to everything." not in ana.text


def test_the_envelopes_sender_does_not_stand_in_for_a_from_that_names_another(desk):
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("I agree.", From="Eve <eve@evil.example>", To=to), "ana@whitlock.example", to)
    assert shown.load(desk.case).lines[-1].entry.unverified


def test_nor_for_a_from_that_is_missing(desk):
    """The envelope can be forged as well: its word alone is not the customer's."""
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("I agree.", From=None, To=to), "ana@whitlock.example", to)
    entry = shown.load(desk.case).lines[-1].entry
    assert entry.letter and entry.unverified


def test_staff_see_where_it_asks_for_answers_and_ours_do_not_go_there(desk):
    desk.live().received()
    leave(desk.now)
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("It lifted again.", To=to, Reply_To="eve@evil.example"))
    sam = Browser(desk.sam)
    sam.get(f"{case_path(desk)}letters/{desk.state().story.came[-1].number}/")
    assert "It asks for answers to another address." in sam.text and "eve@evil.example" in sam.text
    sam.post(f"{case_path(desk)}answer/", page=case_path(desk), words="We come on Friday.")
    assert leave(desk.live().now).receivers == ["ana@whitlock.example"]


def test_only_a_listed_form_of_ones_own_names_its_customer_in_reply_to(desk, settings):
    raw = letter(
        "The jug leaks.",
        From="noreply@shop.example",
        Reply_To="bo@x.example",
        Auto_Submitted="auto-generated",
    )
    assert comes(desk, raw).disposition == "auto_recorded_no_reply"
    settings.AMENDS_FORM_SENDERS = ("noreply@shop.example",)
    filed = comes(desk, raw.replace(b"jug", b"pot").replace(b"Message-ID: <", b"Message-ID: <2"))
    this = shown.load(filed.case)
    assert this.texts(this.customer.address) == "bo@x.example"
