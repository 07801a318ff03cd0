"""How well the reader reads: its findings held against labels somebody else has made, by `labelling.md`.

A finding is the labelled one when each covers more than half of the shorter of the two. Intervals are Wilson's, at 95 %.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import sqrt
from typing import Any, NamedTuple

from amends.words.reading import Reading, read

DOINGS = frozenset(
    ["consulted", "passed_on", "paid", "sent", "booked", "fixed", "noted", "investigated", "doing"]
)
KINDS = ("promises", "claims of doings", "other claims", "fellow_feeling", "ending", "contempt", "empty")


class Score(NamedTuple):
    """What was rightly found, missed and wrongly found, and examples of both faults."""

    right: int = 0
    missed: int = 0
    wrong: int = 0
    misses: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.missed + self.wrong) if self.right else 0.0


class Share(NamedTuple):
    """So many of so many."""

    right: int = 0
    of: int = 0


class Figures(NamedTuple):
    scores: dict[str, Score]
    acts: Share  # promises found whose act is the labelled one
    conditions: Share
    dues: Share  # promises found with a due in the labels, whose words are the same
    moments: (
        Share  # of those with a moment in the labels, whose day is the same; and hour, where one is named
    )


def interval(right: int, of: int) -> tuple[float, float]:
    """Between which shares the true one lies, with 95 % confidence."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, right / of
    middle = share + z * z / (2 * of)
    around = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - around) / (1 + z * z / of)), min(1.0, (middle + around) / (1 + z * z / of))


def evaluate(labelled: Iterable[dict[str, Any]], language: str = "en") -> Figures:
    """Read each text and count. An item holds `text`, its labels as `amends words read` prints them.

    `now` and `language` of an item are at will. A claim labelled `weak` may be found or not: it counts for neither.
    """
    scores = dict.fromkeys(KINDS, Score())
    shares = {name: Share() for name in ("act", "conditional", "due", "due_at")}
    for item in labelled:
        now = datetime.fromisoformat(item["now"]) if item.get("now") else None
        reading = read(item["text"], now, item.get("language", language))
        for kind, wanted, found in _sides(item, reading):
            pairs, missed, wrong = _paired(wanted, found)
            scores[kind] = _added(scores[kind], item["text"], len(pairs), missed, wrong)
            if kind == "promises":
                shares = _shared(shares, pairs)
        if item.get("empty") is not None:
            right, told = bool(item["empty"]), reading.empty
            faults = [item["text"]] if right != told else []
            scores["empty"] = _counted(
                scores["empty"], right and told, right and not told, told and not right, faults
            )
    return Figures(scores, shares["act"], shares["conditional"], shares["due"], shares["due_at"])


def _sides(item: dict, reading: Reading) -> Iterator[tuple[str, list[dict], list]]:
    """For each kind the labels and what was read. A claim read where another kind, or a weak one, is labelled counts for
    neither."""
    yield "promises", item.get("promises", []), list(reading.promises)
    claims = [c for c in item.get("claims", []) if not c.get("weak")]
    weak = [c for c in item.get("claims", []) if c.get("weak")]
    for kind, is_doing in (("claims of doings", True), ("other claims", False)):
        other = [c for c in claims if (c["kind"] in DOINGS) != is_doing]
        found = [c for c in reading.claims if (c.kind in DOINGS) == is_doing]
        found = [c for c in found if not any(_meet(o, c) for o in (*other, *weak))]
        yield kind, [c for c in claims if (c["kind"] in DOINGS) == is_doing], found
    for name in ("fellow_feeling", "ending", "contempt"):
        if name in item:
            yield name, item[name], list(getattr(reading, name))


def _meet(label: dict, found) -> bool:
    shared = min(label["end"], found.end) - max(label["start"], found.start)
    return shared > min(label["end"] - label["start"], found.end - found.start) / 2


def _paired(wanted: list[dict], found: list) -> tuple[list[tuple[dict, Any]], list[dict], list]:
    left, pairs, missed = list(found), [], []
    for label in wanted:
        match = next((each for each in left if _meet(label, each)), None)
        if match is None:
            missed.append(label)
        else:
            left.remove(match)
            pairs.append((label, match))
    return pairs, missed, left


def _added(score: Score, text: str, right: int, missed: list[dict], wrong: list) -> Score:
    faults = [f"missed: {text[label['start'] : label['end']]}" for label in missed]
    faults += [f"wrong: {text[each.start : each.end]}" for each in wrong]
    return _counted(score, right, len(missed), len(wrong), faults)


def _counted(score: Score, right: int, missed: int, wrong: int, faults: list[str]) -> Score:
    return Score(score.right + right, score.missed + missed, score.wrong + wrong, (*score.misses, *faults))


def _shared(shares: dict[str, Share], pairs) -> dict[str, Share]:
    """Of promises that were found: act, condition, words of the due, and the moment."""
    counted = dict(shares)

    def count(name: str, right: bool) -> None:
        counted[name] = Share(counted[name].right + right, counted[name].of + 1)

    for label, found in pairs:
        count("act", found.act in (label["act"], label.get("or_act")))
        count("conditional", found.conditional == bool(label.get("conditional")))
        if label.get("due"):
            count("due", _same_words(label["due"], found.due))
        if label.get("due_at"):
            count("due_at", _same_moment(label["due_at"], found.due_at))
    return counted


def _same_moment(wanted: str, found: datetime | None) -> bool:
    """The same day and hour; a label of the last minute of a day (23:59) names the day alone."""
    until = 10 if wanted[11:16] == "23:59" else 13
    return found is not None and found.isoformat()[:until] == wanted[:until]


def _same_words(one: str, other: str) -> bool:
    """The same but for a preposition."""
    longer, shorter = sorted((one.lower().split(), other.lower().split()), key=len, reverse=True)
    return bool(shorter) and longer[-len(shorter) :] == shorter and len(longer) - len(shorter) <= 2
