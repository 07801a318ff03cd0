"""Automatic receipts that went out lately, as keyed hashes: what the brakes count. Kept for a month, then forgotten."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from amends import ids
from amends.casework import cipher, db
from amends.casework.moments import micro
from amends.rules import brakes
from amends.rules.brakes import Lately

HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
COLUMNS = ("mailbox", "domain", "alike")
SAYS_SOMETHING = 40  # letters of a text that two people do not write by chance


class Key(NamedTuple):
    """What a receipt is counted by: the mailbox it goes to, that mailbox's domain (empty where many people have their
    mail), and what else it is alike in. `address` as in `customers`, whose cases count the letters about missed dates.
    """

    mailbox: str
    domain: str
    alike: str
    address: str


def key_of_letter(address: str, words: str) -> Key:
    """Of a receipt for a letter: letters that say the same are alike; a few words only where they are from one place.

    One without words is like no other's.
    """
    said = " ".join(words.lower().split())
    if len(said) < SAYS_SOMETHING:
        from_where = _site(address) if said else ""
        said = f"{from_where or address}|{said}"
    return _key(address, f"text|{sha256(said.encode('utf-8', 'replace')).hexdigest()}")


def key_of_form(address: str, client: str) -> Key:
    """Of a receipt for a complaint by form: those sent from one place in the network are alike."""
    return _key(address, f"client|{client}")


def _key(address: str, alike: str) -> Key:
    site = _site(address)
    domain = _hashed(site) if site else ""
    return Key(_hashed(brakes.mailbox(address)), domain, _hashed(alike), cipher.address_hash(address))


def _site(address: str) -> str:
    """The domain somebody has registered; empty where many people have their mail."""
    site = brakes.site(address.rpartition("@")[2])
    return "" if site in brakes.LARGE_DOMAINS else site


def _hashed(word: str) -> str:
    return cipher.keyed_hash("receipt", word)[:32]


class Receipts:
    """What went out lately for some keys, together with what goes out now."""

    def __init__(self, keys: Iterable[Key], now: datetime):
        self.now = now
        self.counted: dict[timedelta, Counter] = {span: Counter() for span in (HOUR, DAY, MONTH)}
        keys = list(keys)
        for place, column in enumerate(COLUMNS):
            hour, day, month = (micro(now - span) for span in (HOUR, DAY, MONTH))
            found = db.rows_in(
                f"select {column}, count(*), sum(case when at > {day} then 1 else 0 end),"
                f" sum(case when at > {hour} then 1 else 0 end) from receipts where at > {month}"
                f" and {column} in {{in}} group by {column}",
                {key[place] for key in keys} - {""},
            )
            for value, *counts in found:
                for span, many in zip((MONTH, DAY, HOUR), counts, strict=True):
                    self.counted[span][column, value] = int(many)
        self.missed = dict(
            db.rows_in(
                "select u.address_hash, sum(c.missed) from customers u join cases c on c.customer = u.id"
                " where c.missed > 0 and u.address_hash in {in} group by u.address_hash",
                {key.address for key in keys},
            )
        )

    def lately(self, key: Key) -> Lately:
        hour, day, month = (self.counted[span] for span in (HOUR, DAY, MONTH))
        return Lately(
            mailbox_month=month["mailbox", key.mailbox] + int(self.missed.get(key.address, 0)),
            domain_day=day["domain", key.domain],
            domain_month=month["domain", key.domain],
            alike_hour=hour["alike", key.alike],
            alike_month=month["alike", key.alike],
        )

    def went_out(self, key: Key) -> tuple[str, tuple]:
        """The row that counts one more, for the transaction it goes out in."""
        for counter in self.counted.values():
            counter.update(zip(COLUMNS, key, strict=False))
        return (
            "insert into receipts (id, at, mailbox, domain, alike) values (%s,%s,%s,%s,%s)",
            (ids.new(), micro(self.now), *key[:3]),
        )


def forget_old(now: datetime) -> int:
    """Receipts no brake counts any more."""
    return db.change("delete from receipts where at < %s", [micro(now - MONTH - DAY)])
