"""What we say to everybody, held against what is so; and what was said to one customer in spite of the file."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.casework import cipher, db, defects, ledger, shown, standing, wording
from amends.casework.acts import standing as acts
from amends.casework.moments import micro, moment
from amends.insight.calibration import calibration
from amends.look import sentences
from amends.look.forms import text
from amends.look.page import now
from amends.look.page import page as draw
from amends.people.models import Staff
from amends.people.names import name_of
from amends.rules import entries as e
from amends.rules.entries import Measure, Place
from amends.rules.refused import Refused
from amends.rules.standing import DIRECTING
from amends.rules.values import Role

WEEK = timedelta(days=7)
CANNOT = 422


def house(request: HttpRequest) -> HttpResponse:
    """Every standing claim, the false ones first; what went out in spite of the file this week and before."""
    if request.method != "POST":
        return _house(request)
    place = request.POST.get("place", "")
    try:
        outcome = acts.register(
            place=Place(place) if place in list(Place) else None,
            words=text(request, "words"),
            owner=_owner(request),
            **_acting(request),
        )
    except Refused as no:
        return _house(request, no, request.POST.dict())
    return redirect("board:claim", claim=outcome.file)


def _house(request, no: Refused | None = None, kept: dict | None = None) -> HttpResponse:
    at = now()
    claims, spite = standing.listed(), overrides(request.user, at - 13 * WEEK)
    return _page(
        request,
        "house",
        no,
        claims=claims,
        heading=_heading(sum(claim.red for claim in claims)),
        this_week=[one for one in spite if one["at"] > at - WEEK],
        before=[one for one in spite if one["at"] <= at - WEEK],
        places=_choices(sentences.PLACES),
        people=_people(),
        kept=kept or {},
    )


def _heading(red: int) -> str:
    if not red:
        return _("What we say to everybody is so, as far as we measure it.")
    return ngettext(
        "One thing we say to everybody is not so.", "%(n)d things we say to everybody are not so.", red
    ) % {"n": red}


def overrides(staff: Staff, since: datetime) -> list[dict]:
    """Claims that somebody who leads let go in spite of the file, the newest first."""
    condition, values = shown.limit(staff)
    found = db.rows(
        "select c.ref, o.number, o.said, o.why, o.staff, o.at, e.body from overrides o"
        ' join cases c on c.id = o."case" join entries e on e.file = c.id and e.number = o.number'
        f" where o.at > %s and {condition} order by o.at desc limit 200",
        [micro(since), *values],
    )
    words = cipher.texts({each for row in found for each in row[2:4]})
    return [
        {
            "ref": ref, "number": number, "because": _because(ledger.decode(body)), "said": words.get(said, ""),
            "why": words.get(why, ""), "who": name_of(who), "at": moment(at),
        }
        for ref, number, said, why, who, at, body in found
    ]  # fmt: skip


def _because(overridden) -> str:
    return sentences.because(overridden.because, overridden.entry, overridden.what)


def claim(request: HttpRequest, claim: str) -> HttpResponse:
    """One standing claim: its measure, its value, whether it is said; and what can be done with it.

    What is said to everybody anybody here may look up; what can be done with it is for directors, and its owner.
    """
    if not standing.listed(claim):
        raise Http404(claim)
    if request.method != "POST":
        return _claim(request, claim)
    try:
        _do(request, claim)
    except Refused as no:
        return _claim(request, claim, no, request.POST.dict())
    return redirect("board:claim", claim=claim)


def _do(request, claim: str) -> None:
    """The act that was asked for. Raises Refused."""
    acting, what = _acting(request), request.POST.get("what", "")
    if what == "measure":
        measure = request.POST.get("measure", "")
        measure = Measure(measure) if measure in list(Measure) else None
        acts.set_measure(claim, measure=measure, line=_number(request, "line"), of=_about(request), **acting)
    elif what == "live":
        acts.go_live(claim, **acting)
    elif what == "by_hand":
        value, n, seen = _number(request, "value"), _number(request, "n"), text(request, "shown")
        acts.measure_by_hand(claim, value=value, n=n, shown=seen, **acting)
    elif what == "withdraw":
        acts.withdraw(claim, why=text(request, "why"), **acting)


def _claim(request, claim: str, no: Refused | None = None, kept: dict | None = None) -> HttpResponse:
    (row,) = standing.listed(claim)
    known = {d.id: d.name for d in defects.listed()}
    return _page(
        request,
        "claim",
        no,
        claim=row,
        about=known.get(row.about, ""),
        directs=_directs(request),
        answers=_directs(request) or row.owner == request.user.id,
        history=_history(claim),
        measures=_choices(sentences.MEASURES),
        defects=[("", _("all complaints"))] + [(id, name) for id, name in known.items()],
        kept=kept or {},
    )


def _directs(request) -> bool:
    return Role(request.user.role) in DIRECTING


def _history(claim: str) -> list[tuple[str, str, str]]:
    """What was decided about a claim, and by whom: its lines, when it was said, and when no longer."""
    found, line = [], 0
    for each in ledger.lines([claim]):
        match each.entry:
            case e.StandingMeasureSet(line=new, measure=measure):
                words = _("the line: %(line)d per cent, %(what)s") % {
                    "line": new,
                    "what": sentences.MEASURES[measure],
                }
                words += f" ({_('lowered from %(line)d') % {'line': line}})" if new < line else ""
                line = new
            case e.StandingWentLive():
                words = _("said to everybody")
            case e.StandingWithdrawn(why=why):
                words = _("said no longer: %(why)s") % {"why": cipher.texts([why.id]).get(why.id, "")}
            case e.StandingMeasured(shown=shown) if shown.id:
                seen = cipher.texts([shown.id]).get(shown.id, "")
                words = _("measured by hand, %(value)d per cent of %(n)d. It is seen here: %(seen)s") % {
                    "value": each.entry.value,
                    "n": each.entry.n,
                    "seen": seen,
                }
            case _:
                continue
        found.append(
            (wording.short_when(each.at), name_of(each.author.partition(":")[2]) or _("the desk"), words)
        )
    return found[::-1]


def hold(request: HttpRequest) -> HttpResponse:
    """The message for whoever waits on the telephone, and how often the range in it was right."""
    at = now()
    covered, weeks = calibration(at)
    lines = standing.hold_message(at)
    return _page(
        request,
        "hold",
        lines=lines,
        covered=covered,
        weeks=weeks,
        length=_length,
        short_day=wording.short_day,
    )


def _length(time: timedelta) -> str:
    hours = time.total_seconds() / 3600
    return (
        _("%(n)s hours") % {"n": f"{hours:.1f}"}
        if hours < 48
        else _("%(n)s days") % {"n": f"{hours / 24:.1f}"}
    )


# What the views share -----------------------------------------------------------------------------------------


def _page(request, name: str, no: Refused | None = None, **context) -> HttpResponse:
    refused = {"sentence": sentences.refusal(no)} if no else None
    more = {"name_of": name_of, "refused": refused, "today": now(), **context}
    return draw(request, f"board/pages/{name}", CANNOT if no else 200, **more)


def _acting(request) -> dict:
    return {"by": request.user.actor, "now": now(), "act": request.POST.get("act", "")[:64]}


def _number(request, name: str) -> int:
    typed = request.POST.get(name, "").strip().rstrip("%").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _owner(request) -> str:
    chosen = request.POST.get("owner", "")
    return chosen if chosen in dict(_people()) else ""


def _about(request) -> str:
    chosen = request.POST.get("about", "")
    return chosen if chosen in {defect.id for defect in defects.listed()} else ""


def _people() -> list[tuple[str, str]]:
    people = Staff.objects.filter(is_active=True).exclude(role="administrator").order_by("name")
    return list(people.values_list("id", "name"))


def _choices(names: dict) -> list[tuple[str, str]]:
    return [(each.value, str(words)) for each, words in names.items()]
