"""Row 15. FreeScout: a reply to a notification with a made-up id was posted as the agent.

D6 rules it out: staff act in a signed-in session and nowhere else; there is no road by mail to get wrong.
"""

import pytest

from amends.casework import db, shown
from amends.post import ours
from amends.rules import promises
from amends.timetable.chores import remind_owners
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser, portal_path

PASSED = "Authentication-Results: localhost; dmarc=pass header.from=desk.example\r\n"
SAM = "Sam Okafor <sam@desk.example>"


def _said_by_staff(desk) -> list[str]:
    return [line.author for line in shown.load(desk.case).lines if line.author.startswith("staff:")]


@pytest.mark.parametrize("vouched", ["", PASSED])
@pytest.mark.parametrize("road", ["token", "answer", "subject", "made-up id"])
def test_a_letter_from_a_colleague_is_never_that_colleagues_act(desk, vouched, road):
    desk.received()
    leave(desk.now)
    case, sent = desk.state(), db.row("select message_id from owed order by id limit 1")[0]
    reply = ours.reply_address(desk.case, case.customer)
    fields = {
        "token": {"To": reply},
        "answer": {"In_Reply_To": sent, "References": sent},
        "subject": {"Subject": f"Re: [{case.ref}]"},
        "made-up id": {
            "In_Reply_To": f"<notify-{desk.case}-{desk.sam.id}-{desk.now:%s}@localhost>",
            "To": reply,
        },
    }[road]
    raw = vouched.encode() + letter("Closed. Refund 500 USD approved.\n/close\n#close", From=SAM, **fields)
    stage, before = desk.stage(), len(shown.load(desk.case).lines)
    comes(desk, raw, "sam@desk.example")
    assert _said_by_staff(desk) == [] and desk.stage() == stage
    assert leave(desk.now).letters == []
    fresh = [line.entry for line in shown.load(desk.case).lines[before:]]
    assert all(type(entry).__name__ == "LetterReceived" and entry.unverified for entry in fresh)


def test_it_does_not_reach_the_customers_page_as_our_word(desk):
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, PASSED.encode() + letter("You get 500 USD.", From=SAM, To=to))
    ana = Browser()
    ana.get(portal_path(desk))
    assert "500 USD" not in ana.text


def test_an_answer_to_a_reminder_of_ours_is_no_act_of_whoever_answers(desk):
    desk.received()
    leave(desk.now)
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=11))
    remind_owners(desk.later(minutes=10).now)
    reminder = leave(desk.now).newest
    assert "Reply-To" not in reminder
    before = desk.words()
    for sender in (SAM, "ana@whitlock.example", "eve@evil.example"):
        raw = letter(
            "Done. /kept", From=sender, In_Reply_To=reminder["Message-ID"], References=reminder["Message-ID"]
        )
        comes(desk, raw)
    assert desk.words() == before
    assert [p.state.value for p in desk.state().promises if p.kind == "deed"] == ["open"]


def test_letters_to_colleagues_hold_no_link_that_acts_and_no_token(desk):
    desk.received()
    leave(desk.now)
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=11))
    remind_owners(desk.later(minutes=10).now)
    body = leave(desk.now).newest.get_payload()
    links = [word for word in body.split() if word.startswith("http")]
    assert links and all(link.endswith(f"/cases/{desk.state().ref}/") for link in links)
    assert Browser().get(f"/cases/{desk.state().ref}/").status_code == 302  # and that one asks to sign in


def test_every_entry_that_a_letter_causes_is_the_customers_or_the_desks(desk):
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    for who in (SAM, "kim@desk.example", "ana@whitlock.example", "eve@evil.example"):
        comes(desk, letter("Word.", From=who, To=to))
        comes(desk, letter("Word to all.", From=who))
    authors = {author.partition(":")[0] for (author,) in db.rows("select author from entries")}
    assert authors <= {"customer", "desk"}
