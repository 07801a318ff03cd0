"""What a text of ours says: promises, claims, comfort, contempt, each with its place in the text as it was given."""

from datetime import datetime

from amends.words.drafting import drafted, letter
from amends.words.findings import Claim, Promise, Reading
from amends.words.grammar import grammar
from amends.words.patterns import Span
from amends.words.plain import plain
from amends.words.revision import by_sentence, revise, tokens
from amends.words.sentences import around

__all__ = ["Claim", "Promise", "Reading", "draft", "read", "sentence_around", "why"]


def read(given: str, now: datetime | None = None, language: str = "en") -> Reading:
    """Read a text. Offsets are code points of the text as given. Raises KeyError for a language that is not read.

    now  when it was written, in the writer's zone: from there "tomorrow" counts; None leaves moments open
    """
    told, tagger = letter(given, now, language), grammar(language).tagger
    found = drafted(told)
    if tagger is not None:
        revise(found, told, tagger.hear(tokens(told, found)))
    return found.reading()


def draft(given: str, language: str = "en") -> Reading:
    """What the grammar and the phrases of a language find by themselves, before a tagger revises it."""
    return drafted(letter(given, None, language)).reading()


def why(given: str, language: str = "en") -> list[tuple[Span, str, list[str]]]:
    """What a tagger finds in a text: where, what, and the words without which it would have been doubted most."""
    told, tagger = letter(given, None, language), grammar(language).tagger
    if tagger is None:
        return []
    seen = tokens(told, drafted(told))
    heard, found = tagger.hear(seen).found, []
    because = iter([[seen[n].text for n in tagger.because(seen, each)] for each in heard])
    for sentence, tagged in by_sentence(heard, told):
        for each in tagged:
            place = Span(*told.place(sentence, each.first, each.last))
            found.append((place, f"{each.what} {each.kind}".strip(), next(because)))
    return found


def sentence_around(given: str, start: int, end: int) -> tuple[int, int]:
    """From where to where the sentence goes that holds these code points of a text."""
    writing = grammar("en").writing
    return around(plain(given, writing.letters), start, end, writing)
