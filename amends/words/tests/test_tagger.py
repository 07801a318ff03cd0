"""The tagger: what it is made of, that it holds together, and that hiding a claim does not hide it from the weights either."""

import json
from pathlib import Path

import numpy as np
import pytest

from amends.words import features, tagger
from amends.words.drafting import drafted, letter
from amends.words.features import Token
from amends.words.findings import Reading
from amends.words.grammar import grammar
from amends.words.languages import weights
from amends.words.reading import draft, read, why
from amends.words.revision import revise
from amends.words.tagger import Heard, Tagged

TEXT = "I spoke with Rosa at the yard and she has refunded you in full. I'll ring you on Friday at noon."


@pytest.fixture(scope="module")
def heard():
    return grammar("en").tagger


def test_the_weights_know_the_words_of_the_lexicon(heard):
    """Whoever adds a set or a kind to words.toml learns the weights again: `python -m tests.labels.learn`."""
    assert set(features.names(heard.lexicon)) == set(map(str, weights("en")["names"]))


def test_tags_stand_in_an_order_that_can_be(heard):
    told = [Token(word) for word in ("we", "have", "sent", "it", "and", "will", "call", "you")] * 9
    tags = tagger._best_path(
        np.random.default_rng(7).normal(size=(len(told), len(tagger.TAGS))), heard.follows
    )
    for before, tag in zip(
        ["", *(tagger.TAGS[n] for n in tags)], (tagger.TAGS[n] for n in tags), strict=False
    ):
        assert not tag.startswith("I") or before[1:] == tag[1:]


def test_nothing_and_one_word_are_letters_too(heard):
    assert heard.hear([]).found == [] and heard.hear([Token("hello")]).found == []
    assert heard.hear([Token(""), Token("")]).found == []


def test_the_grammar_is_heard_but_has_not_the_last_word():
    drafted, told = draft("Your manager sent us the form."), read("Your manager sent us the form.")
    assert told.promises == () and told.claims == () == drafted.claims
    assert [claim.kind for claim in read("ive binned it and baked you another one").claims]


def test_every_finding_hangs_on_words_of_its_own():
    found = why(TEXT)
    assert {what for _place, what, _words in found} >= {"doing consulted", "promise contact"}
    for place, _what, because in found:
        inside = TEXT[place.start : place.end].lower()
        assert because and all(word in inside or word in ("will", "i") for word in because)
    assert why("Wir haben den Betrag erstattet.", "de") == []  # there the frame says it


@pytest.mark.parametrize(
    "hidden",
    [
        "I sp\u200boke with my manager and she has refu\u00adnded you.",
        "I spоke with my mаnager and she has rеfunded you.",
        "I spoke\nwith my manager and she has\nrefunded you.",
    ],
)
def test_a_claim_that_is_hidden_is_heard(hidden):
    plain = read("I spoke with my manager and she has refunded you.")
    assert [claim.kind for claim in read(hidden).claims] == [claim.kind for claim in plain.claims] != []


def test_who_needs_more_time_promises_nothing_whatever_is_heard():
    told = letter("I'll need a little more time.")
    found = drafted(told)
    heard = Heard([Tagged(0, len(told.sentences[0]) - 1, "promise", "other")], 5.0)
    revise(found, told, heard)
    assert found.promises == [] and found.reading().needs_time


SOOTHING = (
    "Hello Ada, what a lovely letter, even the cross bits! We're a family of four and every cake is made with love. "
    "So sorry yours was not the treat it ought to be. Big hugs from all of us."
)


@pytest.mark.parametrize(
    "more", ["", "The oven was too hot that day.", "Ring me on 020 7946 0123.", "Shall I bake you another?"]
)
def test_a_letter_is_empty_that_soothes_and_says_nothing(more):
    assert read(f"{SOOTHING} {more}").empty == (not more)


def test_who_soothes_nobody_is_not_called_empty():
    for short in ("We have your letter.", "Mine is the red one, with the long handle."):
        assert not revised(short, says=-9.0).empty
    assert revised("Thanks for your kind words about the shop!", says=-9.0).empty


def revised(text: str, says: float) -> Reading:
    """What is read in a text of which the tagger hears no more than how much it says."""
    told = letter(text)
    found = drafted(told)
    revise(found, told, Heard([], says))
    return found.reading()


def test_a_day_right_behind_a_promise_is_its_day():
    told = letter("We will send you a sheet by Friday.")
    found = drafted(told)
    revise(found, told, Heard([Tagged(0, 6, "promise", "send")], 5.0))  # heard as far as "sheet"
    assert [promise.due for promise in found.promises] == ["by Friday"]


@pytest.mark.parametrize("name", ["unseen", "sealed", "sealed_again", "lean"])
def test_what_is_measured_with_was_not_learnt_from(name):
    labels = Path(__file__).parents[3] / "tests" / "labels"

    def ids(part: str) -> set[str]:
        lines = (labels / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
        return {json.loads(line)["id"] for line in lines}

    assert ids(name) and not ids("drafted") & ids(name)
