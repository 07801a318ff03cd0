"""A tagger over a whole letter: which words promise, claim, feel with the customer or close the door, by weights learnt
from labelled replies.

The grammar knows how English says such things, and not every verb they are said with. The tagger sees what the grammar
found, what the lexicon knows of each word, and its letters; a few layers of convolution let it see some eight words to
either side. It is small enough to run in numpy while somebody types. `tests/labels/learn.py` learns the weights.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from amends.words.features import Token, known, marks, pieces, seen
from amends.words.lexicon import Lexicon

ACTS = ("contact", "investigate", "fix", "pay", "send", "pass_on", "change", "other")
DOINGS = ("consulted", "passed_on", "paid", "sent", "booked", "fixed", "noted", "investigated", "doing")
FACTS = ("first_case", "normal", "nothing_more", "policy")
KINDS = (*DOINGS, *FACTS)
WHATS = ("promise", "doing", "fact", "fellow_feeling", "ending")
TAGS = ("", *(f"{place}-{what}" for what in WHATS for place in "BI"))  # B begins a finding, I goes on with it
DRAFTED = (
    "",
    *(f"{place}-{kind}" for kind in (*(f"promise {act}" for act in ACTS), *KINDS) for place in "BI"),
)

_NEVER = -1e9
_GAP = "…"  # stands where a word was taken out
_SURELY = 4.0  # log odds beyond which a token is part of no finding, whatever its neighbours are
_NEAR = 40  # tokens either side that can matter
_REMEMBERED = 50_000  # words whose sums are kept


class Tagged(NamedTuple):
    """Tokens `first` to before `last` are a finding.

    what   one of WHATS
    kind   the act of a promise, the kind of a claim; else ""
    waits  a promise waits for the customer
    """

    first: int
    last: int
    what: str
    kind: str = ""
    waits: bool = False


class Heard(NamedTuple):
    """A letter as it was heard: its findings in their order, and how surely it says anything at all, as log odds."""

    found: list[Tagged]
    says: float


class Tagger:
    """`weights`: arrays by name as `learn.py` writes them. `lean`: how much likelier nothing is made, by tag."""

    def __init__(self, weights: Mapping[str, np.ndarray], lexicon: Lexicon):
        self.lexicon = lexicon
        plain = {name: array for name, array in weights.items() if name != "names"}
        self.weights = {name: array.astype(np.float32) for name, array in plain.items()}
        self.places = {str(name): place for place, name in enumerate(weights["names"])}
        self.drafted = {name: place for place, name in enumerate(DRAFTED)}
        self.dilations = [int(step) for step in weights["dilations"]]
        self.follows = follows() + self.weights["follows"]
        self.words: dict[str, np.ndarray] = {}

    def hear(self, tokens: Sequence[Token]) -> Heard:
        """Hear a letter, each of whose sentences ends with an empty token."""
        if not tokens:
            return Heard([], _NEVER)
        hidden = self._hidden(tokens)
        tags = _best_path(_log_shares(self._linear("tags", hidden)) + self.weights["lean"], self.follows)
        return Heard([self._told(hidden, *place) for place in _places(tags)], self._says(tokens, hidden))

    def _says(self, tokens: Sequence[Token], hidden: np.ndarray) -> float:
        """Of all its own sentences together: one that says something is enough. What is quoted, others have said."""
        told = self._linear("says", hidden)[:, 0]
        begins = [0, *(n + 1 for n, token in enumerate(tokens[:-1]) if not token.text)]
        lengths = np.diff([*begins, len(tokens)])
        quoted = [tokens[place].quoted for place in begins]
        return float(np.logaddexp.reduce(np.where(quoted, _NEVER, np.add.reduceat(told, begins) / lengths)))

    def because(self, tokens: Sequence[Token], found: Tagged, many: int = 3) -> list[int]:
        """The places of the tokens of a finding without which it would be doubted most, in their order."""
        sure = self._sure(tokens, found)
        doubts = {
            place: sure
            - self._sure([*tokens[:place], tokens[place]._replace(text=_GAP), *tokens[place + 1 :]], found)
            for place in range(found.first, found.last)
            if tokens[place].text[:1].isalnum()
        }
        most = sorted(doubts, key=lambda place: doubts[place], reverse=True)
        return sorted(place for place in most[:many] if doubts[place] > 0)

    def _sure(self, tokens: Sequence[Token], found: Tagged) -> float:
        """How surely these tokens are what was found, and nothing else."""
        near = max(0, found.first - _NEAR)
        shares = _log_shares(self._linear("tags", self._hidden(tokens[near : found.last + _NEAR])))
        inside = [n for n, tag in enumerate(TAGS) if tag[2:] == found.what]
        here = shares[found.first - near : found.last - near, inside]
        return float(np.log(np.exp(here).sum(axis=1)).mean())

    def _told(self, hidden: np.ndarray, first: int, last: int, what: str) -> Tagged:
        inside = hidden[first:last]
        if what == "promise":
            waits = self._linear("waits", inside).mean() > 0
            return Tagged(first, last, what, ACTS[self._likeliest("acts", inside)], bool(waits))
        if what in ("doing", "fact"):
            among = range(len(DOINGS)) if what == "doing" else range(len(DOINGS), len(KINDS))
            return Tagged(first, last, what, KINDS[self._likeliest("kinds", inside, among)])
        return Tagged(first, last, what)

    def _likeliest(self, name: str, inside: np.ndarray, among: Iterable[int] | None = None) -> int:
        shares = np.exp(_log_shares(self._linear(name, inside))).mean(axis=0)
        return max(range(len(shares)) if among is None else among, key=lambda place: shares[place])

    def _hidden(self, tokens: Sequence[Token]) -> np.ndarray:
        """What is made of each token: (tokens, width)."""
        own = self.weights
        words = [self._word(seen(token.text)) for token in tokens]
        summed = np.concatenate(words).reshape(len(tokens), -1)
        summed = summed + self._linear("marks", np.array([marks(token) for token in tokens], np.float32))
        summed += own["drafted"][[self.drafted[token.drafted] for token in tokens]]
        hidden = np.maximum(self._even("norm", summed), 0)
        for layer, step in enumerate(self.dilations):
            hidden = self._even(f"norm{layer}", hidden + np.maximum(self._convolved(layer, step, hidden), 0))
        return hidden

    def _word(self, word: str) -> np.ndarray:
        """The sum of what is known of a word by itself."""
        found = self.words.get(word)
        if found is None:
            if len(self.words) >= _REMEMBERED:
                self.words.clear()
            names = {self.places[name] for name in known(word, self.lexicon) if name in self.places}
            found = self.weights["known"][sorted(names)].sum(axis=0)
            found += self.weights["pieces"][pieces(word)].sum(axis=0)
            self.words[word] = found
        return found

    def _linear(self, name: str, given: np.ndarray) -> np.ndarray:
        return given @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def _even(self, name: str, given: np.ndarray) -> np.ndarray:
        """Each token's numbers with mean 0 and variance 1, then weighed."""
        width = given.shape[1]
        made = given - np.add.reduce(given, axis=1, keepdims=True) / width
        made /= np.sqrt(np.einsum("nk,nk->n", made, made) / width + 1e-5)[:, None]
        made *= self.weights[f"{name}.weight"]
        made += self.weights[f"{name}.bias"]
        return made

    def _convolved(self, layer: int, step: int, hidden: np.ndarray) -> np.ndarray:
        """Each token with the ones so many steps before and behind it."""
        before, here, behind = self.weights[f"conv{layer}.weight"]
        made = hidden @ here + self.weights[f"conv{layer}.bias"]
        if len(hidden) > step:
            made[step:] += hidden[:-step] @ before
            made[:-step] += hidden[step:] @ behind
        return made


def _log_shares(scores: np.ndarray) -> np.ndarray:
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def follows() -> np.ndarray:
    """0 where a tag may stand behind another: a finding goes on only behind itself."""
    may = np.zeros((len(TAGS), len(TAGS)), np.float32)
    for place, tag in enumerate(TAGS):
        if tag.startswith("I"):
            may[[n for n, before in enumerate(TAGS) if before[1:] != tag[1:]], place] = _NEVER
    return may


def _best_path(scores: np.ndarray, follows: np.ndarray) -> list[int]:
    """The likeliest tags that may stand so one behind the other; where nothing is all but sure, nothing stands."""
    path, doubtful = [0] * len(scores), np.flatnonzero(scores[:, 0] - scores[:, 1:].max(axis=1) < _SURELY)
    for run in np.split(doubtful, np.flatnonzero(np.diff(doubtful) > 1) + 1):
        if len(run):
            path[run[0] : run[-1] + 1] = _best_between(scores[run[0] : run[-1] + 1], follows)
    return path


def _best_between(scores: np.ndarray, follows: np.ndarray) -> list[int]:
    """The likeliest tags of a row of tokens, before and behind which nothing stands (Viterbi)."""
    best, came = scores[0] + follows[0], []
    for here in scores[1:]:
        ways = best[:, None] + follows
        came.append(ways.argmax(axis=0))
        best = ways.max(axis=0) + here
    path = [int((best + follows[:, 0]).argmax())]
    for behind in reversed(came):
        path.append(int(behind[path[-1]]))
    return path[::-1]


def _places(tags: Sequence[int]) -> list[tuple[int, int, str]]:
    """Where findings stand: (first, last, what)."""
    found: list[tuple[int, int, str]] = []
    for place, tag in enumerate(TAGS[n] for n in tags):
        if tag.startswith("B"):
            found.append((place, place + 1, tag[2:]))
        elif tag:
            found[-1] = (found[-1][0], place + 1, tag[2:])
    return found
