"""Promises: made, kept with proof, told late; more time asked for; the list of all of them."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.casework import db, facts, shown
from amends.casework.moments import micro
from amends.desk import case as case_page
from amends.desk import door
from amends.desk.case import subpage
from amends.rules import promises
from amends.rules.refused import Refused

VIEWS = ("mine", "team", "broken")


def listed(request):
    """Promises by time: one's own, the team's, the broken ones."""
    now, me = door.now(), request.user
    view = request.GET.get("view", "mine")
    view = view if view in VIEWS else "mine"
    condition, values = shown.limit(me, "p.team")
    if view == "mine":
        rows = shown.owed_by(me, None, facts.house().due(facts.house().check_back, now), most=100)
    elif view == "team":
        where = f"p.state in ('open', 'broken') and {shown.STILL_OWED} and p.due_at < %s and c.is_open and {condition}"
        rows = shown.promises_where(where, [micro(now) + 10**14, *values], most=100)
    else:
        rows = shown.promises_where(
            f"p.was_broken = %s and {condition}", [True, *values], "p.due_at desc", 100
        )
    views = [
        (_("Yours"), "?view=mine", view == "mine"),
        (_("The team’s"), "?view=team", view == "team"),
        (_("Broken"), "?view=broken", view == "broken"),
    ]
    return door.page(request, "promises", rows=rows, views=views, view=view, broken=broken_count(me))


def broken_count(me) -> int:
    """How many promises were ever broken in the cases one sees: it only ever grows."""
    condition, values = shown.limit(me, "p.team")
    return db.row(
        f"select count(*) from promises p where p.was_broken = %s and {condition}", [True, *values]
    )[0]


@require_POST
def new(request, ref):
    file = door.case_id(request, ref)
    try:
        door.do(
            request,
            file,
            promises.make,
            deed=door.text(request, "deed"),
            owner=request.POST.get("owner", ""),
            due=door.when(request, "due"),
        )
    except Refused as no:
        return case_page.page(request, ref, no, request.POST.dict(), "promise")
    return door.back(ref, "owe")


def promise(request, ref, number):
    """Keep a promise, with what shows it."""
    if request.method != "POST":
        return subpage(request, ref, "promise", number=number)
    try:
        door.do(
            request,
            door.case_id(request, ref),
            promises.keep,
            number=number,
            proof=door.text(request, "proof"),
        )
    except Refused as no:
        return subpage(request, ref, "promise", no, request.POST.dict(), number=number)
    return door.back(ref, "file")


@require_POST
def delay(request, ref, number):
    """Tell the customer before the day that it will be late."""
    try:
        door.do(
            request,
            door.case_id(request, ref),
            promises.notice_delay,
            number=number,
            why=door.text(request, "why"),
            expected=door.when(request, "expected"),
        )
    except Refused as no:
        return subpage(request, ref, "promise", no, request.POST.dict(), number=number)
    return door.back(ref, "file")


def time(request, ref):
    """I have not met this before; I need a little more time: a letter with a dated promise."""
    if request.method != "POST":
        return subpage(request, ref, "time")
    try:
        points = tuple(int(p) for p in request.POST.getlist("points") if p.isdigit() and len(p) < 6)
        door.do(
            request,
            door.case_id(request, ref),
            promises.need_time,
            points=points,
            words=door.text(request, "words"),
            deed=door.text(request, "deed"),
            owner=request.POST.get("owner", ""),
            due=door.when(request, "due"),
        )
    except Refused as no:
        return subpage(request, ref, "time", no, request.POST.dict())
    return door.back(ref, "file")
