"""Labelled texts as a network takes them: tokens, what the grammar drafted there, and what the labels say of each."""

import json
import random
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from pathlib import Path

import msgspec
import torch

from amends.words import features, tagger
from amends.words.grammar import grammar
from amends.words.plain import plain
from amends.words.reading import draft
from amends.words.sentences import sentences
from tests.labels.join import joined

HERE = Path(__file__).parent
EXAMPLES = HERE.parent.parent / "amends" / "words" / "en" / "examples.toml"
NOT_OURS = "bt:"  # their licence wants its like: nothing that we ship may come of them
PARTS = ("written", "replies", "sentences", "dev", "business", "mail")
UNSEEN = -100  # a token without a label
LABELS = ("tags", "acts", "kinds", "waits")
SPEECH = grammar("en")
_TAG = {tag: place for place, tag in enumerate(tagger.TAGS)}
_DRAFTED = {name: place for place, name in enumerate(tagger.DRAFTED)}


class Text:
    """A text with its tokens, and for each token its labels; UNSEEN where it has none.

    spans   where each token stands in the text; None for the end of a sentence
    says    1 if the text says something, 0 if it is empty, UNSEEN if nobody has told
    taught  what a teacher answers for each token, and for the whole (`says`); None without a teacher
    """

    def __init__(self, item: dict, drafted: Sequence[Sequence]):
        self.item = item
        text = plain(item["text"], SPEECH.writing.letters)
        tokens, self.spans = [], []
        for sentence in sentences(text, SPEECH.writing):
            for word in sentence:
                tokens.append(features.Token(word.text, word.capital, word.quoted))
                self.spans.append(text.given(word.start, word.end))
            tokens.append(features.Token(""))
            self.spans.append(None)
        inside = _tags(self.spans, [(start, end, what) for start, end, what in drafted])
        self.tokens = [token._replace(drafted=tag) for token, tag in zip(tokens, inside, strict=True)]
        self.words = [features.seen(token.text) for token in self.tokens]
        self.marks = torch.tensor([features.marks(token) for token in self.tokens])
        self.drafted = torch.tensor([_DRAFTED[token.drafted] for token in self.tokens])
        ends = torch.tensor([0, *(span is None for span in self.spans[:-1])], dtype=torch.long)
        self.sentence = ends.cumsum(0)[: len(self.spans)]
        self.says = float(UNSEEN if item.get("empty") is None else not item["empty"])
        self.taught: torch.Tensor | None = None
        self.taught_says = 0.0
        self._label(item)

    def some_sentences(self) -> "Text":
        """A few sentences in a row, as they might stand alone."""
        ends = [place for place, span in enumerate(self.spans) if span is None]
        first = random.randrange(len(ends)) if ends else 0
        last = min(len(ends), first + random.randint(1, 3)) - 1
        part = copy(self)
        here = slice(ends[first - 1] + 1 if first else 0, ends[last] + 1 if ends else 0)
        for name in ("tokens", "spans", "words", "marks", "drafted", *LABELS):
            setattr(part, name, getattr(self, name)[here])
        if not part.tokens:
            return self
        part.sentence = self.sentence[here] - self.sentence[here][0]
        part.taught = self.taught[here] if self.taught is not None else None
        part.says = UNSEEN
        return part

    def _label(self, item: dict) -> None:
        found = [(p["start"], p["end"], "promise", p) for p in item.get("promises", [])]
        found += [
            (c["start"], c["end"], "doing" if c["kind"] in tagger.DOINGS else "fact", c)
            for c in item.get("claims", [])
        ]
        for what in ("fellow_feeling", "ending"):
            found += [(each["start"], each["end"], what, {}) for each in item.get(what, [])]
        many = len(self.spans)
        self.tags, self.acts, self.kinds, self.waits = (torch.full((many,), UNSEEN) for _ in LABELS)
        if item.get("promises") is None and item.get("empty") is None:
            return  # nobody has labelled it
        tags = _tags(self.spans, [each[:3] for each in found])
        self.tags = torch.tensor([_TAG[tag] for tag in tags], dtype=torch.long)
        for start, end, what, label in found:
            here = [n for n, span in enumerate(self.spans) if span and span[0] < end and start < span[1]]
            if what == "promise":
                self.acts[here] = tagger.ACTS.index(label["act"])
                self.waits[here] = int(bool(label.get("conditional")))
            elif "kind" in label:
                self.kinds[here] = tagger.KINDS.index(label["kind"])


def _tags(spans: Sequence[tuple[int, int] | None], found: Iterable[tuple[int, int, str]]) -> list[str]:
    """B-, I- or nothing for each token."""
    tags = [""] * len(spans)
    for start, end, what in found:
        here = [n for n, span in enumerate(spans) if span and span[0] < end and start < span[1]]
        for nth, place in enumerate(here):
            tags[place] = f"{'I' if nth and here[nth - 1] == place - 1 else 'B'}-{what}"
    for place, tag in enumerate(tags):  # what another finding has cut in two begins anew
        if tag.startswith("I") and tags[place - 1][1:] != tag[1:]:
            tags[place] = f"B{tag[1:]}"
    return tags


def labelled(without: Iterable[str] = ()) -> list[Text]:
    """The texts to learn from, but for the sets that are left out."""
    lines = (HERE / "drafted.jsonl").read_text(encoding="utf-8").splitlines()
    drafted = {told["id"]: told["drafted"] for told in map(json.loads, lines)}
    aside = (*(f"{name}:" for name in without if name), NOT_OURS)
    items = (item for part in PARTS for item in joined(part))
    return [
        Text(item, drafted[item["id"]])
        for item in items
        if item["id"] in drafted and not item["id"].startswith(aside)
    ]


def padded(texts: Sequence[Text], name: str, empty: int) -> torch.Tensor:
    """A list of each text's tokens, all as long as the longest."""
    made = torch.full((len(texts), max(len(text.tokens) for text in texts)), empty)
    for n, text in enumerate(texts):
        made[n, : len(text.tokens)] = getattr(text, name)
    return made


def batch(texts: Sequence[Text], learning: bool) -> dict[str, torch.Tensor]:
    """What every network here is given of some texts, and their labels."""
    made = {name: padded(texts, name, UNSEEN) for name in LABELS}
    made |= {"drafted": padded(texts, "drafted", 0), "sentence": padded(texts, "sentence", 0)}
    shape = made["drafted"].shape
    made |= {"inside": torch.zeros(shape), "marks": torch.zeros(*shape, 5)}
    for n, text in enumerate(texts):
        many = len(text.tokens)
        made["inside"][n, :many], made["marks"][n, :many] = 1, text.marks
    made["says"] = torch.tensor([text.says for text in texts])
    if learning:  # now and then the grammar has said nothing
        made["drafted"] = made["drafted"] * (torch.rand(len(texts), 1) > 0.15)
    return made


def alike(every: Sequence[Text], at_once: int) -> Iterator[list[Text]]:
    """The texts in a new order, so many at once, those of a like length together."""
    every, made = random.sample(every, len(every)), []
    for first in range(0, len(every), 16 * at_once):
        some = sorted(every[first : first + 16 * at_once], key=lambda text: len(text.tokens))
        made += [some[n : n + at_once] for n in range(0, len(some), at_once)]
    random.shuffle(made)
    yield from made


def said(told: torch.Tensor, given: dict[str, torch.Tensor]) -> torch.Tensor:
    """How surely each text says something, of a number for each token: one sentence that does is enough."""
    sentence, inside = given["sentence"], given["inside"]
    shape = len(told), int(sentence.max()) + 1
    total = torch.zeros(shape).scatter_add(1, sentence, told * inside)
    many = torch.zeros(shape).scatter_add(1, sentence, inside)
    return torch.logsumexp((total / many.clamp(min=1)).masked_fill(many == 0, -1e4), 1)


def examples() -> Iterator[Text]:
    """The table of English, sentence by sentence; what a row says nothing about is as the grammar reads it."""
    table = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    rows = [(text, "promises", says) for text, says in table["promises"]]
    rows += [(text, "promises", "") for text in table["none"]]
    rows += [(text, "claims", says) for text, says in table["claims"]]
    rows += [(text, "claims", "") for text in table["no_claim"]]
    for name in ("fellow_feeling", "ending"):
        rows += [(text, name, name) for text in table[name]] + [
            (text, name, "") for text in table[f"no_{name}"]
        ]
    for text in table["empty"]:
        yield Text({"text": text, "empty": True}, [])
    for text in table["not_empty"]:
        yield Text({"text": text, "empty": False} | _read(text), _places(_read(text)))
    for text, name, says in rows:
        many = sum(1 for _ in sentences(plain(text, SPEECH.writing.letters), SPEECH.writing))
        if says and many != 1:
            continue  # nobody has said which of them it is
        item = _read(text) | {"text": text}
        drafted = _places(item)
        found = {"start": 0, "end": len(text.rstrip(".!")), "act": says.lstrip("~"), "kind": says}
        held = [each for each in item[name] if says.lstrip("~") == each.get("act", each.get("kind", name))]
        item[name] = held or [found | {"conditional": says[:1] == "~"}] if says else []
        yield Text(item, drafted)


def _read(text: str) -> dict:
    read = msgspec.to_builtins(draft(text))
    return {name: read[name] for name in ("promises", "claims", "fellow_feeling", "ending")}


def _places(read: dict) -> list[tuple[int, int, str]]:
    found = [(each["start"], each["end"], f"promise {each['act']}") for each in read["promises"]]
    return found + [(each["start"], each["end"], each["kind"]) for each in read["claims"]]
