"""Row 3. Zammad: one unreadable mail stops the whole mailbox.

D1 and D4 rule it out: the accept loop never parses, the reader is a child that may die, and a batch that fails is
filed one by one.
"""

import pytest

from amends.casework import db
from amends.post import box, cage, imap
from amends.rules import cases
from tests.incidents.letterbox import file_all, letter

POISON = letter("I am the poison.", From="poison@x.example")


@pytest.fixture
def deadly(monkeypatch):
    """A letter that kills whoever reads it."""
    send = cage.Cage._send

    def dies(self, data):
        if b"I am the poison." in data:
            self._child.kill()
            self._child.wait()
        send(self, data)

    monkeypatch.setattr(cage.Cage, "_send", dies)


def _good(n: int) -> bytes:
    return letter(f"Letter {n}.", From=f"c{n}@x{n}.example")


def test_a_letter_that_kills_the_reader_is_held_and_fifty_others_are_filed(desk, deadly):
    raws = [_good(n) for n in range(50)]
    box.put([box.Delivery(raw) for raw in (*raws[:25], POISON, *raws[25:])])
    filed = [one.disposition for one in file_all(desk.now)]
    assert filed.count("new_case") == 50 and filed.count("quarantined") == 1
    assert box.waiting(5) == []
    desk.is_sound()


def test_a_letter_that_makes_the_record_fail_takes_no_other_of_its_batch_with_it(desk, monkeypatch):
    receive = cases.receive

    def raises(case, **asked):
        if "poison" in asked["words"].plain:
            raise ZeroDivisionError
        return receive(case, **asked)

    monkeypatch.setattr(cases, "receive", raises)
    box.put([box.Delivery(raw) for raw in (_good(1), POISON, _good(2), _good(3))])
    filed = {one.letter: one.disposition for one in file_all(desk.now)}
    assert sorted(filed.values()) == ["new_case", "new_case", "new_case", "quarantined"]
    assert len(desk.drawn("cases")) == 3
    desk.is_sound()


def test_in_a_mailbox_the_letters_behind_the_poison_are_fetched_in_the_same_round(desk, deadly, mailbox):
    server = mailbox(_good(1), POISON, _good(2))
    box_here = server.connected()
    assert imap.fetch(box_here, desk.now) == 3
    assert sorted(one.disposition for one in file_all(desk.now)) == ["new_case", "new_case", "quarantined"]
    server.letters[4] = _good(4)
    from amends.post import mailboxes

    assert imap.fetch(mailboxes.by_id(box_here.id), desk.now) == 1


def test_a_poison_letter_is_not_tried_again_and_again(desk, deadly):
    box.put([box.Delivery(POISON)])
    assert len(file_all(desk.now)) == 1
    assert file_all(desk.now) == []
    assert db.row("select count(*) from letters where disposition = 'quarantined'")[0] == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 3000,
        b"From: a@b.example\r\n" + b"X: y\r\n" * 50_000 + b"\r\nhello",
        b"From: " + b"(" * 100_000 + b"\r\n\r\nhello",
        b"From: a@b.example\r\nSubject: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\nhello",
        b"From: a@b.example\r\nReferences: " + b"<" * 100_000 + b"\r\n\r\nhello",
    ],
    ids=["nested", "fields", "comments", "coded words", "references"],
)  # fmt: skip
def test_letters_made_to_choke_a_reader_are_filed_beside_good_ones(desk, raw):
    box.put([box.Delivery(one) for one in (_good(1), raw, _good(2))])
    filed = [one.disposition for one in file_all(desk.now)]
    assert len(filed) == 3 and filed.count("new_case") >= 2
