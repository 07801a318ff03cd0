"""Row 6. Zammad: the mailbox wizard failed; 105 mails were gone from the server and none imported.

We never delete: connecting looks, fetching copies, and how long letters stay there is the owner's affair.
"""

import pytest

from amends.post import box, imap, mailboxes
from tests.incidents.letterbox import file_all, letter
from tests.incidents.test_row_05_never_deleted import _took_nothing_away
from tests.pages import Browser


def _connect(desk, server, **more):
    asked = {
        "host": "127.0.0.1",
        "port": str(server.port),
        "security": "none",
        "user": "desk",
        "password": "geheim",
    }
    browser = Browser(desk.ines)
    browser.post("/roads/connect/", page="/roads/", **{**asked, "way": "password", **more})
    return browser


@pytest.mark.parametrize("word", ["LOGIN", "SELECT"])
def test_a_mailbox_that_does_not_open_is_left_as_it_was_and_not_remembered(desk, mailbox, word):
    server = mailbox(*(letter(f"Letter {n}.") for n in range(105)))
    server.refuses = (word,)
    browser = _connect(desk, server)
    assert browser.answer.status_code == 422 and "The mailbox does not open" in browser.text
    assert len(server.letters) == 105 and server.seen == set() and _took_nothing_away(server)
    assert mailboxes.listed() == [] and "STORE" not in server.words


@pytest.mark.parametrize("word", ["LOGIN", "SELECT", "LOGOUT"])
def test_a_server_that_goes_away_while_connecting_loses_nothing(desk, mailbox, word):
    server = mailbox(letter("One."))

    def goes(command):
        if command.word == word:
            raise ConnectionError

    server.hook = goes
    _connect(desk, server)
    assert len(server.letters) == 1 and server.seen == set() and _took_nothing_away(server)


def test_all_letters_are_still_there_when_each_of_them_has_become_a_case(desk, mailbox):
    server = mailbox(*(letter(f"Letter {n}.", From=f"c{n}@x{n}.example") for n in range(105)))
    assert _connect(desk, server).answer.status_code == 200
    (here,) = mailboxes.listed()
    assert imap.fetch(here, desk.now) == 105
    assert [one.disposition for one in file_all(desk.now)] == ["new_case"] * 105
    assert len(server.letters) == 105 and len(server.seen) == 105 and _took_nothing_away(server)


def test_a_fetch_that_breaks_half_way_keeps_what_it_had_and_gets_the_rest_later(desk, mailbox, monkeypatch):
    monkeypatch.setattr(imap, "TOGETHER", 10)
    server = mailbox(*(letter(f"Letter {n}.", From=f"c{n}@x{n}.example") for n in range(35)))
    here, stores = server.connected(), []

    def goes(command):
        stores.append(command) if command.word == "STORE" else None
        if len(stores) == 2:
            raise ConnectionError

    server.hook = goes
    with pytest.raises(imap.Unreachable):
        imap.fetch(here, desk.now)
    assert len(box.waiting(100)) == 20
    server.hook = lambda command: None
    imap.fetch(mailboxes.by_id(here.id), desk.now)
    file_all(desk.now)
    assert len(desk.drawn("cases")) == 35 and len(server.letters) == 35


def test_letting_a_mailbox_go_leaves_its_letters(desk, mailbox):
    server = mailbox(letter("One."))
    _connect(desk, server)
    (here,) = mailboxes.listed()
    Browser(desk.ines).post(f"/roads/{here.id}/switch/", page="/roads/")
    assert not mailboxes.by_id(here.id).active
    assert len(server.letters) == 1 and _took_nothing_away(server)
