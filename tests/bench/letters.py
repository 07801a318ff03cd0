"""Letters: into the box, out of it into cases, and both over LMTP to the running worker."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from django.conf import settings

from amends.casework import cipher, db, tokens
from amends.post import box, filing
from tests.bench import machine
from tests.bench.served import Served
from tests.bench.words import Writer

REPLIES = 0.3
CONNECTIONS = 8
MANY = 3000


class Sender:
    """Makes letters of some 1.9 kB: three in ten answer one of ours, with a reply token that is good."""

    def __init__(self, chance: Random):
        self.chance, self.writer, self.sent = chance, Writer(chance), 0
        self.spent = self.used = 0.0  # wall and CPU seconds of making letters, which are not the desk's
        self.run = f"{chance.getrandbits(40):x}"
        found = db.rows("select id, ref, customer from cases where is_open order by id desc limit 3000")
        customers = dict(
            db.rows_in("select id, address from customers where id in {in}", {who for _, _, who in found})
        )
        plain = cipher.texts(customers.values())
        self.writers = [(file, ref, who, plain.get(customers[who], "")) for file, ref, who in found]

    def many(self, number: int) -> list[box.Delivery]:
        spent, used = time.perf_counter(), time.process_time()
        made = [self._one() for _ in range(number)]
        self.spent += time.perf_counter() - spent
        self.used += time.process_time() - used
        return made

    def _one(self) -> box.Delivery:
        self.sent += 1
        local, _, domain = settings.AMENDS_MAIL.rpartition("@")
        if self.chance.random() < REPLIES:
            file, ref, who, sender = self.chance.choice(self.writers)
            to = f"{local}+{tokens.token(tokens.REPLY, file, who)}@{domain}"
            subject = f"Re: Your complaint {ref}"
            body = self.writer.complaint(80, 130) + _quoted(self.writer.answer(60, 90))
        else:
            sender = f"sender{self.chance.randrange(5_000_000)}@mail.example"
            to, subject, body = settings.AMENDS_MAIL, self.writer.subject(), self.writer.complaint(150, 220)
        return box.Delivery(self._raw(sender, to, subject, body), sender, to, "lmtp")

    def _raw(self, sender: str, to: str, subject: str, body: str) -> bytes:
        host, number = sender.partition("@")[2], f"{self.run}.{self.sent}"
        head = (
            f"Return-Path: <{sender}>\nReceived: from mx1.{host} (mx1.{host} [192.0.2.{self.sent % 250}])\n"
            f"\tby mail.desk.example (Postfix) with ESMTPS id 4F{self.sent:08X}\n"
            f"\tfor <{to}>; Tue, 24 Nov 2026 09:12:44 +0000 (UTC)\n"
            f"Received: from [10.1.4.7] (host.{host} [198.51.100.9])\n\tby mx1.{host} with ESMTPSA\n"
            f"\t(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n\tTue, 24 Nov 2026 09:12:41 +0000\n"
            f"From: {self.writer.name()} <{sender}>\nTo: Complaints <{to}>\nSubject: {subject}\n"
            f"Date: Tue, 24 Nov 2026 09:12:40 +0000\nMessage-ID: <{number}@{host}>\n"
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
            "User-Agent: Mozilla Thunderbird\nContent-Language: en-GB\n\n"
        )
        return (head + body + f"\n\n-- \n{self.writer.name()}\n").replace("\n", "\r\n").encode()


def _quoted(words: str) -> str:
    lines = "\n".join(f"> {line}" for line in words.splitlines())
    return f"\n\nOn Mon, 23 Nov 2026 at 16:02, the desk wrote:\n{lines}"


def in_process(sender: Sender, database_pid: int) -> Iterator[dict]:
    """The box alone, filing alone, and both in turn; durable, at the present size, in this process."""
    yield _timed("box, one per commit", lambda: len(box.put(sender.many(1))), MANY // 3, sender, database_pid)
    yield _timed(
        "box, fifty per commit", lambda: len(box.put(sender.many(50))), MANY * 2 // 3, sender, database_pid
    )
    yield _timed("filing, in fifties", _file_fifty, MANY, sender, database_pid)
    yield _timed("box and filing in turn, in fifties", lambda: _both(sender), MANY, sender, database_pid)


def _both(sender: Sender) -> int:
    box.put(sender.many(50))
    return _file_fifty()


def _file_fifty() -> int:
    return len(filing.file_waiting(datetime.now(UTC)))


def _timed(name: str, do: Callable[[], int], most: int, sender: Sender, database_pid: int) -> dict:
    """Runs `do` until `most` letters are done; the time the sender takes to make its letters is taken off.

    CPU time is ours and the database server's, when there is one.
    """
    server = machine.family(database_pid) if database_pid else []
    theirs = machine.cpu_ms(server)
    spent, spent_cpu = sender.spent, sender.used
    start, used, done, load = time.perf_counter(), time.process_time(), 0, machine.load()
    while done < most and (more := do()):
        done += more
    wall = time.perf_counter() - start - (sender.spent - spent)
    cpu = time.process_time() - used - (sender.used - spent_cpu)
    return {
        "what": name,
        "letters": done,
        "per_second": round(done / wall),
        "cpu_ms": round((1000 * cpu + machine.cpu_ms(server) - theirs) / max(done, 1), 2),
        "load": round(load, 1),
    }


def over_lmtp(server: Served, home: Path, letters: list[box.Delivery]) -> dict:
    """Hand letters to the worker over its socket, several connections at once; then wait until all are filed."""
    answers: list[bytes] = []
    pieces = [letters[number::CONNECTIONS] for number in range(CONNECTIONS)]
    threads = [
        threading.Thread(target=lambda piece=piece: answers.extend(_hand_over(home, piece)))
        for piece in pieces
    ]
    load, before, start = machine.load(), server.cpu_ms(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = time.perf_counter() - start
    while db.row("select count(*) from letters where disposition = ''")[0]:
        time.sleep(0.1)
        if time.perf_counter() - start > 600:
            break
    filed, cpu = time.perf_counter() - start, server.cpu_ms() - before
    good = sum(1 for answer in answers if answer.startswith(b"250"))
    return {
        "what": f"over LMTP, {CONNECTIONS} connections",
        "letters": len(letters),
        "answered_250": good,
        "per_second": round(good / accepted),
        "filed_per_second": round(len(letters) / filed),
        "cpu_ms": round(cpu / len(letters), 2),
        "load": round(load, 1),
    }


def _hand_over(home: Path, letters: list[box.Delivery]) -> list[bytes]:
    """The answers to each letter's end of data, over one connection."""
    answers = []
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.connect(str(home / "run" / "lmtp.sock"))
        lines = connection.makefile("rb")
        _answer(lines)
        connection.sendall(b"LHLO bench\r\n")
        _answer(lines)
        for letter in letters:
            for command in (
                f"MAIL FROM:<{letter.sender}> BODY=8BITMIME",
                f"RCPT TO:<{letter.recipient}>",
                "DATA",
            ):
                connection.sendall(command.encode() + b"\r\n")
                _answer(lines)
            connection.sendall(letter.raw.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
            answers.append(_answer(lines))
        connection.sendall(b"QUIT\r\n")
    return answers


def _answer(lines) -> bytes:
    line = lines.readline()
    while line[3:4] == b"-":
        line = lines.readline()
    return line
