"""Row 12. FreeScout, email-reply-parser, talon: stripping quoted text removed what the customer had written.

Quoted text is folded in the view, never removed; if nothing new remains, everything is shown.
"""

import pytest

from amends.casework import shown
from amends.post import box
from tests.incidents.letterbox import comes, letter
from tests.pages import Browser, case_path

LETTERS = {
    "new words under the quote": "> When did it lift?\n\nIt lifted on MONDAYWORD.",
    "new words between the quotes": "> When did it lift?\nOn MONDAYWORD.\n> Who was there?\nMy FOREMANWORD.",
    "a line that looks like a header": "On Monday I wrote:\nit lifted. MONDAYWORD\nFrom: the roof it fell",
    "a signature with words under it": "It lifted.\n-- \nAna\nPS: the MONDAYWORD bucket is full.",
    "nothing but a quote": "> It lifted on MONDAYWORD.\n> Nobody came.",
    "Chinese under the quote": "在 2026年6月8日 Sam 写道:\n> 什么时候?\n\n星期一漏水了。",
    "Chinese before it": "星期一漏水了。\n\n在 2026年6月8日，Sam <sam@desk.example> 写道：\n> 什么时候?",
    "a rule of lines": "It lifted.\n________________________________\nMONDAYWORD under a line of my own.",
    "a forwarded letter": "See below.\n---------- Forwarded message ---------\nFrom: Bo <bo@x.example>\n\nMONDAYWORD",
    "Outlook's own": "-----Original Message-----\nFrom: Sam\nSent: Monday\n\nMONDAYWORD",
    "only blank lines before the quote": "\n\n\nAm Montag schrieb Sam:\n> MONDAYWORD",
    "one word": "MONDAYWORD",
}


def _said_in(text: str) -> set[str]:
    return {word for word in text.replace(">", " ").split() if word.isalpha()}


@pytest.mark.parametrize("name", LETTERS)
def test_every_word_of_a_reply_stands_on_the_case_page_and_on_the_letters_own(desk, name):
    desk.received()
    raw = letter(LETTERS[name])
    from amends.post import ours

    comes(desk, raw, None, ours.reply_address(desk.case, desk.state().customer))
    sam = Browser(desk.sam)
    number = desk.state().story.came[-1].number
    for page in (case_path(desk), f"{case_path(desk)}letters/{number}/"):
        sam.get(page)
        missing = {word for word in _said_in(LETTERS[name]) if word not in sam.text}
        assert not missing, (page, missing)


@pytest.mark.parametrize("name", LETTERS)
def test_a_complaint_is_never_empty_because_all_of_it_looked_quoted(desk, name):
    desk.case = comes(desk, letter(LETTERS[name])).case
    this = shown.load(desk.case)
    assert this.texts(this.case.story.quote) not in ("", "(no text)")


@pytest.mark.parametrize("name", LETTERS)
def test_what_is_folded_away_and_what_is_new_are_together_the_whole(desk, name):
    filed = comes(desk, letter(LETTERS[name]))
    reading = box.readings([filed.letter])[filed.letter]
    assert _said_in(LETTERS[name]) <= _said_in(reading.text)
    assert reading.new_text.strip()


def test_the_words_new_under_a_quote_are_among_those_the_customer_is_quoted_with(desk):
    desk.received()
    filed = desk.hears("> When did it lift?\n\nIt lifted on MONDAYWORD.")
    assert "MONDAYWORD" in box.readings([filed.letter])[filed.letter].new_text
