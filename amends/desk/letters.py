"""A letter as it came: read whole, in its own layout, with its files."""

import base64
import contextlib
import time
from datetime import datetime

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from amends.casework import files, shown, wording
from amends.desk import door
from amends.desk.case import about
from amends.look import download, headers, letter_html, sentences
from amends.look import file as told
from amends.post import box, cage, held
from amends.post.reader.reading import Letter

PREVIEW, PICTURE = 1200, 900  # pixels
PATIENCE = 4.0  # seconds for the pictures of one letter
READ_HERE = ("text/plain", "text/csv")
INVITATION = "text/calendar"
LETTERS = ("message/rfc822", "message/global")
LARGEST_READ_HERE = 1_000_000
LONGEST_PREVIEW = 20_000


# Of a case -------------------------------------------------------------------------------------------------------


def show(request, ref, number):
    """The whole letter: who it is from and to, every word of it, its layout, its files, what stands out."""
    this, entry, letter = letter_of(request, ref, number)
    line = next(line for line in told.told(this) if line.number == number)
    base = f"/cases/{this.case.ref}/"
    context = {
        "line": line,
        "letter": letter,
        "base_letter": f"{base}letters/{number}/",
        "listed": told.files_of(this, entry, f"{base}files/{number}/"),
        "texts_read": _texts_read(this, entry),
        "marks": [sentences.MARKS[mark] for mark in entry.marks],
        "outside": letter_html.fetches_from_outside(letter.html) if letter else False,
        "can_move": number > 1 and not this.case.story.came_as(number).moved,
    }
    answer = door.page(request, "letter", **about(request, this), **context)
    answer["Content-Security-Policy"] = headers.FRAMING
    return answer


@xframe_options_sameorigin
def layout(request, ref, number):
    """The letter's own layout, for the frame."""
    this, entry, letter = letter_of(request, ref, number)
    if letter is None or not letter.html:
        raise Http404(number)
    by_cid = {file.cid.lower(): file.content for file in entry.files if file.cid}
    return _frame(letter, by_cid)


def raw(request, ref, number):
    """The letter's bytes as they came, to be kept or shown to somebody who doubts us."""
    _this, entry, _letter_read = letter_of(request, ref, number)
    waiting = box.opened(entry.letter)
    if waiting is None:
        raise Http404(number)
    return _as_it_came(waiting.raw, f"{ref}-{number}.eml")


def file(request, ref, number, index):
    """One file of a letter that came or went: downloaded; pictures also seen, drawn anew."""
    this = shown.load(door.case_id(request, ref))
    entry = _entry(this, number)
    if not 0 <= index < len(getattr(entry, "files", ())):
        raise Http404(index)
    enclosed = entry.files[index]
    if request.GET.get("seen") == "1":
        return _preview(enclosed.content)
    return download.file(this.texts(enclosed.name), enclosed.type, enclosed.content)


def _entry(this: shown.Shown, number: int):
    entry = next((line.entry for line in this.lines if line.number == number), None)
    if entry is None:
        raise Http404(number)
    return entry


def letter_of(request, ref, number) -> tuple[shown.Shown, object, Letter | None]:
    """The case, the entry of a letter that came to it, and what the reader made of it; 404 for anything else."""
    this = shown.load(door.case_id(request, ref))
    entry = _entry(this, number)
    if not getattr(entry, "letter", "") or this.case.story.came_as(number) is None:
        raise Http404(number)
    return this, entry, box.readings([entry.letter]).get(entry.letter)


def _texts_read(this: shown.Shown, entry) -> list[tuple[str, str]]:
    """Small files of plain words, and letters within the letter, to be read on the page."""
    read = []
    for enclosed in entry.files:
        if enclosed.size > LARGEST_READ_HERE or enclosed.type not in (*READ_HERE, *LETTERS, INVITATION):
            continue
        data = files.content(enclosed.content) or b""
        if enclosed.type in LETTERS:
            words = _inner(data)
        elif enclosed.type == INVITATION:
            words = _invitation(data)
        else:
            words = data.decode("utf-8", "replace")
        read.append((this.texts(enclosed.name), words[:LONGEST_PREVIEW]))
    return read


def _inner(data: bytes) -> str:
    """A letter within the letter, as the reader makes it out."""
    made = cage.inside().read(data, None)
    if isinstance(made, cage.Stopped):
        return _("It could not be read: %(why)s") % {"why": made.because}
    inner = made.letter
    return f"{inner.sender_name} {inner.sender}\n{inner.subject}\n\n{inner.text}".strip()


def _invitation(data: bytes) -> str:
    """When and where, for each appointment; the file itself where it cannot be made out."""
    made = cage.inside().events(data)
    if isinstance(made, cage.Stopped):
        return data.decode("utf-8", "replace")
    return "\n\n".join(_appointment(event) for event in made)


def _appointment(event) -> str:
    starts, ends = _time_of(event.starts), _time_of(event.ends)
    lines = [
        _("Cancelled: %(what)s") % {"what": event.what} if event.off else event.what,
        _("%(start)s to %(end)s") % {"start": starts, "end": ends} if starts and ends else starts,
        _("It recurs.") if event.again else "",
        event.place,
        _("From %(who)s") % {"who": event.host} if event.host else "",
    ]
    return "\n".join(line for line in lines if line)


def _time_of(said: str) -> str:
    """A moment in the desk's own time; a day, or a time without a zone, as it was written."""
    if "T" not in said:
        return said
    moment = datetime.fromisoformat(said)
    if moment.tzinfo:
        with contextlib.suppress(OverflowError):  # a year that has no other zone
            return wording.when_in_full(moment)
    return _("%(time)s, time zone not given") % {"time": f"{moment:%Y-%m-%d %H:%M}"}


# Shared with letters that are held -------------------------------------------------------------------------------


def _frame(letter: Letter, by_cid: dict[str, str]) -> HttpResponse:
    until = time.monotonic() + PATIENCE

    def picture(named: str) -> bytes | None:
        if time.monotonic() > until:
            return None  # whoever opens a letter does not wait for all its pictures
        kind, _colon, rest = named.partition(":")
        if kind.lower() == "cid":
            data = files.content(by_cid.get(rest.strip("<> ").lower(), "")) if by_cid else None
        else:
            data = _data_of(rest)
        drawn = cage.inside().picture(data, PICTURE) if data else None
        return drawn if isinstance(drawn, bytes) else None

    answer = HttpResponse(letter_html.framed(letter.html, letter.subject, picture))
    answer["Content-Security-Policy"] = letter_html.FRAME_POLICY
    return answer


def _data_of(rest: str) -> bytes | None:
    head, _comma, data = rest.partition(",")
    try:
        return base64.b64decode(data, validate=False) if head.lower().endswith(";base64") else None
    except ValueError:
        return None


def _preview(content: str) -> HttpResponse:
    data = files.content(content)
    drawn = cage.inside().picture(data, PREVIEW) if data else None
    if not isinstance(drawn, bytes):
        raise Http404(content)
    return download.picture(drawn)


def _as_it_came(raw: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(raw, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Security-Policy"] = download.POLICY
    return answer


# Letters that are held -------------------------------------------------------------------------------------------


@xframe_options_sameorigin
def held_layout(request, letter):
    """The layout of a letter on no case; its pictures are not stored yet, so none are shown."""
    _must_wait(letter)
    read = box.readings([letter]).get(letter)
    if read is None or not read.html:
        raise Http404(letter)
    return _frame(read, {})


def held_raw(request, letter):
    _must_wait(letter)
    waiting = box.opened(letter)
    if waiting is None:
        raise Http404(letter)
    return _as_it_came(waiting.raw, f"{_('held letter')}-{letter[-6:]}.eml")


def _must_wait(letter: str) -> None:
    """A letter that stands on a case is seen there, by those who see the case; 404 for it here."""
    if held.one(letter) is None:
        raise Http404(letter)
