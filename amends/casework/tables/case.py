"""How a case is drawn: one row of `cases`, and rows for its points, promises, options, remedies and the rest."""

from amends.casework.moments import micro
from amends.casework.tokens import PAGE, REPLY, token_hash
from amends.rules.case import WAS_BROKEN, Case
from amends.rules.entries import RemedyKind


def draw(file: str, before: Case | None, after: Case) -> dict[str, list[tuple]]:
    """The rows that `after` differs in from `before`; all of them when there was nothing before."""
    was = before or Case()
    team = int(after.team)
    moved = before is None or before.team != after.team or before.merged != after.merged
    drawn = {
        "cases": [_case(file, after, team)],
        "points": [_point(file, p) for p in _changed(was.points, after.points)],
        "promises": [
            _promise(file, p, team) for p in _changed(() if moved else was.promises, after.promises)
        ],
        "clocks": [_clock(file, c, after) for c in _changed(() if moved else was.clocks, after.clocks)],
        "options": [_option(file, o) for o in _changed(was.options, after.options)],
        "remedies": [_remedy(file, r) for r in _changed(was.remedies, after.remedies)],
        "approvals": [_approval(file, a) for a in _changed(was.approvals, after.approvals)],
        "overrides": [_override(file, o) for o in _changed(was.story.overridden, after.story.overridden)],
        "kind_words": [_kind_word(file, t) for t in _changed(was.story.told, after.story.told)],
        "defect_links": [
            (file, defect, defect in after.defects)
            for defect in sorted({*was.defects, *after.defects})
            if (defect in was.defects) != (defect in after.defects)
        ],
        "flags": [(file, f.note, f.point, f.finding) for f in _changed(was.story.flags, after.story.flags)],
    }
    if was.customer != after.customer:
        drawn["links"] = [
            (token_hash(purpose, file, after.customer), file, after.customer, purpose)
            for purpose in (PAGE, REPLY)
        ]
    return {name: rows for name, rows in drawn.items() if rows}


def _changed(before, after):
    known = {id(thing) for thing in before}
    return [thing for thing in after if id(thing) not in known]


def _case(file: str, case: Case, team: int) -> tuple:
    story, update = case.story, case.update
    owed = [p.due for p in case.promises if p.state.value == "open"]
    return (
        file,
        case.ref,
        case.customer,
        case.owner,
        team,
        case.stage,
        case.is_open,
        int(case.harm),
        story.danger,
        story.channel,
        case.merged,
        micro(case.received_at),
        micro(update.due) if update and case.is_open else None,
        micro(min(owed)) if owed and case.is_open else None,
        micro(story.last_at),
        story.number,
        story.quote.id,
        story.heard_words.id,
        micro(story.heard_at),
        micro(story.proposed_at),
        micro(story.closed_at or story.withdrawn_at),
        micro(story.settled_at),
        micro(story.reopened_at),
        story.reopened,
        case.check_back.isoformat() if case.check_back else "",
        story.lane or "",
        story.rating,
        any(r.offer.kind is RemedyKind.SOMETHING_ELSE and not r.cancelled for r in case.remedies),
        case.missed if case.is_open else 0,
        story.stranger,
    )


def _point(file, p):
    return (file, p.number, p.words.id, p.finding, p.our_error, p.cause.id)


def _promise(file, p, team):
    return (
        file,
        p.number,
        p.owner,
        team,
        p.kind,
        p.state,
        p.state in WAS_BROKEN,
        p.act.id,
        micro(p.made_at),
        micro(p.due),
        micro(p.settled_at),
    )


def _clock(file, c, case):
    """A merged case's clocks rest: the older case it points to has run longer."""
    stopped = c.stopped or (case.story.last_at if case.merged else None)
    return (file, c.id, int(case.team), micro(c.due), micro(stopped))


def _option(file, o):
    offer = o.offer
    return (
        file,
        o.number,
        offer.lane,
        offer.kind,
        o.state,
        offer.amount,
        offer.unit,
        offer.act.id,
        offer.owner,
        micro(offer.due),
    )


def _remedy(file, r):
    offer = r.offer
    return (
        file,
        r.number,
        offer.kind,
        offer.amount,
        offer.unit,
        offer.act.id,
        r.option,
        r.grant,
        r.month,
        micro(r.delivered_at),
        r.cancelled,
    )


def _override(file, o):
    return (file, o.number, o.kind, o.because, o.said.id, o.why.id, o.by.partition(":")[2], micro(o.at))


def _kind_word(file, t):
    return (file, t.number, t.by.partition(":")[2], t.to, t.kind, t.words.id, micro(t.at))


def _approval(file, a):
    return (file, a.number, a.asked_by, a.of, a.kind, a.amount, a.unit, a.why.id, a.state)
