"""What stands under an answer while it is written: each phrase that matters, what the file says to it, what can be done."""

from contextlib import suppress
from datetime import datetime
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.casework import facts, gate, shown, wording
from amends.desk import door
from amends.look import sentences
from amends.people.names import name_of
from amends.rules.clocks import Limit, Unit
from amends.rules.gate import OPEN, Answers, Mark, Sort
from amends.rules.refused import Refused
from amends.rules.truth import Because

ICONS = {
    Sort.STOPPED: "stopped",
    Sort.ENDING: "stopped",
    Sort.BELITTLES: "stopped",
    Sort.NOT_SHOWN: "not-shown",
    Sort.UNDATED: "clock",
    Sort.PASSED: "clock",
    Sort.EMPTY: "no-finding",
    Sort.NEEDS_TIME: "clock",
    Sort.OVERRIDDEN: "stopped",
    Sort.BACKED: "link",
    Sort.FEELING: "no-finding",
    Sort.HOLDING: "pause",
    Sort.UNREAD: "no-finding",
}
# The line under a phrase, by its shape.
LINES = {
    Sort.STOPPED: "stopped",
    Sort.ENDING: "stopped",
    Sort.BELITTLES: "stopped",
    Sort.OVERRIDDEN: "stopped",
    Sort.NOT_SHOWN: "not-shown",
    Sort.PASSED: "not-shown",
    Sort.BACKED: "shown",
    Sort.SHOWN: "shown",
    Sort.FEELING: "empty",
}
BEGUN = 5  # words from which on a letter may be called empty
DAYS_AHEAD = (1, 2, 3, 5, 10)


def answers(request) -> Answers:
    """What the writer said to the marks, from the fields under the letter. A day that cannot be read is none given."""
    due, owner, shown_by, despite = {}, {}, {}, {}
    known = (
        {id for id, _name in door.colleagues(request)}
        if any(n.startswith("owner:") for n in request.POST)
        else ()
    )
    for field, value in request.POST.items():
        what, _colon, key = field.partition(":")
        if not value.strip() or not key:
            continue
        if what in ("due", "day"):
            with suppress(Refused):
                moment = door.when(request, field)
                due[key] = moment if what == "day" else due.get(key, moment)  # typed out stands over chosen
        elif what == "owner" and value in known:
            owner[key] = value
        elif what == "shown":
            shown_by[key] = door.text(request, field)
        elif what == "despite":
            despite[key] = door.text(request, field)
    return Answers(due, owner, shown_by, despite, request.POST.get("holding") == "yes")


def weighed(
    request, this: shown.Shown, words: str, said: Answers, now: datetime, names=(), typing=False
) -> dict:
    """The part of a case's page under the letter. `typing`: it is being written, and a word or two say nothing yet."""
    marks = gate.weighed(
        this.case, this.lines, words, by=request.user.actor, now=now, answers=said, names=names, language=this.customer.language
    ) if words.strip() else ()  # fmt: skip
    if typing and len(words.split()) < BEGUN:
        marks = tuple(mark for mark in marks if mark.sort is not Sort.EMPTY)
    lead = _lead(request) if any(mark.because is Because.NOBODY_ASKED for mark in marks) else ""
    rows = [_row(request, this, mark, said, lead) for mark in marks if mark.sort not in (Sort.SHOWN,)]
    open_ = [mark for mark in marks if mark.sort in OPEN]
    return {
        "rows": rows,
        "borne_out": [_borne_out(this, mark) for mark in marks if mark.sort is Sort.SHOWN],
        "open": len(open_),
        "not_yet": _not_yet(open_),
        "said": _said(marks),
        "lines": [[mark.words, LINES.get(mark.sort, "promise")] for mark in marks if mark.words and mark.where == "words"],
        "days": [(at.isoformat(), wording.when(at)) for at in _days(now)],
        "holding": said.holding,
    }  # fmt: skip


def _days(now: datetime) -> list[datetime]:
    """Days a promise may be given: close of business, so many working days ahead."""
    house = facts.house()
    return [house.due(Limit(many, Unit.WORKING_DAY), now) for many in DAYS_AHEAD]


def _lead(request) -> str:
    """Whom to ask: somebody who leads in one's own team, else in the house; by first name."""
    above = facts.leading(request.user.id)
    return above[0].name.split()[0] if above else ""


def _not_yet(marks) -> str:
    """What keeps the letter here, in one line."""
    counts = [
        (sum(m.sort in (Sort.STOPPED, Sort.ENDING, Sort.BELITTLES) for m in marks), lambda n: ngettext("one phrase is stopped", "%(n)d phrases are stopped", n)),
        (sum(m.sort is Sort.NOT_SHOWN for m in marks), lambda n: ngettext("one is not shown", "%(n)d are not shown", n)),
        (sum(m.sort in (Sort.UNDATED, Sort.NEEDS_TIME) for m in marks), lambda n: ngettext("one promise needs its day", "%(n)d promises need their day", n)),
        (sum(m.sort is Sort.PASSED for m in marks), lambda n: ngettext("one day has passed", "%(n)d days have passed", n)),
        (sum(m.sort is Sort.EMPTY for m in marks), lambda n: _("it says nothing yet")),
    ]  # fmt: skip
    return ", ".join(words(n) % {"n": n} for n, words in counts if n)


def _said(marks) -> str:
    """What is said aloud when the marks change."""
    left = _not_yet([mark for mark in marks if mark.sort in OPEN])
    promised = sum(mark.sort is Sort.PROMISE for mark in marks)
    made = ngettext("one promise", "%(n)d promises", promised) % {"n": promised} if promised else ""
    if left:
        return _("Not yet: %(left)s.") % {"left": left}
    return _("Ready to go: %(made)s.") % {"made": made} if made else ""


def _row(request, this, mark: Mark, said: Answers, lead: str) -> dict:
    title, more = _told(request, this, mark, lead)
    return {
        "sort": mark.sort.value,
        "line": LINES.get(mark.sort, "promise"),
        "icon": ICONS.get(mark.sort, "clock"),
        "key": mark.key,
        "words": mark.words,
        "where": _where(mark),
        "title": title,
        "more": more,
        "ways": _ways(mark, lead),
        "owner": mark.owner,
        "due": said.due[mark.key] if mark.sort in (Sort.PROMISE, Sort.TIME) and mark.key in said.due else None,
        "due_words": wording.when(said.due[mark.key]) if mark.key in said.due else "",
        "answer": said.shown.get(mark.key, "") if mark.sort in (Sort.NOT_SHOWN, Sort.BACKED) else said.despite.get(mark.key, ""),
        "may_override": request.user.leads
        and mark.sort in (Sort.STOPPED, Sort.OVERRIDDEN)
        and mark.because is not Because.ABOVE_GRANT,
    }  # fmt: skip


def _where(mark: Mark) -> str:
    return {"subject": _("in the subject"), "file": _("in the name of a file")}.get(mark.where, "")


def _told(request, this, mark: Mark, lead: str) -> tuple[str, str]:
    """The bold beginning and the small line of one mark."""
    her = this.first_name
    who = _("Yours.") if mark.owner == request.user.id else f"{name_of(mark.owner)}." if mark.owner else ""
    by = wording.when(mark.due) if mark.due else ""
    because = sentences.because(mark.because, mark.entry, mark.what) if mark.because else ""
    return {
        Sort.STOPPED: lambda: (_("Stopped."), _sentence(because)),
        Sort.ENDING: lambda: (_("Stopped."), _("Only the executives end a relation with a customer, with the whole file before them. Take it out.")),
        Sort.BELITTLES: lambda: (_("Stopped."), _("It insults %(her)s. Say what happened, and leave the person out.") % {"her": her}),
        Sort.NOT_SHOWN: lambda: (_("Not shown yet."), _sentence(because)),
        Sort.OVERRIDDEN: lambda: (_("Goes in spite of the file."), _sentence(because) + " " + _("It stands on the case, in what %(her)s may ask to see, and on the directors’ list.") % {"her": her}),
        Sort.BACKED: lambda: (_("Shown by you."), _("It stands on the file beside the letter.")),
        Sort.UNDATED: lambda: (_("A promise needs a day."), _("%(who)s It goes on %(her)s’s page when this leaves.") % {"who": who, "her": her}),
        Sort.PASSED: lambda: (_("That day has passed."), _("%(when)s. Write one that is still to come.") % {"when": by}),
        Sort.PROMISE: lambda: (_("A promise."), _("By %(when)s. %(who)s It goes on %(her)s’s page when this leaves.") % {"when": by, "who": who, "her": her}),
        Sort.STANDING: lambda: (_("Promised already."), _("It stands on the file, by %(when)s. %(who)s") % {"when": by, "who": who}),
        Sort.NEWS: lambda: (_("You write again."), _("By %(when)s: the date by which %(her)s hears.") % {"when": by, "her": her} if by else _("By the date below: %(her)s hears from us by then.") % {"her": her}),
        Sort.WAITS: lambda: (_("A promise that waits for %(her)s.") % {"her": her}, _("It becomes yours when they have done their part; until then nothing is owed.")),
        Sort.NEEDS_TIME: lambda: (_("More time, until when?"), _("It goes out with a day, and moves the case to working.")),
        Sort.TIME: lambda: (_("More time."), _("Until %(when)s. %(who)s That is a promise.") % {"when": by, "who": who}),
        Sort.FEELING: lambda: (_("Feeling, and nothing beside it."), _("Understanding alone has made things worse for people. Say beside it what is done, or what they can choose.")),
        Sort.EMPTY: lambda: (_("This soothes and says nothing yet."), _("Add an act, a date, a fact or an option. Or send it as a holding note.")),
        Sort.UNREAD: lambda: (_("Not read."), _("This is in a language that is not read here: nothing in it was checked. What it claims and promises is yours to know.")),
        Sort.HOLDING: lambda: (_("A holding note."), _("%(her)s hears more by the date below, and that is a promise.") % {"her": her}),
    }[mark.sort]()  # fmt: skip


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _ways(mark: Mark, lead: str) -> list[tuple[str, str]]:
    """Ways out of a mark besides taking it out: (words, where to go, keeping the draft)."""
    if mark.sort not in (Sort.STOPPED, Sort.NOT_SHOWN):
        return []
    ask = (_("Ask %(lead)s now") % {"lead": lead}, "ask/?kind=explanation") if lead else None
    ways = {
        Because.NOBODY_ASKED: [ask] if ask else [],
        Because.NOT_ANSWERED: [(_("See what was asked"), f"#entry-{mark.entry}")],
        Because.ABOVE_GRANT: [(_("Ask for it"), "ask/?kind=refund")],
        Because.NOTHING_PAID: [(_("Give it now"), "give/?kind=refund")],
        Because.NOT_DELIVERED: [(_("See what was granted"), "#remedies")],
        Because.LEFT_TO_OFFER: [(_("What is in your power"), "#power")],
        Because.NO_RECORD: [(_("Write a note"), "#note")] if mark.kind == "noted" else [],
        Because.NOT_PROMISED: [(_("Make the promise"), "#owe")],
        Because.NO_INTERVENTION: [(_("What stands on the record"), "done/")],
    }
    return ways.get(mark.because, [(_("Entry %(n)s") % {"n": mark.entry}, f"#entry-{mark.entry}")] if mark.entry else [])  # fmt: skip


def _borne_out(this, mark: Mark) -> dict:
    if mark.entry:
        return {
            "words": mark.words,
            "by": _("entry %(n)s") % {"n": mark.entry},
            "href": f"#entry-{mark.entry}",
        }
    return {"words": mark.words, "by": sentences.because(mark.because, 0, mark.what), "href": ""}


# Taking something out -----------------------------------------------------------------------------------------


def without(words: str, mark: Mark) -> str:
    """The text without the sentence a mark stands in; without the phrase alone where it is all there is in its paragraph."""
    start, stop = gate.sentence_of(words, mark)
    paragraph = words[
        words.rfind("\n\n", 0, start) + 1 : words.find("\n\n", stop) if "\n\n" in words[stop:] else len(words)
    ]
    if stop - start > 200 and len(paragraph.strip()) <= stop - start + 2:
        start, stop = mark.start, mark.end
    left, right = words[:start], words[stop:].lstrip(" \t")
    if not right or right[0] == "\n":
        left = left.rstrip(" \t")
    return left + right


def place(path: str) -> str:
    """Where to go after the draft is kept; only within the case."""
    inside = path.startswith(("ask/", "give/", "done/", "#"))
    return quote(path, safe="/?=#&-") if inside else ""
