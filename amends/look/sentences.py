"""Every word of the ledger and every reason of a refusal, as a sentence. Plain, exact, warm by deed."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from amends.casework import wording
from amends.rules.belonging import Held
from amends.rules.entries import (
    Channel,
    Finding,
    Ground,
    Harm,
    Kindness,
    Lane,
    LetterKind,
    Mark,
    Measure,
    Place,
    RemedyKind,
    Step,
)
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.truth import Because
from amends.rules.values import Role

STAGES = {
    "received": lazy("Received"),
    "acknowledged": lazy("Acknowledged"),
    "understood": lazy("Understood"),
    "working": lazy("Working"),
    "proposed": lazy("Proposed"),
    "delivering": lazy("Delivering"),
    "closed": lazy("Closed"),
    "withdrawn": lazy("Withdrawn"),
}
HARMS = {
    Harm.UNKNOWN: lazy("Not assessed yet"),
    Harm.LOW: lazy("Low"),
    Harm.MODERATE: lazy("Moderate"),
    Harm.SERIOUS: lazy("Serious"),
    Harm.SEVERE: lazy("Severe"),
}
CHANNELS = {
    Channel.EMAIL: lazy("by email"),
    Channel.FORM: lazy("by our form"),
    Channel.PORTAL: lazy("on their page"),
    Channel.CALL: lazy("by telephone"),
    Channel.LETTER: lazy("by letter"),
    Channel.VISIT: lazy("in person"),
}
KINDS = {
    RemedyKind.REFUND: lazy("Refund"),
    RemedyKind.CREDIT: lazy("Credit"),
    RemedyKind.REPLACEMENT: lazy("Replacement"),
    RemedyKind.REPAIR: lazy("Repair"),
    RemedyKind.VISIT: lazy("Visit"),
    RemedyKind.EXPLANATION: lazy("Explanation"),
    RemedyKind.APOLOGY: lazy("Apology"),
    RemedyKind.SOMETHING_ELSE: lazy("Something else"),
}
FINDINGS = {
    Finding.NONE: lazy("no finding yet"),
    Finding.UPHELD: lazy("Upheld: you are right."),
    Finding.PARTLY_UPHELD: lazy("Partly upheld."),
    Finding.NOT_UPHELD: lazy("Not upheld."),
}
LANES = {Lane.ASKED: lazy("What you asked for"), Lane.OURS: lazy("Instead, we suggest")}
STEPS = {
    Step.LISTEN: lazy("Listen"),
    Step.EMPATHISE: lazy("Empathise"),
    Step.AGREE: lazy("Agree"),
    Step.PROPOSE: lazy("Propose"),
}
THIRD_STEP = {"agree": lazy("Agree"), "ask": lazy("Ask"), "analyse": lazy("Analyse")}
ROLES = {
    Role.REP: lazy("rep"),
    Role.LEAD: lazy("lead"),
    Role.DIRECTOR: lazy("director"),
    Role.EXECUTIVE: lazy("executive"),
    Role.ADMINISTRATOR: lazy("administrator"),
}
CLOCKS = {
    "ack": lazy("A person writes"),
    "first_option": lazy("First option"),
    "answer": lazy("Full answer"),
}
LETTERS = {
    LetterKind.REPLY: lazy("Letter"),
    LetterKind.HOLDING: lazy("Holding note"),
    LetterKind.RECEIPT: lazy("Receipt"),
    LetterKind.READ_BACK: lazy("The points, read back"),
    LetterKind.NEED_TIME: lazy("More time asked"),
    LetterKind.REFUSED: lazy("What we cannot do, and why"),
    LetterKind.OPTIONS: lazy("The options"),
    LetterKind.CHOSEN: lazy("What was chosen"),
    LetterKind.GRANTED: lazy("What is given"),
    LetterKind.WRITTEN_DOWN: lazy("What we wrote down from their words"),
    LetterKind.BROKEN: lazy("A promise was broken"),
    LetterKind.DELAY: lazy("A promise will be late"),
    LetterKind.NEW_OWNER: lazy("Who has it now"),
    LetterKind.DELIVERED: lazy("Is it put right?"),
    LetterKind.CLOSED: lazy("Closed"),
    LetterKind.REOPENED: lazy("It goes on"),
    LetterKind.WITHDRAWN: lazy("Withdrawn"),
    LetterKind.MERGED: lazy("Dealt with together with another"),
    LetterKind.UNMERGED: lazy("It stands on its own again"),
}

MARKS = {
    Mark.FROM_MISSING: lazy("The letter names no writer; the mail server’s word stands for it."),
    Mark.FROM_AMBIGUOUS: lazy("Who wrote it cannot be read for certain."),
    Mark.NAME_SPOOF: lazy("The name is not what the address says: look at the address."),
    Mark.LOOKALIKE: lazy("The address only looks like one we know: it has other letters."),
    Mark.REPLY_TO_DIFFERS: lazy("It asks for answers to another address. Ours go to the writer’s."),
    Mark.CLAIMS_STAFF: lazy("It says it is from one of us. A letter carries no authority here."),
    Mark.NOT_AUTHENTIC: lazy("The mail server could not confirm the sender."),
    Mark.THREAD_HINT: lazy("It may belong to another case."),
    Mark.ID_REUSED: lazy("Its number was used before by a letter with other words."),
    Mark.DATE_UNTRUSTED: lazy("We count from when it came, not from the date it bears."),
    Mark.INCOMPLETE: lazy("It came incomplete."),
    Mark.ENCRYPTED: lazy("It is encrypted; we cannot read what is inside."),
    Mark.AMBIGUOUS: lazy("Programs may read it differently. The bytes are kept as they came."),
    Mark.DIFFERS: lazy("Its plain words and its layout say different things; both are shown."),
    Mark.MASS_RECIPIENTS: lazy("It went to very many people."),
    Mark.PAYMENT_DATA: lazy("It seems to hold a card number. Do not copy it anywhere."),
}
HELD = {
    Held.NOT_A_LETTER: lazy("It is no letter: blank, or not in words."),
    Held.OVER_A_LIMIT: lazy("It passes a limit of the reader."),
    Held.TOO_LARGE: lazy("It is too large to fetch."),
    Held.LOOP: lazy("It is one of ours that came back, or goes round in circles."),
    Held.NO_SENDER: lazy("It says from nobody that it comes."),
    Held.SEVERAL_SENDERS: lazy("Who wrote it cannot be told for certain."),
    Held.NOT_AUTHENTIC: lazy("The sender’s domain says it did not send this."),
    Held.AS_STAFF: lazy("It says it is from one of us, and nothing shows that it is."),
    Held.NO_MAILBOX: lazy("It is for an address here that nobody has."),
    Held.REFUSED: lazy("It could not be filed."),
    Held.TROUBLE: lazy("It could not be filed: the log says why."),
}
MACHINES = {
    "auto-submitted": lazy("A program wrote it."),
    "auto-reply": lazy("An automatic answer."),
    "out-of-office": lazy("Somebody is away."),
    "null-sender": lazy("It came without a sender’s address, as machines write."),
    "no-reply": lazy("From an address that takes no answer, to a case of somebody else."),
    "sign-in mail": lazy("A service’s mail about signing in. Only people who work here may read it."),
    "bulk": lazy("A mass mailing."),
    "read-receipt": lazy("A receipt for reading."),
    "abuse-report": lazy("Somebody marked a letter of ours as unwanted."),
    "calendar-reply": lazy("An answer to an invitation."),
    "challenge": lazy("It wants to be shown that we are no machine. Nothing answers it."),
    "report": lazy("A mail system’s report."),
    "bounce": lazy("A mail server’s report about a letter that we cannot tell is ours."),
}
NOT_LEFT = {
    "wrote first": lazy("%(name)s wrote first."),
    "no longer works here": lazy("Its writer no longer works here."),
}

MISSING = {
    Missing.POINTS: lazy("what is wrong, split into points"),
    Missing.CONFIRMATION: lazy("the customer’s word that the points are right"),
    Missing.ASSESSMENT: lazy("the harm, assessed"),
    Missing.FINDINGS: lazy("a finding on point %(n)s"),
    Missing.REMEDY_SOUGHT: lazy("what the customer asks for, or that they named nothing"),
    Missing.ACCEPTANCE: lazy("the customer’s choice"),
    Missing.DELIVERY: lazy("proof that this has reached the customer: %(deed)s"),
    Missing.PROMISE_OPEN: lazy("a promise still open: %(deed)s"),
    Missing.PROMISE_OWED: lazy("a promise broken and still owed: %(deed)s"),
    Missing.UNREAD: lazy("what the customer said last, in entry %(n)s, read by somebody"),
    Missing.OPTION_OPEN: lazy("option %(n)s, which is with the customer"),
    Missing.APPROVAL_OPEN: lazy("an ask that waits for an answer"),
    Missing.CUSTOMERS_WORD: lazy("the customer’s word that it is put right, or a quiet time after delivery"),
    Missing.CONTRADICTED: lazy("“%(n)s”: the file says otherwise"),
    Missing.ENDING: lazy("“%(n)s”: nobody here may close the door on a customer in a letter"),
    Missing.NOT_SHOWN: lazy("“%(n)s”: nothing on the file shows it yet"),
    Missing.UNDATED: lazy("“%(n)s”: a promise needs a day"),
    Missing.BELITTLES: lazy("“%(n)s” insults the customer"),
    Missing.DAY_PASSED: lazy("“%(n)s”: that day has passed"),
    Missing.EMPTY: lazy("an act, a date, a fact or an option: this soothes, and says nothing yet"),
    Missing.TIME_UNDATED: lazy("“%(n)s”: until when?"),
    Missing.PROMISE_NOT_MADE: lazy(
        "“%(n)s”: this promise is not on the file. Make it first, or write it in an answer"
    ),
}
MISSING_AT = {
    Missing.POINTS: "points/",
    Missing.CONFIRMATION: "points/",
    Missing.ASSESSMENT: "assess/",
    Missing.FINDINGS: "findings/%(n)s/",
    Missing.REMEDY_SOUGHT: "points/",
    Missing.ACCEPTANCE: "options/",
    Missing.DELIVERY: "remedies/%(n)s/",
    Missing.PROMISE_OPEN: "promises/%(n)s/",
    Missing.PROMISE_OWED: "promises/%(n)s/",
    Missing.UNREAD: "#entry-%(n)s",
    Missing.OPTION_OPEN: "options/",
    Missing.APPROVAL_OPEN: "approvals/%(n)s/",
    Missing.CUSTOMERS_WORD: "word/",
    Missing.CONTRADICTED: "#answer",
    Missing.ENDING: "#answer",
    Missing.NOT_SHOWN: "#answer",
    Missing.UNDATED: "#answer",
    Missing.BELITTLES: "#answer",
    Missing.DAY_PASSED: "#answer",
    Missing.EMPTY: "#answer",
    Missing.TIME_UNDATED: "#answer",
    Missing.PROMISE_NOT_MADE: "#owe",
}

PLACES = {
    Place.HOLD_LOOP: lazy("hold loop"),
    Place.AUTO_REPLY: lazy("automatic receipt"),
    Place.WEB_PAGE: lazy("web page"),
    Place.WARRANTY_CARD: lazy("warranty card"),
    Place.CHARTER: lazy("charter"),
}
MEASURES = {
    Measure.PROMISES_KEPT: lazy("promises kept by their moment"),
    Measure.HEARD_IN_TIME: lazy("complaints to which a person wrote in time"),
    Measure.ANSWERED_IN_TIME: lazy("complaints fully answered in time"),
    Measure.SOLVED_FOR_GOOD: lazy("cases closed that did not go on again within thirty days"),
    Measure.BY_HAND: lazy("measured elsewhere, by hand"),
}

# Why a claim does not stand as it is, by the word of `rules/truth.py`.
BECAUSE = {
    Because.RECORDED: lazy("entry %(n)s says so"),
    Because.ENCLOSED: lazy("it goes with this letter"),
    Because.NOBODY_ASKED: lazy("nobody was asked"),
    Because.NOT_ANSWERED: lazy("nobody has answered yet what was asked in entry %(n)s"),
    Because.NOTHING_PAID: lazy("nothing was paid or granted"),
    Because.NOT_DELIVERED: lazy("it was granted in entry %(n)s, and nothing shows that it was done"),
    Because.NOT_SENT: lazy("nothing shows that anything was sent"),
    Because.CAME_BACK: lazy("it came back: entry %(n)s"),
    Because.NOT_PROMISED: lazy("no such promise stands on the file"),
    Because.NOT_DONE: lazy("it was not done: entry %(n)s"),
    Because.NOT_SETTLED: lazy("the customer said in entry %(n)s that it is not settled"),
    Because.NOBODY_LOOKED: lazy("nothing shows that anybody looked"),
    Because.KNOWN_DEFECT: lazy("it is a known defect: %(what)s"),
    Because.OTHER_CASES: lazy("other cases are about the same: %(what)s"),
    Because.OUR_ERROR: lazy("entry %(n)s found that it was our error"),
    Because.LEFT_TO_OFFER: lazy("what is in your power was neither offered nor ruled out"),
    Because.NO_RECORD: lazy("nothing on the file shows it"),
    Because.NO_TERMS: lazy("no terms that say so are on record"),
    Because.NOBODY_CALLED: lazy("no call of ours stands on the file"),
    Because.SAID_NO: lazy("in entry %(n)s they said no"),
    Because.OTHER_AMOUNT: lazy("entry %(n)s tells of another amount"),
    Because.ABOVE_GRANT: lazy("it is more than you may give on this case"),
    Because.NO_INTERVENTION: lazy("the record tells of no such act on that day"),
}

KINDNESS = {Kindness.APPLAUSE: lazy("applause"), Kindness.SOLACE: lazy("solace")}
GROUNDS = {
    Ground.SAFETY: lazy("it would put somebody in danger"),
    Ground.THIRD_PARTY: lazy("it speaks of somebody else"),
    Ground.LAW: lazy("a law forbids it"),
}

FIELDS = {
    "words": lazy("the words"),
    "text": lazy("the words"),
    "why": lazy("a reason"),
    "act": lazy("what will be done"),
    "name": lazy("a name"),
    "sought": lazy("what they ask for"),
    "effect": lazy("what it did to them"),
    "agreed": lazy("the problem in one sentence"),
    "cause": lazy("the cause"),
    "proof": lazy("the proof"),
    "expects": lazy("what they expect"),
    "address": lazy("the address"),
    "company": lazy("the company"),
    "phone": lazy("the telephone number"),
    "subject": lazy("the subject"),
    "reasons": lazy("the reasons"),
    "harm": lazy("how much harm there is"),
    "finding": lazy("the finding"),
    "products": lazy("the products it is in"),
    "shown": lazy("what shows it"),
}

_REFUSALS = {
    Reason.SIGNED_IN_HERE: lazy(
        "Only the customer acts on this page, and somebody who works here is signed in in this browser."
        " Write down on the case what the customer has said."
    ),
    Reason.ONLY_THE_CUSTOMER: lazy(
        "Only the customer can say this. It can be written down from their newest letter, or from a call or paper"
        " with a reference, that came after what it answers."
    ),
    Reason.NOT_FOR_YOU: lazy("This is not yours to do."),
    Reason.NEEDS_A_LEAD: lazy("This takes a lead. Ask yours."),
    Reason.NOBODY_TO_OWN_IT: lazy(
        "Nobody is here to own a new case. An administrator has to add a person first."
    ),
    Reason.OWN_IT_ALREADY: lazy("They own it already."),
    Reason.NOT_YOUR_OWN_ASK: lazy("Nobody decides what they asked for themselves. Ask somebody else."),
    Reason.NOT_OPEN: lazy(
        "This case has ended (%(stage)s). It goes on when the customer says it is not settled."
    ),
    Reason.NOT_RECEIVED: lazy("There is no complaint in this file yet."),
    Reason.ALREADY_RECEIVED: lazy("This complaint is received already: %(ref)s."),
    Reason.NOT_CLOSED: lazy("This case is not closed."),
    Reason.MERGED: lazy("This is dealt with together with another complaint. Go on there."),
    Reason.NOT_MERGED: lazy("This case is not merged into another."),
    Reason.OTHER_CUSTOMER: lazy(
        "The other case is of another customer. Merging would show one of them what the other said."
    ),
    Reason.SAME_CASE: lazy("That is this case itself."),
    Reason.YOUNGER_INTO_OLDER: lazy(
        "%(ref)s came later. Merge it into this one: the older receipt counts, so that no clock gains time."
    ),
    Reason.STILL_OWES: lazy("This case still owes something that would be forgotten with it."),
    Reason.OPENING_LETTER: lazy(
        "This letter opened the case. Merge the case into the other one, or split another letter off."
    ),
    Reason.LETTER_STANDS: lazy("Nothing went wrong with this letter, so far as we know."),
    Reason.HAS_LEFT: lazy("This letter has left already. Write another one."),
    Reason.LETTER_GONE: lazy("This letter has gone elsewhere already."),
    Reason.NOT_UNDERSTOOD: lazy("The customer has not confirmed the points yet. Read them back first."),
    Reason.NOT_PROPOSED: lazy("No options are open to choose among."),
    Reason.NOT_DELIVERING: lazy("Nothing was chosen yet, so nothing can be settled."),
    Reason.NOTHING_GRANTED: lazy("Nothing was given outright that could be accepted."),
    Reason.TOO_LATE_TO_CORRECT: lazy(
        "The customer has chosen already. If it is not right, they say it is not settled."
    ),
    Reason.NOT_READY_TO_PROPOSE: lazy("Nothing can be proposed yet."),
    Reason.NOT_READY_TO_CLOSE: lazy("This cannot close yet."),
    Reason.TOO_FEW_ATTEMPTS: lazy(
        "The points were read back on %(attempts)s of %(needed)s days. After that you may go on without an answer."
    ),
    Reason.ATTEMPT_ALREADY_TODAY: lazy("The points were read back today already. One attempt a day counts."),
    Reason.TEXT_MISSING: lazy("Something is missing: %(field)s."),
    Reason.TEXT_TOO_LONG: lazy(
        "This is too long: %(field)s has %(length)s characters, %(longest)s fit. Nothing was cut."
    ),
    Reason.FILES_TOO_LARGE: lazy(
        "The files are too large for a letter: %(size)s MB, and %(most)s MB fit. Your words are kept; the files are not."
    ),
    Reason.REASON_MISSING: lazy("Something is missing: %(field)s."),
    Reason.PROOF_MISSING: lazy(
        "This needs proof: a payment reference, the carrier’s proof, a photograph, or their word."
    ),
    Reason.OWNER_MISSING: lazy("This needs a person who does it."),
    Reason.DUE_MISSING: lazy("A promise needs a day and a time."),
    Reason.DUE_IN_THE_PAST: lazy("%(due)s has passed. A promise needs a day still to come."),
    Reason.UPDATE_TOO_FAR: lazy(
        "The customer hears from us by %(latest)s at the latest, even if there is nothing new."
    ),
    Reason.LEAVES_TOO_LATE: lazy(
        "The customer was promised a word by %(due)s. This letter would leave after that; send it before."
    ),
    Reason.OPTION_WITHOUT_AN_ACT: lazy("An option needs an act: what is done, by whom, by when."),
    Reason.NO_OPTIONS: lazy("There is no option here yet."),
    Reason.ASKED_NOT_OFFERED: lazy(
        "What the customer asked for must stand beside our own idea, so that they choose. If it is above your"
        " grant, ask above."
    ),
    Reason.POWER_UNUSED: lazy(
        "This no cannot leave yet. What you could still give has to be offered first, or said why it does not fit:"
        " %(unused)s."
    ),
    Reason.NOTHING_ASKED: lazy("The customer asked for nothing that could be refused."),
    Reason.OTHER_TEXT: lazy("What was chosen is not the text on offer now. Read the options once more."),
    Reason.AMOUNT_UNREADABLE: lazy("“%(typed)s” is not an amount we can read. Write it like 50 or 1,250.50."),
    Reason.ADDRESS_UNREADABLE: lazy(
        "We cannot reach you at “%(typed)s”. Give an email address or a telephone number."
    ),
    Reason.ADDRESS_WORKS: lazy(
        "Letters to their address arrive. Only they can change it: ask them to write to us from the new one."
    ),
    Reason.LEAVES_WHEN: lazy("Say when the letter is to leave: a day and a time still to come."),
    Reason.WORDS_NOT_READY: lazy("This cannot leave yet."),
    Reason.HOLDING_UNDATED: lazy("A holding note needs the day by which they hear more."),
    Reason.HELD_OFF_BEFORE: lazy(
        "The last letter only said that there will be more. A second one like it takes a lead."
    ),
    Reason.CONTEMPT: lazy(
        "This belittles somebody: %(phrases)s. They may ask to read it. Change it, or keep it as it is; nothing is lost."
    ),
    Reason.NEEDS_A_DIRECTOR: lazy("This takes a director."),
    Reason.NO_SUCH_CLAIM: lazy("There is no such claim in force."),
    Reason.NO_MEASURE: lazy("Nothing would make this true yet: give it a measure first."),
    Reason.LINE_UNREADABLE: lazy("Give a share from 1 to 100 per cent, of at least five."),
    Reason.NOT_TRUE_YET: lazy(
        "This is not true, so far as anybody has measured: %(said)s. It may be said from %(line)s %% on."
    ),
    Reason.NO_SUCH_ENTRY: lazy("There is no entry %(number)s in this file."),
    Reason.NO_SUCH_DEFECT: lazy("There is no such known defect, or it is closed."),
    Reason.KNOWN_ALREADY: lazy("That stands already."),
    Reason.WHICH_CASE: lazy("Which case? Give its reference, such as AM-7K3QD."),
    Reason.AMOUNT_NOT_POSITIVE: lazy("This needs an amount above zero."),
    Reason.NO_POINTS: lazy(
        "The complaint has no points yet. Say first what is wrong, in the customer’s words."
    ),
    Reason.ADDRESS_MISSING: lazy("We need a way to reach you: an email address or a telephone number."),
    Reason.ABOVE_GRANT: lazy("%(amount)s is above what you may grant here: %(left)s."),
    Reason.GRANT_USED_UP: lazy("This month’s allowance no longer holds this: somebody used it a moment ago."),
    Reason.TIME_ASKED_BEFORE: lazy("More time was asked for this before. A second time takes a lead."),
    Reason.TOO_MANY_AT_ONCE: lazy(
        "Many complaints came from this address within the hour. Add to one of them through its link, or ring us."
    ),
    Reason.NOT_PUT_RIGHT: lazy(
        "“Not at all” and “it is put right” cannot both stand. Say “This is not settled”, and it goes on from where it was."
    ),
    Reason.SAME_WORDS: lazy("These are the words that stand already. Nothing was changed."),
    Reason.NOT_THEIR_WORDS: lazy(
        "These words do not stand in entry %(entry)s. Copy them from there, or leave them out."
    ),
    Reason.NOTHING_TICKED: lazy("No case is ticked. Tick those to close first."),
    Reason.NOTHING_CHOSEN: lazy("Nothing is chosen yet. Choose one first."),
    Reason.STILL_TO_COME: lazy("%(at)s is still to come; what is logged has happened."),
    Reason.ABOVE_THEIR_GRANT: lazy(
        "They cannot say yes to this: it is above their own grant. Ask somebody who can."
    ),
    Reason.ABOVE_YOUR_OWN: lazy("Nobody gives or ends more than they hold themselves. Ask a director."),
    Reason.NO_SUCH_POINT: lazy("There is no point %(number)s."),
    Reason.NO_SUCH_PROMISE: lazy("There is no promise %(number)s to settle this way."),
    Reason.NO_SUCH_OPTION: lazy("There is no option %(number)s."),
    Reason.NO_SUCH_REMEDY: lazy("There is no remedy %(number)s."),
    Reason.NO_SUCH_LETTER: lazy("There is no such letter here."),
    Reason.NO_SUCH_CASE: lazy("There is no case %(ref)s, or it is not yours to see."),
    Reason.NO_SUCH_APPROVAL: lazy("Nothing was asked under number %(number)s."),
    Reason.NO_SUCH_WORD: lazy("There is no such file."),
    Reason.NO_SUCH_GRANT: lazy("There is no such grant in force."),
    Reason.PROMISE_SETTLED: lazy("That is settled already."),
    Reason.ALREADY_DELIVERED: lazy("That was delivered already."),
    Reason.OPTION_GONE: lazy("That option is no longer open."),
    Reason.SOMEONE_WAS_QUICKER: lazy(
        "Someone was quicker. Your text is kept; read what is new, then send yours."
    ),
    Reason.ANSWERED_ALREADY: lazy(
        "You have answered already since this page was opened. This text is kept; send it if both are to go."
    ),
}


def because(word: str, entry: int = 0, what: str = "") -> str:
    """Why a claim does, or does not, stand; in part of a sentence."""
    if word == Because.NOT_DONE and not entry:
        return _("nothing shows that it was done")
    return str(BECAUSE[Because(word)]) % {"n": entry, "what": what}


def not_left(because: str, name: str) -> str:
    """Why a letter of ours was stopped before it left."""
    known = NOT_LEFT.get(because)
    if known:
        return str(known) % {"name": name}
    reason = next((reason for reason in Reason if reason.value == because), None)
    return str(_REFUSALS[reason]) % _Facts({}) if reason else because


def missed(n: int) -> str:
    """How often in a row the customer was to hear from us and did not."""
    return ngettext("%(n)d date missed", "%(n)d dates missed in a row", n) % {"n": n}


def held(because: str) -> str:
    """Why a letter waits, in a sentence; with what the reader or the mailbox said about it."""
    word, _colon, more = because.partition(": ")
    for reason in Held:
        if because == reason or word == reason:
            return str(HELD[reason]) + (f" ({more})" if more and because != reason else "")
    return str(MACHINES.get(because, because))


def refusal(no: Refused) -> str:
    """Why not, as a sentence with its facts."""
    return str(_REFUSALS[no.reason]) % _Facts(no.facts)


def missing(no: Refused, base: str = "", deeds=None) -> list[tuple[str, str]]:
    """What is missing, each with the place to mend it under `base` (no place when that is empty).

    deeds  the words of a promise or remedy by (what, number), where known; else its number stands
    """
    listed = []
    for what, number in no.facts.get("missing", ()):
        place = base + MISSING_AT[what] % {"n": number} if base else ""
        deed = (deeds or {}).get((what, number), number)
        listed.append((str(MISSING[what]) % {"n": number, "deed": deed}, place))
    return listed


class _Facts(dict):
    """The facts of a refusal in words; what is not known is left empty rather than break the sentence."""

    def __missing__(self, name):
        return ""

    def __getitem__(self, name):
        value = self.get(name, "")
        if hasattr(value, "astimezone"):
            return wording.when_in_full(value)
        if name in ("amount", "left"):
            return wording.amount(value, self.get("unit", ""))
        if name == "said":
            value, n = self.get("value"), self.get("n", 0)
            return _("%(v)s %% of %(n)s") % {"v": value, "n": n} if value is not None else _("too few to say")
        if name == "phrases":
            return ", ".join(f"“{phrase}”" for phrase in value)
        if name == "field":
            return str(FIELDS.get(value, value))
        if name == "unused":
            return "; ".join(power(kind, unit, room) for kind, unit, room in value)
        if name == "stage":
            return str(STAGES.get(value, value)).lower()
        return value


def step_name(step: Step, third: str) -> str:
    return str(THIRD_STEP[third] if step is Step.AGREE else STEPS[step])


def power(kind, unit: str, room: int) -> str:
    """What one grant can give on a case, for the power list."""
    name = str(KINDS[kind]) if kind else _("Any remedy")
    return _("%(name)s up to %(amount)s") % {"name": name, "amount": wording.amount(room, unit)}
