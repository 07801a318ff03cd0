"""A database made for one test and dropped after it, on whichever engine the run is for."""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections


@contextlib.contextmanager
def fresh(folder: Path) -> Iterator[None]:
    """Point the default connection, in every thread, at an empty, migrated database; afterwards back again."""
    settings = connections.settings["default"]
    kept, before = settings["NAME"], connections["default"]
    with _made(folder, settings) as name:
        settings["NAME"] = name
        del connections["default"]
        try:
            call_command("migrate", verbosity=0, interactive=False)
            yield
        finally:
            connections["default"].close()
            settings["NAME"] = kept
            connections["default"] = before


@contextlib.contextmanager
def _made(folder: Path, settings: dict) -> Iterator[str]:
    if "sqlite" in settings["ENGINE"]:
        yield str(folder / "own.sqlite3")
        return
    name = f"own_{secrets.token_hex(6)}"
    with connection.cursor() as cursor:
        cursor.execute(f"create database {name}")
    try:
        yield name
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute(f"drop database if exists {name} with (force)")
