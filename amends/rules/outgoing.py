"""Which texts of an entry leave the desk, or stand where the customer reads them, when somebody here wrote it."""

from amends.rules import entries as e
from amends.rules.entries import Entry
from amends.rules.values import Text

# A person's own words in a letter: everything they claim is held against the file.
IN_A_LETTER = {
    e.LetterSent: ("words", "subject"),
    e.TimeAsked: ("words",),
    e.RequestRefused: ("why",),
    e.DelayNoticed: ("why",),
}
# What stands beside the deed it tells of: held only against claims that no deed bears out.
ON_THE_PAGE = {
    e.PromiseMade: ("act",),
    e.PromiseKept: ("proof",),
    e.PointFound: ("cause",),
    e.RemedyDelivered: ("proof",),
    e.ApprovalGiven: ("words",),
    e.ApprovalDeclined: ("why",),
}
# A point in our words is what the customer was told, so little can be held against it.
IN_OUR_WORDS = {e.PointRaised: ("words",)}
OFFERED = (e.OptionProposed, e.RemedyGranted)
CLAIMS_ON_THE_PAGE = frozenset({"consulted", "paid", "first_case", "normal", "nothing_more"})


def texts(entry: Entry) -> tuple[Text, ...]:
    """What the customer reads of it in somebody's own words; nothing for what stays inside."""
    if isinstance(entry, OFFERED):
        return entry.offer.act, entry.offer.reasons
    if isinstance(entry, e.PointRaised) and entry.verbatim:
        return ()
    fields = (IN_A_LETTER | ON_THE_PAGE | IN_OUR_WORDS).get(type(entry), ())
    return tuple(getattr(entry, field) for field in fields)


def names(entry: Entry) -> tuple[Text, ...]:
    """Names of the files that go with it."""
    return tuple(file.name for file in entry.files) if isinstance(entry, e.LetterSent) else ()


def claims(entry: Entry) -> frozenset[str] | None:
    """The kinds of claims that are held against the file there; None for all."""
    if is_letter(entry):
        return None
    return frozenset({"consulted"}) if type(entry) in IN_OUR_WORDS else CLAIMS_ON_THE_PAGE


def binds(entry: Entry) -> bool:
    """Whether a dated promise in it has to stand on the file: in the letter of a form, a finding, an answer from above.

    What a person writes in a letter of their own becomes a promise when it leaves.
    """
    told = (e.PointFound, e.ApprovalGiven, e.ApprovalDeclined)
    return isinstance(entry, told) or is_letter(entry) and not isinstance(entry, e.LetterSent)


def is_letter(entry: Entry) -> bool:
    return type(entry) in IN_A_LETTER
