"""HTML to readable text in linear time: our own scanner, because the words matter and the markup does not."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/>]{0,60}+)((?:[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=|["'])*+)>""", re.DOTALL
)
_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/><]{0,60}+)")
_HREF = re.compile(r"""\bhref\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""", re.IGNORECASE)
_HIDDEN = re.compile(
    r"""(?:^|\s)hidden(?=[\s=]|$)|display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|mso-hide\s{0,9}:\s{0,9}all""",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SILENT = ("script", "style", "head", "title", "noframes", "template", "object", "svg", "math")
_ENDS = {name: re.compile(rf"</{name}\b[^>]{{0,200}}>?", re.IGNORECASE) for name in _SILENT}
_VOID, _BLOCKS, _SPACED = (
    frozenset(names.split())
    for names in (
        "area base br col embed hr img input link meta param source track wbr",
        "address article aside body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header html li main "
        "nav ol p pre section table tbody tfoot thead tr ul",
        "p h1 h2 h3 h4 h5 h6 ul ol dl table pre",
    )
)
_MOST_QUOTES = 6
_MOST_TORN = 20


def readable(markup: str) -> str:
    """The words of an HTML part: a line per block, "> " before quoted blocks, links shown beside their text."""
    page = _Page(markup, hide=True)
    if page.hiding:
        # Something hidden never ended; rather show too much than lose the rest of the letter.
        page = _Page(markup, hide=False)
    return page.text()


class _Page:
    """Lines under construction while the markup is scanned once, from left to right."""

    def __init__(self, markup: str, *, hide: bool):
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.hiding = ""
        self.hidden_depth = 0
        self.links: list[tuple[str, int]] = []
        self._scan(markup, hide)
        self._break()

    def text(self) -> str:
        out: list[str] = []
        for line in self.lines:
            if line.strip("> ") or (out and out[-1].strip("> ")):
                out.append(line)
        while out and not out[-1].strip("> "):
            out.pop()
        return "\n".join(out).strip("\n")

    def _scan(self, markup: str, hide: bool) -> None:
        last_close, last_comment = markup.rfind(">"), markup.rfind("-->")
        unended: set[str] = set()
        torn = at = 0
        while (opened := markup.find("<", at)) >= 0:
            self._words(markup[at:opened])
            if opened > last_close:
                at = opened
                break
            if markup.startswith(("<!", "<?"), opened):
                at = _after_comment(markup, opened, last_comment)
                continue
            found = _TAG.match(markup, opened) if torn < _MOST_TORN else None
            if found:
                name, attributes, at = found[2].lower(), found[3], found.end()
            else:
                start = _NAME.match(markup, opened)
                if not start:
                    self._words("<")
                    at = opened + 1
                    continue
                torn += 1
                name, attributes, found = start[2].lower(), "", start
                at = markup.find(">", start.end()) + 1
            if found[1]:
                self._close(name)
            elif name in _ENDS and name not in unended and not attributes.endswith("/"):
                ending = _ENDS[name].search(markup, at)
                if ending:
                    at = ending.end()
                else:
                    unended.add(name)
            else:
                self._open(name, attributes, hide)
        self._words(markup[at:])

    def _words(self, run: str) -> None:
        if run and not self.hiding:
            if "&" in run:
                run = html.unescape(run)
            self.line.append(run)

    def _open(self, name: str, attributes: str, hide: bool) -> None:
        if self.hiding:
            self.hidden_depth += name == self.hiding
            return
        if hide and name not in _VOID and attributes and _HIDDEN.search(attributes):
            self.hiding, self.hidden_depth = name, 1
            return
        if name == "br":
            self._break()
        elif name == "a":
            href = _HREF.search(attributes)
            target = html.unescape(next((g for g in href.groups() if g is not None), "")) if href else ""
            self.links.append((target.strip(), len(self.line)))
            del self.links[:-10]
        elif name == "img":
            alt = _ALT.search(attributes)
            self._words((alt[1] or alt[2] or "") if alt else "")
        elif name in ("td", "th"):
            self.line.append(" ")
        elif name == "hr":
            self._block(name)
        elif name == "blockquote":
            self._block("p")
            self.quotes += 1
        elif name in _BLOCKS:
            self._block(name)
            if name == "li":
                self.line.append("- ")

    def _close(self, name: str) -> None:
        if self.hiding:
            self.hidden_depth -= name == self.hiding
            if not self.hidden_depth:
                self.hiding = ""
        elif name == "a" and self.links:
            self._link(*self.links.pop())
        elif name == "blockquote":
            self._block("p")
            self.quotes = max(0, self.quotes - 1)
        elif name in _BLOCKS:
            self._block(name)

    def _link(self, target: str, since: int) -> None:
        shown = "".join(self.line[since:]).strip()
        plain = target.removeprefix("mailto:")
        if target.lower().startswith(("http://", "https://", "mailto:")) and plain.rstrip(
            "/"
        ) != shown.rstrip("/"):
            self.line.append(f" <{plain}>")

    def _block(self, name: str) -> None:
        if "".join(self.line).strip():
            self._break()
        self.line.clear()
        self.links.clear()
        if name in _SPACED and self.lines and self.lines[-1].strip("> "):
            self.lines.append("> " * min(self.quotes, _MOST_QUOTES) if self.quotes else "")

    def _break(self) -> None:
        line = _SPACE.sub(" ", "".join(self.line)).strip(" ")
        self.line.clear()
        self.links.clear()
        self.lines.append(">" * min(self.quotes, _MOST_QUOTES) + " " + line if self.quotes else line)


def _after_comment(markup: str, opened: int, last_end: int) -> int:
    """Past a comment, a doctype or a conditional comment (what those hold is shown to no reader)."""
    if markup.startswith("<!--", opened) and opened + 2 <= last_end:
        return markup.find("-->", opened + 2) + 3
    return markup.find(">", opened) + 1
