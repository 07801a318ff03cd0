"""A word to a colleague: applause, or solace. Neither is a score, and neither is bought at the customer's expense."""

from amends.rules import entries as e
from amends.rules.case import Case, Stage
from amends.rules.correspondence import must_not_belittle
from amends.rules.entries import Kindness
from amends.rules.guards import must_be_staff
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, Actor, Text, wanted


def tell(
    case: Case,
    *,
    to: str,
    kind: Kindness | None,
    words: Text,
    by: Actor,
    blames: tuple[str, ...] = (),
    insisted: bool = False,
):
    """Say something to somebody here about this case.

    kind    which of the two it is: whoever writes has to know
    blames  phrases that blame the customer for wanting to be satisfied, which their writer has not seen yet
    """
    must_be_staff(by)
    if case.stage is Stage.UNKNOWN:
        raise Refused(Reason.NOT_RECEIVED)
    if not to or to == by.id:
        raise Refused(Reason.OWNER_MISSING)
    if kind is None:
        raise Refused(Reason.NOTHING_CHOSEN)
    must_not_belittle(blames)
    return [e.ColleagueTold(to=to, kind=kind, words=wanted(words, "words", LONGEST_LINE), insisted=insisted)]
