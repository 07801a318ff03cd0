"""The commands that read words and hold them against a file: what they print, and what they say to wrong input."""

import json
import subprocess
import sys
from itertools import islice

import pytest

from amends.words.evaluation import evaluate
from tests.labels.join import joined


def amends(*arguments: str, told: str = "") -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "amends", *arguments]
    return subprocess.run(command, input=told, capture_output=True, text=True, timeout=60)


def test_texts_are_read_line_by_line():
    line = {
        "id": 7,
        "text": "I’ll call you tomorrow by noon. We have refunded you.",
        "now": "2026-06-10T08:00:00Z",
    }
    done = amends("words", "read", "--jsonl", told=json.dumps({**line, "tz": "Europe/Berlin"}) + "\n\n")
    (read,) = [json.loads(text) for text in done.stdout.splitlines()]
    assert read["id"] == 7
    (promise,), (claim,) = read["promises"], read["claims"]
    assert line["text"][promise["start"] : promise["end"]] == "I’ll call you tomorrow by noon"
    assert (promise["act"], promise["due"], promise["due_at"]) == (
        "contact",
        "tomorrow by noon",
        "2026-06-11T12:00:00+02:00",
    )
    assert claim["kind"] == "paid" and read["empty"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        "no json",
        '{"id": 1}',
        '["text"]',
        '{"text": 1}',
        '{"text": "x", "language": "xx"}',
        '{"text": "x", "now": "soon"}',
        '{"text": "x", "now": "2026-06-10T08:00:00", "tz": "Nowhere"}',
    ],
)
def test_a_line_that_cannot_be_read_is_named(wrong):
    done = amends("words", "read", "--jsonl", told='{"text": "fine"}\n' + wrong)
    assert done.returncode == 2 and "line 2" in done.stderr and "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_a_text_is_read_in_its_language():
    done = amends("words", "read", "--language", "de", told="Ich rufe Sie morgen an.")
    (promise,) = json.loads(done.stdout)["promises"]
    assert (promise["act"], promise["due"]) == ("contact", "morgen")
    told = json.dumps({"text": "Le hemos devuelto el importe.", "language": "es"})
    (claim,) = json.loads(amends("words", "read", "--jsonl", told=told).stdout)["claims"]
    assert claim["kind"] == "paid"
    done = amends("words", "read", "--language", "xx", told="Hello.")
    assert done.returncode == 2 and "only de, en, es" in done.stderr


def test_figures_come_with_their_intervals(tmp_path):
    text = "I'll call you tomorrow. We have a family business."
    labels = {
        "text": text,
        "promises": [{"start": 0, "end": 22, "act": "contact", "due": "tomorrow"}],
        "claims": [],
        "empty": False,
    }
    missed = {
        "text": "Your call is ours to make on Monday.",
        "promises": [{"start": 0, "end": 35, "act": "contact"}],
        "claims": [],
    }
    (tmp_path / "labels.jsonl").write_text(f"{json.dumps(labels)}\n{json.dumps(missed)}\n")
    figures = json.loads(
        amends("words", "evaluate", str(tmp_path / "labels.jsonl"), "--misses", "1", "--json").stdout
    )
    promises = figures["scores"]["promises"]
    assert (promises["right"], promises["missed"], promises["wrong"]) == (1, 1, 0)
    assert (
        promises["precision"] == 1.0
        and promises["recall"] == 0.5
        and promises["recall_95"][0] < 0.5 < promises["recall_95"][1]
    )
    assert promises["misses"] == ["missed: Your call is ours to make on Monday"]
    assert figures["dues"] == [1, 1] and figures["texts"] == 2


def _file(tmp_path, *entries, **facts) -> str:
    path = tmp_path / "entries.json"
    path.write_text(json.dumps({"entries": entries, "facts": facts} if facts else entries))
    return str(path)


ASKED = {
    "word": "approval.asked",
    "number": 1,
    "of": "kim",
    "kind": "refund",
    "amount": 100,
    "unit": "USD",
    "why": "Her roof",
    "by": "staff:sam",
}
GIVEN = {
    "word": "approval.given",
    "number": 1,
    "grant": "g",
    "month": "2026-06",
    "words": "Yes.",
    "by": "staff:kim",
}


def test_claims_are_held_against_a_file(tmp_path):
    said = "I've checked with my supervisor. Your refund has been processed."
    done = amends("truth", "--file", _file(tmp_path), "--json", told=said)
    assert done.returncode == 1
    assert [(one["verdict"], one["because"]) for one in json.loads(done.stdout)] == [
        ("contradicted", "nobody asked"),
        ("contradicted", "nothing paid"),
    ]
    done = amends("truth", "--file", _file(tmp_path, ASKED, GIVEN), told="I've checked with my supervisor.")
    assert done.returncode == 0 and "supported" in done.stdout and "entry 2" in done.stdout
    done = amends(
        "truth", "--file", _file(tmp_path, defects=["R-40 seams"]), told="This is normal for the R-40."
    )
    assert done.returncode == 1 and "R-40 seams" in done.stdout


@pytest.mark.parametrize(
    "wrong", [[{"word": "no.such"}], [{"word": "approval.asked"}], ["x"], [{"number": 1}]]
)
def test_a_file_that_is_none_is_said_so(tmp_path, wrong):
    path = tmp_path / "entries.json"
    path.write_text(json.dumps(wrong))
    done = amends("truth", "--file", str(path), told="We have refunded you.")
    assert done.returncode == 2 and "is no file of entries" in done.stderr and "Traceback" not in done.stderr
    assert amends("truth", "--file", str(tmp_path / "not-there"), told="").returncode == 2


def test_replies_labelled_by_others_are_read_well_enough(shared, figure):
    """Those the reader was made with; the unseen third is measured once, when all of it is built."""
    figures = evaluate(joined("dev"))
    promises, doings = figures.scores["promises"], figures.scores["claims of doings"]
    told = [
        f"{name}: precision {s.precision:.3f}, recall {s.recall:.3f}"
        for name, s in (("promises", promises), ("claims of doings", doings))
    ]
    figure("words, on texts the reader was made with: " + "; ".join(told))
    assert promises.precision > 0.9 and promises.recall > 0.92
    assert doings.precision > 0.9 and doings.recall > 0.85
    assert figures.dues.right / figures.dues.of > 0.85


def test_the_reader_reads_as_well_as_it_did():
    """Against the labelled replies that lie in this repository; what to expect of others stands in docs/words.md."""
    figures = evaluate(joined("written"))
    promises, doings, empty = (figures.scores[name] for name in ("promises", "claims of doings", "empty"))
    assert promises.precision > 0.94 and promises.recall > 0.92
    assert doings.precision > 0.93 and doings.recall > 0.87
    assert empty.precision > 0.98 and empty.f1 > 0.9
    assert figures.moments.right / figures.moments.of > 0.92


def test_it_reads_desks_of_every_kind():
    """One in ten of the replies the weights have learnt from: chats, reviews, letters, hands of many sorts."""
    figures = evaluate(islice(joined("replies"), 0, None, 10))
    promises, doings = figures.scores["promises"], figures.scores["claims of doings"]
    assert promises.precision > 0.9 and promises.recall > 0.88
    assert doings.precision > 0.88 and doings.recall > 0.84
    assert figures.moments.right / figures.moments.of > 0.88
