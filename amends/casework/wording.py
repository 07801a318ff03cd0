"""Moments, days and amounts in words, the same in letters and on screen. In the desk's own time zone."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import ngettext

from amends.tongue import _

SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥"}
PAID = frozenset({"refund", "credit"})
NO_CENTS = frozenset({"JPY", "KRW", "ISK", "HUF", "CLP", "VND"})
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def local(moment: datetime) -> datetime:
    return moment.astimezone(zone())


def day(value: date | datetime, year: bool = False) -> str:
    """Tuesday 9 June"""
    value = local(value) if isinstance(value, datetime) else value
    words = f"{_(WEEKDAYS[value.weekday()])} {value.day} {_(MONTHS[value.month - 1])}"
    return f"{words} {value.year}" if year else words


def short_day(value: date | datetime) -> str:
    """Tue 9 June"""
    value = local(value) if isinstance(value, datetime) else value
    return f"{_(WEEKDAYS[value.weekday()])[:3]} {value.day} {_(MONTHS[value.month - 1])}"


def clock(moment: datetime) -> str:
    """17:00"""
    at = local(moment)
    return f"{at.hour:02}:{at.minute:02}"


def when(moment: datetime) -> str:
    """Tuesday 9 June, 17:00"""
    return f"{day(moment)}, {clock(moment)}"


def when_in_full(moment: datetime) -> str:
    """Tuesday 9 June 2026, 17:00"""
    return f"{day(moment, year=True)}, {clock(moment)}"


def short_when(moment: datetime) -> str:
    """Tue 9 June, 17:00"""
    at = local(moment)
    return f"{_(WEEKDAYS[at.weekday()])[:3]} {at.day} {_(MONTHS[at.month - 1])}, {at.hour:02}:{at.minute:02}"


def amount(minor: int, unit: str) -> str:
    """$20 · $20.50 · 2 times"""
    if unit == "times":
        return ngettext("%(n)d time", "%(n)d times", minor) % {"n": minor}
    if unit in NO_CENTS:
        whole, cents = minor, 0
    else:
        whole, cents = divmod(minor, 100)
    number = f"{whole:,}" + (f".{cents:02}" if cents else "")
    symbol = SYMBOLS.get(unit)
    return f"{symbol}{number}" if symbol else f"{number} {unit}".strip()


def worth(kind: str, minor: int, unit: str) -> str:
    """What an amount means to the customer: money only where they receive it; what we spend is ours to know."""
    return (
        _("you get %(amount)s") % {"amount": amount(minor, unit)}
        if kind in PAID and minor and unit != "times"
        else ""
    )


def size(many: int) -> str:
    """840 bytes · 12 kB · 3.4 MB"""
    if many < 1000:
        return ngettext("%(n)d byte", "%(n)d bytes", many) % {"n": many}
    if many < 1_000_000:
        return f"{many / 1000:.0f} kB"
    return f"{many / 1_000_000:.1f} MB"


def until(moment: datetime, now: datetime) -> str:
    """18 min · 3 h 48 · in 2 days, as the time left or gone"""
    minutes = int(abs((moment - now).total_seconds()) // 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 24 * 60:
        return _("%(h)d h %(m)02d") % {"h": minutes // 60, "m": minutes % 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
