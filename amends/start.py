"""Getting Django ready outside a web request."""

import os


def with_django() -> None:
    """Settings, models and the folder for them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.settings")
    import django
    from django.apps import apps

    if apps.ready:
        return
    django.setup()
    from django.conf import settings

    settings.AMENDS_HOME.mkdir(parents=True, exist_ok=True)


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
