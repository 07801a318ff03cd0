"""Row 21. Discourse: a forged webhook of a mail provider marked addresses as bouncing: no token set meant accepted.

A report counts when it comes to our signed bounce address or names an unguessable Message-ID of ours; nothing else does.
"""

import pytest

from amends import ids
from amends.casework import db
from amends.post import ours
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser, case_path

REPORT = """From: Mail Delivery <mailer-daemon@mx.example>\r
To: {to}\r
Subject: Undelivered Mail Returned to Sender\r
Auto-Submitted: auto-replied\r
Message-ID: <{id}@mx.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"\r
\r
--edge\r
Content-Type: text/plain\r
\r
I could not deliver your message.\r
--edge\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; {about}\r
Action: failed\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 no such user\r
\r
--edge\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: {ours}\r
Subject: Your complaint\r
\r
--edge--\r
"""


@pytest.fixture
def written(desk):
    """A letter of ours has left."""
    desk.received()
    leave(desk.now)
    return desk


def _ours(desk) -> tuple[str, str]:
    return db.row("select id, message_id from owed where file = %s order by number limit 1", [desk.case])


def report(to="complaints@localhost", about="ana@whitlock.example", ours="<none@localhost>") -> bytes:
    return REPORT.format(to=to, about=about, ours=ours, id=ids.new()).encode()


def _harmed(desk) -> tuple[bool, str]:
    (failing,) = db.row("select failing from customers where id = %s", [desk.state().customer])
    return bool(failing), db.row(
        "select state from owed where file = %s order by number limit 1", [desk.case]
    )[0]


def _forgeries(desk) -> dict[str, bytes]:
    letter_id, message_id = _ours(desk)
    good = ours.bounce_address(letter_id)
    name, _, proof = good.partition("@")[0].rpartition("-")
    return {
        "names only the address": report(),
        "a made-up number of ours": report(ours=f"<{ids.new().lower()}@localhost>"),
        "our number at another domain": report(ours=message_id.replace("@localhost", "@evil.example")),
        "a bounce address without its proof": report(to=f"complaints+b-{letter_id.lower()}@localhost"),
        "a bounce address with another proof": report(to=f"{name}-{'a' * len(proof)}@localhost"),
        "the proof of another letter": report(to=f"{name}-{ours.bounce_address(ids.new()).partition('@')[0][-13:]}@localhost"),
        "half the proof": report(to=f"{name}-{proof[:5]}@localhost"),
        "no proof but the dash": report(to=f"{name}-@localhost"),
        "the case's reference": report().replace(b"Your complaint", f"Your complaint {desk.state().ref}".encode()),
    }  # fmt: skip


FORGERIES = ["names only the address", "a made-up number of ours", "our number at another domain", "a bounce address without its proof", "a bounce address with another proof", "the proof of another letter", "half the proof", "no proof but the dash", "the case's reference"]  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_report_that_proves_nothing_harms_no_address_and_is_kept(written, name):
    desk = written
    before = _harmed(desk)
    filed = comes(desk, _forgeries(desk)[name], "")
    assert _harmed(desk) == before == (False, "in_folder")
    assert filed.disposition == "bounce_record" and not filed.case
    sam = Browser(desk.sam)
    sam.get("/held/", view="machines")
    assert "Undelivered Mail Returned to Sender" in sam.text


@pytest.mark.parametrize("way", ["address", "message id"])
def test_a_report_that_proves_it_is_about_our_letter_counts_on_its_case(written, way):
    desk = written
    letter_id, message_id = _ours(desk)
    raw = report(to=ours.bounce_address(letter_id)) if way == "address" else report(ours=message_id)
    assert comes(desk, raw, "").disposition == "bounce_record"
    assert _harmed(desk) == (True, "bounced")
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "did not arrive" in sam.text


def test_the_proof_of_one_customers_letter_harms_no_other(written):
    desk = written
    ana, her_letter = desk.case, _ours(desk)
    desk.case = ""
    desk.received(name="Bo", address="bo@x.example")
    leave(desk.now)
    raw = report(to=ours.bounce_address(her_letter[0]), about="bo@x.example", ours=_ours(desk)[1])
    comes(desk, raw.replace(her_letter[1].encode(), b""), "")
    assert _harmed(desk) == (False, "in_folder")
    desk.case = ana


def test_a_report_about_a_reminder_to_a_colleague_is_nobodys_customers(written):
    from amends.rules import promises
    from amends.timetable.chores import remind_owners

    desk = written
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=11))
    remind_owners(desk.later(minutes=10).now)
    leave(desk.now)
    (staff_letter,) = db.row("select message_id from owed where not (staff = '')")
    comes(desk, report(ours=staff_letter, about="sam@desk.example"), "")
    assert _harmed(desk)[0] is False


def test_a_report_cannot_be_used_to_have_words_put_on_the_customers_page(written):
    from tests.pages import portal_path

    desk = written
    raw = report(to=ours.bounce_address(_ours(desk)[0])).replace(b"no such user", b"BUY PILLS")
    comes(desk, raw, "")
    ana = Browser()
    ana.get(portal_path(desk))
    assert "BUY PILLS" not in ana.text


def test_there_is_no_webhook_that_reports_bounces():
    from amends.rules.permissions import ANYONE, DOORS

    public = {name for name, who in DOORS.items() if who == ANYONE}
    assert public == {"sign_in", "portal:complain", "portal:thanks", "alive", "look", "file_elsewhere"}


def test_a_letter_in_the_form_of_a_report_from_a_person_is_a_letter(written):
    """People complain about parcels under "Delivery failed"."""
    filed = comes(written, letter("Nobody was there.", Subject="Delivery failed", From="bo@x.example"))
    assert filed.disposition == "new_case"
