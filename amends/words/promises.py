"""Promises: our future acts for this customer. Who does it, what, by when, and whether it waits for the customer.

What counts is settled in `labelling.md`: offers, chances, hopes, habits and refusals are none.
"""

from collections.abc import Iterator
from typing import NamedTuple

from amends.words.lexicon import BASE, ING, PARTICIPLE, Lexicon
from amends.words.sentences import Sentence

_CUTS = frozenset([".", "!", "?", ";", ":", "–", "—", "(", "^", "~", "*", "#"])
_ON = frozenset(
    [
        "but",
        "because",
        "although",
        "though",
        "which",
        "who",
        "whereas",
        "however",
        "please",
        "thanks",
        "thank",
    ]
)
_CONDITIONS = frozenset(["if", "once", "when", "after", "unless", "until", "provided", "whenever"])
_BEGINS = frozenset(
    ["will", "am", "are", "have", "shall", "would", "can"]
)  # a clause of its own, where no mark divides
_GOES_ON = _BEGINS | frozenset(["has", "is", "was", "were", "had"])  # behind "and": another act or claim
_YOU = frozenset(["you", "your", "you've", "you're"])
_OBJECTS = _YOU | frozenset(
    ["this", "that", "it", "these", "those", "them", "him", "her", "the", "a", "an", "our"]
)


class Promise(NamedTuple):
    """Places are those of words in its sentence: from `first` up to, not including, `last`."""

    first: int
    last: int
    act: str
    conditional: bool


def promises(words: Sentence, before: Sentence, lexicon: Lexicon) -> Iterator[Promise]:
    """The promises of a sentence. `before` is the sentence in front of it, which may ask for something first."""
    place = 0
    while place < len(words):
        found = None if words[place].quoted else _at(words, place, lexicon)
        if found is None:
            place += 1
            continue
        first, last, act = found
        yield Promise(first, last, act, _waits(words, first, last, before, lexicon))
        place = max(last, place + 1)


def _at(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """The promise whose doer begins here: (first, last, act)."""
    doer = doer_at(words, place, lexicon) or _carried_on(words, place, lexicon)
    if doer is None:
        return _to_you(words, place, lexicon) or _bidden(words, place, lexicon)
    behind, kind = doer
    if _is_hedged(words, place, lexicon):
        return None
    verb = _behind_marker(words, behind, lexicon)
    if verb is None:
        return None
    at, negated, now = verb
    act = _act(words, at, negated, now, kind, lexicon)
    return (place, _end(words, at + 1, lexicon), act) if act else None


def doer_at(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Who of us is named here: (place behind, which). `which` is we, they, staff or thing."""
    word = words[place].text
    if word in lexicon.we:
        return place + 1, "we"
    if word in lexicon.they:
        return place + 1, "they"
    if word in lexicon.alone:
        return _past_of_ours(words, place + 1, lexicon), "staff"
    if word in lexicon.whose or word in lexicon.any:
        for n in range(place + 1, min(place + 6, len(words))):
            if words[n].text in lexicon.staff and (
                n + 1 == len(words) or words[n + 1].text not in lexicon.staff
            ):
                own = (
                    word in lexicon.whose
                    or word in ("one", "a", "an")
                    or _past_of_ours(words, n + 1, lexicon) > n + 1
                )
                ours = own or words[n].text in (
                    "team",
                    "teams",
                    "manager",
                    "department",
                    "management",
                    "team's",
                )
                return (_past_of_ours(words, n + 1, lexicon), "staff") if ours else None
            if not words[n].text.isalpha() and words[n].text not in ("of", "-"):
                break
    return None


def _carried_on(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Whose act goes on: "we have shared it and will …", "our team, who will …"."""
    if place == 0 or words[place].text not in (*lexicon.markers, "am", "are"):
        return None
    before = words[place - 1].text
    if before == "who" and any(word.text in lexicon.staff for word in words[max(0, place - 4) : place]):
        return place, "staff"
    if before in ("and", "then", ","):
        ours = any(word.text in lexicon.we for word in words[:place]) or any(
            doer_at(words, n, lexicon) for n in range(place - 1)
        )
        return (place, "we") if ours and "you" not in _texts(words, max(0, place - 3), 3) else None
    return None


def _past_of_ours(words: Sentence, place: int, lexicon: Lexicon) -> int:
    """Past "from our support team", "of us"."""
    if place < len(words) and words[place].text in ("from", "of", "on", "in", "at", "here"):
        for n in range(place + 1, min(place + 6, len(words))):
            if words[n].text in lexicon.staff or words[n].text == "us":
                while n + 1 < len(words) and words[n + 1].text in lexicon.staff:
                    n += 1
                return n + 1
            if words[n].text in lexicon.markers or not words[n].text.isalpha():
                break
    return place


def _is_hedged(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    return place > 0 and words[place - 1].text in lexicon.hedged


def _behind_marker(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, bool, bool] | None:
    """Where the verb of a future act stands, whether it is negated, and whether it is under way: "I am sending"."""
    place = _skip(words, place, lexicon)
    if place >= len(words):
        return None
    word, negated = words[place].text, False
    if word in lexicon.markers:
        place = _skip(words, place + 1, lexicon)
        if place < len(words) and words[place].text == "not":
            negated, place = True, _skip(words, place + 1, lexicon)
        if place < len(words) and words[place].text == "be":
            return _behind_be(words, place + 1, negated, lexicon)
        return (place, negated, False) if place < len(words) else None
    if word in lexicon.vows:
        place += 1
        while place < len(words) and words[place].text in ("you", "to", "that", "i", "we", "will"):
            place += 1
        return (place, False, False) if place < len(words) else None
    if word in ("am", "are", "is"):
        place = _skip(words, place + 1, lexicon)
        if _texts(words, place, 2) == ["going", "to"]:
            place = _skip(words, place + 2, lexicon)
            if place < len(words) and words[place].text in ("uh", "um", "er"):
                place += 1
            return (place, False, False) if place < len(words) else None
        if place < len(words) and lexicon.base_of(words[place].text, ING):
            return place, False, True
    return None


def _behind_be(words: Sentence, place: int, negated: bool, lexicon: Lexicon) -> tuple[int, bool, bool] | None:
    """After "will be": the verb in "will be sending", "will be sure to send"; else the "be" itself."""
    place = _skip(words, place, lexicon)
    if place < len(words) and words[place].text == "to":
        return place + 1, negated, False
    if place < len(words) and lexicon.base_of(words[place].text, ING):
        return place, negated, False
    return place - 1, negated, False


def _skip(words: Sentence, place: int, lexicon: Lexicon) -> int:
    while (
        place < len(words) and words[place].text in lexicon.adverbs and words[place].text not in ("not", "be")
    ):
        place += 1
    return place


def _texts(words: Sentence, place: int, many: int) -> list[str]:
    return [word.text for word in words[place : place + many]]


def _act(words: Sentence, at: int, negated: bool, now: bool, doer: str, lexicon: Lexicon) -> str:
    """What is promised; "" when the verb promises nothing."""
    base = lexicon.base_of(words[at].text, ING) if now else lexicon.base_of(words[at].text, BASE, ING)
    if words[at].text == "be":
        base = "be"
    if base == "have" and at + 1 < len(words) and (done := lexicon.base_of(words[at + 1].text, PARTICIPLE)):
        at, base = at + 1, done  # "will have replaced"
    if negated:
        return lexicon.negated.get(base, "")
    if base in lexicon.not_acts:
        return ""
    rest = _texts(words, at + 1, 6)
    if (
        base == "do"
        and "best" in rest
        or base == "do"
        and rest[:1]
        and rest[0] in ("everything", "whatever", "all", "anything", "our", "my")
    ):
        return ""
    if base == "do" and "better" in rest[:2]:
        return ""
    if base == "try" and rest[:1] in (["to"], ["and"], ["our"], ["my"]):
        return ""
    if base == "look" and rest[:1] in (["out"], ["forward"], ["after"]):
        return ""
    if base in ("come", "meet") and not {"you", "your"} & set(rest):
        return "other" if doer == "staff" and rest[:1] in (["out"], ["round"], ["over"], ["to"]) else ""
    if base == "discuss" and "you" not in rest:
        return ""
    if base == "see" and rest[:1] in (["you"], ["your"]):
        return ""
    if base == "keep" and rest[:1] in (["in"], ["trying"], ["working"], ["on"], ["up"]):
        return ""
    if base == "be" and "happy" in rest[:2]:
        return ""
    known = lexicon.match(lexicon.acts, base, words, at + 1) if base else None
    if now:
        return _under_way(words, at, base, known, lexicon)
    if known is None:
        return "other" if not base and _has_object(rest) and words[at].text.isalpha() and doer == "we" else ""
    if doer == "they" and known[0] not in ("contact", "investigate", "fix", "send"):
        return ""
    return known[0]


def _under_way(words: Sentence, at: int, base: str, known, lexicon: Lexicon) -> str:
    """ "I am sending this now": the act is still ahead. What is being looked into is a claim instead."""
    if known is None or base in (
        "look",
        "work",
        "investigate",
        "review",
        "check",
        "monitor",
        "do",
        "try",
        "process",
        "have",
        "get",
    ):
        return "pass_on" if known and known[0] == "pass_on" and base == "get" else ""
    ahead = set(_texts(words, at + 1, 14))
    soon = ahead & {
        "now",
        "today",
        "tomorrow",
        "tonight",
        "shortly",
        "soon",
        "weekend",
        "week",
        "straight",
        "immediately",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
    }
    return (
        known[0]
        if known[0] in ("send", "pass_on", "other", "contact", "change", "pay")
        and (soon or base in ("put", "transfer", "forward", "send", "escalate"))
        else ""
    )


def _has_object(rest: list[str]) -> bool:
    return bool(_OBJECTS & set(rest[:4]))


def _to_you(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "You will receive it by Friday", "your refund will be processed": with us as the doer."""
    word = words[place].text
    if word == "you" and not _is_hedged(words, place, lexicon):
        at = _skip(words, place + 1, lexicon)
        if at < len(words) and words[at].text in lexicon.markers:
            at = _skip(words, at + 1, lexicon)
            base = lexicon.base_of(words[at].text, BASE) if at < len(words) else ""
            known = lexicon.match(lexicon.receiving, base, words, at + 1)
            if known:
                return place, _end(words, known[1], lexicon), known[0]
        return None
    if word in ("will", "shall") and _texts(words, place + 1, 1) == ["not"] and place > 0:
        at = _skip(words, place + 2, lexicon)
        if (
            at < len(words)
            and words[at].text in ("happen", "occur", "recur")
            and words[place - 1].text in ("this", "it", "that", "these")
        ):
            return place - 1, _end(words, at + 1, lexicon), "change"
        return None
    if word in ("will", "shall") and _texts(words, place + 1, 1) == ["be"] and place > 0:
        at = _skip(words, place + 2, lexicon)
        base = lexicon.base_of(words[at].text, PARTICIPLE) if at < len(words) else ""
        if base in lexicon.done_to and not _is_conditional_clause(words, place):
            first = _subject(words, place)
            if first is not None:
                money = {"refund", "credit", "payment", "reimbursement"} & set(
                    _texts(words, first, place - first)
                )
                return first, _end(words, at + 1, lexicon), "pay" if money else lexicon.done_to[base]
    return None


def _is_conditional_clause(words: Sentence, place: int) -> bool:
    """Whether "if", "how" or the like opens the clause that ends here."""
    for n in range(place - 1, max(-1, place - 8), -1):
        if words[n].text in (",", ";", "and", "but"):
            return False
        if words[n].text in ("if", "whether", "how", "what", "why", "which", "who", "hope", "unless"):
            return True
    return False


def _subject(words: Sentence, place: int) -> int | None:
    """Where the thing stands that something will be done to: "your refund", "it", "a replacement"."""
    for n in range(place - 1, max(-1, place - 8), -1):
        text = words[n].text
        if text in ("it", "this", "that", "they", "these", "everything") and n == place - 1:
            return n
        if text in ("your", "the", "a", "an", "this", "that", "any", "all", "our", "its"):
            return n
        if not text.isalpha() or text in ("you", "we", "i", "and", "but", "which", "who"):
            return place - 1 if n < place - 1 else None
    return 0 if place <= 4 and place and words[0].text.isalpha() else None


def _bidden(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "Expect a call before noon"."""
    if (
        place == 0
        and words[0].text in ("expect",)
        and words[1:2]
        and words[1].text in ("a", "an", "our", "your")
    ):
        told = set(_texts(words, 1, 4))
        act = (
            "contact"
            if told & {"call", "email", "reply", "response", "answer", "message", "update"}
            else "send"
            if told & {"refund", "replacement", "delivery", "parcel"}
            else ""
        )
        return (0, _end(words, 2, lexicon), act) if act else None
    return None


def _end(words: Sentence, place: int, lexicon: Lexicon) -> int:
    """Up to where the act reaches, with its time: the end of its clause."""
    while place < len(words):
        text, following = words[place].text, [word.text for word in words[place + 1 : place + 3]]
        if text == "'" or text in _CUTS and not (text == ":" and following and following[0][:1].isdigit()):
            break
        if text.startswith(("http", "www.")) or text in _ON:
            break
        if (
            text == ","
            and following
            and (
                following[0] in _ON
                or following[0] in ("and", "so", "or", "i", "we", "you", "if", "once", "as")
                or following[0] in lexicon.we
            )
        ):
            break
        if (
            text in ("and", "or")
            and following
            and (
                following[0] in lexicon.we
                or following[0] in lexicon.they
                or following[0] in ("you", "please", "then")
                or following[0] in lexicon.whose
                and following[1:]
                and following[1] in lexicon.staff
            )
        ):
            break
        if text in ("and", "or") and following and following[0] in _GOES_ON:
            break
        if text == "so" and following and following[0] in ("that", "we", "you", "i", "they", "please"):
            break
        if text in ("if", "once", "unless", "okay", "ok") and place + 1 < len(words):
            break
        if following and (text in lexicon.we or text in lexicon.they) and following[0] in _BEGINS:
            break
        if text == "that" and following[:1] == ["'s"]:
            break
        if text == "-" and words[place].start > words[place - 1].end:
            break
        place += 1
    return place


def _waits(words: Sentence, first: int, last: int, before: Sentence, lexicon: Lexicon) -> bool:
    """Whether the promise waits for the customer to do something."""
    if "if" in _texts(words, 0, 6):
        return True
    for n, word in enumerate(words):
        if word.text in _CONDITIONS and (n < first or n >= last - 1) and _YOU & set(_texts(words, n + 1, 4)):
            return True
        if (
            word.text in ("as",)
            and _texts(words, n + 1, 3)[:2] == ["soon", "as"]
            and "you" in _texts(words, n + 3, 2)
        ):
            return True
    if any(_asks(words[n:first], lexicon) for n in _clauses(words, first)):
        return True
    return first <= 3 and bool(before) and _asks(before, lexicon)


def _clauses(words: Sentence, until: int) -> list[int]:
    """Where clauses begin before this place."""
    return [0, *(n + 1 for n in range(until) if words[n].text in (",", "and", "-", "then", "so", ":", "^"))]


def _past_greeting(words: Sentence) -> Sentence:
    """Without "@somebody", "Hi Ana," at the head."""
    place = 0
    while place < len(words) and (words[place].text == "@" or place and words[place - 1].text == "@"):
        place += 1
    if place < len(words) and words[place].text in (
        "hi",
        "hello",
        "hey",
        "dear",
        "thanks",
        "okay",
        "ok",
        "right",
        "also",
        "then",
        "just",
        "so",
        "otherwise",
    ):
        for n in range(place + 1, min(place + 4, len(words))):
            if words[n].text in (",", "!", ".", "-"):
                return words[n + 1 :]
        place += 1
    return words[place:]


def _asks(words: Sentence, lexicon: Lexicon) -> bool:
    """Whether these words ask the customer for something first."""
    words = _past_greeting(words)
    texts = [word.text for word in words[:3] if word.text.isalpha()]
    if not texts or any(word.text in lexicon.we for word in words[:2]):
        return False
    if texts[0] in ("if", "can", "could", "would", "will"):
        return "you" in texts
    return texts[0] in lexicon.asked and texts[0] not in ("can", "could", "would")
