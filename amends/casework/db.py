"""The driver, close at hand: one statement per table per batch, the same words on both databases."""

from collections.abc import Iterable, Sequence
from functools import cache

from django.db import connection, transaction

LARGEST = 500  # values in one "in" list


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def writing():
    """One short write transaction: SQLite's lock is taken at once, PostgreSQL locks the rows it reads."""
    return transaction.atomic()


def rows(sql: str, values: Sequence = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def row(sql: str, values: Sequence = ()) -> tuple | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def change(sql: str, values: Sequence = ()) -> int:
    """Run it; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def change_many(sql: str, many: Sequence[Sequence]) -> None:
    if many:
        with connection.cursor() as cursor:
            cursor.executemany(sql, many)


def rows_in(sql: str, values: Iterable) -> list[tuple]:
    """`sql` holds one {in}; asked in pieces when the values are many."""
    values = list(values)
    found: list[tuple] = []
    for start in range(0, len(values), LARGEST):
        piece = values[start : start + LARGEST]
        found += rows(sql.replace("{in}", "(" + ",".join(["%s"] * len(piece)) + ")"), piece)
    return found


@cache
def insert_sql(table: str, columns: tuple[str, ...]) -> str:
    marks = ",".join(["%s"] * len(columns))
    return f"insert into {table} ({','.join(columns)}) values ({marks})"


@cache
def upsert_sql(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    rest = ",".join(f"{c}=excluded.{c}" for c in columns if c not in key)
    return f"{insert_sql(table, columns)} on conflict ({','.join(key)}) do update set {rest}"


def as_bytes(value) -> bytes:
    """What either driver gives for a binary column."""
    return value if isinstance(value, bytes) else bytes(value)
