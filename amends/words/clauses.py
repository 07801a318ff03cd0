"""Where a clause of English ends, and what stands between a doer and a verb."""

from amends.words.lexicon import PARTICIPLE, PAST, Lexicon
from amends.words.sentences import Sentence, texts

_CUTS = frozenset([".", "!", "?", ";", ":", "–", "—", "(", "^", "~", "*", "#"])


def end(words: Sentence, place: int, lexicon: Lexicon) -> int:
    """Up to where the act reaches, with its time: the end of its clause."""
    first = place
    while place < len(words) and not _ends(words, place, lexicon):
        if words[place].text in ("and", ",") and place > first and _was_done_too(words, place + 1, lexicon):
            break
        place += 1
    return place


def _was_done_too(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    """Whether another deed is told from here on: "… and listened to the calls"."""
    place = past_manner(words, place, lexicon)
    if texts(words, place, 1) in (["have"], ["has"]):
        place = past_manner(words, place + 1, lexicon)
    base = lexicon.base_of(words[place].text, PAST, PARTICIPLE) if place < len(words) else ""
    told = base != "" and words[place].text != base and base in lexicon.claims
    told = told and base not in lexicon.sets["found_out"]
    return told and texts(words, place + 1, 1) not in (["that"], ["no"])


def _ends(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    sets, text, following = lexicon.sets, words[place].text, texts(words, place + 1, 2)
    after = following[0] if following else ""
    if text == "'" or text in _CUTS and not (text == ":" and after[:1].isdigit()):
        return True
    if text.startswith(("http", "www.")) or text in sets["clause_ends"]:
        return True
    if text == "-" and words[place].start > words[place - 1].end:
        return True
    if not after:
        return False
    if text == "that":
        return after == "'s"
    if text == "so":
        return after in sets["reasons"]
    if text == ",":
        return after in sets["new_clause"] or _begins_anew(words, place + 1, lexicon)
    if text in ("and", "or"):
        staff = after in sets["whose"] and following[1:] and following[1] in sets["staff"]
        other = after in sets["somebody_else"] or after in sets["goes_on"]
        other = other or len(following) > 1 and following[1] in sets["we"]
        when = after in ("yesterday", "today", "now", "then", "since", "also")
        return bool(staff) or other or _begins_anew(words, place + 1 + when, lexicon)
    if text in sets["waiting"]:
        return True
    return (text in sets["we"] or text == "they") and after in sets["begins"]


def _begins_anew(words: Sentence, place: int, lexicon: Lexicon) -> bool:
    """Whether something else does or is something from here on: "… and a new bill will be issued"."""
    opens = words[place].text
    if opens not in lexicon.sets["articles"] and opens not in "£$€₹" and not opens[:1].isdigit():
        return False
    for n in range(place + 2, min(place + 8, len(words))):
        if words[n].text in lexicon.sets["goes_on"]:
            return True
        bare = words[n].text.replace(".", "").replace(",", "")
        if not (bare.isalnum() or words[n].text in ("-", "'", "'s", "/")):
            return False
    return False


def past_manner(words: Sentence, place: int, lexicon: Lexicon) -> int:
    """Past adverbs of every kind: "already carefully"."""
    known = lexicon.sets["manner"]
    while place < len(words):
        text = words[place].text
        in_ly = text.endswith("ly") and text not in lexicon.sets["verbs_in_ly"]
        if text in ("not", "be") or not (text in known or in_ly):
            break
        place += 1
    return place
