"""Time-ordered ids made in the process: 48 bits of milliseconds and 80 of chance, as 26 letters and digits."""

import base64
import hashlib
import os
import secrets
import time

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUV"  # in the order of its bits, so that later ids sort later
LENGTH = 26

REF_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else


_PAIRS = [one + other for one in ALPHABET for other in ALPHABET]


def new() -> str:
    bits = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    bits <<= 2  # 26 letters hold 130
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(120, -1, -10)])


def of(act: str, *content: str) -> str:
    """The id of an act with this content: the same form sent twice is one, a form that was changed is another."""
    digest = hashlib.sha256("\0".join((act, *content)).encode("utf-8", "replace")).digest()
    return act[:10] + base64.b32hexencode(digest).decode()[: LENGTH - 10]


def is_id(value: str) -> bool:
    return len(value) == LENGTH and all(letter in ALPHABET for letter in value)


def new_ref() -> str:
    """A case's reference, as customers read it aloud: AM-7K3QD. Random, so it tells nobody how many there are."""
    return "AM-" + "".join(secrets.choice(REF_LETTERS) for _ in range(5))
