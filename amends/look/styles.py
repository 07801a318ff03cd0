"""The stylesheets in their order, put together into one when the process starts. No build step; nothing to go stale."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

FOLDER = Path(__file__).parent / "static" / "look"
FIRST = ("amends", "fonts", "tokens", "base")
PARTS = [
    "icons",
    "keys",
    "buttons",
    "marks",
    "topbar",
    "section",
    "facts",
    "fields",
    "refusal",
    "notice",
    "empty",
    "rows",
    "strip",
    "file",
    "letters",
    "points",
    "guide",
    "stages",
    "promises",
    "power",
    "composer",
    "options",
    "tables",
    "dialog",
    "disclosure",
    "bottombar",
    "waiting",
]
PAGES = ("today", "case", "act", "lists", "portal", "complain", "print")
FOR_GOOD = "public, max-age=31536000, immutable"


@cache
def sheet() -> tuple[str, str]:
    """The whole stylesheet and its fingerprint."""
    names = [*FIRST, *(f"parts/{name}" for name in PARTS), *(f"pages/{name}" for name in PAGES)]
    text = "\n".join((FOLDER / f"{name}.css").read_text() for name in names)
    text = text.replace('url("fonts/', f'url("{settings.STATIC_URL}look/fonts/')
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def address() -> str:
    """Where pages find the stylesheet; another fingerprint, another address."""
    return reverse("look", args=[sheet()[1]])


def serve(request, mark):
    """The stylesheet. An address of an older one gives the present one, and is not kept."""
    text, now = sheet()
    kept = FOR_GOOD if mark == now else "no-cache"
    return HttpResponse(text, content_type="text/css; charset=utf-8", headers={"Cache-Control": kept})
