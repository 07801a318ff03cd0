"""The plain values that rules speak of: who acts, what was written, how much."""

from enum import StrEnum

import msgspec

from amends.rules.refused import Reason, Refused

LONGEST_NAME = 300
LONGEST_LINE = 2_000
LONGEST_LETTER = 200_000


class Role(StrEnum):
    REP = "rep"
    LEAD = "lead"
    DIRECTOR = "director"
    EXECUTIVE = "executive"
    ADMINISTRATOR = "administrator"


LEADING = frozenset({Role.LEAD, Role.DIRECTOR, Role.EXECUTIVE})


class Side(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    DESK = "desk"  # the desk itself: the post room and the timetable


class Actor(msgspec.Struct, frozen=True):
    """Who does it. `id` names a member of staff or a customer; the desk itself has none."""

    side: Side
    id: str = ""
    role: Role | None = None

    def __str__(self) -> str:
        return f"{self.side}:{self.id}" if self.id else self.side.value

    @property
    def leads(self) -> bool:
        return self.role in LEADING


DESK = Actor(Side.DESK)


def staff(id: str, role: Role = Role.REP) -> Actor:
    return Actor(Side.STAFF, id, role)


def customer(id: str) -> Actor:
    return Actor(Side.CUSTOMER, id)


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something a person wrote.

    A rule sees `plain`. Casework seals it before the entry is written: the words go, encrypted, beside the
    entry, and what stays is `id` (where they lie) and `digest` (SHA-256 over a salt and the words).
    """

    plain: str = ""
    id: str = ""
    digest: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.id and not self.plain.strip()


NOTHING = Text()


def wanted(text: Text, field: str, longest: int = LONGEST_LETTER) -> Text:
    """The text, if there is one and it fits. Raises Refused naming the field."""
    if text.is_empty:
        raise Refused(Reason.TEXT_MISSING, field=field)
    if len(text.plain) > longest:
        raise Refused(Reason.TEXT_TOO_LONG, field=field, length=len(text.plain), longest=longest)
    return text


def fitting(text: Text, field: str, longest: int = LONGEST_LETTER) -> Text:
    """The text, which may be empty, if it fits."""
    return text if text.is_empty else wanted(text, field, longest)
