"""Letters: durable before they are read, filed once, placed by rule, answered by nobody where a machine wrote."""

import asyncio
import json
import re
import smtplib
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from amends.casework import cipher, db, owed, shown
from amends.casework.acts import letters
from amends.casework.tokens import PAGE, REPLY, token
from amends.look import sentences
from amends.post import box, clues, filing, handover, held, lmtp, outbox, roads
from amends.rules import correspondence, promises
from amends.rules import entries as e
from amends.rules.entries import Channel, Outcome
from tests.pages import Browser, case_path, portal_path

LETTER = b"""From: Ana Whitlock <ana@whitlock.example>
To: complaints@localhost
Subject: The seam
Message-ID: <one@whitlock.example>
Date: Mon, 8 Jun 2026 07:52:00 +0000

I have a widow on Harmon Street with a bucket in her hall.
The seam on the R-40 lifted after six weeks.
"""


def _letter(**changes) -> bytes:
    raw = LETTER.decode()
    for name, value in changes.items():
        field = name.replace("_", "-")
        lines = [line for line in raw.split("\n") if not line.lower().startswith(field.lower() + ":")]
        raw = "\n".join(lines)
        if value:
            raw = f"{field}: {value}\n" + raw
    return raw.replace("\n", "\r\n").encode()


def _deliver(
    desk, raw: bytes, sender="ana@whitlock.example", recipient="complaints@localhost"
) -> filing.Filed:
    (letter,) = box.put([box.Delivery(raw, sender, recipient, "pipe")])
    filed = filing.file_waiting(desk.now)
    return next(one for one in filed if one.letter == letter)


def _reply_to(desk) -> str:
    return f"complaints+{token(REPLY, desk.case, desk.state().customer)}@localhost"


def test_a_letter_opens_a_case_in_the_writers_own_words_and_is_acknowledged(desk):
    filed = _deliver(desk, _letter())
    assert filed.disposition == "new_case"
    desk.case = filed.case
    this = shown.load(desk.case)
    assert this.texts(this.case.story.quote).startswith("I have a widow on Harmon Street")
    assert (this.name, this.texts(this.customer.address)) == ("Ana Whitlock", "ana@whitlock.example")
    assert desk.letters() == ["receipt"]
    desk.is_sound()


def test_the_acknowledgement_says_something_and_repeats_nothing_the_writer_wrote(desk):
    desk.case = _deliver(desk, _letter(Subject="Buy pills at http://spam.example")).case
    assert outbox.send_owed(desk.now, sent := _Sink()) == 1
    (letter,) = sent.letters
    ref = desk.state().ref
    body = letter.message.decode()
    assert letter.to == "ana@whitlock.example"
    assert ref in body and "Sam Okafor owns it" in body
    assert "Thursday 11 June, 17:00" in body
    assert f"/my/{token(PAGE, desk.case, desk.state().customer)}/" in body
    assert "spam.example" not in body and "widow" not in body
    assert "Auto-Submitted: auto-generated" in body
    assert f"Reply-To: {_reply_to(desk)}" in body


class _Sink:
    def __init__(self, fails=()):
        self.letters, self.fails = [], list(fails)

    def __call__(self, outgoing):
        if self.fails:
            trouble = self.fails.pop(0)
            if trouble:
                raise trouble
        self.letters.append(outgoing)


def test_a_reply_finds_its_case_by_the_token_and_by_nothing_else(desk):
    desk.received()
    reply = _letter(Message_ID="<two@x>", To=_reply_to(desk))
    assert _deliver(desk, reply, recipient=_reply_to(desk))[1:3] == ("append_to_case", desk.case)
    by_subject = _letter(Message_ID="<three@x>", Subject=f"Re: {desk.state().ref}")
    assert _deliver(desk, by_subject).disposition == "new_case"
    guessed = _letter(Message_ID="<four@x>", To="complaints+aaaaaaaaaaaaaaaaaaaaaaaaaa@localhost")
    assert (
        _deliver(desk, guessed, recipient="complaints+aaaaaaaaaaaaaaaaaaaaaaaaaa@localhost").disposition
        == "new_case"
    )
    desk.is_sound()


def test_the_right_token_from_another_address_is_kept_for_staff_alone(desk):
    desk.received()
    forged = _letter(Message_ID="<five@x>", From="Eve <eve@evil.example>", To=_reply_to(desk))
    assert (
        _deliver(desk, forged, sender="eve@evil.example", recipient=_reply_to(desk)).disposition
        == "append_to_case"
    )
    ana = Browser()
    ana.get(portal_path(desk))
    assert "widow" not in ana.text
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "eve@evil.example: unverified, not shown to Ana" in sam.text
    assert not desk.state().citable  # and nobody can decide anything from it


def test_a_letter_delivered_twice_is_filed_once_and_counted(desk):
    for _ in range(3):
        _deliver(desk, b"Received: by mx\r\n" + _letter())
    assert len(desk.drawn("cases")) == 1
    assert db.row("select deliveries from letters")[0] == 3
    two = [box.Delivery(_letter(Message_ID="<six@x>"))] * 2
    box.put(two)
    filing.file_waiting(desk.now)
    assert len(desk.drawn("cases")) == 2
    desk.is_sound()


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"From": ""}, "no sender"),
        ({"From": "complaints@localhost"}, "loop"),
        ({"From": "a@x.example, b@x.example"}, "no sender that can be told for certain"),
        ({"From": "sam@desk.example"}, "says it is from one of us"),
    ],
)
def test_what_cannot_be_placed_is_held_visibly_and_never_answered(desk, changes, because):
    filed = _deliver(desk, _letter(**changes), sender=None)
    assert filed.disposition == "quarantined" and filed.because == because
    assert desk.drawn("cases") == [] and desk.drawn("owed") == []
    sam = Browser(desk.sam)
    sam.get("/held/")
    assert sentences.held(because) in sam.text and "The seam" in sam.text
    assert "Sam Okafor looks at it." in sam.text and "Waits for" in sam.text  # an owner and an age
    sam.get("/today/")
    assert "1 letter is held." in sam.text


@pytest.mark.parametrize("changes", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_what_a_machine_wrote_is_listed_and_never_answered(desk, changes):
    assert _deliver(desk, _letter(**changes)).disposition == "auto_recorded_no_reply"
    assert desk.drawn("cases") == [] and desk.drawn("owed") == []
    sam = Browser(desk.sam)
    sam.get("/held/", view="machines")
    assert "The seam" in sam.text and "Open a case from it" in sam.text


def test_a_held_letter_is_taken_in_with_one_act(desk):
    filed = _deliver(desk, _letter(From=""), sender=None)
    sam = Browser(desk.sam)
    sam.post(f"/held/{filed.letter}/take-in/", page="/held/", sender="Ana Whitlock")
    assert len(desk.drawn("cases")) == 1
    sam.post(f"/held/{filed.letter}/take-in/", page="/today/", sender="Ana Whitlock")
    assert len(desk.drawn("cases")) == 1
    sam.get("/held/")
    assert "No letter is held." in sam.text
    desk.is_sound()


def test_a_machines_answer_to_a_case_is_recorded_and_not_answered(desk):
    desk.received()
    owed = len(desk.drawn("owed"))
    away = _letter(Message_ID="<away@x>", To=_reply_to(desk), Auto_Submitted="auto-replied")
    assert _deliver(desk, away, recipient=_reply_to(desk)).disposition == "auto_recorded_no_reply"
    assert len(desk.drawn("owed")) == owed
    assert desk.words()[-1] == "letter.received"


@pytest.mark.parametrize(
    "raw",
    [b"", b"\0" * 50, b"\xff\xfe garbage", b"From: a@b.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nqapla\xff",
     b"From: a@b.example\r\n\r\n", b"From: a@b.example\r\nSubject: \x00\r\n\r\nx", b"x" * 200_000],
)  # fmt: skip
def test_whatever_comes_is_kept_with_a_disposition(desk, raw):
    filed = _deliver(desk, raw, sender="")
    assert filed.disposition in ("quarantined", "auto_recorded_no_reply")
    opened = box.opened(filed.letter)
    assert opened and opened.raw == raw  # and its bytes come back as they came


def test_letters_of_a_closed_or_withdrawn_case_are_kept_and_seen(desk):
    desk.closed()
    late = _letter(Message_ID="<late@x>", To=_reply_to(desk))
    assert _deliver(desk, late, recipient=_reply_to(desk)).disposition == "append_to_case"
    assert desk.stage() == "closed"
    sam = Browser(desk.sam)
    sam.get("/cases/?view=unread")
    assert desk.state().ref in sam.text


# Sending ---------------------------------------------------------------------------------------------------------


def test_each_outcome_has_its_state_and_the_letter_its_one_message_id(desk, settings):
    settings.AMENDS_SMTP = "smtp://127.0.0.1:9"
    desk.received()
    (message_id,) = db.row("select message_id from owed")
    sink = _Sink([OSError("no route"), smtplib.SMTPResponseException(451, b"later"), None])
    for state in ("waiting", "waiting", "handed_over"):
        outbox.send_owed(desk.later(hours=2).now, sink)
        assert db.row("select state from owed")[0] == state
    (letter,) = sink.letters
    assert f"Message-ID: {message_id}" in letter.message.decode()
    outbox.send_owed(desk.later(days=1).now, sink)
    assert len(sink.letters) == 1


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (handover.Uncertain("went away"), "uncertain"),
        (smtplib.SMTPResponseException(550, b"no such user"), "failed"),
    ],
)
def test_what_did_not_arrive_is_said_on_the_case_and_on_today(desk, trouble, state):
    desk.received()
    outbox.send_owed(desk.now, _Sink([trouble]))
    assert db.row("select state from owed")[0] == state
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert ("perhaps sent" if state == "uncertain" else "not delivered") in sam.text
    sam.get("/today/")
    assert (
        f"1 letter of ours {'may not have gone' if state == 'uncertain' else 'did not arrive'}." in sam.text
    )


def test_a_customer_without_an_address_gets_it_by_post_and_it_says_so(desk):
    desk.received(address="", phone="216 555 0162")
    outbox.send_owed(desk.now, _Sink())
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "print it and post it" in sam.text


def test_a_reps_letter_carries_the_reference_the_next_date_and_the_page(desk):
    desk.received()
    outbox.send_owed(desk.now, _Sink())
    desk.do(desk.sam, correspondence.write, words="Dear Ana,\n\nI have it.\n.\nSam\r\nBcc: eve@evil.example")
    outbox.send_owed(desk.now, sink := _Sink())
    head, _, body = sink.letters[0].message.decode().partition("\r\n\r\n")
    assert "evil.example" not in head and "Bcc: eve" in body
    assert f'From: "{desk.sam.name}, ' in head and f"\n{desk.sam.name}, " in body  # it says who writes
    assert f"Reference: {desk.state().ref}" in body and "You hear from us by" in body and "/my/" in body


def test_a_crash_between_claim_and_sending_loses_nothing_and_waits_out_its_lease(desk):
    desk.received()

    def dies(outgoing):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.send_owed(desk.now, dies)
    assert outbox.send_owed(desk.now, sink := _Sink()) == 0  # somebody may still be at it
    assert outbox.send_owed(desk.later(minutes=6).now, sink) == 1
    assert len(sink.letters) == 1


def _refuses(outgoing):
    raise smtplib.SMTPResponseException(550, b"5.7.1 refused")


def _returned(desk) -> list:
    return [line.entry for line in shown.load(desk.case).lines if isinstance(line.entry, e.LetterReturned)]


def test_a_second_refusal_is_told_as_the_first_was(desk):
    desk.received()
    outbox.send_owed(desk.now, _Sink())
    desk.do(desk.sam, correspondence.write, words="Which roof is it?")
    outbox.send_owed(desk.now, _refuses)
    (first,) = _returned(desk)
    desk.do(desk.sam, promises.keep, number=first.promise, proof="Rang her; she wants it by mail.")
    letters.try_again(desk.case, first.number, by=desk.sam.actor, now=desk.now, act="")
    outbox.send_owed(desk.later(minutes=1).now, _refuses)
    assert len(_returned(desk)) == 2
    assert _returned(desk)[1].promise > first.promise  # and it is owed another way, again


def test_a_refusal_is_told_also_when_we_are_killed_before_the_case_knows(desk, monkeypatch):
    desk.received()

    def dies(*arguments, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "record_many", dies)
        with pytest.raises(KeyboardInterrupt):
            outbox.send_owed(desk.now, _refuses)
    assert _returned(desk) == []
    outbox.send_owed(desk.later(minutes=6).now, _refuses)
    assert len(_returned(desk)) == 1


def test_a_slow_server_makes_no_letter_go_twice(desk, monkeypatch):
    """Fifty letters share a claim; another worker comes by while the first is still at them."""
    for n in range(12):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
    passed, sent = [0.0], []
    monkeypatch.setattr(outbox.time, "monotonic", lambda: passed[0])

    def slow(outgoing):
        passed[0] += 40
        sent.append(outgoing.to)
        outbox.send_owed(desk.now + timedelta(seconds=passed[0]), lambda other: sent.append(other.to))

    outbox.send_owed(desk.now, slow)
    assert len(sent) == len(set(sent)) == 12


def test_a_server_that_is_away_is_asked_once_a_minute_and_costs_no_letter_a_try(desk):
    for n in range(60):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
    tried = []

    def away(outgoing):
        tried.append(outgoing.to)
        raise handover.NotNow("timed out")

    for _ in range(30):  # two minutes of the timetable, every four seconds
        outbox.send_owed(desk.later(seconds=4).now, away)
    assert len(tried) == 2 * outbox.IN_VAIN
    assert db.row("select max(attempts), count(*) from owed where state = 'waiting'") == (0, 60)
    for day in range(20):
        outbox.send_owed(desk.later(hours=day).now, away)
    sink = _Sink()
    while outbox.send_owed(desk.later(minutes=2).now, sink):
        pass
    assert len(sink.letters) == 60


def test_one_connection_that_fails_keeps_no_other_letter_waiting(desk):
    for n in range(20):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
    troubles = [None if n % 3 else handover.NotNow("too many connections") for n in range(20)]
    sink = _Sink(troubles)
    outbox.send_owed(desk.now, sink)
    assert len(sink.letters) == 13
    outbox.send_owed(desk.later(minutes=2).now, sink)
    assert len(sink.letters) == 20


@pytest.mark.parametrize("outcome", [Outcome.TEMPORARY, Outcome.FAILED])
def test_what_went_another_way_is_not_sent_again_by_a_late_report(desk, outcome):
    desk.received()
    outbox.send_owed(desk.now, _refuses)
    (entry,) = _returned(desk)
    letters.send_otherwise(
        desk.case,
        entry.number,
        channel=Channel.LETTER,
        words="Posted.",
        by=desk.sam.actor,
        now=desk.now,
        act="",
    )
    for statement, values in owed.reported(desk.case, entry.number, outcome, "mailbox full", desk.now):
        db.change(statement, values)
    assert owed.fate(desk.case, entry.number) == "otherwise"


# In the box ------------------------------------------------------------------------------------------------------


def test_a_database_that_is_away_for_a_moment_holds_no_letter(desk, monkeypatch):
    (letter,) = box.put([box.Delivery(_letter(), None, "complaints@localhost", "pipe")])
    real = filing.record_many
    lost = iter([OperationalError("server closed the connection unexpectedly")])

    def record_many(*acts, **told):
        for trouble in lost:
            raise trouble
        return real(*acts, **told)

    monkeypatch.setattr(filing, "record_many", record_many)
    assert filing.file_waiting(desk.now) == []
    (filed,) = filing.file_waiting(desk.now)
    assert (filed.letter, filed.disposition) == (letter, "new_case")


def test_a_letter_that_never_gets_into_the_database_is_held_in_the_end(desk, monkeypatch):
    box.put([box.Delivery(_letter(), None, "complaints@localhost", "pipe")])

    def away(*acts, **told):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(filing, "record_many", away)
    found = [filed for _ in range(filing.MOST_TRIES) for filed in filing.file_waiting(desk.now)]
    assert [filed.disposition for filed in found] == ["quarantined"]


def test_twins_by_two_roads_filed_at_once_are_one_letter(desk, monkeypatch):
    raw = _letter()
    (one,) = box.put([box.Delivery(raw, None, "complaints@localhost", "pipe")])
    mine = box.waiting(1)
    (other,) = box.put([box.Delivery(raw, None, "complaints@localhost", "lmtp")])
    real, asked = clues.gather, []

    def gather(*told):
        if not asked:
            asked.append(True)
            theirs = [waiting for waiting in box.waiting(9) if waiting.id == other]
            assert filing._file(theirs, desk.now)[0].disposition == "new_case"
        return real(*told)

    monkeypatch.setattr(clues, "gather", gather)
    (filed,) = filing._one(mine[0], desk.now)
    assert filed.disposition == "repeated"
    assert db.row("select count(*), sum(deliveries) from letters") == (1, 2)


def test_a_client_that_hangs_up_leaves_nobody_without_an_answer(monkeypatch):
    def slow(deliveries):
        time.sleep(0.3)
        return ["x"] * len(deliveries)

    monkeypatch.setattr(lmtp.box, "put", slow)

    async def three() -> tuple[int, int]:
        intake, letter = lmtp.Intake(), box.Delivery(b"x")
        first = asyncio.create_task(intake.take(letter))
        await asyncio.sleep(0.1)
        others = {asyncio.create_task(intake.take(letter)) for _ in range(2)}
        await asyncio.sleep(0.05)
        first.cancel()
        done, waiting = await asyncio.wait(others, timeout=5)
        return len(done), len(waiting)

    assert asyncio.run(three()) == (2, 0)


def test_no_question_reads_the_whole_archive_of_letters(desk):
    """SQLite takes an index of some rows only where the question says the same words."""
    if db.is_postgres():
        pytest.skip("SQLite's planner")
    asked: dict[str, tuple] = {}

    def note(execute, sql, values, many, context):
        if "letters" in sql and sql.lstrip().startswith("select"):
            asked[sql] = values
        return execute(sql, values, many, context)

    desk.received()
    with connection.execute_wrapper(note):
        _deliver(desk, _letter(To=_reply_to(desk)), recipient=_reply_to(desk))
        _deliver(desk, _letter(From="complaints@localhost", Message_ID="<loop@x>"))
        desk.do(desk.sam, correspondence.write, words="I have it.")
        outbox.send_owed(desk.now, _Sink())
        for kind in ("held", "machines"):
            held.waiting(kind, 10)
        held.counts(), held.aside(10), held.too_long(desk.now), roads.health()
        for page in ("/today/", "/held/", "/held/?view=aside", case_path(desk)):
            Browser(desk.kim).get(page)
    assert len(asked) > 10
    of_few = "letters_(waiting|unplaced|aside|of_case|message)"
    for sql, values in asked.items():
        plan = " ".join(row[3] for row in db.rows(f"explain query plan {sql}", values))
        assert not re.search(rf"SCAN (l|letters)\b(?! USING (COVERING )?INDEX {of_few})", plan), (sql, plan)


def test_owners_are_reminded_once_before_a_promise_falls_due(desk):
    from amends.timetable.chores import remind_owners

    desk.received()
    outbox.send_owed(desk.now, _Sink())
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=15))
    assert remind_owners(desk.later(hours=3).now) == 0
    assert remind_owners(desk.later(hours=1, minutes=10).now) == 1
    assert remind_owners(desk.later(minutes=10).now) == 0
    outbox.send_owed(desk.now, sink := _Sink())
    (letter,) = sink.letters
    assert letter.to == "sam@desk.example"
    assert "Ring Ana" not in letter.message.decode() and "15:00" in letter.message.decode()


def test_all_whose_promises_fall_due_at_five_are_reminded_in_one_run(desk):
    from amends.timetable.chores import remind_owners

    for n in range(60):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
    assert remind_owners(desk.state().update.due - timedelta(minutes=30)) == 60


def test_a_token_that_was_renewed_while_a_mailbox_was_tried_is_kept(desk, monkeypatch):
    from amends.post import mailboxes, oauth

    monkeypatch.setattr(oauth, "ask", lambda url, form: {"access_token": "t", "refresh_token": "new"})
    secrets = {"client_id": "c", "refresh_token": "old", "token_url": "https://x"}
    oauth.access_token("untried", secrets)
    oauth.forget("untried")
    box = mailboxes.connect(
        address="a@b.c", host="h", port=993, security="tls", user="u", folder="INBOX", way="oauth2", secrets=secrets
    )  # fmt: skip
    assert mailboxes.by_id(box.id).secrets()["refresh_token"] == "new"


# Commands --------------------------------------------------------------------------------------------------------


def test_what_the_reader_makes_of_a_letter_is_printed_and_nothing_stored():
    done = subprocess.run(
        [sys.executable, "-m", "amends", "mail", "read", "--json"], input=_letter(), capture_output=True
    )
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert (said["from"], said["subject"]) == ("ana@whitlock.example", "The seam")
    assert {
        "to",
        "cc",
        "date",
        "message_id",
        "text",
        "new_text",
        "html",
        "attachments",
        "automatic",
        "bounce",
    } <= set(said)


def test_the_same_letter_in_any_order_of_arrival_gives_the_same_cases(desk):
    letters = [_letter(Message_ID=f"<{n}@x>", From=f"C{n} <c{n}@x.example>") for n in range(6)]
    box.put([box.Delivery(raw) for raw in letters[::-1]])
    filing.file_waiting(desk.now)
    names = cipher.texts(row[0] for row in db.rows("select name from customers"))
    assert sorted(names.values()) == [f"C{n}" for n in range(6)]


# The listener ----------------------------------------------------------------------------------------------------


@pytest.fixture
def listener(own_database, tmp_path):
    """A listener in a thread of its own, on a socket in the test's folder."""
    import asyncio
    import threading

    from amends.post import lmtp

    socket, loop, ready = tmp_path / "run" / "lmtp.sock", asyncio.new_event_loop(), threading.Event()

    async def run():
        servers = await lmtp.listen(lmtp.Intake(), socket)
        ready.set()
        await stop.wait()
        for server in servers:
            server.close()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(10)
    yield own_database, socket
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)


AWKWARD = {
    "plain": LETTER,
    "crlf": _letter(),
    "dots": _letter() + b".\r\n..\r\n.hidden\r\n",
    "eight bit": _letter(Subject="Größe ✓"),
    "a line of 5,000": _letter() + b"x" * 5000 + b"\r\n",
    "no end of line": _letter().rstrip(),
    "nothing": b"",
}


@pytest.mark.parametrize("name", AWKWARD)
def test_the_listener_takes_every_letter_whole(listener, name):
    desk, socket = listener
    from amends.post.deliver import _to_worker

    raw = AWKWARD[name]
    assert _to_worker(socket, raw, None if name == "plain" else "ana@whitlock.example", "")
    (waiting,) = box.waiting(5)
    assert waiting.raw.replace(b"\r\n", b"\n").rstrip(b"\n") == raw.replace(b"\r\n", b"\n").rstrip(b"\n")
    assert waiting.sender == (None if name == "plain" else "ana@whitlock.example")


def test_the_null_sender_and_several_recipients_are_taken(listener):
    desk, socket = listener
    with smtplib.LMTP(str(socket)) as server:
        server.ehlo_or_helo_if_needed()
        server.mail("<>")
        for recipient in ("one@localhost", "two@localhost"):
            assert server.rcpt(recipient)[0] == 250
        assert server.data(_letter())[0] == 250
        assert server.getreply()[0] == 250  # LMTP answers once per recipient
    (waiting,) = box.waiting(5)
    assert (waiting.sender, waiting.recipients) == ("", ("one@localhost", "two@localhost"))


def test_when_the_database_cannot_store_it_the_sender_is_asked_to_try_again(listener, monkeypatch):
    desk, socket = listener
    from amends.post import lmtp

    def fails(deliveries):
        raise OSError("disk full")

    monkeypatch.setattr(lmtp.box, "put", fails)
    with smtplib.LMTP(str(socket)) as server, pytest.raises(smtplib.SMTPDataError) as no:
        server.sendmail("ana@whitlock.example", ["desk@localhost"], _letter())
    assert no.value.smtp_code == 451
    monkeypatch.undo()
    assert box.waiting(5) == []


def test_letters_that_arrive_together_are_each_answered_for(listener):
    import threading

    desk, socket = listener

    def send(n):
        with smtplib.LMTP(str(socket)) as server:
            for m in range(10):
                server.sendmail(f"c{n}@x.example", ["desk@localhost"], _letter(Message_ID=f"<{n}-{m}@x>"))

    threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.waiting(500)) == 60
