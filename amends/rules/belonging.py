"""Which case a letter belongs to. Mail adds content, never readers, and carries no staff authority."""

import msgspec


class Existing(msgspec.Struct, frozen=True):
    """To a case. `unverified`: right token, other sender; seen by staff only. `automatic`: never answered."""

    case: str
    unverified: bool = False
    automatic: bool = False


class New(msgspec.Struct, frozen=True):
    """A complaint that opens a case."""


class Hold(msgspec.Struct, frozen=True):
    """It waits, visibly, for somebody to look at it."""

    because: str


class Clue(msgspec.Struct, frozen=True):
    """What is known of a letter before it is filed.

    sender     the exact address it says it is from, empty when absent or ambiguous
    case       the case its reply token names, empty without one
    writer     the address of the participant that token was given to
    ours       whether the sender is one of the desk's own addresses
    automatic  why it looks like a machine's, else empty
    bounce     whether it reports a failed delivery
    """

    sender: str
    case: str = ""
    writer: str = ""
    ours: bool = False
    automatic: str = ""
    bounce: bool = False


def place(clue: Clue) -> Existing | New | Hold:
    """Where the letter goes."""
    if clue.ours:
        return Hold("loop")
    if clue.case:
        machine = bool(clue.automatic) or clue.bounce
        return Existing(clue.case, unverified=clue.sender != clue.writer, automatic=machine)
    if clue.bounce:
        return Hold("bounce without a letter of ours")
    if clue.automatic:
        return Hold("automatic: " + clue.automatic)
    if not clue.sender:
        return Hold("no sender")
    return New()
