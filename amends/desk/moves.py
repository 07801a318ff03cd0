"""What becomes of letters and cases: moved, split off, joined; and ours that did not arrive, sent again or another way."""

from django.http import Http404
from django.views.decorators.http import require_POST

from amends.casework import shown
from amends.casework.acts import intake, letters
from amends.casework.acts.messages import cases_by_ref
from amends.desk import door
from amends.desk.case import channel, subpage
from amends.desk.letters import letter_of
from amends.look import file as told
from amends.rules.refused import Reason, Refused

# Where a letter belongs ------------------------------------------------------------------------------------------


def move(request, ref, number):
    """To another case, or to one of its own."""
    this, entry, letter = letter_of(request, ref, number)
    line = next(line for line in told.told(this) if line.number == number)
    hint = getattr(entry, "hint", "")
    if request.method != "POST":
        return subpage(request, ref, "move_letter", line=line, hint=hint)
    try:
        asked = {"why": door.text(request, "why"), **door.acting(request)}
        asked["sender"] = letter.sender if letter else ""
        if request.POST.get("where") == "own":
            return door.back(letters.split(this.file, number, **asked).state.ref)
        letters.move(this.file, number, to=named_case(request), **asked)
    except Refused as no:
        return subpage(request, ref, "move_letter", no, request.POST.dict(), line=line, hint=hint)
    return door.back(ref, "file")


def named_case(request) -> str:
    """The case whose reference was typed. Raises Refused: the same for not there and not yours."""
    ref = door.text(request, "to").upper()
    if not ref:
        raise Refused(Reason.WHICH_CASE)
    ref = ref if ref.startswith("AM-") else f"AM-{ref}"
    found = cases_by_ref([ref]).get(ref, "")
    if not shown.visible([found] if found else [], request.user):
        raise Refused(Reason.NO_SUCH_CASE, ref=ref[:20])
    return found


def merge(request, ref):
    """This case is the same as another one: point to it."""
    if request.method != "POST":
        return subpage(request, ref, "merge", others=_others(request, ref))
    try:
        letters.merge(
            door.case_id(request, ref),
            into=named_case(request),
            why=door.text(request, "why"),
            **door.acting(request),
        )
    except Refused as no:
        return subpage(request, ref, "merge", no, request.POST.dict(), others=_others(request, ref))
    return door.back(ref, "file")


def _others(request, ref) -> list[shown.Row]:
    """The customer's other open cases, the oldest first."""
    this = shown.load(door.case_id(request, ref))
    condition, values = shown.limit(request.user)
    return shown.cases_where(
        f"c.customer = %s and c.is_open and c.id <> %s and {condition}",
        [this.case.customer, this.file, *values],
        "c.received_at",
        most=20,
    )


def unmerge(request, ref):
    if request.method != "POST":
        return subpage(request, ref, "unmerge")
    try:
        letters.unmerge(
            door.case_id(request, ref),
            why=door.text(request, "why"),
            **door.acting(request),
        )
    except Refused as no:
        return subpage(request, ref, "unmerge", no, request.POST.dict())
    return door.back(ref, "file")


# Letters of ours that did not arrive -----------------------------------------------------------------------------


@require_POST
def again(request, ref, number):
    """Hand it over once more, as the same letter."""
    case = door.case_id(request, ref)
    try:
        letters.try_again(case, number, **door.acting(request))
    except Refused as no:
        return subpage(request, ref, "otherwise", no, **_of_ours(request, ref, number))
    return door.back(ref, "file")


def otherwise(request, ref, number):
    """It went another way: posted, read out, handed over."""
    more = _of_ours(request, ref, number)
    if request.method != "POST":
        return subpage(request, ref, "otherwise", **more)
    try:
        letters.send_otherwise(
            door.case_id(request, ref),
            number,
            channel=channel(request),
            words=door.text(request, "words"),
            **door.acting(request),
        )
    except Refused as no:
        return subpage(request, ref, "otherwise", no, request.POST.dict(), **more)
    return door.back(ref, "file")


def address(request, ref):
    """An address for a customer who has none, or none that works."""
    if request.method != "POST":
        return subpage(request, ref, "address")
    this = shown.load(door.case_id(request, ref))
    try:
        intake.correct_address(
            this.case.customer,
            address=door.text(request, "address"),
            why=door.text(request, "why"),
            **door.acting(request),
        )
    except Refused as no:
        return subpage(request, ref, "address", no, request.POST.dict())
    return door.back(ref)


def _of_ours(request, ref, number) -> dict:
    this = shown.load(door.case_id(request, ref))
    line = next((line for line in told.told(this) if line.number == number), None)
    if line is None or number not in this.case.story.sent:
        raise Http404(number)
    return {"line": line}
