"""Getting ready outside a web request: Django, the database, and a look at whether all of it fits together."""

import os
import sqlite3

OLDEST_SQLITE = (3, 43)


def with_django() -> None:
    """Settings, models and the folder for them. What the desk writes is for its own user alone."""
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.settings")
    import django
    from django.apps import apps

    if apps.ready:
        return
    django.setup()
    from django.conf import settings

    settings.AMENDS_HOME.mkdir(parents=True, exist_ok=True)


def migrate() -> None:
    """Bring the database up to date, and stop with a sentence where something does not fit."""
    from django.core.management import call_command
    from django.db import connection

    from amends.env import WrongSetting

    if connection.vendor == "sqlite" and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        have = sqlite3.sqlite_version
        raise WrongSetting(
            f"SQLite {have} is too old; 3.43 is needed (install pysqlite3, or use PostgreSQL)."
        )
    call_command("migrate", verbosity=0, interactive=False)
    check()


def check() -> None:
    """The keys are those this desk was written with, and its hours can be kept. Raises WrongSetting."""
    from django.conf import settings

    from amends.casework import cipher, facts
    from amends.env import WrongSetting

    if not cipher.keys_fit():
        raise WrongSetting(
            f"The keys in {settings.AMENDS_KEYS} are not the ones this database was written with."
            " Put the right ones back; nothing was changed."
        )
    facts.house()
