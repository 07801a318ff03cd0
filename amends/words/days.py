"""Days: "tomorrow", "next Tuesday", "12 May", "within five working days", "the end of the month"."""

from datetime import datetime, timedelta

from amends.words.hours import hour
from amends.words.times import Found, Times

CLOSE = 17  # hour at which a working day ends
RECENT = 14  # days: a date no longer ago than this has passed, and is not next year's
MOST_FLOORS = 12  # "on the 2nd floor" is no day of the month, "on the 18th we come" is one
MOST = 1_000  # of hours, days, weeks; whoever names more means no moment


class Reader:
    """Reads what begins at a place of a sentence, as it is meant at a moment."""

    def __init__(self, texts: list[str], now: datetime, known: Times):
        self.texts, self.now, self.known = texts, now, known
        self.midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)

    def word(self, at: int) -> str:
        return self.texts[at] if 0 <= at < len(self.texts) else ""

    def one(self, at: int) -> Found | None:
        """One expression that begins here."""
        if at >= len(self.texts):
            return None
        known, word = self.known, self.texts[at]
        behind = known.lead_in.past(self.texts, at)
        inner = known.before.past(self.texts, behind)  # "first thing on Friday"
        if behind > at and (
            led := self.one(behind) or self._part(behind) or inner > behind and self.one(inner)
        ):
            over = known.lead_hours.at(self.texts, at)
            return led._replace(hour=(over[1], 0)) if over and led.day and not led.hour else led
        if vague := known.vague.at(self.texts, at):
            return Found(vague[0], vague=True)
        if day := known.days.at(self.texts, at):
            part = known.day_hours.get(word)
            last = known.behind_days.past(self.texts, day[0])
            hour_of = (part, 0) if part else None
            return Found(last, self.midnight + timedelta(days=day[1]), hour_of, loose=bool(part))
        if (ahead := known.weeks_ahead.at(self.texts, at)) and (day := self._weekday(ahead[0])):
            return day._replace(day=day.day + timedelta(days=ahead[1]))
        if word in known.end or known.ends_alone.at(self.texts, at):
            return self._end(at)
        if word in known.this or word in known.next:
            return self._this_or_next(at)
        if self.word(at - 1) in known.hours_first and (told := hour(self.texts, at, known)):
            return told  # "at 8.10"
        return (
            self._weekday(at)
            or self._nth_weekday(at)
            or self._named_span(at)
            or self.span(at)
            or self._date(at)
            or hour(self.texts, at, known)
        )

    def _part(self, at: int) -> Found | None:
        part = self.known.parts.get(self.word(at))
        return Found(at + 1, hour=(part, 0), loose=True) if part else None

    def part_of(self, at: int) -> Found | None:
        """The morning of a day: "the morning of Tuesday 16th"."""
        part = self._part(at)
        day = self.one(at + 2) if part and self.word(at + 1) in self.known.of else None
        return (
            part._replace(last=day.last, day=day.day) if part and day and day.day and not day.hour else None
        )

    def _weekday(self, at: int) -> Found | None:
        known, word = self.known, self.texts[at]
        if word not in known.weekdays or word in known.doubtful_days and self.word(at - 1) in known.not_days:
            return None
        ahead = (known.weekdays[word] - self.now.weekday() - 1) % 7 + 1
        if week := known.weeks_behind.at(self.texts, at + 1):
            this = known.weekdays[word] - self.now.weekday()
            days = {"after": ahead + 7, "a fortnight after": ahead + 14, "next": this + 7}.get(week[1], ahead)
            return Found(week[0], self.midnight + timedelta(days=days))
        behind = known.next_behind.past(self.texts, at + 1)
        if self.word(behind) == "'s" and self.word(behind + 1).isalpha():
            behind += 2  # "at Thursday's briefing"
        return Found(behind, self.midnight + timedelta(days=ahead))

    def _nth_weekday(self, at: int) -> Found | None:
        """ "The second Tuesday in September", "the last Friday of this month"."""
        known, nth = self.known, self.known.nth.get(self.texts[at], 0)
        weekday, place = known.weekdays.get(self.word(at + 1)), at + 3
        if (
            not nth
            or nth > 4
            or weekday is None
            or self.word(at + 2) not in known.month_of | known.in_weekdays
        ):
            return None
        named = self.word(place + (self.word(place) in known.this | known.next | known.articles))
        if named in known.months:
            last = self._end_of_month(known.months[named])
        elif known.units.get(named) == "month" and named != self.word(place):
            last = self._end_of("month", self.word(place) in known.next)
        else:
            return None
        first = last.replace(day=1)
        days = last - timedelta(days=(last.weekday() - weekday) % 7)
        if nth > 0:
            days = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
        return Found(place + (named != self.word(place)) + 1, days)

    def _named_span(self, at: int) -> Found | None:
        """ "La semana que viene"."""
        unit = self.known.units.get(self.texts[at])
        if unit == "weekend" and self.word(at - 1) in self.known.articles:
            before = self.word(at - 2) in self.known.at_hour
            return Found(at + 1, self._end_of("week" if before else "weekend", 0))
        behind = self.known.next_behind.past(self.texts, at + 1)
        if behind == at + 1 or unit not in ("week", "month"):
            return None
        return Found(behind, self._end_of(unit, 1))

    def _end_of(self, unit: str, later: int) -> datetime:
        """The last working day of this week or the next; the last day of a month."""
        if unit in ("week", "weekend"):
            days = 4 - self.now.weekday() + 7 * later + 2 * (unit == "weekend")
            return self.midnight + timedelta(days=days)
        month = self.midnight.replace(day=28) + timedelta(days=4 + 28 * later)
        return month.replace(day=1) - timedelta(days=1)

    def _end(self, at: int) -> Found | None:
        """ "The end of next week", "close of business", "Ende Juni"."""
        known, place = self.known, at + 1
        if alone := known.ends_alone.at(self.texts, at):
            return self._end_in(alone[1], False, alone[0])
        while self.word(place) in known.of:
            place += 1
        if day := known.days.at(self.texts, place):
            return Found(day[0], self.midnight + timedelta(days=day[1]), (CLOSE, 0))
        if self.word(place) in known.weekdays:
            return self.one(place)
        later = self.word(place) in known.next
        place += later or self.word(place) in known.this
        named = self.word(place)
        if named in known.months:
            return Found(place + 1, self._end_of_month(known.months[named]))
        behind = known.next_behind.past(self.texts, place + 1)
        if named not in known.units and self.word(place - 1) in known.working:
            return self._end_in("day", False, place)  # close of business
        return self._end_in(known.units.get(named, ""), later or behind > place + 1, behind)

    def _end_in(self, unit: str, later: bool, last: int) -> Found | None:
        if unit == "day":
            return Found(last, self.midnight, (CLOSE, 0), loose=True)
        if unit in ("week", "weekend"):
            this = 4 - self.now.weekday()
            return Found(last, self.midnight + timedelta(days=this + 7 if later else this % 7))
        if unit == "year":
            return Found(last, self.midnight.replace(year=self.now.year + later, month=12, day=31))
        return Found(last, self._end_of("month", later)) if unit == "month" else None

    def _end_of_month(self, month: int) -> datetime:
        year = self.now.year + (month < self.now.month)
        first = self.midnight.replace(year=year + month // 12, month=month % 12 + 1, day=1)
        return first - timedelta(days=1)

    def _this_or_next(self, at: int) -> Found | None:
        known, word = self.known, self.word(at + 1)
        later = self.texts[at] in known.next
        if word in known.weekdays:
            days = (known.weekdays[word] - self.now.weekday()) % 7
            further = self.texts[at] in known.next_only and self.now.weekday() <= known.weekdays[word]
            return Found(at + 2, self.midnight + timedelta(days=days + 7 if further else days or 7))
        unit = known.units.get(word)
        if unit in ("week", "weekend", "month"):
            return Found(at + 2, self._end_of(unit, later))
        if not later and (part := known.parts.get(word) or known.hours.get(word)):
            return Found(at + 2, self.midnight, (part, 0), loose=word in known.parts)
        if word in known.few or word in known.numbers or word[:1].isdigit() or unit:
            return self.span(at + 1)
        return None

    def number(self, at: int) -> tuple[float, int] | None:
        """A number, or the upper end of two: "24-48", "two to three"."""
        word, known = self.word(at).replace(",", ""), self.known
        value = float(word) if word.replace(".", "", 1).isdigit() else known.numbers.get(word)
        if value is None:
            return None
        at += 1
        if word in known.few and self.word(at) in known.of:
            at += 1
        if self.word(at) in known.ranges and (more := self.number(at + 1)):
            return more
        return value, at

    def span(self, at: int) -> Found | None:
        """ "Two days", "24-48 hours", "the next five working days", "5 días hábiles"."""
        known = self.known
        if known.lasting & set(self.texts[max(0, at - 2) : at]) and not known.within & set(
            self.texts[max(0, at - 1) : at]
        ):
            return None  # "for the week", "every four weeks"
        while self.word(at) in known.about:
            at += 1
        said = self.word(at)
        alone = self.word(at - 1) in known.articles | known.next and known.units.get(said) in (
            "hour",
            "week",
            "day",
        )
        if self.word(at - 1) == "the" and known.within and self.word(at - 2) not in known.within:
            alone = False  # "on the day"
        number = (1.0, at) if alone and said in known.units else self.number(at)
        if number is None:
            return self._joined(at)
        before, (value, at) = self.word(at - 1), number
        if before in known.in_minutes and 3 <= value <= 60 and self._clause_ends(at):
            return self._after(value, "minute", at)  # "back in ten"
        if self.word(at - 1) in known.fractions and self.word(at) in known.numbers:
            at += 1  # half an hour
        working = self.word(at) in known.working
        at += working or self.word(at) in known.fillers
        unit = known.units.get(self.word(at))
        if unit is None:
            return None
        if self.word(at + 1) in known.working and unit.endswith("day"):
            working, at = True, at + 1
        return self._after(value, "working day" if working and unit == "day" else unit, at + 1)

    def _clause_ends(self, at: int) -> bool:
        return not self.word(at)[:1].isalnum() or self.word(at) in self.known.joints

    def _joined(self, at: int) -> Found | None:
        """ "24h"."""
        digits = self.word(at).rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = self.known.units.get(self.word(at)[len(digits) :])
        return self._after(float(digits), unit, at + 1) if digits.isdigit() and unit else None

    def _after(self, value: float, unit: str, last: int) -> Found | None:
        if value > MOST:
            return Found(last, vague=True)
        if unit in ("minute", "hour"):
            return Found(last, moment=self.now + timedelta(**{unit + "s": value}))
        if unit == "working day":
            return Found(last, working_days(self.midnight, int(value)), span=True)
        if unit == "month":
            month = self.now.month - 1 + int(value)
            year, month = self.now.year + month // 12, month % 12 + 1
            day = self.midnight.replace(year=year, month=month, day=min(self.now.day, 28))
            return Found(last, day, span=True)
        days = {"day": 1, "week": 7, "fortnight": 14}.get(unit, 0)
        return Found(last, self.midnight + timedelta(days=int(days * value)), span=True) if days else None

    def _date(self, at: int) -> Found | None:
        """ "12 May", "May 12th", "the 12th", "12.06.2026"; the next one there is."""
        feast = self.known.feasts.at(self.texts, at)
        if feast:
            return self._of(feast[1][1], feast[1][0], 0, feast[0])
        return self._numeric(at) or self._day_and_month(at)

    def _numeric(self, at: int) -> Found | None:
        parts = self.texts[at].replace("/", ".").replace("-", ".").strip(".").split(".")
        if len(parts) < 2 or not all(part.isdigit() for part in parts) or self.texts[at] == "24/7":
            return None
        dotted = len(parts) == 2 and "." in self.texts[at]
        led = self.known.before.at([self.word(at - 1)], 0)
        if dotted and (self.known.month_first or not led) or len(parts) == 3 and len(parts[-1]) < 2:
            return None  # "a 7.5-tonner", "version 4.2.1"
        if len(parts) == 3 and len(parts[0]) == 4:
            parts.reverse()
        elif "/" in self.texts[at] and self.known.month_first:
            if int(parts[1]) > 12:
                parts[:2] = parts[1], parts[0]
            elif int(parts[0]) <= 12 and parts[0] != parts[1]:
                return None  # whether "4/5/2026" is in April or in May depends on who writes
        year = int(parts[2]) + (2000 if len(parts[2]) == 2 else 0) if len(parts) == 3 else 0
        if year and abs(year - self.now.year) > 1 and len(parts[2]) == 2:
            return None  # "version 4.2.11"
        return self._of(int(parts[0]), int(parts[1]), year, at + 1)

    def _day_and_month(self, at: int) -> Found | None:
        known, word, following = self.known, self.texts[at], self.word(at + 1)
        day, month, last = self._ordinal(word), 0, at
        of = following in known.month_of
        named = self.word(at + 2) if of else following
        sure = word not in known.doubtful_months or known.before.at([self.word(at - 1)], 0)
        if day and named in known.months:
            month, last = known.months[named], at + 2 + of
        elif known.month_first and word in known.months and self._ordinal(following) and sure:
            month, day, last = known.months[word], self._ordinal(following), at + 2
        elif word in known.months and known.in_months.at([self.word(at - 1)], 0):
            return Found(at + 1, self._end_of_month(known.months[word]))
        elif (
            day
            and not word.isdigit()
            and not known.numbers.get(word, known.nth.get(word))
            and self._is_led(at)
        ):
            month, last = (self.now.month + (day < self.now.day) - 1) % 12 + 1, at + 1
        if not month:
            return None
        of = self.word(last) in known.month_of or self.word(last) == "," and self.word(last + 1)[:2] == "20"
        of = of and self.word(last + 1)[:4].isdigit()
        year = self.word(last + of)
        if year.isdigit() and len(year) == 4:
            return self._of(day, month, int(year), last + of + 1)
        return self._of(day, month, 0, last)

    def _is_led(self, at: int) -> bool:
        """Whether a number of a day alone is one: "the 4th", "on 4th", "Monday 4th"; "1st class" is none."""
        before, known = self.word(at - 1), self.known
        led = before in known.articles or before in known.weekdays or known.before.at([before], 0)
        behind = self.word(at + 1)
        counts = behind.isalpha() and behind not in known.after_hours | known.joints | known.parts.keys()
        return bool(led) and (not counts or self._ordinal(self.texts[at]) > MOST_FLOORS)

    def _ordinal(self, word: str) -> int:
        word = word.removesuffix(",")
        for ending in self.known.ordinals:
            if word.endswith(ending) and word[: -len(ending)].isdigit():
                word = word[: -len(ending)]
                break
        value = int(word) if word.isdigit() and len(word) <= 2 else self.known.numbers.get(word, 0)
        value = value or self.known.nth.get(word, 0)
        return int(value) if 1 <= value <= 31 and word not in self.known.articles else 0

    def _of(self, day: int, month: int, year: int, last: int) -> Found | None:
        try:
            date = self.midnight.replace(year=year or self.now.year, month=month, day=day)
        except ValueError:
            return None
        passed = (self.midnight - date).days > RECENT and not year and (month, day) != (2, 29)
        return Found(last, date.replace(year=date.year + 1) if passed else date)


def working_days(day: datetime, many: int) -> datetime:
    for _ in range(many):
        day += timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
    return day
