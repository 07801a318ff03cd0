"""Pages asked for over HTTP by one client and by eight, each answer looked at."""

import re
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from random import Random
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode

from amends.casework import cipher, db, ledger, tokens
from amends.people.models import Staff
from amends.rules.entries import CaseReceived
from tests.bench import machine
from tests.bench.served import Served

MANY = 500  # cases asked for, in turn by chance
CLIENTS = (1, 8)


class Question(NamedTuple):
    """A path, and what its answer must hold."""

    path: str
    holds: bytes


class Page(NamedTuple):
    name: str
    who: str  # address signed in with; empty for a customer
    questions: list[Question]


class WrongAnswer(Exception):
    """A page that was not what it should be: then no figure is worth anything."""


class Client:
    """A browser's connection, kept alive, with as little work of its own as possible."""

    def __init__(self, port: int, cookies: str = ""):
        self.port, self.cookies = port, cookies
        self.connection = socket.create_connection(("127.0.0.1", port), 30)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> tuple[int, bytes, bytes]:
        return self._ask(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookies}\r\n\r\n"
        )

    def post(self, path: str, form: dict[str, str]) -> tuple[int, bytes, bytes]:
        body = urlencode(form)
        return self._ask(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookies}\r\n"
            f"Origin: http://127.0.0.1:{self.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def _ask(self, words: str) -> tuple[int, bytes, bytes]:
        """Status, header block, body."""
        self.connection.sendall(words.encode())
        got = b""
        while b"\r\n\r\n" not in got:
            piece = self.connection.recv(262_144)
            if not piece:
                raise WrongAnswer("the server closed the connection")
            got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.I)
        if not length:
            raise WrongAnswer(f"an answer without a length: {head[:300]!r}")
        pieces, left = [body], int(length[1]) - len(body)
        while left > 0:
            pieces.append(self.connection.recv(262_144))
            left -= len(pieces[-1])
        return int(head[9:12]), head, b"".join(pieces)

    def sign_in(self, email: str, password: str) -> "Client":
        status, head, body = self.get("/sign-in/")
        self._keep_cookies(head)
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        if status != 200 or not token:
            raise WrongAnswer(f"the sign-in page answered {status}")
        form = {"username": email, "password": password, "csrfmiddlewaretoken": token[1].decode()}
        status, head, body = self.post("/sign-in/", form)
        self._keep_cookies(head)
        if status != 302:
            raise WrongAnswer(f"signing in answered {status}")
        return self

    def _keep_cookies(self, head: bytes) -> None:
        new = re.findall(rb"set-cookie: *([^=]+=[^;]*)", head, re.I)
        kept = dict(pair.split("=", 1) for pair in self.cookies.split("; ") if pair)
        kept.update(pair.decode().split("=", 1) for pair in new)
        self.cookies = "; ".join(f"{name}={value}" for name, value in kept.items())


def pages(chance: Random, rep: str, director: str) -> list[Page]:
    """What is asked for, by whom; cases and words drawn by chance from those the rep may see."""
    person = Staff.objects.get(email=rep)
    found = db.rows("select id, ref, customer from cases where team = %s order by id", [person.team_id])
    some = [found[chance.randrange(len(found))] for _ in range(MANY)]
    words = _words_of([file for file, _, _ in some[:250]])
    single = [Question(f"/find/?q={quote_plus(chance.choice(said))}", b"/cases/AM-") for said in words]
    pairs = [
        Question(f"/find/?q={quote_plus(' '.join(chance.sample(said, 2)))}", b"/cases/AM-") for said in words
    ]
    customers = [
        Question(f"/my/{tokens.token(tokens.PAGE, file, who)}/", ref.encode()) for file, ref, who in some
    ]
    return [
        Page("Today", rep, [Question("/today/", b"/cases/AM-")]),
        Page("queue, a rep's team", rep, [Question("/cases/?view=open", b"/cases/AM-")]),
        Page("queue, a director's, all teams", director, [Question("/cases/?view=open", b"/cases/AM-")]),
        Page("a case", rep, [Question(f"/cases/{ref}/", ref.encode()) for _, ref, _ in some]),
        Page("search: one word", rep, single),
        Page("search: two words", rep, pairs),
        Page("the customer's page", "", customers),
    ]


def _words_of(files: list[str]) -> list[list[str]]:
    """For each case, the longer words of its complaint."""
    said = [line.entry.words.id for line in ledger.lines(files) if isinstance(line.entry, CaseReceived)]
    return [
        sorted(set(re.findall(r"\b(?:[a-z]{4,}|[A-Z]\d{4})\b", words)))
        for words in cipher.texts(said).values()
    ]


def measure(server: Served, asked: list[Page], password: str, seconds: float) -> Iterator[dict]:
    """One row per page and number of clients."""
    cookies = {
        who: Client(server.port).sign_in(who, password).cookies for who in {p.who for p in asked} if who
    }
    for page in asked:
        _warm(server, page, cookies.get(page.who, ""))
        for clients in CLIENTS:
            yield _measured(server, page, clients, cookies.get(page.who, ""), seconds)


def _warm(server: Served, page: Page, cookies: str) -> None:
    client = Client(server.port, cookies)
    for question in page.questions[:8] * (8 if len(page.questions) == 1 else 2):
        _asked(client, question)


def _measured(server: Served, page: Page, clients: int, cookies: str, seconds: float) -> dict:
    times: list[float] = []
    sizes: list[int] = []
    wrong: list[Exception] = []
    end = [0.0]

    def run(number: int) -> None:
        chance, client = Random(number), Client(server.port, cookies)
        own, own_sizes = [], []
        try:
            while time.perf_counter() < end[0]:
                question = chance.choice(page.questions)
                taken, size = _asked(client, question)
                own.append(taken)
                own_sizes.append(size)
        except Exception as trouble:
            wrong.append(trouble)
        times.extend(own)
        sizes.extend(own_sizes)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    load, before, start = machine.load(), server.cpu_ms(), time.perf_counter()
    end[0] = start + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken, after = time.perf_counter() - start, server.cpu_ms()
    if wrong:
        raise wrong[0]
    return {
        "page": page.name,
        "clients": clients,
        "requests": len(times),
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(_percentile(times, 95), 2),
        "per_second": round(len(times) / taken, 1),
        "cpu_ms": round((after - before) / len(times), 2),
        "kb": round(statistics.mean(sizes) / 1000, 1),
        "load": round(load, 1),
    }


def _asked(client: Client, question: Question) -> tuple[float, int]:
    start = time.perf_counter()
    status, head, body = client.get(question.path)
    taken = (time.perf_counter() - start) * 1000
    if status != 200 or question.holds not in body:
        raise WrongAnswer(
            f"{question.path} answered {status}, without {question.holds!r}: {head[:200]!r} {body[:300]!r}"
        )
    return taken, len(body)


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
