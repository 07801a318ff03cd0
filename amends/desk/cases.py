"""Lists of cases: the queue, what a search finds, a customer's; and a complaint told to somebody here."""

import re

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends import ids
from amends.casework import cipher, db, search, shown
from amends.casework.acts import intake, perform_each
from amends.casework.acts.messages import cases_by_ref
from amends.casework.moments import micro, moment
from amends.desk import door
from amends.desk.case import channel
from amends.look import sentences
from amends.rules import cases
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_NAME

PER_PAGE = 50
MOST_FOUND = 30
VIEWS = ("mine", "open", "unread", "ended")
_REF = re.compile(r"(?:AM-?)?([23456789A-Z]{5})", re.I)


def queue(request, refusals=None):
    """Open cases by the date their customer hears from us; keyset paging, no counting of everything."""
    me, now = request.user, door.now()
    view = request.GET.get("view", "mine")
    view = view if view in VIEWS else "mine"
    condition, values = shown.limit(me)
    where, more, order, column = {
        "mine": ("c.owner = %s and c.is_open", [me.id], "c.next_due, c.id", "next_due"),
        "open": ("c.is_open", [], "c.next_due, c.id", "next_due"),
        "unread": ("c.heard_at is not null", [], "c.heard_at, c.id", "heard_at"),
        "ended": ("c.closed_at is not null", [], "c.closed_at desc, c.id desc", "closed_at"),
    }[view]
    after_sql, after_values = _after(request, column, view == "ended")
    rows = shown.cases_where(
        f"{where} and {condition}{after_sql}", [*more, *values, *after_values], order, PER_PAGE + 1
    )
    further = _further(rows, view) if len(rows) > PER_PAGE else ""
    views = [(words, f"{reverse('desk:cases')}?view={name}", name == view) for name, words in _names()]
    views.append((_("Held letters"), reverse("desk:held"), False))
    return door.page(
        request,
        "cases",
        cases=[_row(row, now) for row in rows[:PER_PAGE]],
        views=views,
        view=view,
        further=further,
        first=_heading(view),
        refusals=refusals or [],
        ticked={ref for ref, _no in refusals or ()},
        status=door.CANNOT if refusals else 200,
    )


def _names():
    return (
        ("mine", _("Yours")),
        ("open", _("All open")),
        ("unread", _("New from customers")),
        ("ended", _("Ended")),
    )


def _heading(view: str) -> str:
    return {
        "mine": _("Your open cases, by the day they hear from us."),
        "open": _("Every open case, by the day they hear from us."),
        "unread": _("What customers said that nobody has read."),
        "ended": _("Cases that have ended, the latest first."),
    }[view]


def _after(request, column: str, descending: bool) -> tuple[str, list]:
    """Where the page before ended: a moment and an id."""
    at, _dot, last = request.GET.get("after", "").partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 18 and ids.is_id(last)):
        return "", []
    sign = "<" if descending else ">"
    return f" and (c.{column}, c.id) {sign} (%s, %s)", [int(at), last]


def _further(rows, view: str) -> str:
    last = rows[PER_PAGE - 1]
    at = {"unread": last.heard_at}.get(view, last.next_due)
    if view == "ended":
        at = moment(db.row("select closed_at from cases where id = %s", [last.id])[0])
    return f"{reverse('desk:cases')}?view={view}&after={micro(at)}.{last.id}"


def _row(row, now) -> dict:
    marks = []
    if row.harm == 4 or row.danger:
        marks.append(("severe", _("severe harm") if row.harm == 4 else _("danger, they say"), "strong"))
    if row.heard_at:
        marks.append(("letter", _("new"), "teal"))
    if row.reopened:
        marks.append(("arrow-right", _("goes on again"), ""))
    overdue = row.next_due is not None and row.next_due < now
    return {
        "row": row,
        "href": f"/cases/{row.ref}/",
        "marks": marks,
        "stage": sentences.STAGES[row.stage],
        "by": row.next_due,
        "tone": "brick"
        if overdue
        else "amber"
        if row.next_due and (row.next_due - now).total_seconds() < 3600
        else "",
    }


@require_POST
def close_many(request):
    """Close several cases at once: each is asked by the same rule, and those refused say why."""
    refs = [ref for ref in request.POST.getlist("ref")[:200] if shown.file_of(ref, request.user)]
    if not refs:
        return queue(request, [("", door.refused(Refused(Reason.NOTHING_TICKED)))])
    files = cases_by_ref(refs)
    act = request.POST.get("act", "")[:64] or ids.new()
    outcomes = perform_each(list(files.values()), cases.close, by=request.user.actor, now=door.now(), act=act)
    refusals = [
        (ref, door.refused(outcome.refused, ref))
        for ref, outcome in zip(files, outcomes, strict=True)
        if outcome.refused
    ]
    return queue(request, refusals) if refusals else redirect(f"{reverse('desk:cases')}?view=ended")


def new(request):
    """Write down a complaint told by telephone, on paper or in person."""
    if request.method != "POST":
        return _new(request)
    reach = door.text(request, "reach")[: LONGEST_NAME + 1]
    is_mail = "@" in reach
    try:
        if len(door.text(request, "name")) == 0:
            raise Refused(Reason.TEXT_MISSING, field="name")
        if reach:
            intake.must_be_reachable(reach)
        told = f"{request.user.id}|{door.text(request, 'name')}|{reach}"
        outcome = intake.receive_complaint(
            intake.Complaint(
                act=intake.same_today(told, door.text(request, "words"), door.now()),
                channel=channel(request),
                words=door.text(request, "words"),
                name=door.text(request, "name"),
                address=reach if is_mail else "",
                phone="" if is_mail else reach,
                company=door.text(request, "company"),
                sought=door.text(request, "sought"),
                danger=request.POST.get("danger") == "yes",
                reference=door.text(request, "reference"),
                received_at=door.when(request, "received"),
                owner=request.user.id,
                by=request.user.actor,
            ),
            now=door.now(),
        )
    except Refused as no:
        return _new(request, no, request.POST.dict())
    return door.back(outcome.state.ref)


def _new(request, no=None, kept=None):
    status = door.CANNOT if no else 200
    return door.page(request, "new", status=status, kept=kept or {}, refused=door.refused(no) if no else None)


def find(request):
    """Any case by words, name or reference."""
    asked = request.GET.get("q", "")[:300].replace("\0", "")
    match = _REF.fullmatch(asked.strip())
    if match:
        ref = f"AM-{match.group(1).upper()}"
        if shown.file_of(ref, request.user):
            return redirect("desk:case", ref=ref)
    return door.page(
        request, "find", searched=asked, hits=_hits(asked, request.user) if asked.strip() else []
    )


def _hits(asked: str, me) -> list[dict]:
    """Cases whose words hold all that was asked, the newest first, with the place where they do."""
    found = search.find(asked, MOST_FOUND, lambda cases: shown.visible(cases, me))
    rows = {row.id: row for row in _rows_of(list(found), me)}
    words = cipher.texts(set(found.values()))
    terms = search.folded(asked).split()
    return [
        {
            "row": rows[case],
            "excerpt": excerpt(words.get(text, ""), terms),
            "stage": sentences.STAGES[rows[case].stage],
        }
        for case, text in found.items()
        if case in rows
    ]


def _rows_of(cases: list[str], me):
    """Those of these cases that one may see."""
    if not cases:
        return []
    condition, values = shown.limit(me, shown.BY_ID)
    marks = ",".join(["%s"] * len(cases))
    return shown.cases_where(
        f"c.id in ({marks}) and {condition}", [*cases, *values], "c.last_at desc", len(cases)
    )


def excerpt(words: str, terms: list[str], around: int = 90) -> list[tuple[str, bool]]:
    """The words around the first hit, in pieces: (piece, whether it is a hit)."""
    words = " ".join(words.split())
    if not terms:
        return [(words[: 2 * around], False)]
    pattern = re.compile("|".join(re.escape(term) for term in terms if term), re.I)
    hit = pattern.search(words)
    start = max(0, hit.start() - around) if hit else 0
    piece = words[start : start + 2 * around]
    pieces, last = [], 0
    if start:
        pieces.append(("… ", False))
    for match in pattern.finditer(piece):
        pieces += [(piece[last : match.start()], False), (match.group(), True)]
        last = match.end()
    pieces.append((piece[last:] + (" …" if start + 2 * around < len(words) else ""), False))
    return [(text, is_hit) for text, is_hit in pieces if text]


def customers(request):
    """Customers whose cases one sees, those heard from last first."""
    condition, values = shown.limit(request.user)
    found = db.rows(
        "select u.id, u.name, u.company, max(c.last_at), count(*) from customers u join cases c on c.customer = u.id"
        f" where c.id in (select c.id from cases c where {condition} order by c.last_at desc limit 200)"
        " group by u.id, u.name, u.company order by 4 desc limit 50",
        values,
    )
    words = cipher.texts({text for row in found for text in row[1:3]})
    rows = [(row[0], words.get(row[1], ""), words.get(row[2], ""), moment(row[3]), row[4]) for row in found]
    return door.page(request, "customers", rows=rows)


def customer(request, customer):
    """One customer's cases."""
    condition, values = shown.limit(request.user)
    rows = shown.cases_where(f"c.customer = %s and {condition}", [customer, *values], "c.last_at desc")
    if not rows:
        raise Http404(customer)
    now = door.now()
    return door.page(
        request,
        "customer",
        cases=[_row(row, now) for row in rows],
        name=rows[0].name,
        company_of=rows[0].company,
    )
