"""A letter half written over a sign-out: nothing typed is lost, and it goes after signing in again elsewhere."""

import pytest
from playwright.sync_api import expect

from tests.browser.play import at_the_case_of

WORDS = "The sheet you have is of lot 2250, which was stored upright."


@pytest.mark.browser
@pytest.mark.xdist_group("service")
def test_what_is_being_written_survives_a_sign_out(service, browser_path):
    with at_the_case_of("Hal Pruitt", service, browser_path) as (play, password):
        page = play.rep
        letter = page.get_by_label("Your answer to")
        letter.fill(WORDS)
        other = page.context.new_page()
        page.context.clear_cookies(name="amends")
        letter.press_sequentially(" It is whole.")
        expect(page.locator("[data-draft-said]")).to_contain_text("You are signed out.")
        expect(letter).to_have_value(f"{WORDS} It is whole.")
        expect(page.get_by_role("heading", name="Sign in")).to_have_count(0)  # it is not drawn into the page

        other.goto(f"{play.site}/sign-in/")
        other.get_by_label("Email").fill("priya@ridgeline.example")
        other.get_by_label("Password").fill(password)
        other.get_by_role("button", name="Sign in").click()
        letter.press_sequentially(" It lies flat.")
        expect(page.locator("[data-draft-said]")).to_contain_text("Draft kept")
        page.get_by_role("button", name="Send to").click()
        expect(page.locator("#file").get_by_text("It is whole. It lies flat.")).to_be_visible()
