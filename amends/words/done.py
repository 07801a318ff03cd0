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


class _Passive(NamedTuple):
    """ "Your refund | has been | processed": a thing from `first` on, an auxiliary at `place`, a participle at `at`.

    base    the participle's verb; itself, where nobody knows the verb
    helped  "been" or "being" stands before it; "been" also for "is already done"
    """

    words: Sentence
    first: int
    place: int
    at: int
    base: str
    helped: str

    @property
    def auxiliary(self) -> str:
        return self.words[self.place].text

    @property
    def before(self) -> str:
        """The word before the auxiliary."""
        return self.words[self.place - 1].text

    @property
    def is_state(self) -> bool:
        return not self.helped and self.auxiliary in ("is", "are", "'s")

    @property
    def is_past(self) -> bool:
        """ "It was done": told of then, which need not be told of now."""
        return not self.helped and self.auxiliary in ("was", "were")

    def thing(self) -> set[str]:
        return {word.text for word in self.words[self.first : self.at]}

    def behind(self, many: int) -> list[str]:
        return texts(self.words, self.at + 1, many)


def done_to(words: Sentence, place: int, lexicon: Lexicon) -> Claim | None:
    """ "Your refund has been processed", "this is now resolved", "an engineer is booked"."""
    told = _passive(words, place, lexicon)
    if told is None:
        return None
    last = end(words, told.at + 1, lexicon)
    if told.helped == "being":
        return Claim(told.first, last, "doing") if _is_under_way(told, lexicon) else None
    if lexicon.sets["nobody"] & {word.text for word in words[max(0, told.first - 1) : place]}:
        return None
    kind = _kind_of_done(told, lexicon)
    if not kind and told.helped and _is_deed(told, lexicon):
        kind = "fixed"
    if not kind or _is_how_it_is(told, kind, lexicon) or _is_what_befell(told, kind, lexicon):
        return None
    return None if _went_wrong(told, last, lexicon) else Claim(told.first, last, kind)


def _passive(words: Sentence, place: int, lexicon: Lexicon) -> _Passive | None:
    auxiliary, before = words[place].text, words[place - 1].text if place else ""
    if auxiliary not in ("has", "have", "was", "were", "is", "are", "'s") or not place:
        return None
    if before in lexicon.sets["we"] | lexicon.sets["modals"] | {"no", "which"}:
        return None  # "I have been asked" tells what somebody else did
    if before == "that" and place > 1 and words[place - 2].text.isalpha() and auxiliary != "'s":
        return None  # "the ones that were sent" tells which are meant
    at = past_manner(words, place + 1, lexicon)
    helped = words[at].text if at < len(words) and words[at].text in ("been", "being") else ""
    if auxiliary in ("has", "have") and not helped:
        return None
    at = past_manner(words, at + 1, lexicon) if helped else at
    if "already" in texts(words, place + 1, at - place - 1):
        helped = helped or "been"  # "it is already forwarded"
    base = _base_of(words, at, helped, lexicon)
    first = _thing(words, place, lexicon) if base else None
    if first is None or lexicon.sets["reported"] & {word.text for word in words[max(0, first - 3) : first]}:
        return None
    return _Passive(words, first, place, at, base, helped)


def _base_of(words: Sentence, at: int, helped: str, lexicon: Lexicon) -> str:
    """The verb whose participle stands at this place; behind "been" and "being" also one nobody knows."""
    if at >= len(words):
        return ""
    text = words[at].text
    return lexicon.base_of(text, PARTICIPLE) or (text if helped and text.endswith("ed") else "")


def _is_under_way(told: _Passive, lexicon: Lexicon) -> bool:
    known = told.base in lexicon.claims and told.base not in lexicon.sets["undergone"]
    return told.words[told.at].text in lexicon.sets["doing_passive"] or known and told.before != "you"


def _is_how_it_is(told: _Passive, kind: str, lexicon: Lexicon) -> bool:
    """ "Our rooms are cleaned daily", "we are fully booked", "it is closed": told as a state, and no deed."""
    if not told.is_state:
        return False
    sets, opens = lexicon.sets, told.words[told.first].text
    everybody = opens != "all" or texts(told.words, told.first + 1, 1) in (["of"], ["our"])
    if told.auxiliary == "are" and opens in sets["all_of_ours"] and everybody:
        return True
    if told.words[told.at - 1].text == "fully":
        return True
    ours = " ".join(told.behind(2)) in lexicon.sets_of_two["of_us"]  # "is updated in our records"
    return not ours and (kind not in sets["states"] or told.base in sets["no_states"])


def _is_what_befell(told: _Passive, kind: str, lexicon: Lexicon) -> bool:
    """Whether it tells what happened to somebody, or what somebody else did."""
    sets, base, next_word = lexicon.sets, told.base, told.behind(1)
    if told.before in ("he", "she") and kind != "booked" and not told.helped:
        return True
    if told.before == "you" and kind == "sent" and told.first == told.place - 1 and told.place > 1:
        return True  # "the sheet you were sent"
    if base == "ask" and next_word == ["to"] or base == "turn" and next_word == ["down"]:
        return True  # "she was asked to wait", "your claim was turned down"
    if told.is_past and kind == "fixed" and base in sets["shut"]:
        return True  # "it was closed" tells what went wrong as often as what was done
    if told.is_past and (_is_anothers(told, lexicon) or base in sets["only_helped"]):
        return True
    of_staff = sets["staff"] & told.thing()
    looked = kind == "investigated" and not told.is_past
    spoken = kind == "consulted" and base != "discuss" and (not of_staff or base == "speak")
    return not told.helped and (looked or spoken)


def _went_wrong(told: _Passive, last: int, lexicon: Lexicon) -> bool:
    """Whether the customer or a stranger did it, or it is told as a fault: "it was sent to the wrong house"."""
    if lexicon.sets["anybody"] & set(told.behind(6)) and "by" in told.behind(5):
        return True
    faults = lexicon.sets["wrongly"] if told.helped else lexicon.sets["faults"]
    return bool(faults & {word.text for word in told.words[told.at : last]})


def _is_deed(told: _Passive, lexicon: Lexicon) -> bool:
    """Whether "has been …" with a verb that stands for nothing in particular tells what was done to a thing."""
    sets, opens = lexicon.sets, told.words[told.first].text
    stems = {told.base, told.base.removesuffix("ed"), told.base.removesuffix("d")}
    if opens not in sets["this_one"] and not opens[:1].isdigit():
        return False  # "a warning has been issued"
    if (
        stems & (sets["undergone"] | sets["not_acts"] | sets["doings_not"])
        or told.thing() & sets["customers"]
    ):
        return False
    return lexicon.match(lexicon.no_claims, told.base, told.words, told.at + 1) is None


def _is_anothers(told: _Passive, lexicon: Lexicon) -> bool:
    """Whether somebody who is not ours is said to have done it: "by the agent", "through a third party"."""
    ahead = told.behind(9)
    if lexicon.sets["others_did"] & set(ahead[:5]):
        return True
    return "by" in ahead[:4] and not lexicon.sets["our_own"] & set(ahead[ahead.index("by") :])


def _kind_of_done(told: _Passive, lexicon: Lexicon) -> str:
    """What was done to the thing, by the two together or by the verb; "" for nothing of ours."""
    together = _by_thing(told, lexicon)
    if together is not None:
        return together
    sets, thing = lexicon.sets, told.thing()
    found = lexicon.match(lexicon.claims, told.base, told.words, told.at + 1)
    kind = found[0] if found else ""
    if kind == "paid":
        named = found is not None and found[1] > told.at + 1 or thing & sets["money"]
        return kind if named or told.base in sets["pays_itself"] else ""
    opens = {word.text for word in told.words[told.first : min(told.first + 2, told.at)]}
    return "" if opens & sets["customers"] and told.base not in sets["done_to_you"] else kind


def _by_thing(told: _Passive, lexicon: Lexicon) -> str | None:
    """The kind that a thing and a verb have together: "feedback … given", "a review … made"; None where neither decides."""
    sets, thing, base = lexicon.sets, told.thing(), told.base
    pairs = (
        ("fees", "fees_off", "paid"),
        ("money", "paid_with_money", "paid"),
        ("bookings", "booked_by", "booked"),
        ("files", "filed_by", "noted"),
    )
    for things, verbs, kind in pairs:
        if thing & sets[things] and base in sets[verbs]:
            return kind
    if "feedback" in thing and base in sets["fed_back"]:
        return "passed_on"
    if base == "tell":
        return "passed_on" if thing & sets["staff"] else ""
    if base == "make":
        return "investigated" if thing & sets["looks"] else ""
    if base == "carry" and (told.behind(1) != ["out"] or told.behind(2)[1:] == ["of"]):
        return ""
    if base in sets["carried_out"]:
        return "investigated" if thing & sets["looks"] else "fixed"
    return None


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
