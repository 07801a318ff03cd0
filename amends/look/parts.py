"""The smallest parts, drawn in Python: a page of fifty rows draws hundreds, and a macro costs fifteen times as much.

`pages/parts.html` gives them out with all the others, so that pages need not know the difference.
"""

from markupsafe import Markup, escape

from amends.tongue import _

PROMISE_ICONS = {"kept": "kept", "broken": "broken", "released": "released"}
PROMISE_TONES = {"soon": "amber", "due": "amber", "broken": "brick"}
FINDING_ICONS = {"upheld": "upheld", "partly_upheld": "partly", "not_upheld": "not-upheld"}


def icon(name: str, cls: str = "", words: str = "") -> Markup:
    """A drawing of icons.html. `words` only if the shape stands alone and must speak."""
    said = f'role="img" aria-label="{escape(words)}"' if words else 'aria-hidden="true"'
    more = f" {cls}" if cls else ""
    return Markup(f'<svg class="icon{more}" {said}><use href="#i-{name}"></use></svg>')


def key(letter: str) -> Markup:
    """One letter or sign as printed on what it does. Hidden from screen readers, which hear aria-keyshortcuts."""
    return Markup(f'<kbd class="key" aria-hidden="true">{escape(letter)}</kbd>')


def mark(icon: str, words: str, tone: str = "") -> Markup:
    """A shape and words. `tone`: empty (neutral), strong, amber (time), brick (broken, stopped), teal."""
    toned = f" {tone}" if tone else ""
    shape = f'<svg class="icon" aria-hidden="true"><use href="#i-{icon}"></use></svg>'
    return Markup(f'<span class="mark{toned}">{shape}<span>{escape(words)}</span></span>')


def promise_icon(state: str) -> str:
    """The drawing of a promise's state: open, soon (under an hour), due (today), kept, broken, released."""
    return PROMISE_ICONS.get(state, "clock")


def promise_mark(state: str, words: str) -> Markup:
    """A promise in a line. Only soon and due are amber, only broken is brick."""
    return mark(promise_icon(state), words, PROMISE_TONES.get(state, ""))


def finding_icon(finding: str) -> str:
    """The drawing of a finding: upheld, partly_upheld, not_upheld, none."""
    return FINDING_ICONS.get(finding, "no-finding")


def finding_mark(finding: str, our_error: bool = False, words: str = "") -> Markup:
    """A finding on a point, the same inside and on the customer's page. `words` replaces all."""
    said = {"upheld": _("upheld"), "partly_upheld": _("partly upheld"), "not_upheld": _("not upheld")}.get(
        finding
    )
    if not words:
        words = said or _("no finding yet")
        words += ", " + _("our error") if our_error else ""
    return mark(finding_icon(finding), words, "strong" if said else "")
