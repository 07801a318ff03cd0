"""The words that say when, and the moment they mean: what somebody who promises "by Friday noon" is held to.

A day without an hour means the end of that working day. "Next week" means its Friday. A span counts from now; working
days are those from Monday to Friday. Whatever names no moment ("shortly") is a when, but resolves to nothing.
"""

from datetime import MAXYEAR, datetime, timedelta
from typing import NamedTuple

from amends.words.days import CLOSE, Reader
from amends.words.sentences import Sentence
from amends.words.times import Found, times


class When(NamedTuple):
    """Words `first` to before `last` of a sentence; `at` is the moment they mean, if they name one."""

    first: int
    last: int
    at: datetime | None = None


def when(words: Sentence, first: int, last: int, now: datetime, language: str) -> When | None:
    """The first words between two places of a sentence that say when, with the moment they mean."""
    known = times(language)
    reader = Reader([word.text for word in words], now, known)
    for place in range(first, last):
        word = words[place].text
        found = _at(reader, place) if word in known.first or word[0].isdigit() else None
        if found is not None:
            found = _more(reader, _more(reader, found))
            return When(place, max(place + 1, min(found.last, len(words))), _moment(found, now))
    return None


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
    found = _part(reader, place) or reader.one(start)
    if found is None or found.last <= place:
        return None
    if texts[place] in known.ahead_of and start > place and found.day and not found.hour:
        found = found._replace(day=_day_before(reader, start, found.day))
    bare = found.hour and not found.day and start == place and texts[place] in known.numbers
    return None if bare else found


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
    return Found(behind + 1, hour=(part, 0)) if part else None


def _moment(found: Found, now: datetime) -> datetime | None:
    if found.moment is not None:
        return found.moment
    if found.day is None and found.hour is None:
        return None
    day = found.day if found.day is not None else now.replace(hour=0, minute=0, second=0, microsecond=0)
    hour, minute = found.hour or (CLOSE, 0)
    if day.year == MAXYEAR:
        return None
    if hour >= 24:
        hour, minute = 23, 59  # by midnight: while it is still that day
    moment = day.replace(hour=hour, minute=minute)
    return moment + timedelta(days=1) if found.day is None and moment < now else moment


def _more(reader: Reader, found: Found) -> Found:
    """A day with its hour, or an hour with its day: "Friday at noon", "at ten tomorrow"."""
    if found.vague or found.moment:
        return found
    known, at = reader.known, found.last
    if found.day is not None and found.hour is None and (led := known.lead_hours.at(reader.texts, at)):
        return found._replace(last=led[0], hour=(led[1], 0))  # "Thursday first thing"
    at += reader.word(at) in (",", "-") and at + 1 < len(reader.texts)
    if found.day is not None and reader.word(at) in known.parts:
        found = found._replace(last=at + 1, hour=found.hour or (known.parts[reader.word(at)], 0))
        at = found.last
    start = _past_preposition(reader, at)
    if start == at:
        start += reader.word(at) in known.articles
    more = _part(reader, at) or reader.one(start)
    if more is None or more.vague or more.moment:
        return found
    return _together(reader, found, more, at == start or at + 1 == start)


def _together(reader: Reader, found: Found, more: Found, close: bool) -> Found:
    parts = reader.known.parts
    if found.day is not None and more.hour and more.day is None:
        return found._replace(last=more.last, hour=more.hour)
    if found.hour and found.day is None and more.day is not None:
        part = reader.word(more.last) if reader.word(more.last) in parts else ""
        early = 12 in (parts.get(part), parts.get(reader.word(more.last - 1))) and found.hour[0] >= 12
        hour = (found.hour[0] - 12, found.hour[1]) if early else found.hour
        return found._replace(last=more.last + bool(part), day=more.day, hour=hour)
    if found.day is not None and more.day is not None and more.hour is None and close:
        return found._replace(last=more.last, day=more.day)
    return found
