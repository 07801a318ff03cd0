"""Row 20. `parseaddr` returns the wrong address; a Unicode look-alike resets somebody's password.

One strict reader; addresses are compared exactly, ASCII letters in one case and no others; our letters go to the stored
address, never to a typed one.
"""

import pytest

from amends.casework import shown
from amends.post import ours
from tests.incidents.letterbox import comes, leave, letter
from tests.pages import Browser

KIRA = "kira.kessel@whitlock.example"
KELVIN, LONG_S, DOTTED = "\u212a", "\u017f", "\u0130"
LOOK_ALIKES = {
    "Kelvin's K": KIRA.replace("k", KELVIN, 1),
    "Kelvin's K in the domain": KIRA.replace("whitlock", f"whitloc{KELVIN}"),
    "a long s": KIRA.replace("s", LONG_S, 1),
    "a dotted capital I": KIRA.replace("i", DOTTED, 1),
    "a Cyrillic letter": KIRA.replace("a", "\u0430", 1),
    "full width": KIRA.replace("k", "\uff4b", 1),
    "a soft hyphen": KIRA.replace("k", "k\u00ad", 1),
    "a zero-width space": KIRA.replace("k", "k\u200b", 1),
    "an accent of its own": KIRA.replace("a", "a\u0301", 1),
    "a trailing dot": KIRA + ".",
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_not_taken_for_the_customer(desk, name):
    desk.received(name="Kira Kessel", address=KIRA)
    to = ours.reply_address(desk.case, desk.state().customer)
    filed = comes(desk, letter("Send it to Elm Street.", From=f"Kira <{LOOK_ALIKES[name]}>", To=to), None, to)
    entry = shown.load(desk.case).lines[-1].entry
    assert filed.disposition == "quarantined" or entry.unverified


@pytest.mark.parametrize("name", [name for name in LOOK_ALIKES if name != "a trailing dot"])
def test_a_look_alike_that_complains_is_another_customer(desk, name):
    desk.received(name="Kira Kessel", address=KIRA)
    kira = desk.state().customer
    filed = comes(desk, letter("A complaint of mine.", From=f"Kira <{LOOK_ALIKES[name]}>"))
    assert filed.disposition == "quarantined" or desk.state(filed.case).customer != kira


@pytest.mark.parametrize("name", ["Kelvin's K", "a long s", "a dotted capital I"])
def test_a_look_alike_typed_into_the_form_is_another_customer(desk, name):
    """Whoever complains by form in a look-alike's name opens no case in the file of the real one."""
    desk.live().received(name="Kira Kessel", address=KIRA)
    before = {case for (case,) in ((row[0],) for row in desk.drawn("cases"))}
    stranger = Browser()
    stranger.post("/complain/", words="A complaint of mine.", name="Kira", reach=LOOK_ALIKES[name])
    fresh = [row[0] for row in desk.drawn("cases") if row[0] not in before]
    assert all(desk.state(case).customer != desk.state().customer for case in fresh)


@pytest.mark.parametrize(
    "who",
    [
        "kira.kessel@whitlock.example, eve@evil.example",
        "kira.kessel@whitlock.example <eve@evil.example>",
        "<kira.kessel@whitlock.example> eve@evil.example",
        "<kira.kessel@whitlock.example><eve@evil.example>",
        '"kira.kessel@whitlock.example"@evil.example',
        "kira.kessel@whitlock.example\x00@evil.example",
        "kira.kessel@whitlock.example (x) @evil.example",
        "eve@evil.example\r\nFrom: kira.kessel@whitlock.example",
        "kira.kessel@whitlock.example;eve@evil.example",
        "kira.kessel@[whitlock.example]@evil.example",
        "=?utf-8?q?kira.kessel=40whitlock.example=3E?= <eve@evil.example>",
        "=?utf-8?q?kira.kessel?=@whitlock.example",
        "kira.kessel@whitlock.example <",
        "undisclosed: kira.kessel@whitlock.example;, eve@evil.example",
    ],
)
def test_a_from_that_two_programs_would_read_differently_is_not_believed(desk, who):
    desk.received(name="Kira Kessel", address=KIRA)
    to = ours.reply_address(desk.case, desk.state().customer)
    filed = comes(desk, letter("Send it to Elm Street.", From=who, To=to), "eve@evil.example", to)
    entry = shown.load(desk.case).lines[-1].entry
    assert filed.disposition == "quarantined" or entry.unverified


def test_capital_letters_make_no_difference_and_our_letters_go_to_the_address_that_stands(desk):
    desk.received(name="Kira Kessel", address=KIRA)
    leave(desk.now)
    filed = comes(desk, letter("The gutter too.", From="KIRA.KESSEL@WHITLOCK.EXAMPLE"))
    assert desk.state(filed.case).customer == desk.state().customer
    assert leave(desk.now).receivers == [KIRA]
