"""Promises in English in which we are not named: "your refund will be processed", "you will hear", "expect a call"."""

from amends.words.clauses import end, past_manner
from amends.words.lexicon import BASE, PARTICIPLE, Lexicon
from amends.words.sentences import Sentence, texts


def of_things(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """What is promised from here on, or around a "will" here: (first, last, act)."""
    return (
        _to_you(words, place, lexicon)
        or _never_again(words, place, lexicon)
        or _arriving(words, place, lexicon)
        or _done_to(words, place, lexicon)
        or _bidden(words, place, lexicon)
        or _scheduled(words, place, lexicon)
    )


def says_day(words: Sentence, first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether a day ahead is named between these places."""
    sets, said = lexicon.sets, texts(words, first, last - first)
    dated = any(
        one in sets["months"] and other[:1].isdigit() or one[:1].isdigit() and other in sets["months"]
        for one, other in zip(said, said[1:], strict=False)
    )
    return dated or bool(sets["days_ahead"] & set(said))


def is_hedged(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    return place > 0 and words[place - 1].text in lexicon.sets["hedged"]


def _to_you(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "You will receive it by Friday": with us as the doer."""
    if words[place].text != "you" or is_hedged(words, place, lexicon):
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
    negated = texts(words, place + 1, 1) in (["not"], ["never"])
    if words[place].text not in lexicon.sets["markers"] or not negated or not place:
        return None
    at = past_manner(words, place + 2, lexicon)
    again = at < len(words) and words[at].text in lexicon.sets["recurring"]
    again = again or texts(words, at, 1) == ["be"] and "again" in texts(words, at + 1, 4)
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
    begins = lexicon.sets["articles"] | lexicon.sets["lone_things"] | {"will"}
    if known is None or first is None or words[first].text not in begins:
        return None
    named = set(texts(words, first, place - first))
    if named & lexicon.sets["staff"]:
        return None
    act = "pay" if named & lexicon.sets["money_back"] else known[0]
    if act == "pay" and not named & lexicon.sets["money_back"]:
        act = "pay" if lexicon.sets["accounts"] & set(texts(words, at, 8)) else "fix"
    return first, end(words, known[1], lexicon), act


def _done_to(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "Your refund will be processed"."""
    if words[place].text not in lexicon.sets["markers"] or texts(words, place + 1, 1) != ["be"] or not place:
        return None
    at = past_manner(words, place + 2, lexicon)
    base = lexicon.base_of(words[at].text, PARTICIPLE) if at < len(words) else ""
    if _tells_no_act(words, place, lexicon):
        return None
    first = _subject(words, place, lexicon)
    if first is not None and lexicon.sets["nobody"] & set(texts(words, max(0, first - 1), place - first + 1)):
        return None  # "no further letters will be sent"
    told_back = lexicon.sets["told_back"] & set(texts(words, first or 0, place - (first or 0)))
    if told_back and base in lexicon.sets["given_back"] and first is not None:
        return first, end(words, at + 1, lexicon), "contact"
    if base not in lexicon.done_to or first is None or not _is_this_case(words, first, base, lexicon):
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
            return n < place - 1 or words[n].text != "which"  # "…, which will reach you on Friday"
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
        if text == "and" and n > 1 and lexicon.sets["articles"] & set(texts(words, max(0, n - 3), min(3, n))):
            continue  # "your books and papers"
        bare = text.replace("-", "").replace(".", "").replace(",", "")
        if not (bare.isalnum() or text in "£$€₹%") or text in lexicon.sets["others"]:
            return place - 1 if n < place - 1 else None
    return 0 if place <= 6 and (words[0].text.isalpha() or words[0].text in "£$€₹") else None


def _was_done(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    """Whether the clause before this place tells of a thing: "your card has been reissued and …"."""
    told = {word.text for word in words[max(0, place - 10) : place]}
    return bool(told & {"been", "is", "are", "was", "were"} and told & lexicon.sets["articles"])


def _scheduled(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """ "The crane comes on Tuesday", "you get it back by Friday", "it goes live tonight": a day ahead, told as now."""
    sets = lexicon.sets
    if not place or words[place - 1].text in sets["markers"] | {"to", "not"}:
        return None
    at = place + (words[place].text in ("is", "are", "am", "'s") and words[place + 1 : place + 2] != [])
    act = sets_of(words[at].text, lexicon.comings, at > place)
    if not act or _tells_no_act(words, place, lexicon) or sets["habits"] & {word.text for word in words}:
        return None
    last = end(words, at + 1, lexicon)
    if not says_day(words, at + 1, last, lexicon) or sets["days_gone"] & set(texts(words, at + 1, 6)):
        return None
    if (
        words[place - 1].text == "you"
        and words[at].text == "get"
        and texts(words, at + 1, 1) in (["a"], ["the"])
        and place > 1
    ):
        return None  # "when you get a minute tomorrow"
    if words[place - 1].text == "you":
        has = words[at].text in ("get", "have") and sets["near_objects"] & set(
            texts(words, at + 1, 2)
        ) | sets["articles"] & set(texts(words, at + 1, 1))
        return (place - 1, last, "send") if has or words[at].text == "get" else None
    if words[at].text in ("get", "have"):
        return None
    first = _subject(words, place, lexicon)
    if first is None or words[first].text in sets["others"] - {"we", "i"} | {"nobody", "no"}:
        return None
    named = set(texts(words, first, place - first))
    if named & sets["third_parties"]:
        return None
    for n in range(at + 1, last - 1):
        if words[n].text == "to" and (base := lexicon.base_of(words[n + 1].text, BASE)):
            known = lexicon.match(lexicon.acts, base, words, n + 2)
            act = known[0] if known and known[0] != "other" else act  # "is coming to mend it"
    return first, last, "pay" if named & sets["money_back"] else act


def sets_of(word: str, comings: dict[str, str], now: bool) -> str:
    """The act of a verb that tells of something coming: "comes", or "coming" behind "is"."""
    return comings.get(word, "") if word.endswith("ing") == now else ""


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
