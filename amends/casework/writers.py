"""Whose words an entry holds, and so under whose key they lie.

What a customer said lies under the customer's key, also when a member of staff wrote it down; what staff write
lies under theirs; letters the desk draws up are the customer's, for they speak of nobody else.
"""

from amends.rules import entries as e
from amends.rules.values import Actor, Side

_OURS = (
    e.LetterSent,
    e.NoteWritten,
    e.ColleagueTold,
    e.EntryWithheld,
    e.ClaimBacked,
    e.ClaimOverridden,
    e.DefectUnlinked,
    e.StandingRegistered,
    e.StandingMeasured,
    e.StandingWithdrawn,
    e.DefectOpened,
    e.DefectClosed,
    e.CaseAssessed,
    e.CaseTakenOver,
    e.PointFound,
    e.ProblemAgreed,
    e.StepSkipped,
    e.PowerDisposed,
    e.RequestRefused,
    e.OptionProposed,
    e.RemedyGranted,
    e.RemedyDelivered,
    e.PromiseMade,
    e.PromiseKept,
    e.DelayNoticed,
    e.TimeAsked,
    e.ApprovalAsked,
    e.ApprovalGiven,
    e.ApprovalDeclined,
    e.CheckBackDone,
    e.CaseReopened,
    e.GrantRevoked,
    e.LetterSentOtherwise,
    e.LetterMoved,
    e.CaseMerged,
    e.CaseUnmerged,
    e.CaseJoined,
    e.CaseParted,
)


def of(entry, by: Actor, kind: str, file: str, state) -> str:
    """The writer's name in `writer_keys`."""
    if by.side is Side.STAFF and isinstance(entry, _OURS):
        return f"staff:{by.id}"
    if kind == "customer":
        return f"customer:{file}"
    about = getattr(entry, "customer", "") or getattr(state, "customer", "")
    return f"customer:{about}" if about else str(by)
