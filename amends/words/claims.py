"""Claims in English: facts about our own doings or knowledge in a matter, which a record can bear out or contradict."""

from collections.abc import Iterator
from typing import NamedTuple

from amends.words.clauses import end, past_manner
from amends.words.doers import doer_at, names_staff
from amends.words.lexicon import BASE, ING, PARTICIPLE, PAST, Lexicon
from amends.words.sentences import Sentence, texts

_HAVE = frozenset(["have", "has", "'s", "had"])
_WITHIN = frozenset(["-", "'", "'s", "/", "£", "$", "€", "%", "#"])
_IS = frozenset(["am", "is", "are", "was", "were", "'s"])


class Claim(NamedTuple):
    """Places are those of words in its sentence: from `first` up to, not including, `last`."""

    first: int
    last: int
    kind: str


def claims(words: Sentence, lexicon: Lexicon) -> Iterator[Claim]:
    place = 0
    while place < len(words):
        begins = words[place].text in lexicon.claiming and not words[place].quoted
        found = _at(words, place, lexicon) if begins else None
        if found is None or _is_hypothetical(words, place, lexicon):
            place += 1
            continue
        yield found
        place = max(found.last, place + 1)


def _at(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    doer = doer_at(words, place, lexicon)
    if doer:
        told = words[place].text in lexicon.sets["them"] and words[place - 1].text in lexicon.sets["reported"]
        ours = doer[1] in ("we", "staff") and not told
        return _done(words, place, doer[0], lexicon) if ours else None
    if words[place].text in ("am", "are") and place:
        before = words[place - 1].text
        if before == "who" and names_staff(words, place, lexicon):
            return _under_way(words, place - 1, past_manner(words, place + 1, lexicon), lexicon)
        if before in ("and", ","):
            ours = any(word.text in lexicon.sets["we"] for word in words[:place])
            return _busy(words, place, place + 1, lexicon) if ours else None
    return _done_to(words, place, lexicon) or _on_its_way(words, place, lexicon)


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
        return _of(words, first, at, PARTICIPLE, lexicon) or _something(words, first, at, lexicon)
    if word == "did":
        return _of(words, first, place + 1, BASE, lexicon)
    if (able := lexicon.past_run("managed", words, place)) > place:
        return _of(words, first, able, BASE, lexicon)
    if word in ("was", "were") and (able := lexicon.past_run("able", words, place + 1)) > place + 1:
        return _of(words, first, past_manner(words, able, lexicon), BASE, lexicon)
    if word in _IS:
        return _busy(words, first, place + 1, lexicon)
    is_past = word and word != lexicon.base_of(word, PAST)  # "put" may be either
    return _of(words, first, place, PAST, lexicon) if is_past else None


def _busy(words: Sentence, first: int, place: int, lexicon: Lexicon) -> Claim | None:
    at = past_manner(words, place, lexicon)
    return _under_way(words, first, lexicon.past_run("busy", words, at), lexicon)


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


def _done_to(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    """ "Your refund has been processed", "this is now resolved", "an engineer is booked"."""
    auxiliary = words[place].text
    if auxiliary not in ("has", "have", "was", "were", "is", "are", "'s") or place == 0:
        return None
    if words[place - 1].text in lexicon.sets["we"] | {"he", "she"}:
        return None  # "I have been asked" tells what somebody else did
    at = past_manner(words, place + 1, lexicon)
    helped = words[at].text if at < len(words) and words[at].text in ("been", "being") else ""
    if auxiliary in ("has", "have") and not helped:
        return None
    at = past_manner(words, at + 1, lexicon) if helped else at
    base = lexicon.base_of(words[at].text, PARTICIPLE) if at < len(words) else ""
    first = _thing(words, place, lexicon) if base else None
    if first is None or lexicon.sets["reported"] & {word.text for word in words[max(0, first - 3) : first]}:
        return None
    if helped == "being":
        doing = words[at].text in lexicon.sets["doing_passive"]
        return Claim(first, end(words, at + 1, lexicon), "doing") if doing else None
    kind = _kind_of_done(words, first, at, base, lexicon)
    told_as_state = not helped and auxiliary in ("is", "are", "'s")
    if told_as_state and words[at - 1].text == "fully":
        return None  # "we are fully booked" tells how it is
    if told_as_state and (kind not in lexicon.sets["states"] or base in lexicon.sets["no_states"]):
        return None
    if not helped and kind == "investigated":
        return None
    return Claim(first, end(words, at + 1, lexicon), kind) if kind else None


def _kind_of_done(words: Sentence, first: int, at: int, base: str, lexicon: Lexicon) -> str:
    """What the participle at this place says was done to what is named from `first` on; "" for nothing of ours."""
    sets, told = lexicon.sets, {word.text for word in words[first:at]}
    if (
        told & sets["fees"]
        and base in sets["fees_off"]
        or told & sets["money"]
        and base in sets["paid_with_money"]
    ):
        return "paid"
    if told & sets["bookings"] and base in sets["booked_by"]:
        return "booked"
    if told & sets["files"] and base in sets["filed_by"]:
        return "noted"
    found = lexicon.match(lexicon.claims, base, words, at + 1)
    kind = found[0] if found else ""
    if kind == "paid":
        return kind if told & sets["money"] or base in sets["pays_itself"] else ""
    return "" if told & sets["customers"] and base not in sets["done_to_you"] else kind


def _thing(words: Sentence, place: int, lexicon: Lexicon) -> int | None:
    """Where what was done to stands: the beginning of its clause."""
    if words[place - 1].text in lexicon.sets["lone_things"]:
        return place - 1
    first = place
    for n in range(place - 1, max(-1, place - 12), -1):
        text = words[n].text
        if not (text.isalnum() or text in _WITHIN):
            break
        if text in lexicon.sets["clause_words"] and n < place - 1:
            break
        first = n
        if text in ("which", "who"):
            return None
    return first if first < place else None


def _on_its_way(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    """ "Your replacement is on its way"."""
    if words[place].text not in ("is", "are", "'s") or not place:
        return None
    at = past_manner(words, place + 1, lexicon)
    behind = lexicon.past_run("on_its_way", words, at)
    first = _thing(words, place, lexicon) if behind > at else None
    return Claim(first, end(words, behind, lexicon), "sent") if first is not None else None
