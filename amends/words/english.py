"""The grammar of English, where the doer comes before the verb: "we will call you", "I have sent it"."""

from collections.abc import Iterator

from amends.words.claims import Claim, claims
from amends.words.lexicon import lexicon
from amends.words.promises import Promise, promises
from amends.words.sentences import Sentence
from amends.words.writing import Writing


class English:
    def __init__(self, told: dict):
        self.lexicon = lexicon("en")
        self.writing = Writing(told["writing"], told["contractions"])
        self.above = self.lexicon.sets["above"]

    def promises(self, words: Sentence, before: Sentence) -> Iterator[Promise]:
        return promises(words, before, self.lexicon)

    def claims(self, words: Sentence) -> Iterator[Claim]:
        return claims(words, self.lexicon)
