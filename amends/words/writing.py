"""How a language is written: what its words look like, what stands behind a short form, which dots end no sentence."""

import re
from collections.abc import Iterable

# An ornament, an address, a date, a number, a word, a line's end, a mark.
_WORDS = (
    r"</?(?:[abipsu]|em|strong|span|br|div|font|li|[uo]l|t[drh]|table|h[1-6]|small|su[bp]|del|ins|mark|code|pre)(?: [^<>\n]{0,20}=[^<>\n]{0,200})?[ /]{0,2}>|\]\(https?://[^\s()]{1,500}\)|\[\^?\d{1,3}\]|https?://[^\s\x22]*[^\s\x22.,;:!?)\]]|[\w.+-]{1,64}+@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}|\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)(?!\d)|\d{1,2}/\d{1,2}(?![\d/])|%s\d+(?:,\d+)*(?:\.\d+)?(?:[a-z]+)?"
    r"|[^\W\d_]+(?:['-][^\W\d_]+)*|\n+|[^\w\s]"
)


class Writing:
    def __init__(self, told: dict, contractions: dict[str, str], known: Iterable[str] = ()):
        """`known` are the words of the language that may be met in another spelling."""
        self.letters = frozenset(told.get("letters", ""))
        self.short = frozenset(told["short"].split())
        self.token = re.compile(_WORDS % (told["dates"] + "|" if "dates" in told else ""))
        self.whole = {short: tuple(words.split()) for short, words in contractions.items()}
        self.whole |= {
            other: (word,)
            for word, other in _spellings(known, told.get("also", {}))
            if other not in self.whole
        }
        self.announced = re.compile(told["announced"]) if "announced" in told else None
        self.endings = tuple(short for short in contractions if short[0] in "'n")

    def expand(self, token: str) -> tuple[str, ...]:
        """The words behind a contraction, or behind another spelling."""
        if token in self.whole:
            return self.whole[token]
        if "'" in token:
            for ending in self.endings:
                if token.endswith(ending) and len(token) > len(ending):
                    return (token[: -len(ending)], *self.whole[ending])
        return (token,)


def _spellings(known: Iterable[str], also: dict[str, str]) -> Iterable[tuple[str, str]]:
    """Each word with the way it is written without its own letters: "prüfen", "pruefen"."""
    words = sorted(set(known))
    for word in words:
        other = word
        for letter, plain in also.items():
            other = other.replace(letter, plain)
        if other not in words:
            yield word, other
