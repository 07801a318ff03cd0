"""Row 37. Placeholders that read Python's insides (pretix); a mail's subject compiled as a template (DjangoCRM).

Letters fill a closed list of fields by plain replacement; whatever somebody wrote stays as it is, in letters and on pages.
"""

import re
from pathlib import Path

import pytest

from amends.casework import letters as drawn_up
from amends.casework import shown
from amends.rules import cases, correspondence, points, promises, remedies
from amends.rules.entries import LetterKind
from amends.rules.values import Text
from tests.incidents.letterbox import comes, leave, letter, sources
from tests.pages import Browser, case_path, portal_path

PRODUCT = str(1234567 * 7654321)
TRICKS = [
    "{writer.__class__}", "{desk}", "{link}", "{ref}", "{name}", "{0}", "{}", "{owner!r}", "{phone.__init__.__globals__}", "{{desk}}",
    "%(desk)s", "%s", "${desk}", "{{ 1234567*7654321 }}", "{% raw %}{{ 1234567*7654321 }}", "{{ config }}", "#{1234567*7654321}", "<%= 1234567*7654321 %>", "{owner", "owner}", "{{{", "$$",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_what_a_customer_wrote_stands_in_every_letter_as_they_wrote_it(desk, trick):
    name = f"Ana {trick} W"
    desk.received(
        words=f"The seam {trick} lifted.\nNobody {trick} came.", name=name, sought=f"A sheet {trick}"
    )
    desk.point(f"The seam {trick} lifted")
    desk.do(desk.sam, points.read_back)
    desk.do(desk.sam, correspondence.write, words=f"Dear {name}, we see {trick}.")
    asked = {"points": (1,), "words": f"The laboratory {trick}.", "owner": desk.sam.id}
    desk.do(desk.sam, promises.need_time, due=desk.now.replace(hour=16), **asked)
    desk.do(desk.ana, cases.withdraw, words=f"Never mind {trick}.")
    sent = [outgoing.message.decode() for outgoing in leave(desk.now).letters]
    assert len(sent) == 5
    assert all(f"Dear {name}," in one for one in sent if "Dear " in one)
    assert f"The seam {trick} lifted" in sent[1] and f"The laboratory {trick}." in sent[3]
    assert not any(PRODUCT in one or "<class" in one or "built-in" in one for one in sent)


def test_what_stands_in_an_option_is_not_filled_either(desk):
    trick = " ".join(TRICKS)
    desk.working()
    desk.do(
        desk.sam,
        remedies.propose,
        offers=(desk.offer(f"A new {trick} sheet", reasons=Text(f"It fits {trick}.")),),
    )
    body = leave(desk.now).letters[-1].message.decode()
    assert f"A new {trick} sheet" in body and f"It fits {trick}." in body


def test_a_subject_is_words_on_every_page_and_in_our_answer(desk):
    trick = " ".join(TRICKS)
    desk.case = comes(
        desk, letter(f"It {trick} leaks.", Subject=f"Roof {trick} x", From=f'"Ana {trick}" <a@x.example>')
    ).case
    this = shown.load(desk.case)
    assert this.texts(this.case.story.subject) == f"Roof {trick} x"
    for browser, page in (
        (Browser(desk.sam), case_path(desk)),
        (Browser(desk.sam), "/cases/?view=open"),
        (Browser(), portal_path(desk)),
    ):
        browser.get(page)
        assert (
            browser.answer.status_code == 200 and PRODUCT not in browser.text and "<class" not in browser.text
        )
    browser = Browser(desk.sam)
    browser.get(f"{case_path(desk)}letters/1/")
    assert f"Roof {trick} x" in browser.text and f"It {trick} leaks." in browser.text


def test_a_template_of_ours_names_only_the_listed_fields():
    """Every field in every letter is one that is filled; none reaches into an object."""
    folder = Path(drawn_up.__file__).parent
    for path in folder.rglob("*.md"):
        for field in re.findall(r"\{([^}]*)\}", path.read_text()):
            assert re.fullmatch(r"[a-z_]+", field), (path.name, field)
    assert {path.stem for path in (folder / "en").glob("*.md")} == {kind.value for kind in LetterKind} - {
        "reply",
        "holding",
    }


def test_an_unknown_field_is_left_empty_and_reads_nothing():
    assert drawn_up._replaced("a {writer.__class__} b {nobody} c", {"writer": "Sam"}) == "a  b  c"


def test_nothing_compiles_a_template_from_words():
    compiling = r"from_string\(|Template\(|\.render_template_string|format_map\(|\beval\(|\bexec\("
    assert not [path.name for path, words, _ in sources() if re.search(compiling, words)]


def test_a_signature_is_words_too(desk):
    desk.sam.signature = "Sam {desk} {{ 1234567*7654321 }} %(ref)s"
    desk.sam.save()
    desk.received()
    desk.do(desk.sam, correspondence.write, words="The crew is at the yard.")
    assert "Sam {desk} {{ 1234567*7654321 }} %(ref)s" in leave(desk.now).letters[-1].message.decode()
