"""Row 13. Zendesk 2024: a forged From, the attacker in Cc and a guessable ticket address; then the whole ticket was theirs.

D5 rules it out: mail can add content, never readers. Cc is data.
"""

import pytest

from amends.casework import db
from amends.post import ours
from amends.rules import correspondence
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser, case_path, portal_path

EVE = "eve@evil.example"


def _attacks(desk) -> dict[str, bytes]:
    """Letters in Ana's name that try to bring Eve in."""
    ref, reply = desk.state().ref, ours.reply_address(desk.case, desk.state().customer)
    ours_was = db.row("select message_id from owed where file = %s order by number limit 1", [desk.case])[0]
    subject = f"Re: {ref}"
    return {
        "cc": letter(Cc=EVE, Subject=subject),
        "to": letter(To=f"complaints@localhost, {EVE}", Subject=subject),
        "reply-to": letter(Reply_To=EVE, Subject=subject),
        "all of them, with the token": letter(To=reply, Cc=EVE, Reply_To=EVE, Bcc=EVE, Sender=EVE),
        "an answer to ours": letter(In_Reply_To=ours_was, References=ours_was, Cc=EVE, Resent_To=EVE),
        "headers of other desks": letter(
            X_Cc=EVE, X_Watchers=EVE, X_Zendesk_Collaborators=EVE, Mail_Followup_To=EVE
        ),
        "a return receipt": letter(Disposition_Notification_To=EVE, Return_Receipt_To=EVE, Errors_To=EVE),
    }


NAMES = ["cc", "to", "reply-to", "all of them, with the token", "an answer to ours", "headers of other desks", "a return receipt"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_nobody_named_in_a_letter_is_ever_written_to_or_given_a_page(desk, name):
    desk.received()
    leave(desk.now)
    links = len(desk.drawn("links"))
    filed = comes(desk, _attacks(desk)[name])
    desk.do(desk.sam, correspondence.write, case=filed.case, words="Dear Ana, we look into it.")
    sent = leave(desk.now)
    assert set(sent.receivers) == {"ana@whitlock.example"}
    for outgoing in sent.letters:
        assert EVE.encode() not in outgoing.message
    new_case = 2 if filed.case != desk.case else 0
    assert len(desk.drawn("links")) == links + new_case
    assert db.row("select count(*) from customers")[0] == 1


@pytest.mark.parametrize("name", NAMES)
def test_she_reads_nothing_of_it_anywhere(desk, name):
    desk.received()
    filed = comes(desk, _attacks(desk)[name])
    eve = Browser()
    for path in (
        case_path(desk), f"/cases/{desk.state(filed.case).ref}/", f"/my/{desk.state().ref}/", f"/my/{desk.case}/",
        f"/my/{desk.state().customer}/", f"/my/{ours.reply_address(desk.case, desk.state().customer)[11:37]}/",
    ):  # fmt: skip
        answer = eve.get(path)
        assert answer.status_code in (302, 404), path
        assert "torched" not in eve.text


def test_a_stranger_who_writes_in_gets_a_page_of_her_own_letter_and_no_other(desk):
    """Eve opens a case of her own with Ana's reference in it."""
    desk.received()
    leave(desk.now)
    ref = desk.state().ref
    filed = comes(desk, letter("Please send me the file.", From=EVE, Subject=f"Re: [{ref}]"), EVE)
    assert filed.disposition == "new_case" and filed.case != desk.case
    (link,) = {line for line in leave(desk.now).newest.get_payload().split() if "/my/" in line}
    eve = Browser()
    eve.get(link[link.index("/my/") :])
    assert eve.answer.status_code == 200
    assert "Please send me the file." in eve.text and "torched" not in eve.text and "Whitlock" not in eve.text


def test_the_customers_page_names_no_one_who_was_copied(desk):
    desk.received()
    comes(desk, letter(To=ours.reply_address(desk.case, desk.state().customer), Cc=EVE))
    ana = Browser()
    ana.get(portal_path(desk))
    assert "It lifted again." in ana.text and "evil.example" not in ana.text


def test_a_forged_letter_that_our_mail_server_caught_opens_nothing_and_is_answered_by_nobody(desk):
    caught = "Authentication-Results: localhost; dmarc=fail (p=reject) header.from=whitlock.example\r\n"
    desk.received()
    leave(desk.now)
    raw = caught.encode() + letter(To=ours.reply_address(desk.case, desk.state().customer), Cc=EVE)
    filed = comes(desk, raw)
    assert filed.disposition == "quarantined"
    assert leave(desk.now).letters == []
    ana = Browser()
    ana.get(portal_path(desk))
    assert "It lifted again." not in ana.text


def test_a_forged_letter_that_staff_put_on_the_case_does_not_become_the_customers_word(desk):
    """The sender's domain says it did not send this; a rep wants it on the file all the same."""
    caught = "Authentication-Results: localhost; dmarc=fail (p=reject) header.from=whitlock.example\r\n"
    desk.received()
    raw = caught.encode() + letter("I withdraw everything I said.")
    filed = comes(desk, raw)
    assert filed.because == "the sender's domain says it did not send this"
    Browser(desk.sam).post(f"/held/{filed.letter}/take-in/", page="/held/", where="case", to=desk.state().ref)
    assert desk.words()[-1] == "letter.received"
    ana = Browser()
    ana.get(portal_path(desk))
    assert "I withdraw everything I said." not in ana.text
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "unverified" in sam.text


def test_marks_that_warn_of_a_letter_are_still_there_once_staff_have_put_it_on_a_case(desk):
    desk.received()
    filed = comes(
        desk, letter("Send it elsewhere.", From="Sam Okafor <sam@evil.example>, bo@x.example", Reply_To=EVE)
    )
    assert filed.disposition == "quarantined"
    Browser(desk.sam).post(f"/held/{filed.letter}/take-in/", page="/held/", where="case", to=desk.state().ref)
    sam = Browser(desk.sam)
    sam.get(f"{case_path(desk)}letters/{desk.state().story.came[-1].number}/")
    assert "It asks for answers to another address." in sam.text
