"""The standing cast and their desk, for every test."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent / "shared"


def pytest_collection_modifyitems(items):
    """Whatever touches the database is marked so, and runs on both. The longest begin, so that nobody waits for them."""
    items.sort(key=lambda item: not item.path.match("tests/test_soaks.py"))
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & {"db", "desk", "transactional_db", "empty_database"} or item.get_closest_marker(
            "django_db"
        ):
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session")
def shared() -> Path:
    """What was found out and collected; tests that use it are skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here")
    return SHARED


@pytest.fixture(autouse=True)
def _fresh_memory(settings, tmp_path):
    """Nothing one test learned or kept is known to the next."""
    settings.AMENDS_HOME = tmp_path
    settings.AMENDS_UNDO_SECONDS = 0  # letters leave at once; what undoing does has tests of its own
    yield
    from amends.casework.cipher import keyring
    from amends.people import names

    keyring.forget()
    names.forget()


@pytest.fixture
def figure():
    """Says a measured figure aloud: `tests.run` prints them all at the end, whichever process made them."""
    home = Path(os.environ.get("AMENDS_HOME", "var"))

    def say(words: str) -> None:
        print(words)
        if home.is_dir():
            with (home / "figures.txt").open("a") as file:
                file.write(words + "\n")

    return say


@pytest.fixture
def now() -> datetime:
    """A Wednesday in June at ten."""
    return datetime(2026, 6, 10, 10, tzinfo=UTC)


@pytest.fixture
def desk(db, now):
    """A desk with its standing cast."""
    from tests.cast import Desk

    return Desk(now)


@pytest.fixture
def browser_path() -> str:
    """Debian's Chromium, or a skip that says so."""
    for path in (os.environ.get("AMENDS_CHROMIUM", ""), "/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if path and Path(path).exists():
            return path
    pytest.skip("no Chromium here: browser tests need Debian's package chromium")


@pytest.fixture
def empty_database(request, django_db_blocker, tmp_path):
    """A migrated database of the test's own, really committed: for races, kills and restarts.

    The append-only ledger cannot be flushed, so the whole database is made and dropped.
    """
    from tests.own_database import fresh

    with django_db_blocker.unblock(), fresh(tmp_path):
        yield


@pytest.fixture
def own_database(empty_database, now):
    """A desk with its standing cast, in a database of its own."""
    from tests.cast import Desk

    return Desk(now)
