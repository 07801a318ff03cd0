"""Understanding: points, read back and confirmed; what is asked for; findings; the guide through a conversation."""

from django.views.decorators.http import require_POST

from amends.casework import facts, shown
from amends.casework.acts import messages
from amends.desk import door
from amends.desk.case import subpage
from amends.desk.steps import steps_of
from amends.rules import conversation, points
from amends.rules.entries import Finding, Step
from amends.rules.refused import Reason, Refused


def show(request, ref):
    """The points beside everything the customer said, and a form for one more."""
    if request.method != "POST":
        return _page(request, ref)
    file = door.case_id(request, ref)
    try:
        messages.raise_point(
            file,
            words=door.text(request, "words"),
            by=request.user.actor,
            now=door.now(),
            act=request.POST.get("act", "")[:64],
        )
    except Refused as no:
        return _page(request, ref, no, request.POST.dict())
    return _again(ref)


@require_POST
def read_back(request, ref):
    """Send the points to the customer, to confirm or correct."""
    through = door.number(request, "through")
    return _done(request, ref, points.read_back, through=through)


@require_POST
def unanswered(request, ref):
    return _done(request, ref, points.go_on_unanswered)


@require_POST
def sought(request, ref):
    """What the customer asks for, word for word, or that they named nothing."""
    nothing = request.POST.get("nothing") == "yes"
    return _done(request, ref, points.seek, words=door.text(request, "sought"), nothing=nothing)


def finding(request, ref, number):
    """The one finding on a point: what the customer reads is what stands here."""
    if request.method != "POST":
        return subpage(request, ref, "finding", number=number)
    try:
        value = request.POST.get("finding", "none")
        door.do(
            request,
            door.case_id(request, ref),
            points.find,
            number=number,
            finding=Finding(value) if value in list(Finding) else Finding.NONE,
            cause=door.text(request, "cause"),
            our_error=request.POST.get("our_error") == "yes",
        )
    except Refused as no:
        return subpage(request, ref, "finding", no, request.POST.dict(), number=number)
    return door.back(ref)


def guide(request, ref):
    """Listen, empathise, agree, propose: each done by what stands in the file, or skipped with a reason."""
    if request.method != "POST":
        return _guide(request, ref)
    try:
        verb, asked = _guided(request)
        door.do(request, door.case_id(request, ref), verb, **asked)
    except Refused as no:
        return _guide(request, ref, no, request.POST.dict())
    return door.back(ref, "guide")


def _guided(request):
    what = request.POST.get("what", "")
    if what == "effect":
        return conversation.hear_effect, {"words": door.text(request, "effect")}
    if what == "agreed":
        return conversation.agree_problem, {"words": door.text(request, "agreed")}
    step = request.POST.get("step", "")
    if step not in list(Step):
        raise Refused(Reason.TEXT_MISSING, field="step")
    return conversation.skip, {"step": Step(step), "why": door.text(request, "why")}


def _guide(request, ref, no=None, kept=None):
    case = shown.load(door.case_id(request, ref)).case
    return subpage(request, ref, "guide", no, kept, steps=steps_of(case))


def _done(request, ref, verb, **asked):
    try:
        door.do(request, door.case_id(request, ref), verb, **asked)
    except Refused as no:
        return _page(request, ref, no, request.POST.dict())
    return _again(ref)


def _page(request, ref, no=None, kept=None):
    file = door.case_id(request, ref)
    return subpage(
        request, ref, "points", no, kept, said=messages.customers_words(file), needed=facts.house().attempts
    )


def _again(ref):
    answer = door.back(ref)
    answer["Location"] = answer["Location"] + "points/"
    return answer
