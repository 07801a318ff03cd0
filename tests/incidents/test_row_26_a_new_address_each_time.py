"""Row 26. FreeScout: an autoresponder with a new address each time defeats limits per address.

Receipts are limited per domain and per text as well.
"""

import pytest

from amends.casework import db
from amends.post import box
from amends.rules import brakes
from tests.incidents.letterbox import comes, file_all, leave, letter


def _receivers(desk) -> list[str]:
    return leave(desk.now).receivers


def test_a_hundred_addresses_of_one_domain_get_no_more_than_a_days_share(desk):
    box.put([box.Delivery(letter(f"Ticket {n}.", From=f"t{n}@bot.example")) for n in range(100)])
    file_all(desk.now)
    assert len(_receivers(desk)) <= brakes.PER_DOMAIN_A_DAY
    assert len(desk.drawn("cases")) == 100


def test_one_after_another_they_get_no_more_either(desk, monkeypatch):
    monkeypatch.setattr(brakes, "PER_DOMAIN_A_DAY", 20)
    for n in range(brakes.PER_DOMAIN_A_DAY + 5):
        comes(desk, letter(f"Ticket {n}.", From=f"t{n}@bot.example"))
    assert len(_receivers(desk)) <= brakes.PER_DOMAIN_A_DAY


def test_one_text_from_a_hundred_domains_is_answered_few_times(desk):
    box.put(
        [
            box.Delivery(letter("Your ticket was opened, and we look into it.", From=f"t@bot{n}.example"))
            for n in range(100)
        ]
    )
    file_all(desk.now)
    assert len(_receivers(desk)) == brakes.PER_TEXT_A_MONTH
    assert len(desk.drawn("cases")) == 100


def test_spaces_and_capitals_do_not_make_it_another_text(desk):
    said = (
        "Your ticket was opened, and we look into it.",
        "your  TICKET was\nopened, and we look into it.",
        "  Your ticket was opened, and we look into it.  ",
        "YOUR TICKET WAS OPENED, AND WE LOOK INTO IT.",
    )
    for n, words in enumerate(said):
        comes(desk, letter(words, From=f"t@bot{n}.example"))
    assert len(_receivers(desk)) == brakes.PER_TEXT_A_MONTH < len(said)


def _talks(desk, address) -> int:
    """A machine that answers each receipt from the address it makes up next; how many receipts it gets."""
    comes(desk, letter("Words 0.", From=address(0)))
    receipts = 0
    for n in range(1, 30):
        sent = leave(desk.later(minutes=5).now)
        if not sent.letters:
            return receipts
        receipts += len(sent.letters)
        newest = sent.newest
        answer = {"In_Reply_To": newest["Message-ID"], "Subject": f"Re: {newest['Subject']}"}
        comes(desk, letter(f"Words {n}.", From=address(n), **answer))
    return receipts


@pytest.mark.parametrize(
    "address",
    [
        lambda n: f"robot+{n}@gmail.com",
        lambda n: f"r.o.b.o.t+{n}@gmail.com" if n % 2 else f"robot+{n}@gmail.com",
        lambda n: f"robot@h{n}.robots.example",
        lambda n: f"robot{n}@h{n}.robots.co.uk",
    ],
)
def test_neither_plus_signs_nor_new_hosts_make_it_somebody_else(desk, address):
    assert _talks(desk, address) <= brakes.PER_MAILBOX_A_MONTH + 1


def test_two_strangers_who_send_the_same_few_words_with_files_are_both_answered(desk):
    for n in range(6):
        files = [("roof.txt", "text/plain", f"roof {n}".encode())]
        comes(desk, letter("Please see attached.", From=f"p{n}@x{n}.example", files=files))
    assert len(_receivers(desk)) == 6


def test_few_words_are_one_text_only_where_they_come_from_one_place(desk):
    for n in range(4):
        comes(desk, letter("My order is broken.", From=f"p{n}@bot.example"))
    assert len(_receivers(desk)) == brakes.PER_TEXT_A_MONTH
    for n in range(4):
        comes(desk, letter("My order is broken.", From=f"p{n}@x{n}.example"))
        comes(desk, letter("My order is broken.", From=f"p{n}@gmail.com"))
    assert len(_receivers(desk)) == 8


def test_people_of_a_large_mail_provider_are_not_held_back_by_one_another(desk):
    box.put([box.Delivery(letter(f"My jug {n} leaks.", From=f"p{n}@gmail.com")) for n in range(30)])
    file_all(desk.now)
    assert len(_receivers(desk)) == 30


def test_addresses_with_more_behind_a_plus_sign_share_their_domains_limit(desk):
    box.put([box.Delivery(letter(f"Ticket {n}.", From=f"bot+{n}@bot.example")) for n in range(60)])
    file_all(desk.now)
    assert len(_receivers(desk)) <= brakes.PER_DOMAIN_A_DAY
    assert db.row("select count(*) from receipts")[0] <= brakes.PER_DOMAIN_A_DAY
