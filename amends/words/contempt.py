"""Contempt: words that belittle, ridicule or insult the customer as a person. The words are data."""

from collections.abc import Iterator
from functools import cache

from amends.words.languages import data
from amends.words.patterns import Found, any_of
from amends.words.sentences import Sentence, texts


class Slurs:
    """The words of a language that belittle, and those around them that tell whom."""

    def __init__(self, contempt: dict):
        self.phrases = any_of(contempt["phrases"])
        self.who = frozenset(contempt["who"].split("|"))
        self.plural = contempt["plural"]
        words = {name: frozenset(words.split()) for name, words in contempt["words"].items()}
        self.insults, self.weak = self.and_plural(words["insults"]), self.and_plural(words["weak"])
        self.adjectives = words["adjectives"]
        self.spared, self.reported, self.pronouns = words["spared"], words["reported"], words["pronouns"]
        self.we, self.be, self.an = words["we"], words["be"], words["an"]
        self.being = self.be | words["feel"]
        self.such, self.utter = words["such"], words["utter"]
        self.between = words["between"] | self.utter
        self.before = words["before"] | self.between
        self.entitled, self.rights = words["entitled"], words["rights"]
        self.belittling = self.insults | self.weak | self.adjectives

    def and_plural(self, words: frozenset[str]) -> frozenset[str]:
        return words | {word + self.plural for word in words}


@cache
def slurs(language: str) -> Slurs:
    return Slurs(data(language, "phrases")["contempt"])


def contempt(words: Sentence, text: str, language: str) -> Iterator[Found]:
    """Phrases that belittle the customer, in words of ours for our own eyes. What somebody else said is reported."""
    known = slurs(language)
    for n, word in enumerate(words):
        if word.quoted or word.text not in known.belittling or _is_reported(words, n, known):
            continue
        end = _belittling(words, n, known)
        if end:
            yield Found(words[_begin(words, n, known)].start, words[end - 1].end)
    if words and not words[0].quoted:
        for match in known.phrases.finditer(text, words[0].start, words[-1].end):
            n = next(n for n, word in enumerate(words) if word.end > match.start())
            if not _is_reported(words, n, known):
                yield Found(*match.span())


def _belittling(words: Sentence, n: int, known: Slurs) -> int:
    """The place behind what belittles here; 0 where nothing does."""
    word = words[n].text
    if word in known.insults:
        return 0 if _about_us(words, n, known) else n + 1
    if word in known.weak:
        return n + 1 if _is_called(words, n, known) and not _about_us(words, n, known) else 0
    return _belittled(words, n, known) if word in known.adjectives else 0


def _is_reported(words: Sentence, n: int, known: Slurs) -> bool:
    """Whether somebody else is said to have used the word, in the same breath: "called me an idiot"."""
    for word in reversed(words[max(0, n - 5) : n]):
        if word.text in (",", ";"):
            return False
        if word.text in known.reported:
            return True
    return False


def _is_called(words: Sentence, n: int, known: Slurs) -> bool:
    """Whether somebody is called so: "she is a pest", "what a stupid clown"."""
    before = texts(words, max(0, n - 4), n - max(0, n - 4))
    if before and before[-1] in known.adjectives | known.utter:
        return True
    if len(before) > 1 and before[-1] in known.an and before[-2] in known.such:
        return True
    while before and before[-1] in known.between:
        before.pop()
    return len(before) > 1 and before[-1] in known.be and before[-2] in known.who


def _about_us(words: Sentence, n: int, known: Slurs) -> bool:
    before = {word.text for word in words[max(0, n - 4) : n]}
    return bool(before & known.we and before & known.being)


def _begin(words: Sentence, n: int, known: Slurs) -> int:
    while n and words[n - 1].text in known.before:
        n -= 1
    return n


def _belittled(words: Sentence, n: int, known: Slurs) -> int:
    """Behind what an adjective belittles: somebody after it ("crazy woman") or before it ("she is pathetic")."""
    for m in range(n + 1, min(n + 3, len(words))):
        text = words[m].text
        if text in known.spared or text in known.insults:
            return 0  # a thing; or told there
        if text in known.who and text not in known.pronouns:
            return m + 1
    following = words[n + 1].text if n + 1 < len(words) else ""
    if words[n].text in known.entitled and following in known.rights:
        return 0
    at = n - 1
    while at >= 0 and words[at].text in known.between:
        at -= 1
    somebody = at > 0 and words[at].text in known.be and words[at - 1].text in known.who
    return n + 1 if somebody and following not in known.spared else 0
