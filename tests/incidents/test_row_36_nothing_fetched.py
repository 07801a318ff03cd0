"""Row 36. Remote images: osTicket's server fetched them for an attacker (SSRF); elsewhere they tell who has read a letter.

The server fetches nothing, and neither may the browser: the frame holds only pictures that came with the letter.
"""

import ast
import io
import socket

import pytest

from amends.post import imap
from tests.incidents.frames import body_of, wrong_in
from tests.incidents.letterbox import comes, file_all, imported, leave, letter, sources
from tests.pages import Browser, case_path

AT = "http://127.0.0.1:{port}/"
REMOTE = [
    '<img src="{at}a.png">', '<img src="//127.0.0.1:{port}/a.png">', '<img srcset="{at}a.png 2x" src="{at}b.png">',
    '<table background="{at}a.png"><tr><td background="{at}b.png">x</td></tr></table>', '<body background="{at}a.png">x',
    '<p style="background:url({at}a.png)">x</p>', "<p style=\"list-style-image:url('{at}a.png')\">x</p>",
    '<p style="background-image:u\\72l({at}a.png)">x</p>', '<style>p{{background:url({at}a)}} @font-face{{src:url({at}f)}}</style><p>x</p>',
    '<link rel="stylesheet" href="{at}a.css">', '<link rel="prefetch" href="{at}a">', '<link rel="dns-prefetch" href="{at}">',
    '<video poster="{at}a.png" src="{at}b"></video>', '<audio src="{at}a"></audio>', '<iframe src="{at}a"></iframe>',
    '<object data="{at}a"></object>', '<embed src="{at}a">', '<input type="image" src="{at}a">', '<img src="&#104;ttp://127.0.0.1:{port}/a">',
    '<svg><image href="{at}a.png"/><use href="{at}b#x"/></svg>', '<img src="cid:none@x" longdesc="{at}a" lowsrc="{at}b" dynsrc="{at}c">',
    '<a ping="{at}a" href="x">x</a>', '<base href="{at}"><img src="a.png">', '<meta http-equiv="refresh" content="0;url={at}">',
    '<img src="\\\\127.0.0.1\\share\\a.png">', '<img src="ftp://127.0.0.1/a.png">', "<img src='ht\ntp://127.0.0.1:{port}/a'>",
    '<picture><source srcset="{at}a"><img src="{at}b"></picture>', '<bgsound src="{at}a">', '<img src="data:text/html,<img src={at}>">',
]  # fmt: skip


@pytest.fixture
def watched():
    """A server that should hear from nobody: its port, and who came."""
    heard = socket.create_server(("127.0.0.1", 0))
    heard.settimeout(0.0)
    yield heard
    heard.close()


def _nobody_came(heard: socket.socket) -> bool:
    try:
        heard.accept()
    except BlockingIOError:
        return True
    return False


def _all(port: int) -> list[str]:
    return [html.format(at=AT.format(port=port), port=port) for html in REMOTE]


def test_the_frame_of_a_letter_names_nothing_outside_that_a_browser_would_fetch(desk, watched):
    sam = Browser(desk.sam)
    for n, html in enumerate(_all(watched.getsockname()[1])):
        desk.case = comes(desk, letter(f"Words {n}.", html=f"<p>Words</p>{html}")).case
        answer = sam.get(f"{case_path(desk)}letters/1/layout/")
        assert answer.status_code == 200 and not wrong_in(body_of(answer.content.decode())), html
        assert "127.0.0.1" not in answer.content.decode(), html


def test_the_policy_of_the_frame_forbids_it_as_well(desk):
    desk.case = comes(desk, letter("Words.", html="<p>Words</p>")).case
    answer = Browser(desk.sam).get(f"{case_path(desk)}letters/1/layout/")
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'" and policy["img-src"] == "data:"
    assert not {"font-src", "media-src", "connect-src", "object-src", "child-src"} & set(policy)
    assert 'name="referrer" content="no-referrer"' in answer.content.decode()


def test_the_server_fetches_nothing_while_it_takes_reads_files_shows_and_answers_a_letter(
    desk, watched, mailbox
):
    port = watched.getsockname()[1]
    at = AT.format(port=port)
    html = "".join(_all(port))
    fields = {"List_Unsubscribe": f"<{at}u>", "X_Face_URL": at, "Face": at, "X_Image_URL": at, "Content_Location": at, "List_Unsubscribe_Post": "x"}  # fmt: skip
    files = [
        ("a.html", "text/html", html.encode()),
        ("a.svg", "image/svg+xml", f'<svg><image href="{at}"/></svg>'.encode()),
    ]
    external = f'message/external-body; access-type=URL; URL="{at}e"'
    raw = letter(f"See {at}", html=html, files=[*files, ("e", external, b"x")], **fields)
    raw = raw.replace(b"List-Unsubscribe", b"X-Unsubscribe")
    server = mailbox(raw)
    imap.fetch(server.connected(), desk.now)
    desk.case = next(one.case for one in file_all(desk.now) if one.case)
    sam = Browser(desk.sam)
    for path in (
        "",
        "letters/1/",
        "letters/1/layout/",
        "files/1/0/",
        "files/1/1/?seen=1",
        "files/1/1/",
        "letters/1/raw/",
    ):
        sam.get(case_path(desk) + path)
    leave(desk.now)
    assert _nobody_came(watched)


def test_no_part_of_the_product_speaks_http_but_the_asking_for_tokens():
    clients = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3"}
    speaking = {
        path.name for path, _, tree in sources() for node in ast.walk(tree) if clients & imported(node)
    }
    assert speaking <= {"oauth.py"}


def test_pictures_that_came_with_the_letter_are_shown_drawn_anew(desk):
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "JPEG", comment=b"<script>alert(1)</script>")
    raw = letter(
        "Words.", html='<p>See <img src="cid:seam@x"></p>', files=[("seam.jpg", "image/jpeg", out.getvalue())]
    )
    raw = raw.replace(b'filename="seam.jpg"\r\n', b'filename="seam.jpg"\r\nContent-ID: <seam@x>\r\n')
    desk.case = comes(desk, raw).case
    html = Browser(desk.sam).get(f"{case_path(desk)}letters/1/layout/").content.decode()
    assert 'src="data:image/png;base64,' in html and not wrong_in(body_of(html))


def test_staff_are_told_that_pictures_were_left_out(desk):
    desk.case = comes(desk, letter("Words.", html='<p>x<img src="https://track.example/p.gif"></p>')).case
    sam = Browser(desk.sam)
    sam.get(f"{case_path(desk)}letters/1/")
    assert "Pictures from outside were not fetched" in sam.text
    assert (
        "track.example" not in sam.answer.content.decode().partition("<iframe")[2].partition("</iframe>")[0]
    )
