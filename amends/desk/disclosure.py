"""What a customer may ask to see: the whole file, what is left out and why, and the copy they get."""

from django.http import HttpResponse

from amends.casework import shown
from amends.desk import door
from amends.desk.case import subpage
from amends.look import disclosure as copies
from amends.look import sentences
from amends.rules import disclosure
from amends.rules.entries import Ground
from amends.rules.refused import Refused


def page(request, ref):
    """Every entry as the customer would get it; those who lead leave one out, with a ground and a reason."""
    file = door.case_id(request, ref)
    if request.method != "POST":
        return _page(request, ref)
    number = door.number(request, "number")
    try:
        if request.POST.get("what") == "disclose":
            door.do(request, file, disclosure.disclose, number=number)
        else:
            ground = request.POST.get("ground", "")
            ground = Ground(ground) if ground in list(Ground) else None
            door.do(
                request,
                file,
                disclosure.withhold,
                number=number,
                ground=ground,
                why=door.text(request, "why"),
            )
    except Refused as no:
        return _page(request, ref, no, request.POST.dict())
    answer = door.redirect("desk:disclosure", ref=ref)
    answer["Location"] += f"#piece-{number}"
    return answer


def _page(request, ref, no=None, kept=None):
    this = shown.load(door.case_id(request, ref))
    grounds = [(ground.value, str(words)) for ground, words in sentences.GROUNDS.items()]
    return subpage(request, ref, "disclosure", no, kept, pieces=copies.copy_of(this), grounds=grounds)


def copy(request, ref):
    """The copy itself, as plain words to keep, print or send."""
    this = shown.load(door.case_id(request, ref))
    answer = HttpResponse(copies.as_text(this), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{this.case.ref}.txt"'
    return answer
