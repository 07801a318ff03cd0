"""What can be written in a case's file: one frozen struct per word, in the order of a case's life.

An entry holds a word and facts, never a sentence. Moments are aware datetimes in UTC; amounts are whole minor
units (cents) of the currency named in `unit`, or plain counts where the unit is "times".
"""

from datetime import date, datetime
from enum import IntEnum, StrEnum

import msgspec

from amends.rules.values import NOTHING, Role, Text
from amends.rules.vocabulary import Word


class Channel(StrEnum):
    EMAIL = "email"
    FORM = "form"
    PORTAL = "portal"
    CALL = "call"
    LETTER = "letter"
    VISIT = "visit"


class Harm(IntEnum):
    """Consequence for the customer and others; it drives the order of work."""

    UNKNOWN = 0
    LOW = 1
    MODERATE = 2
    SERIOUS = 3
    SEVERE = 4


class Finding(StrEnum):
    NONE = "none"
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"


class Lane(StrEnum):
    """Whose idea an option is: what the customer asked for, or our alternative beside it."""

    ASKED = "asked"
    OURS = "ours"


class RemedyKind(StrEnum):
    REFUND = "refund"
    CREDIT = "credit"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    VISIT = "visit"
    EXPLANATION = "explanation"
    APOLOGY = "apology"
    SOMETHING_ELSE = "something_else"  # off-playbook: in no catalogue, inside law and grant


COSTS_NOTHING = frozenset({RemedyKind.EXPLANATION, RemedyKind.APOLOGY})


class PromiseKind(StrEnum):
    UPDATE = "update"  # the customer hears from us next by
    DEED = "deed"
    NEED_TIME = "need_time"
    REMEDY = "remedy"


class LetterKind(StrEnum):
    """Which letter of ours it is. `reply` and `holding` are a person's own; the others are drawn from `letters/`."""

    REPLY = "reply"
    HOLDING = "holding"  # a person's own as well: it says nothing yet, and when there will be more
    RECEIPT = "receipt"
    READ_BACK = "read_back"
    NEED_TIME = "need_time"
    REFUSED = "refused"
    OPTIONS = "options"
    CHOSEN = "chosen"
    GRANTED = "granted"
    WRITTEN_DOWN = "written_down"
    BROKEN = "broken"
    DELAY = "delay"
    NEW_OWNER = "new_owner"
    DELIVERED = "delivered"
    CLOSED = "closed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    UNMERGED = "unmerged"


class Mark(StrEnum):
    """What stands out about a letter. Staff see it beside the letter; it decides nothing."""

    FROM_MISSING = "from_missing"
    FROM_AMBIGUOUS = "from_ambiguous"
    NAME_SPOOF = "display_name_spoof"
    LOOKALIKE = "lookalike_sender"
    REPLY_TO_DIFFERS = "reply_to_differs"
    CLAIMS_STAFF = "claims_staff"
    NOT_AUTHENTIC = "not_authenticated"
    THREAD_HINT = "thread_hint"
    ID_REUSED = "message_id_reused"
    DATE_UNTRUSTED = "date_untrusted"
    INCOMPLETE = "incomplete"
    ENCRYPTED = "encrypted"
    AMBIGUOUS = "mime_ambiguous"
    DIFFERS = "alternatives_differ"
    MASS_RECIPIENTS = "mass_recipients"
    PAYMENT_DATA = "contains_payment_data"


class Kindness(StrEnum):
    """What a word to a colleague is: applause for what they did, or solace for what was hard."""

    APPLAUSE = "applause"
    SOLACE = "solace"


class Ground(StrEnum):
    """Why a customer who asks for the file does not get one entry of it."""

    SAFETY = "safety"  # it would put somebody in danger
    THIRD_PARTY = "third_party"  # it speaks of somebody else
    LAW = "law"  # a law forbids it


class Place(StrEnum):
    """Where something that is said to everybody stands."""

    HOLD_LOOP = "hold_loop"
    AUTO_REPLY = "auto_reply"
    WEB_PAGE = "web_page"
    WARRANTY_CARD = "warranty_card"
    CHARTER = "charter"


class Measure(StrEnum):
    """What can make a standing claim true. Windows are ninety days."""

    PROMISES_KEPT = "promises_kept"  # of promises that fell due
    HEARD_IN_TIME = "heard_in_time"  # of complaints, a person wrote within the house's limit
    ANSWERED_IN_TIME = "answered_in_time"
    SOLVED_FOR_GOOD = "solved_for_good"  # of cases closed, none went on again within thirty days
    BY_HAND = "by_hand"  # somebody measures it elsewhere and says where


class Outcome(StrEnum):
    """What a mail server reported about a letter of ours."""

    DELIVERED = "delivered"
    FAILED = "failed"
    TEMPORARY = "temporary"
    DELAYED = "delayed"
    RELAYED = "relayed"
    UNKNOWN = "unknown"


class Step(StrEnum):
    """The four steps of a conversation. The third is labelled Agree, Ask or Analyse by the desk."""

    LISTEN = "listen"
    EMPATHISE = "empathise"
    AGREE = "agree"
    PROPOSE = "propose"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="word"):
    """One line of a file."""


class ClockSet(msgspec.Struct, frozen=True):
    """A time limit that started with an entry: which one, when it ends, and when it was met."""

    id: str
    due: datetime
    stopped: datetime | None = None


class Enclosure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that came or goes with a letter. `content` is the keyed hash its bytes lie under."""

    name: Text
    type: str
    size: int
    content: str
    cid: str = ""


class Offer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one option is: the act, who answers for it, by when, what it costs us, and why."""

    lane: Lane
    kind: RemedyKind
    act: Text
    owner: str
    due: datetime
    amount: int = 0
    unit: str = ""
    reasons: Text = NOTHING


# The case ------------------------------------------------------------------------------------------------------


class CaseReceived(Entry, tag=Word.CASE_RECEIVED.value):
    """`letter` as in LetterReceived; `hint` a case it may belong to; `silent`: no receipt went out by itself."""

    ref: str
    customer: str
    owner: str
    team: str
    channel: Channel
    received_at: datetime
    words: Text
    subject: Text = NOTHING
    expects: Text = NOTHING
    danger: bool = False
    clocks: tuple[ClockSet, ...] = ()
    reference: str = ""
    letter: str = ""
    files: tuple[Enclosure, ...] = ()
    marks: tuple[Mark, ...] = ()
    hint: str = ""
    silent: bool = False


class CaseAcknowledged(Entry, tag=Word.CASE_ACKNOWLEDGED.value):
    """A person, not a machine, has told the customer who owns it and what happens when."""


class CaseUnderstood(Entry, tag=Word.CASE_UNDERSTOOD.value):
    """The points stand. `unanswered` when three attempts to have them confirmed met no answer."""

    unanswered: bool = False


class CaseAssessed(Entry, tag=Word.CASE_ASSESSED.value):
    harm: Harm
    why: Text = NOTHING
    safety: bool = False
    immediate: bool = False


class CaseTakenOver(Entry, tag=Word.CASE_TAKEN_OVER.value):
    owner: str
    before: str
    team: str
    why: Text


class CaseWithdrawn(Entry, tag=Word.CASE_WITHDRAWN.value):
    words: Text
    through: int = 0


class CaseUnsettled(Entry, tag=Word.CASE_UNSETTLED.value):
    """This is not settled, says the customer."""

    words: Text
    through: int = 0


class CaseSettled(Entry, tag=Word.CASE_SETTLED.value):
    """It is put right, says the customer. `rating` is 1 to 5, 0 when not given."""

    words: Text = NOTHING
    rating: int = 0
    through: int = 0


class CaseClosed(Entry, tag=Word.CASE_CLOSED.value):
    """`settled` by the customer's word, else after a quiet time. `check_back` is a day for severe cases."""

    settled: bool
    check_back: date | None = None


class CaseReopened(Entry, tag=Word.CASE_REOPENED.value):
    words: Text = NOTHING


class CaseMerged(Entry, tag=Word.CASE_MERGED.value):
    """A pointer: this case is dealt with in the case `into`. Nothing is copied, nobody sees more than before."""

    into: str
    ref: str
    why: Text


class CaseUnmerged(Entry, tag=Word.CASE_UNMERGED.value):
    """The pointer is taken back; the case stands where it stood."""

    why: Text


class CaseJoined(Entry, tag=Word.CASE_JOINED.value):
    """The younger case `case` is dealt with here from now on."""

    case: str
    ref: str


class CaseParted(Entry, tag=Word.CASE_PARTED.value):
    """The case `case` stands on its own again."""

    case: str
    ref: str


class CheckBackDone(Entry, tag=Word.CHECK_BACK_DONE.value):
    words: Text


# Letters, contacts, notes --------------------------------------------------------------------------------------


class LetterReceived(Entry, tag=Word.LETTER_RECEIVED.value):
    """`letter` is the raw letter's id in the post room, empty for words written on the customer's page.

    moved_from  the case it was moved here from, empty when it came here by itself; `came` is then when it came
    """

    channel: Channel
    words: Text
    subject: Text = NOTHING
    letter: str = ""
    unverified: bool = False
    automatic: bool = False
    files: tuple[Enclosure, ...] = ()
    marks: tuple[Mark, ...] = ()
    moved_from: str = ""
    came: datetime | None = None


class LetterSent(Entry, tag=Word.LETTER_SENT.value):
    kind: LetterKind
    words: Text
    subject: Text = NOTHING
    files: tuple[Enclosure, ...] = ()


class LetterReturned(Entry, tag=Word.LETTER_RETURNED.value):
    """A mail server reported on our letter `number`. `letter` is its report as it came; `status` such as 5.1.1.

    promise  the promise to reach the customer another way that was made because of it, 0 when none was
    """

    number: int
    outcome: Outcome
    said: Text = NOTHING
    status: str = ""
    letter: str = ""
    promise: int = 0


class LetterTriedAgain(Entry, tag=Word.LETTER_TRIED_AGAIN.value):
    """Our letter `number` is handed over once more, as the same letter."""

    number: int


class LetterSentOtherwise(Entry, tag=Word.LETTER_SENT_OTHERWISE.value):
    """What our letter `number` said reached the customer, or went to them, another way."""

    number: int
    channel: Channel
    words: Text


class LetterMoved(Entry, tag=Word.LETTER_MOVED.value):
    """The letter in entry `number` does not belong here: it stands in the case `to` since."""

    number: int
    to: str
    ref: str
    why: Text


class LetterReread(Entry, tag=Word.LETTER_REREAD.value):
    """A newer reader makes other words of the letter in entry `number`. The bytes are as they came."""

    number: int
    words: Text
    files: tuple[Enclosure, ...] = ()


class ContactLogged(Entry, tag=Word.CONTACT_LOGGED.value):
    """A call, a paper letter or a visit. `reference` names the recording or the paper and makes it citable."""

    channel: Channel
    words: Text
    at: datetime
    from_customer: bool = True
    reached: bool = True
    reference: str = ""


class NoteWritten(Entry, tag=Word.NOTE_WRITTEN.value):
    """`insisted`: its writer was shown that it belittles somebody, and kept it as it is."""

    words: Text
    insisted: bool = False


class NoteFlagged(Entry, tag=Word.NOTE_FLAGGED.value):
    """Note `note` says the opposite of the finding on `point` that the customer was sent."""

    note: int
    point: int
    finding: Finding


class ColleagueTold(Entry, tag=Word.COLLEAGUE_TOLD.value):
    """A word to somebody here. `insisted`: its writer was shown that it blames the customer, and kept it."""

    to: str
    kind: Kindness
    words: Text
    insisted: bool = False


class EntryWithheld(Entry, tag=Word.ENTRY_WITHHELD.value):
    """A customer who asks for this file does not get entry `number`, on this ground."""

    number: int
    ground: Ground
    why: Text


class EntryDisclosed(Entry, tag=Word.ENTRY_DISCLOSED.value):
    """They get it after all."""

    number: int


class DefectLinked(Entry, tag=Word.DEFECT_LINKED.value):
    """This case is about the known defect `defect`, called `name`."""

    defect: str
    name: str


class DefectUnlinked(Entry, tag=Word.DEFECT_UNLINKED.value):
    defect: str
    name: str
    why: Text


class ClaimBacked(Entry, tag=Word.CLAIM_BACKED.value):
    """What bears out a claim of the letter in entry `letter` that the file did not show: `shown`, in its writer's words."""

    letter: int
    kind: str
    said: Text
    shown: Text


class ClaimOverridden(Entry, tag=Word.CLAIM_OVERRIDDEN.value):
    """The letter in entry `letter` claims what the file contradicts; somebody who leads sent it all the same, and why.

    because  what stood against it: a word of `truth.Because`, with the entry that says so (0: a fact named in `what`)
    """

    letter: int
    kind: str
    said: Text
    because: str
    why: Text
    entry: int = 0
    what: str = ""


class WordsRead(Entry, tag=Word.WORDS_READ.value):
    """Somebody has read what the customer said last, up to entry `upto`."""

    upto: int


# Understanding -------------------------------------------------------------------------------------------------


class PointRaised(Entry, tag=Word.POINT_RAISED.value):
    """`verbatim`: the wording is the customer's own, letter for letter."""

    number: int
    words: Text
    verbatim: bool = True


class PointsReadBack(Entry, tag=Word.POINTS_READ_BACK.value):
    """An attempt to have the points confirmed; by letter, or through the contact `through`."""

    day: date
    through: int = 0


class PointsConfirmed(Entry, tag=Word.POINTS_CONFIRMED.value):
    through: int = 0


class PointCorrected(Entry, tag=Word.POINT_CORRECTED.value):
    number: int
    words: Text
    through: int = 0


class PointFound(Entry, tag=Word.POINT_FOUND.value):
    number: int
    finding: Finding
    cause: Text
    our_error: bool = False


class RemedySought(Entry, tag=Word.REMEDY_SOUGHT.value):
    """What the customer asked for, word for word; `nothing` when asked and they named nothing."""

    words: Text = NOTHING
    nothing: bool = False


class EffectHeard(Entry, tag=Word.EFFECT_HEARD.value):
    words: Text


class ProblemAgreed(Entry, tag=Word.PROBLEM_AGREED.value):
    words: Text


class StepSkipped(Entry, tag=Word.STEP_SKIPPED.value):
    step: Step
    why: Text


# Putting it right ----------------------------------------------------------------------------------------------


class OptionProposed(Entry, tag=Word.OPTION_PROPOSED.value):
    number: int
    offer: Offer
    grant: str = ""
    month: str = ""
    approval: int = 0


class OptionAccepted(Entry, tag=Word.OPTION_ACCEPTED.value):
    """`digest` is that of the exact text the customer saw."""

    number: int
    digest: str
    words: Text = NOTHING
    through: int = 0


class OptionsDeclined(Entry, tag=Word.OPTIONS_DECLINED.value):
    words: Text
    through: int = 0


class OptionsLapsed(Entry, tag=Word.OPTIONS_LAPSED.value):
    """Options that ended unchosen: their day passed, others replaced them, or the points changed."""

    numbers: tuple[int, ...]


class RemedyGranted(Entry, tag=Word.REMEDY_GRANTED.value):
    """`option` is 0 when it was given outright, whatever the customer chooses."""

    number: int
    offer: Offer
    promise: int
    option: int = 0
    grant: str = ""
    month: str = ""
    approval: int = 0


class RemediesAccepted(Entry, tag=Word.REMEDIES_ACCEPTED.value):
    """What was given outright puts it right, says the customer; `digest` of the texts they saw."""

    digest: str
    words: Text = NOTHING
    through: int = 0


class RemedyDelivered(Entry, tag=Word.REMEDY_DELIVERED.value):
    number: int
    proof: Text


class PowerDisposed(Entry, tag=Word.POWER_DISPOSED.value):
    """A remedy somebody could grant here does not fit, because."""

    grant: str
    kind: RemedyKind | None
    unit: str
    why: Text


class RequestRefused(Entry, tag=Word.REQUEST_REFUSED.value):
    """What the customer asked for cannot be done, with reasons. It ends nothing: an option of ours follows."""

    why: Text


# Promises ------------------------------------------------------------------------------------------------------


class PromiseMade(Entry, tag=Word.PROMISE_MADE.value):
    number: int
    kind: PromiseKind
    owner: str
    due: datetime
    act: Text = NOTHING
    points: tuple[int, ...] = ()


class PromiseKept(Entry, tag=Word.PROMISE_KEPT.value):
    """`late`: it was broken before and stays broken; the deed stands beside it."""

    number: int
    proof: Text = NOTHING
    late: bool = False


class PromiseBroken(Entry, tag=Word.PROMISE_BROKEN.value):
    """`silent`: it stands on the customer's page, and no letter goes out by itself. `last`: one goes, and says that it
    is the last before a person writes."""

    number: int
    due: datetime
    silent: bool = False
    last: bool = False


class PromiseReleased(Entry, tag=Word.PROMISE_RELEASED.value):
    number: int
    words: Text = NOTHING
    through: int = 0


class DelayNoticed(Entry, tag=Word.DELAY_NOTICED.value):
    """Told before the day: why, and until when. The promise's own day does not move."""

    number: int
    why: Text
    expected: datetime


class TimeAsked(Entry, tag=Word.TIME_ASKED.value):
    """I have not met this before; I need a little more time. Always with a dated promise.

    said_in  the person's own letter that says so; 0 when the desk draws one up from these words
    """

    points: tuple[int, ...]
    promise: int
    words: Text
    said_in: int = 0


# Approvals -----------------------------------------------------------------------------------------------------


class ApprovalAsked(Entry, tag=Word.APPROVAL_ASKED.value):
    number: int
    of: str
    kind: RemedyKind
    amount: int
    unit: str
    why: Text


class ApprovalGiven(Entry, tag=Word.APPROVAL_GIVEN.value):
    number: int
    grant: str
    month: str
    words: Text


class ApprovalDeclined(Entry, tag=Word.APPROVAL_DECLINED.value):
    number: int
    why: Text


# Other kinds of file -------------------------------------------------------------------------------------------


class CustomerMet(Entry, tag=Word.CUSTOMER_MET.value):
    """`address_hash` is keyed, so that it can be looked up and not guessed."""

    name: Text
    address: Text = NOTHING
    address_hash: str = ""
    company: Text = NOTHING
    phone: Text = NOTHING
    language: str = ""


class CustomerWrote(Entry, tag=Word.CUSTOMER_WROTE.value):
    """The customer opened a case."""

    case: str


class AddressFailed(Entry, tag=Word.ADDRESS_FAILED.value):
    """Mail to the customer's address does not arrive, says a report we can prove is about our letter."""

    status: str = ""
    said: Text = NOTHING


class AddressWorks(Entry, tag=Word.ADDRESS_WORKS.value):
    """Mail to or from the customer's address arrives again."""


class AddressCorrected(Entry, tag=Word.ADDRESS_CORRECTED.value):
    """An address where there was none, or none that works. `why` says how we know it."""

    address: Text
    address_hash: str
    why: Text


class GrantIssued(Entry, tag=Word.GRANT_ISSUED.value):
    holder: str
    kind: RemedyKind | None  # None: any kind
    unit: str
    per_case: int
    per_month: int
    by_role: Role | None = None
    until: date | None = None


class GrantRevoked(Entry, tag=Word.GRANT_REVOKED.value):
    why: Text


class DefectOpened(Entry, tag=Word.DEFECT_OPENED.value):
    """A defect that is known: its name, such as D-112, the products it is in, by their codes, and what it is."""

    name: str
    products: tuple[str, ...]
    words: Text


class DefectClosed(Entry, tag=Word.DEFECT_CLOSED.value):
    """It is gone: `why` says how anybody knows."""

    why: Text


class StandingRegistered(Entry, tag=Word.STANDING_REGISTERED.value):
    """Something we say to everybody: the words, where they stand, and who answers for their being true."""

    place: Place
    words: Text
    owner: str


class StandingMeasureSet(Entry, tag=Word.STANDING_MEASURE_SET.value):
    """What would make it true: a measure that is at least `line` (per cent). `of`: the known defect it is about, or all."""

    measure: Measure
    line: int
    of: str = ""


class StandingWentLive(Entry, tag=Word.STANDING_WENT_LIVE.value):
    """It is said from now on, while it holds."""


class StandingMeasured(Entry, tag=Word.STANDING_MEASURED.value):
    """The measure's value, `value` per cent of `n`; None when there are too few to say. `shown`: where, by hand, from.

    due  by when it is to be true again, or withdrawn, when it has just fallen below its line
    """

    value: int | None
    n: int = 0
    shown: Text = NOTHING
    due: datetime | None = None


class StandingWithdrawn(Entry, tag=Word.STANDING_WITHDRAWN.value):
    why: Text
