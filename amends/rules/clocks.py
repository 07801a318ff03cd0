"""Time as the office counts it: the working calendar, and when a limit runs out.

Dates and hours are the office's own, in its zone; moments are aware and answered in UTC, and sums of time are
done there, so that a night with 23 or 25 hours is no special case. Three conventions hold throughout:

- The day of the event is day 0. An event after closing time, or on a closed day, still happened that day.
- Hours belong to the day they start on, also when they end after midnight.
- A time of day is the first moment the office clock shows it or has passed it. A repeated hour counts the
  first time round; a skipped one is over at the jump. So office hours never overlap and never run backwards.
"""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import msgspec

Span = tuple[int, int]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
MINUTES_A_DAY = 24 * 60
LONGEST_REST = 3_660  # days, about ten years

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS = re.compile("({0})(?:-({0}))?".format("|".join(WEEKDAYS)))
_HOURS = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


class NoWorkingDay(ValueError):
    """The calendar has no working day for ten years; somebody closed too much."""


class Calendar(msgspec.Struct, frozen=True):
    """When the office works.

    zone    IANA name of the office's time zone
    week    seven tuples, Monday first, of hours as (begin, end) in minutes after midnight; an end above 1440
            lies on the next day
    closed  dates on which no hours begin
    """

    zone: str
    week: tuple[tuple[Span, ...], ...]
    closed: frozenset[date] = frozenset()


class Unit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    WEEK = "week"
    MONTH = "month"


class Limit(msgspec.Struct, frozen=True):
    """How long something may take. Raises ValueError when n is below 1."""

    n: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"A limit is 1 {self.unit} or more, not {self.n}.")


class Expiry(StrEnum):
    """What follows when a limit passes and nothing stopped its clock."""

    CLIMB = "climb"
    LAPSE = "lapse"
    MARK_DURABLE = "mark_durable"
    MARK_UNCONFIRMED = "mark_unconfirmed"


class Clock(msgspec.Struct, frozen=True):
    """A time limit with the events that start and stop it.

    start, stop  names of events, any one of which will do
    by_human     only a person's act stops it, not an automatic letter
    repeats      starts again each time it is stopped
    extension    what may be added once, with notice before the limit passes
    stage        of the complaint procedure; None for any
    """

    id: str
    limit: Limit
    start: tuple[str, ...]
    stop: tuple[str, ...]
    by_human: bool = False
    repeats: bool = False
    extension: Limit | None = None
    stage: int | None = None
    on_expiry: Expiry | None = None


class Grade(StrEnum):
    """How far a regime can be trusted: its source read, read second-hand, not read, or our own design."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"
    DESIGN = "design"


class Regime(msgspec.Struct, frozen=True):
    """The clocks a complaint runs under."""

    id: str
    title: str
    grade: Grade
    clocks: tuple[Clock, ...]


# Reading office hours


def office_hours(
    zone: str, week: str = "Mon-Fri 09:00-17:00", closed: Iterable[date] = frozenset()
) -> Calendar:
    """The calendar of an office, from its hours as people write them.

    zone    IANA name, e.g. "Europe/London"
    week    days and their hours, parts divided by ";": "Mon-Thu 08:00-12:00 13:00-17:00; Fri 08:00-14:00".
            Days may run over the weekend ("Sun-Thu"), hours over midnight ("22:00-06:00")
    closed  dates that do not count, besides days without hours

    Raises ValueError, saying what was expected, for an unknown zone, hours that cannot be read, hours that
    overlap, and a week with none.
    """
    hours: list[list[Span]] = [[] for _ in WEEKDAYS]
    for part in filter(None, map(str.strip, week.split(";"))):
        days, *spans = part.split()
        for day in _read_days(days, part):
            hours[day] += _read_hours(spans, part)
    calendar = Calendar(_known(zone), tuple(tuple(sorted(spans)) for spans in hours), frozenset(closed))
    _refuse_an_empty_week(calendar)
    _refuse_overlap(calendar)
    return calendar


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValueError(f"A time zone has a name such as 'Europe/London', not {zone!r}.") from unknown
    return zone


def _read_days(text: str, part: str) -> list[int]:
    days = _DAYS.fullmatch(text)
    if not days:
        raise _unreadable(part)
    first, last = (WEEKDAYS.index(name) for name in (days[1], days[2] or days[1]))
    return [(first + i) % 7 for i in range((last - first) % 7 + 1)]


def _read_hours(texts: list[str], part: str) -> list[Span]:
    if not texts:
        raise _unreadable(part)
    return [_read_span(text, part) for text in texts]


def _read_span(text: str, part: str) -> Span:
    hours = _HOURS.fullmatch(text)
    if not hours:
        raise _unreadable(part)
    begin, end = (60 * int(hours[i]) + int(hours[i + 1]) for i in (1, 3))
    if begin == end or end > MINUTES_A_DAY:
        raise _unreadable(part)
    return begin, end if begin < end else end + MINUTES_A_DAY


def _unreadable(part: str) -> ValueError:
    return ValueError(f"Office hours look like 'Mon-Fri 09:00-17:00; Sat 10:00-14:00', not {part!r}.")


def _refuse_an_empty_week(calendar: Calendar) -> None:
    if not any(calendar.week):
        raise ValueError("An office works at least a minute a week, e.g. 'Mon-Fri 09:00-17:00'.")


def _refuse_overlap(calendar: Calendar) -> None:
    spans = [
        (day * MINUTES_A_DAY + begin, day * MINUTES_A_DAY + end)
        for day, hours in enumerate([*calendar.week, *calendar.week])  # twice, so that Sunday meets Monday
        for begin, end in hours
    ]
    for (_, end), (begin, _) in pairwise(spans):
        if begin < end:
            day = WEEKDAYS[begin // MINUTES_A_DAY % 7]
            raise ValueError(f"Office hours may touch but not overlap, as they do on {day}.")


# Days


def local_date(calendar: Calendar, moment: datetime) -> date:
    """The date in the office at a moment. Raises ValueError when the moment has no zone."""
    return _utc(moment).astimezone(ZoneInfo(calendar.zone)).date()


def is_working_day(calendar: Calendar, day: date) -> bool:
    return day not in calendar.closed and bool(calendar.week[day.weekday()])


def next_working_day(calendar: Calendar, day: date) -> date:
    """The first working day strictly after a day. Raises NoWorkingDay when ten years have none."""
    for ahead in range(1, LONGEST_REST):
        if is_working_day(calendar, day + ahead * DAY):
            return day + ahead * DAY
    raise NoWorkingDay(f"No working day within ten years of {day}.")


def add_working_days(calendar: Calendar, day: date, n: int) -> date:
    """The n-th working day after a day, which is day 0 and need not be a working day itself.

    Raises ValueError when n is below 0, and NoWorkingDay.
    """
    if n < 0:
        raise ValueError(f"Working days are counted forwards, not {n}.")
    for _ in range(n):
        day = next_working_day(calendar, day)
    return day


# Moments


def open_of_business(calendar: Calendar, day: date) -> datetime:
    """When the first hours of a working day begin, in UTC. Raises ValueError on a day without hours."""
    return _hours(calendar, day)[0][0]


def close_of_business(calendar: Calendar, day: date) -> datetime:
    """When the last hours of a working day end, in UTC, perhaps after midnight.

    Raises ValueError on a day without hours.
    """
    return _hours(calendar, day)[-1][1]


def end_of_day(calendar: Calendar, day: date) -> datetime:
    """The last second of a date in the office, in UTC."""
    return _moment(calendar, day, MINUTES_A_DAY) - SECOND


def working_spans(calendar: Calendar, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Working time from a moment on, as (begin, end) in UTC, in order and without end.

    Raises ValueError when the moment has no zone, and NoWorkingDay once there is nothing more for ten years.
    """
    since = _utc(since)
    day = local_date(calendar, since) - 2 * DAY  # yesterday's hours may still be running
    while True:
        day = next_working_day(calendar, day)
        for begin, end in _hours(calendar, day):
            if max(since, begin) < end:
                yield max(since, begin), end


def add_working_minutes(calendar: Calendar, start: datetime, minutes: float) -> datetime:
    """The moment, in UTC, when so much working time has passed since the start.

    It is the earliest such moment: time that fills a day ends at closing, not at the next opening. No minutes
    at all lead to the start itself, or to the next opening when the office is closed then.

    Raises ValueError when minutes are below 0 or the start has no zone, and NoWorkingDay.
    """
    if minutes < 0:
        raise ValueError(f"Working time is counted forwards, not {minutes} minutes.")
    left = minutes * MINUTE
    spans = working_spans(calendar, start)
    begin, end = next(spans)
    while left > end - begin:
        left -= end - begin
        begin, end = next(spans)
    return begin + left


def working_minutes(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Working time between two moments, in minutes and their fractions; 0 when the end is not after the start.

    Raises ValueError when a moment has no zone, and NoWorkingDay.
    """
    end = _utc(end)
    spans = takewhile(lambda span: span[0] < end, working_spans(calendar, start))
    return sum((min(close, end) - begin for begin, close in spans), timedelta()) / MINUTE


def due_at(calendar: Calendar, started_at: datetime, limit: Limit) -> datetime:
    """The last moment, in UTC, at which something under a limit is still on time.

    minute, hour                 elapsed time, by day and night
    working_hour                 working time
    working_day                  close of business on the n-th working day after the local date of the start
    calendar_day, week, month    the last second of that local date, whether or not the office works then: no
                                 roll forward to a working day, for earlier is safer. A date its month does
                                 not have is the month's last day

    Raises ValueError when the start has no zone, and NoWorkingDay.
    Source: domain.md §19, counting conventions. Day 0, the end of the last day and the clipped month are also
    Regulation (EEC, Euratom) No 1182/71, art. 3(1) and 3(2); its roll forward, art. 3(4), is the one we leave.
    """
    day = local_date(calendar, started_at)
    match limit.unit:
        case Unit.MINUTE:
            return _utc(started_at) + limit.n * MINUTE
        case Unit.HOUR:
            return _utc(started_at) + limit.n * HOUR
        case Unit.WORKING_HOUR:
            return add_working_minutes(calendar, started_at, 60 * limit.n)
        case Unit.WORKING_DAY:
            return close_of_business(calendar, add_working_days(calendar, day, limit.n))
        case Unit.CALENDAR_DAY:
            return end_of_day(calendar, day + limit.n * DAY)
        case Unit.WEEK:
            return end_of_day(calendar, day + limit.n * WEEK)
        case Unit.MONTH:
            return end_of_day(calendar, _add_months(day, limit.n))


def _add_months(day: date, n: int) -> date:
    years, month = divmod(day.month - 1 + n, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _hours(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    if not is_working_day(calendar, day):
        raise ValueError(f"The office has no hours on {day:%A} {day}.")
    return [
        (_moment(calendar, day, begin), _moment(calendar, day, end))
        for begin, end in calendar.week[day.weekday()]
    ]


def _moment(calendar: Calendar, day: date, minute: int) -> datetime:
    """The first moment, in UTC, at which the office clock shows a minute of a day or has passed it."""
    zone = ZoneInfo(calendar.zone)
    wall = datetime.combine(day, time()) + minute * MINUTE
    by_the_old, by_the_new = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if by_the_old <= by_the_new:  # shown once, or twice and this is the first
        return by_the_old
    return _jump(zone, by_the_new, by_the_old)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The moment, in UTC and between two others, at which the clock of a zone jumps."""
    old = before.astimezone(zone).utcoffset()
    seconds = range(int((after - before).total_seconds()))
    has_jumped = bisect_left(
        seconds, True, key=lambda s: (before + s * SECOND).astimezone(zone).utcoffset() != old
    )
    return before + has_jumped * SECOND


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"A moment needs a time zone; {moment.isoformat()} has none.")
    return moment.astimezone(UTC)
