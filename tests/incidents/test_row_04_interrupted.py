"""Row 4. Zammad, osTicket: an interrupted fetch imports the same mails again, and customers get receipt after receipt.

D2 rules it out: Message-ID and content are unique, in the transaction that owes the receipt.
"""

import pytest

from amends.casework import db
from amends.post import box, imap, mailboxes, outbox
from amends.rules import cases
from tests.incidents.letterbox import by_lmtp, file_all, leave, letter


class Killed(BaseException):
    """The process dies here."""


def _receipts() -> int:
    return db.row("select count(*) from owed")[0]


def _deliveries() -> list[int]:
    return [n for (n,) in db.rows("select deliveries from letters order by id")]


def test_a_crash_between_storing_and_filing_costs_nothing(listeners):
    desk, socket, _ = listeners
    by_lmtp(socket, letter("My tank burst."))  # 250; and here the process dies
    assert desk.drawn("cases") == []
    assert [one.disposition for one in file_all(desk.now)] == ["new_case"]
    assert _receipts() == 1


def test_a_sender_who_missed_our_answer_and_sends_again_gets_one_receipt(listeners):
    desk, socket, _ = listeners
    raw = letter("My tank burst.")
    for _ in range(3):
        by_lmtp(socket, raw)
        file_all(desk.now)
    assert len(desk.drawn("cases")) == 1 and _receipts() == 1 and _deliveries() == [3]
    desk.is_sound()


@pytest.mark.parametrize("where", ["while the record is written", "after the record, before the end"])
def test_a_crash_in_the_middle_of_filing_leaves_the_letter_waiting_whole(own_database, monkeypatch, where):
    desk = own_database
    box.put([box.Delivery(letter("My tank burst.")), box.Delivery(letter("Mine too.", From="bo@x.example"))])
    at, name = (cases, "receive") if where.startswith("while") else (db, "change_many")
    real, calls = getattr(at, name), []

    def dies(*given, **asked):
        calls.append(1)
        if at is cases or "workloads" in given[0]:
            raise Killed
        return real(*given, **asked)

    monkeypatch.setattr(at, name, dies)
    with pytest.raises(Killed):
        file_all(desk.now)
    assert calls and desk.drawn("cases") == [] and _receipts() == 0
    assert len(box.waiting(5)) == 2
    monkeypatch.undo()
    assert len(file_all(desk.now)) == 2
    assert len(desk.drawn("cases")) == 2 and _receipts() == 2
    desk.is_sound()


def test_a_server_that_goes_away_after_our_commit_is_not_fetched_from_twice(desk, mailbox):
    server = mailbox(letter("One."), letter("Two.", From="bo@x.example"))

    def goes(command):
        if command.word == "STORE":
            raise ConnectionError

    server.hook = goes
    here = server.connected()
    with pytest.raises(imap.Unreachable):
        imap.fetch(here, desk.now)
    server.hook = lambda command: None
    assert server.seen == set()  # nobody marked them
    assert imap.fetch(mailboxes.by_id(here.id), desk.now) == 0
    assert len(file_all(desk.now)) == 2 and _receipts() == 2


def test_a_commit_that_fails_marks_nothing_and_the_letters_come_again(desk, mailbox, monkeypatch):
    server = mailbox(letter("One."), letter("Two.", From="bo@x.example"))
    here = server.connected()

    def fails(*_):
        raise OSError("disk full")

    monkeypatch.setattr(mailboxes, "read_up_to", fails)
    with pytest.raises(imap.Unreachable):
        imap.fetch(here, desk.now)
    assert server.seen == set() and box.waiting(5) == []
    monkeypatch.undo()
    assert imap.fetch(mailboxes.by_id(here.id), desk.now) == 2
    assert len(file_all(desk.now)) == 2


def test_a_mailbox_that_numbers_all_its_letters_anew_brings_none_twice(desk, mailbox):
    server = mailbox(letter("One."), letter("Two.", From="bo@x.example"))
    here = server.connected()
    imap.fetch(here, desk.now)
    file_all(desk.now)
    server.validity, server.seen = 8, set()
    server.letters = {9: server.letters[1], 10: server.letters[2], 11: letter("Three.", From="cy@x.example")}
    assert imap.fetch(mailboxes.by_id(here.id), desk.now) == 3
    filed = [one.disposition for one in file_all(desk.now)]
    assert sorted(filed) == ["new_case", "repeated", "repeated"]
    assert len(desk.drawn("cases")) == 3 and _receipts() == 3
    desk.is_sound()


def test_a_letter_that_comes_twice_before_anybody_filed_it_is_counted_twice(desk):
    raw = letter("My tank burst.")
    box.put([box.Delivery(raw), box.Delivery(raw)])
    file_all(desk.now)
    assert len(desk.drawn("cases")) == 1 and _receipts() == 1
    assert _deliveries() == [2]


def test_a_held_letter_that_comes_again_is_held_once(desk):
    raw = letter("Who am I?", From=None)
    for _ in range(3):
        box.put([box.Delivery(raw)])
        file_all(desk.now)
    assert _deliveries() == [3]


def test_after_a_night_of_interruptions_the_customer_has_one_receipt(desk, mailbox):
    server = mailbox(letter("My tank burst."))
    here = server.connected()
    for n in range(6):
        server.hook = _goes_away_at(("SELECT", "SEARCH", "FETCH", "STORE", "LOGOUT", "never")[n])
        try:
            imap.fetch(mailboxes.by_id(here.id), desk.now)
        except imap.Unreachable:
            server.validity += n % 2  # and now and then the server forgets its numbers
        file_all(desk.now)
    assert leave(desk.now).receivers == ["ana@whitlock.example"]


def _goes_away_at(word: str):
    def hook(command):
        if command.word == word:
            raise ConnectionError

    return hook


@pytest.mark.parametrize(
    "last_word", [b"221 bye\r\n", b"", b"250 ok\r\n", b"421 going down\r\n", b"554 no\r\n"]
)
def test_a_letter_of_ours_that_was_taken_is_not_sent_again_whatever_the_server_says_at_the_end(
    desk, relay, last_word
):
    """The letter was answered with 250; what comes after QUIT changes nothing about it."""
    relay.at_quit = last_word
    desk.received()
    for _ in range(3):
        outbox.send_owed(desk.later(hours=2).now)
    assert len(relay.letters) == 1
    assert db.row("select state from owed")[0] == "handed_over"
