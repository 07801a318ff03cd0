"""Ridgeline Roofing Supply: a sample company, its people, and the stories this product was built from.

Everything goes through the same acts as the real pages, told over the last two weeks in working hours.
"""

from datetime import datetime, timedelta

from amends import ids
from amends.casework import acts, db, facts
from amends.casework.acts import authority, defects, intake, messages, standing
from amends.casework.moments import micro, moment
from amends.people.first import new_password
from amends.people.models import Staff, Team
from amends.rules import approvals, cases, conversation, correspondence, points, promises, remedies
from amends.rules.clocks import Limit, Unit, add_working_minutes
from amends.rules.entries import Channel, Finding, Harm, Lane, Measure, Offer, Place, RemedyKind
from amends.rules.values import DESK, Role, Text, customer
from amends.timetable.chores import break_promises, seal


class NotANewDesk(Exception):
    """The demo only fills a desk that has no cases; yours is left alone."""


PEOPLE = (
    ("sam@ridgeline.example", "Sam Okafor", Role.REP),
    ("priya@ridgeline.example", "Priya Nair", Role.REP),
    ("kim@ridgeline.example", "Kim Duarte", Role.LEAD),
    ("ines@ridgeline.example", "Ines Roth", Role.DIRECTOR),
    ("lena@ridgeline.example", "Lena Brandt", Role.EXECUTIVE),
)


def fill(now: datetime) -> dict:
    """Make the company and tell its stories. Raises NotANewDesk."""
    if db.row("select 1 from cases limit 1"):
        raise NotANewDesk("This desk has cases already; the demo is for a new one. Nothing was changed.")
    told = _Told(now)
    for story in (
        _twenty_dollars,
        _the_seam,
        _nobody_rang,
        _the_manager_said,
        _the_gutter,
        _options_out,
        _fresh,
        _not_settled,
    ):
        story(told)
    _what_we_say(told)
    told.let_time_pass()
    people = ", ".join(f"{email}" for email, _, _ in PEOPLE)
    words = f"Ridgeline Roofing Supply is here. Sign in as any of {people} with the password {told.password}"
    return {
        "filled": True,
        "people": [email for email, _, _ in PEOPLE],
        "password": told.password,
        "words": words,
    }


class _Told:
    """The company, and a clock that stories set."""

    def __init__(self, now: datetime):
        self.now = now
        self.password = new_password()
        self.house = facts.house()
        team, _ = Team.objects.get_or_create(name="Front desk")
        self.staff = {}
        for email, name, role in PEOPLE:
            person = Staff.objects.filter(email=email).first() or Staff.objects.create_user(
                email, name, role, team, self.password
            )
            person.owns_new_cases = role == Role.REP
            person.save()
            self.staff[name.split()[0].lower()] = person
        self.sam, self.priya, self.kim, self.ines = (self.staff[n] for n in ("sam", "priya", "kim", "ines"))
        self._grants()

    def _grants(self):
        money = facts.house().currency
        for who, kind, unit, case, month in (
            (self.sam, RemedyKind.REFUND, money, 5000, 50000),
            (self.sam, RemedyKind.REPLACEMENT, money, 40000, 200000),
            (self.sam, RemedyKind.VISIT, "times", 2, 8),
            (self.priya, None, money, 10000, 60000),
            (self.kim, None, money, 200000, 1000000),
            (self.ines, None, money, 2000000, 5000000),
        ):
            authority.issue_grant(
                holder=who.id,
                kind=kind,
                unit=unit,
                per_case=case,
                per_month=month,
                by=DESK,
                now=self.ago(20 * 480),
            )

    def ago(self, minutes: int) -> datetime:
        """So many working minutes before now: 480 make a day."""
        days, rest = divmod(minutes, 480)
        start = self.now - timedelta(days=days * 7 // 5 + (2 if days else 0) + 1)
        span = minutes + 0
        low, high = start - timedelta(days=4), self.now
        while high - low > timedelta(minutes=1):  # the calendar only counts forward
            middle = low + (high - low) / 2
            low, high = (
                (middle, high)
                if add_working_minutes(self.house.calendar, middle, span) <= self.now
                else (low, middle)
            )
        return low

    def open(
        self,
        name,
        words,
        *,
        at,
        address="",
        company="",
        sought="",
        expects="",
        channel=Channel.EMAIL,
        owner=None,
        **more,
    ):
        """A complaint arrives. Returns its case."""
        outcome = intake.receive_complaint(
            intake.Complaint(
                act=ids.new(),
                channel=channel,
                words=words,
                name=name,
                address=address,
                company=company,
                sought=sought,
                expects=expects,
                owner=(owner or self.sam).id,
                by=None if channel in (Channel.EMAIL, Channel.FORM) else (owner or self.sam).actor,
                **more,
            ),
            now=self.ago(at),
        )
        return _Case(self, outcome.file, outcome.state.customer)

    def let_time_pass(self):
        """What the timetable would have done meanwhile, so that the first look is at a living desk."""
        break_promises(self.now)
        seal(self.now)
        db.change(
            "update owed set state = 'in_folder' where state = 'waiting' and due_at < %s",
            [micro(self.now)],
        )

    def soon(self, days: int) -> datetime:
        return self.house.due(Limit(days, Unit.WORKING_DAY), self.now)


class _Case:
    """One case of the story, and who acts in it when."""

    def __init__(self, told: _Told, file: str, who: str):
        self.told, self.file, self.customer = told, file, customer(who)

    def by(self, person, verb, at: int, **asked):
        actor = person if person is self.customer else person.actor
        self._let_lapse(self.told.ago(at))
        return acts.perform(self.file, verb, by=actor, now=self.told.ago(at), **asked)

    def _let_lapse(self, until: datetime):
        """What broke before this moment, broke at its own."""
        for due in db.rows(
            "select due_at from promises where \"case\" = %s and state = 'open' and due_at < %s order by due_at",
            [self.file, micro(until)],
        ):
            acts.perform(self.file, promises.lapse, by=DESK, now=moment(due[0]))

    def they(self, verb, at: int, **asked):
        return self.by(self.customer, verb, at, **asked)

    def note(self, person, at, words):
        messages.write_note(self.file, words=words, by=person.actor, now=self.told.ago(at))

    def point(self, person, at, words):
        messages.raise_point(self.file, words=words, by=person.actor, now=self.told.ago(at))

    def understood(self, person, at, *wrong, harm=Harm.MODERATE, why=""):
        """Points raised, read back, confirmed; harm assessed."""
        for words in wrong:
            self.point(person, at, words)
        self.by(person, points.read_back, at - 1)
        self.they(points.confirm, at - 60)
        self.by(person, cases.assess, at - 70, harm=harm, why=why)

    def offer(self, lane, kind, act, days, amount=0, unit="", reasons="", owner=None):
        told = self.told
        return Offer(
            lane=lane,
            kind=kind,
            act=Text(act),
            owner=(owner or told.sam).id,
            due=told.soon(days),
            amount=amount,
            unit=unit or (told.house.currency if amount else ""),
            reasons=Text(reasons),
        )


def _twenty_dollars(told: _Told):
    """Twenty dollars nearly lost a customer for life. It takes one act."""
    words = (
        "Your loop told me for eleven minutes how important I am to you. Then I was told the delivery fee stands,"
        " though your own man on the phone said it would not be charged.\n\n"
        "Twenty dollars. You would lose a customer over twenty dollars. I am not asking for a cheque, I am asking"
        " whether there is a person there."
    )
    case = told.open(
        "Tom Reyes",
        words,
        at=960,
        address="tom@reyes.example",
        company="Reyes & Daughter",
        sought="The twenty dollars, and somebody to say it was your mistake.",
        expects="That you will understand how I feel.",
    )
    case.understood(
        told.sam,
        930,
        "your own man on the phone said it would not be charged",
        "Your loop told me for eleven minutes how important I am to you",
    )
    case.by(told.sam, points.find, 800, number=1, finding=Finding.UPHELD, our_error=True,
            cause="The call of 3 October is recorded. We said no fee, and then charged one.")  # fmt: skip
    case.by(told.sam, points.find, 795, number=2, finding=Finding.UPHELD, our_error=True,
            cause="The message plays however long people wait. We have asked for it to be taken off.")  # fmt: skip
    case.by(
        told.sam,
        conversation.hear_effect,
        790,
        words="He felt told, not heard; he hung up, and never had before.",
    )
    case.by(
        told.sam, conversation.agree_problem, 785, words="We said one thing about the fee and did another."
    )
    offer = case.offer(
        Lane.ASKED, RemedyKind.REFUND, "We refund the $20 delivery fee to your account", 1, 2000
    )
    case.by(told.sam, remedies.grant, 700, offer=offer)
    case.by(told.sam, promises.make, 690, deed="Send you the proof of the refund", owner=told.sam.id, due=told.now + timedelta(minutes=138))  # fmt: skip


def _the_seam(told: _Told):
    """The inferior membrane everybody knew of. The rep says what it is, and does not talk her into living with it."""
    words = (
        "I have a widow on Harmon Street with a bucket in her hall, and she is looking at me, not at you. The seam"
        " on the R-40 lifted after six weeks. I torched it exactly the way your sheet says. I rang on the second and"
        " was told someone would call. Nobody did.\n\n"
        "I do not want to hear how valued I am. I want to know what went wrong and when it gets fixed."
    )
    case = told.open(
        "Ana Whitlock",
        words,
        at=1900,
        address="ana@whitlock.example",
        company="Whitlock & Sons, roofers",
        sought="A new sheet on that roof, and someone who will say what went wrong.",
        expects="Nothing, honestly.",
        danger=True,
    )
    case.by(told.sam, promises.make, 1890, deed="Ring you before the day is over", owner=told.sam.id,
            due=told.ago(1600))  # fmt: skip
    case.understood(
        told.sam,
        1450,
        "The seam on the R-40 lifted after six weeks. I torched it exactly the way your sheet says",
        "I rang on the second and was told someone would call. Nobody did",
        harm=Harm.SEVERE,
        why="Water in an occupied house",
    )
    case.by(told.sam, points.find, 1300, number=2, finding=Finding.UPHELD, our_error=True,
            cause="We promised a call and did not make it.")  # fmt: skip
    case.by(told.sam, promises.make, 1290, deed="Trace your lot and tell you what we find", owner=told.priya.id,
            due=told.ago(900))  # fmt: skip
    known = {
        "name": "D-112",
        "products": "R-40",
        "words": "In lot 2231 the bonding film lets go above forty degrees.",
    }
    defect = defects.open_defect(**known, by=told.kim.actor, now=told.ago(1285)).file
    defects.link_defect(case.file, defect=defect, by=told.priya.actor, now=told.ago(1280))
    case.note(told.sam, 1200, "The owner of the house is 81; the crew rings her before they come.")
    case.by(
        told.priya,
        promises.keep,
        960,
        number=4,
        proof="Lot 2231, traced to pallet 17; told to Ana by telephone.",
    )
    case.by(told.sam, correspondence.write, 900, words=(
        "Dear Ana,\n\nyou asked what went wrong. Lot 2231 of the R-40 was made with a bonding film that lets go in"
        " the heat. Fourteen of the sixty-one roofs it went on have lifted, yours among them. It was not your torch"
        " work.\n\nSam Okafor"))  # fmt: skip
    case.by(
        told.sam,
        promises.make,
        480,
        deed="Call you with the day our crew can come",
        owner=told.sam.id,
        due=told.soon(1),
    )


def _what_we_say(told: _Told):
    """What the house says to everybody: one of it is not so."""
    by = {"by": told.ines.actor, "now": told.ago(2000)}
    for place, words, value in (
        (Place.WARRANTY_CARD, "Nine of ten claims are settled within ten days.", 71),
        (Place.WEB_PAGE, "A person answers you, by name.", 100),
    ):
        claim = standing.register(place=place, words=words, owner=told.kim.id, **by).file
        standing.set_measure(claim, measure=Measure.BY_HAND, line=90, of="", **by)
        count = {"n": 40, "shown": "Count of the quarter, Kim's sheet 4"}
        standing.measure_by_hand(claim, value=95, **count, **by)
        standing.go_live(claim, **by)
        standing.measure_by_hand(claim, value=value, **count, by=told.kim.actor, now=told.ago(1500))
    standing.register(place=Place.HOLD_LOOP, words="Your problem will be solved.", owner=told.ines.id, **by)


def _nobody_rang(told: _Told):
    """A man who shouted, with cause. What counts is what was promised him."""
    case = told.open(
        "Dale Brenner",
        "Nobody rang. Three days I stood next to that phone. My crew of four stood in the yard with me, and I pay"
        " them whether the pallet comes or not.",
        at=1500,
        company="Brenner Exteriors",
        channel=Channel.CALL,
        phone="216 555 0162",
        reference="Recording 2208-14",
        sought="The pallet, and the three days.",
    )
    case.point(told.sam, 1490, "Nobody rang. Three days I stood next to that phone")
    case.point(told.sam, 1489, "My crew of four stood in the yard with me")
    case.by(
        told.sam,
        promises.make,
        1480,
        deed="Ring you with the hour the pallet leaves",
        owner=told.sam.id,
        due=told.ago(1000),
    )
    case.by(told.kim, correspondence.log_contact, 600, channel=Channel.CALL, happened_at=told.ago(600), reference="Recording 2211-03",
            words="He shouted for four minutes and then thanked me for staying on. He wants the hour, not an apology.")  # fmt: skip
    case.by(told.sam, promises.need_time, 420, points=(), owner=told.sam.id, due=told.soon(1), deed="Say when the pallet leaves and what the three days cost you", words=(
        "I have not met this before: the carrier lost the pallet twice. I would like to help you, and I need a little"
        " more time to find out where it is."))  # fmt: skip


def _the_manager_said(told: _Told):
    """He had been told "I asked my manager". Nobody had. This time somebody is asked, and answers."""
    case = told.open(
        "Lucía Ferrer",
        "Your colleague went behind a door and came back with “I asked my manager”. Which manager? I want the nine"
        " other rolls looked at before I lay them. Just tell me whether they are safe.",
        at=1300,
        address="lucia@ferrer.example",
        company="Ferrer Sheet Metal",
        sought="Just tell me whether the other nine rolls are safe to lay.",
    )
    case.understood(told.priya, 1250, "Your colleague went behind a door and came back with “I asked my manager”",
                    "I want the nine other rolls looked at before I lay them", harm=Harm.SERIOUS)  # fmt: skip
    case.by(told.priya, points.find, 1000, number=1, finding=Finding.UPHELD, our_error=True,
            cause="Nobody was asked. It should not have been said.")  # fmt: skip
    case.note(told.priya, 990, "Spoke with the colleague: he thought it would calm her.")
    case.by(told.priya, approvals.ask, 300, of=told.kim.id, kind=RemedyKind.VISIT, amount=64000, unit=told.house.currency,
            why="A peel test on site with the hired crane, before she lays nine rolls of the same lot.")  # fmt: skip


def _the_gutter(told: _Told):
    """A remedy from no page of any module: delivered, proved, and it held."""
    case = told.open(
        "Joan Holloway",
        "The gutter seal you sold me does not meet the profile and it drips on the step where my mother walks.",
        at=4300,
        address="joan@holloway.example",
        sought="A dry step.",
    )
    case.understood(
        told.sam, 4250, "The gutter seal you sold me does not meet the profile", harm=Harm.SERIOUS
    )
    case.by(told.sam, points.find, 4100, number=1, finding=Finding.UPHELD, our_error=True,
            cause="The catalogue names the wrong profile for that gutter.")  # fmt: skip
    offer = Offer(
        lane=Lane.ASKED,
        kind=RemedyKind.SOMETHING_ELSE,
        act=Text("Sam bends a drip edge from a sheet offcut and fits it over the step himself"),
        owner=told.sam.id,
        due=told.ago(3300),
    )
    outcome = case.by(told.sam, remedies.propose, 4000, offers=(offer,))
    case.they(
        remedies.accept, 3900, number=1, digest=outcome.state.option(1).offer.act.digest, words="Yes please."
    )
    case.by(told.sam, remedies.deliver, 3500, number=1, proof="Photograph drip-edge-1; Joan watched it rain.")
    case.they(cases.settle, 3300, rating=5, words="Still dry. My mother sends cake.")
    case.by(told.sam, cases.close, 3200)


def _options_out(told: _Told):
    """Options are with the customer: what he asked for, and a better idea beside it."""
    case = told.open(
        "Ray Okonkwo",
        "Two rolls short on the pallet. I counted twice and so did the driver.",
        at=1100,
        address="ray@okonkwo.example",
        company="Marsh Lane Schools",
        sought="The two rolls by Tuesday.",
    )
    case.understood(told.sam, 1050, "Two rolls short on the pallet. I counted twice and so did the driver")
    case.by(told.sam, points.find, 900, number=1, finding=Finding.UPHELD, our_error=True,
            cause="The picking list says twelve; ten were loaded.")  # fmt: skip
    case.by(told.sam, remedies.propose, 500, offers=(
        case.offer(Lane.ASKED, RemedyKind.REPLACEMENT, "Two rolls from lot 2247, at the school on Tuesday before eight", 3, 18000),
        case.offer(Lane.OURS, RemedyKind.REPLACEMENT, "Two rolls from the yard at Elm Street, which Sam brings over this afternoon", 2, 18000,
                   reasons="It saves you the weekend; the lot is the same."),
    ))  # fmt: skip


def _fresh(told: _Told):
    """Two that came in this morning and that nobody has read."""
    told.open(
        "Holt Roofing",
        "Either a credit or the right fixings would do. Silence will not.",
        at=90,
        address="office@holt.example",
        company="Holt Roofing",
        sought="A credit, or the right fixings.",
    )
    told.open(
        "Hal Pruitt",
        "This is the third skylight. The first two leaked, you replaced them, this one leaks. I am not shouting any"
        " more. I would just like to know who decides.",
        at=45,
        address="hal@pruitt.example",
        channel=Channel.FORM,
        owner=told.priya,
        sought="To speak with whoever decides.",
    )


def _not_settled(told: _Told):
    """It was closed, and it was not settled. It goes on under its first day."""
    case = told.open(
        "Joan Petty",
        "The roll has a crease along its whole length.",
        at=4500,
        address="joan@petty.example",
        sought="A roll without a crease.",
    )
    case.understood(told.sam, 4450, "The roll has a crease along its whole length")
    case.by(
        told.sam,
        points.find,
        4300,
        number=1,
        finding=Finding.UPHELD,
        our_error=True,
        cause="It was stored on its side.",
    )
    offer = Offer(lane=Lane.ASKED, kind=RemedyKind.REPLACEMENT, act=Text("A new roll, brought and looked at together"),
                  owner=told.sam.id, due=told.ago(3600), amount=9000, unit=told.house.currency)  # fmt: skip
    outcome = case.by(told.sam, remedies.propose, 4200, offers=(offer,))
    case.they(remedies.accept, 4100, number=1, digest=outcome.state.option(1).offer.act.digest)
    case.by(told.sam, remedies.deliver, 3700, number=1, proof="Delivery note 8841, signed Petty")
    case.they(cases.settle, 3600, rating=4)
    case.by(told.sam, cases.close, 3500)
    case.they(cases.not_settled, 60, words="This is not settled. The second roll has it too.")
