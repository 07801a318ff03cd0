"""What a screen remembers for a moment: drafts, and who is looking at a case. Not part of the record."""

from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag

from amends.casework import cipher, db
from amends.casework.moments import micro, moment
from amends.people.names import name_of

SEEN_FOR = timedelta(seconds=45)


def keep_draft(case: str, staff: str, words: str, seen: int, now: datetime) -> None:
    """Keep what somebody is writing, encrypted; one draft per person and case. Nothing to keep removes it."""
    if not words.strip():
        drop_draft(case, staff)
        return
    secret = cipher.encrypt(words.encode("utf-8", "replace"), cipher.desk_key(), f"draft|{case}|{staff}")
    db.change(
        "insert into drafts (file, staff, at, seen, cipher) values (%s,%s,%s,%s,%s)"
        " on conflict (file, staff) do update set at = excluded.at, seen = excluded.seen, cipher = excluded.cipher",
        [case, staff, micro(now), seen, secret],
    )


def draft(case: str, staff: str) -> tuple[str, datetime, int] | None:
    """The draft's words, when it was kept, and the newest entry its writer had seen."""
    found = db.row("select cipher, at, seen from drafts where file = %s and staff = %s", [case, staff])
    if not found:
        return None
    try:
        words = cipher.decrypt(db.as_bytes(found[0]), cipher.desk_key(), f"draft|{case}|{staff}").decode()
    except InvalidTag:
        return None
    return words, moment(found[1]), found[2]


def drop_draft(case: str, staff: str) -> None:
    db.change("delete from drafts where file = %s and staff = %s", [case, staff])


def note_presence(case: str, staff: str, now: datetime) -> None:
    """Somebody is looking at this case."""
    db.change(
        "insert into presence (file, staff, at) values (%s,%s,%s) on conflict (file, staff) do update set at = excluded.at",
        [case, staff, micro(now)],
    )


def also_here(case: str, besides: str, now: datetime) -> list[str]:
    """Names of the others who look at this case now."""
    found = db.rows(
        "select staff from presence where file = %s and staff <> %s and at > %s order by at",
        [case, besides, micro(now - SEEN_FOR)],
    )
    return [name_of(staff) for (staff,) in found]
