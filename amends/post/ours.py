"""What marks a letter as ours or as meant for us: our addresses, tokens behind the plus sign, Message-IDs, the desk's mark."""

import base64
import hmac
from functools import cache

from django.conf import settings

from amends import ids, keys
from amends.casework import tokens

BOUNCE = "b"  # local+b-LETTER-PROOF@domain is where reports on one letter come to
_PROOF = 8  # letters of five bits, beside 80 bits of chance in the letter's id
_LONGEST_LOCAL = 64  # what stands before the at sign, by RFC 5321


def is_ours(address: str) -> bool:
    """Whether this is an address of the desk, with or without something behind a plus sign."""
    name, _, domain = address.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}" in settings.AMENDS_MAILBOXES


def domains() -> frozenset[str]:
    return frozenset(address.rpartition("@")[2] for address in settings.AMENDS_MAILBOXES)


def behind_plus(address: str) -> str:
    """What stands behind the plus sign of one of our addresses; "" for other addresses and without one."""
    return address.lower().rpartition("@")[0].partition("+")[2] if is_ours(address) else ""


def reply_address(file: str, customer: str) -> str:
    """Where the customer's answers in this case come to."""
    local, _, domain = settings.AMENDS_MAIL.rpartition("@")
    return f"{local}+{tokens.token(tokens.REPLY, file, customer)}@{domain}"


def bounce_address(letter: str) -> str:
    """The envelope sender of a letter of ours: a report that comes here is about that letter, and is no guess.

    Where our own name leaves no room for it, reports are proved by the Message-ID alone.
    """
    local, _, domain = settings.AMENDS_MAIL.rpartition("@")
    signed = f"{local}+{BOUNCE}-{letter.lower()}-{_proof(letter)}"
    return f"{signed if len(signed) <= _LONGEST_LOCAL else local}@{domain}"


def bounced_letter(address: str) -> str:
    """Which letter of ours a bounce address stands for; "" when it is none or its proof is wrong."""
    kind, _, rest = behind_plus(address).partition("-")
    letter, _, proof = rest.partition("-")
    letter = letter.upper()
    proven = (
        kind == BOUNCE and ids.is_id(letter) and hmac.compare_digest(proof.encode(), _proof(letter).encode())
    )
    return letter if proven else ""


def _proof(letter: str) -> str:
    secret = hmac.digest(keys.key("lookup"), f"bounce|{letter}".encode(), "sha256")
    return base64.b32encode(secret)[:_PROOF].decode().lower()


def letter_of(message_id: str) -> str:
    """Which letter of ours a Message-ID may stand for, by its form; "" when it cannot be ours."""
    name, _, domain = message_id.strip("<>").rpartition("@")
    return name.upper() if domain.lower() in domains() and ids.is_id(name.upper()) else ""


@cache
def desk_mark() -> str:
    """Stands in every letter of ours, so that one that comes back is known."""
    return hmac.digest(keys.key("lookup"), b"desk-mark", "sha256").hex()[:16]
