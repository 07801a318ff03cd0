"""Six kinds of machines that answer mail, as careless as those that people meet.

Each lives behind a domain of its own, where a person complained first. An answer goes to From, to Reply-To and to the
envelope's sender in turn; to the null sender nothing can go, so a careless program takes From instead.
"""

import random
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

Delivery = tuple[bytes, str | None, str]  # raw, envelope sender, recipient


class Sent(NamedTuple):
    """A letter of the desk, and what kind of letter it is in which case."""

    to: str
    sender: str
    kind: str
    case: str
    message: bytes


def field(message: bytes, name: str) -> str:
    """What stands in a field of the header: the address or id within angle brackets, else the words."""
    head = message.partition(b"\r\n\r\n")[0].decode("latin-1")
    found = re.search(rf"^{name}:[ \t]*((?:.|\r\n[ \t])*)", head, re.IGNORECASE | re.MULTILINE)
    value = " ".join(found[1].split()) if found else ""
    inner = re.search(r"<([^>]*)>", value)
    return inner[1] if inner else value


class Machine:
    """One machine. `answered` counts what it gave back.

    delay    how long it takes
    varies   whether its words differ each time
    threads  whether it says which letter it answers
    """

    subject = "Re: {subject}"
    words = "Thank you for your message. We have it and will come back to you."
    head = ""

    def __init__(self, name: str, delay: timedelta, varies: bool, threads: bool, chance: random.Random):
        self.domain, self.delay, self.varies, self.threads = f"{name}.example", delay, varies, threads
        self.chance, self.answered = chance, 0
        self.address = f"office@{self.domain}"

    def complaint(self, desk: str) -> Delivery:
        """What a person wrote before the machine took over."""
        words = f"The seam on the roll we had from you for {self.domain} lifted after six weeks."
        raw = self._message(self.address, desk, "The seam", words, "Message-ID: <first@{domain}>\r\n")
        return raw, self.address, desk

    def answers_to(self, letter: Sent) -> Iterator[Delivery]:
        self.answered += 1
        to = self._target(letter)
        yield self._answer(letter, to), self._envelope_sender(), to

    def _target(self, letter: Sent) -> str:
        targets = (field(letter.message, "from"), field(letter.message, "reply-to"), letter.sender)
        return targets[self.answered % 3] or targets[0]

    def _answer(self, letter: Sent, to: str) -> bytes:
        subject = self.subject.format(subject=field(letter.message, "subject"))
        return self._message(self._from(), to, subject, self._says(), self._thread(letter) + self.head)

    def _says(self) -> str:
        return (
            f"{self.words} Our number for it is {self.chance.getrandbits(40)}." if self.varies else self.words
        )

    def _thread(self, letter: Sent) -> str:
        answered = f"<{field(letter.message, 'message-id')}>"
        thread = f"In-Reply-To: {answered}\r\nReferences: {answered}\r\n" if self.threads else ""
        return f"{thread}Message-ID: <{self.answered}@{{domain}}>\r\n"

    def _from(self) -> str:
        return self.address

    def _envelope_sender(self) -> str:
        return self.address

    def _message(self, sender: str, to: str, subject: str, words: str, head: str) -> bytes:
        head = head.replace("{domain}", self.domain)
        return f"From: Office <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n{head}\r\n{words}\r\n".encode()


class Marked(Machine):
    """Keeps to RFC 3834."""

    subject, head = "Auto: {subject}", "Auto-Submitted: auto-replied\r\n"

    def _envelope_sender(self) -> str:
        return ""


class Unmarked(Machine):
    """Looks like a person in everything."""


class Changing(Machine):
    """Unmarked, and from a new address each time, as ticket systems do."""

    def _from(self) -> str:
        return f"ticket-{self.answered}@{self.domain}"

    def _envelope_sender(self) -> str:
        return self._from()


class Bouncing(Machine):
    """A mail server that cannot deliver, and sends its reports wherever it finds an address."""

    def _envelope_sender(self) -> str:
        return ""

    def _answer(self, letter: Sent, to: str) -> bytes:
        head = letter.message.partition(b"\r\n\r\n")[0].decode("latin-1")
        report = (
            f"--edge\r\nContent-Type: text/plain\r\n\r\nThis is the mail system. {self._says()} Your message could not be"
            f" delivered.\r\n\r\n--edge\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.{self.domain}"
            f"\r\n\r\nFinal-Recipient: rfc822; {self.address}\r\nAction: failed\r\nStatus: 5.2.1\r\n\r\n"
            f"--edge\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--edge--\r\n"
        )
        kind = 'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="edge"\r\n'
        sender = f"MAILER-DAEMON@mx.{self.domain}"
        subject = "Undelivered Mail Returned to Sender"
        return self._message(sender, to, subject, report, self._thread(letter) + kind)


class Challenging(Machine):
    """Wants every sender to prove that he is a person."""

    subject = "Please confirm your message: {subject}"
    words = "Your message waits. Click https://prove.example/8841 to show that you are no spam robot."


class Listing(Machine):
    """A mailing list with us on it: whatever comes to it goes to all, us included, in its own name or in ours."""

    def _answer(self, letter: Sent, to: str) -> bytes:
        body = letter.message.partition(b"\r\n\r\n")[2].decode("latin-1")
        sender = self.address if self.threads else field(letter.message, "from")
        head = (
            f"List-Id: <list.{self.domain}>\r\nPrecedence: list\r\nReply-To: {self.address}\r\n"
            if self.varies
            else ""
        )
        subject = f"[list] {field(letter.message, 'subject')}"
        return self._message(sender, to, subject, f"{body}\r\n-- \r\nThe list", self._thread(letter) + head)


KINDS = (Marked, Unmarked, Changing, Bouncing, Challenging, Listing)
