"""A language as the readers use it: its words as data, with the forms of its verbs."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from amends.words.languages import data as data_of

GAP = 7  # words that may stand where a pattern says ".."
BASE, THIRD, ING, PAST, PARTICIPLE = "base", "third", "ing", "past", "participle"
_STRESSED = ("mit", "fer", "cur", "cancel", "gret", "abut", "compel", "control")  # double their last letter
_STOPS = frozenset(".!?;:\n")


class Pattern(NamedTuple):
    """A verb with what belongs to it, and what it stands for."""

    rest: tuple[str, ...]
    kind: str


class Lexicon:
    """`sets` are words that are alike, `runs` words in a row; patterns stand by the base of their verb."""

    def __init__(self, data: dict):
        self.irregular = {base: forms.split() for base, forms in data["irregular"].items()}
        self.sets = {name: frozenset(words.split()) for name, words in data["sets"].items()}
        self.sets_of_two = {name: frozenset(runs) for name, runs in data["runs"].items()}
        self.runs = {name: [run.split() for run in runs] for name, runs in data["runs"].items()}
        self.forms: dict[str, list[tuple[str, str]]] = {}  # by form: (base, which form)
        self.acts, self.claims = self._patterns(data["acts"]), self._patterns(data["claims"])
        self.receiving, self.arriving = self._patterns(data["receiving"]), self._patterns(data["arriving"])
        self.expected = self._patterns(data["expected"])
        self.refused = self._patterns({"refused": data["refused"]["acts"]})
        self.charges = frozenset(data["refused"]["charges"].split())
        self.held = frozenset(data["refused"]["held"].split())
        self.no_claims = self._patterns({"refused": data["refused"]["claims"]})
        self.negated = self._patterns(data["negated"])
        self.done_to = {
            verb.strip(): act for act, verbs in data["done_to"].items() for verb in verbs.split(",")
        }
        self.comings = {}
        for act, listed in data["coming"].items():
            for base in listed.split():
                self._learn(base)
                self.comings |= {form: act for form, which in self._forms(base) if which in (THIRD, ING)}
        self.comings |= {"get": "send", "have": "send"}  # "you get it on Friday"
        verbs = (self.sets[name] for name in ("doing", "not_acts", "vows"))
        for base in ("be", "have", "go", *self.done_to, *sorted(frozenset().union(*verbs))):
            self._learn(base)

        sets = self.sets
        sets["manner"] |= sets["adverbs"]
        self.agents_end = tuple(sets["agents_end"])
        self.doers = sets["we"] | sets["them"] | sets["alone"] | sets["whose"] | sets["any"] | {"your"}
        self.promising = (
            self.doers | sets["markers"] | self.comings.keys() | {"am", "are", "is", "'s", "you", "expect"}
        )  # where a promise may begin
        self.claiming = self.doers | {"am", "are", "is", "has", "have", "was", "were", "'s"}

    def may_promise(self, word) -> bool:
        return word.text in self.promising or word.capital

    def may_claim(self, word) -> bool:
        return word.text in self.claiming or word.capital

    def past_run(self, name: str, words, place: int) -> int:
        """The place behind the run of this name that stands here; this place where none does."""
        for run in self.runs[name]:
            if [word.text for word in words[place : place + len(run)]] == run:
                return place + len(run)
        return place

    def _patterns(self, kinds: dict[str, str]) -> dict[str, list[Pattern]]:
        return self._patterns_of(
            {
                " ".join(phrase.split()): kind
                for kind, phrases in kinds.items()
                for phrase in phrases.split(",")
            }
        )

    def _patterns_of(self, phrases: dict[str, str]) -> dict[str, list[Pattern]]:
        """By the base of the verb, the longest first."""
        found: dict[str, list[Pattern]] = {}
        for phrase, kind in phrases.items():
            head, *rest = phrase.split()
            self._learn(head)
            found.setdefault(head, []).append(Pattern(tuple(rest), kind))
        for patterns in found.values():
            patterns.sort(key=lambda pattern: -len(pattern.rest))
        return found

    def _learn(self, base: str) -> None:
        for form, which in self._forms(base):
            known = self.forms.setdefault(form, [])
            if (base, which) not in known:
                known.append((base, which))

    def _forms(self, base: str) -> Iterator[tuple[str, str]]:
        """The forms of a verb of English."""
        stem = base[:-1] if base.endswith("e") and not base.endswith(("ee", "ye")) else base
        twice = base + base[-1] if self._doubles(base) else stem
        softened = base[-1] == "y" and base[-2:-1] not in "aeou"  # carry, carries, carried
        past = base[:-1] + "ied" if softened else twice + "ed"
        if base in self.irregular:
            yield past, PAST  # "speaked": as somebody writes who learns English
        past, participle = self.irregular.get(base, (past, past))
        hissing = base.endswith(("s", "x", "ch", "sh", "o"))
        third = base[:-1] + "ies" if softened else base + ("es" if hissing else "s")
        yield base, BASE
        yield "has" if base == "have" else third, THIRD
        yield twice + "ing", ING
        yield past, PAST
        yield participle, PARTICIPLE

    def _doubles(self, base: str) -> bool:
        """Whether a short verb doubles its last letter: plan, planned."""
        vowels = "aeiou"
        short = sum(letter in vowels for letter in base) == 1 or base.endswith(_STRESSED)
        ends = base[-1] not in vowels + "wxy" and base[-2] in vowels
        return short and ends and (len(base) < 3 or base[-3] not in vowels)

    def base_of(self, word: str, *which: str) -> str:
        """The verb of which this word is one of these forms; "" when it is none."""
        known = self.forms.get(word)
        if known is None and word.startswith("re"):
            known = self.forms.get(word[2:].removeprefix("-"))  # "resubmitted", "re-sent"
        return next((base for base, form in known or () if form in which), "")

    @staticmethod
    def match(patterns: dict[str, list[Pattern]], base: str, words, at: int) -> tuple[str, int] | None:
        """What a verb and what follows it from place `at` stand for, and the place behind it; None for nothing known."""
        for rest, kind in patterns.get(base, ()):
            place, gap = at, 0
            for wanted in rest:
                if wanted == "..":
                    gap = GAP
                    continue
                until = min(len(words), place + gap + 1)
                while place < until and words[place].text != wanted and words[place].text not in _STOPS:
                    place += 1
                if place >= until or words[place].text != wanted:
                    break
                place, gap = place + 1, 0
            else:
                return kind, place
        return None


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language; raises KeyError where it is not read."""
    return Lexicon(data_of(language, "words"))
