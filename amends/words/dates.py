"""The words that say when, and the moment they mean: what somebody who promises "by Friday noon" is held to.

A day without an hour means the end of that working day. "Next week" means its Friday. A span counts from now; working
days are those from Monday to Friday. Whatever names no moment ("shortly") is a when, but resolves to nothing.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from amends.words.languages import data
from amends.words.sentences import Sentence

CLOSE = 17  # hour at which a working day ends


class Times:
    def __init__(self, data: dict):
        self.days, self.weekdays, self.months = data["days"], data["weekdays"], data["months"]
        self.numbers, self.units, self.parts = data["numbers"], data["units"], data["parts"]
        words = data["words"]
        self.before = sorted((phrase.split() for phrase in words["before"]), key=len, reverse=True)
        self.working, self.end = frozenset(words["working"]), frozenset(words["end"])
        self.vague = sorted((phrase.split() for phrase in words["vague"]), key=len, reverse=True)


@cache
def times(language: str) -> Times:
    return Times(data(language, "times"))


class When(NamedTuple):
    """Words `first` to before `last` of a sentence; `at` is the moment they mean, if they name one."""

    first: int
    last: int
    at: datetime | None = None


class _Found(NamedTuple):
    last: int
    day: datetime | None = None  # midnight of the day
    hour: tuple[int, int] | None = None
    moment: datetime | None = None
    vague: bool = False


def when(words: Sentence, first: int, last: int, now: datetime, language: str) -> When | None:
    """The first words between two places of a sentence that say when, with the moment they mean."""
    known = times(language)
    texts = [word.text for word in words]
    for place in range(first, last):
        start = _past_preposition(texts, place, known)
        found = _one(texts, start, last, now, known)
        if (
            found is None
            or found.last <= place
            or (found.hour and not found.day and start == place and texts[place] in known.numbers)
        ):
            continue
        found = _more(texts, _more(texts, found, last, now, known), last, now, known)
        return When(place, found.last, _moment(found, now))
    return None


def _moment(found: _Found, now: datetime) -> datetime | None:
    if found.moment is not None:
        return found.moment
    if found.day is None and found.hour is None:
        return None
    day = found.day if found.day is not None else now.replace(hour=0, minute=0, second=0, microsecond=0)
    hour, minute = found.hour or (CLOSE, 0)
    moment = day.replace(hour=hour % 24, minute=minute) + timedelta(days=hour // 24)
    return moment + timedelta(days=1) if found.day is None and moment < now else moment


def _past_preposition(texts: list[str], place: int, known: Times) -> int:
    for phrase in known.before:
        if texts[place : place + len(phrase)] == phrase:
            place += len(phrase)
            return place + 1 if texts[place : place + 1] == ["the"] else place
    return place


def _one(texts: list[str], at: int, last: int, now: datetime, known: Times) -> _Found | None:
    """One expression that begins here."""
    if at >= len(texts):
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    word = texts[at]
    for phrase in known.vague:
        if texts[at : at + len(phrase)] == phrase:
            return _Found(at + len(phrase), vague=True)
        if (
            phrase[0] in ("in", "at", "within", "over")
            and at
            and texts[at - 1 : at - 1 + len(phrase)] == phrase
        ):
            return _Found(at - 1 + len(phrase), vague=True)
    if word in known.days:
        day = midnight + timedelta(days=known.days[word])
        return _Found(at + 1, day, (20, 0) if word == "tonight" else None)
    if (
        word in ("first", "later")
        and texts[at + 1 : at + 2]
        and texts[at + 1] in ("thing", *known.days, "this")
    ):
        return _one(texts, at + (2 if texts[at + 1] == "thing" else 1), last, now, known)
    if word in known.end:
        return _end_of(texts, at, now, midnight, known)
    if word in ("this", "next", "coming", "following"):
        return _this_or_next(texts, at, now, midnight, known)
    if word in known.weekdays and not (
        word in ("sat", "sun", "mon", "wed") and at and texts[at - 1] in ("the", "i", "you")
    ):
        return _Found(at + 1, midnight + timedelta(days=(known.weekdays[word] - now.weekday() - 1) % 7 + 1))
    return _span(texts, at, now, known) or _date(texts, at, now, midnight, known) or _hour(texts, at, known)


def _end_of(texts, at, now, midnight, known) -> _Found | None:
    if texts[at] in ("eod", "cob", "eob"):
        return _Found(at + 1, midnight, (CLOSE, 0))
    if texts[at] == "eow":
        return _Found(at + 1, midnight + timedelta(days=(4 - now.weekday()) % 7))
    place = at + 1
    while place < len(texts) and texts[place] in ("of", "the", "this", "business", "working", "play"):
        place += 1
    if place >= len(texts):
        return None
    following = place
    ahead = texts[place] in ("next", "following")
    place += ahead
    unit = texts[place] if place < len(texts) else ""
    if unit in ("day", "today", "business"):
        return _Found(place + 1, midnight, (CLOSE, 0))
    if unit == "tomorrow":
        return _Found(place + 1, midnight + timedelta(days=1))
    if unit in ("week", "weekend"):
        days = (4 - now.weekday()) % 7 + 7 * ahead
        return _Found(place + 1, midnight + timedelta(days=days))
    if unit == "month":
        month = midnight.replace(day=28) + timedelta(days=4 + 28 * ahead)
        return _Found(place + 1, month.replace(day=1) - timedelta(days=1))
    if unit in known.months:
        month = known.months[unit]
        year = now.year + (month < now.month)
        first = midnight.replace(year=year + month // 12, month=month % 12 + 1, day=1)
        return _Found(place + 1, first - timedelta(days=1))
    return _one(texts, following, len(texts), now, known) if unit in known.weekdays else None


def _this_or_next(texts, at, now, midnight, known) -> _Found | None:
    word = texts[at + 1] if at + 1 < len(texts) else ""
    later = texts[at] in ("next", "coming", "following")
    if word in known.weekdays:
        days = (known.weekdays[word] - now.weekday()) % 7
        days = (
            days + 7
            if texts[at] == "next" and days < 7 - now.weekday() and known.weekdays[word] >= now.weekday()
            else days or 7
        )
        return _Found(at + 2, midnight + timedelta(days=days))
    if word in ("week", "weekend"):
        friday = midnight + timedelta(days=4 - now.weekday() + 7 * later + 2 * (word == "weekend"))
        return _Found(at + 2, friday)
    if word == "month":
        month = midnight.replace(day=28) + timedelta(days=4 + 28 * later)
        return _Found(at + 2, month.replace(day=1) - timedelta(days=1))
    if word in known.parts and texts[at] == "this":
        return _Found(at + 2, midnight, (known.parts[word], 0))
    if word in ("few", "couple") or word in known.numbers or word[:1].isdigit():
        return _span(texts, at + 1, now, known)
    return None


def _number(texts: list[str], at: int, known: Times) -> tuple[float, int] | None:
    """A number, or the upper end of two: "24-48", "two to three"."""
    if at >= len(texts):
        return None
    word = texts[at].replace(",", "")
    value = float(word) if word.replace(".", "", 1).isdigit() else known.numbers.get(word)
    if value is None:
        return None
    at += 1
    if texts[at : at + 1] == ["of"] and word == "couple":
        at += 1
    if texts[at : at + 1] and texts[at] in ("-", "–", "to", "or") and (more := _number(texts, at + 1, known)):
        return more
    return value, at


def _span(texts, at, now, known) -> _Found | None:
    """ "Two days", "24-48 hours", "the next five working days"."""
    while at < len(texts) and texts[at] in ("the", "next", "about", "around", "another"):
        at += 1
    if at < len(texts) and texts[at] in ("hour", "week", "day") and at and texts[at - 1] == "the":
        number = (1, at)
    else:
        number = _number(texts, at, known)
    if number is None:
        return None
    value, at = number
    if texts[at - 1] == "half" and texts[at : at + 1] in (["an"], ["a"]):
        at += 1
    working = at < len(texts) and texts[at] in known.working
    at += working
    unit = known.units.get(texts[at]) if at < len(texts) else None
    if unit is None:
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "minute":
        return _Found(at + 1, moment=now + timedelta(minutes=value))
    if unit == "hour":
        return _Found(at + 1, moment=now + timedelta(hours=value))
    if unit == "day" and working:
        return _Found(at + 1, _working_days(midnight, int(value)))
    if unit == "month":
        month = now.month - 1 + int(value)
        year, month = now.year + month // 12, month % 12 + 1
        return _Found(at + 1, midnight.replace(year=year, month=month, day=min(now.day, 28)))
    days = {"day": 1, "week": 7, "fortnight": 14}[unit]
    return _Found(at + 1, midnight + timedelta(days=int(days * value)))


def _working_days(day: datetime, many: int) -> datetime:
    for _ in range(min(many, 1000)):
        day += timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
    return day


def _ordinal(word: str) -> int:
    number = word.rstrip("stndrh")
    return int(number) if number.isdigit() and len(number) <= 2 and 1 <= int(number) <= 31 else 0


def _date(texts, at, now, midnight, known) -> _Found | None:
    """ "12 May", "May 12th", "the 12th"; the next one there is."""
    word, following = texts[at], texts[at + 1] if at + 1 < len(texts) else ""
    after = texts[at + 2] if at + 2 < len(texts) else ""
    day = month = 0
    last = at
    if _ordinal(word) and (following in known.months or following == "of" and after in known.months):
        month, day, last = (
            known.months[following if following != "of" else after],
            _ordinal(word),
            at + 2 + (following == "of"),
        )
    elif (
        word in known.months
        and _ordinal(following)
        and (word != "may" or at and texts[at - 1] in ("by", "on", "before", "until"))
    ):
        month, day, last = known.months[word], _ordinal(following), at + 2
    elif word[:1].isdigit() and word[-2:] in ("st", "nd", "rd", "th") and _ordinal(word):
        day, last = _ordinal(word), at + 1
        month = now.month + (day < now.day)
        if month > 12:
            month = 1
    if not day:
        return None
    year = now.year
    if texts[last : last + 1] and texts[last].isdigit() and len(texts[last]) == 4:
        year, last = int(texts[last]), last + 1
    try:
        date = midnight.replace(year=year, month=month, day=day)
    except ValueError:
        return None
    return _Found(
        last,
        date.replace(year=year + 1)
        if date < midnight and year == now.year and (month, day) != (2, 29)
        else date,
    )


def _hour(texts, at, known) -> _Found | None:
    """ "3pm", "15:00", "ten o'clock", "five forty five", "ten to six", "noon"."""
    word, following = texts[at], texts[at + 1 : at + 4]
    if word in ("noon", "midday", "midnight", "lunchtime"):
        return _Found(at + 1, hour=(known.parts[word] or 24, 0))
    if word[:1].isdigit() and word[-2:] in ("am", "pm") and word[:-2].isdigit():
        return _Found(at + 1, hour=(_of_day(int(word[:-2]), word[-2:]), 0))
    if word in ("half", "quarter"):
        return _past_or_to(at, 30 if word == "half" else 15, following, known)
    value = int(word) if word.isdigit() and len(word) <= 2 else known.numbers.get(word)
    if not isinstance(value, int) or word in ("a", "an", "couple"):
        return None
    found = _with_minutes(texts, at, value) or _with_half(at, value, following)
    if found:
        return found
    if following[:1] == ["o'clock"]:
        return _Found(at + 2, hour=_clock(value, 0))
    return (_past_or_to(at, value, following, known) if value <= 30 else None) or _spoken(
        texts, at, value, following, known
    )


def _with_minutes(texts, at, hour: int) -> _Found | None:
    """ "15:30", "3.30 pm", once its hour is read."""
    mark, minutes = (texts[at + 1 : at + 3] + ["", ""])[:2]
    if mark not in (":", ".") or len(minutes) < 2 or not minutes[:2].isdigit():
        return None
    minute, half, last = int(minutes[:2]), minutes[2:], at + 3
    if texts[last : last + 1] in (["am"], ["pm"]):
        half, last = texts[last], last + 1
    if hour >= 24 or minute >= 60:
        return None
    return _Found(last, hour=(_of_day(hour, half) if half in ("am", "pm") else hour, minute))


def _with_half(at, hour: int, following: list[str]) -> _Found | None:
    """ "6 pm", "6 p m", "6 p.m."."""
    for half in ("am", "pm"):
        for said in ([half], [half[0], "m"], [half[0], ".", "m"]):
            if following[: len(said)] == said:
                return _Found(at + 1 + len(said), hour=(_of_day(hour, half), 0))
    return None


def _past_or_to(at, minutes: int, following: list[str], known) -> _Found | None:
    """ "Ten to six", "half past two"."""
    if following[:1] not in (["past"], ["to"]) or len(following) < 2:
        return None
    hour = known.numbers.get(following[1])
    if not isinstance(hour, int):
        return None
    return _Found(at + 3, hour=_clock(hour, minutes if following[0] == "past" else -minutes))


def _spoken(texts, at, hour: int, following: list[str], known) -> _Found | None:
    """ "At five forty five", "by six": only behind a word that says a time follows."""
    if not at or texts[at - 1] not in ("at", "by", "before", "until") or hour > 12:
        return None
    minute = known.numbers.get(following[0]) if following else None
    if isinstance(minute, int):
        last = at + 2
        if minute >= 20 and following[1:2] and 0 < known.numbers.get(following[1], 0) < 10:
            minute, last = minute + int(known.numbers[following[1]]), last + 1
        if 10 <= minute < 60:
            return _Found(last, hour=_clock(hour, minute))
    if texts[at - 1] != "until" and (not following or not following[0].isalpha()):
        return _Found(at + 1, hour=_clock(hour, 0))
    return None


def _of_day(hour: int, half: str) -> int:
    return hour % 12 + (12 if half == "pm" else 0)


def _clock(hour: int, minutes: int) -> tuple[int, int]:
    """An hour of the office day: five means seventeen."""
    total = (hour % 12) * 60 + minutes
    if hour <= 12 and total < 8 * 60:
        total += 12 * 60
    return total // 60 % 24, total % 60


def _more(texts, found: _Found, last: int, now: datetime, known: Times) -> _Found:
    """A day with its hour, or an hour with its day: "Friday at noon", "at ten tomorrow"."""
    if found.vague or found.moment:
        return found
    at = found.last
    if at < len(texts) and texts[at] in (",", "-") and at + 1 < len(texts):
        at += 1
    if (
        found.day is not None
        and at < len(texts)
        and texts[at] in known.parts
        and texts[at] not in ("noon", "midday", "midnight")
    ):
        found = found._replace(last=at + 1, hour=found.hour or (known.parts[texts[at]], 0))
        at = found.last
    start = _past_preposition(texts, at, known) if at < len(texts) else at
    more = _one(texts, start, last, now, known) if start < len(texts) else None
    if more is None or more.vague or more.moment:
        return found
    if found.day is not None and more.hour and more.day is None:
        return found._replace(last=more.last, hour=more.hour)
    if found.hour and found.day is None and more.day is not None:
        part = texts[more.last] if more.last < len(texts) and texts[more.last] in known.parts else ""
        early = "morning" in (part, texts[more.last - 1]) and found.hour[0] >= 12
        hour = (found.hour[0] - 12, found.hour[1]) if early else found.hour
        return found._replace(last=more.last + bool(part), day=more.day, hour=hour)
    if found.day is not None and more.day is not None and more.hour is None and start == at:
        return found._replace(last=more.last, day=more.day)
    return found
