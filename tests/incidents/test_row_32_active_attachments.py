"""Row 32. SVG and HTML attachments opened in place; XHTML; sniffing.

D10 rules it out: a file is only ever a download, with nosniff and a sandbox, from a host of its own where there is one;
previews are pictures drawn anew.
"""

import io

import pytest

from amends.casework import shown
from tests.incidents.letterbox import comes, letter
from tests.pages import Browser, case_path, portal_path

ACTIVE = {
    "a.svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "a.html": ("text/html", b"<script>alert(1)</script>"),
    "a.xhtml": (
        "application/xhtml+xml",
        b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    ),
    "a.xml": ("text/xml", b'<?xml-stylesheet href="javascript:alert(1)"?><a/>'),
    "a.js": ("text/javascript", b"alert(1)"),
    "a.txt": ("text/plain", b"<script>alert(1)</script>"),
    "a.png": ("image/png", b"<script>alert(1)</script>"),
    "a.gif": ("image/gif", b"GIF89a/*<script>alert(1)</script>*/"),
    "a.pdf": ("application/pdf", b"%PDF-1.7 /JavaScript (app.alert(1))"),
    "a.htm": ("text/plain; charset=utf-7", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    "a.eml": ("message/rfc822", b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>"),
    "a.swf": ("application/x-shockwave-flash", b"FWS"),
    "a": ("image/svg+xml\tx", b"<svg onload=alert(1)>"),
    "b.svgz": ("image/svg+xml; charset=x", b"<svg onload=alert(1)>"),
}
SHOWN = {
    "application/pdf",
    "text/plain",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/octet-stream",
}


@pytest.fixture
def with_file(desk):
    def made(name: str):
        type, data = ACTIVE[name]
        desk.case = comes(desk, letter("See.", files=[(name, type, data)])).case
        assert shown.load(desk.case).lines[0].entry.files
        return desk, data

    return made


@pytest.mark.parametrize("name", ACTIVE)
def test_a_file_is_a_download_and_never_shown_in_place(with_file, name):
    desk, data = with_file(name)
    for person, path in ((desk.sam, case_path(desk)), (None, portal_path(desk))):
        answer = Browser(person).get(f"{path}files/1/0/")
        assert answer.content == data and answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Content-Type"].partition(";")[0] in SHOWN
        assert "no-store" in answer.headers["Cache-Control"]
    preview = Browser(desk.sam).get(f"{case_path(desk)}files/1/0/?seen=1")  # drawn anew, or none
    assert preview.status_code == 404 or preview.content.startswith(b"\x89PNG")
    assert preview.status_code == 404 or b"script" not in preview.content


def _drawn(comment: bytes = b"<script>alert(1)</script>") -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (3000, 2000), "white").save(out, "JPEG", comment=comment)
    return out.getvalue() + b"<script>alert(2)</script>"


def test_a_preview_holds_nothing_of_the_file_but_its_look(desk):
    desk.case = comes(desk, letter("See.", files=[("roof.jpg", "image/jpeg", _drawn())])).case
    answer = Browser(desk.sam).get(f"{case_path(desk)}files/1/0/?seen=1")
    assert (
        answer.status_code == 200
        and answer.content.startswith(b"\x89PNG")
        and b"script" not in answer.content
    )
    from PIL import Image

    assert max(Image.open(io.BytesIO(answer.content)).size) <= 1200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "image/png"


def test_a_picture_of_a_thousand_million_points_is_not_drawn_and_harms_nobody(desk):
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\2\0\0\0" + b"\0" * 40
    desk.case = comes(desk, letter("See.", files=[("bomb.png", "image/png", bomb)])).case
    sam = Browser(desk.sam)
    assert sam.get(f"{case_path(desk)}files/1/0/?seen=1").status_code == 404
    assert sam.get(f"{case_path(desk)}files/1/0/").content == bomb


@pytest.mark.parametrize("where", ["case", "held"])
def test_a_letter_saved_as_it_came_is_a_download_too(desk, where):
    raw = letter(
        "<script>alert(1)</script>",
        html="<script>alert(1)</script>",
        From="ana@x.example" if where == "case" else None,
    )
    filed = comes(desk, raw)
    desk.case = filed.case
    path = f"{case_path(desk)}letters/1/raw/" if where == "case" else f"/held/{filed.letter}/raw/"
    answer = Browser(desk.sam).get(path)
    assert answer.content == raw and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_small_text_file_read_on_the_page_is_text(desk):
    desk.case = comes(
        desk, letter("See.", files=[("a.txt", "text/plain", b"<script>alert(1)</script>")])
    ).case
    html = Browser(desk.sam).get(f"{case_path(desk)}letters/1/").content.decode()
    assert "&lt;script&gt;alert(1)" in html and "<script>alert" not in html
