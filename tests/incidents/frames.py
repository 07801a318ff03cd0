"""What a browser would make of a page: its tags, and whether anything in it acts or fetches."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

ACTING = frozenset(
    [
        "script",
        "iframe",
        "object",
        "embed",
        "applet",
        "form",
        "input",
        "button",
        "link",
        "meta",
        "base",
        "svg",
        "math",
        "style",
        "template",
        "frame",
        "frameset",
        "video",
        "audio",
        "source",
        "track",
        "noscript",
        "portal",
        "marquee",
    ]
)
FETCHING = frozenset(
    ("src", "srcset", "background", "poster", "data", "formaction", "action", "ping", "cite", "manifest")
)


class Page(HTMLParser):
    """Every tag of a page with its attributes, as another program than our sanitiser reads them."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    handle_startendtag = handle_starttag


def wrong_in(body: str) -> list[str]:
    """What in the body of a letter's frame acts, fetches from outside, or leads where no link may lead."""
    found = []
    for tag, attributes in Page(body).tags:
        if tag in ACTING:
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            plain = "".join(c for c in value.lower() if c > " ")
            if name.startswith("on") or name in ("srcdoc", "id", "name", "class", "is", "slot"):
                found.append(f"{tag} {name}")
            if name in FETCHING and not plain.startswith("data:image/png;base64,"):
                found.append(f"{tag} {name}={value[:40]}")
            if name == "href" and urlsplit(plain).scheme not in ("http", "https", "mailto", "tel", ""):
                found.append(f"{tag} href={value[:40]}")
            if name == "style" and any(word in plain for word in ("url(", "@import", "\\", "position:")):
                found.append(f"{tag} style={value[:40]}")
    return found


def body_of(html: str) -> str:
    return html.partition("<body>")[2].rpartition("</body>")[0]
