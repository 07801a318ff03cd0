"""The commands that read words of ours and hold them against a file: `amends words …`, `amends truth`."""

import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from amends.rules import entries
from amends.rules.entries import Offer
from amends.rules.truth import Claim, Facts, Line, Verdict, judge
from amends.rules.values import Text
from amends.words.evaluation import Score, evaluate, interval
from amends.words.gist import amounts, gist, stems
from amends.words.languages import languages
from amends.words.reading import read, why


def _is_read(language: str) -> bool:
    """Whether a language is read; what is, is said where it is not."""
    if language not in languages():
        print(f"amends: {language!r} is not read, only {', '.join(languages())}", file=sys.stderr)
    return language in languages()


def read_texts(arguments) -> int:
    """What is read in each text. With --jsonl one object a line; else the whole input is one text."""
    if not _is_read(arguments.language):
        return 2
    if arguments.why:
        text = sys.stdin.read()
        for place, what, because in why(text, arguments.language):
            print(f"{what}: “{text[place.start : place.end]}”: {', '.join(because)}")
        return 0
    if not arguments.jsonl:
        print(msgspec.json.encode(read(sys.stdin.read(), datetime.now(), arguments.language)).decode())
        return 0
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            text, now = told["text"], _moment_of(told)
            if not isinstance(text, str):
                raise TypeError("its text is no text")
            language = told.get("language") or arguments.language
            if language not in languages():
                raise ValueError(f"{language!r} is not read, only {', '.join(languages())}")
        except (ValueError, KeyError, TypeError) as wrong:
            print(f"amends: line {number} is not an object with a text: {wrong}", file=sys.stderr)
            return 2
        found = msgspec.to_builtins(read(text, now, language))
        print(json.dumps({**told, **found}, ensure_ascii=False))
    return 0


def evaluate_reader(arguments) -> int:
    """Precision, recall and speed per finding, with intervals; and the misses."""
    if not _is_read(arguments.language):
        return 2
    try:
        lines = arguments.labelled.read_text(encoding="utf-8").splitlines()
        items = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as wrong:
        print(f"amends: {arguments.labelled} cannot be read: {wrong}", file=sys.stderr)
        return 2
    figures = evaluate(items, arguments.language)
    shares = {name: list(getattr(figures, name)) for name in ("acts", "conditions", "dues", "moments")}
    scores = {kind: _row(score, arguments.misses) for kind, score in figures.scores.items()}
    speed = _speed(items, arguments.language)
    if arguments.json:
        print(json.dumps({"texts": len(items), "scores": scores, **shares, **speed}, ensure_ascii=False))
    else:
        _print_figures(len(items), scores, shares, speed)
    return 0


def _row(score: Score, misses: int) -> dict:
    return {
        "right": score.right, "missed": score.missed, "wrong": score.wrong,
        "precision": round(score.precision, 3), "recall": round(score.recall, 3), "f1": round(score.f1, 3),
        "precision_95": [round(end, 3) for end in interval(score.right, score.right + score.wrong)],
        "recall_95": [round(end, 3) for end in interval(score.right, score.right + score.missed)],
        "misses": score.misses[:misses],
    }  # fmt: skip


def _speed(items: list[dict], language: str) -> dict[str, float]:
    """Milliseconds for a text, as if of 120 words where it is longer: half of them within, and 95 of 100."""
    took = []
    for item in items:
        began = time.perf_counter()
        read(item["text"], None, item.get("language", language))
        took.append((time.perf_counter() - began) * 1000 * 120 / max(120, len(item["text"].split())))
    took.sort()
    if not took:
        return {}
    return {"p50_ms": round(took[len(took) // 2], 2), "p95_ms": round(took[int(len(took) * 0.95)], 2)}


def _print_figures(texts: int, scores: dict[str, dict], shares: dict, speed: dict) -> None:
    print(f"{texts:,} texts\n")
    print("| Finding | Right | Missed | Wrong | Precision (95 %) | Recall (95 %) | F1 |")
    print("|---|---:|---:|---:|---|---|---:|")
    for kind, row in scores.items():
        precision, recall = (
            "{:.3f} ({:.3f}–{:.3f})".format(row[n], *row[f"{n}_95"]) for n in ("precision", "recall")
        )
        counts = f"{row['right']} | {row['missed']} | {row['wrong']}"
        print(f"| {kind.replace('_', ' ')} | {counts} | {precision} | {recall} | {row['f1']:.3f} |")
    told = ", ".join(f"{name} {right} of {of}" for name, (right, of) in shares.items())
    print(f"\nOf promises found: {told}. A reply of 120 words: {speed}")
    for kind, row in scores.items():
        print(*(f"{kind}: {miss}" for miss in row["misses"]), sep="\n", end="\n" if row["misses"] else "")


def judge_claims(arguments) -> int:
    """A verdict on each claim, and the entry that says so or what is missing. Exit 1 when one is contradicted."""
    if not _is_read(arguments.language):
        return 2
    try:
        told = json.loads(arguments.file.read_text(encoding="utf-8"))
        told = told if isinstance(told, dict) else {"entries": told}
        lines = _lines_of(told["entries"])
        facts = msgspec.convert(told.get("facts", {}), Facts)
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError) as wrong:
        print(f"amends: {arguments.file} is no file of entries: {wrong}", file=sys.stderr)
        return 2
    text, verdicts = sys.stdin.read(), []
    facts = replace(facts, told={line.number: stems(" ".join(_words_in(line.entry))) for line in lines})
    for claim in read(text, None, arguments.language).claims:
        said = text[claim.start : claim.end]
        about = gist(said, arguments.language)
        told = Claim(claim.kind, claim.above, stems(said), about, amounts(said))
        judged = judge(told, lines, facts, arguments.writer)
        found = {
            "start": claim.start,
            "end": claim.end,
            "kind": claim.kind,
            "text": text[claim.start : claim.end],
        }
        because = {
            "verdict": judged.verdict,
            "because": judged.because,
            "entry": judged.entry,
            "what": judged.what,
        }
        verdicts.append(found | because)
        if not arguments.json:
            by = f" (entry {judged.entry})" if judged.entry else f" ({judged.what})" if judged.what else ""
            print(f"{judged.verdict}: “{found['text']}”: {judged.because}{by}")
    if arguments.json:
        print(json.dumps(verdicts, ensure_ascii=False))
    return int(any(one["verdict"] == Verdict.CONTRADICTED for one in verdicts))


def _lines_of(listed: list[dict]) -> list:
    """Entries as plain objects: a word and its facts; `at`, `by` and `line` at will. Texts may be plain strings."""

    known = [
        kind for kind in vars(entries).values() if isinstance(kind, type) and issubclass(kind, entries.Entry)
    ]
    by_word = {kind.__struct_config__.tag: kind for kind in known if kind is not entries.Entry}
    lines = []
    for place, told in enumerate(listed, 1):
        word = told.get("word") if isinstance(told, dict) else told
        kind = by_word.get(word) if isinstance(word, str) else None
        if kind is None:
            raise ValueError(f"entry {place}: {word!r} is no word of the record")
        own = {field.encode_name for field in msgspec.structs.fields(kind)} | {"word"}
        try:
            entry = msgspec.convert({k: v for k, v in _plain_texts(kind, told).items() if k in own}, kind)
        except msgspec.ValidationError as wrong:
            raise ValueError(f"entry {place} ({told['word']}): {wrong}") from None
        at = told.get("at") if "at" not in own else told.get("written_at")
        moment = datetime.fromisoformat(at) if at else None
        lines.append(Line(int(told.get("line", place)), entry, moment, told.get("by", "")))
    return lines


def _words_in(thing) -> Iterator[str]:
    """Every plain text in an entry."""
    for field in msgspec.structs.fields(thing):
        value = getattr(thing, field.name)
        if isinstance(value, Text):
            yield value.plain
        elif isinstance(value, msgspec.Struct):
            yield from _words_in(value)


def _plain_texts(kind: type, told: dict) -> dict:
    """Strings where the entry has a text, also within an offer."""

    made = dict(told)
    for field in msgspec.structs.fields(kind):
        value = made.get(field.encode_name)
        if field.type is Text and isinstance(value, str):
            made[field.encode_name] = {"plain": value}
        elif field.type is Offer and isinstance(value, dict):
            made[field.encode_name] = _plain_texts(Offer, value)
    return made


def _moment_of(told: dict) -> datetime | None:
    """When a text was written, in its writer's zone; None when that is not said."""
    if not told.get("now"):
        return None
    moment = datetime.fromisoformat(told["now"])
    zone = ZoneInfo(told["tz"]) if told.get("tz") else moment.tzinfo
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
