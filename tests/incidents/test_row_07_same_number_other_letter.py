"""Row 7. Zammad ignores the second of two letters with one Message-ID; others import one mail from two folders twice.

Identity is Message-ID and content without trace fields, so neither happens.
"""

import pytest

from amends.casework import db, shown
from amends.post import box, imap
from amends.rules.entries import Mark
from tests.incidents.letterbox import by_lmtp, comes, file_all, letter

SAME = "<same@whitlock.example>"


def test_two_letters_of_one_message_id_in_two_mailboxes_are_two_cases(desk, mailbox):
    first = mailbox(letter("My tank burst.", Message_ID=SAME))
    second = mailbox(letter("I was charged twice.", Message_ID=SAME))
    imap.fetch(first.connected("complaints@localhost"), desk.now)
    imap.fetch(second.connected("billing@localhost"), desk.now)
    filed = file_all(desk.now)
    assert [one.disposition for one in filed] == ["new_case", "new_case"]
    words = [shown.load(one.case).texts(shown.load(one.case).case.story.quote) for one in filed]
    assert sorted(words) == ["I was charged twice.", "My tank burst."]


def test_staff_see_that_the_number_was_used_before(desk):
    comes(desk, letter("My tank burst.", Message_ID=SAME))
    second = comes(desk, letter("I was charged twice.", Message_ID=SAME))
    assert Mark.ID_REUSED in shown.load(second.case).lines[0].entry.marks


ON_ITS_WAY = (
    b"Received: from mx1 by mx2\r\nDelivered-To: billing@localhost\r\nReturn-Path: <ana@whitlock.example>\r\n"
)


def test_one_letter_in_two_folders_is_one_case_and_counted(desk, mailbox):
    raw = letter("My tank burst.", Message_ID=SAME)
    imap.fetch(mailbox(raw).connected("complaints@localhost"), desk.now)
    imap.fetch(mailbox(ON_ITS_WAY + raw).connected("billing@localhost"), desk.now)
    assert sorted(one.disposition for one in file_all(desk.now)) == ["new_case", "repeated"]
    assert len(desk.drawn("cases")) == 1


def test_one_letter_over_two_roads_is_one_case(listeners, mailbox):
    desk, socket, _ = listeners
    raw = letter("My tank burst.", Message_ID=SAME)
    by_lmtp(socket, ON_ITS_WAY + raw)
    file_all(desk.now)
    imap.fetch(mailbox(raw.replace(b"\r\n", b"\n")).connected(), desk.now)  # as some servers keep letters
    file_all(desk.now)
    assert len(desk.drawn("cases")) == 1
    assert db.rows("select deliveries from letters") == [(2,)]


@pytest.mark.parametrize("number", [None, "", "<>", "<a b>", "x" * 2000])
def test_letters_without_a_message_id_are_told_apart_by_what_they_say(desk, number):
    for words in ("My tank burst.", "I was charged twice."):
        box.put([box.Delivery(letter(words, Message_ID=number))] * 2)
    file_all(desk.now)
    assert len(desk.drawn("cases")) == 2


def test_a_strangers_letter_with_the_number_of_anas_does_not_swallow_hers(desk):
    """Somebody who knows her Message-ID writes first."""
    comes(desk, letter("Nothing.", Message_ID=SAME, From="eve@evil.example"))
    filed = comes(desk, letter("My tank burst.", Message_ID=SAME))
    assert filed.disposition == "new_case"
    assert shown.load(filed.case).texts(shown.load(filed.case).case.story.quote) == "My tank burst."
