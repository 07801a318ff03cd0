"""Erase the drawn tables and draw them again from the ledger. The rows come out the same, and a test says so."""

from collections import Counter
from collections.abc import Iterator

from amends.casework import cipher, db, ledger, search, tables
from amends.casework.kinds import KINDS
from amends.rules.entries import CaseReceived
from amends.rules.grants import held
from amends.rules.values import Text

PAGE = 500
ROLLUPS = ("allowances", "workloads")


def rebuild() -> int:
    """How many files were drawn. One transaction: screens see the old tables, then the new."""
    with db.writing():
        for table in (*tables.TABLES, *ROLLUPS):
            db.change(f"delete from {table}")
        search.empty()
        drawn, holding, owned = 0, Counter(), Counter()
        for page in _pages():
            drawn += len(page)
            _draw(page, holding, owned)
        _draw_rollups(holding, owned)
    return drawn


def snapshot() -> dict[str, list[tuple]]:
    """All drawn rows, in the order of their keys: to hold two drawings against each other."""
    taken = {}
    for table in tables.TABLES.values():
        columns = ",".join(table.columns)
        taken[table.name] = db.rows(f"select {columns} from {table.name} order by {','.join(table.key)}")
    taken["allowances"] = db.rows(
        "select grant_file, month, drawn, most from allowances where drawn <> 0 order by grant_file, month"
    )
    taken["workloads"] = db.rows(
        "select owner, open_cases from workloads where open_cases <> 0 order by owner"
    )
    taken["search_texts"] = db.rows('select "case", text, at from search_texts order by "case", text')
    return taken


def _pages() -> Iterator[list[tuple[str, str]]]:
    last = ""
    while page := db.rows(f"select id, kind from files where id > %s order by id limit {PAGE}", [last]):
        yield page
        last = page[-1][0]


def _draw(page, holding: Counter, owned: Counter) -> None:
    kinds = dict(page)
    states = {file: KINDS[kind].new for file, kind in page}
    said, met = [], []
    for line in ledger.lines(list(kinds)):
        states[line.file] = KINDS[kinds[line.file]].after(
            states[line.file], line.entry, line.at, line.author, line.number
        )
        if kinds[line.file] == "case":
            said.append((line.file, line.entry, line.at))
            if isinstance(line.entry, CaseReceived):
                met.append((line.file, line.entry.customer, line.at))
    drawn: dict = {}
    for file, state in states.items():
        tables.gather(drawn, KINDS[kinds[file]].draw(file, None, state))
        if kinds[file] == "case":
            holding.update(held(state))
            owned[state.owner] += state.is_open
    tables.write(drawn)
    _index(said, met)


def _index(said, met) -> None:
    wanted = [text.id for _, entry, _ in said for text in search.said(entry)]
    plain = cipher.texts(wanted)
    indexed = [row for file, entry, at in said for row in search.worth_finding(file, entry, at, plain)]
    names = _customers({customer for _, customer, _ in met})
    for file, customer, at in met:
        texts = names.get(customer, (Text(),))
        plain = cipher.texts([text.id for text in texts])
        indexed.append(search.by_name(file, texts[0].id, at, tuple(plain.get(t.id, "") for t in texts)))
    search.add(list({(row[0], row[1]): row for row in indexed if row[1]}.values()))


def _customers(wanted) -> dict[str, tuple[Text, ...]]:
    """Customers' names from their own files: their rows may not be drawn yet."""
    states = {file: KINDS["customer"].new for file in wanted}
    for line in ledger.lines(list(wanted)):
        states[line.file] = KINDS["customer"].after(states[line.file], line.entry)
    return {file: (s.name, s.address, s.company) for file, s in states.items()}


def _draw_rollups(holding: Counter, owned: Counter) -> None:
    most = dict(db.rows("select id, per_month from grants"))
    db.change_many(
        "insert into allowances (grant_file, month, drawn, most) values (%s,%s,%s,%s)",
        [(grant, month, amount, most[grant]) for (grant, month), amount in sorted(holding.items()) if amount],
    )
    db.change_many(
        "insert into workloads (owner, open_cases) values (%s,%s)",
        [(o, n) for o, n in sorted(owned.items()) if o and n],
    )
