"""Standing public claims: put on record, measured, said while they hold, and withdrawn."""

from datetime import datetime

from amends import ids
from amends.casework import db, facts, measures
from amends.casework import standing as texts
from amends.casework.record import Outcome, Step, record
from amends.rules import standing
from amends.rules.entries import Measure, Place
from amends.rules.refused import Reason, Refused
from amends.rules.values import DESK, Actor, Text


def register(
    *, place: Place | None, words: str, owner: str, by: Actor, now: datetime, act: str = ""
) -> Outcome:
    asked = {"place": place, "words": Text(words), "owner": owner, "by": by}
    return record(Step("claim", ids.new(), standing.register, asked, is_new=True), by=by, now=now, act=act)


def set_measure(
    claim: str, *, measure: Measure | None, line: int, of: str, by: Actor, now: datetime, act: str = ""
) -> Outcome:
    """Say what would make it true, and measure it at once."""
    outcome = _do(claim, standing.set_measure, by, now, act, measure=measure, line=line, of=of)
    _measure(claim, measure, of, now)
    return outcome


def go_live(claim: str, *, by: Actor, now: datetime, act: str = "") -> Outcome:
    return _do(claim, standing.go_live, by, now, act, now=now)


def measure_by_hand(
    claim: str, *, value: int, n: int, shown: str, by: Actor, now: datetime, act: str = ""
) -> Outcome:
    more = {"value": value, "n": n, "shown": Text(shown), "now": now, "house": facts.house()}
    return _do(claim, standing.measure_by_hand, by, now, act, **more)


def withdraw(claim: str, *, why: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    return _do(claim, standing.withdraw, by, now, act, why=Text(why))


def refresh(now: datetime) -> int:
    """Measure how long people wait, and every claim that stands; how many were looked at."""
    texts.state_waits(now)
    found = db.rows("select id, measure, about from standing where stand <> 'withdrawn' and measure <> ''")
    for claim, measure, about in found:
        _measure(claim, Measure(measure), about, now)
    return len(found)


def _measure(claim: str, measure: Measure, about: str, now: datetime) -> None:
    share = measures.measure(measure, now, about)
    known = {"value": share.percent, "n": share.n, "now": now, "house": facts.house()}
    _do(claim, standing.measured, DESK, now, "", **known)


def _do(claim: str, verb, by: Actor, at: datetime, act: str, /, **asked) -> Outcome:
    if db.row("select 1 from standing where id = %s", [claim]) is None:
        raise Refused(Reason.NO_SUCH_CLAIM)
    return record(Step("claim", claim, verb, {**asked, "by": by}), by=by, now=at, act=act)
