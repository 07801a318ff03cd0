"""The tables that screens query: drawn from the states of files, and from nothing else.

A drawing is a function of a file's state. What changed between two states is drawn again, whole rows at a time,
so `amends rebuild` gives the same rows as all the acts did one by one.
"""

from collections.abc import Iterable
from typing import NamedTuple

from amends.casework import db


class Table(NamedTuple):
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def write(self, rows: Iterable[tuple]) -> None:
        db.change_many(db.upsert_sql(self.name, self.columns, self.key), list(rows))


def _table(name: str, columns: str, key: str = "case number") -> Table:
    known = {"case": '"case"'}
    quoted = tuple(known.get(c, c) for c in columns.split())
    return Table(name, quoted, tuple(known.get(c, c) for c in key.split()))


TABLES = {
    table.name: table
    for table in (
        _table(
            "cases",
            "id ref customer owner team stage is_open harm danger channel merged received_at update_due next_due last_at"
            " number quote heard heard_at proposed_at closed_at settled_at reopened_at reopened check_back lane"
            " rating off_playbook missed stranger",
            "id",
        ),
        _table("points", "case number words finding our_error cause"),
        _table("promises", "case number owner team kind state was_broken act made_at due_at settled_at"),
        _table("clocks", "case name team due_at stopped_at", "case name"),
        _table("options", "case number lane kind state amount unit act owner due_at"),
        _table("remedies", "case number kind amount unit act option grant_file month delivered_at cancelled"),
        _table("approvals", "case number asked_by asked_of kind amount unit why state"),
        _table("flags", "case note point finding", "case note point"),
        _table("overrides", "case number kind because said why staff at"),
        _table("kind_words", "case number said_by said_to kind words at"),
        _table("defect_links", "case defect linked", "case defect"),
        _table("defects", "id name products words is_open", "id"),
        _table(
            "standing",
            "id place words owner measure about line value n measured_at stand below_since due_at",
            "id",
        ),
        _table("customers", "id name address address_hash company phone language cases failing", "id"),
        _table("grants", "id holder kind unit per_case per_month until revoked", "id"),
        _table("links", "hash case customer purpose", "hash"),
    )
}


def write(drawn: dict[str, dict[tuple, tuple]]) -> None:
    """Write the rows drawn, one statement per table."""
    for name, rows in drawn.items():
        TABLES[name].write(rows.values())


def gather(drawn: dict[str, dict[tuple, tuple]], rows: dict[str, list[tuple]]) -> None:
    """Add rows to what is drawn; of two rows with one key the later stands, being the whole state later."""
    for name, many in rows.items():
        table = TABLES[name]
        places = [table.columns.index(column) for column in table.key]
        kept = drawn.setdefault(name, {})
        for row in many:
            kept[tuple(row[place] for place in places)] = row
