"""What was really done for a customer: each intervention is an entry of the file, with its day and whoever did it."""

from collections.abc import Iterable

from amends.rules import entries as e
from amends.rules.case import Case
from amends.rules.entries import Entry, PromiseKind
from amends.rules.truth import Line

_DONE = (
    e.PointFound,
    e.RemedyGranted,
    e.RemedyDelivered,
    e.ApprovalAsked,
    e.ApprovalGiven,
    e.ApprovalDeclined,
)


def interventions(case: Case, lines: Iterable[Line]) -> list[Line]:
    """Real, dated acts of somebody here for this customer, the oldest first. Words alone are none."""
    return [line for line in lines if line.author.startswith("staff:") and _is_one(case, line.entry)]


def _is_one(case: Case, entry: Entry) -> bool:
    match entry:
        case e.ContactLogged(channel=channel, from_customer=theirs):
            return not theirs or channel in (
                e.Channel.CALL,
                e.Channel.VISIT,
            )  # a paper of theirs is no deed of ours
        case e.PromiseKept():
            return case.promise(entry.number).kind in (PromiseKind.DEED, PromiseKind.NEED_TIME)
        case e.RemedyGranted(option=option) if option:
            return False  # the customer's choice; its delivery is the deed
        case _:
            return isinstance(entry, _DONE)
