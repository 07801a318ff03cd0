"""The form answers anybody, so it could be used to send strangers mail. One address gets a few receipts, and so does one place."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from amends.casework import db
from amends.casework.cipher import address_hash
from amends.casework.moments import micro
from amends.casework.receipts import Receipts, key_of_form
from amends.rules import brakes
from amends.rules.refused import Reason, Refused

MOST, WITHIN = 12, timedelta(hours=1)
HERE = ("127.0.0.1", "::1", "")


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


def receipt(request, address: str, now: datetime) -> tuple[str, tuple] | None:
    """The row that counts a receipt to this address; None when none may go there by itself."""
    client = _client(request)
    key = key_of_form(address, client)
    counted = Receipts([key], now)
    if not brakes.may_answer_form(counted.lately(key), here=client in HERE):
        return None
    return counted.went_out(key)


def _client(request) -> str:
    """Where in the network the form was sent from; behind a proxy of ours, what the proxy says."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
