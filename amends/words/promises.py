"""Promises in English: our future acts for this customer. Who does it, what, and whether it waits for the customer.

What counts is settled in `labelling.md`: offers, chances, hopes, habits and refusals are none.
"""

from collections.abc import Iterator
from typing import NamedTuple

from amends.words.acts import Verb, act_of
from amends.words.clauses import end, past_manner
from amends.words.doers import carried_on, doer_at, names_somebody, names_staff
from amends.words.lexicon import BASE, ING, THIRD, Lexicon
from amends.words.promised import is_hedged, of_things, says_day
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


def promises(words: Sentence, before: Sentence, lexicon: Lexicon) -> Iterator[Promise]:
    """The promises of a sentence. `before` is the sentence in front of it, which may ask for something first."""
    place = 0
    while place < len(words):
        begins = lexicon.may_promise(words[place]) and not words[place].quoted
        found = _at(words, place, before, lexicon) if begins else None
        if found is None:
            place += 1
            continue
        first, last, act = found
        second = _second(words, first, last, act, lexicon)
        last = second or last
        firm = act in ("pay", "send") and says_day(words, first, last, lexicon)
        yield Promise(first, last, act, waits(words, first, last, before, lexicon, firm))
        if second:
            yield _and(words, second, before, lexicon)
            last = end(words, second + 2, lexicon)
        place = max(last, place + 1)


def _second(words: Sentence, first: int, last: int, act: str, lexicon: Lexicon) -> int:
    """Where a second act is promised that is kept by itself: "I will close it | and refund the two payments"; 0 for none."""
    for n in range(first + 3, last - 2):
        if words[n].text == "and" and _kind_at(words, n + 1, lexicon) in {"pay", "send"} - {act}:
            return n
    return 0


def _kind_at(words: Sentence, place: int, lexicon: Lexicon) -> str:
    base = lexicon.base_of(words[place].text, BASE)
    known = lexicon.match(lexicon.acts, base, words, place + 1) if base else None
    return known[0] if known and base not in lexicon.sets["not_acts"] else ""


def _and(words: Sentence, place: int, before: Sentence, lexicon: Lexicon) -> Promise:
    last = end(words, place + 2, lexicon)
    return Promise(
        place + 1, last, _kind_at(words, place + 1, lexicon), waits(words, 0, last, before, lexicon)
    )


def _at(words: Sentence, place: int, before: Sentence, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """The promise whose doer begins here: (first, last, act)."""
    doer = doer_at(words, place, lexicon) or carried_on(words, place, lexicon)
    if doer is None and place < 2 and words[place].text in lexicon.sets["them"]:
        told = names_staff(before, len(before), lexicon, 20) or names_somebody(words, place, before, lexicon)
        doer = (place + 1, "staff") if told else None
    if doer is None:
        return of_things(words, place, lexicon)
    behind, kind = doer
    others = {word.text for word in (*before, *words[:place])} if kind == "they" else set()
    if others & lexicon.sets["third_parties"]:
        return None
    if kind == "they" and names_staff(before, len(before), lexicon, 20):
        kind = "staff"
    verb = None if is_hedged(words, place, lexicon) else _verb(words, behind, lexicon)
    verb = verb or _by_a_day(words, behind, kind, lexicon)
    act = act_of(words, verb, kind, lexicon) if verb and verb.at < len(words) else ""
    if verb is None or not act:
        return None
    last = end(words, verb.at + 1, lexicon)
    told = {word.text for word in words[place : last + 2]}
    return None if told & lexicon.sets["in_general"] else (place, last, act)


def _verb(words: Sentence, place: int, lexicon: Lexicon) -> Verb | None:
    """The verb behind "will", "promise to", "am going to", or one that is under way."""
    place = past_manner(words, place, lexicon)
    word = words[place].text if place < len(words) else ""
    if word in lexicon.sets["markers"]:
        return _behind_marker(words, place + 1, lexicon)
    if (behind := lexicon.past_run("going", words, place)) > place:
        return Verb(past_manner(words, behind, lexicon))  # "we gonna call you"
    if word in lexicon.sets["vows"]:
        place += 1
        while place < len(words) and words[place].text in lexicon.sets["behind_vows"]:
            place += 1
        return Verb(place)
    if word in ("am", "are", "is"):
        place = past_manner(words, place + 1, lexicon)
        negated = texts(words, place, 1) == ["not"]
        behind = lexicon.past_run("going", words, place + negated)
        if behind > place + negated:
            return Verb(past_manner(words, behind, lexicon), negated)
        if place < len(words) and lexicon.base_of(words[place].text, ING):
            return Verb(place, now=True)
    return None


def _by_a_day(words: Sentence, place: int, doer: str, lexicon: Lexicon) -> Verb | None:
    """ "We refund you $50 on Friday": told as now, with a day ahead."""
    place = past_manner(words, place, lexicon)
    base = lexicon.base_of(words[place].text, BASE, THIRD) if place < len(words) else ""
    known = lexicon.match(lexicon.acts, base, words, place + 1) if base and doer != "they" else None
    if known is None or known[0] not in ("pay", "send", "fix", "contact") or base in ("have", "be", "do"):
        return None
    if texts(words, place + 1, 1) and words[place + 1].text in lexicon.sets["refers_to"]:
        return None  # "I write in response to your letter of 3 May"
    last = end(words, place + 1, lexicon)
    rest = set(texts(words, place + 1, last - place - 1))
    told = says_day(words, place + 1, last, lexicon)
    aside = lexicon.sets["habits"] | lexicon.sets["days_gone"] | lexicon.sets["in_general"]
    return Verb(place) if told and lexicon.sets["objects"] & rest and not rest & aside else None


def _behind_marker(words: Sentence, place: int, lexicon: Lexicon) -> Verb:
    place = past_manner(words, place, lexicon)
    negated = texts(words, place, 1) in (["not"], ["never"])
    if negated:
        place = past_manner(words, place + 1, lexicon)
    if texts(words, place, 1) == ["be"]:
        return _behind_be(words, place + 1, negated, lexicon)
    return Verb(place, negated)


def _behind_be(words: Sentence, place: int, negated: bool, lexicon: Lexicon) -> Verb:
    """After "will be": the verb in "will be sending", "will be sure to send"; else the "be" itself."""
    place = past_manner(words, place, lexicon)
    if texts(words, place, 1) == ["to"]:
        return Verb(place + 1, negated)
    if words[place - 1].text == "to":
        return Verb(place, negated)
    if place < len(words) and (lexicon.base_of(words[place].text, ING) or words[place].text.endswith("ing")):
        return Verb(place, negated)
    return Verb(place - 1, negated, be=True)
