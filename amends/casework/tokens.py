"""Unguessable tokens in mailed links and reply addresses: 130 bits, one per case, participant and purpose.

A token is made from the desk's lookup key, so that each letter can carry it while the database holds only its
hash. A link that opens a page and an address that takes replies are different tokens: who can write in need not
be able to read.
"""

import base64
import hmac
import re

from amends import keys

PAGE, REPLY = "page", "reply"
LENGTH = 26  # letters of five bits; small ones only, so that a token survives a mail server that folds case


def token(purpose: str, case: str, customer: str) -> str:
    secret = hmac.digest(keys.key("lookup"), f"token|{purpose}|{case}|{customer}".encode(), "sha256")
    return base64.b32encode(secret[:17])[:LENGTH].decode().lower()


def looks_like_one(value: str) -> bool:
    """Whether this has the form of a token, known here or not."""
    return len(value) == LENGTH and value.isascii() and value.isalnum() and not set(value) & set("0189")


_LINK = re.compile(r"/my/[a-z2-7]{20,}")


def hidden(words: str) -> str:
    """Words without the key in a customer's link: who reads our letters here does not hold it."""
    return _LINK.sub("/my/…", words) if "/my/" in words else words


def hash_of(token: str) -> str:
    """How a token is looked up."""
    return hmac.digest(keys.key("lookup"), f"token-hash|{token}".encode(), "sha256").hex()[:32]


def token_hash(purpose: str, case: str, customer: str) -> str:
    return hash_of(token(purpose, case, customer))
