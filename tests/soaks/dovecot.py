"""A real Dovecot in a temporary folder: one user, one Maildir, no TLS, gone afterwards.

with dovecot.running() as server:
    server.deliver(raw)
    server.flags()      # {file: "S"} of what lies in the mailbox
"""

import contextlib
import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAM = "/usr/sbin/dovecot"
USER = "desk"

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 1
mail_max_userip_connections = 100
auth_failure_delay = 0
{users}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service imap-login {{
  {cell}
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  {cell}
}}
service stats {{
  {cell}
}}
"""


class NotInstalled(Exception):
    """There is no Dovecot on this machine: Debian's package is dovecot-imapd."""


def available() -> bool:
    return Path(PROGRAM).exists()


class Server:
    """Where the running Dovecot is, and the mailbox as it lies on the disk."""

    host, user = "127.0.0.1", USER

    def __init__(self, folder: Path, port: int, password: str, owner: tuple[int, int]):
        self.folder, self.port, self.password = folder, port, password
        self._owner, self._numbers = owner, itertools.count(1)
        self._mail = folder / "mail"

    def deliver(self, raw: bytes) -> str:
        """Put a letter into the mailbox as an MTA does: written whole, then moved into `new`. Its name."""
        name = f"{time.time_ns()}.P{os.getpid()}Q{next(self._numbers)}.soak"
        path = self._mail / "tmp" / name
        path.write_bytes(raw)
        os.chown(path, *self._owner)
        path.rename(self._mail / "new" / name)
        return name

    def flags(self) -> dict[str, str]:
        """The marks of each letter by the name it was delivered under: "S" is \\Seen."""
        names = [name for part in ("new", "cur") for name in os.listdir(self._mail / part)]
        return {base: marks for base, _, marks in (name.partition(":2,") for name in names)}

    def seen(self) -> set[str]:
        """The names of the letters that are marked as seen."""
        return {name for name, marks in self.flags().items() if "S" in marks}

    def uids(self) -> dict[int, str]:
        """The server's number of each letter it has met, and its name."""
        lines = (self._mail / "dovecot-uidlist").read_text().splitlines()[1:]
        return {
            int(number): name.partition(":2,")[0] for number, name in (line.split(" :", 1) for line in lines)
        }

    def log(self) -> str:
        path = self.folder / "dovecot.log"
        return path.read_text() if path.exists() else ""


@contextlib.contextmanager
def running(password: str = "a password for the soak") -> Iterator[Server]:
    """Start it and wait until it greets. Raises NotInstalled."""
    if not available():
        raise NotInstalled(f"{PROGRAM} is not here: install dovecot-imapd")
    folder = Path(tempfile.mkdtemp(prefix="amends-dovecot-"))
    process = None
    try:
        server = _laid_out(folder, password)
        process = subprocess.Popen([PROGRAM, "-F", "-c", folder / "dovecot.conf"])
        _wait_for(server, process)
        yield server
    finally:
        if process:
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _laid_out(folder: Path, password: str) -> Server:
    """The folder with configuration, user and an empty mailbox."""
    folder.chmod(0o755)
    uid, gid = _mailbox_owner()
    for part in ("", "new", "cur", "tmp"):
        (folder / "mail" / part).mkdir(exist_ok=True, mode=0o700)
        os.chown(folder / "mail" / part, uid, gid)
    port = free_port()
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{password}:{uid}:{gid}::{folder}/mail::\n")
    told = {"folder": folder, "port": port, "users": _service_users(), "cell": _cell()}
    (folder / "dovecot.conf").write_text(_CONFIG.format(**told))
    for name in ("users", "dovecot.conf"):
        (folder / name).chmod(0o644)  # whatever our umask is: Dovecot's own users read them
    return Server(folder, port, password, (uid, gid))


def _mailbox_owner() -> tuple[int, int]:
    """Dovecot lets nobody read mail as root; whoever is somebody else reads as himself."""
    if os.getuid():
        return os.getuid(), os.getgid()
    somebody = pwd.getpwnam("mail")
    return somebody.pw_uid, somebody.pw_gid


def _service_users() -> str:
    """Without root all of its processes run as whoever started it."""
    if not os.getuid():
        return ""
    name = pwd.getpwuid(os.getuid()).pw_name
    group = grp.getgrgid(os.getgid()).gr_name
    return f"default_internal_user = {name}\ndefault_login_user = {name}\ndefault_internal_group = {group}"


def _cell() -> str:
    return "chroot =" if os.getuid() else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(server: Server, process: subprocess.Popen) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((server.host, server.port), 5) as probe:
            if probe.recv(100).startswith(b"* OK"):
                return
        time.sleep(0.05)
    raise RuntimeError(f"Dovecot did not start; it said:\n{server.log()[-3000:]}")
