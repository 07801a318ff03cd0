"""Learn the weights of the tagger from labelled replies, and from what a teacher says of many more texts.

    pip install torch && python -m tests.labels.learn --taught answers.pt

Takes the texts of `written` and `replies`, and of `dev` and `business` where ../shared is there. `drafted.jsonl` holds what
the grammar found in each when it had not yet learnt from it: so the weights learn how far the grammar may be believed with
texts nobody has shown it. What is measured with must never be among them. `tests.labels.teach` makes the answers; without
them the labels alone are learnt, which is worth a point or two less.

    --without w9,k8   leave these sets out, to measure with them

Twenty minutes on two cores, forty more for the answers. No two learnings give the same weights: others lay within a point
of those of the package, so measure before you replace them. PyTorch 2.13 was used, which nothing else here needs.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from amends.words import features, tagger
from tests.labels import texts
from tests.labels.rounds import go_through
from tests.labels.texts import LABELS, SPEECH, UNSEEN, Text

WEIGHTS = texts.EXAMPLES.parent / "tagger.npz"
WIDTH, DILATIONS = 192, (1, 2, 4, 1)
ROUNDS, IN_A_ROW = 7, 3  # the last rounds learn which tags stand in a row
EXAMPLES_COUNT, AT_LAST = (
    5,
    15,
)  # an example of the table weighs as much as so many replies; in the last rounds
BELIEVED = 0.5  # how much the teacher counts beside the label of a text that has one
# How much likelier nothing is made, and how much less likely a beginning: rather nothing than something doubtful.
LEAN = {
    "": 0.4,
    "B-promise": -2.0,
    "B-doing": -2.5,
    "B-fact": -2.0,
    "B-ending": -8.0,
    "B-fellow_feeling": -0.5,
}
NAMES = features.names(SPEECH.lexicon)
_PLACE = {name: place for place, name in enumerate(NAMES)}
_TOLD = np.cumsum(
    [0, len(tagger.TAGS), len(tagger.ACTS), len(tagger.KINDS), 1]
)  # where a teacher's answers begin


class Words:
    """Numbers for the words of the texts, with what the lexicon knows of each and the bins of its pieces."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.known: list[list[int]] = []
        self.pieces: list[list[int]] = []

    def number(self, word: str) -> int:
        if word not in self.numbers:
            self.numbers[word] = len(self.known)
            self.known.append(sorted({_PLACE[name] for name in features.known(word, SPEECH.lexicon)}))
            self.pieces.append(features.pieces(word))
        return self.numbers[word]


class Net(nn.Module):
    def __init__(self, words: Words):
        super().__init__()
        self.words = words
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
        self.drop = nn.Dropout(0.15)
        self.tags, self.acts = nn.Linear(WIDTH, len(tagger.TAGS)), nn.Linear(WIDTH, len(tagger.ACTS))
        self.kinds, self.waits = nn.Linear(WIDTH, len(tagger.KINDS)), nn.Linear(WIDTH, 1)
        self.says = nn.Linear(WIDTH, 1)
        self.follows = nn.Parameter(torch.zeros(len(tagger.TAGS), len(tagger.TAGS)))

    def forward(self, given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        inside = given["inside"].unsqueeze(-1)
        hidden = self.marks(given["marks"]) + self.drafted(given["drafted"]) + self._of_words(given["words"])
        hidden = self.drop(F.relu(self.norm(hidden))) * inside
        for conv, norm in zip(self.convs, self.norms, strict=True):
            made = F.relu(conv(hidden.transpose(1, 2)).transpose(1, 2))
            hidden = norm(hidden + self.drop(made)) * inside
        hidden = self.drop(hidden)
        answers = {name: getattr(self, name)(hidden) for name in LABELS}
        return answers | {"says": texts.said(self.says(hidden).squeeze(-1), given)}

    def _of_words(self, numbers: torch.Tensor) -> torch.Tensor:
        """What is made of each word by itself; now and then, in learning, without its letters or without the lexicon."""
        several, places = torch.unique(numbers, return_inverse=True)
        known = self.known(*_bags([self.words.known[n] for n in several.tolist()]))[places]
        pieces = self.pieces(*_bags([self.words.pieces[n] for n in several.tolist()]))[places]
        if not self.training:
            return known + pieces
        return known * _kept(numbers, 0.1) + pieces * _kept(numbers, 0.25)


def _bags(listed: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    begins = np.cumsum([0, *(len(each) for each in listed[:-1])])
    return torch.tensor([one for each in listed for one in each], dtype=torch.long), torch.tensor(begins)


def _kept(numbers: torch.Tensor, less: float) -> torch.Tensor:
    return (torch.rand(numbers.shape) > less).float().unsqueeze(-1)


def batch(some: Sequence[Text], words: Words) -> dict[str, torch.Tensor]:
    """Some texts as the network takes them, with their labels and what a teacher says of them.

    of_own   a text has labels        of_taught  a teacher has answered it
    """
    given = texts.batch(some, True)
    given["words"] = torch.zeros(given["drafted"].shape, dtype=torch.long)
    given["taught"] = torch.zeros(*given["drafted"].shape, int(_TOLD[-1]))
    for n, text in enumerate(some):
        given["words"][n, : len(text.words)] = torch.tensor([words.number(word) for word in text.words])
        if text.taught is not None:
            given["taught"][n, : len(text.words)] = text.taught.float()
    given["of_own"] = torch.tensor([bool((text.tags != UNSEEN).any()) for text in some])
    given["of_taught"] = torch.tensor([text.taught is not None for text in some])
    given["taught_says"] = torch.tensor([text.taught_says for text in some])
    return given


def learnt(own: Sequence[Text], table: Sequence[Text], others: Sequence[Text], rounds: int, seed: int) -> Net:
    """A network that has gone through all the texts so many times, and then through the labelled ones.

    own  labelled texts   table  the examples of the language   others  texts that only a teacher has answered
    """
    torch.manual_seed(seed)
    random.seed(seed)
    net = Net(Words())
    _learn(net, [*own, *EXAMPLES_COUNT * table, *others], rounds, 2e-3, False)
    _learn(net, [*own, *AT_LAST * table], IN_A_ROW, 7e-4, True)
    return net


def _learn(net: Net, every: list[Text], rounds: int, pace: float, in_a_row: bool) -> None:
    def loss_of(some: list[Text]) -> torch.Tensor:
        parts = [text.some_sentences() if random.random() < 0.15 else text for text in some]
        given = batch(parts, net.words)
        return _loss(net, net(given), given, in_a_row)

    go_through(
        net, every, rounds, torch.optim.AdamW(net.parameters(), lr=pace, weight_decay=0.02), loss_of, 2.0
    )


def _loss(net: Net, out: dict, given: dict, in_a_row: bool) -> torch.Tensor:
    own, total = given["of_own"], _from_teacher(out, given)
    if own.any():
        labels = given["tags"][own]
        missed = _missed(out["tags"][own], labels)
        if in_a_row:
            total = total + 0.15 * missed + 0.6 * _unlikely(out["tags"][own], labels, net.follows)
        else:
            total = total + (1 - BELIEVED) * own.float().mean() * missed
    for name in ("acts", "kinds"):
        if (given[name] >= 0).any():
            total = total + 0.2 * _missed(out[name], given[name])
    for name, weight in (("waits", 0.2), ("says", 0.1)):
        told = given[name] >= 0
        if told.any():
            total = total + weight * _bce(
                out[name].reshape(given[name].shape)[told], given[name][told].float()
            )
    return total


def _from_teacher(out: dict, given: dict) -> torch.Tensor:
    """How far the answers are from the teacher's: of a labelled text it counts but in part."""
    taught, inside = given["taught"], given["inside"] * given["of_taught"].unsqueeze(1)
    if not inside.any():
        return out["tags"].sum() * 0
    tags, acts, kinds, waits = (
        taught[..., first:last] for first, last in zip(_TOLD, _TOLD[1:], strict=False)
    )
    weigh = inside * torch.where(given["of_own"], BELIEVED, 1.0).unsqueeze(1)
    total = (_apart(out["tags"], tags) * weigh).sum() / given["inside"].sum()
    shares = tags.exp()
    promised = inside * sum(shares[..., n] for n, tag in enumerate(tagger.TAGS) if tag[2:] == "promise")
    claimed = inside * sum(
        shares[..., n] for n, tag in enumerate(tagger.TAGS) if tag[2:] in ("doing", "fact")
    )
    for name, told, where in (("acts", acts, promised), ("kinds", kinds, claimed)):
        total = total + 0.3 * (_apart(out[name], told) * where).sum() / (where.sum() + 1)
    sure = _bce(out["waits"].squeeze(-1), torch.sigmoid(waits.squeeze(-1)), reduction="none")
    total = total + 0.3 * (sure * promised).sum() / (promised.sum() + 1)
    whole = given["of_taught"] & ~given["of_own"] & (given["says"] == texts.UNSEEN)
    if whole.any():
        total = total + 0.1 * _bce(out["says"][whole], torch.sigmoid(given["taught_says"][whole]))
    return total


def _apart(out: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    return -(shares.exp() * torch.log_softmax(out, -1)).sum(-1)


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
    for name in ("marks", "tags", "acts", "kinds", "waits", "says"):
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


def taught(path: Path, own: Sequence[Text]) -> Iterator[Text]:
    """Give the texts what a teacher says of them, from a file of `teach.py`; the texts that nobody has labelled come out."""
    known = {text.item["text"]: text for text in own}
    for told in torch.load(path, weights_only=False):
        text = known.get(told["item"]["text"])
        if text is None:
            text = Text({"id": told["item"].get("id"), "text": told["item"]["text"]}, [])
            text.drafted = told["drafted"].long()
            yield text
        text.taught, text.taught_says = told["told"], told["says"]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--without", default="")
    asked.add_argument("--taught", type=Path, help="the answers of `tests.labels.teach`")
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--to", type=Path, default=WEIGHTS)
    told = asked.parse_args()
    torch.set_num_threads(told.threads)
    began = time.monotonic()
    own, table = texts.labelled(told.without.split(",")), list(texts.examples())
    others = list(taught(told.taught, [*own, *table])) if told.taught else []
    net = learnt(own, table, others, told.rounds, 0)
    np.savez_compressed(told.to, **weights_of(net))
    print(f"learnt from {len(own)} and {len(others)} texts in {time.monotonic() - began:.0f} s: {told.to}")


if __name__ == "__main__":
    main()
