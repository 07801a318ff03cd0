"""Wrong passwords are counted per address, in the database, so that all processes count together."""

import time

from django.db import connection
from django.utils.crypto import salted_hmac

from amends.people.models import SignInTries

MOST, WAIT = 8, 15 * 60  # tries, seconds


def must_wait(who: str) -> bool:
    """Whether this address has had too many wrong tries in the last fifteen minutes."""
    return SignInTries.objects.filter(
        who=_hash(who), tries__gte=MOST, since__gt=int(time.time()) - WAIT
    ).exists()


def count(who: str) -> None:
    """One more wrong try: a single conditional statement, so that parallel tries all count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into sign_in_tries (who, tries, since) values (%s, 1, %s) on conflict (who) do update set"
            " tries = case when sign_in_tries.since < excluded.since - %s then 1 else sign_in_tries.tries + 1 end,"
            " since = excluded.since",
            [_hash(who), int(time.time()), WAIT],
        )


def forget(who: str) -> None:
    SignInTries.objects.filter(who=_hash(who)).delete()


def _hash(who: str) -> str:
    return salted_hmac("amends.sign-in", who, algorithm="sha256").hexdigest()
