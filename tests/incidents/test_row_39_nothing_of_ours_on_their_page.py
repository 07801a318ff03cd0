"""Row 39. OTRS: internal articles, Bcc and agent data stood in the customer's view and in the printed ticket.

The customer's page selects what stands on it: no notes, marks, unverified or machine letters, letters that went elsewhere,
reports, troubles of our mail, approvals or amounts we spend; and no files of those.
"""

import pytest

from amends.casework.acts import letters, messages
from amends.post import ours
from amends.post.handover import Uncertain
from amends.rules import approvals, correspondence, points, remedies
from amends.rules.entries import Channel, Finding, RemedyKind
from tests.incidents.letterbox import comes, leave, letter
from tests.incidents.test_row_21_forged_bounces import report
from tests.pages import Browser, case_path, portal_path

WORD = "MARMALADE"
FILES = [("marmalade.txt", "text/plain", b"MARMALADE")]


def _to(desk) -> str:
    return ours.reply_address(desk.case, desk.state().customer)


def _note(desk):
    messages.write_note(desk.case, words=f"{WORD} is for us.", by=desk.sam.actor, now=desk.now)


def _unverified(desk):
    comes(desk, letter(WORD, From="eve@evil.example", To=_to(desk), files=FILES), None, _to(desk))


def _machine(desk):
    comes(desk, letter(WORD, To=_to(desk), Auto_Submitted="auto-replied", files=FILES), "", _to(desk))


def _moved(desk):
    comes(desk, letter(WORD, To=_to(desk), files=FILES), None, _to(desk))
    first, number = desk.case, desk.state().story.came[-1].number
    desk.case = ""
    other = desk.received(name="Bo", address="bo@x.example")
    desk.case = first
    letters.move(
        first, number, to=other, why=f"{WORD} is Bo's.", sender="", by=desk.sam.actor, now=desk.now, act=""
    )


def _split(desk):
    comes(desk, letter(WORD, To=_to(desk), files=FILES), None, _to(desk))
    number = desk.state().story.came[-1].number
    why = f"{WORD} is another matter."
    letters.split(desk.case, number, why=why, sender="bo@x.example", by=desk.sam.actor, now=desk.now, act="")


def _returned(desk):
    from amends.casework import db

    (sent,) = db.row("select id from owed where file = %s order by number limit 1", [desk.case])
    comes(desk, report(to=ours.bounce_address(sent)).replace(b"no such user", WORD.encode()), "")


def _uncertain(desk):
    from amends.post import outbox

    desk.do(desk.sam, correspondence.write, words="The crew is at the yard.")

    def fails(outgoing):
        raise Uncertain(f"{WORD}.internal:25 went away")

    outbox.send_owed(desk.now, fails)


def _approval(desk):
    desk.grant(desk.kim, 100_000, 100_000)
    asked = {"of": desk.kim.id, "kind": RemedyKind.REFUND, "amount": 99_900, "unit": "USD"}
    desk.do(desk.sam, approvals.ask, why=f"{WORD} costs us.", **asked)


def _taken_over(desk):
    from amends.rules import cases

    asked = {"to": desk.kim.id, "team": str(desk.team.id), "why": f"{WORD} is on leave."}
    desk.do(desk.kim, cases.take_over, **asked)


def _tried(desk):
    asked = {"channel": Channel.CALL, "happened_at": desk.now, "from_customer": False, "reached": False}
    desk.do(desk.sam, correspondence.log_contact, words=f"{WORD} did not answer.", **asked)


def _cost(desk):
    desk.grant(desk.sam, 100_000, 100_000)
    desk.do(
        desk.sam,
        remedies.propose,
        offers=(desk.offer("A new sheet", kind=RemedyKind.REPLACEMENT, amount=77_700),),
    )


def _flagged(desk):
    desk.do(desk.sam, points.find, number=1, finding=Finding.UPHELD, cause="The film.", our_error=True)
    messages.write_note(
        desk.case, words=f"The customer is wrong and lies, {WORD}.", by=desk.sam.actor, now=desk.now
    )


def _draft(desk):
    from amends.casework import drafts

    drafts.keep_draft(desk.case, desk.sam.id, WORD, 0, desk.now)


def _leaving(desk):
    from datetime import timedelta

    from amends import ids
    from amends.casework import leaving

    later = desk.now + timedelta(days=2)
    leaving.put(
        leaving.Letter(ids.new(), desk.case, desk.sam.id, desk.now, later, 99, "waiting", "", WORD, None, ())
    )


OURS = {
    "a note": _note, "an unverified letter": _unverified, "a machine's letter": _machine, "a letter moved away": _moved,
    "a letter split off": _split, "a mail server's report": _returned, "a trouble of our mail": _uncertain,
    "an approval asked": _approval, "why somebody else has it": _taken_over, "a call nobody took": _tried,
    "a note that was flagged": _flagged, "a draft": _draft, "a letter that has not left": _leaving,
}  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_it_stands_on_our_page_and_not_on_theirs(desk, name):
    desk.working() if "flagged" not in name else desk.understood()
    leave(desk.now)
    OURS[name](desk)
    for page in (
        portal_path(desk),
        portal_path(desk) + "?done=written",
        portal_path(desk) + "?from=1&internal=1&all=1",
    ):
        html = Browser().get(page).content.decode()
        assert WORD.lower() not in html.lower(), page
    staff = Browser(desk.sam)
    assert WORD in staff.get(case_path(desk)).content.decode() or name in ("a trouble of our mail",)


@pytest.mark.parametrize(
    "name", ["an unverified letter", "a machine's letter", "a letter moved away", "a letter split off"]
)
def test_its_files_are_not_to_be_had_there_by_any_number(desk, name):
    desk.working()
    OURS[name](desk)
    page = portal_path(desk)
    for number in range(1, desk.state().story.number + 2):
        answer = Browser().get(f"{page}files/{number}/0/")
        assert answer.status_code == 404, number


@pytest.mark.parametrize("name", OURS)
def test_as_they_see_it_shows_staff_the_same(desk, name):
    desk.working() if "flagged" not in name else desk.understood()
    OURS[name](desk)
    seen = Browser(desk.sam)
    seen.get(f"{case_path(desk)}see/")
    assert WORD.lower() not in seen.text.lower()


def test_what_we_spend_is_ours_to_know(desk):
    desk.working()
    _cost(desk)
    html = Browser().get(portal_path(desk)).content.decode()
    assert "$777" not in html and "A new sheet" in html
    assert "$777" not in leave(desk.now).letters[-1].message.decode()


def test_no_mark_of_a_letter_stands_there(desk):
    from amends.look import sentences

    desk.received()
    raw = letter(
        "It lifted again.", To=_to(desk), Reply_To="other@x.example", Date="Mon, 1 Jan 1990 00:00:00 +0000"
    )
    comes(desk, raw, None, _to(desk))
    ana, sam = Browser(), Browser(desk.sam)
    ana.get(portal_path(desk))
    assert "It lifted again." in ana.text
    assert not [str(words) for words in sentences.MARKS.values() if str(words) in ana.text]
    sam.get(case_path(desk))
    assert [str(words) for words in sentences.MARKS.values() if str(words) in sam.text]


def test_how_our_letters_travelled_is_not_said_there(desk):
    desk.received()
    leave(desk.now)
    ana = Browser()
    ana.get(portal_path(desk))
    for words in (
        "handed to the mail server",
        "outbox folder",
        "not delivered",
        "came back",
        "perhaps sent",
        "goes out in",
    ):
        assert words not in ana.text


def test_a_colleagues_address_id_and_role_are_not_there(desk):
    desk.delivered()
    _taken_over(desk)
    html = Browser().get(portal_path(desk)).content.decode()
    for person in (desk.sam, desk.kim, desk.ines):
        assert person.email not in html and person.id not in html
    assert desk.case not in html and desk.state().customer not in html and "grant" not in html.lower()


def test_the_page_of_thanks_shows_only_what_was_just_typed(desk):
    desk.live()
    browser = Browser()
    browser.post("/complain/", words="It leaks.", name="Ana", reach="216 555 0162")
    messages.write_note(desk.drawn("cases")[0][0], words=WORD, by=desk.sam.actor, now=desk.now)
    browser.get("/complain/thanks/")
    assert WORD not in browser.text and "It leaks." in browser.text
    stranger = Browser()
    assert stranger.get("/complain/thanks/").status_code == 302
