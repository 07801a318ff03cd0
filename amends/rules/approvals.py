"""Asking somebody above. Their answer is theirs: in their own words, on their own grant, or declined with reasons.

What costs nothing may be asked as well: that somebody above looks at it and says what they think.
"""

from amends.rules import entries as e
from amends.rules.case import Approval, Case, next_number
from amends.rules.entries import COSTS_NOTHING, RemedyKind
from amends.rules.grants import Purse, held, left_here
from amends.rules.guards import must_be_open, must_be_staff
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, NOTHING, Actor, Text, wanted


def ask(
    case: Case,
    *,
    of: str,
    kind: RemedyKind,
    amount: int,
    unit: str,
    why: Text,
    by: Actor,
    able: frozenset[str],
):
    """Ask `of` for a remedy above one's own grant: what for the customer, why, at what cost.

    amount  0 with a kind that costs nothing asks for their word alone
    able    those whose grants could hold it; an ask goes to somebody who can say yes
    """
    must_be_staff(by)
    must_be_open(case)
    if not of:
        raise Refused(Reason.OWNER_MISSING)
    if of == by.id:
        raise Refused(Reason.NOT_YOUR_OWN_ASK)
    if amount <= 0 and kind not in COSTS_NOTHING:
        raise Refused(Reason.AMOUNT_NOT_POSITIVE)
    if of not in able:
        raise Refused(Reason.ABOVE_THEIR_GRANT)
    number = next_number(case.approvals)
    why = wanted(why, "why", LONGEST_LINE)
    return [e.ApprovalAsked(number=number, of=of, kind=kind, amount=amount, unit=unit, why=why)]


def give(case: Case, *, number: int, purses: tuple[Purse, ...], by: Actor, words: Text = NOTHING):
    """Say yes, in one's own words, on one's own grant, which holds the amount from now. Raises Refused above that grant."""
    approval = _waiting(case, number, by)
    words = wanted(words, "words", LONGEST_LINE)
    if not approval.amount:
        return [e.ApprovalGiven(number=number, grant="", month="", words=words)]
    holding, most = held(case), 0
    for purse in purses:
        fits = purse.grant.unit == approval.unit and purse.grant.kind in (None, approval.kind)
        room = min(purse.left, left_here(holding, purse)) if fits else 0
        most = max(most, room)
        if fits and approval.amount <= room:
            return [e.ApprovalGiven(number=number, grant=purse.grant.id, month=purse.month, words=words)]
    raise Refused(
        Reason.ABOVE_GRANT, amount=approval.amount, unit=approval.unit, left=most, kind=approval.kind
    )


def decline(case: Case, *, number: int, why: Text, by: Actor):
    """Say no, with reasons; the customer reads them. Raises Refused where they are none."""
    _waiting(case, number, by)
    return [e.ApprovalDeclined(number=number, why=reasons(why))]


FEWEST_WORDS = 3  # that can be a reason


def reasons(why: Text) -> Text:
    """The text where it can be a reason: "no" is none."""
    why = wanted(why, "why", LONGEST_LINE)
    if why.plain and len(why.plain.split()) < FEWEST_WORDS:
        raise Refused(Reason.REASON_MISSING, field="why")
    return why


def _waiting(case: Case, number: int, by: Actor) -> Approval:
    must_be_staff(by)
    must_be_open(case)
    approval = case.approval(number)
    if by.id == approval.asked_by:
        raise Refused(Reason.NOT_YOUR_OWN_ASK)
    if by.id != approval.of and not by.leads:
        raise Refused(Reason.NOT_FOR_YOU)
    if approval.state != "asked":
        raise Refused(Reason.PROMISE_SETTLED, number=number)
    return approval
