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
    try:
        done = arguments.run(arguments) or 0
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read along has seen enough: `amends … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        done = 0
    sys.exit(done)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="amends", description="Amends: the case file that cannot pretend.")
    top = parser.add_subparsers(required=True, metavar="COMMAND")
    for told in (_running, _letters, _texts, _record, _copies, _accounts):
        told(top)
    return parser


def _command(under, name: str, run, help: str):
    sub = under.add_parser(name, help=help, description=help)
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)
    return sub


def _group(top, name: str, help: str, what: str = "COMMAND"):
    return top.add_parser(name, help=help).add_subparsers(required=True, metavar=what)


def _running(top) -> None:
    _command(top, "up", _up, "make the desk ready and serve it")
    _command(top, "worker", _worker, "take letters in and keep the timetable, without the web")
    _command(top, "migrate", _migrate, "bring the database up to date")
    _command(top, "demo", _demo, "fill a new desk with a sample company and its stories")


def _letters(top) -> None:
    mail = _group(top, "mail", "letters by pipe")
    deliver = _command(mail, "deliver", _mail_deliver, "take one raw letter from standard input")
    deliver.add_argument("--from", dest="sender", default=os.environ.get("SENDER"), help="envelope sender")
    to = os.environ.get("RECIPIENT", "")
    deliver.add_argument("--to", dest="recipient", default=to, help="envelope recipient")
    made_of_it = "what the reader makes of a letter on standard input; nothing is stored"
    _command(mail, "read", _mail_read, made_of_it)
    reread = _command(mail, "reread", _mail_reread, "read old letters with the present reader")
    reread.add_argument("--all", action="store_true", help="also those this very reader has read")


def _texts(top) -> None:
    words = _group(top, "words", "what a text of ours says")
    found = "promises, claims and comfort in texts on standard input; nothing is stored"
    texts = _command(words, "read", _words("read_texts"), found)
    texts.add_argument("--jsonl", action="store_true", help="lines of {id, text, now?, tz?} in and out")
    texts.add_argument("--language", default="en", help="en, de or es")
    texts.add_argument("--why", action="store_true", help="each finding with the words it hangs on")
    against = "hold the reader against labelled texts"
    evaluate = _command(words, "evaluate", _words("evaluate_reader"), against)
    evaluate.add_argument("labelled", type=Path, help="lines of {text, promises, claims, …}")
    evaluate.add_argument("--misses", type=int, default=0, help="so many examples of each fault")
    evaluate.add_argument("--language", default="en", help="where a line does not name its own")
    judged = "hold the claims of a text on standard input against a file of entries"
    truth = _command(top, "truth", _words("judge_claims"), judged)
    shape = "entries as JSON: a list, or {entries, facts}"
    truth.add_argument("--file", type=Path, required=True, help=shape)
    truth.add_argument("--writer", default="", help="who says it, such as staff:01J…")
    truth.add_argument("--language", default="en", help="en, de or es")


def _record(top) -> None:
    verify = _command(top, "verify", _verify, "check the whole record")
    verify.add_argument("--head", type=Path, help="a head kept elsewhere")
    _command(top, "head", _head, "seal the record and print the signed head")
    _command(top, "rebuild", _rebuild, "redraw all tables from the record")


def _copies(top) -> None:
    standing = _group(top, "standing", "what the desk says to everybody")
    spoken = "the hold message as plain words, for the telephone system"
    _command(standing, "hold", _standing_hold, spoken)
    export = _group(top, "export", "copies for those who ask", "KIND")
    of_case = _command(export, "case", _export_case, "the file of a case as its customer may ask to see it")
    of_case.add_argument("ref", help="such as AM-7K3QD")
    deadlines = _command(top, "deadlines", _deadlines, "the due dates of a regime")
    deadlines.add_argument("--regime", required=True)
    deadlines.add_argument("--received", required=True, help="such as 2026-05-22T16:00")
    deadlines.add_argument("--tz", help="zone of --received and of the calendar")


def _accounts(top) -> None:
    staff = _group(top, "staff", "accounts")
    add = _command(staff, "add", _staff_add, "make an account and print its first password")
    add.add_argument("email")
    add.add_argument("name")
    roles = ["rep", "lead", "director", "executive", "administrator"]
    add.add_argument("--role", default="rep", choices=roles)
    add.add_argument("--team", default="Front desk")
    forgot = _command(staff, "password", _staff_password, "give somebody a new password and print it")
    forgot.add_argument("email")
    shown = "the numbered requirements and the test that shows each"
    _command(top, "requirements", _requirements, shown)


def _words(name: str):
    """A command of `cli_words`, which is loaded when it is asked for."""

    def run(arguments) -> int:
        from amends import cli_words

        return getattr(cli_words, name)(arguments)

    return run


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


def _standing_hold(arguments) -> int:
    """What whoever waits on the telephone hears: measured, or not said."""
    with_django()

    from amends.casework.standing import hold_message

    lines = hold_message(datetime.now(UTC))
    _say(arguments, {"lines": lines}, "\n".join(lines))
    return 0


def _export_case(arguments) -> int:
    """The copy a customer gets who asks: every entry, or in its place why it is left out."""
    with_django()
    from amends.casework import shown
    from amends.casework.acts.messages import cases_by_ref
    from amends.look import disclosure

    file = cases_by_ref([arguments.ref.upper()]).get(arguments.ref.upper())
    if file is None:
        print(f"amends: there is no case {arguments.ref}", file=sys.stderr)
        return 2
    this = shown.load(file)
    pieces = [piece._asdict() for piece in disclosure.copy_of(this)]
    _say(arguments, {"ref": this.case.ref, "name": this.name, "entries": pieces}, disclosure.as_text(this))
    return 0


def _rebuild(arguments) -> int:
    with_django()
    from amends.casework.rebuild import rebuild

    drawn = rebuild()
    _say(arguments, {"files": drawn}, f"{drawn:,} files redrawn.")
    return 0


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
