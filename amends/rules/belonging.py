"""Which case a letter belongs to, and who is believed. Mail adds content, never readers, and carries no staff authority.

The rule sees what was made out about a letter (`Clue`) and answers with a place. It never says "drop it": there
are five dispositions and no sixth.
"""

from enum import StrEnum

import msgspec

from amends.rules.entries import Mark


class Origin(StrEnum):
    """Whose word it is that this person wrote."""

    FROM = "from"  # one exact address in one From field
    ODD = "odd"  # one address, written so that another program might read another one
    ENVELOPE = "envelope"  # the From field is missing or names nobody: the mail server's word
    UNREADABLE = "unreadable"  # no address can be read for certain
    CONTRADICTORY = "contradictory"  # several authors, or one dressed up as another
    NOBODY = "nobody"  # neither the letter nor the mail server names anybody


class Trust(StrEnum):
    """What our own mail server found out about the sender (DMARC); `unknown` when it said nothing."""

    UNKNOWN = "unknown"
    PASS = "pass"
    FAIL = "fail"  # and the sender's domain asks for nothing to be done
    REJECT = "reject"  # and the sender's domain asks for such mail to be kept out


class Held(StrEnum):
    """Why a letter waits for somebody to look at it."""

    NOT_A_LETTER = "not a letter"
    OVER_A_LIMIT = "over a limit of the reader"
    TOO_LARGE = "too large to fetch"
    LOOP = "loop"
    NO_SENDER = "no sender"
    SEVERAL_SENDERS = "no sender that can be told for certain"
    NOT_AUTHENTIC = "the sender's domain says it did not send this"
    AS_STAFF = "says it is from one of us"
    NO_MAILBOX = "for no mailbox of ours"
    REFUSED = "refused"
    TROUBLE = "could not be filed: see the log"


class Named(msgspec.Struct, frozen=True):
    """A case that a letter names, and the address (as a keyed hash) of the one who may write to it by that name.

    number  of our own letter in that case, when it is a letter of ours that was named
    """

    case: str
    writer: str = ""
    number: int = 0


class Clue(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a letter before it is filed.

    sender      keyed hash of the exact address, "" when there is none
    token       the case named by a reply address of ours among the recipients
    reply       the case of a letter of ours that it answers, by In-Reply-To, then by References
    subject     the case whose reference stands in the subject: a hint, and no more without a vouched sender
    returned    the letter of ours that a report came back for, proved by our bounce address or Message-ID
    automatic   why it looks like a machine's, else empty; "list" is a person writing through a list
    listed      a machine whose letters open cases here: a shop's own form
    can_answer  whether an automatic receipt may go to the sender at all (`brakes`)
    """

    sender: str = ""
    origin: Origin = Origin.FROM
    trust: Trust = Trust.UNKNOWN
    token: Named | None = None
    reply: Named | None = None
    subject: Named | None = None
    returned: Named | None = None
    is_letter: bool = True
    over_limit: bool = False
    loop: bool = False
    staff: bool = False
    for_us: bool = True
    automatic: str = ""
    bounce: bool = False
    listed: bool = False
    can_answer: bool = True


class Existing(msgspec.Struct, frozen=True):
    """To a case. `unverified`: right token, other sender; seen by staff only."""

    case: str
    unverified: bool = False


class New(msgspec.Struct, frozen=True):
    """A complaint that opens a case. `silent`: no automatic receipt goes out. `hint`: a case it may belong to."""

    silent: bool = False
    hint: str = ""


class Machine(msgspec.Struct, frozen=True):
    """A machine's letter: recorded, never answered; on a case (seen by staff only) when it names one."""

    case: str = ""


class Returned(msgspec.Struct, frozen=True):
    """A report on the delivery of our letter `number` in `case`; of none of ours when the case is empty."""

    case: str = ""
    number: int = 0


class Hold(msgspec.Struct, frozen=True):
    """It waits, visibly, for somebody to look at it."""

    because: Held


Place = Existing | New | Machine | Returned | Hold


def place(clue: Clue) -> Place:
    """Where the letter goes."""
    reason = _kept_back(clue)
    if reason:
        return Hold(reason)
    if clue.bounce:
        return Returned(clue.returned.case, clue.returned.number) if clue.returned else Returned()
    if clue.automatic and clue.automatic != "list" and not clue.listed:
        return Machine(_named(clue))
    if clue.token:
        return Existing(clue.token.case, unverified=not is_writer(clue, clue.token))
    if clue.reply and is_writer(clue, clue.reply):
        return Existing(clue.reply.case)
    if clue.subject and clue.trust is Trust.PASS and is_writer(clue, clue.subject):
        return Existing(clue.subject.case)
    hint = clue.reply or clue.subject
    return New(silent=not _may_be_answered(clue), hint=hint.case if hint else "")


def _kept_back(clue: Clue) -> Held | None:
    """Why nobody may be bothered with it before somebody has looked, if there is a reason."""
    if not clue.is_letter:
        return Held.NOT_A_LETTER
    if clue.over_limit:
        return Held.OVER_A_LIMIT
    if clue.loop:
        return Held.LOOP
    if clue.trust is Trust.REJECT:
        return Held.NOT_AUTHENTIC
    if clue.staff and clue.trust is not Trust.PASS:
        return Held.AS_STAFF
    if clue.origin is Origin.CONTRADICTORY:
        return Held.SEVERAL_SENDERS
    if clue.origin is Origin.NOBODY and not (clue.bounce or _named(clue)):
        return Held.NO_SENDER
    return None if clue.for_us or clue.bounce or clue.automatic else Held.NO_MAILBOX


def is_writer(clue: Clue, named: Named) -> bool:
    """Whether this is the word of whoever may write to that case.

    Only the exact address in From is who it says; a failed check of the mail server takes that back, also when
    somebody here takes the letter in.
    """
    failed = clue.trust in (Trust.FAIL, Trust.REJECT)
    known = clue.origin is Origin.FROM and not failed and not clue.staff and not clue.loop
    return known and bool(clue.sender) and clue.sender == named.writer


def _named(clue: Clue) -> str:
    found = clue.token or clue.reply or clue.returned
    return found.case if found else ""


def _may_be_answered(clue: Clue) -> bool:
    """A receipt goes only to somebody who wrote it himself, as far as can be told, and whom no brake protects."""
    return (
        clue.can_answer
        and clue.origin is Origin.FROM
        and clue.trust is not Trust.FAIL
        and not clue.staff
        and (clue.listed or not clue.automatic)
    )


# What stands out -------------------------------------------------------------------------------------------------

SHOWN_OF_A_PLACE = {
    Origin.ODD: Mark.FROM_AMBIGUOUS,
    Origin.ENVELOPE: Mark.FROM_MISSING,
    Origin.UNREADABLE: Mark.FROM_AMBIGUOUS,
}


def marks(clue: Clue, place: Place) -> tuple[Mark, ...]:
    """What staff should see beside a letter because of where it came from and where it went."""
    found = [SHOWN_OF_A_PLACE[clue.origin]] if clue.origin in SHOWN_OF_A_PLACE else []
    if clue.trust is Trust.FAIL:
        found.append(Mark.NOT_AUTHENTIC)
    if clue.staff:
        found.append(Mark.CLAIMS_STAFF)
    if isinstance(place, New) and place.hint:
        found.append(Mark.THREAD_HINT)
    return tuple(found)
