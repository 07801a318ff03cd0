"""Points of complaint: in the customer's words, read back, confirmed or corrected, each with one finding."""

from datetime import date, datetime

from amends.rules import entries as e
from amends.rules.case import BEFORE_CHOICE, Case, next_number
from amends.rules.cases import told_by_us
from amends.rules.entries import Finding
from amends.rules.guards import customers_word, must_be_open, must_be_staff
from amends.rules.house import House
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, NOTHING, Actor, Side, Text, wanted


def raise_point(case: Case, *, words: Text, verbatim: bool, by: Actor):
    """Split off one separable thing complained of. The points must then be confirmed (again).

    verbatim  whether the customer said it in just these words; else it is marked as ours until they confirm
    """
    _must_precede_choice(case)
    if by.side is Side.CUSTOMER and by.id != case.customer:
        raise Refused(Reason.NOT_FOR_YOU)
    return [
        e.PointRaised(
            number=next_number(case.points), words=wanted(words, "words", LONGEST_LINE), verbatim=verbatim
        )
    ]


def seek(case: Case, *, by: Actor, words: Text = NOTHING, nothing: bool = False):
    """Record what the customer asks for, word for word, or that they were asked and named nothing."""
    must_be_open(case)
    if not nothing:
        wanted(words, "sought", LONGEST_LINE)
    return [e.RemedySought(words=NOTHING if nothing else words, nothing=nothing)]


def read_back(case: Case, *, by: Actor, today: date, now: datetime, house: House, through: int = 0):
    """Read the points back to the customer: one logged attempt a day at most. It acknowledges as well.

    through  a contact in which they were read aloud, when not by letter
    """
    must_be_staff(by)
    _must_precede_choice(case)
    if not case.points:
        raise Refused(Reason.NO_POINTS)
    if case.attempted == today:
        raise Refused(Reason.ATTEMPT_ALREADY_TODAY, day=today)
    return [*told_by_us(case, now=now, house=house, by=by), e.PointsReadBack(day=today, through=through)]


def confirm(case: Case, *, by: Actor, through: int = 0):
    """These are my points, says the customer."""
    _must_precede_choice(case)
    if not case.points:
        raise Refused(Reason.NO_POINTS)
    through = customers_word(case, by, through)
    if through and not case.attempts:  # words from before the points were read back confirm nothing
        raise Refused(Reason.ONLY_THE_CUSTOMER, newest=0)
    return [e.PointsConfirmed(through=through), e.CaseUnderstood()]


def go_on_unanswered(case: Case, *, by: Actor, house: House):
    """Three attempts met no answer: the owner goes on with the points as they stand, and says so."""
    must_be_staff(by)
    _must_precede_choice(case)
    if not case.points:
        raise Refused(Reason.NO_POINTS)
    if case.attempts < house.attempts:
        raise Refused(Reason.TOO_FEW_ATTEMPTS, attempts=case.attempts, needed=house.attempts)
    return [e.CaseUnderstood(unanswered=True)]


def correct(case: Case, *, number: int, words: Text, by: Actor, changed: bool = True, through: int = 0):
    """That is not what I said: the customer's own wording replaces ours; the earlier one stays in the file.

    changed  whether it differs from the wording that stands
    """
    _must_precede_choice(case)
    case.point(number)
    through = customers_word(case, by, through)
    if not changed:
        raise Refused(Reason.SAME_WORDS)
    return [e.PointCorrected(number=number, words=wanted(words, "words", LONGEST_LINE), through=through)]


def find(case: Case, *, number: int, finding: Finding, cause: Text, our_error: bool, by: Actor):
    """The one finding on a point, with its cause: the same object inside and on the customer's page."""
    must_be_staff(by)
    must_be_open(case)
    case.point(number)
    if finding is Finding.NONE:
        raise Refused(Reason.REASON_MISSING, field="finding")
    cause = wanted(cause, "cause", LONGEST_LINE)
    return [e.PointFound(number=number, finding=finding, cause=cause, our_error=our_error)]


def is_denied_by(finding: Finding, stance: str) -> bool:
    """Whether a note's stance ("we are right", "they are right") says the opposite of a finding."""
    return (finding is Finding.UPHELD and stance == "against") or (
        finding is Finding.NOT_UPHELD and stance == "for"
    )


def _must_precede_choice(case: Case) -> None:
    if case.stage not in BEFORE_CHOICE:
        must_be_open(case)
        raise Refused(Reason.TOO_LATE_TO_CORRECT)
