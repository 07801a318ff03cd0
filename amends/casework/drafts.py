"""What a screen remembers for a moment: drafts, and who is looking at a case. Not part of the record."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag

from amends.casework import cipher, db
from amends.casework.moments import micro, moment
from amends.people.names import name_of
from amends.rules.entries import Enclosure

SEEN_FOR = timedelta(seconds=45)


class _Kept(msgspec.Struct):
    words: str
    files: tuple[Enclosure, ...] = ()


class Draft(NamedTuple):
    """What somebody is writing: the words, when they were kept, the newest entry its writer had seen, and files."""

    words: str
    at: datetime
    seen: int
    files: tuple[Enclosure, ...] = ()


def keep_draft(
    case: str, staff: str, words: str, seen: int, now: datetime, files: tuple[Enclosure, ...] | None = None
) -> None:
    """Keep what somebody is writing, encrypted; one draft per person and case. Nothing to keep removes it.

    files  those that go with it; None leaves them as they are
    """
    with db.writing():
        _keep(case, staff, words, seen, now, files)


def _keep(case, staff, words, seen, now, files) -> None:
    if files is None:
        kept = draft(case, staff, " for update" if db.is_postgres() else "")
        files = kept.files if kept else ()
    if not words.strip() and not files:
        drop_draft(case, staff)
        return
    told = msgspec.json.encode({"words": words.encode("utf-8", "replace").decode(), "files": files})
    secret = cipher.encrypt(told, cipher.desk_key(), f"draft|{case}|{staff}")
    db.change(
        "insert into drafts (file, staff, at, seen, cipher) values (%s,%s,%s,%s,%s)"
        " on conflict (file, staff) do update set at = excluded.at, seen = excluded.seen, cipher = excluded.cipher",
        [case, staff, micro(now), seen, secret],
    )


def draft(case: str, staff: str, lock: str = "") -> Draft | None:
    found = db.row("select cipher, at, seen from drafts where file = %s and staff = %s" + lock, [case, staff])
    if not found:
        return None
    try:
        told = cipher.decrypt(db.as_bytes(found[0]), cipher.desk_key(), f"draft|{case}|{staff}")
        words, files = _opened(told)
    except InvalidTag:
        return None
    return Draft(words, moment(found[1]), found[2], files)


def _opened(told: bytes) -> tuple[str, tuple[Enclosure, ...]]:
    try:
        kept = msgspec.json.decode(told, type=_Kept)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return told.decode("utf-8", "replace"), ()  # as drafts were kept before files could go with them
    return kept.words, kept.files


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
