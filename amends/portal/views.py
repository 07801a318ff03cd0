"""The customer's pages: complain; one's own case by its mailed link; everything a customer alone may do in it."""

from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends import ids
from amends.casework import acts, db, facts, shown, standing, tokens, wording
from amends.casework.acts import intake, messages
from amends.look import download, sentences
from amends.look.customers_page import letters_between, seen
from amends.look.forms import text
from amends.look.page import now
from amends.portal import brake
from amends.rules import cases, correspondence, points, promises, remedies
from amends.rules.entries import Channel, Place
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_NAME, customer

CANNOT = 422


# Files of letters ------------------------------------------------------------------------------------------------


def file(request, token, number, index):
    """A file of a letter between us, downloaded: only of letters that stand on the customer's page."""
    case, _customer = opened(token)
    this = shown.load(case)
    if number not in {said.number for said in letters_between(this) if not said.moved}:
        raise Http404(number)
    enclosed = getattr(this.lines[number - 1].entry, "files", ())
    if not 0 <= index < len(enclosed):
        raise Http404(index)
    found = enclosed[index]
    return download.file(this.texts(found.name), found.type, found.content)


# Complaining -----------------------------------------------------------------------------------------------------


def complain(request):
    """Tell us what went wrong. No account; a link comes by mail."""
    if request.method != "POST":
        return _complain(request)
    try:
        case = _received(request)
    except Refused as no:
        return _complain(request, no)
    request.session["complained"] = case
    return redirect("portal:thanks")


def _received(request) -> str:
    reach = text(request, "reach")
    is_mail = "@" in reach
    if not reach:
        raise Refused(Reason.ADDRESS_MISSING)
    if len(reach) > LONGEST_NAME:
        raise Refused(Reason.TEXT_TOO_LONG, field="address", length=len(reach), longest=LONGEST_NAME)
    intake.must_be_reachable(reach)
    brake.slow_down(request, reach)
    receipt = brake.receipt(request, reach, now()) if is_mail else brake.call(request, reach, now())
    complaint = intake.Complaint(
        act=intake.same_today(reach if is_mail else _caller(request, reach), text(request, "words"), now()),
        channel=Channel.FORM,
        words=text(request, "words"),
        name=text(request, "name") or (reach.partition("@")[0] if is_mail else reach),
        address=reach if is_mail else "",
        phone="" if is_mail else reach,
        company=text(request, "company"),
        sought=text(request, "sought"),
        expects=text(request, "expects"),
        danger=request.POST.get("danger") == "yes",
        language=request.LANGUAGE_CODE,
        silent=is_mail and receipt is None,
        then=(lambda _case: [receipt]) if receipt else None,
    )
    return intake.receive_complaint(complaint, now=now()).file


def _caller(request, phone: str) -> str:
    """Who complains with a telephone number is shown the link at once; whoever else types the same gets a case of
    their own, and no link to this one's."""
    return f"{phone}|{request.META.get('CSRF_COOKIE', '')}"


def _complain(request, no: Refused | None = None):
    house, moment = facts.house(), now()
    return render(
        request,
        "portal/pages/complain.html",
        {
            "standing": standing.said(Place.WEB_PAGE, moment),
            "by": wording.when(house.due(house.soon, moment)),
            "values": request.POST,
            "act_id": request.POST.get("act") or ids.new(),
            "refused": _refused(no) if no else None,
        },
        status=CANNOT if no else 200,
    )


def thanks(request):
    """What happens next, and by when; shown to whoever has just complained, in this browser only."""
    file = request.session.get("complained")
    if not file or not db.row("select 1 from cases where id = %s", [file]):
        return redirect("portal:complain")
    this = shown.load(file)
    has_mail = bool(this.texts(this.customer.address))
    link = "" if has_mail else _page(file, this.case.customer)
    context = {"seen": seen(this, now()), "about": _("Complaints"), "has_mail": has_mail, "link": link}
    return render(request, "portal/pages/thanks.html", context)


# One's own case --------------------------------------------------------------------------------------------------


@never_cache
def case(request, token):
    return _case(request, token)


def _case(request, token, no: Refused | None = None, form: str = ""):
    file, _customer = opened(token)
    this = shown.load(file)
    context = {
        "seen": seen(this, now()),
        "token": token,
        "base": reverse("portal:case", args=[token]),
        "act_id": ids.new(),
        "values": request.POST if no else {},
        "form": form,
        "done": "" if no else _just_done(request, file),
        "refused": _refused(no) if no else None,
    }
    return render(request, "portal/pages/case.html", context, status=CANNOT if no else 200)


def opened(token: str) -> tuple[str, str]:
    """The case and customer a link opens; 404 for any other."""
    found = db.row(
        'select "case", customer from links where hash = %s and purpose = %s',
        [tokens.hash_of(token), tokens.PAGE],
    )
    if found is None:
        raise Http404
    return found


@require_POST
def confirm(request, token):
    return _do(request, token, points.confirm, "confirmed")


@require_POST
def correct(request, token):
    """That is not what I said: point by point, in the customer's own words."""
    number = _number(request.POST.get("number", ""))
    words = text(request, "words")
    return _do(request, token, messages.correct_point, "corrected", "correct", number=number, words=words)


@require_POST
def choose(request, token):
    """One option in exactly the words on the page, or none of them."""
    choice = request.POST.get("option", "")
    words = text(request, "words")
    if choice == "none":
        return _do(request, token, remedies.decline, "declined", "choose", words=words)
    if not choice:
        return _case(request, token, Refused(Reason.NOTHING_CHOSEN), "choose")
    number, _colon, digest = choice.partition(":")
    if number == "given":
        return _do(request, token, remedies.accept_granted, "chosen", "choose", digest=digest, words=words)
    return _do(
        request,
        token,
        remedies.accept,
        "chosen",
        "choose",
        number=_number(number),
        digest=digest,
        words=words,
    )


@require_POST
def not_settled(request, token):
    return _do(request, token, cases.not_settled, "unsettled", "not-settled", words=text(request, "words"))


@require_POST
def settled(request, token):
    rating = _number(request.POST.get("rating", ""))
    return _do(
        request, token, cases.settle, "settled", "settled", words=text(request, "words"), rating=rating
    )


@require_POST
def withdraw(request, token):
    return _do(request, token, cases.withdraw, "withdrawn", "withdraw", words=text(request, "words"))


@require_POST
def write(request, token):
    words = text(request, "words")
    if not words:
        return _case(request, token, Refused(Reason.TEXT_MISSING, field="words"), "write")
    return _do(request, token, correspondence.hear, "written", "write", words=words, channel=Channel.PORTAL)


@require_POST
def release(request, token, number):
    return _do(request, token, promises.release, "released", "", number=number)


def _do(request, token, verb, done: str, form: str = "", **asked):
    """One act of the customer, under the id its form carried."""
    file, who = opened(token)
    try:
        if request.user.is_authenticated:
            raise Refused(Reason.SIGNED_IN_HERE)
        known = {"by": customer(who), "now": now(), "act": request.POST.get("act", "")[:60]}
        if verb is messages.correct_point:
            verb(file, **known, **asked)
        else:
            acts.perform(file, verb, **known, **asked)
    except Refused as no:
        return _case(request, token, no, form)
    return _done(token, file, done)


_DONE_FOR = (
    60  # seconds: what was done is said to whoever has just done it, and not by a link kept or sent on
)


def _done(token: str, file: str, done: str):
    signed = signing.dumps([file, done], salt="portal.done")
    return redirect(f"{reverse('portal:case', args=[token])}?done={signed}")


def _just_done(request, file: str) -> str:
    try:
        case, done = signing.loads(request.GET.get("done", ""), salt="portal.done", max_age=_DONE_FOR)
    except signing.BadSignature:
        return ""
    return done if case == file else ""


def _refused(no: Refused) -> dict:
    return {"sentence": sentences.refusal(no), "missing": sentences.missing(no), "more": ""}


def _page(file: str, who: str) -> str:
    return reverse("portal:case", args=[tokens.token(tokens.PAGE, file, who)])


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
