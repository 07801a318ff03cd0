"""The composer as somebody uses it: marks while they write, ways out, a promise that becomes one when the letter goes."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.play import at_the_case_of

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
LIE = "I checked with my manager. I have passed this on to our lab."
PROMISE = "We will put up a sign at the yard."


@pytest.mark.browser
@pytest.mark.xdist_group("service")
def test_what_is_not_so_is_marked_while_it_is_written_and_what_is_promised_becomes_a_promise(
    service, browser_path
):
    with at_the_case_of("Hal Pruitt", service, browser_path) as (play, _password):
        page = play.rep
        letter, weighed = page.get_by_label("Your answer to"), page.locator("#weighed")
        letter.fill(f"Dear Mr Pruitt,\n\n{LIE} {PROMISE}\n\nPriya")
        expect(weighed.get_by_text("Nobody was asked.")).to_be_visible()
        expect(page.locator("[data-mirror] .stopped")).to_have_text("I checked with my manager")
        expect(page.locator("#weighed-said")).to_contain_text("Not yet")
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        assert not found, [each["id"] for each in found]

        letter.press("F8")  # by keyboard to what can be done about the first mark
        expect(weighed.get_by_role("button", name="Ask Kim now")).to_be_focused()
        page.keyboard.press("Shift+F8")
        letter.press("Control+Enter")
        expect(page.get_by_role("alert")).to_contain_text("This cannot leave yet.")

        weighed.get_by_role("button", name="Take it out").first.click()
        expect(page.get_by_label("Your answer to")).not_to_have_value("I checked with my manager")
        weighed.get_by_label("What shows it?").fill("Told the lab at 11:10")
        weighed.get_by_label("By when").select_option(index=2)
        expect(weighed.get_by_text("A promise.")).to_be_visible()
        expect(weighed.get_by_text("Shown by you.")).to_be_visible()
        page.get_by_role("button", name="Send to").click()
        expect(page.locator("#file").get_by_text("Told the lab at 11:10")).to_be_visible()
        expect(page.locator("#owe").get_by_text("We will put up a sign at the yard")).to_be_visible()
        assert not [trouble for trouble in play.trouble if "422" not in trouble], play.trouble
