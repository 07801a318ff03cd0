"""The part of a case's state that only screens show: counters, quotes, who spoke last."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from amends.rules import entries as e
from amends.rules.entries import Channel, Entry, Finding, Ground, Kindness, Lane, Step
from amends.rules.values import NOTHING, Text


class Flag(msgspec.Struct, frozen=True):
    """A note that says the opposite of the finding the customer was sent."""

    note: int
    point: int
    finding: Finding


class Overridden(msgspec.Struct, frozen=True):
    """A claim that somebody who leads let go in spite of the file, in entry `number`."""

    number: int
    kind: str
    because: str
    said: Text
    why: Text
    at: datetime
    by: str


class Withheld(msgspec.Struct, frozen=True):
    """An entry that a customer who asks for the file does not get, and who decided so."""

    number: int
    ground: Ground
    why: Text
    by: str


class Told(msgspec.Struct, frozen=True):
    """A word to a colleague, in entry `number`."""

    number: int
    to: str
    kind: Kindness
    words: Text
    at: datetime
    by: str


class Came(msgspec.Struct, frozen=True):
    """A letter that came to this case: its entry, where its bytes lie, and whether it has gone elsewhere."""

    number: int
    letter: str = ""
    moved: bool = False


class Story(msgspec.Struct, frozen=True):
    number: int = 0  # of the newest entry
    last_at: datetime | None = None
    channel: Channel | None = None
    quote: Text = NOTHING  # the customer's first words
    subject: Text = NOTHING
    expects: Text = NOTHING
    danger: bool = False
    heard: int = 0  # entry of the customer's newest word that nobody has read
    heard_at: datetime | None = None
    heard_words: Text = NOTHING
    stranger: bool = False  # what nobody has read is from somebody who could not be confirmed
    voices: tuple[tuple[str, int], ...] = ()  # who wrote last, and where
    effect: Text = NOTHING
    agreed: Text = NOTHING
    skipped: tuple[tuple[Step, Text], ...] = ()
    lane: Lane | None = None
    accepted_at: datetime | None = None
    proposed_at: datetime | None = None
    settled_at: datetime | None = None
    rating: int = 0
    closed_at: datetime | None = None
    closings: int = 0
    withdrawn_at: datetime | None = None
    reopened_at: datetime | None = None
    reopened: int = 0
    flags: tuple[Flag, ...] = ()
    findings_sent: tuple[tuple[int, Finding], ...] = ()  # what the customer was told, by point
    overridden: tuple[Overridden, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    told: tuple[Told, ...] = ()
    came: tuple[Came, ...] = ()
    sent: tuple[int, ...] = ()  # entries of our letters
    reread: tuple[tuple[int, Text], ...] = ()  # words that a newer reader made of a letter, by its entry

    def came_as(self, number: int) -> Came | None:
        return next((letter for letter in self.came if letter.number == number), None)

    def said_by_others(self, actor: str, seen: int) -> bool:
        """Whether anybody else has spoken since entry `seen`."""
        return any(number > seen and who not in (actor, "desk") for who, number in self.voices)


# What can be written without having looked at what the customer said last.
_BESIDE = (
    e.LetterReceived,
    e.LetterMoved,
    e.LetterTriedAgain,
    e.LetterSentOtherwise,
    e.CaseMerged,
    e.CaseUnmerged,
    e.CaseJoined,
    e.CaseParted,
    e.CaseTakenOver,
    e.NoteWritten,
    e.NoteFlagged,
    e.ColleagueTold,
    e.EntryWithheld,
    e.EntryDisclosed,
    e.ApprovalGiven,
    e.ApprovalDeclined,
)


def reads(entry: Entry, by: str) -> bool:
    """Whether whoever writes this has read what the customer said last: acting on a case is reading it.

    A case that somebody here opens from a letter is new all the same: nobody has answered the letter.
    """
    opens = isinstance(entry, e.CaseReceived) and entry.letter
    return by.startswith("staff:") and not opens and not isinstance(entry, _BESIDE)


def told(story: Story, entry: Entry, at: datetime, by: str, number: int) -> Story:
    """The story once `entry` is told."""
    voices = story.voices
    if by != "desk":
        voices = (*(pair for pair in voices if pair[0] != by), (by, number))
    story = replace(story, number=number, last_at=at, voices=voices)
    change = _CHANGES.get(type(entry))
    story = change(story, entry, at, number) if change else story
    # Whoever acts in a case has read it: what the customer said is no longer new.
    return _nothing_unread(story) if story.heard and reads(entry, by) else story


def _nothing_unread(story: Story) -> Story:
    return replace(story, heard=0, heard_at=None, heard_words=NOTHING, stranger=False)


def _received(story, entry, at, number):
    return replace(
        story,
        channel=entry.channel,
        quote=entry.words,
        subject=entry.subject,
        expects=entry.expects,
        danger=entry.danger,
        heard=number,
        heard_at=at,
        heard_words=entry.words,
        came=(Came(number, entry.letter),),
    )


def _heard(story, entry, at, number):
    return replace(story, heard=number, heard_at=at, heard_words=entry.words)


def _letter_received(story, entry, at, number):
    story = replace(story, came=(*story.came, Came(number, entry.letter)))
    if entry.automatic:
        return story
    if not entry.unverified:
        return replace(_heard(story, entry, at, number), stranger=False)
    if story.heard and not story.stranger:  # the customer's own words stay what is new
        return replace(story, heard=number, heard_at=at)
    return replace(story, heard=number, heard_at=at, heard_words=NOTHING, stranger=True)


def _letter_sent(story, entry, at, number):
    return replace(story, sent=(*story.sent, number))


def _overridden(story, entry, at, number):
    who = story.voices[-1][0]
    told = Overridden(number, entry.kind, entry.because, entry.said, entry.why, at, who)
    return replace(story, overridden=(*story.overridden, told))


def _withheld(story, entry, at, number):
    kept = tuple(withheld for withheld in story.withheld if withheld.number != entry.number)
    told = Withheld(entry.number, entry.ground, entry.why, story.voices[-1][0])
    return replace(story, withheld=(*kept, told))


def _disclosed(story, entry, at, number):
    return replace(story, withheld=tuple(one for one in story.withheld if one.number != entry.number))


def _colleague_told(story, entry, at, number):
    who = story.voices[-1][0]
    return replace(story, told=(*story.told, Told(number, entry.to, entry.kind, entry.words, at, who)))


def _letter_moved(story, entry, at, number):
    came = tuple(replace(c, moved=True) if c.number == entry.number else c for c in story.came)
    story = replace(story, came=came)
    return _nothing_unread(story) if story.heard == entry.number else story


def _letter_reread(story, entry, at, number):
    kept = tuple(pair for pair in story.reread if pair[0] != entry.number)
    story = replace(story, reread=(*kept, (entry.number, entry.words)))
    if entry.number == 1:
        story = replace(story, quote=entry.words)
    return replace(story, heard_words=entry.words) if story.heard == entry.number else story


def _read(story, entry, at, number):
    return _nothing_unread(story) if entry.upto >= story.heard else story


def _confirmed(story, entry, at, number):
    return replace(story, heard=number, heard_at=at, heard_words=NOTHING)


def _effect(story, entry, at, number):
    return replace(story, effect=entry.words)


def _agreed(story, entry, at, number):
    return replace(story, agreed=entry.words)


def _skipped(story, entry, at, number):
    kept = tuple(pair for pair in story.skipped if pair[0] != entry.step)
    return replace(story, skipped=(*kept, (entry.step, entry.why)))


def _found(story, entry, at, number):
    """Findings stand on the customer's page at once: found is sent."""
    kept = tuple(pair for pair in story.findings_sent if pair[0] != entry.number)
    return replace(story, findings_sent=(*kept, (entry.number, entry.finding)))


def _flagged(story, entry, at, number):
    return replace(story, flags=(*story.flags, Flag(entry.note, entry.point, entry.finding)))


def _proposed(story, entry, at, number):
    return replace(story, proposed_at=at)


def _granted(story, entry, at, number):
    """The remedy of a chosen option carries its lane."""
    return replace(story, lane=entry.offer.lane, accepted_at=at) if entry.option else story


def _accepted(story, entry, at, number):
    return replace(story, heard=number, heard_at=at, heard_words=entry.words)


def _remedies_accepted(story, entry, at, number):
    return replace(story, accepted_at=at, heard=number, heard_at=at, heard_words=entry.words)


def _settled(story, entry, at, number):
    return replace(
        story, settled_at=at, rating=entry.rating, heard=number, heard_at=at, heard_words=entry.words
    )


def _closed(story, entry, at, number):
    return replace(story, closed_at=at, closings=story.closings + 1)


def _reopened(story, entry, at, number):
    return replace(story, reopened_at=at, reopened=story.reopened + 1, closed_at=None, withdrawn_at=None)


def _withdrawn(story, entry, at, number):
    return replace(story, withdrawn_at=at, heard=number, heard_at=at, heard_words=entry.words)


_CHANGES = {
    e.CaseReceived: _received,
    e.LetterReceived: _letter_received,
    e.LetterSent: _letter_sent,
    e.ClaimOverridden: _overridden,
    e.EntryWithheld: _withheld,
    e.EntryDisclosed: _disclosed,
    e.ColleagueTold: _colleague_told,
    e.LetterMoved: _letter_moved,
    e.LetterReread: _letter_reread,
    e.WordsRead: _read,
    e.PointsConfirmed: _confirmed,
    e.PointCorrected: _heard,
    e.EffectHeard: _effect,
    e.ProblemAgreed: _agreed,
    e.StepSkipped: _skipped,
    e.PointFound: _found,
    e.NoteFlagged: _flagged,
    e.OptionProposed: _proposed,
    e.OptionAccepted: _accepted,
    e.OptionsDeclined: _heard,
    e.RemedyGranted: _granted,
    e.RemediesAccepted: _remedies_accepted,
    e.CaseSettled: _settled,
    e.CaseUnsettled: _heard,
    e.CaseClosed: _closed,
    e.CaseReopened: _reopened,
    e.CaseWithdrawn: _withdrawn,
}
