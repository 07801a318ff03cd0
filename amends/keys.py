"""The desk's own secrets. The first start makes them; they never lie in the database.

secret   signs sessions and forms (Django)
master   wraps the key of each person's texts
lookup   makes keyed hashes of addresses and Message-IDs, and the tokens in mailed links
seal     signs the heads of the ledger (Ed25519)
"""

import os
import secrets
from functools import cache
from pathlib import Path

from amends.env import WrongSetting

KNOWN = frozenset({"secret", "changeme", "change-me", "django-insecure", "test", "amends"})
SHORTEST = 32


def read_or_make(folder: Path, name: str, size: int = 32) -> bytes:
    """The secret `name` as bytes; made on first use, readable by its owner alone."""
    path = folder / f"{name}.key"
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        pass
    except ValueError:
        raise WrongSetting(f"{path} should hold a key as hexadecimal digits, and does not.") from None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_bytes(size).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)  # whoever links first has made it; the others read theirs
    except FileExistsError:
        pass
    finally:
        new.unlink()
    return read_or_make(folder, name, size)


def is_known(secret: str) -> bool:
    """Whether a secret is too short or printed in a book."""
    return len(secret) < SHORTEST or any(secret.lower().startswith(word) for word in KNOWN)


@cache
def key(name: str) -> bytes:
    """A secret of this desk, by name."""
    from django.conf import settings

    return read_or_make(settings.AMENDS_KEYS, name)
