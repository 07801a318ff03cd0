"""Letters on no case: held ones, machines' letters, and ours that did not arrive. Each with its reason, age and owner."""

from datetime import timedelta

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.casework import db, shown
from amends.desk import door
from amends.desk.moves import named_case
from amends.look import headers, sentences
from amends.people.names import name_of
from amends.post import box, held
from amends.rules import permissions
from amends.rules.belonging import Held
from amends.rules.refused import Refused
from amends.rules.values import Role

MOST = 50
LATE = timedelta(hours=8)
VIEWS = ("held", "machines", "ours", "aside")


def queue(request):
    """What waits for somebody to look, the oldest first."""
    view = request.GET.get("view", "held")
    view = view if view in VIEWS else "held"
    counts = held.counts()
    troubled = _troubled(request) if view == "ours" else []
    listed = []
    if view != "ours":
        listed = _listed(held.aside(MOST) if view == "aside" else held.waiting(view, MOST))
    return door.page(
        request,
        "held",
        view=view,
        views=[(words, f"?view={name}", name == view, counts.get(name, "")) for name, words in _names()],
        listed=listed,
        troubled=troubled,
        looks_after=Role(request.user.role) in permissions.LOOKING_AFTER,
    )


def _names():
    return (
        ("held", _("Held")),
        ("machines", _("From machines")),
        ("ours", _("Ours in trouble")),
        ("aside", _("Set aside")),
    )


def _listed(rows: list[held.Waiting]) -> list[dict]:
    read = box.readings([row.id for row in rows])
    now = door.now()
    return [
        {
            "id": row.id,
            "came": row.came_at,
            "late": now - row.came_at > LATE,
            "owner": name_of(row.owner),
            "because": sentences.held(row.because),
            "goes_round": row.because.startswith(Held.LOOP),
            "letter": read.get(row.id),
        }
        for row in rows
    ]


def _troubled(request) -> list[dict]:
    """Letters of ours that failed, bounced or may have gone: of the cases this person may see."""
    condition, values = shown.limit(request.user)
    found = db.rows(
        "select o.state, o.trouble, c.ref, o.number, c.owner from owed o join cases c on c.id = o.file"
        f" where o.staff = '' and o.state in ('failed', 'uncertain', 'bounced') and {condition}"
        f" order by o.id desc limit {MOST}",
        values,
    )
    return [
        {"state": state, "trouble": trouble, "ref": ref, "number": number, "owner": name_of(owner)}
        for state, trouble, ref, number, owner in found
    ]


def show(request, letter):
    """One letter on no case, whole."""
    return _show(request, letter)


def _show(request, letter, no: Refused | None = None):
    row = held.one(letter)
    if row is None:
        raise Http404(letter)
    answer = door.page(
        request,
        "held_letter",
        refused=door.refused(no) if no else None,
        kept=request.POST if no else {},
        status=door.CANNOT if no else 200,
        row=row,
        because=sentences.held(row.because),
        goes_round=row.because.startswith(Held.LOOP),
        owner=name_of(row.owner),
        letter=box.readings([letter]).get(letter),
        came=row.came_at,
    )
    answer["Content-Security-Policy"] = headers.FRAMING
    return answer


@require_POST
def take_in(request, letter):
    """To a case, or as a new one."""
    try:
        case = named_case(request) if request.POST.get("where") == "case" else ""
        outcome = held.take_in(
            letter, case=case, sender=door.text(request, "sender"), by=request.user.actor, now=door.now()
        )
    except Refused as no:
        return _show(request, letter, no)
    return door.back(outcome.state.ref, "file" if case else "")


@require_POST
def set_aside(request, letter):
    """Nothing for us: it leaves the queue and stays among those set aside; from there it can be put back."""
    if request.POST.get("back"):
        held.put_back(letter)
    else:
        held.set_aside(letter, by=request.user.id, now=door.now())
    return door.redirect("desk:held")
