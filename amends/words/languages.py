"""The languages that are read: a folder each, with its words, times and phrases as data, and a table of examples."""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np

_HERE = Path(__file__).parent


@cache
def data(language: str, name: str) -> dict:
    """One file of a language. Raises KeyError for a language that is not read."""
    if language not in languages():
        raise KeyError(language)
    return tomllib.loads((_HERE / language / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def languages() -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in _HERE.glob("*/words.toml")))


def weights(language: str) -> dict[str, np.ndarray]:
    """What a tagger has learnt of a language: arrays by name."""
    with np.load(_HERE / language / "tagger.npz", allow_pickle=False) as told:
        return dict(told)
