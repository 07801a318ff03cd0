"""Every kind of claim against files that bear it out, leave it open, and say otherwise."""

from datetime import UTC, datetime

import pytest

from amends.rules import entries as e
from amends.rules.entries import Channel, Finding, Lane, LetterKind, Offer, Outcome, PromiseKind, RemedyKind
from amends.rules.truth import Because, Claim, Facts, Judged, Line, Verdict, judge
from amends.rules.values import Text

DAY = datetime(2026, 6, 12, 17, tzinfo=UTC)
SAM, KIM = "staff:sam", "staff:kim"
W = Text("words")
ASKED = e.ApprovalAsked(number=1, of="kim", kind=RemedyKind.REFUND, amount=100, unit="USD", why=W)
GIVEN = e.ApprovalGiven(number=1, grant="g", month="2026-06", words=W)
DECLINED = e.ApprovalDeclined(number=1, why=W)
NOTE = e.NoteWritten(words=W)
UNSETTLED = e.CaseUnsettled(words=W)
DELIVERED = e.RemedyDelivered(number=1, proof=W)
DEED = e.PromiseMade(number=2, kind=PromiseKind.DEED, owner="sam", due=DAY, act=W)
HANDED = e.PromiseMade(number=2, kind=PromiseKind.DEED, owner="kim", due=DAY, act=W)
UPDATE = e.PromiseMade(number=1, kind=PromiseKind.UPDATE, owner="sam", due=DAY)
BROKEN = e.PromiseBroken(number=2, due=DAY)
KEPT = e.PromiseKept(number=2, proof=W)
REPLY = e.LetterSent(kind=LetterKind.REPLY, words=W)
RECEIPT = e.LetterSent(kind=LetterKind.RECEIPT, words=W)
OURS = e.PointFound(number=1, finding=Finding.UPHELD, cause=W, our_error=True)
RANG = e.ContactLogged(channel=Channel.CALL, words=W, at=DAY, from_customer=False)
THEY_RANG = e.ContactLogged(channel=Channel.CALL, words=W, at=DAY)
REFUSED = e.RequestRefused(why=W)


def granted(kind: RemedyKind) -> e.RemedyGranted:
    offer = Offer(lane=Lane.OURS, kind=kind, act=W, owner="sam", due=DAY, amount=100, unit="USD")
    return e.RemedyGranted(number=1, offer=offer, promise=3)


def came_back(number: int) -> e.LetterReturned:
    return e.LetterReturned(number=number, outcome=Outcome.FAILED)


REFUND, ROLL, REPAIR = (
    granted(kind) for kind in (RemedyKind.REFUND, RemedyKind.REPLACEMENT, RemedyKind.REPAIR)
)
YES, OPEN, NO = Verdict.SUPPORTED, Verdict.UNSUPPORTED, Verdict.CONTRADICTED
ABOVE = Claim("consulted", above=True)

CASES = [
    (ABOVE, [], NO, Because.NOBODY_ASKED, 0),
    (ABOVE, [(ASKED, SAM)], NO, Because.NOT_ANSWERED, 1),
    (ABOVE, [(ASKED, SAM), (GIVEN, KIM)], YES, Because.RECORDED, 2),
    (ABOVE, [(ASKED, SAM), (DECLINED, KIM)], YES, Because.RECORDED, 2),
    (ABOVE, [(ASKED, SAM), (GIVEN, SAM)], NO, Because.NOT_ANSWERED, 1),  # nobody answers their own question
    (ABOVE, [(NOTE, SAM), (RANG, SAM)], NO, Because.NOBODY_ASKED, 0),  # a note about it is not the asking
    (Claim("consulted"), [], OPEN, Because.NOBODY_ASKED, 0),
    (Claim("consulted"), [(RANG, SAM)], YES, Because.RECORDED, 1),
    (Claim("consulted"), [(THEY_RANG, SAM)], OPEN, Because.NOBODY_ASKED, 0),
    (Claim("passed_on", above=True), [], NO, Because.NOBODY_ASKED, 0),
    (Claim("passed_on", above=True), [(ASKED, SAM)], YES, Because.RECORDED, 1),
    (Claim("passed_on"), [], OPEN, Because.NO_RECORD, 0),
    (Claim("passed_on"), [(HANDED, SAM)], YES, Because.RECORDED, 1),
    (Claim("passed_on"), [(DEED, SAM)], OPEN, Because.NO_RECORD, 0),
    (Claim("paid"), [], NO, Because.NOTHING_PAID, 0),
    (Claim("paid"), [(REFUND, SAM)], NO, Because.NOT_DELIVERED, 1),
    (Claim("paid"), [(REFUND, SAM), (DELIVERED, SAM)], YES, Because.RECORDED, 2),
    (Claim("paid"), [(ROLL, SAM), (DELIVERED, SAM)], NO, Because.NOTHING_PAID, 0),  # a roll is not money
    (Claim("sent"), [], OPEN, Because.NOT_SENT, 0),
    (Claim("sent"), [(RECEIPT, "desk:")], OPEN, Because.NOT_SENT, 0),
    (Claim("sent"), [(REPLY, SAM)], YES, Because.RECORDED, 1),
    (Claim("sent"), [(REPLY, SAM), (came_back(1), "desk:")], NO, Because.CAME_BACK, 2),
    (Claim("sent"), [(ROLL, SAM)], NO, Because.NOT_DELIVERED, 1),
    (Claim("sent"), [(ROLL, SAM), (DELIVERED, SAM)], YES, Because.RECORDED, 2),
    (Claim("booked"), [(UPDATE, SAM)], OPEN, Because.NOT_PROMISED, 0),
    (Claim("booked"), [(DEED, SAM)], YES, Because.RECORDED, 1),
    (Claim("booked"), [(DEED, SAM), (BROKEN, "desk:")], NO, Because.NOT_DONE, 2),
    (Claim("fixed"), [], OPEN, Because.NOT_DONE, 0),
    (Claim("fixed"), [(REPAIR, SAM)], NO, Because.NOT_DELIVERED, 1),
    (Claim("fixed"), [(DEED, SAM), (KEPT, SAM)], YES, Because.RECORDED, 2),
    (
        Claim("fixed"),
        [(REPAIR, SAM), (DELIVERED, SAM), (UNSETTLED, "customer:c")],
        NO,
        Because.NOT_SETTLED,
        3,
    ),
    (Claim("fixed"), [(UNSETTLED, "customer:c"), (REPAIR, SAM), (DELIVERED, SAM)], YES, Because.RECORDED, 3),
    (Claim("noted"), [], NO, Because.NO_RECORD, 0),
    (Claim("noted"), [(NOTE, SAM)], YES, Because.RECORDED, 1),
    (Claim("investigated"), [], OPEN, Because.NOBODY_LOOKED, 0),
    (Claim("investigated"), [(NOTE, SAM), (OURS, SAM)], YES, Because.RECORDED, 2),
    (Claim("doing"), [(UPDATE, "desk:")], OPEN, Because.NOBODY_LOOKED, 0),
    (Claim("doing"), [(NOTE, SAM)], YES, Because.RECORDED, 1),
    (Claim("doing"), [(NOTE, SAM), (e.CaseClosed(settled=True), SAM)], NO, Because.NOT_DONE, 2),
    (Claim("first_case"), [], OPEN, Because.NO_RECORD, 0),
    (Claim("first_case"), [(UNSETTLED, "customer:c")], NO, Because.NOT_SETTLED, 1),
    (Claim("normal"), [], OPEN, Because.NO_RECORD, 0),
    (Claim("normal"), [(OURS, SAM)], NO, Because.OUR_ERROR, 1),
    (Claim("nothing_more"), [], OPEN, Because.LEFT_TO_OFFER, 0),
    (Claim("nothing_more"), [(REFUSED, SAM)], YES, Because.RECORDED, 1),
    (Claim("policy"), [], OPEN, Because.NO_TERMS, 0),
    (Claim("a kind nobody knows"), [(NOTE, SAM)], OPEN, Because.NO_RECORD, 0),
]


@pytest.mark.parametrize(("claim", "file", "verdict", "because", "entry"), CASES)
def test_a_claim_against_the_file(claim, file, verdict, because, entry):
    lines = [Line(number, written, DAY, by) for number, (written, by) in enumerate(file, 1)]
    assert judge(claim, lines, writer=SAM) == Judged(verdict, because, entry)


@pytest.mark.parametrize(
    ("kind", "facts", "because", "what"),
    [
        ("first_case", Facts(defects=("R-40 seams",)), Because.KNOWN_DEFECT, "R-40 seams"),
        ("first_case", Facts(others=3), Because.OTHER_CASES, "3"),
        ("normal", Facts(defects=("R-40 seams",)), Because.KNOWN_DEFECT, "R-40 seams"),
        ("nothing_more", Facts(left=2), Because.LEFT_TO_OFFER, "2"),
    ],
)
def test_what_the_file_cannot_know_contradicts_too(kind, facts, because, what):
    assert judge(Claim(kind), [], facts) == Judged(NO, because, 0, what)


def test_terms_in_force_can_be_cited():
    assert judge(Claim("policy"), [], Facts(terms=("Warranty 2026",))).verdict is YES
