"""Each language against its own table, and what nobody may do to a reader: hide words from it, or make it run for ever."""

import random
import time
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from amends.words.drafting import Draft, letter
from amends.words.grammar import grammar
from amends.words.languages import data
from amends.words.phrases import blames
from amends.words.plain import plain
from amends.words.reading import read
from amends.words.revision import revise
from amends.words.sentences import sentences
from amends.words.stance import stance
from amends.words.tagger import Heard

NOW = datetime(2026, 6, 10, 10)  # a Wednesday
FOLDER = Path(__file__).parent.parent
TABLES = {
    path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in FOLDER.glob("*/examples.toml")
}


def _rows(name: str):
    return [
        (language, *([row] if isinstance(row, str) else row))
        for language, table in TABLES.items()
        for row in table[name]
    ]


@pytest.mark.parametrize(("language", "text", "says"), _rows("promises"))
def test_promises(language, text, says):
    assert [("~" if p.conditional else "") + p.act for p in read(text, language=language).promises] == [says]


@pytest.mark.parametrize(("language", "text"), _rows("none"))
def test_what_is_no_promise(language, text):
    assert read(text, language=language).promises == ()


@pytest.mark.parametrize(("language", "text", "says"), _rows("claims"))
def test_claims(language, text, says):
    assert [claim.kind for claim in read(text, language=language).claims] == [says]


@pytest.mark.parametrize(("language", "text"), _rows("no_claim"))
def test_what_is_no_claim(language, text):
    assert read(text, language=language).claims == ()


@pytest.mark.parametrize("name", ["acts", "claims", "receiving", "done_to"])
def test_a_pattern_of_english_stands_for_one_thing(name):
    listed = [
        " ".join(one.split()) for verbs in data("en", "words")[name].values() for one in verbs.split(",")
    ]
    assert all(listed) and len(listed) == len(set(listed))


@pytest.mark.parametrize("name", ["fellow_feeling", "ending", "contempt", "needs_time", "intervened"])
def test_marks(name):
    for language, text in _rows(name):
        assert getattr(read(text, language=language), name), text
    for language, text in _rows(f"no_{name}"):
        assert not getattr(read(text, language=language), name), text


@pytest.mark.parametrize(("language", "text", "says"), _rows("above"))
def test_who_is_named_in_a_claim(language, text, says):
    (claim,) = read(text, language=language).claims
    assert claim.above is says


@pytest.mark.parametrize(("language", "text", "due", "at"), _rows("due"))
def test_when_in_each_language(language, text, due, at):
    (promise,) = read(text, NOW, language).promises
    assert promise.due == due
    assert promise.due_at == (datetime.fromisoformat(at) if at else None)


def test_what_blames_the_customer():
    for language, text in _rows("blames"):
        assert blames(text, language), text
    for language, text in _rows("no_blames"):
        assert not blames(text, language), text


@pytest.mark.parametrize(("language", "text", "side"), _rows("stance"))
def test_whose_side_a_note_takes(language, text, side):
    assert stance(text, language) == side


def test_empty():
    for language, text in _rows("empty"):
        assert read(text, language=language).empty, text
    for language, text in _rows("not_empty"):
        assert not read(text, language=language).empty, text


@pytest.mark.parametrize(
    ("text", "due", "at"),
    [
        ("I'll call you tomorrow by noon.", "tomorrow by noon", "2026-06-11 12:00"),
        ("We'll refund it by Friday.", "by Friday", "2026-06-12 17:00"),
        ("We'll send it within 5 working days.", "within 5 working days", "2026-06-17 17:00"),
        ("You will hear from us within 24-48 hours.", "within 24-48 hours", "2026-06-12 10:00"),
        ("I will write on 12 May.", "on 12 May", "2027-05-12 17:00"),
        ("I'll ring you at 3pm.", "at 3pm", "2026-06-10 15:00"),
        ("We will call you at 6 p.m.", "at 6 p.m", "2026-06-10 18:00"),
        ("we'll call you at ten to six", "at ten to six", "2026-06-10 17:50"),
        ("we'll call you at five forty five", "at five forty five", "2026-06-10 17:45"),
        ("I'll email you on Friday 19 June at 15:30.", "on Friday 19 June at 15:30", "2026-06-19 15:30"),
        ("We will reply by the end of the month.", "by the end of the month", "2026-06-30 17:00"),
        ("We'll deliver by next Tuesday.", "by next Tuesday", "2026-06-16 17:00"),
        ("We'll ring within the hour.", "within the hour", "2026-06-10 11:00"),
        (
            "We'll have it sorted by close of business today.",
            "by close of business today",
            "2026-06-10 17:00",
        ),
        ("By Friday we will have replaced it.", "By Friday", "2026-06-12 17:00"),
        ("I'll call you at 3.30pm on Thursday.", "at 3.30pm on Thursday", "2026-06-11 15:30"),
        ("We'll send it by 2026-07-01.", "by 2026-07-01", "2026-07-01 17:00"),
        ("We'll visit you between 9 and 11 on Monday.", "between 9 and 11 on Monday", "2026-06-15 11:00"),
        ("I'll call you the day after tomorrow.", "the day after tomorrow", "2026-06-12 17:00"),
        ("I'll call you first thing in the morning.", "first thing in the morning", "2026-06-11 12:00"),
        ("We'll refund it within 48h.", "within 48h", "2026-06-12 10:00"),
        ("We'll reply within the next few days.", "within the next few days", None),
        ("We will reply by the end of business.", "by the end of business", "2026-06-10 17:00"),
        ("We will reply in the next hour.", "in the next hour", "2026-06-10 11:00"),
        ("We will reply in ten, I promise.", "in ten", "2026-06-10 10:10"),
        ("We will reply by 5 p.m. on 15 June.", "by 5 p.m. on 15 June", "2026-06-15 17:00"),
        ("Mr R. Roy will call you on 7 July.", "on 7 July", "2026-07-07 17:00"),
        ("I'll call you Friday at 3, not at 4.", "Friday at 3", "2026-06-12 15:00"),
        ("I'll call you at seven tomorrow.", "at seven tomorrow", "2026-06-11 07:00"),
        ("I'll call you at 7pm tomorrow.", "at 7pm tomorrow", "2026-06-11 19:00"),
        ("I'll call you at 6:30.", "at 6:30", "2026-06-10 18:30"),
        ("I'll call you at 9am.", "at 9am", "2026-06-11 09:00"),
        ("We'll visit you on Saturday from 10 to 11.", "on Saturday from 10 to 11", "2026-06-13 11:00"),
        ("We'll visit you tomorrow 12-4.", "tomorrow 12-4", "2026-06-11 16:00"),
        ("We will refund it on or before 23-07-2026.", "on or before 23-07-2026", "2026-07-23 17:00"),
        ("We will refund it by 4/5/2026.", "", None),  # in April, or in May
        (
            "We will call you tomorrow, Thursday 11 June, before 18:00.",
            "tomorrow, Thursday 11 June, before 18:00",
            "2026-06-11 18:00",
        ),
        ("We'll repay what was taken on 1 June by 20 June.", "by 20 June", "2026-06-20 17:00"),
        ("I'll see to it before September.", "before September", "2026-08-31 17:00"),
        ("I'll send it before the week is out.", "before the week is out", "2026-06-12 17:00"),
        ("You'll hear from Priya before Friday is out.", "before Friday is out", "2026-06-12 17:00"),
        (
            "It will be fitted on the morning of Tuesday 16th.",
            "on the morning of Tuesday 16th",
            "2026-06-16 12:00",
        ),
        ("I'll see you on the 17th myself.", "on the 17th", "2026-06-17 17:00"),
        ("We'll visit you a week on Saturday.", "a week on Saturday", "2026-06-20 17:00"),
        ("We'll visit you on Friday fortnight.", "on Friday fortnight", "2026-06-26 17:00"),
        ("We will reply shortly.", "shortly", None),
        ("We will look into it.", "", None),
        ("I'll check March's second letter.", "", None),
    ],
)
def test_when(text, due, at):
    (promise,) = read(text, NOW).promises
    assert promise.due == due
    assert promise.due_at == (datetime.fromisoformat(at) if at else None)


def test_on_a_saturday_next_week_begins_on_monday():
    (promise,) = read("We will refund it by the end of next week.", datetime(2027, 1, 30, 10)).promises
    assert promise.due_at == datetime(2027, 2, 5, 17)


@pytest.mark.parametrize(
    "hidden",
    [
        "I ch\u200becked with my manager.",
        "I checked with my m\u0430nager.",
        "I checked\nwith my manager.",
        "I ch\u00adecked with my manager.",
        "Ｉ checked with my manager.",
        "I **checked** with my manager.",
        "I [checked](https://x.example/a) with my manager.",
        "I <b>checked</b> with my manager.",
        "I <checked> with my manager",
        "<I checked with my manager",
        "I checked[1] with my manager.",
        "I´ve checked with my manager.",
        '"I" checked with my manager.',
    ],
)
def test_hiding_a_claim_does_not_hide_it(hidden):
    (claim,) = read(hidden).claims
    assert claim.kind == "consulted"
    assert hidden[claim.start : claim.end].endswith("nager")


@pytest.mark.parametrize(
    "quoted",
    [
        "> I have checked with my manager.\n> Tom",
        "She wrote “I have checked with my manager” on Monday.",
        "You wrote this to us: “I have checked with my manager and he agrees.”",
        "> did you?\n> I have checked with my manager\n\nthe film is yours.",
    ],
)
def test_what_somebody_else_said_is_no_claim_of_ours(quoted):
    assert read(quoted).claims == ()


@pytest.mark.parametrize(
    "text",
    [
        'You wrote "see http://example.org/a" and I have checked with my manager.',
        'The 24" strip is cut. I have checked with my manager about the 36" one.',
        'It is 2" short, and I have checked with my manager. The other is 3" long.',
        'The 24"-strip is cut. I have checked with my manager about the 36" one.',
        'The 27 " screen is ours. I have checked with my manager. It is "as new".',
        'The 27 " screen is ours. I have checked with my manager about the 36" one.',
        "You took the “Plus plan. I have checked with my manager. The “Pro” plan stays.",
        'Our answer: "I have checked with my manager."',
        '"Hello Tom. I have checked with my manager. Yours, Anna"',
        "> where is my refund\n\nI have checked with my manager.",
        "See https://x.example/a. I have checked with my manager.",
        "Hello Tom,<br>I have checked with my manager.",
    ],
)
def test_what_only_looks_quoted_is_ours(text):
    (claim,) = [claim for claim in read(text).claims if claim.kind == "consulted"]
    assert text[claim.start :].startswith("I have checked with my manager")


def test_an_accent_for_an_apostrophe_is_one():
    assert plain("I´ve", frozenset()).text == "i've"


@pytest.mark.parametrize(("sentences_of_it", "empty"), [(1, False), (4, True)])
def test_the_more_sentences_soothe_the_surer_is_it_empty(sentences_of_it, empty):
    told, found = letter("We value you. " * sentences_of_it, NOW), Draft()
    revise(found, told, Heard([], 3.0))
    assert found.empty is empty


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("We send a van with two men by Friday.", "by Friday"),
        ("We send a van, by Friday.", ""),
        ("We send a van if she comes by Friday.", ""),
        ("We send a van and the men come by Friday.", ""),
        ("We send a van with two men and no other thing that anybody wanted of us on Friday.", ""),
    ],
)
def test_a_day_in_the_same_clause_is_the_promises(text, due):
    told = letter(text, NOW)
    assert told.promise(told.sentences[0], 0, 4, "send", False, 0).due == due


@pytest.mark.parametrize(
    "text",
    [
        "The value of the older stock fell by a third last year.",
        "Concerns about the second phase come from the whole board.",
        "That was her concern last week, and the drawing does not answer it.",
        "Any time the pump runs for more than an hour, the fuse goes.",
    ],
)
def test_a_soothing_word_alone_makes_nothing_empty(text):
    assert not read(text, NOW).empty
    assert read("Any concern of yours is a concern of ours. We value you.", NOW).empty


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("I spoke with M. Roy about it.", 1),
        ("It is for you and I. We go on.", 2),
        ("At 5 p.m. on Friday.", 1),
        ("See https://x.example/a. We go on.", 2),
        ("> where is it\n\nwe go on.", 2),
        ("where is it\nwe go on.", 1),
        ("Hello.\n- One\n- Two", 3),
    ],
)
def test_where_a_sentence_ends(text, many):
    writing = grammar("en").writing
    assert len(list(sentences(plain(text, writing.letters), writing))) == many


def test_places_are_those_of_the_text_as_it_was_given():
    text = "Größe 👍🏽 — I’ll call you tomorrow."
    (promise,) = read(text, NOW).promises
    assert text[promise.start : promise.end] == "I’ll call you tomorrow"
    assert promise.due == "tomorrow"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n" * 10_000,
        "a" * 1_000_000,
        "will " * 200_000,
        "we " * 200_000,
        "we will call you " * 60_000,
        '"' * 100_000,
        "(" * 100_000,
        "." * 100_000,
        "مرحبا " * 20_000,
        "\u202e" * 10_000,
        "we have not heard of " * 20_000,
        "our terms " * 50_000,
        "a - b " * 50_000,
        "werden wir " * 90_000,
        "und le devolveremos, " * 50_000,
        "some people are " * 60_000,
        "Anna will " * 100_000,
        "it comes on friday " * 50_000,
        "we sent it and sent it and " * 40_000,
        "it has been sent and is being sent and " * 25_000,
        "I spoke (as said) with " * 40_000,
        "If you " * 100_000,
    ],
)
def test_no_text_makes_it_run_away(text):
    for language in TABLES:
        began = time.perf_counter()
        read(text, NOW, language)
        blames(text, language)
        assert time.perf_counter() - began < 10


def test_a_day_nobody_can_mean_is_no_moment():
    for said in ("within 99999999 days", "in 99999 months", "on 31 December 9999 at midnight"):
        (promise,) = read(f"We will call you {said}.", NOW).promises
        assert promise.due_at is None


def test_chance_makes_no_text_that_breaks_it():
    chance = random.Random(4)
    pieces = [
        "we",
        "will",
        "I",
        "'ve",
        "have",
        "been",
        "call",
        "you",
        "tomorrow",
        "by",
        "noon",
        "12",
        "May",
        "31",
        "February",
        "at",
        "25:99",
        ">",
        '"',
        "'",
        "-",
        "…",
        "\u200b",
        "\u202e",
        "👍",
        "if",
        "once",
        "you",
        ".",
        "?",
        "!",
        "\n",
        "\n\n",
        "refund",
        "sent",
        "is",
        "on",
        "its",
        "way",
        "idiot",
        "https://",
        "@x",
        "half",
        "past",
        "within",
        "99999999",
        "days",
        "wir",
        "werden",
        "erstatten",
        "bis",
        "Uhr",
        "12.06.",
        "le",
        "devolveremos",
        "el",
        "viernes",
        "y",
        "media",
    ]
    for _ in range(1_200):
        text = " ".join(chance.choice(pieces) for _ in range(chance.randrange(60)))
        reading = read(text, NOW, chance.choice(sorted(TABLES)))
        for found in (
            *reading.promises,
            *reading.claims,
            *reading.contempt,
            *reading.ending,
            *reading.fellow_feeling,
        ):
            assert 0 <= found.start < found.end <= len(text)
