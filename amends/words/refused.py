"""What English says that is no promise and no deed, whatever else about it looks like one."""

from amends.words.lexicon import BASE, ING, PARTICIPLE, PAST, THIRD, Lexicon
from amends.words.sentences import Sentence

_ENDS = ("ed", "ing", "n't", "'s", "'ve", "'re")  # of verbs nobody knows


def refuses(words: Sentence, what: str, lexicon: Lexicon) -> bool:
    """Whether these words cannot be what a tagger takes them for."""
    if what == "promise":
        return _charges(words, lexicon)
    return what == "doing" and not _tells_deed(words, lexicon)


def _charges(words: Sentence, lexicon: Lexicon) -> bool:
    """ "You will be charged £15": it threatens rather than promises; "you won't be charged" does promise."""
    told = [word.text for word in words]
    charged = any(
        one == "be" and other in lexicon.charges for one, other in zip(told, told[1:], strict=False)
    )
    return charged and not {"not", "never", "no", "nothing"} & set(told)


def _tells_deed(words: Sentence, lexicon: Lexicon) -> bool:
    """Whether something is told that was done: by "a refund", "I have it now" and "I logged in" it is not."""
    told = [word.text for word in words]
    verbs = [
        (n, base)
        for n, text in enumerate(told)
        if (base := lexicon.base_of(text, THIRD, PAST, PARTICIPLE, ING))
    ]
    if len(told) <= 3 and not verbs and not any(text.endswith(_ENDS) for text in told):
        return False  # the name of a thing
    if told[1:2] and told[1] in ("have", "has") and told[2:3] and told[2] in lexicon.held and len(told) <= 5:
        return False
    if _is_told_as_now(told, lexicon) or _names_thing(told, lexicon):
        return False
    every = [(n, lexicon.base_of(text, BASE, THIRD, PAST, PARTICIPLE, ING)) for n, text in enumerate(told)]
    refused = [n for n, base in every if base and lexicon.match(lexicon.no_claims, base, words, n + 1)]
    deeds = [
        n for n, base in verbs if base in lexicon.claims and n not in refused and base not in ("be", "have")
    ]
    return not refused or bool(deeds)


def _is_told_as_now(told: list[str], lexicon: Lexicon) -> bool:
    """ "We refund the fee": offered or habitual, and not done."""
    verb = told[1] if told[0] in ("we", "i") and len(told) > 1 else ""
    return bool(
        verb not in ("have", "be", "do")
        and lexicon.base_of(verb, BASE)
        and not lexicon.base_of(verb, PAST, PARTICIPLE)
        and not any(lexicon.base_of(text, PAST, PARTICIPLE, ING) in lexicon.claims for text in told[2:])
    )


def _names_thing(told: list[str], lexicon: Lexicon) -> bool:
    """ "A new sheet, laid by our crew"."""
    return told[0] in ("a", "an") and any(
        one == "," and last == "by" and lexicon.base_of(deed, PARTICIPLE)
        for one, deed, last in zip(told, told[1:], told[2:], strict=False)
    )
