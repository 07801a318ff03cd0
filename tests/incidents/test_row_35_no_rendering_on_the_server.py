"""Row 35. osTicket: its PDF export read files of the server through crafted HTML of a ticket.

Nothing here draws sender's HTML on the server: there is no such library, no such door; printing is the browser's.
There is no PDF export in this release, so what is shown is that none can be had by a side road.
"""

import ast
import re
from pathlib import Path

import pytest

import amends
from amends.rules.permissions import DOORS
from tests.incidents.letterbox import comes, imported, leave, letter, sources
from tests.pages import Browser, case_path, portal_path

RENDERERS = {"weasyprint", "pdfkit", "xhtml2pdf", "reportlab", "wkhtmltopdf", "playwright", "selenium", "pyppeteer", "cairosvg", "fpdf", "imgkit", "docx", "lxml"}  # fmt: skip
TRAP = '<iframe src="file:///etc/passwd"></iframe><img src="file:///etc/passwd"><link rel=stylesheet href="file:///etc/passwd"><object data="file:///etc/passwd"></object><img src="php://filter/resource=/etc/passwd">'  # fmt: skip


def test_no_library_that_draws_html_is_used_or_asked_for():
    for path, _, tree in sources():
        for node in ast.walk(tree):
            assert not RENDERERS & {name.partition(".")[0] for name in imported(node)}, path
    wanted = (Path(amends.__file__).parent.parent / "pyproject.toml").read_text()
    asked = re.search(r"^dependencies = \[(.*?)^\]", wanted, re.S | re.M)[1]
    assert not [name for name in RENDERERS if name in asked]


def test_the_only_programs_that_are_started_are_our_own_python():
    for path, _, tree in sources():
        for node in ast.walk(tree):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in (
                "os.system",
                "os.popen",
                "subprocess.getoutput",
                "subprocess.run",
                "subprocess.call",
            ):
                raise AssertionError(f"{path.name}: {called}")
            if called == "subprocess.Popen":
                assert ast.unparse(node.args[0]).startswith("[sys.executable, '-m', 'amends."), path


def test_there_is_no_door_to_a_pdf_or_a_print():
    assert not [name for name in DOORS if re.search(r"pdf|print|export|render|convert", name)]


@pytest.mark.parametrize("more", ["pdf/", "print/", "export/", "?format=pdf", "?_export=pdf", "?print=1"])
def test_asking_for_one_gives_none(desk, more):
    desk.case = comes(desk, letter("See.", html=TRAP)).case
    for browser, base in ((Browser(desk.sam), case_path(desk)), (Browser(), portal_path(desk))):
        answer = browser.get(base + more)
        assert answer.status_code == 404 or answer.headers["Content-Type"].startswith("text/html")
        assert b"root:" not in answer.content and not answer.content.startswith(b"%PDF")


def test_files_of_the_server_named_in_a_letter_are_not_read_for_any_page_or_letter(desk):
    desk.case = comes(desk, letter(TRAP, html=TRAP, Subject=TRAP)).case
    sam = Browser(desk.sam)
    for path in (case_path(desk), f"{case_path(desk)}letters/1/", f"{case_path(desk)}letters/1/layout/"):
        assert b"root:x:" not in sam.get(path).content
    layout = sam.get(f"{case_path(desk)}letters/1/layout/").content
    assert b"file://" not in layout and b"php://" not in layout
    for outgoing in leave(desk.now).letters:
        assert b"root:x:" not in outgoing.message
