"""R201 · The hold message must be true."""

from datetime import timedelta
from math import inf

import pytest

from amends.casework import db, measures, shown
from amends.casework import standing as texts
from amends.casework.acts import defects, standing
from amends.casework.moments import micro
from amends.insight.calibration import calibration
from amends.rules import cases, correspondence
from amends.rules.entries import Measure, Place
from amends.timetable.chores import measure_claims
from tests.pages import Browser

WILL = "We will solve your problem with the R-40."


def solved_cases(desk, many: int, defect: str) -> list[str]:
    """Cases about one kind of problem, closed and quiet since."""
    closed = []
    for n in range(many):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
        defects.link_defect(desk.case, defect=defect, by=desk.sam.actor, now=desk.now)
        closed.append(desk.closed())
    return closed


@pytest.fixture
def promise(desk):
    """A claim that holds: ten cases of the kind, all solved for good, and a line at 90 per cent."""
    defect = defects.open_defect(
        name="D-112", products="R-40", words="The film lets go.", by=desk.kim.actor, now=desk.now
    ).file
    desk.solved = solved_cases(desk, 10, defect)
    desk.later(days=31)
    known = {"by": desk.ines.actor, "now": desk.now}
    claim = standing.register(place=Place.AUTO_REPLY, words=WILL, owner=desk.ines.id, **known).file
    standing.set_measure(claim, measure=Measure.SOLVED_FOR_GOOD, line=90, of=defect, **known)
    standing.go_live(claim, **known)
    return claim


def receipt(desk) -> str:
    """What the automatic receipt of a new complaint says."""
    desk.case = ""
    desk.received(name="Nell", address=f"nell{desk.now.timestamp()}@example.org", received_at=desk.now)
    this = shown.load(desk.case)
    return next(
        this.texts(line.entry.words) for line in this.lines if type(line.entry).__name__ == "LetterSent"
    )


def test_will_resolve_stands_in_the_receipt_only_while_the_measured_record_bears_it_out(desk, promise):
    assert WILL in receipt(desk)
    for case in desk.solved[:2]:  # two of ten go on again: 80 per cent, below the line
        desk.do(desk.sam, cases.reopen, case=case, words="The seam lifted again.")
    assert WILL in receipt(desk)  # nothing has been measured since
    measure_claims(desk.now)
    assert WILL not in receipt(desk)
    assert WILL not in texts.in_receipts(desk.now) and WILL not in texts.said(Place.AUTO_REPLY, desk.now)
    (row,) = texts.listed(promise)
    assert (row.value, row.n, row.red) == (80, 10, True)
    desk.is_sound()


def test_it_comes_back_by_itself_once_it_is_true_again(desk, promise):
    for case in desk.solved[:2]:
        desk.do(desk.sam, cases.reopen, case=case, words="The seam lifted again.")
    measure_claims(desk.now)
    desk.later(days=91)
    measure_claims(desk.now)  # those cases have left the window, and so have the closings: too few to say
    assert WILL not in receipt(desk)
    assert texts.listed(promise)[0].value is None


def test_a_fresh_closing_shows_nothing_yet(desk):
    """Closing late, or in a hurry, lifts no rate: a case counts as solved once thirty days have been quiet."""
    defect = defects.open_defect(
        name="D-1", products="R-40", words="It lets go.", by=desk.kim.actor, now=desk.now
    ).file
    solved_cases(desk, 10, defect)
    known = {"by": desk.ines.actor, "now": desk.now}
    claim = standing.register(place=Place.AUTO_REPLY, words=WILL, owner=desk.ines.id, **known).file
    standing.set_measure(claim, measure=Measure.SOLVED_FOR_GOOD, line=1, of=defect, **known)
    assert texts.listed(claim)[0].value is None


def waited(desk, hours: list[float]) -> None:
    """Complaints to which a person wrote after so many hours."""
    for n, wait in enumerate(hours):
        desk.case = ""
        came = desk.now
        desk.received(name=f"W{n}", address=f"w{n}x{came.timestamp()}@example.org", received_at=came)
        desk.later(hours=wait)
        desk.do(desk.sam, correspondence.write, words="Which roof is it?")
        desk.now = came + timedelta(hours=6)


def test_nothing_is_said_of_waits_that_too_few_have_had(desk):
    waited(desk, [1.0] * 10)
    measure_claims(desk.now)
    assert texts.measured_wait(desk.now) == "" and "heard from a person" not in receipt(desk)


def test_the_stated_range_holds_at_least_as_many_waits_as_it_claims(desk):
    import random

    drawn = random.Random(11)
    waited(desk, [drawn.expovariate(1 / 5) + 0.2 for _ in range(240)])
    measure_claims(desk.now)
    assert "nine of ten people heard from a person" in receipt(desk)
    covered, weeks = calibration(desk.now)
    assert covered.n >= 150 and sum(week.stated is not None for week in weeks) >= 5
    assert covered.interval[1] >= 90  # what is claimed is not refuted by what happened
    assert covered.percent >= 85


def test_one_who_is_never_answered_widens_the_range_and_hides_nowhere(desk):
    """Leaving the hard ones unanswered takes the sentence away rather than making it look better."""
    waited(desk, [2.0] * 45)
    measure_claims(desk.now)
    assert texts.measured_wait(desk.now)
    for n in range(8):
        desk.case = ""
        desk.received(name=f"U{n}", address=f"u{n}@example.org", received_at=desk.now)
    measure_claims(desk.now)
    assert texts.measured_wait(desk.now) == ""


def test_a_range_that_nobody_measured_lately_is_not_stated(desk):
    waited(desk, [2.0] * 45)
    measure_claims(desk.now)
    desk.later(days=2)
    assert texts.measured_wait(desk.now) == ""


def test_directors_read_the_message_and_its_calibration(desk):
    ines = Browser(desk.ines)
    ines.get("/board/hold/")
    assert "Your complaint gets one person who owns it." in ines.text and "Was the range right?" in ines.text
    assert "important" not in ines.text


def test_closing_again_cures_no_share(desk):
    """A case that went on again was not solved for good, however soon it is closed once more."""
    desk.closed()
    assert measures.measure(Measure.SOLVED_FOR_GOOD, desk.now + timedelta(days=40)) == (1, 1)
    desk.later(days=2)
    desk.do(desk.ana, cases.not_settled, words="It lifted again.")
    desk.later(days=60)
    assert measures.measure(Measure.SOLVED_FOR_GOOD, desk.now) == (0, 1)
    db.change("update cases set stage = 'closed', closed_at = %s", [micro(desk.now)])
    assert measures.measure(Measure.SOLVED_FOR_GOOD, desk.now + timedelta(days=1)) == (0, 1)


def test_whoever_gave_up_has_waited_too(desk):
    desk.received()
    desk.do(desk.ana, cases.withdraw, words="Never mind.")
    assert measures.waits(desk.now - timedelta(days=1), desk.now + timedelta(days=1), desk.now) == [inf]


def test_its_owner_sees_the_claim_that_is_no_longer_so_and_a_lowered_line_stays_visible(desk):
    claim = standing.register(
        place=Place.WEB_PAGE,
        words="We ring back the same day.",
        owner=desk.kim.id,
        by=desk.ines.actor,
        now=desk.now,
    ).file
    desk.live()
    ines, kim, sam = Browser(desk.ines), Browser(desk.kim), Browser(desk.sam)
    page = f"/board/claims/{claim}/"
    for line in ("90", "40"):
        ines.post(page, page=page, what="measure", measure="by_hand", line=line)
    ines.get(page)
    assert "lowered from 90" in ines.text
    kim.get(page)
    assert kim.answer.status_code == 200 and "Say it no longer" not in kim.text
    sam.get(page)
    assert "Measure it by hand" in kim.text and "Measure it by hand" not in sam.text
    kim.post(page, page=page, what="by_hand", value="80", n="20", shown="The counter's own list")
    assert "measured by hand, 80 per cent of 20" in kim.get(page).text
    ines.post(page, page=page, what="live")
    kim.get("/today/")
    assert "is not so any more" not in kim.text
    kim.post(page, page=page, what="by_hand", value="10", n="20", shown="The counter's own list")
    kim.get("/today/")
    assert "is not so any more" in kim.text
