"""Time-ordered ids made in the process: 48 bits of milliseconds and 80 of chance, as 26 letters and digits."""

import secrets
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]

REF_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else


def new() -> str:
    value = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10))


def is_id(value: str) -> bool:
    return len(value) == 26 and all(letter in ALPHABET for letter in value)


def new_ref() -> str:
    """A case's reference, as customers read it aloud: AM-7K3QD. Random, so it tells nobody how many there are."""
    return "AM-" + "".join(secrets.choice(REF_LETTERS) for _ in range(5))
