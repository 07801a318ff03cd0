"""Whether a promise in English waits for the customer: for an answer, a number, a choice."""

from amends.words.lexicon import Lexicon
from amends.words.sentences import Sentence, texts


def waits(
    words: Sentence, first: int, last: int, before: Sentence, lexicon: Lexicon, firm: bool = False
) -> bool:
    """Whether the promise at these places waits for the customer to do something.

    firm  money or goods by a day: what the sentence before asks for is no condition of it
    """
    if words[-1].text == "?" or _if_you(words, lexicon) or _has_condition(words, first, last, lexicon):
        return True
    if any(_asks(words[n:first], lexicon) for n in _clauses(words, first, lexicon)):
        return True
    if words[first - 1].text == "and" and _bids(texts(words, max(0, first - 8), min(8, first)), lexicon):
        return True  # "if it isn't there tell me and I'll …"
    return not firm and first <= 3 and bool(before) and _is_request(before, lexicon)


def _bids(said: list[str], lexicon: Lexicon) -> bool:
    """Whether these words bid the customer do something: "tell me", "let us know", "send a photo"."""
    then = zip(said, said[1:], [*said[2:], ""], strict=False)
    whom = ("me", "us", "a", "an", "the", "your")
    return any(
        one in lexicon.sets["bidding"] and other in whom and (one != "let" or after == "know")
        for one, other, after in then
    )


def _if_you(words: Sentence, lexicon: Lexicon) -> bool:
    """Whether the sentence opens with an "if" that is for the customer to fulfil; "if it rains" is not."""
    opened = texts(words, 0, 6)
    if "if" not in opened or opened[max(0, opened.index("if") - 1)] == "even":
        return False
    clause = []
    for word in words[opened.index("if") + 1 :]:
        if word.text in lexicon.sets["joints"]:
            break
        clause.append(word.text)
    return bool(lexicon.sets["for_you_to_say"] & set(clause[:12]))


def _is_request(words: Sentence, lexicon: Lexicon) -> bool:
    """Whether a sentence asks the customer for something, or asks them a question about what they know."""
    said = [word.text for word in words]
    if words[-1].text == "?" and lexicon.sets["you"] & set(said):
        return not any(
            " ".join(said).startswith(polite) for polite in lexicon.sets_of_two["polite_questions"]
        )
    pleas = [n for n in _clauses(words, len(words), lexicon) if texts(words, n, 1) == ["please"]]
    return _asks(words, lexicon) or any(_asks(words[n:], lexicon) for n in pleas)


def _has_condition(words: Sentence, first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether "once you …", "as soon as you …" stands outside the promise."""
    for n, word in enumerate(words):
        outside = (
            n < first or n >= last - 1 or n > first + 3 and words[n - 1].text not in ("know", "see", "sure")
        )
        if word.text in lexicon.sets["conditions"] and outside:
            said = texts(words, n + 1, 6)
            if (
                lexicon.sets["you_do"] & set(said[:4])
                or "your" in said[:4]
                and lexicon.sets["you_give"] & set(said)
            ):
                return True
        elif (behind := lexicon.past_run("as_soon_as", words, n)) > n and "you" in texts(words, behind, 2):
            return True
    return False


def _clauses(words: Sentence, until: int, lexicon: Lexicon) -> list[int]:
    """Where clauses begin before this place."""
    return [0, *(n + 1 for n in range(until) if words[n].text in lexicon.sets["joints"])]


def _past_greeting(words: Sentence, lexicon: Lexicon) -> Sentence:
    """Without "@somebody", "Hi Ana," at the head."""
    place = 0
    while place < len(words) and (words[place].text == "@" or place and words[place - 1].text == "@"):
        place += 1
    if place < len(words) and words[place].text in lexicon.sets["greetings"]:
        for n in range(place + 1, min(place + 4, len(words))):
            if words[n].text in (",", "!", ".", "-"):
                return words[n + 1 :]
        place += 1
    return words[place:]


def _asks(words: Sentence, lexicon: Lexicon) -> bool:
    """Whether these words ask the customer for something first."""
    words = _past_greeting(words, lexicon)
    said = [word.text for word in words[:3] if word.text.isalpha()]
    if not said or any(word.text in lexicon.sets["we"] for word in words[:2]):
        return False
    if said[0] in lexicon.sets["asking"]:
        return "you" in said
    if said[0] == "let" and said[1:2] in (["me"], ["us"]) and "know" not in said:
        return False  # "let me check and I will ring you"
    polite = said[0] == "please" and said[1:2] and said[1] in lexicon.sets["polite_pleas"]
    return not polite and said[0] in lexicon.sets["asked"] and said[1:2] not in (["from"], ["on"], ["for"])
