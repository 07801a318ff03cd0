"""Mail servers on real sockets, small and truthful: a mailbox with its letters, and one that takes letters of ours."""

import re
import socket
import threading
from collections.abc import Callable
from typing import NamedTuple

from amends.post import mailboxes

_FETCH = re.compile(r"UID FETCH (\S+) \((.+)\)")


class Command(NamedTuple):
    """A command as it came: its first word (after UID) and the whole of it."""

    word: str
    line: str


class Mailbox:
    """One mailbox. `letters` by number; `sizes` says another size than the bytes have; `hook` sees each command first.

    A hook that raises ConnectionError makes the server go away in the middle of it.
    """

    def __init__(self, *letters: bytes, validity: int = 7):
        self.letters = dict(enumerate(letters, 1))
        self.sizes: dict[int, int] = {}
        self.seen: set[int] = set()
        self.validity = validity
        self.commands: list[Command] = []
        self.hook: Callable[[Command], None] = lambda command: None
        self.refuses: tuple[str, ...] = ()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    @property
    def words(self) -> list[str]:
        return [command.word for command in self.commands]

    def connected(self, address: str = "complaints@localhost", **more) -> mailboxes.Mailbox:
        """The desk is told of this mailbox."""
        asked = {
            "user": "desk",
            "folder": "INBOX",
            "way": "password",
            "secrets": {"password": "geheim"},
            **more,
        }
        return mailboxes.connect(address=address, host="127.0.0.1", port=self.port, security="none", **asked)

    # The server -------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=(line,), daemon=True).start()

    def _speak(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as told:
            line.sendall(b"* OK here\r\n")
            for raw in told:
                tag, _, asked = raw.decode("latin-1").rstrip("\r\n").partition(" ")
                command = Command(asked.removeprefix("UID ").partition(" ")[0].upper(), asked)
                self.commands.append(command)
                try:
                    self.hook(command)
                except ConnectionError:
                    return
                answers = self._answers(command)
                verdict = b"NO not here" if command.word in self.refuses else b"OK done"
                line.sendall(b"".join(answers) + tag.encode() + b" " + verdict + b"\r\n")
                if command.word == "LOGOUT":
                    return

    def _answers(self, command: Command) -> list[bytes]:
        ahead = max(self.letters, default=0) + 1
        if command.word == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if command.word == "SELECT":
            return [b"* %d EXISTS\r\n* FLAGS (\\Seen)\r\n" % len(self.letters)]
        if command.word == "STATUS":
            return [b'* STATUS "INBOX" (UIDVALIDITY %d UIDNEXT %d)\r\n' % (self.validity, ahead)]
        if command.word == "SEARCH":
            return [b"* SEARCH " + " ".join(map(str, self._found(command.line))).encode() + b"\r\n"]
        if command.word == "FETCH":
            return self._fetched(command.line)
        if command.word == "STORE":
            self.seen |= self._numbers(command.line.split()[2])
        return []

    def _found(self, line: str) -> list[int]:
        if "UNSEEN" in line:
            return [uid for uid in self.letters if uid not in self.seen]
        since = re.search(r"UID (\d+):\*", line.replace("UID SEARCH", ""))
        if not since:
            return list(self.letters)
        found = [uid for uid in self.letters if uid >= int(since[1])]
        return found or list(self.letters)[-1:]  # as servers do: * is the last one, whatever stands before it

    def _numbers(self, which: str) -> set[int]:
        found = set()
        for piece in which.split(","):
            first, _, last = piece.partition(":")
            found |= set(range(int(first), int(last or first) + 1))
        return found & set(self.letters)

    def _fetched(self, line: str) -> list[bytes]:
        asked = _FETCH.match(line)
        what, answers = asked[2], []
        for uid in sorted(self._numbers(asked[1])):
            raw = self.letters[uid]
            if what == "RFC822.SIZE":
                said = b"RFC822.SIZE %d" % self.sizes.get(uid, len(raw))
            else:
                part = b"BODY[HEADER]" if "HEADER" in what else b"BODY[]"
                data = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in what else raw
                said = part + b" {%d}\r\n" % len(data) + data
            answers.append(b"* %d FETCH (UID %d " % (uid, uid) + said + b")\r\n")
        return answers


class Relay:
    """A mail server that takes letters: every command line it was given, and the letters. `at_quit` is its last word."""

    def __init__(self):
        self.lines: list[str] = []
        self.letters: list[bytes] = []
        self.at_quit = b"221 bye\r\n"
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line, line.makefile("rb") as told:
                self._speak(line, told)

    def _speak(self, line: socket.socket, told) -> None:
        line.sendall(b"220 here\r\n")
        for raw in told:
            self.lines.append(raw.decode("latin-1").rstrip("\r\n"))
            word = raw.strip().upper()
            if word == b"DATA":
                line.sendall(b"354 go on\r\n")
                self.letters.append(b"".join(iter(told.readline, b".\r\n")))
                line.sendall(b"250 taken\r\n")
            elif word == b"QUIT":
                line.sendall(self.at_quit)
                return
            else:
                line.sendall(b"250 ok\r\n")
