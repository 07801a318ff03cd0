"""Row 34. Attachments readable without sign-in: predictable tokens, no token, a mask of 0, guessable upload ids.

A download asks the same permission as its case, each time; on the files' own host a signed link ends in two minutes.
"""

import pytest
from django.core import signing
from django.test import Client

from amends.casework import shown
from amends.casework.acts import letters
from amends.casework.tokens import REPLY, token
from amends.post import ours
from tests.incidents.letterbox import comes, letter
from tests.pages import Browser, case_path, portal_path

SECRET = b"the photograph of the roof"
FILES = [("roof.txt", "text/plain", SECRET)]


@pytest.fixture
def kept(desk):
    """Ana's case with a file, and its letter's id."""
    filed = comes(desk, letter("See.", html="<p>See.</p>", files=FILES))
    desk.case = filed.case
    return desk, filed.letter


def _doors(desk) -> list[str]:
    base = case_path(desk)
    return [
        f"{base}files/1/0/",
        f"{base}files/1/0/?seen=1",
        f"{base}letters/1/",
        f"{base}letters/1/layout/",
        f"{base}letters/1/raw/",
    ]


def test_without_signing_in_there_is_no_file(kept):
    desk, _ = kept
    for path in _doors(desk):
        answer = Browser().get(path)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in/"), path


def test_a_rep_of_another_team_gets_what_somebody_gets_for_a_case_that_is_not_there(kept):
    desk, _ = kept
    noor = Browser(desk.noor)
    for path in _doors(desk):
        yours = noor.get(path)
        none = noor.get(path.replace(desk.state().ref, "AM-22222"))
        assert (yours.status_code, yours.content) == (404, none.content), path


def test_who_was_let_go_a_minute_ago_gets_none_either(kept):
    from amends.people.models import Staff

    desk, _ = kept
    sam = Browser(desk.sam)
    assert sam.get(_doors(desk)[0]).content == SECRET
    Staff.objects.filter(id=desk.sam.id).update(is_active=False)
    for path in _doors(desk):
        assert sam.get(path).status_code in (302, 404)


def test_the_link_of_one_customer_opens_no_file_of_another(kept):
    desk, _ = kept
    anas = portal_path(desk)
    desk.case = comes(
        desk, letter("Mine.", From="bo@x.example", files=[("bo.txt", "text/plain", b"of Bo")])
    ).case
    bo = portal_path(desk)
    assert Browser().get(f"{anas}files/1/0/").content == SECRET
    assert Browser().get(f"{bo}files/1/0/").content == b"of Bo"
    for number, index in ((1, 1), (2, 0), (3, 0), (0, 0), (99, 0), (1, 99)):
        assert Browser().get(f"{bo}files/{number}/{index}/").status_code == 404


@pytest.mark.parametrize("guess", ["reference", "case id", "reply token", "nothing"])
def test_no_guess_stands_in_for_the_customers_link(kept, guess):
    desk, _ = kept
    case = desk.state()
    told = {
        "reference": case.ref,
        "case id": desk.case,
        "reply token": token(REPLY, desk.case, case.customer),
        "nothing": "a" * 26,
    }
    assert Browser().get(f"/my/{told[guess]}/files/1/0/").status_code == 404


def test_a_letter_that_was_held_and_then_put_on_a_case_is_read_only_by_who_may_see_the_case(desk):
    """Noor of the other team saw it in the queue; now it is on a case that is not hers to see."""
    filed = comes(desk, letter("My tank burst.", html="<p>My tank burst.</p>", From=None, files=FILES))
    noor = Browser(desk.noor)
    pages = [f"/held/{filed.letter}/", f"/held/{filed.letter}/layout/", f"/held/{filed.letter}/raw/"]
    assert [noor.get(page).status_code for page in pages] == [200, 200, 200]
    desk.received()
    Browser(desk.sam).post(f"/held/{filed.letter}/take-in/", page="/held/", where="case", to=desk.state().ref)
    assert desk.words()[-1] == "letter.received"
    assert noor.get(case_path(desk)).status_code == 404
    assert [noor.get(page).status_code for page in pages] == [404, 404, 404]


def test_a_letter_of_a_case_is_not_to_be_had_through_the_queue_of_held_ones(kept):
    desk, letter_id = kept
    noor = Browser(desk.noor)
    for page in ("", "layout/", "raw/"):
        assert noor.get(f"/held/{letter_id}/{page}").status_code == 404, page


def test_files_of_a_letter_that_was_moved_away_are_gone_from_the_customers_page(desk):
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("Of my neighbour.", To=to, files=FILES), None, to)
    number = desk.state().story.came[-1].number
    page = portal_path(desk)
    assert Browser().get(f"{page}files/{number}/0/").content == SECRET
    first = desk.case
    desk.case = ""
    other = desk.received(name="Bo", address="bo@x.example")
    letters.move(
        first, number, to=other, why="It is Bo's.", sender="", by=desk.sam.actor, now=desk.now, act=""
    )
    assert Browser().get(f"{page}files/{number}/0/").status_code == 404
    there = desk.state(other).story.came[-1].number
    assert (
        Browser().get(f"{portal_path(desk)}files/{there}/0/").status_code == 404
    )  # nobody vouches that it is Bo's


# The files' own host ----------------------------------------------------------------------------------------------


@pytest.fixture
def apart(kept, settings):
    settings.AMENDS_FILES_ADDRESS = "https://files.example"
    settings.ALLOWED_HOSTS = ["localhost", "files.example"]
    return kept[0]


def _elsewhere(path: str, host="files.example"):
    return Client(headers={"host": host}).get(path)


def _link(desk) -> str:
    answer = Browser(desk.sam).get(_doors(desk)[0])
    assert answer.status_code == 302 and answer.url.startswith("https://files.example/files/")
    return answer.url.removeprefix("https://files.example")


def test_the_link_is_followed_there_and_nowhere_else(apart):
    link = _link(apart)
    answer = _elsewhere(link)
    assert answer.content == SECRET and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert not answer.cookies
    assert _elsewhere(link, "localhost").status_code == 404


def test_the_link_ends(apart, monkeypatch):
    import time

    link, now = _link(apart), time.time()
    for seconds, status in ((60, 200), (119, 200), (122, 404), (86_400, 404)):
        monkeypatch.setattr(signing.time, "time", lambda s=seconds: now + s)
        assert _elsewhere(link).status_code == status, seconds


def test_a_link_somebody_made_or_changed_opens_nothing(apart):
    content = shown.load(apart.case).lines[0].entry.files[0].content
    link = _link(apart)
    forged = [
        link[:-3] + "AA/", link.replace("/files/", "/files/x"), f"/files/{content}/",
        f"/files/{signing.dumps(['a', 'text/plain', content])}/",  # signed for another use
        f"/files/{signing.dumps(['a', 'text/plain', content], key='guessed', salt='a file of a letter')}/",
        "/files/None/", "/files/%2e%2e/sign-in/",
    ]  # fmt: skip
    for path in forged:
        assert _elsewhere(path).status_code == 404, path


def test_that_host_serves_nothing_else(apart):
    for path in (
        "/",
        "/sign-in/",
        "/complain/",
        "/alive/",
        "/today/",
        case_path(apart),
        portal_path(apart),
        "/look/x.css",
    ):
        assert _elsewhere(path).status_code == 404, path


def test_the_permission_is_asked_before_a_link_is_made(apart):
    for person in (None, apart.noor):
        answer = Browser(person).get(_doors(apart)[0])
        assert "files.example" not in answer.headers.get("Location", "")


def test_the_socket_and_the_keys_are_for_the_desks_own_user(tmp_path):
    from amends import keys
    from tests.incidents.letterbox import listening

    with listening(tmp_path) as (socket, _):
        assert socket.stat().st_mode & 0o007 == 0 and socket.parent.stat().st_mode & 0o007 == 0
    keys.read_or_make(tmp_path / "keys", "secret")
    for path in (tmp_path / "keys").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
