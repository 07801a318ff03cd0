"""Authority at the desk: what a person may grant without asking, per case and per month.

Money is whole minor units of a currency; goods, visits and the like may be granted by count (unit "times").
What a case holds of a grant is a function of its state, so the monthly allowance moves by the difference
between two states, in the transaction that writes the entries. Nothing can be spent twice or given back twice.
"""

from collections import Counter
from datetime import date

import msgspec
from msgspec.structs import replace

from amends.rules.case import Case
from amends.rules.entries import COSTS_NOTHING, GrantIssued, GrantRevoked, Offer, RemedyKind
from amends.rules.refused import Reason, Refused
from amends.rules.values import Actor, Role, Side, Text, wanted

TIMES = "times"


class Grant(msgspec.Struct, frozen=True):
    """One authority: `holder` may grant `kind` (None: any) up to `per_case` and `per_month`, in `unit`."""

    id: str = ""
    holder: str = ""
    kind: RemedyKind | None = None
    unit: str = ""
    per_case: int = 0
    per_month: int = 0
    until: date | None = None
    revoked: bool = False


class Purse(msgspec.Struct, frozen=True):
    """A grant with what is left of it this month (`month` as "2026-11")."""

    grant: Grant
    month: str
    left: int


class Cover(msgspec.Struct, frozen=True):
    """What pays for a remedy: a grant and month, or an approval; all empty for what costs nothing."""

    grant: str = ""
    month: str = ""
    approval: int = 0


def after(grant: Grant, entry, at=None, by="", number=0) -> Grant:
    """The grant once `entry` stands in its file."""
    if isinstance(entry, GrantIssued):
        return replace(
            grant,
            holder=entry.holder,
            kind=entry.kind,
            unit=entry.unit,
            per_case=entry.per_case,
            per_month=entry.per_month,
            until=entry.until,
        )
    return replace(grant, revoked=True) if isinstance(entry, GrantRevoked) else grant


def issue(
    grant: Grant,
    *,
    holder: str,
    kind,
    unit,
    per_case,
    per_month,
    by: Actor,
    own: tuple[Grant, ...] = (),
    until=None,
):
    """Give somebody authority. A lead gives no more than they hold themselves; nobody gives to themselves.

    own  the giver's grants in force

    Raises Refused.
    """
    if not by.leads and by.side is not Side.DESK:
        raise Refused(Reason.NEEDS_A_LEAD)
    if holder == by.id:
        raise Refused(Reason.NOT_YOUR_OWN_ASK)
    if per_case <= 0 or per_month < per_case:
        raise Refused(Reason.AMOUNT_NOT_POSITIVE)
    if by.role is Role.LEAD and not any(_holds(mine, kind, unit, per_case, per_month) for mine in own):
        raise Refused(Reason.ABOVE_YOUR_OWN)
    issued = GrantIssued(
        holder=holder,
        kind=kind,
        unit=unit,
        per_case=per_case,
        per_month=per_month,
        until=until,
        by_role=by.role,
    )
    return [issued]


def _holds(mine: Grant, kind, unit, per_case, per_month) -> bool:
    covers = mine.unit == unit and mine.kind in (None, kind)
    return covers and per_case <= mine.per_case and per_month <= mine.per_month


def revoke(grant: Grant, *, why: Text, by: Actor, holder_leads: bool = False):
    """End an authority; what was granted under it stands. A lead ends those of people who do not lead."""
    if not by.leads:
        raise Refused(Reason.NEEDS_A_LEAD)
    if not grant.holder or grant.revoked:
        raise Refused(Reason.NO_SUCH_GRANT)
    if by.role is Role.LEAD and holder_leads:
        raise Refused(Reason.ABOVE_YOUR_OWN)
    return [GrantRevoked(why=wanted(why, "why"))]


def held(case: Case) -> Counter:
    """What this case holds of each grant and month: {(grant, month): amount}.

    Remedies hold what they cost. Of several options only one is ever chosen, so those of one grant and month
    hold the dearest. An approval holds its amount until something is offered under it. Nothing is held for
    options that ended unchosen or remedies the customer withdrew from.
    """
    holding: Counter = Counter()
    for remedy in case.remedies:
        if remedy.grant and not remedy.cancelled:
            holding[remedy.grant, remedy.month] += remedy.offer.amount
    dearest: Counter = Counter()
    for option in case.offered:
        if option.grant:
            key = option.grant, option.month
            dearest[key] = max(dearest[key], option.offer.amount)
    holding.update(dearest)
    used = approvals_in_use(case)
    for approval in case.approvals:
        if approval.state == "given" and approval.number not in used:
            holding[approval.grant, approval.month] += approval.amount
    return holding


def approvals_in_use(case: Case) -> set[int]:
    """Approvals that an offered option or a standing remedy rests on."""
    used = {option.approval for option in case.offered}
    return used | {remedy.approval for remedy in case.remedies if not remedy.cancelled}


def draws(before: Case, after: Case) -> dict[tuple[str, str], int]:
    """How much more (or less, below zero) of each grant and month the case holds now."""
    was, is_now = held(before), held(after)
    return {key: is_now[key] - was[key] for key in was.keys() | is_now.keys() if is_now[key] != was[key]}


def cover(case: Case, offer: Offer, purses: tuple[Purse, ...]) -> Cover:
    """What pays for `offer` on this case: an approval first, else a purse with room. Raises Refused."""
    if offer.kind in COSTS_NOTHING and not offer.amount:
        return Cover()
    if offer.amount <= 0:
        if offer.kind is RemedyKind.SOMETHING_ELSE and not offer.unit:
            return Cover()  # invented, and costs no money
        raise Refused(Reason.AMOUNT_NOT_POSITIVE)
    return _approved(case, offer) or _within(case, offer, purses)


def _approved(case: Case, offer: Offer) -> Cover | None:
    used = approvals_in_use(case)
    for approval in case.approvals:
        fits = approval.kind is offer.kind and approval.unit == offer.unit and offer.amount <= approval.amount
        if fits and approval.state == "given" and approval.number not in used:
            return Cover(approval.grant, approval.month, approval.number)
    return None


def _within(case: Case, offer: Offer, purses: tuple[Purse, ...]) -> Cover:
    fitting = [p for p in purses if p.grant.unit == offer.unit and p.grant.kind in (None, offer.kind)]
    holding = held(case)
    most = 0
    for purse in fitting:
        room = min(left_here(holding, purse), purse.left)
        if offer.amount <= room:
            return Cover(purse.grant.id, purse.month)
        most = max(most, room)
    raise Refused(Reason.ABOVE_GRANT, amount=offer.amount, unit=offer.unit, left=most, kind=offer.kind)


def left_here(holding: Counter, purse: Purse) -> int:
    """What the purse's per-case limit still allows on a case that holds `holding`."""
    drawn = sum(amount for (grant, _), amount in holding.items() if grant == purse.grant.id)
    return max(0, purse.grant.per_case - drawn)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"
