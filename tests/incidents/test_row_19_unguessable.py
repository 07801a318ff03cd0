"""Row 19. A ticket number in a plus address, guessable and once published, appends to any ticket; sequential ids tell volumes.

A random token of 130 bits per case and participant, stored hashed and revocable, names a case; references are random.
"""

import pytest

from amends.casework import db, tokens
from amends.casework.tokens import PAGE, REPLY
from amends.post import ours
from amends.rules import correspondence, promises
from tests.incidents.letterbox import comes, holding, leave, letter
from tests.pages import Browser, portal_path


def test_a_token_has_a_hundred_and_thirty_bits_that_differ_by_case_customer_and_use(desk):
    made = {tokens.token(use, case, who) for use in (PAGE, REPLY) for case in "abcd" for who in "efgh"}
    assert len(made) == 32
    assert all(len(token) == 26 and set(token) <= set("abcdefghijklmnopqrstuvwxyz234567") for token in made)
    for place in range(26):  # no letter of it stands still
        assert len({token[place] for token in made}) > 4


@pytest.mark.parametrize(
    "where", ["reference", "case id", "customer id", "number", "part of a token", "page token"]
)
def test_nothing_guessable_behind_the_plus_sign_appends_to_a_case(desk, where):
    desk.received()
    case = desk.state()
    guess = {
        "reference": case.ref, "case id": desk.case, "customer id": case.customer, "number": "1",
        "part of a token": tokens.token(REPLY, desk.case, case.customer)[:-1],
        "page token": tokens.token(PAGE, desk.case, case.customer),
    }[where]  # fmt: skip
    for to in (f"complaints+{guess}@localhost", f"complaints+{guess.lower()}@localhost"):
        filed = comes(desk, letter(f"To {to}", From="ana@whitlock.example", To=to), None, to)
        assert filed.case != desk.case
    assert "letter.received" not in desk.words()


@pytest.mark.parametrize("where", ["reference", "case id", "customer id", "reply token", "upper case"])
def test_nothing_guessable_opens_a_page(desk, where):
    desk.received()
    case = desk.state()
    guess = {
        "reference": case.ref, "case id": desk.case, "customer id": case.customer,
        "reply token": tokens.token(REPLY, desk.case, case.customer),
        "upper case": tokens.token(PAGE, desk.case, case.customer).upper(),
    }[where]  # fmt: skip
    assert Browser().get(f"/my/{guess}/").status_code == 404


def test_no_token_stands_in_any_table_in_the_open(desk):
    """After letters of every kind that hold the link, and an answer that quotes ours."""
    desk.delivered()
    desk.do(desk.sam, promises.make, deed="Ring Ana", owner=desk.sam.id, due=desk.now.replace(hour=15))
    desk.do(desk.sam, correspondence.write, words="Dear Ana, we come on Friday.")
    sent = leave(desk.now).newest.get_payload(decode=True).decode()
    desk.hears("Thank you.\n\n" + "\n".join("> " + line for line in sent.splitlines()))
    for use in (PAGE, REPLY):
        token = tokens.token(use, desk.case, desk.state().customer)
        assert holding(token[6:]) == []


def test_no_token_stands_in_the_index_after_more_time_was_asked_for(desk):
    """That letter of ours is searchable, and holds the link to the customer's page."""
    desk.working()
    asked = {"points": (1,), "words": "The laboratory needs longer.", "owner": desk.sam.id}
    desk.do(desk.sam, promises.need_time, due=desk.now.replace(hour=16), **asked)
    assert desk.letters()[-1] == "need_time"
    token = tokens.token(PAGE, desk.case, desk.state().customer)
    assert holding(token[6:]) == []
    sam = Browser(desk.sam)
    sam.get("/find/", q=token)
    assert desk.state().ref not in sam.text


def test_a_link_that_is_taken_away_opens_nothing_and_takes_no_letters(desk):
    desk.received()
    page, reply = portal_path(desk), ours.reply_address(desk.case, desk.state().customer)
    db.change('delete from links where "case" = %s', [desk.case])
    assert Browser().get(page).status_code == 404
    assert comes(desk, letter("Still here?", To=reply), None, reply).case != desk.case


def test_references_say_nothing_of_how_many_there_are(desk):
    refs = []
    for n in range(20):
        desk.case = ""
        desk.received(address=f"c{n}@x.example")
        refs.append(desk.state().ref)
    assert len(set(refs)) == 20 and refs != sorted(refs)


def test_a_reference_in_the_subject_is_a_hint_and_no_more(desk):
    desk.received()
    ref = desk.state().ref
    for who in ("eve@evil.example", "ana@whitlock.example"):  # her name can be forged, and nobody vouches
        filed = comes(desk, letter(f"From {who}.", From=who, Subject=f"Re: [{ref}] {ref}"))
        assert filed.disposition == "new_case" and filed.case != desk.case


def test_the_token_of_one_case_does_not_open_another_of_the_same_customer(desk):
    first = desk.received()
    page = portal_path(desk)
    desk.case = ""
    second = desk.received(words="And now the gutter ZEBRA.")
    assert first != second
    ana = Browser()
    ana.get(page)
    assert "ZEBRA" not in ana.text
