"""What the grammar found in a letter, revised by the tagger."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import log

from amends.words.drafting import Draft, Letter, Place, clear_of, leads_on, places_of, soothes
from amends.words.features import Token
from amends.words.grammar import grammar
from amends.words.patterns import Span
from amends.words.sentences import Sentence, Word
from amends.words.tagger import FACTS, Heard, Tagged

_END = Token("")
# Told by how things stand, which the grammar sees more surely: "you are booked in".
_STATES = ("doing", "booked")
# Log odds of saying something: below the first a letter that soothes is empty; above the second a sentence is not, though
# the grammar holds it to soothe, and a letter of more such sentences only further above.
_NOTHING, _SOMETHING = -1.5, 1.5


def tokens(letter: Letter, draft: Draft) -> list[Token]:
    """The words of a letter as the tagger takes them, with what was drafted there, and an end behind each sentence."""
    words = [word for sentence in letter.sentences for word in (*sentence, None)]
    made, before = [], None
    for word, here in zip(words, _drafted_at(words, letter, draft), strict=True):
        if word is None:
            made.append(_END)
        else:
            tag = f"{'I' if here == before else 'B'}-{here[1]}" if here else ""
            made.append(Token(word.text, word.capital, word.quoted, tag))
        before = here if word else None
    return made


def _drafted_at(words: Sequence[Word | None], letter: Letter, draft: Draft) -> list[tuple[int, str] | None]:
    """For each word the drafted finding it stands in, the last where there are several: its number, and what it is."""
    read = draft.reading()
    found = [(each.start, each.end, f"promise {each.act}") for each in read.promises]
    found += [(each.start, each.end, each.kind) for each in read.claims]
    spans = {n: letter.text.given(word.start, word.end) for n, word in enumerate(words) if word}
    order = sorted(spans, key=lambda n: spans[n])
    ends, inside = [spans[n][1] for n in order], [None] * len(words)
    for number, (start, end, what) in enumerate(found):
        place = bisect_right(ends, start)
        while place < len(order) and spans[order[place]][0] < end:
            inside[order[place]] = number, what
            place += 1
    return inside


def revise(draft: Draft, letter: Letter, heard: Heard) -> None:
    """Put the promises and doings that were heard in the place of those drafted.

    What is so, how things stand, what is plain, feeling and endings stand beside as they were drafted.
    """
    speech = grammar(letter.language)
    plain = set(_plain(letter))
    stay = [
        claim
        for claim in draft.claims
        if claim.kind in (*FACTS, *_STATES) or (claim.start, claim.end) in plain
    ]
    draft.promises, draft.claims = [], []
    marks: dict[str, list[Place]] = {name: [] for name in draft.marks}
    for sentence, found in by_sentence(heard.found, letter):
        since = 0
        for each in found:
            inside = sentence[each.first : each.last]
            if inside[0].quoted or sum(word.quoted for word in inside) * 2 > len(inside):
                continue  # what somebody else said
            if speech.refuses(inside, each.what):
                continue
            if each.what == "promise":
                told = letter.promise(sentence, each.first, each.last, each.kind, each.waits, since)
                draft.promises.append(told)
            elif each.kind:
                draft.claims.append(letter.claim(sentence, each.first, each.last, each.kind))
            else:
                marks[each.what].append(letter.place(sentence, each.first, each.last))
            since = each.last
    draft.empty = _is_empty(draft, letter, heard)
    # Who needs more time has a move of its own.
    draft.promises = clear_of(draft.promises, draft.marks["needs_time"])
    draft.claims += clear_of(stay, places_of((*draft.claims, *draft.promises)))
    draft.claims.sort(key=lambda claim: claim.start)
    for name, places in marks.items():
        draft.marks[name] += places_of(clear_of([Span(*place) for place in places], draft.marks[name]))


def _plain(letter: Letter) -> Iterator[Place]:
    """Where a claim is plain as drafted: one word behind a colon ("Refund: paid."), all of "Your lamp was sent."."""
    for sentence in letter.sentences:
        last = len(sentence) - (sentence[-1].text in (".", "!"))
        if sentence[0].quoted or last < 3:
            continue
        if sentence[0].text == "your" and {word.text for word in sentence[2:4]} & {"was", "were"}:
            yield letter.place(sentence, 0, last)
        elif last < 7 and sentence[last - 2].text == ":":
            yield letter.place(sentence, last - 1, last)


def _is_empty(draft: Draft, letter: Letter, heard: Heard) -> bool:
    if draft.empty:
        own = sum(not sentence[0].quoted for sentence in letter.sentences)
        return heard.says < _SOMETHING + 2 * log(max(own, 1))
    return heard.says < _NOTHING and _only_soothes(letter)


def _only_soothes(letter: Letter) -> bool:
    """Whether some sentence soothes, and none leads on."""
    own = [sentence for sentence in letter.sentences if not sentence[0].quoted]
    return any(soothes(letter, sentence) for sentence in own) and not any(
        leads_on(letter, sentence) for sentence in own
    )


def by_sentence(heard: Sequence[Tagged], letter: Letter) -> Iterator[tuple[Sentence, list[Tagged]]]:
    """Each sentence with its findings, which have places of words in it."""
    begins, place = [], 0
    for sentence in letter.sentences:
        begins.append(place)
        place += len(sentence) + 1
    found: list[list[Tagged]] = [[] for _ in begins]
    for each in heard:
        nth = bisect_right(begins, each.first) - 1
        first, last = each.first - begins[nth], min(each.last - begins[nth], len(letter.sentences[nth]))
        if first < last:
            found[nth].append(each._replace(first=first, last=last))
    return zip(letter.sentences, found, strict=True)
