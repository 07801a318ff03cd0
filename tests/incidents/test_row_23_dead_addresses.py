"""Row 23. Expired mail domains let strangers reset accounts; PyPI had to un-verify 1,800 addresses.

Staff never sign in by mail alone, and a hard bounce marks an address until a proven letter or delivery heals it.
"""

from amends.casework import db
from amends.people.models import Staff
from amends.post import ours
from amends.rules import correspondence
from tests.incidents.letterbox import comes, leave, letter
from tests.incidents.test_row_21_forged_bounces import report
from tests.pages import Browser, case_path, portal_path


def _failing(desk) -> bool:
    return bool(db.row("select failing from customers where id = %s", [desk.state().customer])[0])


def _bounced(desk) -> None:
    desk.received()
    leave(desk.now)
    (sent,) = db.row("select id from owed where file = %s order by number limit 1", [desk.case])
    comes(desk, report(to=ours.bounce_address(sent)), "")


def test_a_hard_bounce_marks_the_address_and_staff_see_it(desk):
    _bounced(desk)
    assert _failing(desk)
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "did not arrive" in sam.text and "came back" in sam.text
    sam.get("/today/")
    assert "1 letter of ours did not arrive." in sam.text


def test_a_letter_from_elsewhere_in_her_name_does_not_heal_it(desk):
    _bounced(desk)
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("I am back.", From="Ana Whitlock <ana@evil.example>", To=to), None, to)
    assert _failing(desk)


def test_her_own_letter_heals_it(desk):
    _bounced(desk)
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("I am back.", To=to), None, to)
    assert not _failing(desk)
    desk.is_sound()


def test_who_holds_only_the_mailbox_of_a_colleague_gets_no_further_than_the_sign_in_page(desk):
    """A colleague's domain has expired and a stranger reads their mail: no letter of ours to them lets anybody in."""
    from amends.rules import promises
    from amends.timetable.chores import remind_owners

    desk.received()
    leave(desk.now)
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=11))
    remind_owners(desk.later(minutes=10).now)
    body = leave(desk.now).newest.get_payload()
    stranger = Browser()
    for link in (word for word in body.split() if "://" in word):
        answer = stranger.get("/" + link.split("/", 3)[3])
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in/")
    assert "ana" not in body.lower() and "Ring" not in body  # and tells nothing of the customer


def test_the_sign_in_page_answers_alike_for_addresses_known_and_unknown(desk):
    desk.sam.set_password("right right right")
    desk.sam.save()
    answers = []
    for name in ("sam@desk.example", "nobody@desk.example"):
        browser = Browser()
        answer = browser.post("/sign-in/", username=name, password="wrong")
        answers.append((answer.status_code, browser.text.replace(name, "NAME")))
    assert answers[0] == answers[1]


def test_a_colleague_who_has_left_is_reminded_of_nothing(desk):
    from amends.rules import promises
    from amends.timetable.chores import remind_owners

    desk.received()
    leave(desk.now)
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=11))
    remind_owners(desk.later(minutes=10).now)
    Staff.objects.filter(id=desk.sam.id).update(is_active=False)
    assert "sam@desk.example" not in leave(desk.now).receivers


def test_what_is_written_to_a_dead_address_is_said_to_need_another_way(desk):
    _bounced(desk)
    desk.do(desk.sam, correspondence.write, words="We come on Friday.")
    page = Browser(desk.sam)
    page.get(case_path(desk))
    assert "came back" in page.text
    assert Browser().get(portal_path(desk)).status_code == 200  # her page is hers still
