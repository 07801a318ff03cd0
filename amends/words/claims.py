"""Claims in English: facts about our own doings or knowledge in a matter, which a record can bear out or contradict."""

from collections.abc import Iterator

from amends.words.clauses import end, past_manner
from amends.words.doers import doer_at, names_somebody, names_staff
from amends.words.done import Claim, done_to, on_its_way
from amends.words.lexicon import BASE, ING, PARTICIPLE, PAST, Lexicon
from amends.words.sentences import Sentence, texts

_HAVE = frozenset(["have", "has", "'s", "had"])
_IS = frozenset(["am", "is", "are", "'s"])


def claims(words: Sentence, before: Sentence, lexicon: Lexicon) -> Iterator[Claim]:
    """The claims of a sentence. `before` is the sentence in front of it, which may name who is meant."""
    place, behind = 0, -1
    while place < len(words):
        found = None
        if not words[place].quoted:
            found = _at(words, place, before, lexicon) if lexicon.may_claim(words[place]) else None
            found = found or _unsaid(words, place, behind, lexicon)
        if found is None or _is_hypothetical(words, found, lexicon):
            place += 1
            continue
        yield found
        behind = place = max(found.last, place + 1)


def _unsaid(words: Sentence, place: int, behind: int, lexicon: Lexicon) -> Claim | None:
    """ "Just spoken to the contractor", "Refunded in full": we, though it is not said.

    behind  where the claim before it ended, whose doer goes on: "… and listened to the calls"
    """
    at = place
    while at < len(words) and words[at].text in lexicon.sets["just"]:
        at += 1
    if at >= len(words) or not (base := lexicon.base_of(words[at].text, PARTICIPLE, PAST)):
        return None
    told = _of(words, place, at, PARTICIPLE, lexicon) or _of(words, place, at, PAST, lexicon)
    if told is None or words[at].text == base or texts(words, at + 1, 1) in (["that"], ["no"]):
        return None
    if base in lexicon.sets["found_out"]:
        return None
    if 0 < behind < place and {word.text for word in words[behind:place]} <= lexicon.sets["and_then"]:
        return told
    listed = place == 1 and words[0].text in "-*•–·"
    if place and not listed and words[place - 1].text not in lexicon.sets["openings"]:
        return None
    found = lexicon.match(lexicon.claims, base, words, at + 1)
    if found and found[1] > at + 1:
        return told
    begins = place == 0 or words[place - 1].text in ".!:" or place == 1 and words[0].text in "-*•–·"
    alone = at + 1 == len(words) or words[at + 1].text in lexicon.sets["done_so"]
    return told if begins and alone else None


def _at(words: Sentence, place: int, before: Sentence, lexicon: Lexicon) -> Claim | None:
    doer = doer_at(words, place, lexicon)
    if words[place].text in lexicon.sets["them"] and (doer is None or doer[1] == "they"):
        told = place < 2 and names_staff(before, len(before), lexicon, 20)
        named = not told and names_somebody(words, place, before, lexicon)
        doer = (place + 1, "named" if named else "staff") if told or named else None
    if doer:
        told = words[place].text in lexicon.sets["them"] and words[place - 1].text in lexicon.sets["reported"]
        if told or doer[1] == "they":
            return None
        done = _done(words, place, doer[0], lexicon)
        return (
            None
            if done and (_is_meant(words, done, lexicon) or _is_not_for_you(words, done, doer, lexicon))
            else done
        )
    if words[place].text in ("am", "are", "is") and place:
        ahead = words[place - 1].text
        if ahead == "who" and names_staff(words, place, lexicon):
            return _under_way(words, place - 1, past_manner(words, place + 1, lexicon), lexicon)
        if ahead in ("and", ",") and words[place].text != "is":
            ours = any(word.text in lexicon.sets["we"] for word in words[:place])
            return _busy(words, place, place + 1, lexicon) if ours else None
    return done_to(words, place, lexicon) or on_its_way(words, place, lexicon)


def _is_meant(words: Sentence, claim: Claim, lexicon: Lexicon) -> bool:
    """Whether what we did only says which thing is meant: "the lock we fitted in May may work loose"."""
    sets, first = lexicon.sets, claim.first
    if not first or not words[first - 1].text.isalpha() or words[first - 1].text in sets["joins"]:
        return False
    if not lexicon.sets["articles"] & {word.text for word in words[max(0, first - 4) : first]}:
        return False
    if claim.last - first <= 3 and words[first].text in sets["we"]:
        return True  # "the letter I wrote"
    if texts(words, first + 2, 1) in (["did"], ["does"], ["do"]):
        return True  # "the bank we asked did not reply"
    told = [word.text for word in words[first + 2 : claim.last]]
    until = next((n for n, word in enumerate(told) if word in (",", "and", "so", "but")), len(told))
    return bool(sets["goes_on"] & set(told[:until]) or {"may", "must", "should"} & set(told[:until]))


def _is_not_for_you(words: Sentence, claim: Claim, doer: tuple[int, str], lexicon: Lexicon) -> bool:
    """Whether somebody called by a name alone did something that need not be about this matter, or does it tomorrow."""
    said = texts(words, doer[0], claim.last - doer[0])
    if {"could", "should", "would", "might", "may"} & set(said[:3]) or said[:2] == ["asked", "you"]:
        return True
    if claim.kind == "doing" and lexicon.sets["later"] & set(said):
        return True
    if lexicon.sets["wrongly"] & set(said[:9]) or "wrong" in said[:9]:
        return True  # "we sent the wrong box" owns up
    if claim.kind == "consulted" and ("with", "you") in zip(said, said[1:], strict=False):
        return True
    if doer[1] == "somebody":
        return claim.kind in ("fixed", "doing")
    if doer[1] == "named" and claim.kind == "fixed":
        return not lexicon.sets["done_things"] & set(said[:4])
    return doer[1] == "named" and not lexicon.sets["about_it"] & set(said)


def _is_hypothetical(words: Sentence, claim: Claim, lexicon: Lexicon) -> bool:
    """Whether "if", "once" or a question stands before, in the same clause."""
    if words[-1].text == "?" and _asks_it(words, claim.first, lexicon):
        return True
    sets, doers = lexicon.sets, 0
    for n in range(claim.first - 1, max(-1, claim.first - 10), -1):
        word = words[n].text
        if word in sets["clause_breaks"]:
            return False
        if word in sets["hypothetical"]:
            return not doers and not (word in sets["in_time"] and _is_past(words, claim, lexicon))
        doers += word in sets["we"] or word in ("you", "they", "it", "she", "he")
        doers += (
            word == "your"
            and n + 2 < claim.first
            and bool(lexicon.base_of(words[claim.first - 1].text, PAST))
        )
    return False


def _is_past(words: Sentence, claim: Claim, lexicon: Lexicon) -> bool:
    """ "After we spoke to the driver" tells what was done; "once we have spoken to the driver" does not."""
    return not lexicon.sets["perfect"] & set(texts(words, claim.first, min(4, claim.last - claim.first)))


def _asks_it(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    """Whether a sentence that ends in a question asks about what is told here, or only adds one behind it."""
    commas = [n for n, word in enumerate(words) if word.text in (",", "-", "–", "—", ":")]
    if not commas or place > commas[-1]:
        return True
    greeted = commas[0] + 1 if words[0].text in lexicon.sets["greetings"] else 0
    return words[min(greeted, len(words) - 1)].text in lexicon.sets["interrogative"]


def _done(words: Sentence, first: int, place: int, lexicon: Lexicon) -> Claim | None:
    """ "I have sent it", "we checked", "our team is looking into it"."""
    place = past_manner(words, place, lexicon)
    word = words[place].text if place < len(words) else ""
    if (early := _already(words, first, place, lexicon)) is not None:
        return early
    if word in _HAVE:
        at = past_manner(words, place + 1, lexicon)
        if (able := lexicon.past_run("managed", words, at)) > at:
            return _of(words, first, past_manner(words, able, lexicon), BASE, lexicon)
        if texts(words, at, 1) == ["been"]:
            busy = _under_way(words, first, past_manner(words, at + 1, lexicon), lexicon)
            return busy or _of(words, first, at, PARTICIPLE, lexicon)
        at = lexicon.past_run("gone_ahead", words, at)
        told = _of(words, first, at, PARTICIPLE, lexicon) or _something(words, first, at, lexicon)
        told = told or _as_learnt(words, first, at, lexicon)
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
    base = lexicon.base_of(word, PAST)
    told = _of(words, first, place, PAST, lexicon) if base else None
    if told and word == base and words[first].text in lexicon.sets["we"]:  # "put" may be either
        known = lexicon.match(lexicon.claims, base, words, place + 1)
        return told if known and known[1] > place + 2 and texts(words, place + 1, 1) != ["you"] else None
    return told if word != base else None


def _already(words: Sentence, first: int, place: int, lexicon: Lexicon) -> Claim | None:
    """ "We refund you already two times", "the manager already talk with the owner": as somebody learns it."""
    if "already" not in texts(words, place - 1, 6):
        return None
    base = lexicon.base_of(words[place].text, BASE) if place < len(words) else ""
    return _of(words, first, place, BASE, lexicon) if base and base not in ("have", "be") else None


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
    if (
        found is None
        or (none := lexicon.match(lexicon.no_claims, base, words, at + 1))
        and none[1] >= found[1]
    ):
        return None
    kind, rest = found[0], texts(words, at + 1, 3)
    if base in ("ask", "tell") and rest[:1] == ["you"] or rest[:1] in (["me"], ["us"]) and base != "meet":
        return None  # "they passed me your letter"
    if base == "find" and not set(rest[:1]) & lexicon.sets["what_is_found"]:
        return None
    if kind == "fixed" and base in lexicon.sets["needs_thing"] and not lexicon.sets["things"] & set(rest):
        return None
    return Claim(first, end(words, at + 1, lexicon), kind)


def _as_learnt(words: Sentence, first: int, at: int, lexicon: Lexicon) -> Claim | None:
    """ "I have talk with the driver", "I've took it off": the wrong form, and no doubt what is meant."""
    told = _of(words, first, at, PAST, lexicon) or _of(words, first, at, BASE, lexicon)
    return told if told and told.kind in ("consulted", "passed_on", "paid", "sent", "fixed") else None


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
    put = base in lexicon.sets["put_forms"]
    if not base and not text.endswith("ed") or base in lexicon.sets["doings_not"] and not put:
        return None
    thing = lexicon.sets["done_things"] & set(texts(words, at + 1, 1))
    thing = (
        thing
        or base in lexicon.sets["put_forms"]
        and lexicon.sets["put_things"] & set(texts(words, at + 1, 3))
    )
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
