"""Putting it right: options to choose among, a remedy given outright, its delivery proved, an ask above one's grant."""

from django.conf import settings
from django.utils.translation import gettext as _

from amends.casework import facts, shown, wording
from amends.desk import door
from amends.desk.case import subpage
from amends.look import sentences
from amends.rules import approvals, power, remedies
from amends.rules.entries import COSTS_NOTHING, Lane, Offer, RemedyKind
from amends.rules.grants import TIMES
from amends.rules.refused import Reason, Refused
from amends.rules.values import Text

ROWS = 4


def options(request, ref):
    """Send the customer options: what they asked for first, our own ideas beside it."""
    if request.method != "POST":
        return _options(request, ref)
    try:
        offers = tuple(offer for n in range(1, ROWS + 1) if (offer := _offer(request, f"{n}-")))
        door.do(request, door.case_id(request, ref), remedies.propose, offers=offers)
    except Refused as no:
        return _options(request, ref, no, request.POST.dict())
    return door.back(ref, "file")


def refuse(request, ref):
    """Say that what was asked cannot be done: every unused remedy has its reason first, then the no has its own."""
    if request.method != "POST":
        return _refuse(request, ref)
    file, grant = door.case_id(request, ref), request.POST.get("grant", "")
    try:
        if grant:
            door.do(request, file, power.dispose, grant=grant, why=door.text(request, "why"))
        else:
            door.do(request, file, power.refuse, why=door.text(request, "words"))
    except Refused as no:
        return _refuse(request, ref, no, request.POST.dict())
    answer = door.back(ref, "" if grant else "file")
    if grant:
        answer["Location"] += "no/"
    return answer


def give(request, ref):
    """Give a remedy outright: one act, no approval, inside the grant."""
    kind = request.GET.get("kind", "")
    if request.method != "POST":
        return _give(request, ref, kind)
    try:
        offer = _offer(request, "")
        if offer is None:
            raise Refused(Reason.OPTION_WITHOUT_AN_ACT)
        door.do(request, door.case_id(request, ref), remedies.grant, offer=offer)
    except Refused as no:
        return _give(request, ref, request.POST.get("kind", kind), no, request.POST.dict())
    return door.back(ref, "file")


def remedy(request, ref, number):
    """Prove that a remedy has reached the customer."""
    if request.method != "POST":
        return subpage(request, ref, "remedy", number=number)
    try:
        door.do(
            request,
            door.case_id(request, ref),
            remedies.deliver,
            number=number,
            proof=door.text(request, "proof"),
        )
    except Refused as no:
        return subpage(request, ref, "remedy", no, request.POST.dict(), number=number)
    return door.back(ref, "file")


def ask(request, ref):
    """Ask somebody with a larger grant: what for the customer, why, at what cost."""
    if request.method != "POST":
        return _ask(request, ref, request.GET.dict())
    try:
        door.do(
            request,
            door.case_id(request, ref),
            approvals.ask,
            of=request.POST.get("of", ""),
            kind=_kind(request, ""),
            amount=_amount(request, ""),
            unit=_unit(request, ""),
            why=door.text(request, "why"),
        )
    except Refused as no:
        return _ask(request, ref, request.POST.dict(), no)
    return door.back(ref, "file")


def approval(request, ref, number):
    """Say yes, on one's own grant, or no, with reasons."""
    if request.method != "POST":
        return _approval(request, ref, number)
    file = door.case_id(request, ref)
    try:
        if request.POST.get("answer") == "yes":
            door.do(request, file, approvals.give, number=number, words=door.text(request, "words"))
        else:
            door.do(request, file, approvals.decline, number=number, why=door.text(request, "words"))
    except Refused as no:
        return _approval(request, ref, number, no, request.POST.dict())
    return door.back(ref, "file")


# Reading the forms -----------------------------------------------------------------------------------------------


def _offer(request, prefix: str) -> Offer | None:
    """One option as typed; None for a row nobody touched."""
    act = door.text(request, prefix + "deed")
    touched = act or request.POST.get(prefix + "amount", "").strip() or door.text(request, prefix + "reasons")
    if not touched:
        return None
    lane = Lane.ASKED if request.POST.get(prefix + "lane") == Lane.ASKED else Lane.OURS
    due = door.when(request, prefix + "due")
    if not act:
        raise Refused(Reason.OPTION_WITHOUT_AN_ACT)
    if due is None:
        raise Refused(Reason.DUE_MISSING)
    amount = _amount(request, prefix)
    return Offer(
        lane=lane,
        kind=_kind(request, prefix),
        act=Text(act),
        owner=request.POST.get(prefix + "owner", ""),
        due=due,
        amount=amount,
        unit=_unit(request, prefix) if amount else "",
        reasons=Text(door.text(request, prefix + "reasons")),
    )


def _kind(request, prefix: str) -> RemedyKind:
    value = request.POST.get(prefix + "kind", "")
    return RemedyKind(value) if value in list(RemedyKind) else RemedyKind.SOMETHING_ELSE


def _unit(request, prefix: str) -> str:
    return TIMES if request.POST.get(prefix + "unit") == TIMES else settings.AMENDS_CURRENCY


def _amount(request, prefix: str) -> int:
    if _unit(request, prefix) == TIMES:
        return door.number(request, prefix + "amount")
    return door.money(request, prefix + "amount")


# Pages -----------------------------------------------------------------------------------------------------------


def _choices() -> dict:
    return {
        "kinds": [(kind.value, str(sentences.KINDS[kind])) for kind in RemedyKind],
        "units": [(settings.AMENDS_CURRENCY, settings.AMENDS_CURRENCY), (TIMES, _("times"))],
        "currency": settings.AMENDS_CURRENCY,
    }


def _options(request, ref, no=None, kept=None):
    this = shown.load(door.case_id(request, ref))
    purses = facts.purses(request.user.id, door.now())
    rooms = [sentences.power(p.grant.kind, p.grant.unit, room) for p, room in power.listed(this.case, purses)]
    unready = [
        sentences.missing(
            Refused(Reason.NOT_READY_TO_PROPOSE, missing=remedies.unready(this.case)), f"/cases/{ref}/"
        )
    ]
    asks = not this.case.sought.is_empty and this.case.refused.is_empty
    rows = range(1, (2 if asks else 1) + 1)
    return subpage(
        request,
        ref,
        "options",
        no,
        kept,
        rooms=rooms,
        unready=unready[0],
        asks=asks,
        rows=rows,
        most=ROWS,
        **_choices(),
    )


def _refuse(request, ref, no=None, kept=None):
    this = shown.load(door.case_id(request, ref))
    purses = facts.purses(request.user.id, door.now())
    unused = [
        {"grant": p.grant.id, "title": sentences.power(p.grant.kind, p.grant.unit, room)}
        for p, room in power.unused(this.case, purses)
    ]
    return subpage(request, ref, "refuse", no, kept, unused=unused)


def _give(request, ref, kind, no=None, kept=None):
    this = shown.load(door.case_id(request, ref))
    purses = facts.purses(request.user.id, door.now())
    rooms = [sentences.power(p.grant.kind, p.grant.unit, room) for p, room in power.listed(this.case, purses)]
    return subpage(
        request, ref, "give", no, kept, kind=kind, rooms=rooms, before=_invented(request), **_choices()
    )


def _ask(request, ref, kept, no=None):
    door.case_id(request, ref)
    amount, unit = kept.get("amount", ""), kept.get("unit") or settings.AMENDS_CURRENCY
    if request.method != "POST" and amount.isdigit() and unit != TIMES:
        kept = {**kept, "amount": wording.amount(int(amount), "").strip().replace(",", "")}
    kind = kept.get("kind", "")
    least = int(amount) if amount.isdigit() and request.method != "POST" else 1
    people = [
        (person.id, f"{person.name}, {sentences.ROLES[person.role]}, {wording.amount(most, unit)}")
        for person, most in facts.holders_above(least, unit, kind, request.user.id)
    ]
    leads = [
        (person.id, f"{person.name}, {sentences.ROLES[person.role]}")
        for person in facts.leading(request.user.id)
    ]
    more = {"people": list(dict(people).items()), "leads": leads, "for_a_word": kind in COSTS_NOTHING}
    return subpage(request, ref, "ask", no, kept, **more, **_choices())


def _approval(request, ref, number, no=None, kept=None):
    this = shown.load(door.case_id(request, ref))
    purses = facts.purses(request.user.id, door.now())
    rooms = [sentences.power(p.grant.kind, p.grant.unit, room) for p, room in power.listed(this.case, purses)]
    return subpage(request, ref, "approval", no, kept, number=number, rooms=rooms)


def _invented(request) -> list[dict]:
    """Remedies invented before, the newest first: somebody's idea may fit again."""
    return shown.invented(request.user)
