"""Claims of fact about our own doings or knowledge in a matter: what a record can bear out or contradict."""

from collections.abc import Iterator
from typing import NamedTuple

from amends.words.lexicon import BASE, ING, PARTICIPLE, PAST, Lexicon
from amends.words.promises import _end, _texts, doer_at
from amends.words.sentences import Sentence

# Of one clause the strongest.
STRENGTH = ("paid", "sent", "fixed", "booked", "consulted", "passed_on", "noted", "investigated", "doing")
_HYPOTHETICAL = frozenset(
    ["if", "once", "when", "until", "unless", "whether", "after", "before", "how", "what", "why"]
)
_REPORTED = frozenset(["say", "says", "said", "told", "tell", "tells", "claim", "claims"])
_HAVE, _BE = (
    frozenset(["have", "has", "'s", "had"]),
    frozenset(["is", "are", "was", "were", "been", "be", "'s", "am"]),
)


class Claim(NamedTuple):
    """Places are those of words in its sentence: from `first` up to, not including, `last`."""

    first: int
    last: int
    kind: str


def claims(words: Sentence, lexicon: Lexicon) -> Iterator[Claim]:
    place = 0
    while place < len(words):
        found = None if words[place].quoted else _at(words, place, lexicon)
        if found is None:
            place += 1
            continue
        yield found
        place = max(found.last, place + 1)


def _at(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    if _is_hypothetical(words, place):
        return None
    doer = doer_at(words, place, lexicon)
    behind_us = place > 1 and words[place - 1].text == "who" and _staff_in(words, place, lexicon)
    if words[place].text == "are" and behind_us and doer is None:
        return _under_way(words, place - 1, _skip(words, place + 1, lexicon), lexicon)
    if doer and doer[1] != "they":
        return _done(words, place, doer[0], lexicon)
    if words[place].text in ("am", "are") and place and words[place - 1].text in ("and", ","):
        if any(word.text in lexicon.we for word in words[:place]):
            at = _skip(words, place + 1, lexicon)
            at += 4 if _texts(words, at, 4) == ["in", "the", "process", "of"] else 0
            return _under_way(words, place, at, lexicon)
        return None
    return _done_to(words, place, lexicon) or _on_its_way(words, place, lexicon)


def _staff_in(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    return any(word.text in lexicon.staff for word in words[max(0, place - 4) : place])


def _is_hypothetical(words: Sentence, place: int) -> bool:
    """Whether "if", "once" or a question stands before, in the same clause."""
    if words[-1].text == "?":
        return True
    for n in range(place - 1, max(-1, place - 10), -1):
        if words[n].text in (",", ";", ".", "but"):
            return False
        if words[n].text in _HYPOTHETICAL:
            return True
    return False


def _skip(words: Sentence, place: int, lexicon: Lexicon) -> int:
    more = (
        "already",
        "since",
        "recently",
        "carefully",
        "thoroughly",
        "fully",
        "successfully",
        "actively",
        "currently",
        "very",
        "hard",
        "tirelessly",
        "just",
        "closely",
        "personally",
        "internally",
        "sadly",
        "unfortunately",
        "looped",
        "temporarily",
    )
    while (
        place < len(words)
        and (
            words[place].text in lexicon.adverbs
            or words[place].text in more[:-2]
            or words[place].text.endswith("ly")
        )
        and words[place].text not in ("not", "be", "reply")
    ):
        place += 1
    return place


def _done(words: Sentence, first: int, place: int, lexicon: Lexicon) -> Claim | None:
    """ "I have sent it", "we checked", "our team is looking into it"."""
    place = _skip(words, place, lexicon)
    if place >= len(words):
        return None
    word = words[place].text
    if word in _HAVE:
        at = _skip(words, place + 1, lexicon)
        if at < len(words) and words[at].text == "been":
            at = _skip(words, at + 1, lexicon)
            return _under_way(words, first, at, lexicon)
        if _texts(words, at, 3) == ["gone", "ahead", "and"]:
            at += 3
        base = lexicon.base_of(words[at].text, PARTICIPLE) if at < len(words) else ""
        return _of(words, first, at, base, lexicon)
    if word == "did" and place + 1 < len(words) and (base := lexicon.base_of(words[place + 1].text, BASE)):
        return _of(words, first, place + 1, base, lexicon)
    if word in ("am", "are", "is", "was", "were", "'s"):
        at = _skip(words, place + 1, lexicon)
        if _texts(words, at, 4) == ["in", "the", "process", "of"]:
            at += 4
        return _under_way(words, first, at, lexicon)
    base = lexicon.base_of(word, PAST)
    if base and not _is_present(word, base):
        return _of(words, first, place, base, lexicon)
    return None


def _is_present(word: str, base: str) -> bool:
    return word == base


def _of(words: Sentence, first: int, at: int, base: str, lexicon: Lexicon) -> Claim | None:
    found = lexicon.match(lexicon.claims, base, words, at + 1) if base else None
    if found is None or base in ("receive", "get"):
        return None
    kind = found[0]
    rest = _texts(words, at + 1, 3)
    if base == "find" and rest[:1] not in (["that"], ["the"], ["no"], ["a"], ["your"], ["out"]):
        return None
    if base == "contact" and kind == "sent" and "you" not in rest[:1]:
        kind = "passed_on"
    if (
        base in ("change", "close", "delete", "add", "remove", "complete")
        and kind == "fixed"
        and not set(rest) & {"your", "it", "this", "the"}
    ):
        return None
    return Claim(first, _end(words, at + 1, lexicon), kind)


def _under_way(words: Sentence, first: int, at: int, lexicon: Lexicon) -> Claim | None:
    if at >= len(words):
        return None
    base = lexicon.base_of(words[at].text, ING)
    if words[at - 1].text in ("always", "constantly", "continually", "continuously", "regularly"):
        return None  # a habit
    if base in lexicon.doing and not (base == "wait" and "you" in _texts(words, at + 1, 3)):
        if base in ("try", "do") and _texts(words, at + 1, 2)[:1] in (
            ["our"],
            ["my"],
            ["everything"],
            ["to"],
        ):
            return None
        last = _end(words, at + 1, lexicon)
        if last == at + 1 and base in ("take", "put", "make", "consider"):
            return None  # "the actions we are taking"
        return Claim(first, last, "doing")
    return None


def _done_to(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    """ "Your refund has been processed", "this is now resolved", "an engineer is booked"."""
    auxiliary = words[place].text
    if auxiliary not in ("has", "have", "was", "were", "is", "are", "'s") or place == 0:
        return None
    at = _skip(words, place + 1, lexicon)
    helped = words[at].text if at < len(words) and words[at].text in ("been", "being") else ""
    if auxiliary in ("has", "have") and not helped:
        return None
    at = _skip(words, at + 1, lexicon) if helped else at
    base = lexicon.base_of(words[at].text, PARTICIPLE) if at < len(words) else ""
    first = _thing(words, place)
    if first is None or not base or _REPORTED & set(_texts(words, max(0, first - 3), 3)):
        return None
    if helped == "being":
        doing = words[at].text in lexicon.doing_passive
        return Claim(first, _end(words, at + 1, lexicon), "doing") if doing else None
    kind = _kind_of_done(words, first, at, base, lexicon)
    told_as_state = not helped and auxiliary in ("is", "are", "'s")
    if told_as_state and (kind not in ("fixed", "booked", "sent", "noted") or base in lexicon.no_states):
        return None
    if not helped and kind in ("investigated", "consulted"):
        return None
    return Claim(first, _end(words, at + 1, lexicon), kind) if kind else None


def _kind_of_done(words: Sentence, first: int, at: int, base: str, lexicon: Lexicon) -> str:
    """What the participle at this place says was done to what is named from `first` on; "" for nothing of ours."""
    found = lexicon.match(lexicon.claims, base, words, at + 1)
    kind = found[0] if found else "paid" if base in lexicon.paid_with_money else ""
    told = {word.text for word in words[first:at]}
    if kind == "paid":
        return kind if told & lexicon.money or base in lexicon.pays_itself else ""
    return "" if told & {"you", "customer", "customers"} else kind


def _thing(words: Sentence, place: int) -> int | None:
    """Where what was done to stands: the beginning of its clause."""
    if place and words[place - 1].text in ("that", "this", "it", "everything", "all", "these"):
        return place - 1
    first = place
    for n in range(place - 1, max(-1, place - 12), -1):
        text = words[n].text
        if (
            not (text.isalnum() or text in ("-", "'", "'s", "/"))
            or text in ("and", "but", "that", "which", "who", "because", "so")
            and n < place - 1
        ):
            break
        first = n
        if text in ("which", "who"):
            return None
    return first if first < place else None


def _on_its_way(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    """ "Your replacement is on its way"."""
    if words[place].text in ("is", "are", "'s") and place:
        at = _skip(words, place + 1, lexicon)
        said = _texts(words, at, 3)
        if said[:3] in (
            ["on", "its", "way"],
            ["on", "the", "way"],
            ["in", "the", "post"],
            ["in", "the", "mail"],
            ["on", "their", "way"],
        ):
            first = _thing(words, place)
            return Claim(first, _end(words, at + 3, lexicon), "sent") if first is not None else None
    return None
