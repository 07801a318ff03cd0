"""Mailboxes, against a real Dovecot: connected on a page, fetched from, never emptied, and said when they fail."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from amends.casework import db
from amends.people.models import Staff
from amends.post import box, filing, imap, mailboxes, oauth, roads
from amends.rules.values import Role
from tests import hostile
from tests.hostile import World
from tests.pages import Browser
from tests.soaks import dovecot

needs_dovecot = pytest.mark.skipif(
    not dovecot.available(), reason="no Dovecot here: .ci/run installs Debian's dovecot-imapd"
)
pytestmark = pytest.mark.database


def letter(number: int, words: str = "The seam lifted.") -> bytes:
    head = f"From: ana{number}@whitlock.example\r\nTo: complaints@localhost\r\nSubject: The seam {number}\r\n"
    return f"{head}Message-ID: <{number}@whitlock.example>\r\n\r\n{words} {number}\r\n".encode()


@pytest.fixture(scope="module")
def running():
    with dovecot.running() as server:
        yield server


@pytest.fixture
def server(running):
    """A mailbox with nothing in it."""
    for part in ("new", "cur"):
        for path in (running.folder / "mail" / part).iterdir():
            path.unlink()
    return running


def typed(server, **more) -> dict:
    return {
        "host": server.host, "port": str(server.port), "security": "none", "user": server.user,
        "address": "complaints@localhost", "folder": "INBOX", "way": "password", "password": server.password, **more,
    }  # fmt: skip


def connected(server, **more) -> mailboxes.Mailbox:
    told = {**typed(server), **more}
    secrets = {"password": told.pop("password")}
    return mailboxes.connect(secrets=secrets, **{**told, "port": int(told["port"])})


def fetched(box: mailboxes.Mailbox) -> int:
    return imap.fetch(mailboxes.by_id(box.id), datetime.now(UTC))


# By hand, on the page --------------------------------------------------------------------------------------------


@needs_dovecot
def test_an_administrator_connects_a_mailbox_and_sees_how_it_is(desk, server):
    ada = Browser(Staff.objects.create_user("ada@desk.example", "Ada", Role.ADMINISTRATOR, desk.team))
    ada.post("/roads/connect/", page="/roads/", **typed(server, password="hunter2"))
    assert ada.answer.status_code == 422 and "The mailbox does not open" in ada.text
    assert mailboxes.listed() == [] and "hunter2" not in ada.answer.content.decode()
    ada.post("/roads/connect/", page="/roads/", **typed(server))
    (box_,) = mailboxes.listed()
    assert "Mailbox complaints@localhost" in ada.text and server.password not in ada.answer.content.decode()
    assert server.password.encode() not in b"".join(
        bytes(s) for (s,) in db.rows("select secret from mailboxes")
    )
    server.deliver(letter(1))
    fetched(box_)
    ada.get("/roads/")
    assert "works" in ada.text and "To be read 1" in ada.text
    filing.file_waiting(desk.now)
    assert len(desk.drawn("cases")) == 1
    ada.post(f"/roads/{box_.id}/switch/", page="/roads/")
    assert "switched off" in ada.text and mailboxes.listed(active_only=True) == []


@pytest.mark.parametrize("missing", ["host", "user", "password"])
def test_what_is_missing_is_said_and_what_was_typed_is_kept(desk, missing):
    told = {"host": "mail.example", "user": "u@example.com", "password": "x", "way": "password", missing: ""}
    ines = Browser(desk.ines)
    ines.post("/roads/connect/", page="/roads/", **told)
    assert ines.answer.status_code == 422 and "Something is missing" in ines.text
    assert missing == "user" or "u@example.com" in ines.answer.content.decode()


def test_a_rep_sees_no_roads(desk):
    assert Browser(desk.sam).get("/roads/").status_code == 404


def test_a_server_that_is_not_there_is_said_on_the_page_and_on_today(own_database):
    desk = own_database
    gone = connected(_Nowhere())
    watch = imap.Watch(gone, stopping := threading.Event(), threading.Event())
    watch.start()
    for _ in range(100):
        if roads.failing():
            break
        time.sleep(0.05)
    stopping.set()
    watch.ended.set()
    ((name, since),) = roads.failing()
    assert name == "The mailbox complaints@localhost" and since
    first = roads.health()[roads.IMAP + gone.id].failing_since
    roads.fails(roads.IMAP + gone.id, "still", datetime.now(UTC))
    assert roads.health()[roads.IMAP + gone.id].failing_since == first  # since when stays
    kim = Browser(desk.kim)
    kim.get("/today/")
    assert "The mailbox complaints@localhost has failed since" in kim.text
    roads.works(roads.IMAP + gone.id, datetime.now(UTC))
    assert roads.failing() == []


class _Nowhere:
    host, port, user, password = "127.0.0.1", 9, "desk", "x"


# Fetching ----------------------------------------------------------------------------------------------------------


@needs_dovecot
def test_letters_are_stored_then_marked_as_seen_and_never_deleted(desk, server):
    names = {server.deliver(letter(n)) for n in range(3)}
    box_ = connected(server)
    assert fetched(box_) == 3
    assert server.seen() == names and set(server.flags()) == names
    assert fetched(box_) == 0
    server.deliver(letter(3))
    assert fetched(box_) == 1
    assert len(box.waiting(10)) == 4


@needs_dovecot
def test_a_letter_opened_in_another_program_is_fetched_all_the_same(desk, server):
    box_ = connected(server)
    fetched(box_)
    name = server.deliver(letter(1))
    with imap._opened(box_, box_.secrets()) as other:
        other.add_flags(other.search(["ALL"]), [b"\\Seen"])
    assert server.seen() == {name}
    assert fetched(box_) == 1


@needs_dovecot
def test_what_lay_there_read_before_is_left_alone_and_what_lay_unread_is_fetched(desk, server):
    old = server.deliver(letter(1))
    with imap._opened(connected(server), {"password": server.password}) as other:
        other.add_flags(other.search(["ALL"]), [b"\\Seen"])
    server.deliver(letter(2))
    box_ = connected(server)
    assert fetched(box_) == 1 and old in server.seen()


@needs_dovecot
@pytest.mark.parametrize("moment", ["before the commit", "before the mark"])
def test_a_crash_at_any_point_loses_nothing_and_files_nothing_twice(desk, server, monkeypatch, moment):
    for n in range(5):
        server.deliver(letter(n))
    box_ = connected(server)

    class Crash(BaseException):
        pass

    def dies(*_):
        raise Crash

    with monkeypatch.context() as broken:
        if moment == "before the commit":
            broken.setattr(box, "put", dies)
        else:
            broken.setattr(imap.IMAPClient, "add_flags", dies)
        with pytest.raises(Crash):
            fetched(box_)
    fetched(box_)
    filing.file_waiting(desk.now)
    assert len(desk.drawn("cases")) == 5


@needs_dovecot
def test_when_the_server_numbers_its_letters_anew_none_is_filed_twice(desk, server):
    server.deliver(letter(1))
    box_ = connected(server)
    fetched(box_)
    db.change("update mailboxes set uidvalidity = 1")
    server.deliver(letter(2))
    fetched(box_)
    filing.file_waiting(desk.now)
    assert len(desk.drawn("cases")) == 2


@needs_dovecot
def test_a_letter_too_large_to_fetch_is_held_and_says_where_it_lies(desk, server, monkeypatch):
    monkeypatch.setattr(imap, "LARGEST", 5_000)
    server.deliver(letter(1, "x" * 20_000))
    server.deliver(letter(2))
    fetched(connected(server))
    filing.file_waiting(desk.now)
    sam = Browser(desk.sam)
    sam.get("/held/")
    assert "too large to fetch" in sam.text and "INBOX of complaints@localhost" in sam.text
    assert len(desk.drawn("cases")) == 1


@needs_dovecot
def test_a_watch_takes_in_what_comes_at_once(own_database, server):
    connected(server)
    stopping, arrived = threading.Event(), threading.Event()
    watches = imap.Watches(stopping, arrived)
    watches.keep(datetime.now(UTC))
    (watch,) = watches.running.values()
    time.sleep(0.5)  # it has looked, and waits by IDLE
    server.deliver(letter(1))
    assert arrived.wait(10) and len(box.waiting(5)) == 1
    mailboxes.switch(watch.mailbox.id, False)
    watches.keep(datetime.now(UTC))
    assert watch.ended.is_set() and watches.running == {}
    stopping.set()
    watch.join(15)


# The hostile corpus --------------------------------------------------------------------------------------------------


@needs_dovecot
def test_a_letter_that_comes_while_another_is_stored_waits_for_no_next_one(own_database, server, monkeypatch):
    """The server tells of it in its answer to the mark, and IDLE never tells again."""
    connected(server)
    add_flags, late = imap.IMAPClient.add_flags, iter([1])

    def marks(client, *told):
        for number in late:
            server.deliver(letter(number))
            time.sleep(0.3)
        return add_flags(client, *told)

    monkeypatch.setattr(imap.IMAPClient, "add_flags", marks)
    server.deliver(letter(0))
    watch = imap.Watch(mailboxes.listed()[0], stopping := threading.Event(), threading.Event())
    watch.start()
    for _ in range(100):
        if len(box.waiting(9)) == 2:
            break
        time.sleep(0.1)
    stopping.set()
    watch.ended.set()
    watch.join(timeout=15)
    assert len(box.waiting(9)) == 2


@needs_dovecot
def test_every_hostile_letter_comes_whole_by_imap(desk, server, settings, shared, figure):
    hostile.settled(settings)
    world = World(desk.live())
    for item in world.items():
        trace = f"Return-Path: <{item.sender}>\r\n" + "".join(
            f"Delivered-To: {to}\r\n" for to in item.recipients
        )
        server.deliver(trace.encode("latin-1", "replace") + item.raw)
    box_ = connected(server, address="support@desk.example")
    assert fetched(box_) == 411
    filed = hostile.file_all(world.desk.now)
    assert len(filed) == 411 and {f.disposition for f in filed} <= {
        "new_case", "append_to_case", "bounce_record", "auto_recorded_no_reply", "quarantined", "repeated",
    }  # fmt: skip
    counted = {d: sum(f.disposition == d for f in filed) for d in ("bounce_record", "auto_recorded_no_reply")}
    assert counted == {"bounce_record": 16, "auto_recorded_no_reply": 39}
    figure("hostile letters by IMAP from a real Dovecot: 411 of 411 with a disposition")


# Tokens ----------------------------------------------------------------------------------------------------------------


class Provider(BaseHTTPRequestHandler):
    """A provider of tokens: says what was asked, and answers as it is told."""

    asked: list[str] = []
    status, answer = 200, {"access_token": "opened", "expires_in": 3600}

    def do_POST(self):
        type(self).asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        body = json.dumps(self.answer).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def provider():
    Provider.asked, Provider.status = [], 200
    Provider.answer = {"access_token": "opened", "expires_in": 3600}
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/token"
    server.shutdown()


def with_token(url: str) -> mailboxes.Mailbox:
    hidden = {"client_id": "c", "client_secret": "s3cret", "refresh_token": "first", "token_url": url}
    told = {
        "host": "imap.example",
        "port": 993,
        "security": "tls",
        "user": "u@example.com",
        "folder": "INBOX",
    }
    return mailboxes.connect(address="u@example.com", way="oauth2", secrets=hidden, **told)


def test_a_token_is_asked_for_once_until_it_ends_and_a_new_refresh_token_is_kept(desk, provider):
    made = with_token(provider)
    Provider.answer = {"access_token": "opened", "expires_in": 3600, "refresh_token": "second"}
    for _ in range(3):
        assert oauth.token_of_mailbox("u@example.com") == "opened"
    assert len(Provider.asked) == 1 and "refresh_token=first" in Provider.asked[0]
    assert mailboxes.by_id(made.id).secrets()["refresh_token"] == "second"
    oauth.forget(made.id)
    oauth.token_of_mailbox("u@example.com")
    assert "refresh_token=second" in Provider.asked[1]
    assert oauth.sasl("u", "t") == "user=u\x01auth=Bearer t\x01\x01"


def test_a_provider_that_refuses_is_quoted_and_no_secret_is(desk, provider):
    made = with_token(provider)
    Provider.status, Provider.answer = 400, {"error_description": "the grant has ended"}
    with pytest.raises(oauth.NoToken) as no:
        oauth.access_token(made.id, made.secrets())
    assert "the grant has ended" in str(no.value) and "s3cret" not in str(no.value) + repr(made)
    with pytest.raises(oauth.NoToken):
        oauth.ask("http://elsewhere.example/token", {})


def test_signing_in_at_a_provider_goes_there_and_comes_back_to_the_form(desk, provider, monkeypatch):
    there = {**oauth.PROVIDERS["google"], "token": provider}
    monkeypatch.setitem(oauth.PROVIDERS, "google", there)
    Provider.answer = {"access_token": "opened", "refresh_token": "for good"}
    ines = Browser(desk.ines)
    told = {"user": "u@gmail.com", "client_id": "c", "client_secret": "s", "provider": "google"}
    went = ines.post("/roads/allow/", page="/roads/", follow=False, **told)
    assert went.status_code == 302 and went.url.startswith("https://accounts.google.com/")
    ines.get("/roads/allowed/", state="forged", code="x")
    assert "was not begun here" in ines.text and Provider.asked == []
    state = went.url.partition("state=")[2].partition("&")[0]
    ines.get("/roads/allowed/", state=state, code="the code")
    assert "The provider said yes." in ines.text and "imap.gmail.com" in ines.answer.content.decode()
    assert "for good" not in ines.answer.content.decode()
    opened = []
    monkeypatch.setattr(imap, "check", lambda box, secrets: opened.append(secrets))
    form = {**told, "way": "oauth2", "host": "imap.gmail.com", "token_url": provider}
    ines.post("/roads/connect/", page="/roads/", **form)
    assert (
        opened[0]["refresh_token"] == "for good" and mailboxes.listed()[0].secrets()["client_secret"] == "s"
    )


def test_of_two_workers_one_watches_a_mailbox_and_the_other_takes_over_when_it_dies(desk, provider):
    made = with_token(provider)
    now = datetime.now(UTC)
    assert mailboxes.watch(made.id, "one", now) and not mailboxes.watch(made.id, "two", now)
    assert mailboxes.watch(made.id, "one", now + timedelta(seconds=50))
    assert not mailboxes.watch(made.id, "two", now + timedelta(seconds=70))
    assert mailboxes.watch(made.id, "two", now + timedelta(seconds=120))
