"""Today: what a rep owes, by time; what waits for them, and what waits for the customer."""

from datetime import datetime, timedelta

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.casework import facts, leaving, shown, standing, wording
from amends.desk import door
from amends.look import sentences
from amends.people.names import name_of
from amends.post import held, roads
from amends.rules.clocks import close_of_business, is_working_day, open_of_business
from amends.rules.values import Role

SOON = timedelta(hours=1)
NEXT = 8  # promises shown of the days to come
NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def home(request):
    """Where a person lands: their day, or the accounts they look after."""
    return redirect("people:list" if request.user.role == Role.ADMINISTRATOR else "desk:today")


def today(request):
    now, me = door.now(), request.user
    house = facts.house()
    tonight = wording.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    due = shown.owed_by(me, None, tonight)
    ahead = shown.owed_by(me, tonight, tonight + timedelta(days=14), most=NEXT)
    asked = shown.asked(
        "c.is_open and (a.asked_by = %s or (a.asked_of = %s and a.state = 'asked')) and a.state <> 'lapsed'",
        [me.id, me.id],
    )
    asked_of_me = [each for each in asked if each.asked_of == me.id]
    first, second = _heading(due, len(asked_of_me), now)
    context = {
        "day": wording.day(now),
        "first": first,
        "second": second,
        "strip": _strip(due, now, house),
        "today": [_row(promise, now) for promise in due],
        "next": [_row(promise, now) for promise in ahead],
        "upcoming": ahead[0] if ahead else None,
        "heard": shown.heard_by(me),
        "begun": shown.begun_by(me),
        "choosing": shown.choosing(me),
        "gone_up": [each for each in asked if each.asked_by == me.id],
        "asked_of_me": asked_of_me,
        "name_of": name_of,
        "purses": facts.purses(me.id, now),
        "check_backs": _check_backs(me, now),
        "counts": shown.letters_in_trouble(),
        "came_back": shown.came_back(me),
        "words_to_me": shown.words_to(me, now - timedelta(days=7)),
        "claims_red": standing.red_of(me.id),
        "not_left": leaving.stopped_of(me.id),
        "failing": roads.failing() if me.leads else [],
        "held_long": held.too_long(now) if me.leads else 0,
        "left_waiting": shown.how_many_left_waiting(me) if me.leads else 0,
    }
    return door.page(request, "today", **context)


def _heading(due, waiting: int, now: datetime) -> tuple[str, str]:
    """What is owed today, counted aloud; whether anything is late, and how many questions wait for one's answer."""
    ahead = [p for p in due if p.state == "open" and p.due > now]
    late = [p for p in due if p.state == "broken" or p.due <= now]
    if ahead:
        left = ahead[0].due - now
        count = _count(len(ahead))
        first = ngettext(
            "%(count)s promise falls due today, in %(left)s.",
            "%(count)s promises fall due today, the first in %(left)s.",
            len(ahead),
        ) % {"count": count, "left": _spoken(left)}
    else:
        first = _("Nothing more is owed today.") if late else _("Nothing is owed today.")
    if late:
        second = ngettext(
            "%(count)s broken promise is still owed.", "%(count)s broken promises are still owed.", len(late)
        ) % {"count": _count(len(late))}
    else:
        second = _("Nothing of yours is late.")
    if waiting:
        words = ngettext(
            "%(count)s question waits for your answer.", "%(count)s questions wait for your answer.", waiting
        )
        second = f"{second} {words % {'count': _count(waiting)}}"
    return first, second


def _count(n: int) -> str:
    return _(NUMBERS[n]).capitalize() if n < len(NUMBERS) else str(n)


def _spoken(left: timedelta) -> str:
    minutes = int(left.total_seconds() // 60)
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}


def _row(promise, now: datetime) -> dict:
    """One promise in the list, with its marks."""
    marks = []
    if promise.state == "broken":
        marks.append(("broken", _("broken %(day)s") % {"day": _weekday(promise.due)}, "brick"))
    if promise.harm == 4:
        marks.append(("severe", _("severe harm"), "strong"))
    if promise.kind == "update":
        marks.append(("clock", _("update owed"), ""))
        if promise.missed:
            marks.append(("broken", sentences.missed(promise.missed), "brick"))
    elif promise.state != "broken":
        marks.append(("clock", _("promised %(day)s") % {"day": _weekday(promise.made)}, ""))
    is_today = wording.local(promise.due).date() == wording.local(now).date()
    soon = promise.state == "open" and now < promise.due <= now + SOON
    return {
        "when": wording.clock(promise.due) if is_today else _short(promise.due),
        "later": "" if is_today else wording.clock(promise.due),
        "left": wording.until(promise.due, now) if soon else "",
        "act": _act(promise),
        "said": promise.quote,
        "marks": marks,
        "who": promise.company or promise.name,
        "ref": promise.ref,
        "href": f"/cases/{promise.ref}/"
        + ("" if promise.kind == "update" else f"promises/{promise.number}/"),
    }


def _act(promise) -> str:
    if promise.kind != "update":
        return promise.act
    if promise.stage == "received":
        return _("Write to %(name)s: say who has it and what happens") % {"name": promise.name}
    return _("Tell %(name)s what happens next") % {"name": promise.name}


def _weekday(moment: datetime) -> str:
    return wording.short_day(moment).rpartition(" ")[0]


def _short(moment: datetime) -> str:
    return _weekday(moment)


def _strip(due, now: datetime, house) -> dict | None:
    """The working day as a line; none on a day off."""
    day = house.today(now)
    if not is_working_day(house.calendar, day):
        return None
    start, end = (_minutes(at(house.calendar, day), day) for at in (open_of_business, close_of_business))
    if end <= start:
        return None
    items = []
    for promise in due:
        at = _minutes(promise.due, day)
        if start <= at <= end and wording.local(promise.due).date() == day:
            state = (
                "broken"
                if promise.state == "broken"
                else "soon"
                if now < promise.due <= now + SOON
                else "open"
            )
            items.append({"at": at, "label": promise.name, "state": state})
    at_now = _minutes(now, day)
    words = _("The working day, with %(n)d promises on it; the list below says each.") % {"n": len(items)}
    return {
        "start": start,
        "end": end,
        "now": at_now if start <= at_now <= end else None,
        "items": sorted(items, key=lambda item: item["at"]),
        "words": words,
    }


def _minutes(moment: datetime, day) -> int:
    local = wording.local(moment)
    return (local.date() - day).days * 1440 + local.hour * 60 + local.minute


def _check_backs(me, now: datetime):
    day = facts.house().today(now).isoformat()
    return shown.cases_where(
        "c.owner = %s and not (c.check_back = '') and c.check_back <= %s", [me.id, day], "c.check_back"
    )
