"""Sentences in the reader's language. While a desk speaks one language, each is looked up once and remembered.

Django's lookup asks a context variable for the language each time; a page of fifty rows asks three hundred times.
"""

from functools import cache

from django.conf import settings
from django.utils.translation import gettext


@cache
def _remembered(message: str) -> str:
    return gettext(message)


def _(message: str) -> str:
    """The sentence as the reader's language has it."""
    return _remembered(message) if len(settings.LANGUAGES) == 1 else gettext(message)
