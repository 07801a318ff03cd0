"""A case: its page, and what is said in it."""

from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.casework import defects, drafts, facts, leaving, shown, wording
from amends.casework.acts import messages
from amends.casework.letters import page_link
from amends.desk import composer, door
from amends.desk.steps import steps_of
from amends.look import file as told
from amends.look import sentences
from amends.look.customers_page import seen
from amends.people.models import Staff
from amends.people.names import name_of
from amends.post import box, ours
from amends.post.reader.reading import Letter
from amends.rules import cases, correspondence, points, promises, remedies
from amends.rules.case import LIFE, OWED, Kept, Stage
from amends.rules.entries import Channel, Harm, Kindness, PromiseKind
from amends.rules.gate import NO_ANSWERS
from amends.rules.interventions import interventions
from amends.rules.power import listed
from amends.rules.refused import Reason, Refused

MOST_COPIES = 10
EARLIER = 60  # lines shown before "earlier"


def show(request, ref):
    return page(request, ref)


def page(request, ref, no: Refused | None = None, kept: dict | None = None, form: str = ""):
    """The case's page. After a refusal: with its sentence, and with what was typed into `form` (`kept`)."""
    file = door.case_id(request, ref)
    this = shown.load(file)
    now, me = door.now(), request.user
    draft = drafts.draft(file, me.id)
    words = kept["words"] if form == "answer" else draft.words if draft else ""
    said = composer.answers(request) if form == "answer" else draft.answers if draft else NO_ANSWERS
    context = {
        **about(request, this),
        "lines": _lines(request, this),
        "power": _power(this, facts.purses(me.id, now)),
        "owe": _owed(this, now),
        "over": _over(this),
        "next_step": next_step(this),
        "draft": draft,
        "weighed": composer.weighed(request, this, words, said, now),
        "leaving": _leaving(file, now),
        "undo_seconds": settings.AMENDS_UNDO_SECONDS,
        "writes_in": _language(this.customer.language),
        "hint_ref": _hint(request, this),
        "colleagues": door.colleagues(request),
        "latest": facts.house().due(facts.house().next_update, now),
        "here": drafts.also_here(file, me.id, now),
        "kept": kept or {},
        "form": form,
        "refused": door.refused(no, ref) if no else None,
        "suggested": door.soon(2),
        "seen": this.case.story.number,
        "interventions": len(interventions(this.case, this.lines)),
        "known_defects": [d for d in defects.listed() if d.id in this.case.defects]
        if this.case.defects
        else [],
        "their_others": shown.other_open_cases(request.user, file, this.case.customer),
        "steps": steps_of(this.case),
    }
    return door.page(request, "case", status=door.CANNOT if no else 200, **context)


def about(request, this: shown.Shown) -> dict:
    """What the head of every page of a case shows."""
    case = this.case
    stage = LIFE.index(case.stage) if case.stage in LIFE else -1
    update = case.update
    return {
        "this": this,
        "case": case,
        "story": case.story,
        "texts": this.texts,
        "name": this.name,
        "her": this.first_name,
        "ref": case.ref,
        "company_of": this.texts(this.customer.company),
        "owner_name": name_of(case.owner),
        "mine": case.owner == request.user.id,
        "update": update,
        "stages": [sentences.STAGES[s] for s in LIFE],
        "stage": stage,
        "name_of": name_of,
        "base": f"/cases/{case.ref}/",
        "is_overdue": bool(update and update.due < door.now()),
        "merged_ref": shown.ref_of(case.merged) if case.merged else "",
    }


def _hint(request, this) -> str:
    """The reference of the case that the opening letter may belong to, if this person may see it."""
    hint = getattr(this.lines[0].entry, "hint", "")
    return shown.ref_of(hint) if hint and shown.visible([hint], request.user) else ""


def _language(code: str) -> str:
    """The language a customer's letters are in, by its name; empty for English and for what nobody knows."""
    try:
        info = get_language_info(code.lower()) if code and not code.lower().startswith("en") else None
    except KeyError:
        return ""
    return info["name_translated"] if info else ""


def _leaving(file: str, now) -> list[dict]:
    """Letters that are written and have not left, and those that were stopped."""
    return [
        {
            "id": letter.id,
            "who": name_of(letter.staff),
            "staff": letter.staff,
            "words": letter.words,
            "files": [name for enclosed in letter.files for name in [enclosed.name.plain]],
            "when": wording.short_when(letter.leaves_at),
            "seconds": max(0, round((letter.leaves_at - now).total_seconds())),
            "stopped": letter.state == "stopped",
            "because": letter.because,
        }
        for letter in leaving.of_case(file)
    ]


def _lines(request, this):
    lines = told.told(this)
    if request.GET.get("from") == "1":
        return {"all": lines, "hidden": 0, **_as_read(lines)}
    shown_lines = lines[-EARLIER:]
    return {
        "all": shown_lines,
        "hidden": max(0, len(lines) - EARLIER),
        **_as_read(shown_lines),
    }


def _as_read(lines) -> dict[str, dict]:
    """What the reader made of letters, by entry: the whole text where it holds more than is new, sender and copies."""
    came = {line.letter: line.number for line in lines if line.letter}
    read = {came[letter]: reading for letter, reading in box.readings(came).items()}
    return {
        "history": {n: r.text for n, r in read.items() if r.text.strip() != r.new_text.strip()},
        "copies": {n: copies for n, r in read.items() if (copies := _copies(r))},
        "senders": {n: f"{r.sender_name} {r.sender}".strip() for n, r in read.items()},
    }


def _copies(letter: Letter) -> list[str]:
    """Who else got the letter: neither its writer nor we."""
    return [who for who in letter.cc if who != letter.sender and not ours.is_ours(who)][:MOST_COPIES]


def _power(this, purses):
    """The power list: what this person may give on this case now, with what is left."""
    shown_power = []
    for purse, room in listed(this.case, purses):
        kind = purse.grant.kind
        shown_power.append(
            {
                "title": sentences.power(kind, purse.grant.unit, room),
                "small": _("%(left)s left this month")
                % {"left": wording.amount(purse.left, purse.grant.unit)},
                "kind": kind or "refund",
                "unit": purse.grant.unit,
                "room": room,
            }
        )
    return shown_power


def _owed(this, now):
    """Promises still owed, the earliest first."""
    listed = []
    for promise in sorted(this.case.promises, key=lambda p: p.due):
        if promise.state not in OWED:
            continue
        is_update = promise.kind is PromiseKind.UPDATE
        state = "broken" if promise.state is Kept.BROKEN else "open"
        if state == "open" and wording.local(promise.due).date() == wording.local(now).date():
            state = "due"
        if is_update and state == "broken":
            continue
        listed.append(
            {
                "state": state,
                "when": wording.short_when(promise.due),
                "act": _("They hear what happens next") if is_update else this.texts(promise.act),
                "href": "" if is_update else f"promises/{promise.number}/",
                "remedy": next((r.number for r in this.case.remedies if r.promise == promise.number), 0),
                "owner": name_of(promise.owner),
                "expected": wording.short_when(promise.expected) if promise.expected else "",
            }
        )
    return listed


def _over(this):
    """Promises kept, broken and released, the newest first; kept updates are many and are counted instead."""
    listed = []
    for promise in reversed(this.case.promises):
        is_update = promise.kind is PromiseKind.UPDATE
        if promise.state is Kept.OPEN or (is_update and promise.state is not Kept.BROKEN):
            continue
        act = _("Write to them") if is_update else this.texts(promise.act)
        day = wording.short_day(promise.settled_at or promise.due)
        state, then = {
            Kept.KEPT: ("kept", day),
            Kept.BROKEN: ("broken", _("%(day)s. Stays broken") % {"day": wording.short_day(promise.due)}),
            Kept.DONE_LATE: (
                "broken",
                _("%(due)s. Done on %(day)s") % {"due": wording.short_day(promise.due), "day": day},
            ),
            Kept.RELEASED: ("released", day),
            Kept.BROKEN_RELEASED: (
                "broken",
                _("%(day)s. Released since") % {"day": wording.short_day(promise.due)},
            ),
        }[promise.state]
        listed.append({"state": state, "act": act, "then": then})
    return listed


def next_step(this) -> dict | None:
    """The one next act on a case, as a button: named by its result."""
    case = this.case
    if case.stage is Stage.CLOSED:
        return {"href": "check-back/", "label": _("Look at it again")} if case.check_back else None
    if not case.is_open:
        return None
    if not case.points:
        return {"href": "points/", "label": _("Say what is wrong, in points")}
    if not case.confirmed:
        return {"href": "points/", "label": _("Read the points back to %(name)s") % {"name": this.first_name}}
    if not case.assessed:
        return {"href": "assess/", "label": _("Assess the harm")}
    unfound = next((p.number for p in case.points if p.finding == "none"), 0)
    if unfound:
        return {"href": f"findings/{unfound}/", "label": _("What we found on point %(n)d") % {"n": unfound}}
    if case.stage is Stage.WORKING:
        return {"href": "options/", "label": _("Send %(name)s the options") % {"name": this.first_name}}
    undelivered = next((r.number for r in case.remedies if r.is_owed), 0)
    if case.stage is Stage.DELIVERING and undelivered:
        return {"href": f"remedies/{undelivered}/", "label": _("Prove the delivery")}
    if case.stage is Stage.DELIVERING:
        return {"href": "close/", "label": _("Close the case")}
    return None


def see(request, ref):
    """The customer's page, as the customer sees it; nothing on it can be pressed here."""
    file = door.case_id(request, ref)
    this = shown.load(file)
    return door.page(
        request,
        "see",
        **about(request, this),
        seen=seen(this, door.now()),
        link=page_link(file, this.case.customer),
    )


# What is said -----------------------------------------------------------------------------------------------------


@require_POST
def presence(request, ref):
    """I am here; and who else is."""
    file, now = door.case_id(request, ref), door.now()
    drafts.note_presence(file, request.user.id, now)
    here = drafts.also_here(file, request.user.id, now)
    return door.page(request, "presence", here=here)


@require_POST
def log(request, ref):
    """Put a call, a paper letter or a visit on the file."""
    file = door.case_id(request, ref)
    try:
        door.do(
            request,
            file,
            correspondence.log_contact,
            channel=channel(request),
            words=door.text(request, "words"),
            happened_at=door.when(request, "at") or door.now(),
            from_customer=request.POST.get("who", "customer") == "customer",
            reached=request.POST.get("reached", "yes") == "yes",
            reference=door.text(request, "reference"),
        )
    except Refused as no:
        return page(request, ref, no, request.POST.dict(), "log")
    return door.back(ref, "file")


def channel(request) -> Channel:
    value = request.POST.get("how", "")
    return Channel(value) if value in (Channel.CALL, Channel.LETTER, Channel.VISIT) else Channel.CALL


@require_POST
def note(request, ref):
    file = door.case_id(request, ref)
    words = door.text(request, "words")
    try:
        insist = request.POST.get("insist") == "yes"
        messages.write_note(file, words=words, insist=insist, **door.acting(request))
    except Refused as no:
        return page(request, ref, no, {"words": words}, "note")
    return door.back(ref, "file")


@require_POST
def colleague(request, ref):
    """Say something to a colleague about this case: applause, or solace."""
    file, kind = door.case_id(request, ref), request.POST.get("kind", "")
    told = {"to": request.POST.get("to", ""), "words": door.text(request, "words")}
    told["kind"] = Kindness(kind) if kind in list(Kindness) else None
    try:
        if told["to"] not in dict(door.colleagues(request)):
            raise Refused(Reason.OWNER_MISSING)
        insist = request.POST.get("insist") == "yes"
        messages.tell_colleague(file, **told, insist=insist, **door.acting(request))
    except Refused as no:
        return page(request, ref, no, request.POST.dict(), "colleague")
    return door.back(ref, "file")


@require_POST
def read(request, ref):
    """I have read what the customer said last."""
    door.do(request, door.case_id(request, ref), correspondence.read)
    return door.back(ref)


# What happens to the case as a whole -----------------------------------------------------------------------------


def subpage(request, ref, template: str, no: Refused | None = None, kept: dict | None = None, **more):
    """A page for one act on a case: the head of the case, and the form."""
    this = shown.load(door.case_id(request, ref))
    if no and kept:
        door.keep(request, kept)
    context = {
        **about(request, this),
        "colleagues": door.colleagues(request),
        "kept": kept or door.kept(request),
        "refused": door.refused(no, ref) if no else None,
        "suggested": door.soon(2),
        **more,
    }
    return door.page(request, template, status=door.CANNOT if no else 200, **context)


def assess(request, ref):
    """How much harm there is, and whether somebody has to act at once."""
    if request.method != "POST":
        return subpage(request, ref, "assess")
    try:
        door.do(
            request,
            door.case_id(request, ref),
            cases.assess,
            harm=Harm(min(door.number(request, "harm"), 4)),
            why=door.text(request, "why"),
            safety=request.POST.get("safety") == "yes",
            immediate=request.POST.get("immediate") == "yes",
        )
    except Refused as no:
        return subpage(request, ref, "assess", no, request.POST.dict())
    return door.back(ref)


def take(request, ref):
    """Take a case over, or give it to somebody, with a reason."""
    if request.method != "POST":
        return subpage(request, ref, "take")
    person = Staff.objects.filter(id=request.POST.get("to", ""), is_active=True, team__isnull=False).first()
    try:
        door.do(
            request,
            door.case_id(request, ref),
            cases.take_over,
            to=person.id if person else "",
            team=str(person.team_id) if person else "",
            why=door.text(request, "why"),
        )
    except Refused as no:
        return subpage(request, ref, "take", no, request.POST.dict())
    return door.back(ref)


def close(request, ref):
    """Close, or hear what is still missing."""
    if request.method != "POST":
        return subpage(request, ref, "close")
    try:
        door.do(request, door.case_id(request, ref), cases.close)
    except Refused as no:
        return subpage(request, ref, "close", no)
    return door.back(ref)


def reopen(request, ref):
    if request.method != "POST":
        return subpage(request, ref, "reopen")
    try:
        door.do(request, door.case_id(request, ref), cases.reopen, words=door.text(request, "words"))
    except Refused as no:
        return subpage(request, ref, "reopen", no, request.POST.dict())
    return door.back(ref)


def check_back(request, ref):
    if request.method != "POST":
        return subpage(request, ref, "check_back")
    try:
        door.do(request, door.case_id(request, ref), cases.check_back, words=door.text(request, "words"))
    except Refused as no:
        return subpage(request, ref, "check_back", no, request.POST.dict())
    return door.back(ref)


# The customer's word, written down by somebody here --------------------------------------------------------------


def word(request, ref):
    """Write down what the customer said by letter or on a recorded call, naming where they said it."""
    file = door.case_id(request, ref)
    this = shown.load(file)
    newest = next((line for line in told.told(this) if line.number == this.case.citable), None)
    more = {"newest": newest, "options": _choices(this), "open_promises": _releasable(this)}
    if request.method != "POST":
        return subpage(request, ref, "word", **more)
    try:
        verb, asked = _word(request, this)
        messages.write_down(
            file,
            verb,
            through=door.number(request, "through"),
            words=door.text(request, "words"),
            by=request.user.actor,
            now=door.now(),
            act=request.POST.get("act", "")[:64],
            **asked,
        )
    except Refused as no:
        return subpage(request, ref, "word", no, request.POST.dict(), **more)
    return door.back(ref, "file")


def _word(request, this):
    """The verb asked for, with what it needs besides the words."""
    what, _colon, n = request.POST.get("what", "").partition(":")
    number = int(n) if n.isascii() and n.isdigit() and len(n) < 10 else 0
    verbs = {
        "confirm": (points.confirm, {}),
        "decline": (remedies.decline, {}),
        "not_settled": (cases.not_settled, {}),
        "settle": (cases.settle, {}),
        "withdraw": (cases.withdraw, {}),
        "release": (promises.release, {"number": number}),
        "accept_granted": (remedies.accept_granted, {"digest": remedies.granted_digest(this.case)}),
    }
    if what == "accept":
        return remedies.accept, {"number": number, "digest": this.case.option(number).offer.act.digest}
    if what not in verbs:
        raise Refused(Reason.NOTHING_CHOSEN)
    return verbs[what]


def _choices(this):
    return [(o.number, this.texts(o.offer.act)) for o in this.case.offered]


def _releasable(this):
    kinds = (PromiseKind.DEED, PromiseKind.NEED_TIME)
    return [(p.number, this.texts(p.act)) for p in this.case.promises if p.state in OWED and p.kind in kinds]
