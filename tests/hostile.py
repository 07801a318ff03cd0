"""The hostile letters of ../shared, in the world their manifest assumes, rewritten to this desk's own tokens and ids."""

import json
import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from amends import ids
from amends.casework import db, shown
from amends.casework.acts import intake
from amends.people.models import Staff
from amends.post import box, filing, ours
from amends.rules import correspondence, merging
from amends.rules.entries import Channel
from amends.rules.values import Role

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "hostile"
MAIL = ("support@desk.example", "complaints@desk.example", "billing@desk.example")


class Item(NamedTuple):
    """One letter of the corpus: its name, what is expected of it, its bytes and envelope as this desk needs them."""

    name: str
    expected: dict
    raw: bytes
    sender: str
    recipients: list[str]

    @property
    def sha256(self) -> str:
        return sha256(self.raw).hexdigest()


def settled(settings) -> None:
    """The settings of the desk that the corpus assumes."""
    settings.AMENDS_MAIL, settings.AMENDS_MAILBOXES = MAIL[0], MAIL


class World:
    """Six cases, six letters of ours, four people: as in the manifest, with the desk's own tokens."""

    def __init__(self, desk):
        self.desk = desk
        told = json.loads((FOLDER / "manifest.json").read_text(encoding="ascii"))
        self.files, world = told["files"], told["world"]
        for role, address in world["staff"].items():
            kind = Role.ADMINISTRATOR if role == "admin" else Role(role)
            first, last = address.partition("@")[0].split(".")
            Staff.objects.create_user(address, f"{first.title()} {last.title()}", kind, desk.team)
        self.changes: dict[str, str] = {}
        self.cases: dict[str, str] = {}
        for name, case in world["cases"].items():
            self._case(name, case)
        for sent in world["outbound"].values():
            self._sent(sent)
        self.changes["X-Desk-Instance: " + world["instance"]] = f"X-Amends-Desk: {ours.desk_mark()}"
        for name, token in world["revoked_tokens"].items():
            self.changes[f"{name.lower()}.{token}"] = token
        self._merge()
        self._close()

    def _case(self, name: str, told: dict) -> None:
        complaint = intake.Complaint(
            ids.new(), Channel.FORM, f"The complaint {name}.", told["customer"], told["customer"]
        )
        outcome = intake.receive_complaint(complaint, now=self.desk.now)
        case, customer = outcome.file, outcome.state.customer
        self.cases[name] = case
        address = ours.reply_address(case, customer)
        if "erased" in told["state"]:
            # What erasing leaves behind: no link of that customer leads anywhere.
            db.change('delete from links where "case" = %s', [case])
        self.changes[told["reply_address"]] = address
        self.changes[told["token"]] = address.partition("+")[2].partition("@")[0]
        self.changes[f"[{name}]"] = f"[{outcome.state.ref}]"

    def _sent(self, told: dict) -> None:
        case = self.cases[told["case"]]
        self.desk.do(self.desk.sam, correspondence.write, case=case, words="Dear customer, we look into it.")
        letter, message_id = db.row(
            "select id, message_id from owed where file = %s and staff = '' order by number desc limit 1",
            [case],
        )
        self.changes[told["message_id"]] = message_id
        self.changes[told["bounce_address"]] = ours.bounce_address(letter)

    def _merge(self) -> None:
        into = shown.load(self.cases["C-1006"]).case
        young, old = self.cases["C-1005"], self.cases["C-1006"]
        self.desk.do(self.desk.sam, merging.merge, case=young, other=into, into=old, why="The same parcel.")

    def _close(self) -> None:
        """C-1003 has ended: its customer withdrew it."""
        from amends.rules import cases
        from amends.rules.values import customer

        case = self.cases["C-1003"]
        who = customer(shown.load(case).case.customer)
        self.desk.do(who, cases.withdraw, case=case, words="Never mind.")

    def items(self):
        return [self.item(told) for told in self.files]

    def item(self, told: dict) -> Item:
        raw = self._changed((FOLDER / told["file"]).read_bytes().decode("latin-1")).encode("latin-1")
        envelope = told["envelope"]
        name = told["file"].removeprefix("eml/").removesuffix(".eml")
        return Item(
            name,
            told,
            raw,
            self._changed(envelope["mail_from"]),
            [self._changed(to) for to in envelope["rcpt_to"]],
        )

    def _changed(self, text: str) -> str:
        for old, new in sorted(self.changes.items(), key=lambda pair: -len(pair[0])):
            if old.lower() in text.lower():
                text = re.sub(
                    re.escape(old),
                    lambda found, n=new: n.upper() if found[0].isupper() else n,
                    text,
                    flags=re.I,
                )
        return text

    def case_of(self, item: Item) -> str:
        return self.cases.get(item.expected.get("case", ""), "")


def forget_receipts() -> None:
    """The corpus wants the brakes let go between files, except inside one sequence."""
    db.change("delete from receipts")


def file_all(now: datetime) -> list[filing.Filed]:
    filed = []
    while batch := filing.file_waiting(now):
        filed += batch
    return filed


def newest_letter() -> str:
    return db.row("select id from letters order by id desc limit 1")[0]


def raw_of(letter: str) -> bytes:
    return box.opened(letter).raw
