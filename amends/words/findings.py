"""What is found in a text: promises, claims, and the reading that holds them all."""

from datetime import datetime

import msgspec

from amends.words.patterns import Span


class Promise(msgspec.Struct, frozen=True):
    """We commit ourselves to a future act. `due`: the words that say when; `due_at`: the moment they mean, if they do."""

    start: int
    end: int
    act: str
    due: str = ""
    due_at: datetime | None = None
    conditional: bool = False


class Claim(msgspec.Struct, frozen=True):
    """We say that something was done, is being done, or is so. `above`: somebody with more authority is named in it."""

    start: int
    end: int
    kind: str
    above: bool = False


class Reading(msgspec.Struct, frozen=True):
    """What a text says.

    needs_time  the writer asks for more time to find out
    intervened  what leads in a list of what was done
    empty       the message soothes, or says nothing, and carries no fact, act, promise, option, question or way on
    """

    promises: tuple[Promise, ...] = ()
    claims: tuple[Claim, ...] = ()
    fellow_feeling: tuple[Span, ...] = ()
    ending: tuple[Span, ...] = ()
    contempt: tuple[Span, ...] = ()
    needs_time: tuple[Span, ...] = ()
    intervened: tuple[Span, ...] = ()
    empty: bool = False
