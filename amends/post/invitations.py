"""Invitations that come with a letter, as words a person can read. Runs in the cage only."""

from datetime import date, datetime
from itertools import islice

import msgspec

MOST, LONGEST = 10, 500


class Event(msgspec.Struct, frozen=True):
    """One appointment. `starts` and `ends` as ISO 8601, with an offset where the zone is known; empty when not said."""

    what: str
    starts: str = ""
    ends: str = ""
    place: str = ""
    host: str = ""
    again: bool = False  # it recurs
    off: bool = False  # it is cancelled


def events(data: bytes) -> tuple[Event, ...]:
    """The first appointments in a file of type text/calendar (RFC 5545). Raises ValueError when it is none."""
    from icalendar import Calendar

    calendar = Calendar.from_ical(data)
    cancelled = str(calendar.get("METHOD", "")).upper() == "CANCEL"
    return tuple(_event(event, cancelled) for event in islice(calendar.walk("VEVENT"), MOST))


def _event(event, cancelled: bool) -> Event:
    return Event(
        what=_line(event.get("SUMMARY", "")),
        starts=_moment(event.get("DTSTART")),
        ends=_moment(event.get("DTEND")),
        place=_line(event.get("LOCATION", "")),
        host=_line(event.get("ORGANIZER", "")).removeprefix("mailto:").removeprefix("MAILTO:"),
        again="RRULE" in event,
        off=cancelled or str(event.get("STATUS", "")).upper() == "CANCELLED",
    )


def _line(value) -> str:
    value = value[0] if isinstance(value, list) and value else value
    return " ".join(str(value).split())[:LONGEST]


def _moment(value) -> str:
    said = getattr(value, "dt", None)
    return said.isoformat() if isinstance(said, datetime | date) else ""
