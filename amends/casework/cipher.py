"""Personal text, encrypted beside the entry under the key of the person who wrote it.

Each writer has a key, wrapped by the desk's master key. A text is AES-GCM over a salt and the compressed words;
the digest in the entry is SHA-256 over that salt and the plain words, so that without the key nothing in an
entry confirms a guess. Erasing the key erases every text under it and leaves the chain verifiable.
"""

import hmac
import os
import zlib
from collections import OrderedDict
from functools import cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from amends import keys
from amends.casework import db
from amends.rules.values import Text

SALT, NONCE = 16, 12
WORTH_COMPRESSING = 120
MOST_KEYS_KEPT = 500

ERASED = None


def seal(plain: str, key: AESGCM, text_id: str) -> tuple[Text, bytes]:
    """The words as an entry names them, and the cipher that lies beside it."""
    words = plain.encode("utf-8", "replace")
    chance = os.urandom(SALT + NONCE)
    salt, nonce = chance[:SALT], chance[SALT:]
    digest = sha256(salt + words).hexdigest()
    secret = nonce + key.encrypt(nonce, salt + _packed(words), text_id.encode())
    return Text(id=text_id, digest=digest), secret


def encrypt(secret: bytes, key: AESGCM, name: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + key.encrypt(nonce, secret, name.encode())


def decrypt(cipher: bytes, key: AESGCM, name: str) -> bytes:
    """Raises InvalidTag when the cipher was changed or belongs to another name."""
    cipher = bytes(cipher)
    return key.decrypt(cipher[:NONCE], cipher[NONCE:], name.encode())


def unseal(cipher: bytes, key: AESGCM, text_id: str) -> tuple[str, str]:
    """The plain words and their digest."""
    secret = decrypt(cipher, key, text_id)
    words = _unpacked(secret[SALT:])
    return words.decode("utf-8", "replace"), sha256(secret[:SALT] + words).hexdigest()


def _packed(words: bytes) -> bytes:
    if len(words) < WORTH_COMPRESSING:
        return b"\0" + words
    return b"\1" + zlib.compress(words, 1)


def _unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed[1:]) if packed[:1] == b"\1" else packed[1:]


class Keyring:
    """Writers' keys, unwrapped. A small, bounded memory in each process; erasing empties it."""

    def __init__(self):
        self._kept: OrderedDict[str, AESGCM] = OrderedDict()

    def forget(self, writer: str | None = None) -> None:
        self._kept.clear() if writer is None else self._kept.pop(writer, None)

    def many(self, writers) -> dict[str, AESGCM | None]:
        """The keys of these writers; None for one that was erased; unknown writers are left out."""
        found: dict[str, AESGCM | None] = {w: self._kept[w] for w in writers if w in self._kept}
        wanted = {w for w in writers if w not in found}
        for writer, wrapped in db.rows_in(
            "select writer, wrapped from writer_keys where writer in {in}", wanted
        ):
            found[writer] = ERASED if wrapped is None else self._keep(writer, _unwrap(writer, wrapped))
        return found

    def unwrapped(self, writer: str, wrapped) -> AESGCM:
        """A key whose row has just been read: unwrapped once, then remembered."""
        return self._kept.get(writer) or self._keep(writer, _unwrap(writer, wrapped))

    def make(self, writer: str) -> tuple[AESGCM, tuple[str, bytes]]:
        """A new key, and its row for `writer_keys`."""
        secret = AESGCM.generate_key(256)
        return AESGCM(secret), (writer, encrypt(secret, _master(), writer))

    def with_new(self, writers) -> tuple[dict[str, AESGCM | None], list[tuple[str, bytes]]]:
        """As `many`, and makes what is missing: the new rows for `writer_keys` come second."""
        found, made = self.many(writers), []
        for writer in writers:
            if writer not in found:
                found[writer], row = self.make(writer)
                made.append(row)
        return found, made

    def _keep(self, writer: str, key: AESGCM) -> AESGCM:
        self._kept[writer] = key
        while len(self._kept) > MOST_KEYS_KEPT:
            self._kept.popitem(last=False)
        return key


keyring = Keyring()


@cache
def _master() -> AESGCM:
    return AESGCM(keys.key("master"))


def _unwrap(writer: str, wrapped) -> AESGCM:
    return AESGCM(decrypt(db.as_bytes(wrapped), _master(), writer))


def keys_fit() -> bool:
    """Whether the master key opens what lies in the database; true for one that holds nothing yet."""
    found = db.row("select writer, wrapped from writer_keys where wrapped is not null limit 1")
    try:
        return found is None or bool(_unwrap(*found))
    except InvalidTag:
        return False


def desk_key() -> AESGCM:
    """For what has no writer yet: letters nobody has read, drafts."""
    return _master()


def texts(wanted) -> dict[str, str]:
    """Plain words by text id. Erased or missing texts are left out."""
    wanted = {text_id for text_id in wanted if text_id}
    found = db.rows_in(
        "select t.id, t.cipher, t.writer, k.wrapped from texts t left join writer_keys k on k.writer = t.writer"
        " where t.id in {in}",
        wanted,
    )
    plain = {}
    for text_id, cipher, writer, wrapped in found:
        if wrapped is not None:
            key = keyring.unwrapped(writer, wrapped)
            try:
                secret = decrypt(cipher, key, text_id)
            except InvalidTag:
                continue  # changed behind our back: `amends verify` names it
            plain[text_id] = _unpacked(secret[SALT:]).decode("utf-8", "replace")
    return plain


def keyed_hash(purpose: str, value: str) -> str:
    """Looks a value up without keeping it, and confirms no guess to whoever lacks the key."""
    return hmac.digest(keys.key("lookup"), f"{purpose}|{value}".encode(), "sha256").hex()


_SMALL = {n: n + 32 for n in range(ord("A"), ord("Z") + 1)}


def address_hash(address: str) -> str:
    """How an address is looked up. Only ASCII letters are folded: a look-alike is somebody else."""
    return keyed_hash("address", address.strip().translate(_SMALL))
