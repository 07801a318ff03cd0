"""Claims in English about a thing: "your refund has been processed", "this is resolved", "it is on its way"."""

from typing import NamedTuple

from amends.words.clauses import end, past_manner
from amends.words.lexicon import PARTICIPLE, Lexicon
from amends.words.sentences import Sentence, texts

_WITHIN = frozenset(["-", "'", "'s", "/", "£", "$", "€", "₹", "%", "#"])


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
    if (
        words[place - 1].text == "that"
        and place > 1
        and words[place - 2].text.isalpha()
        and auxiliary != "'s"
    ):
        return None  # "the ones that were sent" tells which are meant
    if words[place - 1].text == "which" or words[place - 1].text in lexicon.sets["modals"]:
        return None
    at = past_manner(words, place + 1, lexicon)
    helped = words[at].text if at < len(words) and words[at].text in ("been", "being") else ""
    if auxiliary in ("has", "have") and not helped:
        return None
    at = past_manner(words, at + 1, lexicon) if helped else at
    already = "already" in texts(words, place + 1, at - place - 1)
    helped = helped or ("been" if already else "")  # "it is already forwarded" tells what was done
    base = _base_of(words, at, helped, lexicon)
    first = _thing(words, place, lexicon) if base else None
    if first is None or lexicon.sets["reported"] & {word.text for word in words[max(0, first - 3) : first]}:
        return None
    if helped == "being":
        known = base in lexicon.claims and base not in lexicon.sets["undergone"]
        doing = words[at].text in lexicon.sets["doing_passive"] or known and words[place - 1].text != "you"
        return Claim(first, end(words, at + 1, lexicon), "doing") if doing else None
    if lexicon.sets["nobody"] & {word.text for word in words[max(0, first - 1) : place]}:
        return None
    kind = _kind_of_done(words, first, at, base, lexicon)
    if not kind and helped and _is_deed(words, first, at, base, lexicon):
        kind = "fixed"
    if words[place - 1].text in ("he", "she") and kind != "booked" and not helped:
        return None
    if words[place - 1].text == "you" and kind == "sent" and first == place - 1 and place > 1:
        return None  # "the sheet you were sent"
    told_as_state = not helped and auxiliary in ("is", "are", "'s")
    habit = words[first].text != "all" or texts(words, first + 1, 1) in (["of"], ["our"])
    if told_as_state and auxiliary == "are" and lexicon.sets["all_of_ours"] & {words[first].text} and habit:
        return None  # "our rooms are cleaned daily" tells a habit
    if told_as_state and words[at - 1].text == "fully":
        return None  # "we are fully booked" tells how it is
    ours = " ".join(texts(words, at + 1, 2)) in lexicon.sets_of_two["of_us"]
    if (
        told_as_state
        and not ours
        and (kind not in lexicon.sets["states"] or base in lexicon.sets["no_states"])
    ):
        return None
    plain_past = not helped and auxiliary in ("was", "were")
    if (
        base == "ask"
        and texts(words, at + 1, 1) == ["to"]
        or base == "turn"
        and texts(words, at + 1, 1) == ["down"]
    ):
        return None  # "she was asked to wait", "your claim was turned down"
    if plain_past and base in lexicon.sets["shut"] and kind == "fixed":
        return None  # "it was closed" tells what went wrong as often as what was done
    of_staff = lexicon.sets["staff"] & {word.text for word in words[first:place]}
    if not helped and (
        kind == "investigated"
        and not plain_past
        or kind == "consulted"
        and base != "discuss"
        and (not of_staff or base == "speak")
    ):
        return None
    if plain_past and (_is_anothers(words, at, lexicon) or base in lexicon.sets["only_helped"]):
        return None
    last = end(words, at + 1, lexicon)
    if lexicon.sets["anybody"] & set(texts(words, at + 1, 6)) and "by" in texts(words, at + 1, 5):
        return None
    faults = lexicon.sets["wrongly"] if helped else lexicon.sets["faults"]
    went_wrong = faults & {word.text for word in words[at:last]}
    return Claim(first, last, kind) if kind and not went_wrong else None


def _base_of(words: Sentence, at: int, helped: str, lexicon: Lexicon) -> str:
    """The verb whose participle stands at this place; behind "been" and "being" also one nobody knows."""
    if at >= len(words):
        return ""
    text = words[at].text
    return lexicon.base_of(text, PARTICIPLE) or (text if helped and text.endswith("ed") else "")


def _is_deed(words: Sentence, first: int, at: int, base: str, lexicon: Lexicon) -> bool:
    """Whether "has been …" with a verb that stands for nothing in particular tells what was done to a thing."""
    sets, told = lexicon.sets, {word.text for word in words[first:at]}
    stems = {base, base.removesuffix("ed"), base.removesuffix("d")}
    borne = stems & (sets["undergone"] | sets["not_acts"] | sets["doings_not"])
    if words[first].text not in sets["this_one"] and not words[first].text[:1].isdigit():
        return False  # "a warning has been issued"
    return not (borne or told & sets["customers"] or lexicon.match(lexicon.no_claims, base, words, at + 1))


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
    if "feedback" in told and base in sets["fed_back"]:
        return "passed_on"
    if base == "tell":
        return "passed_on" if told & sets["staff"] else ""
    if base == "make":
        return "investigated" if told & sets["looks"] else ""
    if (
        base == "carry"
        and texts(words, at + 1, 2)
        not in (
            ["out", word]
            for word in (
                "by",
                "on",
                "in",
                "at",
                "yesterday",
                "today",
                "this",
                "and",
                ".",
                ",",
                "for",
                "with",
                "last",
            )
        )
        and len(words) > at + 2
    ):
        return ""
    if base in sets["carried_out"]:
        return "investigated" if told & sets["looks"] else "fixed"
    found = lexicon.match(lexicon.claims, base, words, at + 1)
    kind = found[0] if found else ""
    if kind == "paid":
        named = found is not None and found[1] > at + 1 or told & sets["money"]
        return kind if named or base in sets["pays_itself"] else ""
    theirs = (
        {words[first].text, words[first + 1].text} & sets["customers"]
        if first + 1 < at
        else told & sets["customers"]
    )
    return "" if theirs and base not in sets["done_to_you"] else kind


def _thing(words: Sentence, place: int, lexicon: Lexicon) -> int | None:
    """Where what was done to stands: the beginning of its clause."""
    if words[place - 1].text in lexicon.sets["lone_things"]:
        return place - 1
    if words[place - 1].text == "and" and {"been", "being"} & {
        word.text for word in words[max(0, place - 10) : place]
    }:
        return place  # "it has been endorsed and is now being processed"
    first = place
    for n in range(place - 1, max(-1, place - 12), -1):
        text = words[n].text
        if not (text.replace(",", "").replace(".", "").isalnum() or text in _WITHIN):
            break
        meant = text == "that" and n and words[n - 1].text in lexicon.sets["places"]  # "the log for that day"
        if text in lexicon.sets["clause_words"] and n < place - 1 and not meant:
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
