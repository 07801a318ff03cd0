"""The grammar of English, where the doer comes before the verb: "we will call you", "I have sent it"."""

from functools import cached_property

from amends.words.claims import claims
from amends.words.done import Claim
from amends.words.languages import weights
from amends.words.lexicon import lexicon
from amends.words.promises import Promise, promises
from amends.words.refused import refuses
from amends.words.sentences import Sentence
from amends.words.tagger import Tagger
from amends.words.writing import Writing


class English:
    def __init__(self, told: dict):
        self.lexicon = lexicon("en")
        self.writing = Writing(told["writing"], told["contractions"])
        self.above = self.lexicon.sets["above"]

    @cached_property
    def tagger(self) -> Tagger:
        return Tagger(weights("en"), self.lexicon)

    def refuses(self, words: Sentence, what: str) -> bool:
        """Whether these words cannot be what the tagger takes them for."""
        return refuses(words, what, self.lexicon)

    def found(self, words: Sentence, before: Sentence) -> tuple[list[Promise], list[Claim]]:
        """The promises and the claims of a sentence; `before` is the sentence in front of it."""
        return list(promises(words, before, self.lexicon)), list(claims(words, before, self.lexicon))
