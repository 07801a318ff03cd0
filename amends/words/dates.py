"""The words that say when, and the moment they mean: what somebody who promises "by Friday noon" is held to.

A day without an hour means the end of that working day. "Next week" means its Friday. A span counts from now; working
days are those from Monday to Friday. Whatever names no moment ("shortly") is a when, but resolves to nothing.
"""

from datetime import MAXYEAR, datetime, timedelta
from typing import NamedTuple

from amends.words.days import CLOSE, Reader
from amends.words.sentences import Sentence
from amends.words.times import Found, times

MOST_PARTS = 3  # that may be told of a moment: "tomorrow, Monday 29 June, before 18:00"
EARLY = 19  # an hour of an evening that, told of another day and without its half, is one of the morning


class When(NamedTuple):
    """Words `first` to before `last` of a sentence; `at` is the moment they mean, if they name one."""

    first: int
    last: int
    at: datetime | None = None


def when(words: Sentence, first: int, last: int, now: datetime, language: str) -> When | None:
    """The words between two places of a sentence that say best when, with the moment they mean.

    A day or hour with its preposition is better than one without, which is better than "soon"; of two alike, the first.
    A day that has passed is the last choice.
    """
    known = times(language)
    reader = Reader([word.text for word in words], now, known)
    best, told, place = None, 0, first
    while place < last:
        word = words[place].text
        found = _at(reader, place) if word in known.first or word[0].isdigit() else None
        if found is None:
            place += 1
            continue
        for _ in range(MOST_PARTS):
            found = _more(reader, found)
        alone = found.hour and found.day is None and _past_preposition(reader, place) == place
        if alone and found.last == place + 1 and word in known.numbers:
            place += 1  # "six" alone is no hour; "six tomorrow" is
            continue
        until = max(place + 1, min(found.last, len(words)))
        until -= words[until - 1].text == "."
        moment = _moment(found, now)
        worth = -1 if moment and moment < reader.midnight else _worth(reader, place, found)
        if best is None or worth > told:
            best, told = When(place, until, moment), worth
        place = until
    return best


def _worth(reader: Reader, place: int, found: Found) -> int:
    """How surely this says by when: 3 with a preposition or as a day, 1 as a span alone, 0 for "now" and "soon"."""
    if found.vague:
        return 2 if reader.known.until_clause_ends.at(reader.texts, place) else 0
    led = _past_preposition(reader, place) > place or reader.known.lead_in.past(reader.texts, place) > place
    return 3 if led or found.day is not None and not found.span else 1


def _at(reader: Reader, place: int) -> Found | None:
    """The expression that begins here, with the preposition before it."""
    known, texts = reader.known, reader.texts
    leads = known.lead_in.past(texts, place) > place and reader.one(place)
    if leads:
        return leads
    if vague := known.vague.at(texts, place):
        return Found(vague[0], vague=True)
    if opened := known.until_clause_ends.at(texts, place):
        return Found(_clause_end(reader, opened[0]), vague=True)
    start = _past_preposition(reader, place)
    found = _part(reader, place) or reader.part_of(start) or reader.one(start)
    if found is None or found.last <= place:
        return None
    over = known.over.past(texts, found.last)  # "before Friday is out"
    ends = over > found.last or texts[start] in known.end or known.ends_alone.at(texts, start)
    if texts[place] in known.ahead_of and start > place and found.day and not found.hour and not ends:
        before = found.day.replace(day=1) if texts[start] in known.months else found.day
        found = found._replace(day=_day_before(reader, start, before))
    return found._replace(last=over)


def _day_before(reader: Reader, place: int, day: datetime) -> datetime:
    """ "Before Friday" is by Thursday; before the weekend is by its Friday."""
    named = reader.known.units.get(reader.word(place)) == "weekend"
    earlier = day - timedelta(days=1)
    return day if named or earlier < reader.midnight else earlier


def _clause_end(reader: Reader, place: int) -> int:
    while reader.word(place)[:1].isalnum() and reader.word(place) not in reader.known.joints:
        place += 1
    return place


def _past_preposition(reader: Reader, place: int) -> int:
    behind = reader.known.before.past(reader.texts, place)
    return behind + (behind > place and reader.word(behind) in reader.known.articles)


def _part(reader: Reader, place: int) -> Found | None:
    """ "In the morning", "por la tarde": of the day told elsewhere, or of the next that comes."""
    behind = reader.known.before_parts.past(reader.texts, place)
    part = reader.known.parts.get(reader.word(behind)) if behind > place else None
    return Found(behind + 1, hour=(part, 0), loose=True) if part else None


def _moment(found: Found, now: datetime) -> datetime | None:
    if found.moment is not None:
        return found.moment
    if found.day is None and found.hour is None:
        return None
    day = found.day if found.day is not None else now.replace(hour=0, minute=0, second=0, microsecond=0)
    hour, minute = found.hour or (CLOSE, 0)
    today = found.day <= now if found.day else (now.hour, now.minute) < (hour, minute)
    if hour == EARLY and not found.half and not today:
        hour -= 12  # "at seven", said of another day
    if day.year == MAXYEAR:
        return None
    if hour >= 24:
        hour, minute = 23, 59  # by midnight: while it is still that day
    moment = day.replace(hour=hour, minute=minute)
    if moment >= now or found.hour is None or found.loose or found.half or hour >= 12:
        asleep = (
            found.loose and found.day is None and hour == 12 and now.hour >= 9
        )  # "in the morning", said in it
        return moment + timedelta(days=1) if found.day is None and (moment < now or asleep) else moment
    tonight = moment + timedelta(hours=12) > now and (found.day == day if found.day else now.hour >= CLOSE)
    if tonight:
        return moment + timedelta(hours=12)  # "at eleven", said in the evening
    return moment + timedelta(days=1) if found.day is None else moment


def _more(reader: Reader, found: Found) -> Found:
    """A day with its hour, or an hour with its day: "Friday at noon", "at ten tomorrow"."""
    if found.vague or found.moment:
        return found
    known, at = reader.known, found.last
    if found.day is not None and found.hour is None and (led := known.lead_hours.at(reader.texts, at)):
        return found._replace(last=led[0], hour=(led[1], 0))  # "Thursday first thing"
    if found.day is not None and found.hour is None and (half := known.halves.at(reader.texts, at)):
        return found._replace(last=half[0], hour=(CLOSE if half[1] else 12, 0), loose=True)  # "Monday a.m."
    at += reader.word(at) in (",", "-") and at + 1 < len(reader.texts)
    if found.day is not None and reader.word(at) in known.parts:
        part = Found(at + 1, hour=(known.parts[reader.word(at)], 0), loose=True)
        found = _hour_of(found, part) if found.hour else part._replace(day=found.day)
        at = found.last
    start = _past_preposition(reader, at)
    if start == at:
        start += reader.word(at) in known.articles
    more = _part(reader, at) or reader.one(start)
    if more is None or more.vague or more.moment:
        return found
    return _together(reader, found, more, start, at == start or at + 1 == start)


def _together(reader: Reader, found: Found, more: Found, start: int, close: bool) -> Found:
    """What is told by both. `start`: where the second begins; `close`: it stands right behind the first."""
    parts = reader.known.parts
    if more.hour and more.day is None and (found.day is not None or found.hour and more.loose):
        return _hour_of(found, more)
    if found.hour and found.day is None and more.day is not None:
        part = reader.word(more.last) if reader.word(more.last) in parts else ""
        half = (
            parts.get(part) or (more.hour[0] if more.hour else 0) or parts.get(reader.word(more.last - 1), 0)
        )
        hour = _in_half(found.hour, half) if half else found.hour
        return found._replace(
            last=more.last + bool(part), day=more.day, hour=hour, half=found.half or bool(half)
        )
    if found.loose and found.day is not None and found.hour == (CLOSE, 0) and more.day is not None and close:
        return found._replace(last=more.last, day=more.day)  # "close of business on 4 March"
    if found.day is not None and more.day is not None and more.hour is None and close:
        weekdays = reader.known.weekdays
        named = reader.word(found.last - 1) in weekdays, reader.word(start) in weekdays
        if named == (True, False) and not more.span:
            return found._replace(last=more.last, day=more.day)  # "Friday 8 May"
        if named == (False, True) and reader.word(found.last - 1) not in reader.known.units:
            return found._replace(last=more.last)  # "8 May, a Friday"
    return found


def _hour_of(found: Found, more: Found) -> Found:
    """A day with the hour that is told beside it; one of them may only be a part of the day."""
    if found.hour and not found.loose and more.loose:
        return found._replace(last=more.last, hour=_in_half(found.hour, more.hour[0]), half=True)
    half = found.hour[0] if found.hour and found.loose else 0
    hour = _in_half(more.hour, half) if half and not more.loose else more.hour
    return found._replace(last=more.last, hour=hour, loose=more.loose, half=more.half or bool(half))


def _in_half(hour: tuple[int, int], part: int) -> tuple[int, int]:
    """An hour in the half of the day that is meant: eight in the evening, seven in the morning."""
    if part >= CLOSE and hour[0] < 12:
        return hour[0] + 12, hour[1]
    return (hour[0] - 12, hour[1]) if part == 12 and 12 < hour[0] < 24 else hour
