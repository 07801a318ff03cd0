"""Which grammar reads a language: English has its own, the others are read by their frames."""

from functools import cache

from amends.words.english import English
from amends.words.frames import Frames
from amends.words.languages import data


@cache
def grammar(language: str) -> English | Frames:
    """What finds promises and claims in a sentence. Raises KeyError for a language that is not read."""
    told = data(language, "words")
    return Frames(told, language) if "frames" in told else English(told)
