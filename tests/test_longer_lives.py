"""Longer lives than the search can reach, through the real acts, on the database of the run.

Hypothesis picks what people try, in what order and how much later; whatever is refused changes nothing. At the end
the tables are redrawn and compared, the chain verified, and the invariants of a case asked of the tables.
"""

import os
from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.casework import cipher, db
from amends.casework.acts import messages
from amends.casework.moments import micro
from amends.rules import approvals, cases, conversation, correspondence, points, power, promises, remedies
from amends.rules.entries import Channel, Finding, Harm, Lane, RemedyKind, Step
from amends.rules.refused import Refused
from amends.timetable.chores import break_promises

LATER = (timedelta(minutes=20), timedelta(hours=5), timedelta(days=1), timedelta(days=9))


def _actions(desk):
    """Everything somebody might try, by name: called with a small number to choose by."""
    sam, kim, ana = desk.sam, desk.kim, desk.ana
    case = desk.state()
    soon = desk.now + timedelta(days=2)
    pick = lambda things, n: things[n % len(things)].number if things else n  # noqa: E731
    digest = lambda n: case.options[n % len(case.options)].offer.act.digest if case.options else "x"  # noqa: E731
    cite = {"through": case.citable}
    return (
        lambda n: desk.do(sam, correspondence.write, words=f"Letter {n}"),
        lambda n: desk.do(ana, correspondence.hear, words=f"Word {n}", channel=Channel.PORTAL),
        lambda n: desk.do(kim, correspondence.log_contact, channel=Channel.CALL, words="Said", happened_at=desk.now, reference="r" * (n % 2)),
        lambda n: messages.write_note(desk.case, words=("She is wrong.", "Rolls at the yard.")[n % 2], by=sam.actor, now=desk.now),
        lambda n: desk.point(("Nobody did", "I torched it", "something else")[n % 3]),
        lambda n: desk.do(sam, points.read_back),
        lambda n: desk.do(ana, points.confirm),
        lambda n: desk.do(sam, points.confirm, **cite),
        lambda n: desk.do(ana, points.correct, number=pick(case.points, n), words=f"No: {n}"),
        lambda n: desk.do(sam, points.go_on_unanswered),
        lambda n: desk.do(sam, points.find, number=pick(case.points, n), finding=list(Finding)[n % 4], cause="Heat", our_error=n % 2 == 0),
        lambda n: desk.do(sam, points.seek, words=f"A sheet {n}", nothing=n % 5 == 0),
        lambda n: desk.do(sam, cases.assess, harm=Harm(n % 5)),
        lambda n: desk.do(sam, conversation.hear_effect, words="Wet"),
        lambda n: desk.do(sam, conversation.skip, step=list(Step)[n % 4], why="No time"),
        lambda n: desk.do((sam, kim)[n % 2], remedies.propose, offers=(desk.offer("Asked", amount=n % 3 * 2500), desk.offer("Ours", Lane.OURS, amount=n % 2 * 4000))),
        lambda n: desk.do(ana, remedies.accept, number=pick(case.options, n), digest=digest(n)),
        lambda n: desk.do(sam, remedies.accept, number=pick(case.options, n), digest=digest(n), **cite),
        lambda n: desk.do(ana, remedies.decline, words="None"),
        lambda n: desk.do((sam, kim)[n % 2], remedies.grant, offer=desk.offer("Given", kind=RemedyKind.REFUND, amount=1 + n % 6000)),
        lambda n: desk.do(ana, remedies.accept_granted, digest=remedies.granted_digest(case)),
        lambda n: desk.do(sam, remedies.deliver, number=pick(case.remedies, n), proof="Paper"),
        lambda n: desk.do(sam, power.refuse, why="It is not made any more"),
        lambda n: desk.do(sam, promises.make, deed="Ring", owner=(sam, kim)[n % 2].id, due=soon),
        lambda n: desk.do((sam, kim)[n % 2], promises.need_time, points=(), words="Time", owner=sam.id, due=soon),
        lambda n: desk.do(sam, promises.keep, number=pick(case.promises, n), proof="Done"),
        lambda n: desk.do(ana, promises.release, number=pick(case.promises, n)),
        lambda n: desk.do(sam, promises.notice_delay, number=pick(case.promises, n), why="Carrier", expected=soon + timedelta(days=3)),
        lambda n: desk.do(sam, approvals.ask, of=kim.id, kind=RemedyKind.REFUND, amount=8000, unit="USD", why="Her roof"),
        lambda n: desk.do(kim, approvals.give, number=pick(case.approvals, n), words="Yes."),
        lambda n: desk.do(kim, approvals.decline, number=pick(case.approvals, n), why="No"),
        lambda n: desk.do(kim, cases.take_over, to=(sam, kim)[n % 2].id, team=str(desk.team.id), why="Ill"),
        lambda n: desk.do(ana, cases.withdraw, words="Enough") if n % 7 == 0 else None,
        lambda n: desk.do(ana, cases.not_settled, words="No"),
        lambda n: desk.do(ana, cases.settle, rating=n % 6),
        lambda n: desk.do(sam, cases.close),
        lambda n: desk.do(sam, cases.reopen, words="Again"),
        lambda n: desk.do(sam, cases.check_back, words="Dry"),
        lambda n: break_promises(desk.later(seconds=LATER[n % 4].total_seconds()).now),
        lambda n: break_promises(desk.later(seconds=LATER[n % 4].total_seconds()).now),
    )  # fmt: skip


def _holds(desk) -> None:
    """The invariants, asked of the tables that screens read."""
    now = micro(desk.now)
    assert (
        db.rows(
            "select ref from cases where is_open = %s and (owner = '' or update_due is null or update_due <= %s)",
            [True, now],
        )
        == []
    )
    assert db.rows(
        'select c.ref from cases c join promises p on p."case" = c.id where c.stage = \'closed\''
        " and (p.state = 'open' or (p.state = 'broken' and p.kind <> 'update'))"
    ) == []  # fmt: skip
    assert db.rows(
        'select c.ref from cases c join remedies r on r."case" = c.id where c.stage = \'closed\''
        " and r.delivered_at is null and r.cancelled = %s",
        [False],
    ) == []  # fmt: skip
    assert db.rows("select * from allowances where drawn < 0 or drawn > most") == []


START = st.sampled_from(["received", "understood", "working", "proposed", "delivering", "closed"])
STEPS = st.lists(st.tuples(st.integers(0, 39), st.integers(0, 6000)), min_size=5, max_size=40)


MANY = int(os.environ.get("AMENDS_LONGER_LIVES", "40"))


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(start=START, steps=STEPS)
def test_whatever_people_try_the_record_holds_and_the_tables_say_the_same(desk, start, steps):
    begun, case, team = desk.now, desk.case, desk.team
    with transaction.atomic():
        desk.grant(desk.sam, 5000, 12000)
        desk.grant(desk.kim, 20000, 40000)
        desk.case = ""
        desk.received()
        if start != "received":
            getattr(desk, start)()
        broken = 0
        for which, n in steps:
            try:
                _actions(desk)[which](n)
            except Refused:
                continue
            now_broken = db.row("select count(*) from promises where was_broken = %s", [True])[0]
            assert now_broken >= broken  # a broken promise stays broken
            broken = now_broken
            _holds(desk)
        received = {row[0] for row in db.rows("select received_at from cases")}
        desk.is_sound()
        assert {row[0] for row in db.rows("select received_at from cases")} == received == {micro(begun)}
        transaction.set_rollback(True)
    cipher.keyring.forget()
    desk.now, desk.case, desk.team = begun, case, team
