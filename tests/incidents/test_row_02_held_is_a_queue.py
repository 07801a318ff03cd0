"""Row 2. Zammad writes what it cannot parse to a folder on disk; users found complaints there weeks later.

D1 and D3 rule it out: what is held is a queue on the pages, with a counter, an age and an owner.
"""

from datetime import UTC, datetime, timedelta

import pytest

from amends.casework import db
from amends.casework.moments import micro
from amends.people.models import Staff
from amends.timetable.chores import CHORES
from tests.incidents.letterbox import comes, letter
from tests.pages import Browser

UNREADABLE = b"\0\xff\x07" * 400


def _aged(letter_id: str, hours: int) -> None:
    """It has lain there for hours."""
    came = micro(datetime.now(UTC) - timedelta(hours=hours))
    db.change("update letters set came_at = %s where id = %s", [came, letter_id])


@pytest.mark.parametrize("raw", [UNREADABLE, b"", letter(From=None), letter(From="a@x.example, b@x.example")])
def test_what_cannot_be_read_or_placed_stands_on_everybodys_first_page(desk, raw):
    filed = comes(desk, raw)
    assert filed.disposition == "quarantined"
    for person in (desk.sam, desk.kim, desk.ines):
        browser = Browser(person)
        browser.get("/today/")
        assert "1 letter is held." in browser.text, person
    assert 'href="/held/"' in browser.answer.content.decode()


def test_a_held_letter_says_its_reason_its_age_and_whose_turn_it_is(desk):
    filed = comes(desk, letter(From=None))
    _aged(filed.letter, 3)
    sam = Browser(desk.sam)
    sam.get("/held/")
    assert "Waits for 3 h 00." in sam.text and "looks at it." in sam.text
    assert "It says from nobody that it comes." in sam.text


def test_a_letter_held_for_a_working_day_stands_out(desk):
    filed = comes(desk, letter(From=None))
    sam = Browser(desk.sam)
    _aged(filed.letter, 1)
    fresh = sam.get("/held/").content.decode()
    _aged(filed.letter, 9)
    late = sam.get("/held/").content.decode()
    assert late.count("amber") > fresh.count("amber")


def test_held_letters_are_shown_the_oldest_first(desk):
    ids = [comes(desk, letter(f"Letter {n}.", From=None)).letter for n in range(5)]
    html = Browser(desk.sam).get("/held/").content.decode()
    places = [html.index(f"letter-{id}") for id in ids]
    assert places == sorted(places)


def test_a_letter_whose_owner_has_left_is_still_in_everybodys_queue(desk):
    filed = comes(desk, letter(From=None))
    Staff.objects.filter(id=desk.sam.id).update(is_active=False)
    kim = Browser(desk.kim)
    assert filed.letter in kim.get("/held/").content.decode()
    kim.get("/today/")
    assert "1 letter is held." in kim.text


def test_nothing_unreadable_is_put_aside_into_a_folder(desk, settings):
    before = {path for path in settings.AMENDS_HOME.rglob("*") if path.is_file()}
    comes(desk, UNREADABLE)
    assert {path for path in settings.AMENDS_HOME.rglob("*") if path.is_file()} == before


def test_setting_it_aside_is_somebodys_act_and_keeps_its_bytes(desk):
    from amends.post import box

    filed = comes(desk, UNREADABLE)
    Browser(desk.sam).post(f"/held/{filed.letter}/set-aside/", page="/held/")
    assert db.row("select set_aside_by from letters where id = %s", [filed.letter])[0] == desk.sam.id
    assert box.opened(filed.letter).raw == UNREADABLE


def test_the_lead_is_told_of_a_letter_that_has_lain_for_two_days(desk):
    """The row says: it ages like a case and pages the lead. On the lead's own page, or by a letter to them."""
    filed = comes(desk, letter(From=None))
    _aged(filed.letter, 50)
    for chore in CHORES:
        if chore.do.__name__ not in ("seal", "tidy_memory"):
            chore.do(datetime.now(UTC))
    kim = Browser(desk.kim)
    kim.get("/team/")
    told_by_letter = db.row("select count(*) from owed where staff = %s", [desk.kim.id])[0]
    assert told_by_letter or "1 letter has been held for more than a day." in kim.text
