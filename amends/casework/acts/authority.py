"""Grants: given to people by those who lead, and ended."""

from datetime import date, datetime

from amends import ids
from amends.casework import db, facts
from amends.casework.record import Outcome, Step, record
from amends.people.models import Staff
from amends.rules import grants
from amends.rules.entries import RemedyKind
from amends.rules.grants import Grant
from amends.rules.refused import Reason, Refused
from amends.rules.values import DESK, Actor, Role, Text

FIRST_PER_CASE, FIRST_PER_MONTH = 50_000, 500_000  # minor units


def issue_grant(
    *,
    holder: str,
    kind: RemedyKind | None,
    unit: str,
    per_case: int,
    per_month: int,
    by: Actor,
    now: datetime,
    act: str = "",
    until: date | None = None,
) -> Outcome:
    """Give `holder` authority to grant `kind` (None: any). Raises Refused."""
    _must_be_of_the_team(holder, by)
    asked = {
        "holder": holder,
        "kind": kind,
        "unit": unit,
        "per_case": per_case,
        "per_month": per_month,
        "until": until,
        "by": by,
        "own": tuple(grants_of([by.id])),
    }
    return record(Step("grant", ids.new(), grants.issue, asked, is_new=True), by=by, now=now, act=act)


def revoke_grant(grant: str, *, why: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    """End a grant; what was given under it stands. Raises Refused."""
    found = db.row("select holder from grants where id = %s", [grant])
    if not found:
        raise Refused(Reason.NO_SUCH_GRANT)
    _must_be_of_the_team(found[0], by)
    asked = {"why": Text(why), "by": by, "holder_leads": Staff.objects.get(id=found[0]).leads}
    return record(Step("grant", grant, grants.revoke, asked), by=by, now=now, act=act)


def first_grant(email: str, now: datetime) -> None:
    """What the first person of a new desk may grant, so that it can put something right on its first day."""
    holder = Staff.objects.get(email=email)
    asked = {"per_case": FIRST_PER_CASE, "per_month": FIRST_PER_MONTH, "unit": facts.house().currency}
    issue_grant(holder=holder.id, kind=None, by=DESK, now=now, **asked)


def _must_be_of_the_team(holder: str, by: Actor) -> None:
    """A lead gives and ends grants in their own team; directors and executives everywhere."""
    person = Staff.objects.filter(id=holder, is_active=True).first()
    if person is None:
        raise Refused(Reason.OWNER_MISSING)
    if by.role is Role.LEAD and not Staff.objects.filter(id=by.id, team_id=person.team_id).exists():
        raise Refused(Reason.NOT_FOR_YOU)


def grants_of(holders: list[str]) -> list[Grant]:
    """Grants in force of these people."""
    found = db.rows_in(
        "select id, holder, kind, unit, per_case, per_month from grants where not revoked and holder in {in}",
        holders,
    )
    return [Grant(row[0], row[1], RemedyKind(row[2]) if row[2] else None, *row[3:]) for row in found]
