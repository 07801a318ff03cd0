"""The file of a case as lines to read: letters and calls in full, everything else as one sentence each."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from amends.casework import wording
from amends.casework.ledger import Line
from amends.casework.shown import Shown
from amends.look import sentences
from amends.people.names import name_of
from amends.rules import entries as e
from amends.rules.correspondence import IN_TROUBLE
from amends.rules.entries import LetterKind, PromiseKind


class Said(NamedTuple):
    """One line. `shape` is letter, note or entry; `words` the whole text of a letter or note."""

    number: int
    shape: str
    when: str
    who: str = ""
    how: str = ""
    words: str = ""
    customer: bool = False
    icon: str = "dot"
    tone: str = ""
    text: str = ""
    state: str = ""
    fate: str = ""  # of a letter of ours: failed, bounced, uncertain …
    files: tuple[dict, ...] = ()
    marks: tuple[str, ...] = ()
    letter: str = ""  # the raw letter's id, where there is one to be read whole
    moved: bool = False
    subject: str = ""
    stranger: bool = False
    href: str = ""  # where a moved letter stands


PREVIEWED = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff")
SENDING = {
    "waiting": lazy("goes out in a moment"),
    "claimed": lazy("goes out in a moment"),
    "handed_over": lazy("handed to the mail server"),
    "delivered": lazy("delivered, says their mail server"),
    "bounced": lazy("came back"),
    "otherwise": lazy("sent another way"),
    "in_folder": lazy("laid into the outbox folder"),
    "by_post": lazy("no email address: print it and post it"),
    "failed": lazy("not delivered"),
    "uncertain": lazy("perhaps sent: the mail server did not answer"),
}


def told(shown: Shown) -> list[Said]:
    """Every line of the file, oldest first."""
    return [said for line in shown.lines if (said := _said(line, shown))]


def speaker(author: str, shown: Shown) -> str:
    """The name of whoever wrote a line."""
    side, _colon, id = author.partition(":")
    if side == "customer":
        return shown.name
    return name_of(id) if side == "staff" else _("Amends")


def files_of(shown: Shown, entry, base: str = "") -> tuple[dict, ...]:
    """The files of a letter, for a list: name, size, whether it can be seen here, and where it is."""
    return tuple(
        {
            "name": shown.texts(file.name) or _("a file"),
            "size": wording.size(file.size),
            "seen": file.type in PREVIEWED,
            "href": f"{base}{index}/",
        }
        for index, file in enumerate(getattr(entry, "files", ()))
    )


def _said(line: Line, shown: Shown) -> Said | None:
    make = _LINES.get(type(line.entry))
    return make(line, line.entry, shown) if make else None


def _entry(line: Line, icon: str, text: str, tone: str = "") -> Said:
    return Said(line.number, "entry", wording.short_when(line.at), icon=icon, tone=tone, text=text)


def _letter(line, shown, words, how, customer=False, who="", when=None, state="", **more) -> Said:
    return Said(
        line.number,
        "letter",
        wording.short_when(when or line.at),
        who=who or speaker(line.author, shown),
        how=how,
        words=words,
        customer=customer,
        state=state,
        files=files_of(shown, line.entry, f"files/{line.number}/"),
        **more,
    )


def _as_it_came(line, entry, shown) -> dict:
    """What staff see of a letter beside its words. A newer reader's words stand in place of the older one's."""
    came = shown.case.story.came_as(line.number)
    return {
        "marks": tuple(str(sentences.MARKS[mark]) for mark in entry.marks),
        "letter": entry.letter,
        "moved": bool(came and came.moved),
        "subject": shown.texts(entry.subject),
    }


def _words(line, entry, shown) -> str:
    reread = dict(shown.case.story.reread)
    return shown.texts(reread.get(line.number, entry.words))


# One function per word -------------------------------------------------------------------------------------------


def _received(line, entry, shown):
    how = str(sentences.CHANNELS[entry.channel])
    more = _as_it_came(line, entry, shown)
    if entry.silent:
        more["marks"] = (*more["marks"], _("No receipt went out by itself. Answer in person."))
    return _letter(line, shown, _words(line, entry, shown), how, True, shown.name, entry.received_at, **more)


def _heard(line, entry, shown):
    how = str(sentences.CHANNELS[entry.channel])
    if entry.unverified:
        how += ", " + _("unverified")
    if entry.automatic:
        how += ", " + _("an automatic letter")
    who = shown.name if not entry.unverified else _("Somebody")
    if entry.moved_from:
        how += ", " + _("moved here by %(who)s") % {"who": speaker(line.author, shown)}
    more = _as_it_came(line, entry, shown) | {"stranger": entry.unverified}
    return _letter(line, shown, _words(line, entry, shown), how, True, who, entry.came, **more)


def _sent(line, entry, shown):
    kind = entry.kind
    state, trouble = shown.owed.get(line.number, ("", ""))
    going = str(SENDING.get(state, ""))
    if trouble and state in ("failed", "bounced", "uncertain"):
        going += f" ({trouble})"
    elif trouble and state == "waiting":
        going = _("waits; the mail server did not take it yet, and it is tried again by itself")
    how = _("to %(name)s") % {"name": shown.first_name}
    if kind is LetterKind.HOLDING:
        how += ", " + _("a holding note")
    if kind in (LetterKind.REPLY, LetterKind.HOLDING):
        return _letter(line, shown, shown.texts(entry.words), how, state=going, fate=state)
    return Said(
        line.number,
        "sent",
        wording.short_when(line.at),
        icon="letter",
        text=_("Letter to %(name)s: %(kind)s") % {"name": shown.first_name, "kind": sentences.LETTERS[kind]},
        words=shown.texts(entry.words),
        state=going,
        fate=state,
        tone="brick" if state in IN_TROUBLE else "",
    )


def _logged(line, entry, shown):
    how = (
        str(sentences.CHANNELS[entry.channel])
        + ", "
        + _("logged by %(name)s") % {"name": speaker(line.author, shown)}
    )
    if entry.reference:
        how += f", {entry.reference}"
    if not entry.reached:
        return _entry(
            line,
            "phone",
            _("Tried to reach them %(how)s: %(words)s") % {"how": how, "words": shown.texts(entry.words)},
        )
    who = shown.name if entry.from_customer else speaker(line.author, shown)
    return _letter(line, shown, shown.texts(entry.words), how, entry.from_customer, who, entry.at)


def _note(line, entry, shown):
    return Said(
        line.number,
        "note",
        wording.short_when(line.at),
        who=speaker(line.author, shown),
        words=shown.texts(entry.words),
        how=_("kept as it is after a second look") if entry.insisted else "",
    )


def _flagged(line, entry, shown):
    text = _("Note %(note)s says the opposite of the finding on point %(point)s. Both are with quality.")
    return _entry(line, "not-shown", text % {"note": entry.note, "point": entry.point}, "amber")


def _backed(line, entry, shown):
    words = _("Shown for “%(said)s” in letter %(n)s: %(shown)s")
    facts = {"said": shown.texts(entry.said), "n": entry.letter, "shown": shown.texts(entry.shown)}
    return _entry(line, "link", words % facts)


def _overridden(line, entry, shown):
    words = _("%(who)s let “%(said)s” go in letter %(n)s although %(because)s: %(why)s")
    facts = {
        "who": speaker(line.author, shown),
        "said": shown.texts(entry.said),
        "n": entry.letter,
        "because": sentences.because(entry.because, entry.entry, entry.what),
        "why": shown.texts(entry.why),
    }
    return _entry(line, "stopped", words % facts, "brick")


def _colleague_told(line, entry, shown):
    words = _("%(who)s to %(to)s, %(kind)s: %(words)s") % {
        "who": speaker(line.author, shown),
        "to": name_of(entry.to),
        "kind": sentences.KINDNESS[entry.kind],
        "words": shown.texts(entry.words),
    }
    return _entry(line, "person", words + (" " + _("(kept after a second look)") if entry.insisted else ""))


def _withheld(line, entry, shown):
    words = _("Entry %(n)s is left out of what %(her)s may ask to see, because %(ground)s: %(why)s")
    facts = {"n": entry.number, "her": shown.first_name, "ground": sentences.GROUNDS[entry.ground]}
    return _entry(line, "not-shown", words % {**facts, "why": shown.texts(entry.why)})


def _disclosed(line, entry, shown):
    words = _("Entry %(n)s is part again of what %(her)s may ask to see")
    return _entry(line, "eye", words % {"n": entry.number, "her": shown.first_name})


def _linked(line, entry, shown):
    return _entry(line, "link", _("It is about the known defect %(name)s") % {"name": entry.name})


def _unlinked(line, entry, shown):
    words = _("It is not about the defect %(name)s: %(why)s")
    return _entry(line, "link", words % {"name": entry.name, "why": shown.texts(entry.why)})


def _acknowledged(line, entry, shown):
    return _entry(line, "person", _("Acknowledged by %(name)s") % {"name": speaker(line.author, shown)})


def _understood(line, entry, shown):
    if entry.unanswered:
        return _entry(line, "tick", _("The points stand as we understood them: three attempts met no answer"))
    return None


def _confirmed(line, entry, shown):
    return _entry(
        line, "tick", _("%(name)s confirmed the points") % {"name": shown.first_name} + _through(entry)
    )


def _through(entry) -> str:
    return ", " + _("through entry %(n)s") % {"n": entry.through} if entry.through else ""


def _assessed(line, entry, shown):
    words = _("Harm assessed: %(harm)s") % {"harm": sentences.HARMS[entry.harm]}
    why = shown.texts(entry.why)
    return _entry(
        line, "severe" if entry.harm == e.Harm.SEVERE else "dot", f"{words}. {why}" if why else words
    )


def _taken_over(line, entry, shown):
    words = _("%(new)s has it now, after %(old)s: %(why)s") % {
        "new": name_of(entry.owner),
        "old": name_of(entry.before),
        "why": shown.texts(entry.why),
    }
    return _entry(line, "person", words)


def _customers_words(template):
    def make(line, entry, shown):
        words = shown.texts(entry.words)
        how = str(template) % {"name": shown.first_name} + _through(entry)
        return _letter(line, shown, words, how, True, shown.name) if words else _entry(line, "tick", how)

    return make


def _closed(line, entry, shown):
    words = _("Closed, on the customer’s word") if entry.settled else _("Closed, after a quiet time")
    if entry.check_back:
        words += ". " + _("Looked at again on %(day)s") % {"day": wording.day(entry.check_back)}
    return _entry(line, "tick", words, "strong")


def _reopened(line, entry, shown):
    return _entry(
        line, "arrow-right", _("It goes on, under its first receipt. %(w)s") % {"w": shown.texts(entry.words)}
    )


def _checked_back(line, entry, shown):
    return _entry(line, "tick", _("Looked at again: %(w)s") % {"w": shown.texts(entry.words)})


def _raised(line, entry, shown):
    words = _("Point %(n)s: “%(w)s”") % {"n": entry.number, "w": shown.texts(entry.words)}
    return _entry(line, "dot", words if entry.verbatim else words + " " + _("(in our words)"))


def _read_back(line, entry, shown):
    return _entry(line, "letter", _("Points read back") + _through(entry))


def _corrected(line, entry, shown):
    words = _("%(name)s put point %(n)s in their own words: “%(w)s”")
    return _entry(
        line,
        "note",
        words % {"name": shown.first_name, "n": entry.number, "w": shown.texts(entry.words)}
        + _through(entry),
        "strong",
    )


def _found(line, entry, shown):
    said = {"upheld": _("upheld"), "partly_upheld": _("partly upheld"), "not_upheld": _("not upheld")}[
        entry.finding
    ]
    words = _("Finding on point %(n)s: %(f)s. %(c)s") % {
        "n": entry.number,
        "f": said,
        "c": shown.texts(entry.cause),
    }
    icon = {"upheld": "upheld", "partly_upheld": "partly", "not_upheld": "not-upheld"}[entry.finding]
    return _entry(line, icon, words)


def _sought(line, entry, shown):
    if entry.nothing:
        return _entry(line, "dot", _("Asked what would put it right; they named nothing"))
    return _entry(line, "dot", _("Asks for: “%(w)s”") % {"w": shown.texts(entry.words)})


def _effect(line, entry, shown):
    return _entry(line, "dot", _("What it did to them: %(w)s") % {"w": shown.texts(entry.words)})


def _agreed(line, entry, shown):
    return _entry(line, "dot", _("The problem, agreed: %(w)s") % {"w": shown.texts(entry.words)})


def _skipped(line, entry, shown):
    words = _("Went on without “%(step)s”: %(w)s")
    return _entry(line, "dot", words % {"step": sentences.STEPS[entry.step], "w": shown.texts(entry.why)})


def _proposed(line, entry, shown):
    offer = entry.offer
    words = _("Option %(n)s, %(lane)s: %(act)s by %(due)s") % {
        "n": entry.number,
        "lane": str(sentences.LANES[offer.lane]).lower(),
        "act": shown.texts(offer.act),
        "due": wording.short_when(offer.due),
    }
    return _entry(line, "arrow-right", words)


def _disposed(line, entry, shown):
    name = str(sentences.KINDS[entry.kind]) if entry.kind else _("Any remedy")
    return _entry(
        line, "dot", _("%(what)s does not fit: %(why)s") % {"what": name, "why": shown.texts(entry.why)}
    )


def _request_refused(line, entry, shown):
    words = _("What %(name)s asked for cannot be done: %(why)s")
    return _entry(
        line, "stopped", words % {"name": shown.first_name, "why": shown.texts(entry.why)}, "strong"
    )


def _accepted(line, entry, shown):
    act = shown.texts(shown.case.option(entry.number).offer.act)
    words = _("%(name)s chose option %(n)s: %(act)s") % {
        "name": shown.first_name,
        "n": entry.number,
        "act": act,
    }
    said = shown.texts(entry.words)
    return _entry(line, "tick", words + (f" “{said}”" if said else "") + _through(entry), "strong")


def _remedies_accepted(line, entry, shown):
    words = _("%(name)s: what was given puts it right") % {"name": shown.first_name}
    return _entry(line, "tick", words + _through(entry), "strong")


def _lapsed(line, entry, shown):
    numbers = ", ".join(str(n) for n in entry.numbers)
    return _entry(line, "released", _("Options no longer open: %(n)s") % {"n": numbers})


def _granted(line, entry, shown):
    if entry.option:
        return None
    offer = entry.offer
    worth = f" ({wording.amount(offer.amount, offer.unit)})" if offer.amount else ""
    return _entry(
        line,
        "money" if offer.amount else "tick",
        _("Given outright: %(act)s") % {"act": shown.texts(offer.act)} + worth,
    )


def _delivered(line, entry, shown):
    words = _("Delivered: %(act)s. Shown by: %(proof)s") % {
        "act": shown.texts(shown.case.remedy(entry.number).offer.act),
        "proof": shown.texts(entry.proof),
    }
    return _entry(line, "kept", words, "strong")


def _promised(line, entry, shown):
    if entry.kind is PromiseKind.UPDATE:
        return None
    words = _("Promise: %(act)s, by %(due)s, %(owner)s") % {
        "act": shown.texts(entry.act),
        "due": wording.short_when(entry.due),
        "owner": name_of(entry.owner),
    }
    return _entry(line, "clock", words)


def _kept(line, entry, shown):
    promise = shown.case.promise(entry.number)
    if promise.kind in (PromiseKind.UPDATE, PromiseKind.REMEDY):
        return None
    act, proof = shown.texts(promise.act), shown.texts(entry.proof)
    words = _("Done late; the promise stays broken: %(act)s") if entry.late else _("Promise kept: %(act)s")
    return _entry(
        line, "kept", words % {"act": act} + (f". {proof}" if proof else ""), "" if entry.late else "strong"
    )


def _broken(line, entry, shown):
    promise = shown.case.promise(entry.number)
    act = shown.texts(promise.act) or _("write to them")
    words = _("Promise broken: %(act)s, by %(due)s") % {"act": act, "due": wording.short_when(entry.due)}
    if entry.silent:
        words += ". " + _("No letter said so; it stands on their page.")
    return _entry(line, "broken", words, "brick")


def _released(line, entry, shown):
    act = shown.texts(shown.case.promise(entry.number).act)
    words = _("%(name)s released this promise: %(act)s") % {"name": shown.first_name, "act": act}
    said = shown.texts(entry.words)
    return _entry(line, "released", words + (f" “{said}”" if said else "") + _through(entry))


def _delayed(line, entry, shown):
    words = _("Told that promise %(n)s will be late: %(why)s Expected %(when)s")
    facts = {"n": entry.number, "why": shown.texts(entry.why), "when": wording.short_when(entry.expected)}
    return _entry(line, "clock", words % facts, "amber")


def _time_asked(line, entry, shown):
    return _entry(line, "clock", _("More time asked, with promise %(n)s") % {"n": entry.promise})


def _asked(line, entry, shown):
    if not entry.amount:
        words = _("Asked %(of)s to look at it: %(why)s")
        return _entry(line, "arrow-up", words % {"of": name_of(entry.of), "why": shown.texts(entry.why)})
    words = _("Asked %(of)s for %(what)s, %(amount)s: %(why)s") % {
        "of": name_of(entry.of),
        "what": str(sentences.KINDS[entry.kind]).lower(),
        "amount": wording.amount(entry.amount, entry.unit),
        "why": shown.texts(entry.why),
    }
    return _entry(line, "arrow-up", words)


def _given(line, entry, shown):
    template = _("%(name)s said yes. %(w)s") if entry.grant else _("%(name)s looked at it and said: %(w)s")
    words = template % {"name": speaker(line.author, shown), "w": shown.texts(entry.words)}
    return _entry(line, "tick", words.strip(), "strong")


def _said_no(line, entry, shown):
    words = _("%(name)s said no: %(w)s") % {"name": speaker(line.author, shown), "w": shown.texts(entry.why)}
    return _entry(line, "stopped", words)


def _returned(line, entry, shown):
    words = {
        e.Outcome.DELIVERED: _("Letter %(n)s arrived, says their mail server"),
        e.Outcome.FAILED: _("Letter %(n)s did not arrive: %(said)s"),
        e.Outcome.TEMPORARY: _("Letter %(n)s could not be delivered for now: %(said)s"),
        e.Outcome.DELAYED: _("Letter %(n)s is delayed; the mail server goes on trying. %(said)s"),
        e.Outcome.RELAYED: _("Letter %(n)s was passed on to a server that reports nothing"),
        e.Outcome.UNKNOWN: _("A mail server reported on letter %(n)s: %(said)s"),
    }[entry.outcome] % {"n": entry.number, "said": shown.texts(entry.said) or entry.status}
    bad = entry.outcome in (e.Outcome.FAILED, e.Outcome.TEMPORARY)
    return _entry(line, "broken" if bad else "letter", words.strip(), "brick" if bad else "")


def _tried_again(line, entry, shown):
    words = _("%(who)s had letter %(n)s handed over once more")
    return _entry(line, "letter", words % {"who": speaker(line.author, shown), "n": entry.number})


def _otherwise(line, entry, shown):
    words = _("What letter %(n)s says went another way, %(how)s: %(words)s") % {
        "n": entry.number,
        "how": sentences.CHANNELS[entry.channel],
        "words": shown.texts(entry.words),
    }
    return _entry(line, "letter", words)


def _moved(line, entry, shown):
    words = _("Letter %(n)s belongs to %(ref)s and stands there since: %(why)s") % {
        "n": entry.number,
        "ref": entry.ref,
        "why": shown.texts(entry.why),
    }
    return _entry(line, "arrow-right", words)._replace(href=f"/cases/{entry.ref}/")


def _reread(line, entry, shown):
    return _entry(line, "letter", _("Letter %(n)s was read anew by a newer reader") % {"n": entry.number})


def _merged(line, entry, shown):
    words = _("Dealt with in %(ref)s from here on: %(why)s")
    return _entry(line, "arrow-right", words % {"ref": entry.ref, "why": shown.texts(entry.why)}, "strong")


def _joined(line, entry, shown):
    return _entry(line, "arrow-right", _("%(ref)s is dealt with here, too") % {"ref": entry.ref}, "strong")


def _parted(line, entry, shown):
    return _entry(line, "arrow-right", _("%(ref)s stands on its own again") % {"ref": entry.ref}, "strong")


def _unmerged(line, entry, shown):
    return _entry(
        line, "arrow-right", _("Stands on its own again: %(why)s") % {"why": shown.texts(entry.why)}, "strong"
    )


def _read(line, entry, shown):
    return None


_LINES = {
    e.CaseReceived: _received,
    e.LetterReceived: _heard,
    e.LetterSent: _sent,
    e.LetterReturned: _returned,
    e.LetterTriedAgain: _tried_again,
    e.LetterSentOtherwise: _otherwise,
    e.LetterMoved: _moved,
    e.LetterReread: _reread,
    e.CaseMerged: _merged,
    e.CaseUnmerged: _unmerged,
    e.CaseJoined: _joined,
    e.CaseParted: _parted,
    e.ContactLogged: _logged,
    e.NoteWritten: _note,
    e.NoteFlagged: _flagged,
    e.WordsRead: _read,
    e.ClaimBacked: _backed,
    e.ClaimOverridden: _overridden,
    e.ColleagueTold: _colleague_told,
    e.EntryWithheld: _withheld,
    e.EntryDisclosed: _disclosed,
    e.DefectLinked: _linked,
    e.DefectUnlinked: _unlinked,
    e.CaseAcknowledged: _acknowledged,
    e.CaseUnderstood: _understood,
    e.PointsConfirmed: _confirmed,
    e.CaseAssessed: _assessed,
    e.CaseTakenOver: _taken_over,
    e.CaseWithdrawn: _customers_words(lazy("withdrew the complaint")),
    e.CaseUnsettled: _customers_words(lazy("said: this is not settled")),
    e.CaseSettled: _customers_words(lazy("%(name)s said it is put right")),
    e.OptionsDeclined: _customers_words(lazy("chose none of the options")),
    e.CaseClosed: _closed,
    e.CaseReopened: _reopened,
    e.CheckBackDone: _checked_back,
    e.PointRaised: _raised,
    e.PointsReadBack: _read_back,
    e.PointCorrected: _corrected,
    e.PointFound: _found,
    e.RemedySought: _sought,
    e.EffectHeard: _effect,
    e.ProblemAgreed: _agreed,
    e.StepSkipped: _skipped,
    e.OptionProposed: _proposed,
    e.PowerDisposed: _disposed,
    e.RequestRefused: _request_refused,
    e.OptionAccepted: _accepted,
    e.RemediesAccepted: _remedies_accepted,
    e.OptionsLapsed: _lapsed,
    e.RemedyGranted: _granted,
    e.RemedyDelivered: _delivered,
    e.PromiseMade: _promised,
    e.PromiseKept: _kept,
    e.PromiseBroken: _broken,
    e.PromiseReleased: _released,
    e.DelayNoticed: _delayed,
    e.TimeAsked: _time_asked,
    e.ApprovalAsked: _asked,
    e.ApprovalGiven: _given,
    e.ApprovalDeclined: _said_no,
}
