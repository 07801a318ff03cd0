"""The form answers anybody, so it could be used to send strangers mail. One address gets a few receipts an hour."""

from datetime import UTC, datetime, timedelta

from amends.casework import db
from amends.casework.acts.intake import address_hash
from amends.casework.moments import micro
from amends.rules.refused import Reason, Refused

MOST, WITHIN = 12, timedelta(hours=1)


def slow_down(request, reach: str) -> None:
    """Raises Refused when this address has opened many cases within the hour."""
    since = micro(datetime.now(UTC) - WITHIN)
    many = db.row(
        "select count(*) from cases c join customers u on u.id = c.customer"
        " where u.address_hash = %s and c.received_at > %s",
        [address_hash(reach), since],
    )[0]
    if "@" in reach and many >= MOST:
        raise Refused(Reason.TOO_MANY_AT_ONCE, within=int(WITHIN.total_seconds() // 60))
