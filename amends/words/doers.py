"""Who of us does it, in English: "we", "our engineer", "somebody from our billing team"."""

from amends.words.lexicon import PAST, Lexicon
from amends.words.sentences import Sentence, texts


def doer_at(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Who of us is named here: (place behind, which).

    `which` is we, they, staff, named: by a name alone, or somebody: ours, but called by a word nobody knows.
    """
    word = words[place].text
    if word in lexicon.sets["we"]:
        return place + 1, "we"
    if word in lexicon.sets["them"] and (word == "they" or names_staff(words, place, lexicon, 12)):
        return place + 1, "staff" if names_staff(words, place, lexicon, 12) else "they"
    if word in lexicon.sets["alone"]:
        behind = past_of_ours(words, place + 1, lexicon)
        belongs = (
            behind == place + 1
            and texts(words, behind, 1)
            and words[behind].text in lexicon.sets["belonging"]
        )
        ends = (
            n
            for n in range(behind + 1, min(behind + 6, len(words)))
            if words[n].text in lexicon.sets["names_end"]
        )
        return next(ends, behind) if belongs else behind, "staff"
    if word == "your":
        return _yours(words, place, lexicon)
    if word in lexicon.sets["whose"] or word in lexicon.sets["any"]:
        return _named(words, place, lexicon)
    return _called(words, place, lexicon)


def _yours(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Somebody of ours who looks after the customer: "your account manager"."""
    for n in range(place + 1, min(place + 4, len(words))):
        if words[n].text in lexicon.sets["your_staff"] or texts(words, n - 1, 2) == ["account", "manager"]:
            return _past_name(words, n + 1, lexicon), "staff"
    return None


def _named(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Somebody behind "our", "a", "the": ours where it is said, or where nobody else has one."""
    sets = lexicon.sets
    for n in range(place + 1, min(place + 6, len(words))):
        following = words[n + 1].text if n + 1 < len(words) else ""
        if words[n].text in sets["staff"] and following not in sets["staff"] and following != "'s":
            behind = past_of_ours(words, _past_name(words, n + 1, lexicon), lexicon)
            ours = words[place].text in sets["whose"] | sets["of_ours"] or behind > n + 1
            ours = ours or words[n].text not in sets["not_sure"]
            return (behind, "staff") if ours or words[n].text in sets["surely_ours"] else None
        if not words[n].text.isalpha() and words[n].text not in ("-", "'s"):
            break
        if n > place + 1 and words[place].text in sets["of_ours"] and words[n].text in sets["markers"]:
            return (n, "staff") if _is_agent(words[n - 1].text, lexicon) else None  # "a plasterer will"
        if n > place + 1 and words[place].text in sets["whose"]:
            agent = _is_agent(words[n - 1].text, lexicon)
            did = agent and lexicon.base_of(words[n].text, PAST) in lexicon.claims
            if words[n].text in sets["names_end"] or did:
                return n, "staff" if agent else "somebody"
    return None


def _called(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Somebody of ours by name: "Marta will", "Dr Pell has", "Mrs Lane from the club is"."""
    sets = lexicon.sets
    titled = words[place].text in sets["titles"]
    if not (titled or words[place].capital) or place and words[place - 1].text not in sets["before_names"]:
        return None
    at = place + titled
    at += texts(words, at, 1) == ["."]
    last = at
    while last < len(words) and last < at + 3 and _is_name(words[last], lexicon):
        last += 1
    if last == at:
        return None
    behind = last
    if words[last : last + 1] and words[last].text in sets["belonging"]:
        ends = (n for n in range(last + 2, min(last + 6, len(words))) if words[n].text in sets["names_end"])
        behind = next(ends, last)
    acts = behind < len(words) and (words[behind].text in sets["names_end"] or titled or last > at + 1)
    return (behind, "staff" if titled else "named") if acts else None


def _is_name(word, lexicon: Lexicon) -> bool:
    known = lexicon.sets["common"] | lexicon.sets["third_parties"] | lexicon.sets["not_names"] | lexicon.doers
    return word.capital and word.text.isalpha() and word.text not in known


def _is_agent(word: str, lexicon: Lexicon) -> bool:
    """Whether a word looks like somebody who does something: "glazier", "receptionist"."""
    return word.endswith(lexicon.agents_end) and word not in lexicon.sets["not_agents"]


def _past_name(words: Sentence, place: int, lexicon: Lexicon) -> int:
    """Past the name of somebody: "my colleague Anna", "our manager, Ms Hale,"."""
    if texts(words, place, 1) == [","]:
        comma = next((n for n in range(place + 2, min(place + 6, len(words))) if words[n].text == ","), 0)
        ahead = texts(words, comma + 1, 1)
        acts = ahead and (
            ahead[0] in lexicon.sets["names_end"] or lexicon.base_of(ahead[0], PAST) in lexicon.claims
        )
        return comma + 1 if comma and acts else place
    for n in range(place + 1, min(place + 3, len(words))):
        if words[n].text in lexicon.sets["names_end"]:
            named = all(
                w.text.isalpha() and w.text not in lexicon.sets["clause_words"] | lexicon.sets["modals"]
                for w in words[place:n]
            )
            return n if named else place
        if not words[n].text.isalpha():
            break
    return place


def carried_on(words: Sentence, place: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Whose act goes on: "we have shared it and will …", "our team, who will …"."""
    if place == 0 and words[0].text in lexicon.sets["markers"] and words[-1].text != "?":
        asked = texts(words, 1, 1)
        return (
            (0, "we") if asked and asked[0] not in lexicon.sets["somebody"] else None
        )  # "Will call you back."
    if place == 0 or words[place].text not in (*lexicon.sets["markers"], "am", "are"):
        return None
    before = words[place - 1].text
    if before == "who" and names_staff(words, place, lexicon):
        return place, "staff"
    if before in ("and", "then", ","):
        ours = any(word.text in lexicon.sets["we"] for word in words[:place])
        ours = ours or any(doer_at(words, n, lexicon) for n in range(place - 1))
        return (place, "we") if ours and "you" not in texts(words, max(0, place - 3), 3) else None
    return None


def names_staff(words: Sentence, place: int, lexicon: Lexicon, within: int = 4) -> bool:
    """Whether somebody of ours stands within so many words before this place."""
    return any(word.text in lexicon.sets["staff"] for word in words[max(0, place - within) : place])


def names_somebody(words: Sentence, place: int, before: Sentence, lexicon: Lexicon) -> bool:
    """Whether somebody is called by name before this place, or in the sentence before: "it is with Manuela, and she …"."""
    near = words[max(1, place - 12) : place]
    near = near if place > 1 else [*near, *before[1:]]
    return any(_is_name(word, lexicon) for word in near)


def past_of_ours(words: Sentence, place: int, lexicon: Lexicon) -> int:
    """Past "from our support team", "of us"."""
    staff = lexicon.sets["staff"]
    if place < len(words) and words[place].text in lexicon.sets["belonging"]:
        for n in range(place + 1, min(place + 6, len(words))):
            if words[n].text in staff or words[n].text == "us":
                while n + 1 < len(words) and words[n + 1].text in staff:
                    n += 1
                return n + 1
            if words[n].text in lexicon.sets["markers"] or not words[n].text.isalpha():
                break
    return place
