"""A letter's own layout, for a sandboxed frame: cleaned of what acts, and of everything it would fetch from outside.

The frame is the first wall: no scripts, no origin, nothing loaded (`FRAME_POLICY`). This is the second.
"""

import base64
import re
from collections.abc import Callable

import nh3

from amends.casework import tokens

FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
MOST_PICTURES = 30
_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
    ]
)
_ATTRIBUTES = {
    "*": {"style", "align", "valign", "dir", "lang", "title", "width", "height", "bgcolor"},
    "a": {"href"},
    "img": {"src", "alt"},
    "font": {"color", "size", "face"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start", "type"},
    "li": {"value"},
}
_STYLES = frozenset(
    [
        "color",
        "background-color",
        "font",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "text-align",
        "text-decoration",
        "line-height",
        "padding",
        "padding-left",
        "padding-right",
        "padding-top",
        "padding-bottom",
        "margin",
        "margin-left",
        "margin-right",
        "margin-top",
        "margin-bottom",
        "border",
        "border-left",
        "border-right",
        "border-top",
        "border-bottom",
        "border-collapse",
        "width",
        "max-width",
        "height",
        "vertical-align",
        "white-space",
        "direction",
        "list-style-type",
    ]
)
_FRAME = """<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<title>{title}</title><style>html{{background:#fff;color:#111;color-scheme:light}}
body{{margin:12px;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}img{{max-width:100%;height:auto}}
blockquote{{margin:0 0 0 8px;padding-left:12px;border-left:2px solid #ccc}}pre{{white-space:pre-wrap}}</style></head>
<body>{body}</body></html>"""
_OUTSIDE = re.compile(r"""(?:src|background|poster|srcset)=["']?(?:https?:)?//""", re.IGNORECASE)

Picture = Callable[[str], bytes | None]


def framed(html: str, title: str, picture: Picture) -> str:
    """The whole document of the frame.

    picture  draws anew, as PNG, what `cid:…` or `data:…` names; None when it is no picture
    """
    left = [MOST_PICTURES]

    def allowed(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href" and not value.strip().lower().startswith(
            ("http:", "https:", "mailto:", "tel:")
        ):
            return None
        if (tag, attribute) == ("img", "src"):
            return _source(value, picture, left)
        return None if "url(" in value.lower() and attribute == "style" else value

    body = nh3.clean(
        tokens.hidden(html),
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "title", "head", "template", "svg", "math"},
        attributes=_ATTRIBUTES,
        attribute_filter=allowed,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "data", "cid"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )
    return _FRAME.format(title=nh3.clean_text(title), body=body)


def fetches_from_outside(html: str) -> bool:
    """Whether the letter would have loaded something from outside, as far as can be seen."""
    return bool(_OUTSIDE.search("".join(html.split())))


def _source(value: str, picture: Picture, left: list[int]) -> str | None:
    """A picture of the letter itself, drawn anew; nothing else is shown."""
    named = value.strip()
    if left[0] <= 0 or not named.lower().startswith(("cid:", "data:image/")):
        return None
    left[0] -= 1
    drawn = picture(named)
    return "data:image/png;base64," + base64.b64encode(drawn).decode() if drawn else None
