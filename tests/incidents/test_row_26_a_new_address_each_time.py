"""Row 26. FreeScout: an autoresponder with a new address each time defeats limits per address.

Receipts are limited per domain and per text as well.
"""

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


def test_one_after_another_they_get_no_more_either(desk):
    for n in range(brakes.PER_DOMAIN_A_DAY + 5):
        comes(desk, letter(f"Ticket {n}.", From=f"t{n}@bot.example"))
    assert len(_receivers(desk)) <= brakes.PER_DOMAIN_A_DAY


def test_one_text_from_a_hundred_domains_is_answered_once(desk):
    box.put([box.Delivery(letter("Your ticket was opened.", From=f"t@bot{n}.example")) for n in range(100)])
    file_all(desk.now)
    assert len(_receivers(desk)) == brakes.PER_TEXT_A_MONTH
    assert len(desk.drawn("cases")) == 100


def test_spaces_and_capitals_do_not_make_it_another_text(desk):
    for n, words in enumerate(
        ("Your ticket was opened.", "your  TICKET was\nopened.", "  Your ticket was opened.  ")
    ):
        comes(desk, letter(words, From=f"t@bot{n}.example"))
    assert len(_receivers(desk)) == 1


def test_people_of_a_large_mail_provider_are_not_held_back_by_one_another(desk):
    box.put([box.Delivery(letter(f"My jug {n} leaks.", From=f"p{n}@gmail.com")) for n in range(30)])
    file_all(desk.now)
    assert len(_receivers(desk)) == 30


def test_addresses_with_more_behind_a_plus_sign_share_their_domains_limit(desk):
    box.put([box.Delivery(letter(f"Ticket {n}.", From=f"bot+{n}@bot.example")) for n in range(60)])
    file_all(desk.now)
    assert len(_receivers(desk)) <= brakes.PER_DOMAIN_A_DAY
    assert db.row("select count(*) from receipts")[0] <= brakes.PER_DOMAIN_A_DAY
