"""R402 · Behind closed doors is on the record."""

import json

import pytest

from amends.casework import shown
from amends.cli import main
from amends.look.disclosure import as_text, copy_of
from amends.rules import disclosure
from amends.rules.entries import Ground
from amends.rules.refused import Reason, Refused
from tests.pages import Browser, case_path, portal_path

IDIOT = "What an idiot. Wants everything for nothing."
FACTS = "He shouted for four minutes and used the word liar. I ended the call."


def noted(desk, words, person=None, **more) -> Browser:
    browser = Browser(person or desk.sam)
    browser.post(f"{case_path(desk)}note/", page=case_path(desk), words=words, **more)
    return browser


def test_contempt_is_shown_to_its_author_first_and_kept_if_they_insist(desk):
    desk.received()
    sam = noted(desk, IDIOT)
    assert sam.answer.status_code == 422
    assert "This belittles somebody" in sam.text and "“What an idiot”" in sam.text
    assert IDIOT in sam.answer.content.decode()  # nothing that was typed is lost
    assert "note.written" not in desk.words()
    sam = noted(desk, IDIOT, insist="yes")
    assert "note.written" in desk.words() and IDIOT in sam.text
    assert "kept as it is after a second look" in sam.text
    desk.is_sound()


def test_hard_plain_facts_pass_and_insisting_marks_nothing_there(desk):
    desk.received()
    assert noted(desk, FACTS).answer.status_code == 200
    sam = noted(desk, "She called me a fool twice.", insist="yes")
    assert desk.words().count("note.written") == 2 and "after a second look" not in sam.text


@pytest.mark.parametrize(
    "words",
    [
        "what an id\u200biot",
        "WHAT AN IDIOT",
        "what an idi\u043et",
        "that whiner again",
        "She is a moron.",
        "She called again, the idiot.",  # what she is called is not what she said
        "As I said, what an idiot.",
    ],
)
def test_hiding_it_does_not_hide_it(desk, words):
    desk.received()
    assert noted(desk, words).answer.status_code == 422


def test_it_is_asked_wherever_people_write_inside(desk):
    desk.received()
    kim, base = Browser(desk.kim), case_path(desk)
    kim.post(f"{base}take/", page=f"{base}take/", to=desk.kim.id, why="Sam is tired of this idiot")
    assert kim.answer.status_code == 422 and "This belittles somebody" in kim.text
    kim.post(
        f"{base}take/", page=f"{base}take/", to=desk.kim.id, why="Sam is tired of this idiot", insist="yes"
    )
    assert desk.state().owner == desk.kim.id


def test_the_copy_holds_every_note_and_each_one_left_out_says_why(desk):
    desk.received()
    noted(desk, FACTS)
    noted(desk, IDIOT, insist="yes")
    noted(desk, "Mrs Hale next door says the crew was drunk.")
    notes = [
        line.number for line in shown.load(desk.case).lines if type(line.entry).__name__ == "NoteWritten"
    ]
    kim, page = Browser(desk.kim), f"{case_path(desk)}disclosure/"
    kim.post(page, number=notes[2], ground="third_party", why="It names a neighbour")
    copy = as_text(shown.load(desk.case))
    assert FACTS in copy and IDIOT in copy and "Mrs Hale" not in copy
    assert (
        f"Entry {notes[2]} is left out, because it speaks of somebody else: It names a neighbour (Kim Duarte)"
        in copy
    )
    kim.post(page, what="disclose", number=notes[2])
    assert "Mrs Hale" in as_text(shown.load(desk.case))
    desk.is_sound()


def test_nothing_is_left_out_without_a_ground_and_a_reason_nor_by_a_rep_nor_many_at_once(desk):
    desk.received()
    noted(desk, IDIOT, insist="yes")
    number = desk.state().story.number
    for person, ground, why in (
        (desk.sam, "law", "x"),
        (desk.kim, "", "It is ugly"),
        (desk.kim, "safety", " "),
    ):
        page = f"{case_path(desk)}disclosure/"
        answer = Browser(person).post(page, page=case_path(desk), number=number, ground=ground, why=why)
        assert answer.status_code == 422
    assert IDIOT in as_text(shown.load(desk.case))
    with pytest.raises(Refused) as no:
        desk.do(desk.kim, disclosure.withhold, number=number + 99, ground=Ground.LAW, why="x")
    assert no.value.reason is Reason.NO_SUCH_ENTRY
    assert len(copy_of(shown.load(desk.case))) >= 3


def test_the_command_gives_the_same_copy(desk, capsys):
    desk.received()
    noted(desk, FACTS)
    with pytest.raises(SystemExit) as ended:
        main(["export", "case", desk.state().ref, "--json"])
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert FACTS in [entry["words"] for entry in told["entries"]]
    with pytest.raises(SystemExit) as ended:
        main(["export", "case", "AM-00000"])
    assert ended.value.code == 2


def test_the_copy_holds_no_key_to_the_customers_page(desk):
    """Who makes the copy does not hold it: with it, they could act as the customer."""
    desk.received()
    assert "/my/…" in as_text(shown.load(desk.case))
    assert portal_path(desk) not in as_text(shown.load(desk.case))


def test_a_logged_call_is_asked_as_well(desk):
    desk.received()
    sam, base = Browser(desk.sam), case_path(desk)
    call = {"how": "call", "who": "us", "reached": "yes", "words": "Rang. What an idiot."}
    sam.post(f"{base}log/", page=base, **call)
    assert sam.answer.status_code == 422 and "This belittles somebody" in sam.text
    sam.post(f"{base}log/", page=base, insist="yes", **call)
    assert "contact.logged" in desk.words()
