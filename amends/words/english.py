"""The grammar of English, where the doer comes before the verb: "we will call you", "I have sent it"."""

from amends.words.claims import claims
from amends.words.done import Claim
from amends.words.lexicon import lexicon
from amends.words.promises import Promise, promises
from amends.words.sentences import Sentence
from amends.words.writing import Writing


class English:
    def __init__(self, told: dict):
        self.lexicon = lexicon("en")
        self.writing = Writing(told["writing"], told["contractions"])
        self.above = self.lexicon.sets["above"]

    def found(self, words: Sentence, before: Sentence) -> tuple[list[Promise], list[Claim]]:
        """The promises and the claims of a sentence; `before` is the sentence in front of it."""
        return list(promises(words, before, self.lexicon)), list(claims(words, before, self.lexicon))
