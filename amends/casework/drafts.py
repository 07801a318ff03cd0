"""What a screen remembers for a moment: drafts, and who is looking at a case. Not part of the record."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag

from amends.casework import cipher, db
from amends.casework.moments import micro, moment
from amends.people.names import name_of
from amends.rules.entries import Enclosure
from amends.rules.gate import NO_ANSWERS, Answers

SEEN_FOR = timedelta(seconds=45)


class _Kept(msgspec.Struct):
    words: str
    files: tuple[Enclosure, ...] = ()
    answers: Answers = NO_ANSWERS


class Draft(NamedTuple):
    """What somebody is writing: the words, when they were kept, the newest entry its writer had seen, files, and what
    they said to what was marked."""

    words: str
    at: datetime
    seen: int
    files: tuple[Enclosure, ...] = ()
    answers: Answers = NO_ANSWERS


def keep_draft(
    case: str,
    staff: str,
    words: str,
    seen: int,
    now: datetime,
    files: tuple[Enclosure, ...] | None = None,
    answers: Answers | None = None,
) -> None:
    """Keep what somebody is writing, encrypted; one draft per person and case. Nothing to keep removes it.

    files, answers  those that go with it; None leaves them as they are
    """
    with db.writing():
        _keep(case, staff, words, seen, now, files, answers)


def _keep(case, staff, words, seen, now, files, answers) -> None:
    if files is None or answers is None:
        kept = draft(case, staff, " for update" if db.is_postgres() else "")
        files = files if files is not None else kept.files if kept else ()
        answers = answers if answers is not None else kept.answers if kept else NO_ANSWERS
    if not words.strip() and not files:
        drop_draft(case, staff)
        return
    told = msgspec.json.encode(_Kept(words.encode("utf-8", "replace").decode(), files, answers))
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
        kept = _opened(told)
    except InvalidTag:
        return None
    return Draft(kept.words, moment(found[1]), found[2], kept.files, kept.answers)


def _opened(told: bytes) -> _Kept:
    try:
        return msgspec.json.decode(told, type=_Kept)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return _Kept(told.decode("utf-8", "replace"))  # as drafts were kept before files could go with them


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
