"""Learn the weights of the tagger from labelled replies. Needs PyTorch (2.13 was used), which nothing else here does.

    pip install torch && python -m tests.labels.learn

Takes the texts of `written` and `replies`, and of `dev` and `business` where ../shared is there. `drafted.jsonl` holds what
the grammar found in each when it had not yet learnt from it: so the weights learn how far the grammar may be believed with
texts nobody has shown it. What is measured with must never be among them.

    --without w9,k8   leave these sets out, to measure with them

Ten minutes on two cores. No two learnings give the same weights: those of the package, where the last rounds were run twice, and others
measured beside them lay within a point of each other, so measure before you replace them.
"""

import argparse
import json
import random
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from amends.words import features, tagger
from amends.words.grammar import grammar
from amends.words.plain import plain
from amends.words.reading import draft
from amends.words.sentences import sentences
from tests.labels.join import joined

HERE = Path(__file__).parent
WEIGHTS = HERE.parent.parent / "amends" / "words" / "en" / "tagger.npz"
NOT_OURS = "bt:"  # their licence wants its like: nothing that we ship may come of them
PARTS = ("written", "replies", "dev", "business")
WIDTH, DILATIONS = 128, (1, 2, 4, 1)
IN_A_ROW = 3  # the last rounds learn which tags stand in a row
EXAMPLES_COUNT, AT_LAST = (
    5,
    15,
)  # an example of the table weighs as much as so many replies; in the last rounds
UNSEEN = -100  # a token without a label
# How much likelier nothing is made, and how much less likely a beginning: rather nothing than something doubtful.
LEAN = {
    "": 0.4,
    "B-promise": -1.0,
    "B-doing": -0.5,
    "B-fact": -2.0,
    "B-ending": -3.0,
    "B-fellow_feeling": -0.5,
}
SPEECH = grammar("en")
NAMES = features.names(SPEECH.lexicon)
_PLACE = {name: place for place, name in enumerate(NAMES)}
_TAG = {tag: place for place, tag in enumerate(tagger.TAGS)}
_DRAFTED = {name: place for place, name in enumerate(tagger.DRAFTED)}


class Text:
    """A labelled text as the network takes it."""

    def __init__(self, item: dict, drafted: list):
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
        self._label(item)

    def some_sentences(self) -> "Text":
        """A few sentences in a row, as they might stand alone."""
        ends = [place for place, span in enumerate(self.spans) if span is None]
        first = random.randrange(len(ends)) if ends else 0
        last = min(len(ends), first + random.randint(1, 3)) - 1
        part = copy(self)
        here = slice(ends[first - 1] + 1 if first else 0, ends[last] + 1 if ends else 0)
        for name in (
            "tokens",
            "spans",
            "words",
            "marks",
            "drafted",
            "tags",
            "acts",
            "kinds",
            "waits",
        ):
            setattr(part, name, getattr(self, name)[here])
        return part if part.tokens else self

    def _label(self, item: dict) -> None:
        found = [(p["start"], p["end"], "promise", p) for p in item.get("promises", [])]
        found += [
            (c["start"], c["end"], "doing" if c["kind"] in tagger.DOINGS else "fact", c)
            for c in item.get("claims", [])
        ]
        for what in ("fellow_feeling", "ending"):
            found += [(each["start"], each["end"], what, {}) for each in item.get(what, [])]
        self.tags = torch.tensor([_TAG[tag] for tag in _tags(self.spans, [each[:3] for each in found])])
        many = len(self.spans)
        self.acts, self.kinds, self.waits = (torch.full((many,), UNSEEN) for _ in range(3))
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


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.known = nn.EmbeddingBag(len(NAMES), WIDTH, mode="sum")
        self.pieces = nn.EmbeddingBag(features.PIECES, WIDTH, mode="sum")
        self.drafted = nn.Embedding(len(tagger.DRAFTED), WIDTH, padding_idx=0)
        for table in (self.known, self.pieces, self.drafted):
            nn.init.normal_(table.weight, 0, 0.1)
        with torch.no_grad():
            self.drafted.weight[0] = 0
        self.marks, self.norm = nn.Linear(5, WIDTH), nn.LayerNorm(WIDTH)
        self.convs = nn.ModuleList(
            nn.Conv1d(WIDTH, WIDTH, 3, padding=step, dilation=step) for step in DILATIONS
        )
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.drop = nn.Dropout(0.3)
        self.tags, self.acts = nn.Linear(WIDTH, len(tagger.TAGS)), nn.Linear(WIDTH, len(tagger.ACTS))
        self.kinds, self.waits = nn.Linear(WIDTH, len(tagger.KINDS)), nn.Linear(WIDTH, 1)
        self.follows = nn.Parameter(torch.zeros(len(tagger.TAGS), len(tagger.TAGS)))

    def forward(self, batch: dict) -> dict:
        shape = batch["inside"].shape
        inside = batch["inside"].unsqueeze(-1)
        hidden = self.marks(batch["marks"]) + self.drafted(batch["drafted"])
        hidden = hidden + self.known(*batch["known"]).view(*shape, -1)
        hidden = hidden + self.pieces(*batch["pieces"]).view(*shape, -1)
        hidden = self.drop(F.relu(self.norm(hidden))) * inside
        for conv, norm in zip(self.convs, self.norms, strict=True):
            made = F.relu(conv(hidden.transpose(1, 2)).transpose(1, 2))
            hidden = norm(hidden + self.drop(made)) * inside
        hidden = self.drop(hidden)
        heads = ("tags", "acts", "kinds", "waits")
        return {name: getattr(self, name)(hidden) for name in heads}


def _batch(texts: Sequence[Text], learning: bool) -> dict:
    longest = max(len(text.tokens) for text in texts)

    def padded(name: str, empty: int) -> torch.Tensor:
        made = torch.full((len(texts), longest), empty)
        for n, text in enumerate(texts):
            made[n, : len(text.tokens)] = getattr(text, name)
        return made

    batch = {name: padded(name, UNSEEN) for name in ("tags", "acts", "kinds", "waits")}
    batch["drafted"] = padded("drafted", 0)
    batch["inside"], batch["marks"] = torch.zeros(len(texts), longest), torch.zeros(len(texts), longest, 5)
    known, pieces = [], []
    for n, text in enumerate(texts):
        many = len(text.tokens)
        batch["inside"][n, :many], batch["marks"][n, :many] = 1, text.marks
        known += [_known(word) if _keeps(0.1, learning) else [] for word in text.words] + [[]] * (
            longest - many
        )
        pieces += [_pieces(word) if _keeps(0.25, learning) else [] for word in text.words]
        pieces += [[]] * (longest - many)
    if learning:  # now and then the grammar has said nothing
        batch["drafted"] = batch["drafted"] * (torch.rand(len(texts), 1) > 0.15)
    return batch | {"known": _bags(known), "pieces": _bags(pieces)}


def _keeps(less: float, learning: bool) -> bool:
    return not learning or random.random() > less


def _bags(listed: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    begins = np.cumsum([0, *(len(each) for each in listed[:-1])])
    return torch.tensor([one for each in listed for one in each], dtype=torch.long), torch.tensor(begins)


_words: dict[str, tuple[list[int], list[int]]] = {}


def _of(word: str) -> tuple[list[int], list[int]]:
    if word not in _words:
        names = sorted({_PLACE[name] for name in features.known(word, SPEECH.lexicon)})
        _words[word] = names, features.pieces(word)
    return _words[word]


def _known(word: str) -> list[int]:
    return _of(word)[0]


def _pieces(word: str) -> list[int]:
    return _of(word)[1]


def learnt(texts: Sequence[Text], examples: Sequence[Text], rounds: int, seed: int) -> Net:
    """A network that has gone through the texts so many times, and through the examples more often."""
    torch.manual_seed(seed)
    random.seed(seed)
    net = Net()
    _learn(net, [*texts, *EXAMPLES_COUNT * examples], rounds - IN_A_ROW, 2e-3, False)
    _learn(net, [*texts, *AT_LAST * examples], IN_A_ROW, 7e-4, True)
    return net.eval()


def _learn(net: Net, texts: list[Text], rounds: int, pace: float, in_a_row: bool) -> None:
    ways = torch.optim.AdamW(net.parameters(), lr=pace, weight_decay=0.02)
    steps = rounds * (len(texts) // 16 + 1)
    slower = torch.optim.lr_scheduler.LambdaLR(ways, lambda n: min(1, n / 100) * max(0.01, 1 - n / steps))
    net.train()
    for _ in range(rounds):
        random.shuffle(texts)
        for first in range(0, len(texts), 16):
            some = texts[first : first + 16]
            batch = _batch([text.some_sentences() if random.random() < 0.2 else text for text in some], True)
            loss = _loss(net, net(batch), batch, in_a_row)
            ways.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            ways.step()
            slower.step()


def _loss(net: Net, out: dict, batch: dict, in_a_row: bool) -> torch.Tensor:
    total = _missed(out["tags"], batch["tags"])
    if in_a_row:
        total = 0.3 * total + _unlikely(out["tags"], batch["tags"], net.follows)
    for name in ("acts", "kinds"):
        if (batch[name] >= 0).any():
            total = total + 0.3 * _missed(out[name], batch[name])
    told = batch["waits"] >= 0
    if told.any():
        total = total + 0.3 * _bce(out["waits"].squeeze(-1)[told], batch["waits"][told].float())
    return total


_bce = F.binary_cross_entropy_with_logits
_MAY = torch.tensor(tagger.follows())


def _unlikely(out: torch.Tensor, tags: torch.Tensor, follows: torch.Tensor) -> torch.Tensor:
    """How unlikely the labelled tags are among all that may stand in a row (a chain of conditional random fields)."""
    inside, ways = tags != UNSEEN, follows + _MAY.clamp(min=-1e4)
    held = tags.clamp(min=0)
    right = out.gather(-1, held.unsqueeze(-1)).squeeze(-1) * inside
    right = right.sum(1) + (ways[held[:, :-1], held[:, 1:]] * inside[:, 1:]).sum(1)
    begins = torch.tensor([-1e4 if tag.startswith("I") else 0.0 for tag in tagger.TAGS])
    sums = out[:, 0] + begins
    for place in range(1, out.shape[1]):
        ahead = torch.logsumexp(sums.unsqueeze(2) + ways, 1) + out[:, place]
        sums = torch.where(inside[:, place, None], ahead, sums)
    return (torch.logsumexp(sums, 1) - right).sum() / inside.sum()


def _missed(out: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(out.flatten(0, 1), wanted.flatten(), ignore_index=UNSEEN)


def weights_of(net: Net) -> dict[str, np.ndarray]:
    """The arrays as `Tagger` takes them, half as exact."""

    def half(tensor: torch.Tensor) -> np.ndarray:
        return tensor.detach().numpy().astype(np.float16)

    made = {"names": np.array(NAMES), "dilations": np.array(DILATIONS)}
    made |= {name: half(getattr(net, name).weight) for name in ("known", "pieces", "drafted")}
    for name in ("marks", "tags", "acts", "kinds", "waits"):
        layer = getattr(net, name)
        made |= {f"{name}.weight": half(layer.weight.T), f"{name}.bias": half(layer.bias)}
    made |= {"norm.weight": half(net.norm.weight), "norm.bias": half(net.norm.bias)}
    for n, (conv, norm) in enumerate(zip(net.convs, net.norms, strict=True)):
        made |= {f"conv{n}.weight": half(conv.weight.permute(2, 1, 0)), f"conv{n}.bias": half(conv.bias)}
        made |= {f"norm{n}.weight": half(norm.weight), f"norm{n}.bias": half(norm.bias)}
    made["follows"], made["lean"] = (
        half(net.follows),
        np.array([LEAN.get(tag, 0) for tag in tagger.TAGS], np.float16),
    )
    return made


def texts_of(without: Iterable[str]) -> list[Text]:
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


def _examples() -> Iterator[Text]:
    """The table of English, sentence by sentence; what a row says nothing about is as the grammar reads it."""
    table = tomllib.loads((WEIGHTS.parent / "examples.toml").read_text(encoding="utf-8"))
    rows = [(text, "promises", says) for text, says in table["promises"]]
    rows += [(text, "promises", "") for text in table["none"]]
    rows += [(text, "claims", says) for text, says in table["claims"]]
    rows += [(text, "claims", "") for text in table["no_claim"]]
    for name in ("fellow_feeling", "ending"):
        rows += [(text, name, name) for text in table[name]] + [
            (text, name, "") for text in table[f"no_{name}"]
        ]
    for text in table["empty"]:
        yield Text({"text": text}, [])
    for text in table["not_empty"]:
        yield Text({"text": text} | _read(text), _places(_read(text)))
    for text, name, says in rows:
        if len(list(sentences(plain(text, SPEECH.writing.letters), SPEECH.writing))) != 1:
            continue
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


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--without", default="")
    asked.add_argument("--rounds", type=int, default=14)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--to", type=Path, default=WEIGHTS)
    told = asked.parse_args()
    torch.set_num_threads(told.threads)
    texts = texts_of(told.without.split(","))
    began = time.monotonic()
    net = learnt(texts, list(_examples()), told.rounds, 0)
    np.savez_compressed(told.to, **weights_of(net))
    print(f"learnt from {len(texts)} texts in {time.monotonic() - began:.0f} s: {told.to}")


if __name__ == "__main__":
    main()
