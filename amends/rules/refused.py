"""A refusal: one reason, and the facts that say what is missing."""

from enum import StrEnum


class Reason(StrEnum):
    """Why not. Each has its sentence in `look/sentences.py`."""

    # who
    SIGNED_IN_HERE = "signed in here"
    ONLY_THE_CUSTOMER = "only the customer"
    NOT_FOR_YOU = "not for you"
    NEEDS_A_LEAD = "needs a lead"
    NEEDS_A_DIRECTOR = "needs a director"
    NOBODY_TO_OWN_IT = "nobody to own it"
    OWN_IT_ALREADY = "own it already"
    NOT_YOUR_OWN_ASK = "not your own ask"
    # where the case stands
    NOT_OPEN = "not open"
    NOT_RECEIVED = "not received"
    ALREADY_RECEIVED = "already received"
    NOT_CLOSED = "not closed"
    NOT_MERGED = "not merged"
    MERGED = "merged"
    OTHER_CUSTOMER = "other customer"
    SAME_CASE = "same case"
    YOUNGER_INTO_OLDER = "younger into older"
    STILL_OWES = "still owes"
    OPENING_LETTER = "opening letter"
    LETTER_STANDS = "letter stands"
    LETTER_GONE = "letter gone"
    HAS_LEFT = "has left"
    NOT_UNDERSTOOD = "not understood"
    NOT_PROPOSED = "not proposed"
    NOT_DELIVERING = "not delivering"
    NOT_PUT_RIGHT = "not put right"
    NOTHING_GRANTED = "nothing granted"
    TOO_LATE_TO_CORRECT = "too late to correct"
    NOT_READY_TO_PROPOSE = "not ready to propose"
    NOT_READY_TO_CLOSE = "not ready to close"
    TOO_FEW_ATTEMPTS = "too few attempts"
    ATTEMPT_ALREADY_TODAY = "attempt already today"
    # what is missing in what was asked
    TEXT_MISSING = "text missing"
    TEXT_TOO_LONG = "text too long"
    FILES_TOO_LARGE = "files too large"
    REASON_MISSING = "reason missing"
    PROOF_MISSING = "proof missing"
    OWNER_MISSING = "owner missing"
    DUE_MISSING = "due missing"
    DUE_IN_THE_PAST = "due in the past"
    UPDATE_TOO_FAR = "update too far"
    LEAVES_TOO_LATE = "leaves too late"
    OPTION_WITHOUT_AN_ACT = "option without an act"
    NO_OPTIONS = "no options"
    ASKED_NOT_OFFERED = "asked not offered"
    POWER_UNUSED = "power unused"
    NOTHING_ASKED = "nothing asked"
    OTHER_TEXT = "other text"
    AMOUNT_UNREADABLE = "amount unreadable"
    ADDRESS_UNREADABLE = "address unreadable"
    ADDRESS_WORKS = "address works"
    LEAVES_WHEN = "leaves when"
    WORDS_NOT_READY = "words not ready"
    HOLDING_UNDATED = "holding undated"
    HELD_OFF_BEFORE = "held off before"
    CONTEMPT = "contempt"
    WHICH_CASE = "which case"
    AMOUNT_NOT_POSITIVE = "amount not positive"
    NO_POINTS = "no points"
    ADDRESS_MISSING = "address missing"
    # limits
    ABOVE_GRANT = "above grant"
    GRANT_USED_UP = "grant used up"
    TOO_MANY_AT_ONCE = "too many at once"
    TIME_ASKED_BEFORE = "time asked before"
    # what is not there, or not any more
    SAME_WORDS = "same words"
    NOT_THEIR_WORDS = "not their words"
    NOTHING_TICKED = "nothing ticked"
    NOTHING_CHOSEN = "nothing chosen"
    STILL_TO_COME = "still to come"
    ABOVE_THEIR_GRANT = "above their grant"
    ABOVE_YOUR_OWN = "above your own"
    NO_SUCH_POINT = "no such point"
    NO_SUCH_PROMISE = "no such promise"
    NO_SUCH_OPTION = "no such option"
    NO_SUCH_REMEDY = "no such remedy"
    NO_SUCH_APPROVAL = "no such approval"
    NO_SUCH_LETTER = "no such letter"
    NO_SUCH_CASE = "no such case"
    NO_SUCH_WORD = "no such word"
    NO_SUCH_GRANT = "no such grant"
    NO_SUCH_CLAIM = "no such claim"
    NO_MEASURE = "no measure"
    LINE_UNREADABLE = "line unreadable"
    NOT_TRUE_YET = "not true yet"
    NO_SUCH_ENTRY = "no such entry"
    NO_SUCH_DEFECT = "no such defect"
    KNOWN_ALREADY = "known already"
    PROMISE_SETTLED = "promise settled"
    ALREADY_DELIVERED = "already delivered"
    OPTION_GONE = "option gone"
    SOMEONE_WAS_QUICKER = "someone was quicker"


class Missing(StrEnum):
    """One thing still missing before a larger step; a refusal lists them all at once."""

    POINTS = "points"
    CONFIRMATION = "confirmation"
    ASSESSMENT = "assessment"
    FINDINGS = "findings"
    REMEDY_SOUGHT = "remedy sought"
    ACCEPTANCE = "acceptance"
    DELIVERY = "delivery"
    PROMISE_OPEN = "promise open"
    PROMISE_OWED = "promise owed"
    OPTION_OPEN = "option open"
    APPROVAL_OPEN = "approval open"
    CUSTOMERS_WORD = "customers word"
    UNREAD = "unread"
    # of a text that is to leave, each with the words it is about
    CONTRADICTED = "contradicted"
    ENDING = "ending"
    NOT_SHOWN = "not shown"
    UNDATED = "undated"
    DAY_PASSED = "day passed"
    EMPTY = "empty"
    TIME_UNDATED = "time undated"
    PROMISE_NOT_MADE = "promise not made"


class Refused(Exception):
    """What was asked is not allowed; nothing was written.

    reason   why, as a word; the sentence belongs to the reader's language
    facts    values the sentence names: dates, amounts, the list of what is missing
    """

    def __init__(self, reason: Reason, **facts):
        super().__init__(reason.value, facts)
        self.reason = reason
        self.facts = facts
