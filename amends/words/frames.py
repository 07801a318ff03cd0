"""A grammar by clauses, for languages whose words are not in the order of English: which words make which finding.

A sentence falls into clauses. A clause tells what its frame says: the first frame all of whose words stand in it, in
whatever order, with a verb in the form asked for. "Bis Freitag | werden | wir | den Betrag | erstatten" is a promise
to pay, as "wir" and "werden" and an infinitive of that family stand in it. Frames and words are data.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from amends.words.dates import when
from amends.words.done import Claim
from amends.words.promises import Promise
from amends.words.sentences import Sentence, texts
from amends.words.times import Runs, times
from amends.words.verbs import Form, Verbs
from amends.words.writing import Writing

_MARKS = frozenset([",", ";", ":", "–", "—", "(", ")", ".", "!", "?", "*", "•"])
_SOME_DAY = datetime(2026, 1, 7, 10)


class Frame(NamedTuple):
    """`by` names what its verb tells there; `having` and `without` name sets of words; `when`: it says when."""

    tells: str
    by: str
    verb: str
    having: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    when: bool = False


class Clause:
    """Words `first` to before `last` of a sentence, and what the clause before it leaves to it."""

    def __init__(self, words: Sentence, first: int, last: int, before: "Clause | None", grammar: "Frames"):
        self.words, self.first, self.last = words, first, last
        self.before, self.grammar = before, grammar
        self.texts = texts(words, first, last - first)
        self.said = frozenset(self.texts)

    def has(self, name: str) -> bool:
        """Whether words of this set stand in it, or "before" it. `ours`, `staff`, `you` are who does it."""
        if name == "ours":
            return self.is_ours
        if name == "staff":
            return self.names_staff
        if name == "you":
            return self.says_you
        if name.startswith("before "):
            return self.before is not None and self.before.has(name.removeprefix("before "))
        return bool(self.said & self.grammar.sets[name])

    @cached_property
    def forms(self) -> list[Form]:
        return self.grammar.verbs.of(self.texts, self.grammar.sets["before_nouns"])

    @cached_property
    def is_ours(self) -> bool:
        """Whether we do it: said here, or in the clause that an "and" goes on with."""
        sets = self.grammar.sets
        if self.said & sets["ours"]:
            return True
        goes_on = self.before is not None and self.texts[:1] and self.texts[0] in sets["and"]
        return bool(goes_on) and self.opens not in sets["others"] and self.before.is_ours

    @cached_property
    def names_staff(self) -> bool:
        """Whether somebody of ours does it: "unser Techniker", but not "mit unserem Techniker"."""
        if self._names_staff(self.grammar.sets["prepositions"]):
            return True
        before = self.before
        if before is None or before.said & self.grammar.sets["ours"]:
            return False
        # "our team, which …", "Ms Keller, of our team, …"
        goes_on = self.opens in self.grammar.sets["relative"] or not before.forms
        return goes_on and before._names_staff(frozenset())

    def _names_staff(self, prepositions: frozenset[str]) -> bool:
        sets = self.grammar.sets
        for n, text in enumerate(self.texts):
            ahead = set(self.texts[n + 1 : n + 5])
            named = (
                text in sets["whose"]
                and sets["staff"] & ahead
                or text in sets["any"]
                and sets["sent"] & ahead
            )
            if named and not (n and self.texts[n - 1] in prepositions):
                return True
        return False

    @cached_property
    def says_you(self) -> bool:
        """Whether the customer does it: "usted", but not "con usted"."""
        you, prepositions = self.grammar.sets["you"], self.grammar.sets["prepositions"]
        return any(
            text in you and not (n and self.texts[n - 1] in prepositions) for n, text in enumerate(self.texts)
        )

    @cached_property
    def own(self) -> list[str]:
        """Its words behind "and", "but"."""
        at = next((n for n, text in enumerate(self.texts) if text not in self.grammar.sets["and"]), 0)
        return self.texts[at:]

    @property
    def opens(self) -> str:
        return self.own[0]

    def begins_with(self, name: str) -> bool:
        return self.grammar.runs[name].at(self.own, 0) is not None

    @cached_property
    def is_dependent(self) -> bool:
        """Whether it says under which condition, or of which thing, and not what is or will be."""
        sets = self.grammar.sets
        if self.begins_with("hypothetical"):
            return True
        relative = self.before is not None and self.opens in sets["relative"]
        if relative and self.texts[-1] in sets["last_of_relative"]:
            return True
        return self.before is not None and self.opens in sets["that"] and self.has("before hedged")


class Frames:
    def __init__(self, told: dict, language: str):
        self.language = language
        self.sets = {name: frozenset(words.split()) for name, words in told["sets"].items()}
        self.runs = {name: Runs(runs) for name, runs in told["runs"].items()}
        self.verbs = Verbs(told["families"], told["endings"], told["apart"])
        self.frames = [Frame(**_tuples(frame)) for frame in told["frames"]]
        known = times(language)
        words = frozenset().union(*self.sets.values(), self.verbs.forms, known.units, known.numbers)
        self.writing = Writing(told["writing"], told["contractions"], words)
        self.above = self.sets["above"]
        self.tagger = None

    def found(self, words: Sentence, before: Sentence) -> tuple[list[Promise], list[Claim]]:
        """The promises and the claims of a sentence; `before` is the sentence in front of it."""
        promises, claims = [], []
        for clause, frame, kind in self._told(words):
            if frame.tells == "promise":
                first = self._since(clause)
                waits = self._waits(clause, words, before)
                promises.append(Promise(first, clause.last, kind, waits, first))
            else:
                claims.append(Claim(clause.first, clause.last, kind))
        return promises, claims

    def _since(self, clause: Clause) -> int:
        """Where it begins: with "by Friday, noon," where that is divided from it by a mark."""
        before = clause.before
        if before is None or before.forms or before.said & self.sets["begins"]:
            return clause.first
        dated = when(clause.words, before.first, before.last, _SOME_DAY, self.language)
        return dated.first if dated else clause.first

    def _told(self, words: Sentence) -> Iterator[tuple[Clause, Frame, str]]:
        if words[-1].text == "?":
            return
        for clause in self._clauses(words):
            if words[clause.first].quoted or clause.is_dependent:
                continue
            forms = clause.forms
            found = (
                next(filter(None, (self._fits(clause, frame, forms) for frame in self.frames)), None)
                if forms
                else None
            )
            if found:
                yield clause, *found

    def _fits(self, clause: Clause, frame: Frame, forms: list[Form]) -> tuple[Frame, str] | None:
        kind = next((f.kinds[frame.by] for f in forms if f.which == frame.verb and frame.by in f.kinds), "")
        if not kind or not all(map(clause.has, frame.having)) or any(map(clause.has, frame.without)):
            return None
        if frame.when and when(clause.words, clause.first, clause.last, _SOME_DAY, self.language) is None:
            return None
        return frame, kind

    def _clauses(self, words: Sentence) -> Iterator[Clause]:
        first, before = 0, None
        for n in range(len(words) + 1):
            if n < len(words) and not self._divides(words, n):
                continue
            if n > first:
                before = Clause(words, first, n, before, self)
                yield before
            first = n + (n < len(words) and not words[n].text.isalpha())

    def _divides(self, words: Sentence, n: int) -> bool:
        text, following = words[n].text, texts(words, n + 1, 4)
        if self.runs["opening"].at([text, *following], 0):
            return True
        if text in self.sets["and"]:
            while following[:1] and following[0] in self.sets["small"]:
                following = following[1:]
            return bool(following) and following[0] in self.sets["begins"] | self.finite
        if text == "," and n and following:
            known = times(self.language)
            dated = words[n - 1].text in known.weekdays or words[n - 1].text in known.months
            return not (dated and (following[0] in known.before.by_first or following[0][:1].isdigit()))
        if text == "-":
            return words[n].start > words[n - 1].end if n else True
        return text in _MARKS and not (text in ".:" and following and following[0][:1].isdigit())

    @cached_property
    def finite(self) -> frozenset[str]:
        """Forms that begin a clause of their own behind an "and"."""
        of = self.sets["finite"]
        return frozenset(
            word for word, forms in self.verbs.forms.items() if any(f.which in of for f in forms)
        )

    def _waits(self, clause: Clause, words: Sentence, before: Sentence) -> bool:
        """Whether the promise waits for the customer to do something."""
        for other in self._clauses(words):
            if other.begins_with("if") and other.said & self.sets["customer"]:
                return True
            if other.first < clause.first and self._asks(other.texts):
                return True
        first = not any(word.text.isalpha() for word in words[: clause.first])
        return first and bool(before) and self._asks([word.text for word in before])

    def _asks(self, said: list[str]) -> bool:
        """Whether these words ask the customer for something first."""
        if set(said) & self.sets["pleading"]:
            return False
        said = [text for text in said if text.isalpha()]
        return bool(set(said) & self.sets["please"] or said and said[0] in self.sets["asked"])


def _tuples(frame: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in frame.items()}
