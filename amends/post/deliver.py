"""`amends mail deliver`: takes one letter from an MTA's pipe.

Only the standard library is imported until the running worker has been tried: it takes the letter over its
socket in 20 ms. Alone, the command does the work itself. Exit 0: accepted and durable. 75: try again.
"""

import os
import re
import smtplib
import sys
from pathlib import Path

TRY_AGAIN, TOO_LARGE = 75, 69  # as in sysexits.h: the second makes the mail server tell the sender
LARGEST = 30_000_000  # bytes; a larger letter is refused aloud, at once
PATIENCE = 60  # seconds for each answer of the worker; then the letter is stored without it
PIPE = "pipe.amends.invalid"  # the name by which this command greets the worker
UNTOLD = "untold@amends.invalid"  # stands for: the road did not say who the envelope's sender or recipient is

_LINE_END = re.compile(rb"\r\n|\n|\r")


def deliver(raw: bytes, sender: str | None, recipient: str) -> bool:
    """Hand the letter to the running worker, or store it here. False when neither worked.

    sender  of the envelope; empty is the null sender, None is not told
    """
    home = Path(os.environ.get("AMENDS_HOME", "var")).absolute()
    return _to_worker(home / "run" / "lmtp.sock", raw, sender, recipient) or _by_ourselves(
        raw, sender, recipient
    )


def _to_worker(socket: Path, raw: bytes, sender: str | None, recipient: str) -> bool:
    if not socket.exists():
        return False
    try:
        with smtplib.LMTP(str(socket), local_hostname=PIPE, timeout=PATIENCE) as worker:
            envelope = UNTOLD if sender is None else sender or "<>"
            options = [] if (envelope + recipient).isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
            worker.sendmail(envelope, [recipient or UNTOLD], _LINE_END.sub(b"\r\n", raw), options)
    except (OSError, ValueError, smtplib.SMTPException):
        return False  # an envelope no protocol can carry is stored by ourselves
    return True


def _by_ourselves(raw: bytes, sender: str | None, recipient: str) -> bool:
    try:
        from amends.start import with_django

        with_django()
        from amends.post import box

        box.put([box.Delivery(raw, sender, recipient, "pipe")])
    except Exception as trouble:
        print(f"amends: the letter is not stored: {trouble}", file=sys.stderr)
        return False
    return True
