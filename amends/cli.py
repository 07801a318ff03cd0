"""The console command `amends`. Each command loads only what it needs. --json prints JSON; exit 0, 1 finding, 2 wrong use."""

import argparse
import json
import multiprocessing
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from amends.start import check, migrate, with_django


def main(argv: list[str] | None = None) -> None:
    arguments = _parser().parse_args(argv)
    sys.exit(arguments.run(arguments) or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="amends", description="Amends: the case file that cannot pretend.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run, help, under=commands, **options):
        sub = under.add_parser(name, help=help, description=help, **options)
        sub.add_argument("--json", action="store_true", help="print JSON")
        sub.set_defaults(run=run)
        return sub

    command("up", _up, "make the desk ready and serve it")
    command("worker", _worker, "take letters in and keep the timetable, without the web")
    command("migrate", _migrate, "bring the database up to date")
    command("demo", _demo, "fill a new desk with a sample company and its stories")

    mail = commands.add_parser("mail", help="letters by pipe").add_subparsers(
        required=True, metavar="COMMAND"
    )
    deliver = command("deliver", _mail_deliver, "take one raw letter from standard input", mail)
    deliver.add_argument("--from", dest="sender", default=os.environ.get("SENDER"), help="envelope sender")
    deliver.add_argument(
        "--to", dest="recipient", default=os.environ.get("RECIPIENT", ""), help="envelope recipient"
    )
    command(
        "read", _mail_read, "what the reader makes of a letter on standard input; nothing is stored", mail
    )
    reread = command("reread", _mail_reread, "read old letters with the present reader", mail)
    reread.add_argument("--all", action="store_true", help="also those this very reader has read")

    words = commands.add_parser("words", help="what a text of ours says").add_subparsers(
        required=True, metavar="COMMAND"
    )
    words_read = command(
        "read",
        _words_read,
        "promises, claims and comfort in texts on standard input; nothing is stored",
        words,
    )
    words_read.add_argument("--jsonl", action="store_true", help="lines of {id, text, now?, tz?} in and out")
    words_read.add_argument("--language", default="en")

    evaluate = command("evaluate", _words_evaluate, "hold the reader against labelled texts", words)
    evaluate.add_argument("labelled", type=Path, help="lines of {text, promises, claims, …}")
    evaluate.add_argument("--misses", type=int, default=0, help="so many examples of each fault")
    evaluate.add_argument("--language", default="en")

    truth = command("truth", _truth, "hold the claims of a text on standard input against a file of entries")
    truth.add_argument(
        "--file", type=Path, required=True, help="entries as JSON: a list, or {entries, facts}"
    )
    truth.add_argument("--writer", default="", help="who says it, such as staff:01J…")
    truth.add_argument("--language", default="en")

    verify = command("verify", _verify, "check the whole record")
    verify.add_argument("--head", type=Path, help="a head kept elsewhere")
    command("head", _head, "seal the record and print the signed head")
    command("rebuild", _rebuild, "redraw all tables from the record")

    deadlines = command("deadlines", _deadlines, "the due dates of a regime")
    deadlines.add_argument("--regime", required=True)
    deadlines.add_argument("--received", required=True, help="such as 2026-05-22T16:00")
    deadlines.add_argument("--tz", help="zone of --received and of the calendar")

    staff = commands.add_parser("staff", help="accounts").add_subparsers(required=True, metavar="COMMAND")
    add = command("add", _staff_add, "make an account and print its first password", staff)
    add.add_argument("email")
    add.add_argument("name")
    add.add_argument(
        "--role", default="rep", choices=["rep", "lead", "director", "executive", "administrator"]
    )
    add.add_argument("--team", default="Front desk")
    forgot = command("password", _staff_password, "give somebody a new password and print it", staff)
    forgot.add_argument("email")
    command("requirements", _requirements, "the numbered requirements and the test that shows each")
    return parser


def _say(arguments, answer: dict, words: str) -> None:
    print(json.dumps(answer, default=str) if arguments.json else words)


# One small function per command --------------------------------------------------------------------------------


def _up(arguments) -> int:
    making_ready = multiprocessing.get_context("fork").Process(target=_make_ready)
    making_ready.start()  # apart, so that what a first start needs leaves the memory with it
    making_ready.join()
    if making_ready.exitcode:
        return making_ready.exitcode
    with_django()
    check()
    from amends.serve import up

    up()
    return 0


def _make_ready() -> None:
    """The database up to date; at the first start somebody who can sign in and has something to give."""
    with_django()
    migrate()
    from django.conf import settings

    from amends.casework.acts.authority import first_grant
    from amends.people.first import first_sign_in

    first = first_sign_in()
    if first:
        first_grant(first[0], datetime.now(UTC))
    print(f"Amends is at {settings.AMENDS_ADDRESS}")
    if first:
        print(f"Sign in as {first[0]} with the password {first[1]} (shown this once).")
    if not settings.AMENDS_SMTP:
        print(
            f"No mail server is set (AMENDS_SMTP): letters are laid into {settings.AMENDS_HOME / 'outbox'}."
        )
    sys.stdout.flush()


def _worker(arguments) -> int:
    with_django()
    migrate()
    from amends.timetable.worker import run

    run()
    return 0


def _migrate(arguments) -> int:
    with_django()
    migrate()
    _say(arguments, {"migrated": True}, "The database is up to date.")
    return 0


def _demo(arguments) -> int:
    with_django()
    migrate()
    from amends.demo import NotANewDesk, fill

    try:
        told = fill(datetime.now(UTC))
    except NotANewDesk as no:
        _say(arguments, {"filled": False, "because": str(no)}, str(no))
        return 1
    _say(arguments, told, told["words"])
    return 0


def _mail_deliver(arguments) -> int:
    raw = sys.stdin.buffer.read()
    if arguments.json:
        return _mail_deliver_and_file(arguments, raw)
    from amends.post.deliver import LARGEST, TOO_LARGE, TRY_AGAIN, deliver

    if len(raw) > LARGEST:
        print(f"amends: the letter has {len(raw):,} bytes; {LARGEST:,} are taken.", file=sys.stderr)
        return TOO_LARGE
    return 0 if deliver(raw, arguments.sender, arguments.recipient) else TRY_AGAIN


def _mail_deliver_and_file(arguments, raw: bytes) -> int:
    """Stores the letter, files it, and says where it went."""
    from amends.post.deliver import TRY_AGAIN

    try:
        with_django()
        from amends.post import box
        from amends.post.filing import disposition_of, file_waiting

        (letter,) = box.put([box.Delivery(raw, arguments.sender, arguments.recipient, "pipe")])
        while file_waiting(datetime.now(UTC)):
            pass
        print(json.dumps(disposition_of(letter, raw)))
    except Exception as trouble:
        print(json.dumps({"disposition": None, "trouble": str(trouble)}))
        return TRY_AGAIN
    return 0


def _mail_read(arguments) -> int:
    import msgspec

    from amends.post.reader.reading import read

    letter = msgspec.to_builtins(read(sys.stdin.buffer.read()))
    letter["from"] = letter.pop("sender")
    print(json.dumps(letter, ensure_ascii=False))
    return 0


def _mail_reread(arguments) -> int:
    with_django()
    check()
    from amends.post.rereading import reread

    done = reread(datetime.now(UTC), all=arguments.all)
    words = f"Read anew: {done.read:,}. With other words: {done.changed:,}. Held before and placed now: {done.placed:,}."
    _say(arguments, done._asdict(), words)
    return 0


def _verify(arguments) -> int:
    with_django()
    from amends.casework.verify import findings
    from amends.start import check

    check()

    try:
        outside = json.loads(arguments.head.read_text()) if arguments.head else None
    except (OSError, ValueError) as trouble:
        print(f"amends: --head {arguments.head}: {trouble}", file=sys.stderr)
        return 2
    found = list(findings(outside))
    words = "\n".join(found) if found else "The record is as it was written."
    _say(arguments, {"ok": not found, "findings": found}, words)
    return 1 if found else 0


def _head(arguments) -> int:
    with_django()
    from amends.casework import seals

    seals.seal_heads(datetime.now(UTC))
    print(json.dumps(seals.latest()))
    return 0


def _rebuild(arguments) -> int:
    with_django()
    from amends.casework.rebuild import rebuild

    drawn = rebuild()
    _say(arguments, {"files": drawn}, f"{drawn:,} files redrawn.")
    return 0


def _words_read(arguments) -> int:
    """What is read in each text. With --jsonl one object a line; else the whole input is one text."""
    import msgspec

    from amends.words.reading import read

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
        except (ValueError, KeyError, TypeError) as wrong:
            print(f"amends: line {number} is not an object with a text: {wrong}", file=sys.stderr)
            return 2
        found = msgspec.to_builtins(read(text, now, told.get("language") or arguments.language))
        print(json.dumps({**told, **found}, ensure_ascii=False))
    return 0


def _words_evaluate(arguments) -> int:
    """Precision, recall and speed per finding, with intervals; and the misses."""
    import time

    from amends.words.evaluation import evaluate, interval
    from amends.words.reading import read

    try:
        lines = arguments.labelled.read_text(encoding="utf-8").splitlines()
        items = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as wrong:
        print(f"amends: {arguments.labelled} cannot be read: {wrong}", file=sys.stderr)
        return 2
    figures = evaluate(items, arguments.language)
    took = []
    for item in items:
        began = time.perf_counter()
        read(item["text"], None, arguments.language)
        took.append((time.perf_counter() - began) * 1000 * 120 / max(120, len(item["text"].split())))
    took.sort()
    speed = (
        {"p50_ms": round(took[len(took) // 2], 2), "p95_ms": round(took[int(len(took) * 0.95)], 2)}
        if took
        else {}
    )
    shares = {name: list(getattr(figures, name)) for name in ("acts", "conditions", "dues", "moments")}
    scores = {
        kind: {
            "right": score.right, "missed": score.missed, "wrong": score.wrong,
            "precision": round(score.precision, 3), "recall": round(score.recall, 3), "f1": round(score.f1, 3),
            "precision_95": [round(end, 3) for end in interval(score.right, score.right + score.wrong)],
            "recall_95": [round(end, 3) for end in interval(score.right, score.right + score.missed)],
            "misses": score.misses[: arguments.misses],
        }
        for kind, score in figures.scores.items()
    }  # fmt: skip
    if arguments.json:
        print(json.dumps({"texts": len(items), "scores": scores, **shares, **speed}, ensure_ascii=False))
        return 0
    print(
        f"{len(items):,} texts\n\n| Finding | Right | Missed | Wrong | Precision (95 %) | Recall (95 %) | F1 |"
    )
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
    return 0


def _truth(arguments) -> int:
    """A verdict on each claim, and the entry that says so or what is missing. Exit 1 when one is contradicted."""
    import msgspec

    from amends.rules.truth import Claim, Facts, Verdict, judge
    from amends.words.reading import read

    try:
        told = json.loads(arguments.file.read_text(encoding="utf-8"))
        told = told if isinstance(told, dict) else {"entries": told}
        lines = _lines_of(told["entries"])
        facts = msgspec.convert(told.get("facts", {}), Facts)
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError) as wrong:
        print(f"amends: {arguments.file} is no file of entries: {wrong}", file=sys.stderr)
        return 2
    text, verdicts = sys.stdin.read(), []
    for claim in read(text, None, arguments.language).claims:
        judged = judge(Claim(claim.kind, claim.above), lines, facts, arguments.writer)
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
    import msgspec

    from amends.rules import entries
    from amends.rules.truth import Line

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


def _plain_texts(kind: type, told: dict) -> dict:
    """Strings where the entry has a text, also within an offer."""
    import msgspec

    from amends.rules.entries import Offer
    from amends.rules.values import Text

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
    from zoneinfo import ZoneInfo

    if not told.get("now"):
        return None
    moment = datetime.fromisoformat(told["now"])
    zone = ZoneInfo(told["tz"]) if told.get("tz") else moment.tzinfo
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _deadlines(arguments) -> int:
    with_django()
    from zoneinfo import ZoneInfo

    from msgspec.structs import replace

    from amends.casework import facts
    from amends.rules import regimes

    regime = regimes.REGIMES.get(arguments.regime)
    if regime is None:
        print(
            f"amends: there is no regime {arguments.regime!r}; there is {', '.join(regimes.REGIMES)}.",
            file=sys.stderr,
        )
        return 2
    calendar = facts.calendar()
    try:
        zone = ZoneInfo(arguments.tz or calendar.zone)
        received = datetime.fromisoformat(arguments.received)
    except (ValueError, KeyError, OSError) as trouble:
        print(f"amends: {trouble}", file=sys.stderr)
        return 2
    if arguments.tz:
        calendar = replace(calendar, zone=arguments.tz)
    received = received if received.tzinfo else received.replace(tzinfo=zone)
    due = [
        {"id": deadline.id, "due_at": deadline.due_at.astimezone(zone).isoformat()}
        for deadline in regimes.deadlines(regime, calendar, received)
    ]
    words = "\n".join(f"{each['id']:<14} {each['due_at']}" for each in due)
    _say(arguments, {"regime": regime.id, "received": received.isoformat(), "deadlines": due}, words)
    return 0


def _staff_add(arguments) -> int:
    with_django()
    migrate()
    from amends.people.first import add_person

    try:
        password = add_person(arguments.email, arguments.name, arguments.role, arguments.team)
    except ValueError as no:
        print(f"amends: {no}", file=sys.stderr)
        return 1
    answer = {"email": arguments.email, "password": password}
    _say(arguments, answer, f"{arguments.name} signs in as {arguments.email} with the password {password}")
    return 0


def _staff_password(arguments) -> int:
    with_django()
    from amends.people.first import renew_password

    try:
        password = renew_password(arguments.email)
    except ValueError as no:
        print(f"amends: {no}", file=sys.stderr)
        return 1
    _say(arguments, {"email": arguments.email, "password": password}, f"The new password is {password}")
    return 0


def _requirements(arguments) -> int:
    from amends.requirements import table

    rows = table()
    words = "\n".join(f"{row['id']}  {row['test'] or 'no test yet':<42} {row['title']}" for row in rows)
    shown = sum(1 for row in rows if row["test"])
    _say(arguments, {"requirements": rows, "shown": shown}, f"{words}\n{shown} of {len(rows)} have a test.")
    return 0
