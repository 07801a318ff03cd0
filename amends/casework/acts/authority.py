"""Grants: given to people by those who lead, and ended."""

from datetime import date, datetime

from amends import ids
from amends.casework import db
from amends.casework.record import Outcome, Step, record
from amends.people.models import Staff
from amends.rules import grants
from amends.rules.entries import RemedyKind
from amends.rules.grants import Grant
from amends.rules.refused import Reason, Refused
from amends.rules.values import Actor, Text


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
    if not Staff.objects.filter(id=holder, is_active=True).exists():
        raise Refused(Reason.OWNER_MISSING)
    asked = {
        "holder": holder,
        "kind": kind,
        "unit": unit,
        "per_case": per_case,
        "per_month": per_month,
        "until": until,
        "by": by,
    }
    return record(Step("grant", ids.new(), grants.issue, asked, is_new=True), by=by, now=now, act=act)


def revoke_grant(grant: str, *, why: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    """End a grant; what was given under it stands. Raises Refused."""
    if not db.row("select 1 from grants where id = %s", [grant]):
        raise Refused(Reason.NO_SUCH_GRANT)
    return record(Step("grant", grant, grants.revoke, {"why": Text(why), "by": by}), by=by, now=now, act=act)


def grants_of(holders: list[str]) -> list[Grant]:
    """Grants in force of these people."""
    found = db.rows_in(
        "select id, holder, kind, unit, per_case, per_month from grants where revoked = false and holder in {in}"
        if db.is_postgres()
        else "select id, holder, kind, unit, per_case, per_month from grants where revoked = 0 and holder in {in}",
        holders,
    )
    return [Grant(row[0], row[1], RemedyKind(row[2]) if row[2] else None, *row[3:]) for row in found]
