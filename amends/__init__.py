"""Amends: the case file that cannot pretend."""

import os
import sqlite3
import sys

__version__ = "0.1.0"


def _use_a_sound_sqlite() -> None:
    """Put the bundled SQLite in place of one with the WAL-reset bug (3.7.0 to 3.51.2).

    Must run before Django imports sqlite3, so it stands here.
    """
    if sqlite3.sqlite_version_info >= (3, 51, 3):
        return
    try:
        import pysqlite3
    except ImportError:  # no wheel for this platform; the start check says what that means
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = sys.modules["pysqlite3.dbapi2"]


_use_a_sound_sqlite()
os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # numpy reads letters: too short to be shared out among threads
