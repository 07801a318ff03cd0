"""Claims in English about a thing: "your refund has been processed", "this is resolved", "it is on its way"."""

from typing import NamedTuple

from amends.words.clauses import end, past_manner
from amends.words.lexicon import PARTICIPLE, Lexicon
from amends.words.sentences import Sentence, texts

_WITHIN = frozenset(["-", "'", "'s", "/", "£", "$", "€", "%", "#"])


class Claim(NamedTuple):
    """Places are those of words in its sentence: from `first` up to, not including, `last`."""

    first: int
    last: int
    kind: str


def done_to(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    """ "Your refund has been processed", "this is now resolved", "an engineer is booked"."""
    auxiliary = words[place].text
    if auxiliary not in ("has", "have", "was", "were", "is", "are", "'s") or place == 0:
        return None
    if words[place - 1].text in lexicon.sets["we"] | {"no"}:
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
    if lexicon.sets["nobody"] & {word.text for word in words[max(0, first - 1) : place]}:
        return None
    kind = _kind_of_done(words, first, at, base, lexicon)
    if words[place - 1].text in ("he", "she") and kind != "booked":
        return None
    told_as_state = not helped and auxiliary in ("is", "are", "'s")
    if told_as_state and words[at - 1].text == "fully":
        return None  # "we are fully booked" tells how it is
    if told_as_state and (kind not in lexicon.sets["states"] or base in lexicon.sets["no_states"]):
        return None
    plain_past = not helped and auxiliary in ("was", "were")
    if not helped and (
        kind == "investigated" and not plain_past or kind == "consulted" and base != "discuss"
    ):
        return None
    if plain_past and (_is_anothers(words, at, lexicon) or base in lexicon.sets["only_helped"]):
        return None
    return Claim(first, end(words, at + 1, lexicon), kind) if kind else None


def _is_anothers(words: Sentence, at: int, lexicon: Lexicon) -> bool:
    """Whether somebody who is not ours is said to have done it: "by the agent", "through a third party"."""
    ahead = texts(words, at + 1, 9)
    if lexicon.sets["others_did"] & set(ahead[:5]):
        return True
    return "by" in ahead[:4] and not lexicon.sets["our_own"] & set(ahead[ahead.index("by") :])


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
        named = found is not None and found[1] > at + 1 or told & sets["money"]
        return kind if named or base in sets["pays_itself"] else ""
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


def on_its_way(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    """ "Your replacement is on its way"."""
    if words[place].text not in ("is", "are", "'s") or not place:
        return None
    at = past_manner(words, place + 1, lexicon)
    behind = lexicon.past_run("on_its_way", words, at)
    first = _thing(words, place, lexicon) if behind > at else None
    return Claim(first, end(words, behind, lexicon), "sent") if first is not None else None
