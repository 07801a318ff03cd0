"""Is the record as it was written? Looks at every entry, every head, every seal and every text."""

import json
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag

from amends.casework import cipher, db, ledger, seals
from amends.casework.ledger import decode, texts_of

PAGE = 2000


def findings(outside: dict | None = None) -> Iterator[str]:
    """Everything that is not as it was written, a sentence each; nothing when all is well.

    outside  a head kept elsewhere (`amends head`); those beside the database are always looked at
    """
    heads = {
        f: (kind, number, db.as_bytes(d))
        for f, kind, number, d in db.rows("select id, kind, number, digest from files")
    }
    sealed_at = _sealed()
    seen: dict[str, int] = {}
    named: dict[str, tuple[str, str]] = {}
    yield from _chains(heads, seen, sealed_at, named)
    yield from (f"file {file}: its entries are gone" for file in heads if file not in seen)
    yield from _texts(named)
    roots: dict[int, tuple] = {}
    yield from _seals(sealed_at, seen, roots)
    for head in (*seals.kept_outside(), *([outside] if outside else [])):
        yield from _outside(head, roots)


def _chains(heads, seen, sealed_at, named) -> Iterator[str]:
    """Each entry's digest covers it and the one before; numbers run from 1 without a gap to the file's head."""
    file, number, before = "", 0, b""
    for row in _entries():
        if row[0] != file:
            yield from _ending(file, number, before, heads)
            file, number = row[0], 0
            if file not in heads:
                yield f"file {file}: has entries and no head"
            before = ledger.first_digest(heads.get(file, ("?",))[0], file)
        number += 1
        if row[1] != number:
            yield f"file {file}: entry {number} is missing (found {row[1]})"
            number = row[1]
        yield from _entry(row, before, named)
        before = db.as_bytes(row[8])
        seen[file] = number
        for seal, digest in sealed_at.get((file, number), ()):
            if digest != before:
                yield f"file {file}: entry {number} is not the one that seal {seal} covers"
    yield from _ending(file, number, before, heads)


def _entry(row, before, named) -> Iterator[str]:
    file, number, at, author, act, part, body, linked, digest = row
    where = f"file {file}: entry {number}"
    if db.as_bytes(linked) != before:
        yield f"{where} does not follow the one before it"
    if ledger.digest(
        file, number, at, author, act, part, db.as_bytes(body), db.as_bytes(linked)
    ) != db.as_bytes(digest):
        yield f"{where} was changed"
    try:
        entry = decode(body)
    except Exception:
        yield f"{where} cannot be read"
        return
    for text in texts_of(entry):
        named[text.id] = (text.digest, where)


def _ending(file, number, digest, heads) -> Iterator[str]:
    if file and file in heads and heads[file][1:] != (number, digest):
        yield f"file {file}: ends at entry {number}, its head says {heads[file][1]}"


def _texts(named) -> Iterator[str]:
    """Each text an entry names is there, unchanged, unless its writer's key was erased."""
    found = set()
    for text, writer, secret in _all("texts", "id, writer, cipher"):
        found.add(text)
        if text not in named:
            continue  # not the ledger's: a raw letter, for example
        digest, where = named[text]
        key = cipher.keyring.many([writer]).get(writer, "gone")
        if key == "gone":
            yield f"{where}: the key of its text is missing"
        elif key is not cipher.ERASED:
            try:
                if cipher.unseal(db.as_bytes(secret), key, text)[1] != digest:
                    yield f"{where}: its text was changed"
            except InvalidTag:
                yield f"{where}: its text was changed"
    yield from (f"{where}: its text is gone" for text, (_, where) in named.items() if text not in found)


def _sealed() -> dict[tuple[str, int], list[tuple[int, bytes]]]:
    sealed: dict = {}
    for seal, file, number, digest in db.rows("select seal, file, number, digest from sealed_heads"):
        sealed.setdefault((file, number), []).append((seal, db.as_bytes(digest)))
    return sealed


def _seals(sealed_at, seen, roots) -> Iterator[str]:
    """The seals follow one another, are signed by this desk, and what they cover is still there."""
    covered: dict[int, list] = {}
    for (file, number), many in sealed_at.items():
        for seal, digest in many:
            covered.setdefault(seal, []).append((file, number, digest))
            if seen.get(file, 0) < number:
                yield f"file {file}: seal {seal} covers entry {number}, which is gone"
    before, last, files, entries, known = seals.FIRST_ROOT, 0, 0, 0, {}
    for number, at, said_files, said_entries, root, signature in db.rows(
        "select number, at, files, entries, root, signature from seals order by number"
    ):
        head = seals.Head(number, at, said_files, said_entries, db.as_bytes(root))
        moved = sorted(covered.pop(number, []))
        files += sum(1 for file, _, _ in moved if file not in known)
        entries += sum(n - known.get(file, 0) for file, n, _ in moved)
        known.update({file: n for file, n, _ in moved})
        if number != last + 1:
            yield f"seal {last + 1} is missing"
        if seals.root_after(before, moved) != head.root or (files, entries) != (said_files, said_entries):
            yield f"seal {number} does not cover what it says"
        if not seals.is_signed(head, db.as_bytes(signature)):
            yield f"seal {number} is not signed by this desk"
        before, last = head.root, number
        roots[number] = (head.root.hex(), head.files, head.entries)
    yield from (f"heads are sealed by seal {number}, which is gone" for number in covered)


def _outside(head, roots) -> Iterator[str]:
    """A head kept elsewhere is one of ours: same number, same root, same counts."""
    try:
        number, root, files, entries = head["seal"], head["root"], head["files"], head["entries"]
    except (KeyError, TypeError):
        yield f"not a head: {json.dumps(head)[:80]}"
        return
    if number not in roots:
        yield f"a head kept outside knows seal {number}, which is gone"
    elif roots[number] != (root, files, entries):
        yield f"a head kept outside knows another seal {number}"


def _entries() -> Iterator[tuple]:
    """Every entry, in the order of files and numbers, a page at a time."""
    file, number = "", 0
    while True:
        page = db.rows(
            "select file, number, at, author, act, part, body, before, digest from entries"
            f" where (file, number) > (%s, %s) order by file, number limit {PAGE}",
            [file, number],
        )
        yield from page
        if len(page) < PAGE:
            return
        file, number = page[-1][:2]


def _all(table: str, columns: str) -> Iterator[tuple]:
    last = ""
    while True:
        page = db.rows(f"select {columns} from {table} where id > %s order by id limit {PAGE}", [last])
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1][0]
