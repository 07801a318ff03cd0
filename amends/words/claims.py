"""Claims in English: facts about our own doings or knowledge in a matter, which a record can bear out or contradict."""

from collections.abc import Iterator

from amends.words.clauses import end, past_manner
from amends.words.doers import doer_at, names_staff
from amends.words.done import Claim, done_to, on_its_way
from amends.words.lexicon import BASE, ING, PARTICIPLE, PAST, Lexicon
from amends.words.sentences import Sentence, texts

_HAVE = frozenset(["have", "has", "'s", "had"])
_IS = frozenset(["am", "is", "are", "was", "were", "'s"])


def claims(words: Sentence, before: Sentence, lexicon: Lexicon) -> Iterator[Claim]:
    """The claims of a sentence. `before` is the sentence in front of it, which may name who is meant."""
    place = 0
    while place < len(words):
        begins = words[place].text in lexicon.claiming and not words[place].quoted
        found = _at(words, place, before, lexicon) if begins else _unsaid(words, place, lexicon)
        if found is None or _is_hypothetical(words, place, lexicon):
            place += 1
            continue
        yield found
        place = max(found.last, place + 1)


def _unsaid(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    """ "Just spoken to the contractor", "had a word with the lads": we, though it is not said."""
    if place and words[place - 1].text not in lexicon.sets["openings"] or words[place].quoted:
        return None
    at = place + (words[place].text == "just")
    told = _of(words, place, at, PARTICIPLE, lexicon) or _of(words, place, at, PAST, lexicon)
    base = lexicon.base_of(words[at].text, PARTICIPLE, PAST) if at < len(words) else ""
    found = lexicon.match(lexicon.claims, base, words, at + 1) if told else None
    return told if found and found[1] > at + 1 and words[at].text != base else None


def _at(words: Sentence, place: int, before: Sentence, lexicon: Lexicon) -> Claim | None:
    doer = doer_at(words, place, lexicon)
    if words[place].text in lexicon.sets["them"] and place < 2 and (doer is None or doer[1] == "they"):
        doer = (place + 1, "staff") if names_staff(before, len(before), lexicon, 20) else None
    if doer:
        told = words[place].text in lexicon.sets["them"] and words[place - 1].text in lexicon.sets["reported"]
        ours = doer[1] in ("we", "staff") and not told
        return _done(words, place, doer[0], lexicon) if ours else None
    if words[place].text in ("am", "are", "is") and place:
        ahead = words[place - 1].text
        if ahead == "who" and names_staff(words, place, lexicon):
            return _under_way(words, place - 1, past_manner(words, place + 1, lexicon), lexicon)
        if ahead in ("and", ",") and words[place].text != "is":
            ours = any(word.text in lexicon.sets["we"] for word in words[:place])
            return _busy(words, place, place + 1, lexicon) if ours else None
    return done_to(words, place, lexicon) or on_its_way(words, place, lexicon)


def _is_hypothetical(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    """Whether "if", "once" or a question stands before, in the same clause."""
    if words[-1].text == "?":
        return True
    for n in range(place - 1, max(-1, place - 10), -1):
        if words[n].text in lexicon.sets["clause_breaks"]:
            return False
        if words[n].text in lexicon.sets["hypothetical"]:
            return True
    return False


def _done(words: Sentence, first: int, place: int, lexicon: Lexicon) -> Claim | None:
    """ "I have sent it", "we checked", "our team is looking into it"."""
    place = past_manner(words, place, lexicon)
    word = words[place].text if place < len(words) else ""
    if word in _HAVE:
        at = past_manner(words, place + 1, lexicon)
        if (able := lexicon.past_run("managed", words, at)) > at:
            return _of(words, first, past_manner(words, able, lexicon), BASE, lexicon)
        if texts(words, at, 1) == ["been"]:
            busy = _under_way(words, first, past_manner(words, at + 1, lexicon), lexicon)
            return busy or _of(words, first, at, PARTICIPLE, lexicon)
        at = lexicon.past_run("gone_ahead", words, at)
        told = _of(words, first, at, PARTICIPLE, lexicon) or _something(words, first, at, lexicon)
        held = _of(words, first, place, PAST if word == "had" else BASE, lexicon)
        return told or _had_done(words, first, at, word, lexicon) or held
    if word == "did":
        return _of(words, first, place + 1, BASE, lexicon)
    if (able := lexicon.past_run("managed", words, place)) > place:
        return _of(words, first, able, BASE, lexicon)
    if word in ("was", "were") and (able := lexicon.past_run("able", words, place + 1)) > place + 1:
        return _of(words, first, past_manner(words, able, lexicon), BASE, lexicon)
    if word in _IS:
        return _busy(words, first, place + 1, lexicon)
    if (ahead := lexicon.past_run("went_and", words, place)) > place:
        return _of(words, first, ahead, PAST, lexicon)
    if word == "keep":
        return _under_way(words, first, past_manner(words, place + 1, lexicon), lexicon)
    is_past = word and word != lexicon.base_of(word, PAST)  # "put" may be either
    return _of(words, first, place, PAST, lexicon) if is_past else None


def _busy(words: Sentence, first: int, place: int, lexicon: Lexicon) -> Claim | None:
    at = past_manner(words, place, lexicon)
    behind = lexicon.past_run("busy", words, at)
    if behind > at and words[behind : behind + 1] and words[behind].text.endswith("ing"):
        return Claim(first, end(words, behind + 1, lexicon), "doing")
    return _under_way(words, first, behind, lexicon)


def _of(words: Sentence, first: int, at: int, form: str, lexicon: Lexicon) -> Claim | None:
    """What a verb at this place, in this form, says was done by us."""
    base = lexicon.base_of(words[at].text, form) if at < len(words) else ""
    found = lexicon.match(lexicon.claims, base, words, at + 1) if base else None
    if found is None or lexicon.match(lexicon.no_claims, base, words, at + 1):
        return None
    kind, rest = found[0], texts(words, at + 1, 3)
    if base == "find" and not set(rest[:1]) & lexicon.sets["what_is_found"]:
        return None
    if kind == "fixed" and base in lexicon.sets["needs_thing"] and not lexicon.sets["things"] & set(rest):
        return None
    return Claim(first, end(words, at + 1, lexicon), kind)


def _had_done(words: Sentence, first: int, at: int, word: str, lexicon: Lexicon) -> Claim | None:
    """ "We've had the yoghurts tested"."""
    if word != "had" and texts(words, at, 1) != ["had"]:
        return None
    for n in range(at + 1, min(at + 8, len(words))):
        if not words[n].text.isalnum():
            break
        base = lexicon.base_of(words[n].text, PARTICIPLE)
        found = lexicon.match(lexicon.claims, base, words, n + 1) if base and words[n].text != base else None
        if found and n > at + 1:
            return Claim(first, end(words, n + 1, lexicon), found[0])
    return None


def _something(words: Sentence, first: int, at: int, lexicon: Lexicon) -> Claim | None:
    """ "I have unjammed your door": done to a thing of the customer's, with a verb that stands for nothing else."""
    text = words[at].text if at < len(words) else ""
    base = lexicon.base_of(text, PARTICIPLE)
    if not base and not text.endswith("ed") or base in lexicon.sets["doings_not"]:
        return None
    thing = lexicon.sets["done_things"] & set(texts(words, at + 1, 1))
    unknown = text[:-1] in lexicon.sets["doings_not"] or text[:-2] in lexicon.sets["doings_not"]
    return Claim(first, end(words, at + 1, lexicon), "fixed") if thing and not unknown else None


def _under_way(words: Sentence, first: int, at: int, lexicon: Lexicon) -> Claim | None:
    base = lexicon.base_of(words[at].text, ING) if at < len(words) else ""
    if base not in lexicon.sets["doing"] or words[at - 1].text in lexicon.sets["habits"]:
        return None
    if base == "wait" and "you" in texts(words, at + 1, 3):
        return None
    if base in ("try", "do") and lexicon.sets["only_aims"] & set(texts(words, at + 1, 1)):
        return None
    last = end(words, at + 1, lexicon)
    alone = last == at + 1 and base in lexicon.sets["needs_object"]
    return None if alone else Claim(first, last, "doing")
