"""Promises in English: our future acts for this customer. Who does it, what, and whether it waits for the customer.

What counts is settled in `labelling.md`: offers, chances, hopes, habits and refusals are none.
"""

from collections.abc import Iterator
from typing import NamedTuple

from amends.words.clauses import end, past_manner
from amends.words.doers import carried_on, doer_at, names_staff
from amends.words.lexicon import BASE, ING, PARTICIPLE, Lexicon
from amends.words.sentences import Sentence, texts
from amends.words.waiting import waits


class Promise(NamedTuple):
    """Places are those of words in its sentence: from `first` up to, not including, `last`.

    since  from there on, words before it may say when
    """

    first: int
    last: int
    act: str
    conditional: bool
    since: int = 0


class _Verb(NamedTuple):
    """Where the verb of a future act stands. `now`: it is under way, "I am sending". `be`: it is a "be" before this."""

    at: int
    negated: bool = False
    now: bool = False
    be: bool = False


def promises(words: Sentence, before: Sentence, lexicon: Lexicon) -> Iterator[Promise]:
    """The promises of a sentence. `before` is the sentence in front of it, which may ask for something first."""
    place = 0
    while place < len(words):
        begins = words[place].text in lexicon.promising and not words[place].quoted
        found = _at(words, place, before, lexicon) if begins else None
        if found is None:
            place += 1
            continue
        first, last, act = found
        yield Promise(first, last, act, waits(words, first, last, before, lexicon))
        place = max(last, place + 1)


def _at(words: Sentence, place: int, before: Sentence, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """The promise whose doer begins here: (first, last, act)."""
    doer = doer_at(words, place, lexicon) or carried_on(words, place, lexicon)
    if doer is None and place < 2 and words[place].text in lexicon.sets["them"]:
        doer = (place + 1, "staff") if names_staff(before, len(before), lexicon, 20) else None
    if doer is None:
        return (
            _to_you(words, place, lexicon)
            or _never_again(words, place, lexicon)
            or _arriving(words, place, lexicon)
            or _done_to(words, place, lexicon)
            or _bidden(words, place, lexicon)
        )
    behind, kind = doer
    others = {word.text for word in (*before, *words[:place])} if kind == "they" else set()
    if others & lexicon.sets["third_parties"]:
        return None
    verb = None if _is_hedged(words, place, lexicon) else _verb(words, behind, lexicon)
    act = _act(words, verb, kind, lexicon) if verb and verb.at < len(words) else ""
    if verb is None or not act:
        return None
    last = end(words, verb.at + 1, lexicon)
    told = {word.text for word in words[place : last + 2]}
    return None if told & lexicon.sets["in_general"] else (place, last, act)


def _is_hedged(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    return place > 0 and words[place - 1].text in lexicon.sets["hedged"]


def _verb(words: Sentence, place: int, lexicon: Lexicon) -> _Verb | None:
    """The verb behind "will", "promise to", "am going to", or one that is under way."""
    place = past_manner(words, place, lexicon)
    word = words[place].text if place < len(words) else ""
    if word in lexicon.sets["markers"]:
        return _behind_marker(words, place + 1, lexicon)
    if word in lexicon.sets["vows"]:
        place += 1
        while place < len(words) and words[place].text in lexicon.sets["behind_vows"]:
            place += 1
        return _Verb(place)
    if word in ("am", "are", "is"):
        place = past_manner(words, place + 1, lexicon)
        behind = lexicon.past_run("going", words, place)
        if behind > place:
            return _Verb(past_manner(words, behind, lexicon))
        if place < len(words) and lexicon.base_of(words[place].text, ING):
            return _Verb(place, now=True)
    return None


def _behind_marker(words: Sentence, place: int, lexicon: Lexicon) -> _Verb:
    place = past_manner(words, place, lexicon)
    negated = texts(words, place, 1) in (["not"], ["never"])
    if negated:
        place = past_manner(words, place + 1, lexicon)
    if texts(words, place, 1) == ["be"]:
        return _behind_be(words, place + 1, negated, lexicon)
    return _Verb(place, negated)


def _behind_be(words: Sentence, place: int, negated: bool, lexicon: Lexicon) -> _Verb:
    """After "will be": the verb in "will be sending", "will be sure to send"; else the "be" itself."""
    place = past_manner(words, place, lexicon)
    if texts(words, place, 1) == ["to"]:
        return _Verb(place + 1, negated)
    if words[place - 1].text == "to":
        return _Verb(place, negated)
    if place < len(words) and (lexicon.base_of(words[place].text, ING) or words[place].text.endswith("ing")):
        return _Verb(place, negated)
    return _Verb(place - 1, negated, be=True)


def _act(words: Sentence, verb: _Verb, doer: str, lexicon: Lexicon) -> str:
    """What is promised; "" when the verb promises nothing."""
    at = verb.at
    base = lexicon.base_of(words[at].text, *((ING,) if verb.now else (BASE, ING)))
    if verb.be or words[at].text == "be":
        base = "be"
    if base == "have" and at + 1 < len(words) and (done := lexicon.base_of(words[at + 1].text, PARTICIPLE)):
        at, base = at + 1, done  # "will have replaced"
    if verb.negated:
        refusal = lexicon.match(lexicon.negated, base, words, at + 1)
        return refusal[0] if refusal else ""
    if base in lexicon.sets["not_acts"] or lexicon.match(lexicon.refused, base, words, at + 1):
        return ""
    rest = texts(words, at + 1, 6)
    if base in lexicon.sets["with_you"] and not {"you", "your"} & set(rest):
        visits = doer == "staff" and base != "discuss" and rest and rest[0] in lexicon.sets["to_your_place"]
        return "other" if visits else ""
    known = lexicon.match(lexicon.acts, base, words, at + 1) if base else None
    if base in ("have", "get") and (done := _had_done(words, at + 1, lexicon)):
        known = done, at
    if base in lexicon.sets["who_is_told"] and lexicon.sets["staff"] & set(rest[:4]) and rest[0] != "you":
        return "pass_on"
    if verb.now:
        return _ahead(words, at, base, known, lexicon)
    if known is None:
        return "other" if doer in ("we", "staff") and _does_something(words, at, base, rest, lexicon) else ""
    if doer == "they" and known[0] not in ("contact", "investigate", "fix", "send"):
        return ""
    if doer == "somebody" and (known[0] not in lexicon.sets["staff_acts"] or not {"you", "your"} & set(rest)):
        return ""
    return known[0]


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
    if known is None or base in lexicon.sets["going_on"]:
        return "pass_on" if known and known[0] == "pass_on" and base == "get" else ""
    soon = lexicon.sets["ahead"] & set(texts(words, at + 1, 14)) or base in lexicon.sets["at_once"]
    return known[0] if soon and known[0] not in ("investigate", "fix") else ""


def _to_you(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "You will receive it by Friday": with us as the doer."""
    if words[place].text != "you" or _is_hedged(words, place, lexicon):
        return None
    at = past_manner(words, place + 1, lexicon)
    if at >= len(words) or words[at].text not in lexicon.sets["markers"]:
        return None
    at = past_manner(words, at + 1, lexicon)
    base = lexicon.base_of(words[at].text, BASE) if at < len(words) else ""
    if words[at - 1].text == "not":
        return (place, end(words, at + 1, lexicon), "pay") if _not_charged(words, at, lexicon) else None
    known = lexicon.match(lexicon.receiving, base, words, at + 1)
    return (place, end(words, known[1], lexicon), known[0]) if known else None


def _not_charged(words: Sentence, at: int, lexicon: Lexicon) -> bool:
    """ "You will not be charged for it"."""
    base = lexicon.base_of(words[at + 1].text, PARTICIPLE) if at + 1 < len(words) else ""
    refusal = lexicon.match(lexicon.negated, base, words, at + 2) if words[at].text == "be" else None
    return refusal is not None and refusal[0] == "pay"


def _never_again(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "This will not happen again"."""
    if words[place].text not in lexicon.sets["markers"] or texts(words, place + 1, 1) != ["not"] or not place:
        return None
    at = past_manner(words, place + 2, lexicon)
    again = at < len(words) and words[at].text in lexicon.sets["recurring"]
    if again and words[place - 1].text in lexicon.sets["what_happens"]:
        return place - 1, end(words, at + 1, lexicon), "change"
    return None


def _arriving(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "A new card will arrive within five days"."""
    if words[place].text not in lexicon.sets["markers"] or not place:
        return None
    at = past_manner(words, place + 1, lexicon)
    base = lexicon.base_of(words[at].text, BASE) if at < len(words) else ""
    if words[at - 1].text == "not" or _tells_no_act(words, place, lexicon):
        return None
    known = lexicon.match(lexicon.arriving, base, words, at + 1)
    first = _subject(words, place, lexicon) if known else None
    if known is None or first is None or words[first].text not in lexicon.sets["articles"] | {"it", "will"}:
        return None
    named = set(texts(words, first, place - first))
    if named & lexicon.sets["staff"]:
        return None
    act = "pay" if named & lexicon.sets["money_back"] else known[0]
    return first, end(words, known[1], lexicon), act


def _done_to(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "Your refund will be processed"."""
    if words[place].text not in lexicon.sets["markers"] or texts(words, place + 1, 1) != ["be"] or not place:
        return None
    at = past_manner(words, place + 2, lexicon)
    base = lexicon.base_of(words[at].text, PARTICIPLE) if at < len(words) else ""
    if base not in lexicon.done_to or _tells_no_act(words, place, lexicon):
        return None
    first = _subject(words, place, lexicon)
    if first is None or not _is_this_case(words, first, base, lexicon):
        return None
    named = set(texts(words, first, place - first))
    act = "pay" if named & lexicon.sets["money_back"] else lexicon.done_to[base]
    told = base in lexicon.sets["told_staff"] and named & lexicon.sets["staff"]
    act = "change" if told or named & lexicon.sets["training"] else act
    return first, end(words, at + 1, lexicon), act


def _is_this_case(words: Sentence, first: int, base: str, lexicon: Lexicon) -> bool:
    """Whether what is done is meant for this customer, and not told as the rule."""
    said = [word.text for word in words]
    if lexicon.sets["in_general"] & set(said) or any(
        one == "for" and other in lexicon.sets["for_anybody"]
        for one, other in zip(said, said[1:], strict=False)
    ):
        return False
    if base not in lexicon.sets["needs_yours"] or words[first].text in lexicon.sets["yours"]:
        return True
    named = set(texts(words, first, 5))
    told = base in lexicon.sets["told_staff"] and named & lexicon.sets["staff"]
    return bool(told or named & (lexicon.sets["training"] | {"you", "£", "€", "$"}))


def _tells_no_act(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    """Whether "if", "how" or the like opens the clause that ends here."""
    for n in range(place - 1, max(-1, place - 8), -1):
        if words[n].text in lexicon.sets["clause_joints"]:
            return False
        if words[n].text in lexicon.sets["not_here"]:
            return True
    return False


def _subject(words: Sentence, place: int, lexicon: Lexicon) -> int | None:
    """Where the thing stands that something will be done to: "your refund", "it", "a replacement"."""
    if words[place - 1].text in ("and", ",") and _was_done(words, place - 1, lexicon):
        return place
    for n in range(place - 1, max(-1, place - 9), -1):
        text = words[n].text
        if text in lexicon.sets["lone_things"] and n == place - 1:
            return n
        if text in lexicon.sets["articles"]:
            return n
        if text == "you" and lexicon.sets["articles"] & set(texts(words, max(0, n - 4), min(4, n))):
            continue  # "the amount you paid"
        if not (text.isalnum() or text in "£$€%") or text in lexicon.sets["others"]:
            return place - 1 if n < place - 1 else None
    return 0 if place <= 6 and words[0].text.isalpha() else None


def _was_done(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    """Whether the clause before this place tells of a thing: "your card has been reissued and …"."""
    told = {word.text for word in words[max(0, place - 10) : place]}
    return bool(told & {"been", "is", "are", "was", "were"} and told & lexicon.sets["articles"])


def _bidden(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "Expect a call before noon", "you can expect it by Friday"."""
    if words[place].text != "expect" or not (
        place == 0 or words[place - 1].text in lexicon.sets["may_expect"]
    ):
        return None
    for first in texts(words, place + 1, 1):
        known = lexicon.match(lexicon.expected, first, words, place + 2)
        if known:
            begin = max(0, place - 2) if place and words[max(0, place - 2)].text == "you" else place
            return begin, end(words, place + 2, lexicon), known[0]
    return None
