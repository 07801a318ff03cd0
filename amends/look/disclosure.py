"""The file as its customer gets it when they ask: every entry, or in its place why it is left out."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from amends.casework import tokens, wording
from amends.casework.shown import Shown
from amends.look import file as told
from amends.look import sentences
from amends.people.names import name_of
from amends.rules.entries import EntryDisclosed, EntryWithheld


class Piece(NamedTuple):
    """One entry. `left_out` is the sentence that stands in its place, `why` empty when it is given."""

    number: int
    when: str
    who: str
    words: str
    left_out: str = ""


def copy_of(this: Shown) -> list[Piece]:
    """Every entry in order. What was decided about leaving out stands with the entry it is about, not by itself."""
    withheld = {one.number: one for one in this.case.story.withheld}
    deciding = {line.number for line in this.lines if isinstance(line.entry, EntryWithheld | EntryDisclosed)}
    return [
        _piece(said, withheld.get(said.number), this)
        for said in told.told(this)
        if said.number not in deciding
    ]


def _piece(said: told.Said, withheld, this: Shown) -> Piece:
    heading = " ".join(part for part in (said.who, said.how) if part) or said.text
    if withheld is None:
        return Piece(said.number, said.when, heading, tokens.hidden(said.words))
    left_out = _("Entry %(n)s is left out, because %(ground)s: %(why)s (%(who)s)") % {
        "n": said.number,
        "ground": sentences.GROUNDS[withheld.ground],
        "why": this.texts(withheld.why),
        "who": name_of(withheld.by.partition(":")[2]),
    }
    return Piece(said.number, said.when, "", "", left_out)


def as_text(this: Shown) -> str:
    """The whole copy as plain words, to be printed or sent."""
    head = _("The file of complaint %(ref)s, for %(name)s, as of %(n)s entries") % {
        "ref": this.case.ref,
        "name": this.name,
        "n": this.case.story.number,
    }
    pieces = [
        f"{p.number}. {p.when}\n{p.left_out or ': '.join(x for x in (p.who, p.words) if x)}"
        for p in copy_of(this)
    ]
    return (
        "\n\n".join(
            [head, _("Received %(day)s.") % {"day": wording.day(this.case.received_at, year=True)}, *pieces]
        )
        + "\n"
    )
