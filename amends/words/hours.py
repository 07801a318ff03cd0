"""Hours of a day: "3pm", "15:00", "ten o'clock", "half past two", "14 Uhr", "las tres y media"."""

from amends.words.times import Found, Times


def hour(texts: list[str], at: int, known: Times) -> Found | None:
    """An hour, or the later of two: "between 8 am and noon"."""
    found = _hour(texts, at, known)
    if found is not None and found.last + 1 < len(texts) and texts[found.last] in known.ranges - known.to:
        behind = found.last + 1
        found = _hour(texts, behind + (texts[behind] in known.articles), known) or found
    return found and found._replace(half=_tells_half(texts[at : found.last], known))


def _tells_half(said: list[str], known: Times) -> bool:
    """Whether an hour tells which half of the day it is in: "7 pm", "7am", "19:00", "08:15", "noon"."""
    for place, word in enumerate(said):
        digits = word.rstrip("abcdefghijklmnopqrstuvwxyz")
        if known.halves.at(said, place) or known.halves.at([word[len(digits) :]], 0) or word in known.hours:
            return True
        whole = digits.partition(".")[0]
        if (
            whole.isdigit()
            and (whole[0] == "0" or int(whole) > 12)
            and said[max(0, place - 1)] not in (":", ".")
        ):
            return True
    return False


def _hour(texts: list[str], at: int, known: Times) -> Found | None:
    if at >= len(texts):
        return None
    word = texts[at]
    if word in known.hours:
        return Found(at + 1, hour=(known.hours[word], 0))
    if word in known.half_to and at + 1 < len(texts):
        value = number_of(texts[at + 1], known)
        return Found(at + 2, hour=_clock(value, -30)) if value else None
    if word in known.half_past and at + 1 < len(texts) and (value := number_of(texts[at + 1], known)):
        return Found(at + 2, hour=_clock(value, 30)) if value <= 12 else None  # "half seven"
    if word in known.fractions:
        return _past_or_to(texts, at, known.fractions[word], known)
    written = _joined(texts, at, known) or _dotted(texts, at, known)
    if written:
        return written
    value = number_of(word, known)
    if value is None:
        return None
    return (
        _with_minutes(texts, at, value, known)
        or _with_half(texts, at, value, known)
        or _with_clock(texts, at, value, known)
        or _until_later(texts, at, value, known)
        or (_past_or_to(texts, at, value, known) if value <= 30 else None)
        or _spoken(texts, at, value, known)
        or _by_its_day(texts, at, value, known)
    )


def _by_its_day(texts: list[str], at: int, value: int, known: Times) -> Found | None:
    """ "Eight tomorrow morning", "10 tonight": an hour as a day follows."""
    behind = texts[at + 1] if at + 1 < len(texts) else ""
    day = behind in known.days.by_first or behind in known.this and texts[at + 2 : at + 3] != []
    day = day and not (behind in known.this and texts[at + 2] not in known.parts)
    return Found(at + 1, hour=_clock(value, 0)) if day and 0 < value <= 12 else None


def number_of(word: str, known: Times) -> int | None:
    """The whole number a word says; an article is none here."""
    if word.isdigit():
        return int(word) if len(word) <= 2 else None
    value = known.numbers.get(word)
    return value if isinstance(value, int) and word not in known.articles | known.few else None


def _joined(texts: list[str], at: int, known: Times) -> Found | None:
    """ "3pm", "3.30pm", "14h"."""
    digits = texts[at].rstrip("abcdefghijklmnopqrstuvwxyz")
    mark = texts[at][len(digits) :]
    whole, _, minutes = digits.partition(".")
    if not mark or not whole.isdigit() or len(whole) > 2 or not (minutes or "0").isdigit():
        return None
    value, minute, half = int(whole), int(minutes or 0), known.halves.at([mark], 0)
    if value >= 24 or minute >= 60:
        return None
    if half:
        return Found(at + 1, hour=(of_day(value, half[1]), minute))
    asked = at and texts[at - 1] in known.at_hour
    return Found(at + 1, hour=(value, minute)) if mark in known.clock and asked else None


def _dotted(texts: list[str], at: int, known: Times) -> Found | None:
    """ "3.30 pm", "14.30 Uhr": one word, as a number with a point is."""
    whole, dot, minutes = texts[at].partition(".")
    if not dot or not whole.isdigit() or not minutes.isdigit() or int(whole) >= 24 or int(minutes) >= 60:
        return None
    half = known.halves.at(texts, at + 1)
    if half:
        return Found(half[0], hour=(of_day(int(whole), half[1]), int(minutes)))
    by_a_day = {*texts[max(0, at - 1) : at], *texts[at + 1 : at + 2]} & (
        known.weekdays.keys() | known.days.by_first.keys()
    )
    if (at and texts[at - 1] in known.at_hour or by_a_day) and len(minutes) == 2:
        return Found(
            at + 1, hour=_clock(int(whole), int(minutes)) if int(whole) <= 12 else (int(whole), int(minutes))
        )
    said = texts[at + 1 : at + 2]
    return Found(at + 2, hour=(int(whole), int(minutes))) if said and said[0] in known.clock else None


def _with_minutes(texts: list[str], at: int, value: int, known: Times) -> Found | None:
    """ "15:30", "3.30 pm", once its hour is read."""
    mark, minutes = (texts[at + 1 : at + 3] + ["", ""])[:2]
    if mark not in (":", ".") or len(minutes) < 2 or not minutes[:2].isdigit():
        return None
    minute, last = int(minutes[:2]), at + 3
    if value >= 24 or minute >= 60:
        return None
    half = known.halves.at([minutes[2:]], 0) if minutes[2:] else known.halves.at(texts, last)
    if half:
        return Found(last if minutes[2:] else half[0], hour=(of_day(value, half[1]), minute))
    last += last < len(texts) and texts[last] in known.clock
    halved = known.halves.by_first and value <= 12 and texts[at][0] != "0"
    return Found(last, hour=_clock(value, minute) if halved else (value, minute))


def _with_half(texts: list[str], at: int, value: int, known: Times) -> Found | None:
    """ "6 pm", "6 p.m.", "las 3 de la tarde"."""
    half = known.halves.at(texts, at + 1)
    return Found(half[0], hour=(of_day(value, half[1]), 0)) if half and value <= 12 else None


def _with_clock(texts: list[str], at: int, value: int, known: Times) -> Found | None:
    """ "Ten o'clock", "14 Uhr", "14 Uhr 30"."""
    if texts[at + 1 : at + 2] and texts[at + 1] in known.clock and value <= 24:
        minutes = texts[at + 2] if at + 2 < len(texts) else ""
        if minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60:
            return Found(at + 3, hour=_clock(value, int(minutes)))
        half = known.halves.at(texts, at + 2)
        if half and value <= 12:
            return Found(half[0], hour=(of_day(value, half[1]), 0))
        return Found(at + 2, hour=_clock(value, 0))
    behind = known.behind_hours.at(texts, at + 1)
    return Found(behind[0], hour=_clock(value, behind[1])) if behind and value <= 12 else None


def _past_or_to(texts: list[str], at: int, minutes: int, known: Times) -> Found | None:
    """ "Ten to six", "half past two", "viertel nach zwei"."""
    mark, named = (texts[at + 1 : at + 3] + ["", ""])[:2]
    value = number_of(named, known)
    if mark not in known.past | known.to or value is None or minutes % 5:
        return None
    return Found(at + 3, hour=_clock(value, minutes if mark in known.past else -minutes))


def _until_later(texts: list[str], at: int, value: int, known: Times) -> Found | None:
    """ "Saturday from 10 to 11", "tomorrow 12 - 4": by the later hour it is kept."""
    mark, named = (texts[at + 1 : at + 3] + ["", ""])[:2]
    later, place = number_of(named, known), at - 1
    while place >= 0 and texts[place] in known.hours_from | {","}:
        place -= 1
    by_day = place >= 0 and (
        texts[place] in known.weekdays or texts[place] in known.months or texts[place] in known.days.by_first
    )
    if mark not in known.ranges or not by_day or later is None or not (value <= 24 and later <= 24):
        return None
    behind = texts[at + 3] if at + 3 < len(texts) else ""
    if behind in known.units or behind in known.halves.by_first:
        return hour(texts, at + 2, known)
    return Found(at + 3, hour=_clock(later, 0))


def _spoken(texts: list[str], at: int, value: int, known: Times) -> Found | None:
    """ "At five forty five", "by six": only behind a word that says a time follows."""
    if not at or texts[at - 1] not in known.at_hour | known.ranges or value > 24:
        return None
    following = texts[at + 1 : at + 3]
    minute = known.numbers.get(following[0]) if following else None
    if isinstance(minute, int) and value <= 12:
        last = at + 2
        if minute >= 20 and following[1:2] and 0 < known.numbers.get(following[1], 0) < 10:
            minute, last = minute + int(known.numbers[following[1]]), last + 1
        if 10 <= minute < 60:
            return Found(last, hour=_clock(value, minute))
    if following[:1] and following[0] in known.ranges and len(texts) > at + 3:
        later = hour(texts, at + 2 + (texts[at + 2] in known.articles), known)
        if later:
            return later  # "between 9 and 11": by eleven it is kept
    stands_alone = (
        not following
        or following[0] in known.joints
        or not following[0][0].isalnum()
        and following[0] not in "%£$€₹"
        or following[0] in known.after_hours
    )
    stands_alone = (
        stands_alone or texts[at - 1] in known.surely_hour and _counts_nothing(texts[at], following[0], known)
    )
    return Found(at + 1, hour=_clock(value, 0)) if stands_alone and texts[at - 1] not in known.until else None


def _counts_nothing(number: str, behind: str, known: Times) -> bool:
    """Whether a number is no number of things: "at 10 please", not "at 5 places", "by 2 per cent"."""
    return number.isdigit() and not behind.endswith("s") and behind not in known.units.keys() | known.counted


def of_day(value: int, half: int) -> int:
    """The hour of the day, of an hour of its half: 12 am is midnight."""
    return value % 12 + half


def _clock(value: int, minutes: int) -> tuple[int, int]:
    """An hour of the office day: five means seventeen."""
    total = (value % 12 if value <= 12 else value) * 60 + minutes
    if value <= 12 and total < 8 * 60:
        total += 12 * 60
    return total // 60 % 24, total % 60
