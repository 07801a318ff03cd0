"""Which of the languages that are read a text is written in, by their commonest words."""

import re
from functools import cache

from amends.words.languages import data, languages

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_READ = 5_000  # letters looked at
DEFAULT = "en"


def language_of(text: str, preferred: str = "") -> str:
    """The language most of whose common words stand in the text; `preferred` or English where none leads."""
    words = _WORD.findall(text[:_READ].lower().replace("’", "'"))
    hits = {language: sum(map(common.__contains__, words)) for language, common in _common().items()}
    most = max(hits.values(), default=0)
    leading = [language for language, many in hits.items() if many == most]
    if most and len(leading) == 1:
        return leading[0]
    fallback = preferred if preferred in hits else DEFAULT
    return fallback if not most or fallback in leading else leading[0]


_ENOUGH = 12  # words, before a text can show that it is in no language that is read
_FEW = 0.06  # of them common ones


def is_read(text: str) -> bool:
    """Whether a text seems to be in one of the languages that are read; a short one does."""
    words = _WORD.findall(text[:_READ].lower().replace("’", "'"))
    known = frozenset().union(*(data(each, "words")["sets"]["common"].split() for each in languages()))
    return len(words) < _ENOUGH or sum(map(known.__contains__, words)) >= _FEW * len(words)


@cache
def _common() -> dict[str, frozenset[str]]:
    """The common words of each language that no other has as well."""
    said = {each: frozenset(data(each, "words")["sets"]["common"].split()) for each in languages()}
    return {
        each: words.difference(*(others for other, others in said.items() if other != each))
        for each, words in said.items()
    }
