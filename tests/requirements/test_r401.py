"""R401 · No show for the customer.

Check: change the finding: both renderings change; a note asserting the opposite of the sent finding is flagged to
quality with both texts side by side.
"""

import pytest

from amends.casework.acts import messages
from amends.rules import points
from amends.rules.entries import Finding
from amends.words.stance import stance
from tests.pages import Browser, case_path, portal_path


def _find(desk, finding, cause):
    desk.do(
        desk.sam, points.find, number=1, finding=finding, cause=cause, our_error=finding is Finding.UPHELD
    )


def _note(desk, words):
    messages.write_note(desk.case, words=words, by=desk.sam.actor, now=desk.now)


def test_there_is_one_finding_and_both_sides_read_it(desk):
    desk.understood()
    ana, sam = Browser(), Browser(desk.sam)
    for finding, cause, said in (
        (Finding.UPHELD, "The film lets go in the heat.", "Upheld: you are right"),
        (Finding.NOT_UPHELD, "The film was within its range that week.", "Not upheld."),
        (Finding.PARTLY_UPHELD, "The film let go; the torch was too hot as well.", "Partly upheld."),
    ):
        _find(desk, finding, cause)
        ana.get(portal_path(desk))
        sam.get(case_path(desk))
        assert said in ana.text and cause in ana.text
        assert finding.value.replace("_", " ") in sam.text and cause in sam.text
        assert desk.drawn("points")[0]  # and one row holds it
    assert len(desk.state().points) == 2


def test_a_note_that_says_the_opposite_is_put_beside_it_for_quality(desk):
    desk.understood()
    _find(desk, Finding.UPHELD, "The film lets go in the heat.")
    _note(desk, "Between us: she is just wrong, it was her own fault with the torch.")
    assert desk.words()[-2:] == ["note.written", "note.flagged"]
    kim = Browser(desk.kim)
    kim.get("/quality/")
    assert "she is just wrong" in kim.text and "The film lets go in the heat." in kim.text
    assert "The seam on the R-40 lifted after six weeks" in kim.text
    desk.is_sound()


def test_it_works_the_other_way_round_too(desk):
    desk.understood()
    _find(desk, Finding.NOT_UPHELD, "The film was within its range.")
    _note(desk, "Of course the customer is right. It was our fault, everybody knows lot 2231.")
    assert desk.words()[-1] == "note.flagged"


@pytest.mark.parametrize(
    "words",
    [
        "Widow is 81; the crew rings her before they come.",
        "She is right, the film is at fault.",
        "It was not her fault.",
        "She shouted for four minutes and used the word liar.",
        "She says it is our fault.",
        "Customer asked whether we think she is wrong.",
    ],
)
def test_a_note_that_agrees_or_says_nothing_of_it_is_left_alone(desk, words):
    desk.understood()
    _find(desk, Finding.UPHELD, "The film lets go in the heat.")
    _note(desk, words)
    assert "note.flagged" not in desk.words()


def test_before_a_finding_there_is_nothing_to_contradict(desk):
    desk.understood()
    _note(desk, "I think she is wrong.")
    assert "note.flagged" not in desk.words()


def test_a_rep_does_not_open_the_page_of_quality(desk):
    assert Browser(desk.sam).get("/quality/").status_code == 404
    assert Browser(desk.noor).get("/quality/").status_code == 404


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("The customer is wrong.", "against"),
        ("The fee was right, he is wrong.", "against"),
        ("the invoice is wrong", "for"),
        ("The driver was right.", ""),
        ("the customer is not wrong", "for"),
        ("This is not our fault.", "against"),
        ("It was our own mistake.", "for"),
        ("The complaint is unfounded.", "against"),
        ("The complaint is not unfounded.", "for"),
        ("Installer error, nothing wrong with the sheet.", "against"),
        ("He's lying about the torch.", "against"),
        ("They are right.", "for"),
        ("We did nothing wrong.", "against"),
        ("She said “you are wrong” and hung up.", ""),
        ("Rolls are at the yard, right side up.", ""),
        ("Turn right after the church.", ""),
        ("Nothing wrong with calling again tomorrow.", ""),
        ("", ""),
    ],
)
def test_a_stance_is_read_where_it_is_plain_and_nowhere_else(words, side):
    assert stance(words) == side
