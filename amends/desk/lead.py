"""For people who lead: the team's open cases, what is late and what will be; quality; grants; figures."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends import ids
from amends.casework import cipher, db, shown, wording
from amends.casework.acts import authority
from amends.casework.moments import micro
from amends.desk import door
from amends.insight import lanes
from amends.look import sentences
from amends.people.models import Staff
from amends.people.names import name_of
from amends.post import held
from amends.rules.entries import RemedyKind
from amends.rules.grants import TIMES
from amends.rules.refused import Refused


def team(request):
    """What is late, what will be within a day, and who owns how much; sorted by day, never by person."""
    me, now = request.user, door.now()
    condition, values = shown.limit(me, "p.team")
    owed = f"p.state in ('open', 'broken') and {shown.STILL_OWED} and p.due_at < %s and c.is_open and {condition}"
    late = shown.promises_where(owed, [micro(now), *values])
    soon = shown.promises_where(
        f"p.state = 'open' and p.due_at >= %s and p.due_at < %s and c.is_open and {condition}",
        [micro(now), micro(now + timedelta(days=1)), *values],
    )
    own, own_values = shown.limit(me)
    open_cases = shown.cases_where(f"c.is_open and {own}", own_values, "c.next_due, c.id")
    return door.page(
        request,
        "team",
        late=late,
        soon=soon,
        clocks=_clocks(me, now),
        open_cases=open_cases,
        name_of=name_of,
        held_long=held.too_long(now),
        left_waiting=shown.left_waiting(me),
        asked=shown.asked(f"a.state = 'asked' and {own}", own_values),
    )


def _clocks(me, now):
    """Time limits of the house that have run out or will within a day."""
    condition, values = shown.limit(me, "k.team")
    found = db.rows(
        'select k.name, k.due_at, c.ref, u.name, c.owner from clocks k join cases c on c.id = k."case"'
        f" join customers u on u.id = c.customer where k.stopped_at is null and k.due_at < %s and {condition}"
        " order by k.due_at limit 50",
        [micro(now + timedelta(days=1)), *values],
    )
    words = cipher.texts({row[3] for row in found})
    return [
        {
            "what": sentences.CLOCKS.get(clock, clock),
            "due": shown.moment(due),
            "ref": ref,
            "name": words.get(name, ""),
            "owner": name_of(owner),
            "late": due < micro(now),
        }
        for clock, due, ref, name, owner in found
    ]


def quality(request):
    """Notes that say the opposite of the finding the customer was sent, both texts side by side."""
    condition, values = shown.limit(request.user)
    found = db.rows(
        'select f."case", f.note, f.point, c.ref from flags f join cases c on c.id = f."case"'
        f" where {condition} order by c.last_at desc limit 50",
        values,
    )
    pairs = []
    for file, note, point, ref in found:
        this = shown.load(file)
        line = this.lines[note - 1]
        p = this.case.point(point)
        pairs.append(
            {
                "ref": ref,
                "note": note,
                "who": name_of(line.author.partition(":")[2]),
                "when": line.at,
                "words": this.texts(line.entry.words),
                "point": this.texts(p.words),
                "finding": p.finding.value,
                "cause": this.texts(p.cause),
            }
        )
    return door.page(request, "quality", pairs=pairs)


def grants(request):
    """Who may grant what without asking, and what is left this month. For helping, not for comparing."""
    if request.method == "POST":
        return _issue(request)
    return _grants(request)


def _issue(request):
    kind, unit = request.POST.get("kind", ""), request.POST.get("unit", "")
    unit = TIMES if unit == TIMES else settings.AMENDS_CURRENCY
    read = door.number if unit == TIMES else door.money
    try:
        authority.issue_grant(
            holder=request.POST.get("holder", ""),
            kind=RemedyKind(kind) if kind in list(RemedyKind) else None,
            unit=unit,
            per_case=read(request, "per_case"),
            per_month=read(request, "per_month"),
            by=request.user.actor,
            now=door.now(),
            act=request.POST.get("act", "")[:64] or ids.new(),
        )
    except Refused as no:
        return _grants(request, no, request.POST.dict())
    return door.redirect("desk:grants")


@require_POST
def grant_revoke(request, grant):
    try:
        authority.revoke_grant(
            grant,
            why=door.text(request, "why"),
            by=request.user.actor,
            now=door.now(),
        )
    except Refused as no:
        return _grants(request, no)
    return door.redirect("desk:grants")


def _grants(request, no=None, kept=None):
    people = Staff.objects.filter(is_active=True).exclude(role="administrator").order_by("name")
    if shown.permissions.sees(request.user.actor.role, request.user.team_id) is not None:
        people = people.filter(team_id=request.user.team_id)
    held = authority.grants_of([person.id for person in people])
    rows = [
        {
            "id": grant.id,
            "who": name_of(grant.holder),
            "what": str(sentences.KINDS[grant.kind]) if grant.kind else _("Any remedy"),
            "per_case": wording.amount(grant.per_case, grant.unit),
            "per_month": wording.amount(grant.per_month, grant.unit),
        }
        for grant in held
    ]
    return door.page(
        request,
        "grants",
        status=door.CANNOT if no else 200,
        rows=rows,
        people=[(person.id, person.name) for person in people],
        kinds=[("", _("Any remedy")), *((kind.value, str(sentences.KINDS[kind])) for kind in RemedyKind)],
        units=[(settings.AMENDS_CURRENCY, settings.AMENDS_CURRENCY), (TIMES, _("times"))],
        kept=kept or {},
        refused=door.refused(no) if no else None,
    )


def figures(request):
    """What was asked against what we suggested; promises to find out; remedies in no catalogue. Always with n."""
    return door.page(request, "figures", **lanes.figures(request.user, door.now()))
