"""What every page of the desk needs: the case one may see, the form that was sent, the answer when it is refused."""

import re
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from amends.casework import acts, facts, shown, wording
from amends.casework.acts.messages import cases_by_ref
from amends.look import sentences
from amends.look.forms import text as text
from amends.look.page import now
from amends.look.page import page as draw
from amends.people.models import Staff
from amends.rules.clocks import Limit, Unit
from amends.rules.refused import Missing, Reason, Refused

CANNOT = 422
OF_DEEDS = {
    Missing.DELIVERY: lambda case, number: case.remedy(number).offer.act,
    Missing.PROMISE_OPEN: lambda case, number: case.promise(number).act,
    Missing.PROMISE_OWED: lambda case, number: case.promise(number).act,
}


def page(request: HttpRequest, template: str, status: int = 200, **context) -> HttpResponse:
    """A page of the desk, by its name."""
    return draw(request, f"desk/pages/{template}", status, **context)


def case_id(request: HttpRequest, ref: str) -> str:
    """The case of this reference, or 404: the same for not there and not yours."""
    found = shown.file_of(ref, request.user)
    if found is None:
        raise Http404(ref)
    return found


def do(request: HttpRequest, case: str, verb, **asked):
    """Carry out one verb as the person signed in, under the id the form carried. Raises Refused."""
    act = request.POST.get("act", "")[:64]
    insist = request.POST.get("insist") == "yes"
    outcome = acts.perform(case, verb, by=request.user.actor, now=now(), act=act, insist=insist, **asked)
    request.session.pop(_place(request), None)
    return outcome


def acting(request: HttpRequest) -> dict:
    """Who acts, when, and under which id, for an act that is no single verb."""
    return {"by": request.user.actor, "now": now(), "act": request.POST.get("act", "")[:64]}


def keep(request: HttpRequest, typed: dict) -> None:
    """What was typed into a refused form stays for its person, also when they go elsewhere to mend what is missing."""
    request.session[_place(request)] = {
        name: value[:20_000] for name, value in typed.items() if name != "act"
    }


def kept(request: HttpRequest) -> dict:
    """What was typed here before and refused."""
    return request.session.get(_place(request), {})


def _place(request: HttpRequest) -> str:
    return f"typed:{request.path}"


def back(ref: str, place: str = "") -> HttpResponse:
    """To the case, after something was done. At the end of its file (`file`) a line says that it stands there."""
    answer = redirect("desk:case", ref=ref)
    if place:
        answer["Location"] += "?done=1#done" if place == "file" else f"#{place}"
    return answer


def refused(no: Refused, ref: str = "") -> dict:
    """A refusal as a page shows it: the sentence, and what is missing with its links."""
    base = f"/cases/{ref}/" if ref else ""
    more = ""
    listed = sentences.missing(no, base, _deeds(no, ref))
    if no.reason is Reason.ABOVE_GRANT and ref:
        link = f"{base}ask/?kind={no.facts['kind']}&amount={no.facts['amount']}&unit={no.facts['unit']}"
        listed.append((_("ask somebody above for it"), link))
    if len(listed) > 1:
        more = _("These things are missing:")
    insist = no.reason is Reason.CONTEMPT
    return {"sentence": sentences.refusal(no), "missing": listed, "more": more, "insist": insist}


def _deeds(no: Refused, ref: str) -> dict:
    """What the promises and remedies that a refusal names are about, in words."""
    named = [(what, number) for what, number in no.facts.get("missing", ()) if what in OF_DEEDS]
    file = cases_by_ref([ref]).get(ref) if ref and named else None
    if file is None:
        return {}
    this = shown.load(file)
    return {(what, number): this.texts(OF_DEEDS[what](this.case, number)) for what, number in named}


# Reading forms ---------------------------------------------------------------------------------------------------


def number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def when(request: HttpRequest, name: str) -> datetime | None:
    """A moment from a datetime-local field, in the desk's zone; None when there is none."""
    value = request.POST.get(name, "").strip()
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(Reason.DUE_MISSING) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=wording.zone())
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Refused(Reason.DUE_MISSING) from None


def money(request: HttpRequest, name: str) -> int:
    """An amount such as 20, 20.50 or $1,200 in minor units; 0 when empty. Raises Refused when it is neither."""
    return minor(request.POST.get(name, ""))


_AMOUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,11})(?:\.(\d{1,2}))?", re.ASCII)


def minor(value: str) -> int:
    typed = value.strip()
    bare = typed.lstrip("$£€ ").replace(" ", "")
    if not bare:
        return 0
    match = _AMOUNT.fullmatch(bare)
    if not match:
        raise Refused(Reason.AMOUNT_UNREADABLE, typed=typed[:40])
    whole, cents = bare.partition(".")[0].replace(",", ""), match.group(1) or ""
    if settings.AMENDS_CURRENCY in wording.NO_CENTS:
        return int(whole)
    return int(whole) * 100 + int((cents + "00")[:2])


def colleagues(request: HttpRequest) -> list[tuple[str, str]]:
    """Who could do it: oneself first, then the team, for a choice."""
    me = request.user
    others = (
        Staff.objects.filter(is_active=True, team_id=me.team_id)
        .exclude(id=me.id)
        .exclude(role="administrator")
    )
    names = others.order_by("name").values_list("id", "name")[:100]
    return [(me.id, _("%(name)s, you") % {"name": me.name}), *names]


def soon(days: int = 1) -> datetime:
    """A day to suggest in a form: close of business, so many working days ahead."""
    house = facts.house()
    return house.due(Limit(days, Unit.WORKING_DAY), now())
