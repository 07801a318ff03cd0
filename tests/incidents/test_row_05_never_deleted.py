"""Row 5. django-helpdesk deletes at the end of its loop; one bad address, and hundreds of duplicate tickets.

D1 and D2 rule it out: nothing is ever deleted from a mailbox, and seen is marked after the commit, letter by letter.
"""

import re
from pathlib import Path

import amends.post
from amends.casework import db
from amends.post import imap, mailboxes
from tests.incidents.letterbox import file_all, letter

ENDS_LETTERS = {"DELETE", "EXPUNGE", "MOVE", "COPY", "CLOSE", "RENAME", "APPEND"}
BAD = letter("A bad address.", From="bad@@address@", To="also@@bad")


def _took_nothing_away(server) -> bool:
    return not ENDS_LETTERS & set(server.words) and not any("Deleted" in c.line for c in server.commands)


def test_one_bad_address_in_a_mailbox_makes_no_duplicates_however_often_it_is_polled(desk, mailbox):
    server = mailbox(letter("One."), BAD, letter("Three.", From="bo@x.example"))
    here = server.connected()
    for n in range(5):
        imap.fetch(mailboxes.by_id(here.id), desk.now)
        file_all(desk.now)
        server.letters[10 + n] = letter(f"Later {n}.", From=f"c{n}@x{n}.example")
    assert len(desk.drawn("letters")) == 3 + 4
    assert [n for (n,) in db.rows("select deliveries from letters")] == [1] * 7
    assert len(server.letters) == 3 + 5 and _took_nothing_away(server)


def test_seen_is_marked_only_when_the_letters_are_committed(own_database, mailbox):
    """The server looks into the database itself, over a connection of its own, at the moment it is told."""
    from django.db import connections

    server, found = mailbox(letter("One."), letter("Two.")), []

    def looks(command):
        if command.word == "STORE":
            found.append((command.line, db.row("select count(*) from letters")[0]))
            connections["default"].close()

    server.hook = looks
    imap.fetch(server.connected(), own_database.now)
    assert [many for _, many in found] == [2]
    assert re.fullmatch(r"UID STORE 1,2|UID STORE 1:2", " ".join(found[0][0].split()[:3]))
    assert "+FLAGS" in found[0][0] and r"\Seen" in found[0][0]


def test_letters_are_looked_at_without_marking_them(desk, mailbox):
    server = mailbox(letter("One."))
    imap.fetch(server.connected(), desk.now)
    asked = [c.line for c in server.commands if c.word == "FETCH"]
    assert asked and all("BODY[" not in line for line in asked)  # BODY.PEEK: only STORE marks


def test_the_words_that_take_letters_away_stand_nowhere_in_the_post_room():
    for path in Path(amends.post.__file__).parent.glob("*.py"):
        source = path.read_text()
        for call in ("delete_messages", "expunge", "move(", "copy(", "close_folder", r"\\Deleted", "DELETED"):
            if path.name == "imap.py":
                assert call not in source, call
