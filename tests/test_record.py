"""The record: one way to change anything, done once, undone whole, found when touched."""

import random
import threading

import pytest
from django.db import DatabaseError, connection, transaction

from amends import ids
from amends.casework import acts, cipher, db, ledger, seals, shown
from amends.casework.acts import intake
from amends.casework.record import Act, Step, record_many
from amends.casework.verify import findings
from amends.rules import cases, correspondence, promises
from amends.rules.entries import Channel
from amends.rules.refused import Reason, Refused
from amends.rules.values import Text


def test_an_act_that_comes_twice_is_answered_the_same_and_done_once(desk):
    desk.received()
    due = desk.now.replace(hour=16)
    first = desk.do(desk.sam, promises.make, act="form-1", deed="Ring you", owner=desk.sam.id, due=due)
    again = desk.do(desk.sam, promises.make, act="form-1", deed="Ring you", owner=desk.sam.id, due=due)
    assert not first.repeated and again.repeated
    assert again.state == first.state
    assert desk.words().count("promise.made") == 2  # the next word from us, and this one
    desk.is_sound()


def test_nobody_can_use_up_another_persons_act(desk):
    desk.received()
    desk.do(desk.sam, correspondence.note, act="same", words="one", stance="")
    desk.do(desk.kim, correspondence.note, act="same", words="two", stance="")
    assert desk.words().count("note.written") == 2


def test_a_complaint_sent_twice_opens_one_case_and_meets_one_customer(desk):
    complaint = intake.Complaint(
        act="f", channel=Channel.FORM, words="It leaks.", name="Ana", address="ana@example.org"
    )
    first = intake.receive_complaint(complaint, now=desk.now)
    again = intake.receive_complaint(complaint, now=desk.now)
    assert again.repeated and again.file == first.file
    assert len(desk.drawn("cases")) == len(desk.drawn("customers")) == 1
    desk.is_sound()


def test_in_one_batch_an_act_that_is_refused_undoes_itself_and_no_other(desk):
    desk.received()
    note = {"words": Text("kept"), "stance": "", "by": desk.sam.actor}
    close = {"by": desk.sam.actor, "now": desk.now, "house": acts.facts.house()}
    batch = [
        Act("a", desk.sam.actor, (Step("case", desk.case, correspondence.note, note),)),
        Act("b", desk.sam.actor, (Step("case", desk.case, correspondence.note, note), Step("case", desk.case, cases.close, close))),
        Act("c", desk.sam.actor, (Step("case", desk.case, correspondence.note, note),)),
    ]  # fmt: skip
    outcomes = record_many(batch, now=desk.now)
    assert [outcome.refused is None for outcome in outcomes] == [True, False, True]
    assert desk.words().count("note.written") == 2
    desk.is_sound()


def test_two_letters_on_one_case_in_one_batch_follow_one_another(desk):
    desk.received()
    hear = {"words": Text("more"), "channel": Channel.EMAIL, "by": desk.ana}
    batch = [Act(f"l{n}", desk.ana, (Step("case", desk.case, correspondence.hear, hear),)) for n in range(5)]
    record_many(batch, now=desk.now)
    numbers = [line.number for line in ledger.lines([desk.case])]
    assert numbers == list(range(1, len(numbers) + 1))
    desk.is_sound()


def test_the_database_refuses_to_change_or_remove_what_stands_in_it(desk):
    desk.closed()
    seals.seal_heads(desk.now)
    for table in ("entries", "seals", "sealed_heads"):
        column = {"entries": "author", "seals": "files", "sealed_heads": "number"}[table]
        for statement in (f"update {table} set {column} = {column}", f"delete from {table}"):
            with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
                db.change(statement)
    assert list(findings()) == []


def test_nothing_a_person_wrote_lies_plain_beside_the_index(desk):
    desk.received(words="Zebrafinch under the eaves.", name="Quentin Quill", address="quill@example.org")
    desk.do(desk.sam, correspondence.note, words="Marmalade on the stairs.", stance="")
    for table in ("entries", "texts", "cases", "customers", "promises", "owed", "letters", "files"):
        everything = repr(db.rows(f"select * from {table}")).lower()
        for secret in ("zebrafinch", "quill", "marmalade"):
            assert secret not in everything, (table, secret)


def test_the_digest_in_an_entry_confirms_no_guess(desk):
    from hashlib import sha256

    desk.received(words="yes")
    digest = desk.state().story.quote.digest
    assert digest != sha256(b"yes").hexdigest()
    other = desk.received(words="yes", address="bo@example.org")
    assert desk.state(other).story.quote.digest != digest


def test_erasing_a_key_erases_the_words_and_leaves_the_chain(desk):
    desk.received(words="Zebrafinch.")
    writer = f"customer:{desk.ana.id}"
    db.change("update writer_keys set wrapped = null where writer = %s", [writer])
    cipher.keyring.forget()
    this = shown.load(desk.case)
    assert this.texts(this.case.story.quote) == ""
    assert list(findings()) == []


# Tampering -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(desk):
    """Two cases with a life, sealed; the guards taken off, as a database owner would."""
    desk.closed()
    desk.case = ""
    desk.received(name="Bo", address="bo@example.org")
    desk.delivering()
    seals.seal_heads(desk.now)
    _guards(on=False)
    return desk


def _guards(on: bool) -> None:
    if db.is_postgres():
        for table in ("entries", "seals", "sealed_heads"):
            db.change(f"alter table {table} {'enable' if on else 'disable'} trigger all")
        return
    assert not on
    for table in ("entries", "seals", "sealed_heads"):
        for verb in ("update", "delete"):
            db.change(f"drop trigger if exists {table}_no_{verb}")


COLUMNS = {
    "at": lambda v, r: v + r.choice((-1, 1, 10**6)),
    "author": lambda v, r: v[:-1] + ("0" if v[-1] != "0" else "1"),
    "act": lambda v, r: v[:-1] + ("0" if v[-1] != "0" else "1"),
    "part": lambda v, r: v + 7,
    "body": lambda v, r: _flipped(v, r),
    "before": lambda v, r: _flipped(v, r),
    "digest": lambda v, r: _flipped(v, r),
}


def _flipped(value, r) -> bytes:
    value = bytearray(db.as_bytes(value))
    value[r.randrange(len(value))] ^= 1 << r.randrange(8)
    return bytes(value)


def test_each_of_a_thousand_edits_deletions_and_swaps_is_found(sealed, figure):
    """Every kind of damage to entries, texts, heads and seals, one at a time, from a seed; each must be seen."""
    r = random.Random(20260610)
    many = 1000
    tried: dict[str, int] = {}
    for n in range(2 * many):  # a draw may find nothing to harm, and is drawn again
        if sum(tried.values()) == many:
            break
        kind, harm = r.choice(DAMAGES)
        with transaction.atomic():
            told = harm(r)
            if told:
                assert list(findings()), f"damage {n} ({kind}) was not found: {told}"
                tried[kind] = tried.get(kind, 0) + 1
            transaction.set_rollback(True)
        cipher.keyring.forget()
    assert list(findings()) == []
    assert set(tried) == {kind for kind, _ in DAMAGES}
    assert sum(tried.values()) == many
    figure(f"tampering: {sum(tried.values())} of {many} tried and found: {tried}")


def _some(r, sql: str):
    rows = db.rows(sql)
    return r.choice(rows) if rows else None


def _edit_entry(r):
    file, number = _some(r, "select file, number from entries order by file, number")
    column = r.choice(sorted(COLUMNS))
    (value,) = db.row(f"select {column} from entries where file = %s and number = %s", [file, number])
    db.change(
        f"update entries set {column} = %s where file = %s and number = %s",
        [COLUMNS[column](value, r), file, number],
    )
    return column


def _edit_and_chain_anew(r):
    """A cleverer hand: the body is changed and every digest after it computed anew, the head as well."""
    file, number = _some(r, "select file, number from entries order by file, number")
    rows = db.rows(
        "select number, at, author, act, part, body, before from entries where file = %s order by number",
        [file],
    )
    kind = db.row("select kind from files where id = %s", [file])[0]
    before = ledger.first_digest(kind, file)
    for n, at, author, act, part, body, _ in rows:
        body = db.as_bytes(body)
        if n == number:
            body = body.replace(b'"', b' "', 1)
        digest = ledger.digest(file, n, at, author, act, part, body, before)
        db.change(
            "update entries set body=%s, before=%s, digest=%s where file=%s and number=%s",
            [body, before, digest, file, n],
        )
        before = digest
    db.change("update files set digest = %s where id = %s", [before, file])
    return "chained anew"


def _delete_entry(r):
    file, number = _some(r, "select file, number from entries order by file, number")
    return db.change("delete from entries where file = %s and number = %s", [file, number])


def _cut_tail(r):
    """The last entries of a file go, and its head is set back to match."""
    file, number = _some(r, "select id, number from files where number > 1 order by id")
    keep = r.randrange(1, number)
    db.change("delete from entries where file = %s and number > %s", [file, keep])
    (digest,) = db.row("select digest from entries where file = %s and number = %s", [file, keep])
    db.change("update files set number = %s, digest = %s where id = %s", [keep, db.as_bytes(digest), file])
    return keep


def _cut_everything_of_a_file(r):
    (file,) = _some(r, "select id from files order by id")
    db.change("delete from entries where file = %s", [file])
    db.change("delete from files where id = %s", [file])
    return file


def _swap_entries(r):
    rows = db.rows("select file, number, body from entries order by file, number")
    one, two = r.sample(rows, 2)
    if db.as_bytes(one[2]) == db.as_bytes(two[2]):
        return None
    for (file, number, _), (_, _, body) in ((one, two), (two, one)):
        db.change(
            "update entries set body = %s where file = %s and number = %s", [db.as_bytes(body), file, number]
        )
    return "swapped"


def _edit_text(r):
    text, secret = _some(r, "select id, cipher from texts order by id")
    return db.change("update texts set cipher = %s where id = %s", [_flipped(secret, r), text])


def _swap_texts(r):
    one, two = r.sample(db.rows("select id, cipher from texts order by id"), 2)
    db.change("update texts set cipher = %s where id = %s", [db.as_bytes(two[1]), one[0]])
    return "swapped"


def _delete_text(r):
    (text,) = _some(r, "select id from texts order by id")
    return db.change("delete from texts where id = %s", [text])


def _edit_head(r):
    file, digest = _some(r, "select id, digest from files order by id")
    return db.change("update files set digest = %s where id = %s", [_flipped(digest, r), file])


def _edit_seal(r):
    (root,) = db.row("select root from seals where number = 1")
    column, value = r.choice((("files", 99), ("entries", 99), ("at", 1), ("root", _flipped(root, r))))
    return db.change(f"update seals set {column} = %s", [value])


def _delete_seals(r):
    """All seals go; the head kept beside the database knows better."""
    db.change("delete from sealed_heads")
    return db.change("delete from seals")


def _add_entry(r):
    """An entry slipped in at the end with a right chain, its head not moved."""
    file, number, digest = _some(r, "select id, number, digest from files order by id")
    body = db.as_bytes(db.row("select body from entries where file = %s and number = %s", [file, number])[0])
    new = ledger.digest(file, number + 1, 1, "desk", ids.new(), 0, body, db.as_bytes(digest))
    row = (file, number + 1, 1, "desk", ids.new(), 0, body, db.as_bytes(digest), new)
    ledger.append([row])
    return "added"


DAMAGES = [
    ("edit", _edit_entry),
    ("edit", _edit_entry),
    ("edit", _edit_entry),
    ("edit, chained anew", _edit_and_chain_anew),
    ("delete", _delete_entry),
    ("cut tail", _cut_tail),
    ("cut file", _cut_everything_of_a_file),
    ("swap", _swap_entries),
    ("text", _edit_text),
    ("text swapped", _swap_texts),
    ("text gone", _delete_text),
    ("head", _edit_head),
    ("seal", _edit_seal),
    ("seals gone", _delete_seals),
    ("added", _add_entry),
]


def test_an_old_head_kept_elsewhere_finds_a_rewritten_tail(desk, tmp_path, settings):
    """Everything here is cut back and sealed anew by somebody with the desk's own key; the head outside knows."""
    settings.AMENDS_HOME = tmp_path
    desk.received()
    desk.do(desk.sam, correspondence.note, words="A note that will be gone.", stance="")
    outside = seals.seal_heads(desk.now)
    _guards(on=False)
    number = desk.state().story.number
    db.change("delete from entries where file = %s and number = %s", [desk.case, number])
    (digest,) = db.row("select digest from entries where file = %s and number = %s", [desk.case, number - 1])
    db.change("delete from seals")
    db.change("delete from sealed_heads")
    db.change(
        "update files set number = %s, digest = %s where id = %s",
        [number - 1, db.as_bytes(digest), desk.case],
    )
    db.change("update files set sealed = 0")
    (tmp_path / "heads.jsonl").unlink()
    seals.seal_heads(desk.later(hours=1).now)
    assert [f for f in findings() if "text" not in f] == []
    assert any("another seal" in found for found in findings(outside))


def test_a_seal_with_nothing_new_is_not_made(desk):
    desk.received()
    assert seals.seal_heads(desk.now)["seal"] == 1
    assert seals.seal_heads(desk.now) is None
    desk.do(desk.sam, correspondence.note, words="More.", stance="")
    assert seals.seal_heads(desk.now)["seal"] == 2
    assert list(findings()) == []


# Races -----------------------------------------------------------------------------------------------------------


def test_eight_at_once_on_one_case_lose_nothing(own_database):
    desk = own_database
    desk.received()
    errors, barrier = [], threading.Barrier(8)

    def write(n):
        barrier.wait()
        try:
            for m in range(6):
                desk.do(desk.sam, correspondence.note, act=f"{n}-{m}", words=f"note {n} {m}", stance="")
        except Exception as trouble:
            errors.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert desk.words().count("note.written") == 48
    desk.is_sound()


def test_the_same_act_from_eight_places_at_once_is_done_once(own_database):
    desk = own_database
    desk.received()
    outcomes, barrier = [], threading.Barrier(8)

    def write():
        barrier.wait()
        try:
            outcomes.append(desk.do(desk.sam, correspondence.note, act="the-one", words="once", stance=""))
        except Exception as trouble:
            outcomes.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.repeated for outcome in outcomes].count(False) == 1, outcomes
    assert desk.words().count("note.written") == 1


@pytest.mark.parametrize("length", [100_000, 1_000_000])
def test_a_name_as_long_as_a_book_is_refused_and_nothing_is_cut(desk, length):
    complaint = intake.Complaint(
        act="n", channel=Channel.FORM, words="It leaks.", name="n" * length, address="a@example.org"
    )
    with pytest.raises(Refused) as no:
        intake.receive_complaint(complaint, now=desk.now)
    assert no.value.reason is Reason.TEXT_TOO_LONG
    assert desk.drawn("cases") == desk.drawn("customers") == desk.drawn("texts") == []


def test_with_nobody_to_own_it_a_complaint_is_refused_not_lost_in_silence(desk):
    from amends.people.models import Staff

    Staff.objects.update(is_active=False)
    with pytest.raises(Refused) as no:
        desk.received()
    assert no.value.reason is Reason.NOBODY_TO_OWN_IT
