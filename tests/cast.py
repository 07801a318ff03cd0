"""The standing cast: Ana complains, Sam works her case, Kim leads, Ines directs; Noor is of another team.

`Desk` does what they would do through the real acts, so that a test starts where it wants to and says only
what it is about.
"""

from datetime import UTC, datetime, timedelta

from amends import ids
from amends.casework import acts, db, shown
from amends.casework.acts import authority, intake, messages
from amends.casework.rebuild import rebuild, snapshot
from amends.casework.verify import findings
from amends.people.models import Staff, Team
from amends.post import box, filing, ours
from amends.rules import cases, points, remedies
from amends.rules.case import Case
from amends.rules.entries import Channel, Finding, Harm, Lane, Offer, RemedyKind
from amends.rules.values import DESK, Actor, Role, Text, customer

COMPLAINT = (
    "The seam on the R-40 lifted after six weeks. I torched it exactly the way your sheet says.\n"
    "I rang on the second and was told someone would call. Nobody did."
)
PASSWORD = "a long enough password"


class Desk:
    """A desk on a Wednesday in June."""

    def __init__(self, now: datetime):
        self.now = now
        self.team = Team.objects.create(name="Front desk")
        elsewhere = Team.objects.create(name="Elsewhere")
        make = Staff.objects.create_user
        self.sam = make("sam@desk.example", "Sam Okafor", Role.REP, self.team)
        self.kim = make("kim@desk.example", "Kim Duarte", Role.LEAD, self.team)
        self.ines = make("ines@desk.example", "Ines Roth", Role.DIRECTOR, self.team)
        self.lena = make("lena@desk.example", "Lena Brandt", Role.EXECUTIVE, self.team)
        self.noor = make("noor@desk.example", "Noor Haddad", Role.REP, elsewhere)
        self.noor.owns_new_cases = False
        self.noor.save()
        self.case = ""
        self.ana: Actor = DESK

    # Time and acts ----------------------------------------------------------------------------------------------

    def later(self, **time) -> "Desk":
        self.now += timedelta(**time)
        return self

    def live(self) -> "Desk":
        """From now on it is the real present: for tests that act through pages, which ask the time themselves."""
        self.now = datetime.now(UTC)
        return self

    def do(self, by, verb, act: str = "", case: str = "", **asked):
        """Somebody does something: a member of staff, or a customer's Actor."""
        actor = by if isinstance(by, Actor) else by.actor
        return acts.perform(case or self.case, verb, by=actor, now=self.now, act=act, **asked)

    def state(self, case: str = "") -> Case:
        return shown.load(case or self.case).case

    def stage(self) -> str:
        return self.state().stage.value

    # Where a test may start -------------------------------------------------------------------------------------

    def received(
        self, words: str = COMPLAINT, name="Ana Whitlock", address="ana@whitlock.example", **more
    ) -> str:
        """Ana complains by form. Returns the case, which is also the desk's own from now on."""
        complaint = intake.Complaint(
            act=ids.new(), channel=more.pop("channel", Channel.FORM), words=words, name=name, address=address,
            sought=more.pop("sought", "A new sheet on that roof"), **more,
        )  # fmt: skip
        outcome = intake.receive_complaint(complaint, now=self.now)
        self.case, self.ana = outcome.file, customer(outcome.state.customer)
        return self.case

    def understood(self) -> str:
        """Two points, read back and confirmed by Ana."""
        self.case or self.received()
        for words in ("The seam on the R-40 lifted after six weeks", "told someone would call. Nobody did"):
            self.point(words)
        self.do(self.sam, points.read_back)
        self.do(self.ana, points.confirm)
        return self.case

    def working(self, harm: Harm = Harm.MODERATE) -> str:
        """Assessed, and every point found upheld."""
        self.understood()
        self.do(self.sam, cases.assess, harm=harm)
        for number in (1, 2):
            self.found(number)
        return self.case

    def proposed(self, *offers: Offer) -> str:
        """Options are with Ana: what she asked for, unless others are given."""
        self.working()
        self.do(self.sam, remedies.propose, offers=offers or (self.offer("A new sheet, laid by our crew"),))
        return self.case

    def delivering(self) -> str:
        """Ana has chosen the first option."""
        self.proposed()
        self.choose(1)
        return self.case

    def delivered(self) -> str:
        self.delivering()
        for remedy in self.state().remedies:
            self.do(
                self.sam, remedies.deliver, number=remedy.number, proof="Delivery note 8841, signed Whitlock"
            )
        return self.case

    def closed(self) -> str:
        self.delivered()
        self.do(self.ana, cases.settle, rating=5)
        self.do(self.sam, cases.close)
        return self.case

    # Small things -----------------------------------------------------------------------------------------------

    def point(self, words: str, by=None):
        return messages.raise_point(self.case, words=words, by=(by or self.sam).actor, now=self.now)

    def found(self, number: int, finding: Finding = Finding.UPHELD, our_error: bool = True):
        cause = "The bonding film lets go in the heat."
        return self.do(
            self.sam, points.find, number=number, finding=finding, cause=cause, our_error=our_error
        )

    def choose(self, number: int):
        digest = self.state().option(number).offer.act.digest
        return self.do(self.ana, remedies.accept, number=number, digest=digest)

    def offer(
        self, act: str, lane: Lane = Lane.ASKED, kind=RemedyKind.SOMETHING_ELSE, amount=0, days=3, **more
    ) -> Offer:
        return Offer(
            lane=lane,
            kind=kind,
            act=Text(act),
            owner=more.pop("owner", self.sam.id),
            due=self.now + timedelta(days=days),
            amount=amount,
            unit="USD" if amount else "",
            **more,
        )

    def grant(
        self, holder, per_case: int, per_month: int, kind: RemedyKind | None = None, unit: str = "USD"
    ) -> str:
        return authority.issue_grant(
            holder=holder.id,
            kind=kind,
            unit=unit,
            per_case=per_case,
            per_month=per_month,
            by=DESK,
            now=self.now,
        ).file

    # Letters ----------------------------------------------------------------------------------------------------

    def hears(
        self,
        words="It lifted again.",
        *,
        who="Ana Whitlock <ana@whitlock.example>",
        to="",
        head="",
        html="",
        file=b"",
    ) -> filing.Filed:
        """A letter comes: to the case's own address unless `to` says where. `head` stands in place of From."""
        to = to or ours.reply_address(self.case, self.state().customer)
        raw = f"{head or f'From: {who}{chr(13)}{chr(10)}'}To: {to}\r\nSubject: The seam\r\n"
        raw += f"Message-ID: <{ids.new()}@whitlock.example>\r\nMIME-Version: 1.0\r\n"
        parts = [("text/plain; charset=utf-8", words)]
        parts += [("text/html; charset=utf-8", html)] if html else []
        body = "".join(f"--edge\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
        kind = "mixed" if file else "alternative"
        if file:
            named = 'Content-Disposition: attachment; filename="seam.jpg"'
            body += f"--edge\r\nContent-Type: image/jpeg\r\n{named}\r\n\r\n{file.decode('latin-1')}\r\n"
        whole = f'{raw}Content-Type: multipart/{kind}; boundary="edge"\r\n\r\n{body}--edge--\r\n'
        return self.delivered_raw(whole.encode("latin-1"), to=to)

    def delivered_raw(self, raw: bytes, sender: str | None = None, to: str = "") -> filing.Filed:
        """A raw letter comes by pipe and is filed at once."""
        (letter,) = box.put([box.Delivery(raw, sender, to, "pipe")])
        return next(one for one in filing.file_waiting(self.now) if one.letter == letter)

    # What must always hold --------------------------------------------------------------------------------------

    def is_sound(self) -> None:
        """The chain verifies, and redrawing the tables changes nothing."""
        assert list(findings()) == []
        before = snapshot()
        rebuild()
        after = snapshot()
        for table, rows in before.items():
            assert after[table] == rows, table

    def letters(self) -> list[str]:
        """Kinds of the letters the case's customer was sent, in order."""
        return [
            line.entry.kind.value
            for line in shown.load(self.case).lines
            if type(line.entry).__name__ == "LetterSent"
        ]

    def words(self) -> list[str]:
        """The words of the case's entries, in order."""
        return [line.entry.__struct_config__.tag for line in shown.load(self.case).lines]

    def drawn(self, table: str) -> list[tuple]:
        return db.rows(f"select * from {table}")
