"""A case as its customer sees it: drawn once, for the portal and for "as they see it" on the desk.

It selects; nothing reaches it by default. Notes are disclosable on request, but do not stand here.
"""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from amends.casework import facts, wording
from amends.casework.letters import page_link
from amends.casework.shown import Shown, customer_of, ref_of
from amends.look import file as told
from amends.look import sentences
from amends.people.names import name_of
from amends.rules import cases, remedies
from amends.rules.case import BEFORE_CHOICE, OWED, Kept, Stage
from amends.rules.entries import (
    ApprovalDeclined,
    ApprovalGiven,
    Finding,
    Lane,
    LetterMoved,
    LetterSent,
    PromiseKind,
)

HEADINGS = {
    Stage.RECEIVED: (lazy("We have your complaint."), lazy("A person reads it and writes to you.")),
    Stage.ACKNOWLEDGED: (lazy("We have your complaint."), lazy("Now we make sure we understood it.")),
    Stage.UNDERSTOOD: (lazy("We know what is wrong."), lazy("Now we find out why.")),
    Stage.WORKING: (
        lazy("We are finding out what went wrong."),
        lazy("Then you choose how we put it right."),
    ),
    Stage.PROPOSED: (
        lazy("We know what happened."),
        lazy("Now it is for you to choose how we put it right."),
    ),
    Stage.DELIVERING: (lazy("You have chosen."), lazy("We are doing it.")),
    Stage.CLOSED: (lazy("It is done."), lazy("If it is not settled, say so, and it goes on.")),
    Stage.WITHDRAWN: (
        lazy("You withdrew this complaint."),
        lazy("If you change your mind, it goes on from where it was."),
    ),
}


def seen(this: Shown, now: datetime) -> dict:
    """All that stands on the page, in its own words."""
    return {**_state(this, now), **_told(this), **_to_choose(this), **_since(this)}


def _state(this, now: datetime) -> dict:
    """Where the case stands: the head of the page."""
    case = this.case
    first, second = _heading(this)
    return {
        "reference": case.ref,
        "today": wording.day(now),
        "first": first,
        "second": second,
        "owner": name_of(case.owner),
        "next_step": _next(this),
        "hear_by": wording.short_when(case.update.due) if case.is_open and case.update else "",
        "is_open": case.is_open,
        "is_closed": case.stage is Stage.CLOSED,
        "dealt_with_in": _dealt_with_in(case),
        "received": wording.day(case.received_at, year=True),
    }


def _told(this) -> dict:
    """What the customer told us, point by point, and what may be done about it."""
    case = this.case
    may_be_put_right = case.stage in BEFORE_CHOICE and bool(case.points)
    return {
        "words": this.texts(case.story.quote),
        "points": [_point(this, p) for p in case.points],
        "can_correct": may_be_put_right,
        "can_confirm": may_be_put_right and not (case.confirmed and not case.unanswered),
        "sought": this.texts(case.sought),
        "refused_why": this.texts(case.refused),
        "expects": this.texts(case.story.expects),
    }


def _to_choose(this) -> dict:
    """What is offered, what was given outright, what they chose, and whether it is put right."""
    case = this.case
    given = remedies.granted_outright(case)
    done = case.stage in (Stage.DELIVERING, Stage.CLOSED)
    return {
        "options": [_option(this, o) for o in case.offered],
        "outright": [_outright(this, r) for r in given],
        "outright_digest": remedies.granted_digest(case),
        "can_accept_outright": case.stage in (Stage.WORKING, Stage.PROPOSED) and bool(given),
        "chosen": [_chosen(this, r) for r in case.remedies if not r.cancelled] if done else [],
        "can_settle": done and case.delivered_at is not None and not case.settled,
        "settled": case.settled,
        "quiet": _quiet(this),
    }


def _since(this) -> dict:
    """What we promised, who had it in hands, and what was written."""
    return {
        "promises": [row for p in _owed_first(this.case.promises) if (row := _promise(this, p))],
        "looked": _looked(this),
        "answered": _answered(this),
        "letters": letters_between(this),
    }


def _owed_first(promises) -> list:
    """What is owed, the next first; behind it what is settled, the newest first."""
    owed = sorted((p for p in promises if p.state in OWED), key=lambda p: p.due)
    return [*owed, *(p for p in reversed(promises) if p.state not in OWED)]


def _dealt_with_in(case) -> dict | None:
    """The older complaint of this customer that this one points to."""
    if not case.merged:
        return None
    return {"ref": ref_of(case.merged), "link": page_link(case.merged, case.customer)}


def _heading(this) -> tuple[str, str]:
    case = this.case
    if case.merged:
        return _("We deal with this together with your other complaint."), _("It goes on there.")
    first, second = HEADINGS[case.stage]
    if case.stage is Stage.PROPOSED and all(p.finding is Finding.UPHELD and p.our_error for p in case.points):
        return _("We were wrong."), _("Now it is for you to choose how we put it right.")
    if case.stage is Stage.ACKNOWLEDGED and case.points and not case.confirmed:
        return _("This is what we understood."), _("Is it right?")
    if case.stage is Stage.DELIVERING and case.settled:
        return _("You said it is put right."), _("We close it; you can still say it is not settled.")
    if case.stage is Stage.DELIVERING and case.delivered_at:
        return _("We have done what you chose."), _("Is it put right?")
    return first, second


def _next(this) -> str:
    case = this.case
    if case.merged:
        return _("It goes on under %(ref)s.") % {"ref": ref_of(case.merged)}
    if case.stage is Stage.PROPOSED:
        return _("You choose. Nothing starts until you do.")
    if case.stage in BEFORE_CHOICE and case.points and not case.confirmed:
        return _("You tell us whether we understood you.")
    if case.settled:
        return _("Nothing more is needed from you.")
    if case.stage is Stage.DELIVERING and case.delivered_at:
        return _("You tell us whether it is put right.")
    if case.stage is Stage.DELIVERING:
        return _("We do what you chose.")
    if case.is_open:
        return _("%(name)s works on it.") % {"name": name_of(case.owner)}
    return _("Nothing more happens unless you say so.")


def _point(this, point) -> dict:
    said = ""
    if point.finding is not Finding.NONE:
        said = str(sentences.FINDINGS[point.finding])
        if point.finding is Finding.UPHELD and point.our_error:
            said = _("Upheld: you are right, and it was our error.")
    return {
        "number": point.number,
        "words": this.texts(point.words),
        "ours": not point.verbatim,
        "finding": point.finding.value,
        "said": said,
        "cause": this.texts(point.cause),
    }


def _option(this, option) -> dict:
    offer = option.offer
    by = _("%(name)s does it by %(when)s.") % {
        "name": name_of(offer.owner),
        "when": wording.short_when(offer.due),
    }
    worth = wording.worth(offer.kind, offer.amount, offer.unit).capitalize()
    return {
        "number": option.number,
        "digest": offer.act.digest,
        "title": str(sentences.LANES[offer.lane]),
        "asked": offer.lane is Lane.ASKED,
        "act": this.texts(offer.act),
        "small": " ".join(
            part
            for part in (f"{worth}." if worth else _("No cost to you."), by, this.texts(offer.reasons))
            if part
        ),
        "short": this.texts(offer.act)[:60],
    }


def _outright(this, remedy) -> dict:
    offer = remedy.offer
    words = wording.worth(offer.kind, offer.amount, offer.unit)
    worth = f" ({words})" if words else ""
    return {
        "act": this.texts(offer.act) + worth,
        "by": wording.short_when(offer.due),
        "done": bool(remedy.delivered_at),
    }


def _chosen(this, remedy) -> dict:
    return {
        "act": this.texts(remedy.offer.act),
        "by": wording.short_when(remedy.offer.due),
        "proof": this.texts(remedy.proof),
        "done": wording.short_day(remedy.delivered_at) if remedy.delivered_at else "",
    }


def _promise(this, promise) -> dict | None:
    is_update = promise.kind is PromiseKind.UPDATE
    if is_update and promise.state in (Kept.KEPT, Kept.RELEASED, Kept.DONE_LATE):
        return None
    act = _("Write to you again") if is_update else this.texts(promise.act)
    day = wording.short_when(promise.settled_at) if promise.settled_at else ""
    state, so = {
        Kept.OPEN: ("open", _("open")),
        Kept.KEPT: ("kept", _("kept, %(day)s") % {"day": day}),
        Kept.BROKEN: ("broken", _("broken")),
        Kept.DONE_LATE: ("broken", _("broken. Done %(day)s") % {"day": day}),
        Kept.RELEASED: ("released", _("released by you")),
        Kept.BROKEN_RELEASED: ("broken", _("broken. Released by you")),
    }[promise.state]
    if promise.expected and promise.state in (Kept.OPEN, Kept.BROKEN):
        so += ". " + _("Expected %(when)s") % {"when": wording.short_when(promise.expected)}
    releasable = promise.state in (Kept.OPEN, Kept.BROKEN) and promise.kind in (
        PromiseKind.DEED,
        PromiseKind.NEED_TIME,
    )
    return {
        "state": state,
        "act": act,
        "by": _("by %(when)s") % {"when": wording.short_when(promise.due)},
        "so": so,
        "number": promise.number if releasable and this.case.is_open else 0,
    }


def _looked(this) -> list[str]:
    """Who here has had it in hands, in the order they came."""
    ids = []
    for line in this.lines:
        side, _colon, id = line.author.partition(":")
        if side == "staff" and id not in ids:
            ids.append(id)
    return [name_of(id) for id in ids]


def _answered(this) -> list[dict]:
    """Who above was asked and answered: when, and in their own words."""
    return [
        {
            "who": told.speaker(line.author, this),
            "when": wording.short_when(line.at),
            "words": this.texts(
                line.entry.words if isinstance(line.entry, ApprovalGiven) else line.entry.why
            ),
        }
        for line in this.lines
        if isinstance(line.entry, ApprovalGiven | ApprovalDeclined)
    ]


def letters_between(this) -> list:
    """What was written and said between us: no notes, nothing unverified, no machine's letters."""
    shown, entries = [], {line.number: line.entry for line in this.lines}
    for said in told.told(this):
        entry = entries[said.number]
        if getattr(entry, "unverified", False) or getattr(entry, "automatic", False):
            continue
        if said.shape == "sent" and isinstance(entry, LetterSent):
            said = said._replace(text=_("Our letter: %(kind)s") % {"kind": sentences.LETTERS[entry.kind]})
        if said.shape in ("letter", "sent"):
            shown.append(_gone(this, said) if said.moved else said)
    return shown


def _gone(this, said):
    """What stands here in place of a letter that belongs elsewhere; whose it is, is for that customer to read."""
    moved = next(
        line.entry
        for line in this.lines
        if isinstance(line.entry, LetterMoved) and line.entry.number == said.number
    )
    if customer_of(moved.to) != this.case.customer:
        words = _("A letter stood here that does not belong to this complaint.")
        return said._replace(words="", files=(), text=words)
    words = _("This letter is about %(ref)s and stands there.") % {"ref": moved.ref}
    return said._replace(words="", files=(), text=words, href=page_link(moved.to, this.case.customer))


def _quiet(this) -> str:
    until = cases.quiet_until(this.case, facts.house())
    return wording.day(until) if until else ""
