"""Where a letter goes, as a table; and the brakes on answering it."""

import pytest

from amends.rules import belonging, brakes
from amends.rules.belonging import (
    Clue,
    Existing,
    Held,
    Hold,
    Machine,
    Named,
    New,
    Origin,
    Returned,
    Trust,
)  # fmt: skip
from amends.rules.brakes import Lately, may_answer
from amends.rules.entries import Mark

ANA, EVE = "hash of ana", "hash of eve"
CASE = Named("c", ANA)
OURS = Named("c", ANA, 7)


@pytest.mark.parametrize(
    ("what", "place"),
    [
        # Nobody's case
        ({}, New()),
        ({"can_answer": False}, New(silent=True)),
        ({"automatic": "list"}, New(silent=True)),
        ({"trust": Trust.FAIL}, New(silent=True)),
        ({"origin": Origin.ENVELOPE}, New(silent=True)),
        ({"origin": Origin.ODD}, New(silent=True)),
        ({"origin": Origin.UNREADABLE, "sender": ""}, New(silent=True)),
        ({"staff": True, "trust": Trust.PASS}, New(silent=True)),
        # By the token
        ({"token": CASE}, Existing("c")),
        ({"token": CASE, "sender": EVE}, Existing("c", unverified=True)),
        ({"token": CASE, "sender": "", "origin": Origin.UNREADABLE}, Existing("c", unverified=True)),
        ({"token": CASE, "origin": Origin.ENVELOPE}, Existing("c", unverified=True)),
        ({"token": CASE, "origin": Origin.ODD}, Existing("c", unverified=True)),
        ({"token": CASE, "trust": Trust.FAIL}, Existing("c", unverified=True)),
        ({"token": CASE, "automatic": "list"}, Existing("c")),
        ({"token": CASE, "for_us": False}, Hold(Held.NO_MAILBOX)),
        # By what it answers
        ({"reply": CASE}, Existing("c")),
        ({"reply": CASE, "sender": EVE}, New(hint="c")),
        ({"reply": Named("other", EVE), "token": CASE}, Existing("c")),
        # By its subject, never alone
        ({"subject": CASE}, New(hint="c")),
        ({"subject": CASE, "trust": Trust.PASS}, Existing("c")),
        ({"subject": CASE, "trust": Trust.PASS, "sender": EVE}, New(hint="c")),
        ({"subject": CASE, "trust": Trust.PASS, "origin": Origin.ODD}, New(silent=True, hint="c")),
        # Machines
        ({"automatic": "bulk"}, Machine()),
        ({"automatic": "out-of-office", "reply": CASE}, Machine("c")),
        ({"automatic": "out-of-office", "token": CASE, "sender": EVE}, Machine("c")),
        ({"automatic": "read-receipt", "returned": OURS}, Machine("c")),
        ({"automatic": "auto-submitted", "listed": True}, New()),
        ({"automatic": "bulk", "for_us": False}, Machine()),
        # Reports
        ({"bounce": True, "automatic": "bounce"}, Returned()),
        ({"bounce": True, "returned": OURS}, Returned("c", 7)),
        ({"bounce": True, "token": CASE}, Returned()),
        # Held
        ({"is_letter": False}, Hold(Held.NOT_A_LETTER)),
        ({"over_limit": True, "token": CASE}, Hold(Held.OVER_A_LIMIT)),
        ({"loop": True, "token": CASE}, Hold(Held.LOOP)),
        ({"loop": True, "bounce": True}, Hold(Held.LOOP)),
        ({"trust": Trust.REJECT, "token": CASE}, Hold(Held.NOT_AUTHENTIC)),
        ({"staff": True}, Hold(Held.AS_STAFF)),
        ({"staff": True, "trust": Trust.FAIL, "token": CASE}, Hold(Held.AS_STAFF)),
        ({"origin": Origin.CONTRADICTORY, "token": CASE}, Hold(Held.SEVERAL_SENDERS)),
        ({"origin": Origin.NOBODY, "sender": ""}, Hold(Held.NO_SENDER)),
        ({"origin": Origin.NOBODY, "sender": "", "token": CASE}, Existing("c", unverified=True)),
        ({"origin": Origin.NOBODY, "sender": "", "bounce": True}, Returned()),
        ({"for_us": False}, Hold(Held.NO_MAILBOX)),
    ],
)
def test_where_a_letter_goes(what, place):
    assert belonging.place(Clue(**{"sender": ANA, **what})) == place


def test_staff_are_believed_nowhere_by_letter():
    """Whatever a letter from one of us names, it is never the word of a case's customer."""
    for trust in Trust:
        for named in ("token", "reply", "subject"):
            found = belonging.place(Clue(sender=ANA, staff=True, trust=trust, **{named: CASE}))
            assert not (isinstance(found, Existing) and not found.unverified)


def test_what_stands_out_comes_from_where_it_went():
    clue = Clue(sender=EVE, reply=CASE, trust=Trust.FAIL)
    assert belonging.marks(clue, belonging.place(clue)) == (Mark.NOT_AUTHENTIC, Mark.THREAD_HINT)
    assert belonging.marks(Clue(origin=Origin.ODD), New()) == (Mark.FROM_AMBIGUOUS,)


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ({}, True),
        ({"address": "root"}, False),
        ({"address": ""}, False),
        ({"asks_silence": True}, False),
        ({"reply_elsewhere": True}, False),
        ({"receivers": brakes.MOST_RECEIVERS + 1}, False),
        ({"lately": Lately(mailbox_month=brakes.PER_MAILBOX_A_MONTH)}, False),
        ({"lately": Lately(alike_month=brakes.PER_TEXT_A_MONTH)}, False),
        ({"lately": Lately(domain_day=brakes.PER_DOMAIN_A_DAY)}, False),
        ({"lately": Lately(domain_day=5_000), "address": "ana@gmail.com"}, True),
        ({"lately": Lately(domain_month=brakes.ANSWERS_PER_DOMAIN_A_MONTH)}, True),
        ({"lately": Lately(domain_month=brakes.ANSWERS_PER_DOMAIN_A_MONTH), "answers_us": True}, False),
    ],
)
def test_each_brake_holds_by_itself(told, may):
    assert may_answer(**{"address": "ana@whitlock.example", "lately": Lately(), **told}) is may
