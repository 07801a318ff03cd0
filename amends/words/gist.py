"""What a phrase is about: the words in it that say more than that somebody did something."""

import re
from functools import cache

from amends.words.languages import data
from amends.words.lexicon import lexicon
from amends.words.plain import plain

_WORD = re.compile(r"[^\W\d_]{3,}|\d{2,}")
_ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "e")
_AMOUNT = re.compile(
    r"(?:[£$€₹]|\b(?:usd|eur|gbp)) ?(\d[\d,]*(?:\.\d{1,2})?)|\b(\d[\d,]*(?:\.\d{1,2})?) ?(?:[€£$]|(?:usd|eur|gbp|dollars?|euros?|pounds?|quid)\b)"
)


def stems(text: str) -> frozenset[str]:
    """Every longer word and number of a text, without its ending."""
    return frozenset(map(_stem, _WORD.findall(plain(text).text)))


def gist(text: str, language: str = "en") -> frozenset[str]:
    """The stems of a phrase that say what it is about; empty where it says nothing in particular.

    Languages without a list of common words have none.
    """
    common = _common(language)
    return stems(text) - common if common else frozenset()


def amounts(text: str) -> frozenset[int]:
    """Amounts of money in a text, in the smaller units (cents)."""
    found = (one or other for one, other in _AMOUNT.findall(plain(text).text))
    return frozenset(round(float(amount.replace(",", "")) * 100) for amount in found)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@cache
def _common(language: str) -> frozenset[str]:
    """What says nothing in particular: common words, and the verbs by which anything is claimed or promised."""
    told = data(language, "words").get("gist")
    if told is None:
        return frozenset()
    known = lexicon(language)
    verbs = {
        form
        for form, of in known.forms.items()
        if any(base in known.claims or base in known.acts for base, _ in of)
    }
    words = {
        *told["common"].split(),
        *known.sets["common"],
        *known.sets["adverbs"],
        *known.sets["manner"],
        *verbs,
    }
    return frozenset(map(_stem, words)) - frozenset(map(_stem, told["weighty"].split()))
