"""Labels made by `labelling.md`, put together with the texts they are about, which stay in ../shared/data.

    python -m tests.labels.join dev > /tmp/dev.jsonl && amends words evaluate /tmp/dev.jsonl

`written`: 710 replies written for this by hands that had not seen the reader, texts and labels; the grammar and the weights have
learnt from all of them. `replies`: 9,470 more, labelled once, by whoever wrote each; only the weights and the days have learnt from
them. Both stand here whole. `drafted`: what the grammar found in each text when it had not yet learnt from it.

`sealed` and `sealed_again`: 270 and 300 replies to measure with: nobody looks into them, nothing learns from them. `lean`: 400 the weights have not learnt from,
by which it was chosen how readily they find.

`business`: labels of 585 more real texts (sentences of business mail, replies of companies), made once. `mail`: labels of 2,363
more such sentences, made once, which the weights learn from; `mail_held`: 584 that they do not. `sentences`: 1,526 sentences in their
manner, and of speech and posts, written and labelled by seven hands, most of which only look like promises and deeds; `sentences_held`: 308 more.

`dev` and `unseen`: 910 real texts (1,750 sentences): 520 replies of companies, 180 utterances of telephone operators, 210 sentences of business
mail. Two readers labelled each apart and agreed on 126 of 127 and 132 promises, 95 of 98 and 103 claims, 520 of 520 on
*empty*. Where they did not, the weaker reading stands. A third (`unseen`) was never looked at while the reader was made.
"""

import csv
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent.parent.parent / "shared" / "data"


def joined(part: str) -> Iterator[dict]:
    """The labels of a set with their texts. `dev`, `business`, `mail`, `mail_held` and `unseen` need ../shared; without it they are empty."""
    for line in (HERE / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        if "text" in label:
            yield label
        elif DATA.exists():
            yield {"id": label["id"], "text": _text(label["id"]), **label}


def _text(id: str) -> str:
    """`sr:12:final` is the last reply of conversation 12, `sr:12:0` its first turn; `bt:` and `ei:` count rows."""
    kind, number, *place = id.split(":")
    if kind != "sr":
        return _rows(kind)[int(number)]
    conversation = _conversations()[int(number)]
    return (
        conversation["final_agent_reply"]["text"]
        if place == ["final"]
        else conversation["turns"][int(place[0])]["text"]
    )


@cache
def _conversations() -> list[dict]:
    lines = (DATA / "support-replies" / "twitter_care_dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@cache
def _rows(kind: str) -> list[str]:
    name, column = {
        "bt": ("bt_calls_acts_train.csv", "utterance"),
        "ei": ("email_intent_train.csv", "sentence"),
    }[kind]
    with (DATA / "promises" / name).open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


if __name__ == "__main__":
    for item in joined(sys.argv[1]):
        print(json.dumps(item, ensure_ascii=False))
