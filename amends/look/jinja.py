"""The environment pages are drawn in: our words, our parts, nothing that fetches from outside."""

import hashlib
from functools import cache

from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.translation import ngettext
from jinja2 import Environment
from markupsafe import Markup, escape

from amends import tongue
from amends.casework import tokens, wording
from amends.look import parts, sentences, styles


def environment(**options) -> Environment:
    env = Environment(**{**options, "trim_blocks": True, "lstrip_blocks": True})
    env.globals.update(
        _=tongue._,
        ngettext=ngettext,
        static=static,
        url=url,
        Markup=Markup,
        day=wording.day,
        short_day=wording.short_day,
        clock=wording.clock,
        when=wording.when,
        when_in_full=wording.when_in_full,
        short_when=wording.short_when,
        amount=wording.amount,
        until=wording.until,
        say=sentences,
        drawn=parts,
        stylesheet=styles.address,
        desk_name=settings.AMENDS_NAME,
        company=settings.AMENDS_NAME,
        phone=settings.AMENDS_PHONE,
    )
    env.filters.update(paragraphs=paragraphs, shortened=shortened, field_time=field_time)
    return env


def url(name: str, *args, **kwargs) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


@cache
def static(path: str) -> str:
    """The address of a file of ours, with its fingerprint, so that a browser may keep it for good."""
    found = finders.find(path)
    if not found or settings.DEBUG:
        return settings.STATIC_URL + path
    with open(found, "rb") as file:
        mark = hashlib.file_digest(file, "sha256").hexdigest()[:10]
    return f"{settings.STATIC_URL}{path}?{mark}"


def paragraphs(words: str) -> Markup:
    """Plain words as paragraphs; single line ends stay line ends. The key in a customer's link is theirs alone."""
    words = tokens.hidden(words)
    blocks = [block.strip("\n") for block in words.replace("\r\n", "\n").split("\n\n")]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
        if block.strip()
    )


def shortened(words: str, longest: int = 140) -> str:
    """The first sentence or so, for a list; the whole stands one step away."""
    words = " ".join(tokens.hidden(words).split())
    if len(words) <= longest:
        return words
    cut = words[:longest]
    for end in (". ", "! ", "? "):
        place = cut.rfind(end)
        if place > longest // 3:
            return cut[: place + 1]
    return cut[: cut.rfind(" ")].rstrip(",;:") + " …"


def field_time(moment) -> str:
    """A moment as a datetime-local field wants it."""
    return wording.local(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""
