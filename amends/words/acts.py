"""Which act a verb of English promises, once it is found behind "will" or the like."""

from typing import NamedTuple

from amends.words.clauses import end
from amends.words.lexicon import BASE, ING, PARTICIPLE, THIRD, Lexicon
from amends.words.sentences import Sentence, texts


class Verb(NamedTuple):
    """Where the verb of a future act stands. `now`: it is under way, "I am sending". `be`: it is a "be" before this."""

    at: int
    negated: bool = False
    now: bool = False
    be: bool = False


def act_of(words: Sentence, verb: Verb, doer: str, lexicon: Lexicon) -> str:
    """What is promised; "" when the verb promises nothing."""
    at = verb.at
    base = lexicon.base_of(words[at].text, *((ING,) if verb.now else (BASE, ING, THIRD)))
    if verb.be or words[at].text == "be":
        base = "be"
    if base == "have" and at + 1 < len(words) and (done := lexicon.base_of(words[at + 1].text, PARTICIPLE)):
        at, base = at + 1, done  # "will have replaced"
    if verb.negated:
        refusal = lexicon.match(lexicon.negated, base, words, at + 1)
        return refusal[0] if refusal else ""
    if base == "continue" and texts(words, at + 1, 1) == ["to"] and at + 2 < len(words):
        return act_of(words, verb._replace(at=at + 2, be=False), doer, lexicon)
    if base in lexicon.sets["not_acts"] or lexicon.match(lexicon.refused, base, words, at + 1):
        return ""
    rest = texts(words, at + 1, 6)
    if base == "meet" and "cost" in rest:
        return "pay"
    if base in lexicon.sets["with_you"] and not {"you", "your"} & set(rest):
        visits = doer == "staff" and base != "discuss" and rest and rest[0] in lexicon.sets["to_your_place"]
        comes = base == "come" and lexicon.sets["days_ahead"] & set(rest)
        return "other" if visits or comes else ""
    known = lexicon.match(lexicon.acts, base, words, at + 1) if base else None
    if base in ("have", "get") and (done := _had_done(words, at + 1, lexicon)):
        known = done, at
    if base in lexicon.sets["who_is_told"] and lexicon.sets["staff"] & set(rest[:4]) and rest[0] != "you":
        return "pass_on"
    if verb.now:
        return _ahead(words, at, base, known, lexicon)
    if known is None:
        return _unknown_act(words, at, base, doer, lexicon)
    return known[0] if doer == "we" else _others_act(words, at, base, known[0], doer, lexicon)


def _unknown_act(words: Sentence, at: int, base: str, doer: str, lexicon: Lexicon) -> str:
    """A verb that stands for nothing in particular is "other" where it has a day, or something of the customer's."""
    ahead = set(texts(words, at + 1, 14))
    if doer == "named":
        return "other" if base and ahead & lexicon.sets["days_ahead"] else ""
    dated = base and ahead & (lexicon.sets["days_ahead"] | lexicon.sets["months"])
    does = dated or _does_something(words, at, base, texts(words, at + 1, 6), lexicon)
    return "other" if doer in ("we", "staff") and does else ""


def _others_act(words: Sentence, at: int, base: str, act: str, doer: str, lexicon: Lexicon) -> str:
    """What somebody of ours promises, who is called by a word or name that may be a stranger's."""
    rest = texts(words, at + 1, 6)
    if doer == "they" and act not in ("contact", "investigate", "fix", "send", "pay"):
        return ""
    if base == "be" and act == "contact" and rest[:2] == ["with", "you"]:
        return "other"  # "our driver will be with you at two" comes round, and writes no letter
    if doer not in ("somebody", "named"):
        return act
    dated = lexicon.sets["days_ahead"] & set(texts(words, at + 1, 14))
    meant = {"you", "your"} & set(rest) or "it" in rest[:3] or dated
    meant = meant or doer == "named" and act in ("fix", "contact", "investigate", "send")
    return act if meant and act in (*lexicon.sets["staff_acts"], "other") else ""


def _does_something(words: Sentence, at: int, base: str, rest: list[str], lexicon: Lexicon) -> bool:
    """Whether a verb that stands for nothing in particular is an act for the customer all the same."""
    text = words[at].text
    if base in ("be", "have") or not text.isalpha() or text in lexicon.sets["no_verbs"] | lexicon.doers:
        return False
    if text.endswith("ing"):
        return bool({"you", "your"} & set(rest))
    return bool(
        lexicon.sets["near_objects"] & set(rest[:3]) if base else lexicon.sets["objects"] & set(rest[:4])
    )


def _had_done(words: Sentence, place: int, lexicon: Lexicon) -> str:
    """What we have done by somebody: "have it repaired", "get your bag sent"."""
    for n in range(place + 1, min(place + 9, len(words))):
        text = words[n].text.removeprefix("re-")
        if not text.isalnum():
            break
        base = lexicon.base_of(text, PARTICIPLE)
        if base in lexicon.done_to and text != base:
            return lexicon.done_to[base]
        if words[n - 1].text in lexicon.sets["staff"] and (base := lexicon.base_of(words[n].text, BASE)):
            known = lexicon.match(lexicon.acts, base, words, n + 1)
            return known[0] if known else ""
    return ""


def _ahead(words: Sentence, at: int, base: str, known, lexicon: Lexicon) -> str:
    """ "I am sending this now": the act is still ahead. What is being looked into is a claim instead."""
    ahead = texts(words, at + 1, end(words, at + 1, lexicon) - at - 1)
    if (
        base
        and base not in lexicon.sets["not_acts"]
        and lexicon.sets["later"] & set(ahead)
        and "last" not in ahead
    ):
        return known[0] if known else "other"  # "we are doing a review tomorrow"
    if (
        known
        and known[0] == "pay"
        and {"you", "your", "the", "half", "£", "$", "€", "₹", "rs", "what", "this"} & set(ahead)
    ):
        return "pay"  # "we are refunding you the rest"
    if known is None or base in lexicon.sets["going_on"]:
        return "pass_on" if known and known[0] == "pass_on" and base == "get" else ""
    soon = lexicon.sets["ahead"] & set(texts(words, at + 1, 14)) or base in lexicon.sets["at_once"]
    return known[0] if soon and known[0] not in ("investigate", "fix") else ""
