"""Answering: a letter is read while it is written, kept as a draft, sent, and taken back before it leaves."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends import ids
from amends.casework import drafts, files, gate, interventions, leaving, shown, wording
from amends.casework.acts import letters
from amends.desk import case as case_page
from amends.desk import composer, door
from amends.post.writing import type_of
from amends.rules.entries import Enclosure
from amends.rules.refused import Reason, Refused

MOST_BESIDE = 50  # letters of a case that have not left and are looked at


@require_POST
def check(request, ref):
    """What the desk makes of the letter so far: the part of the page under it."""
    this = shown.load(door.case_id(request, ref))
    words = door.text(request, "words")[:200_000]
    found = composer.weighed(
        request, this, words, composer.answers(request), door.now(), _named(request), True
    )
    return door.page(
        request, "check", **case_page.about(request, this), weighed=found, **composing(request, this)
    )


def composing(request, this) -> dict:
    """What the part under the letter needs besides the marks."""
    return {"colleagues": door.colleagues(request), "next_step": case_page.next_step(this)}


def _named(request) -> list[str]:
    """Names of the files that are to go with it, as far as the page knows them."""
    return [name[:200] for name in request.POST.getlist("file_name")[:20]]


@require_POST
def answer(request, ref):
    """Send a letter: it leaves after the time to undo, or on its day. A refusal keeps every word and file as a draft."""
    file, now = door.case_id(request, ref), door.now()
    words, seen = door.text(request, "words"), door.number(request, "seen")
    draft, said = drafts.draft(file, request.user.id), composer.answers(request)
    enclosed = _kept_files(request, draft)
    try:
        enclosed += _uploaded(request)
        letter = _letter(request, file, words, seen, enclosed, now)._replace(answers=said)
        known = request.POST.get("known", "").split()[:MOST_BESIDE]
        letters.write_to_leave(letter, by=request.user.actor, now=now, known=known)
    except Refused as no:
        drafts.keep_draft(file, request.user.id, words, seen, now, enclosed, said)
        return case_page.page(request, ref, no, {**request.POST.dict(), "words": words}, "answer")
    drafts.drop_draft(file, request.user.id)
    later = settings.AMENDS_UNDO_SECONDS or request.POST.get("later")
    return door.back(ref, "leaving" if later else "file")


@require_POST
def take_out(request, ref):
    """Take the sentence of one mark out of the letter; the rest is kept as a draft."""
    file, now = door.case_id(request, ref), door.now()
    this, words, said = shown.load(file), door.text(request, "words"), composer.answers(request)
    known = {"by": request.user.actor, "now": now, "answers": said, "language": this.customer.language}
    key = request.POST.get("out", "")
    mark = next((m for m in gate.weighed(this.case, this.lines, words, **known) if m.key == key), None)
    if mark and mark.where == "words":
        words = composer.without(words, mark)
    _keep(request, file, words, said)
    return door.back(ref, "answer")


def done(request, ref):
    """What was really done for this customer, assembled from the record; put into the letter on request."""
    file = door.case_id(request, ref)
    this = shown.load(file)
    record = interventions.on_record(this.case, this.lines, this.texts, str(request.user.actor))
    if request.method == "POST" and record:
        under_way, told = drafts.draft(file, request.user.id), interventions.assembled(record)
        written = under_way.words.rstrip() if under_way else ""
        words = written if told in written else f"{written}\n\n{told}".lstrip()
        drafts.keep_draft(file, request.user.id, words, this.case.story.number, door.now())
        return door.back(ref, "answer")
    return case_page.subpage(request, ref, "done", done=record)


def _keep(request, file: str, words: str, said) -> None:
    drafts.keep_draft(file, request.user.id, words, door.number(request, "seen"), door.now(), answers=said)


def _letter(request, file: str, words: str, seen: int, enclosed, now) -> leaving.Letter:
    """What was typed, as a letter that leaves at its moment. Raises Refused."""
    later = door.when(request, "later") if request.POST.get("when") == "later" else None
    if request.POST.get("when") == "later" and (later is None or later <= now):
        raise Refused(Reason.LEAVES_WHEN)
    leaves_at = later or now + timedelta(seconds=settings.AMENDS_UNDO_SECONDS)
    act = request.POST.get("act", "")[:26]
    return leaving.Letter(
        ids.of(act if ids.is_id(act) else ids.new(), words, *(enclosure.content for enclosure in enclosed)),
        file,
        request.user.id,
        now,
        leaves_at,
        seen,
        "waiting",
        "",
        words,
        door.when(request, "next_update"),
        enclosed,
    )


def _kept_files(request, draft) -> tuple[Enclosure, ...]:
    """Files of the draft that are still ticked."""
    kept = request.POST.getlist("keep")
    return tuple(file for n, file in enumerate(draft.files if draft else ()) if str(n) in kept)


def _uploaded(request) -> tuple[Enclosure, ...]:
    """Files chosen in the form, kept at once. Raises Refused when they are more than a mail server takes."""
    given = request.FILES.getlist("files")
    total = sum(each.size for each in given)
    if total > letters.MOST_BYTES:
        raise Refused(
            Reason.FILES_TOO_LARGE, size=-(-total // 1_000_000), most=letters.MOST_BYTES // 1_000_000
        )
    return tuple(files.keep(each.read(), each.name, type_of(each.name)) for each in given)


@require_POST
def undo(request, ref, letter):
    """Take a letter back before it leaves: it is a draft again."""
    file = door.case_id(request, ref)
    back = leaving.take_back(letter, file, request.user.id)
    if back is None:
        return case_page.page(request, ref, Refused(Reason.HAS_LEFT))
    under_way = drafts.draft(file, request.user.id)
    words, enclosed = back.words, back.files
    if under_way and under_way.words.strip() != words.strip():
        words, enclosed = f"{words}\n\n{under_way.words}", (*enclosed, *under_way.files)  # both are theirs
    drafts.keep_draft(file, request.user.id, words, back.seen, door.now(), enclosed, back.answers)
    return door.back(ref, "answer")


@require_POST
def draft(request, ref):
    """Keep a draft; the answer is the sentence that stands beside it, or the place its writer goes on to."""
    file, now = door.case_id(request, ref), door.now()
    words = door.text(request, "words")[:200_000]
    _keep(request, file, words, composer.answers(request))
    going = composer.place(request.POST.get("go", ""))
    if going:
        return redirect(f"/cases/{ref}/{going}")
    if request.POST.get("leave"):
        return door.back(ref)
    said = _("Draft kept %(time)s") % {"time": wording.clock(now)} if words else ""
    return HttpResponse(said, content_type="text/plain; charset=utf-8")
