"""The form answers anybody, so it could be used to send strangers mail. One address gets a few receipts, and so does one place."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

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


def call(request, phone: str, now: datetime) -> tuple[str, tuple]:
    """The row that counts a complaint with a telephone number. Raises Refused when one place has sent many."""
    client = _client(request)
    key = key_of_form(phone, client)
    counted = Receipts([key], now)
    if client not in HERE and counted.lately(key).alike_hour >= brakes.PER_CLIENT_AN_HOUR:
        raise Refused(Reason.TOO_MANY_AT_ONCE, within=60)
    return counted.went_out(key)


def _client(request) -> str:
    """Where in the network the form was sent from; behind a proxy of ours, what the proxy says.

    Whoever has one address of IPv6 has all of its /64.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    client = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    if client in HERE or ":" not in client:
        return client
    try:
        return str(ip_network((client.partition("%")[0], 64), strict=False))
    except ValueError:
        return client
