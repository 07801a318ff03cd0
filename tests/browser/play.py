"""People in Chromium: a rep at a desk, a customer on a telephone. They see only what the pages show them."""

import re
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESK = {"viewport": {"width": 1440, "height": 1000}}


@contextmanager
def at_the_case_of(customer: str, service, chromium: str):
    """The sample company, started; Priya signed in and at this customer's case. Yields the play and her password."""
    password = service.run("demo").stdout.strip().rsplit(" ", 1)[-1]
    service.start()
    service.wait()
    with Play(chromium, f"http://127.0.0.1:{service.port}") as play:
        play.sign_in("priya@ridgeline.example", password)
        play.rep.goto(f"{play.site}/cases/?view=open")
        play.rep.locator("tbody tr", has_text=customer).locator("th a").click()
        yield play, password


class Play:
    """Two browsers: the rep's (`rep`) and the customer's (`them`)."""

    def __init__(self, chromium: str, site: str):
        self.chromium, self.site = chromium, site
        self.trouble: list[str] = []

    def __enter__(self):
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(
            executable_path=self.chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        self.rep, self.them = self._page(DESK), self._page(PHONE)
        return self

    def __exit__(self, trouble, *_):
        if trouble:
            for who, page in (("rep", self.rep), ("customer", self.them)):
                print(f"the {who} was at {page.url}:\n{page.inner_text('body')[:1500]}\n{self.trouble}")
        self.browser.close()
        self.playwright.stop()

    def _page(self, size) -> Page:
        page = self.browser.new_context(**size).new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on(
            "console",
            lambda m: self.trouble.append(m.text) if m.type == "error" and "422" not in m.text else None,
        )
        return page

    # The rep ----------------------------------------------------------------------------------------------------

    def sign_in(self, email: str, password: str) -> "Play":
        self.rep.goto(f"{self.site}/sign-in/")
        self.rep.get_by_label("Email").fill(email)
        self.rep.get_by_label("Password").fill(password)
        self.rep.get_by_role("button", name="Sign in").click()
        self.rep.wait_for_url(lambda url: "/sign-in/" not in url)
        return self

    def first_case(self) -> str:
        """The reference of the first case on Today."""
        self.rep.goto(f"{self.site}/today/")
        return self.rep.locator(".row .ref").first.inner_text()

    def open(self, ref: str, place: str = "") -> None:
        self.rep.goto(f"{self.site}/cases/{ref}/{place}")

    def work_to_closed(self, ref: str, outbox: Path) -> None:
        """One complaint, whole: understood, promised, proposed, chosen, delivered with proof, settled, closed."""
        rep, them = self.rep, self.them
        self.open(ref)
        words = rep.locator(".letter .body > p:not(.aside)").first.inner_text()
        self._acknowledge(ref)
        self._points(ref, words)
        link = self._link_from(outbox, ref, "this is what we understood")
        them.goto(link)
        expect(them.get_by_text("Is it right?").first).to_be_visible()
        them.get_by_role("button", name="These are my points").click()
        expect(them.get_by_text("You confirmed the points.")).to_be_visible()
        self._assess_and_find(ref)
        self._promise(ref)
        self._one_thing_going_wrong(ref)
        self._options(ref)
        them.goto(link)
        them.locator(".option").get_by_text("A correction of the account, in writing").click()
        them.get_by_role("button", name="Choose this").click()
        expect(them.get_by_text("You have chosen. You get a letter that says what.")).to_be_visible()
        self._keep_and_deliver(ref)
        them.goto(link)
        them.get_by_text("Fully").click()
        them.get_by_role("button", name="It is put right").click()
        expect(them.get_by_role("heading", name="You said it is put right.")).to_be_visible()
        self.open(ref, "close/")
        rep.get_by_role("button", name="Close it").click()
        expect(rep.locator("[aria-current=step]")).to_contain_text("Closed")
        them.goto(link)
        expect(them.get_by_role("heading", level=1)).to_contain_text("It is done.")
        expect(them.get_by_role("region", name="What we promised you")).to_contain_text("kept")
        assert not self.trouble, self.trouble

    def _acknowledge(self, ref: str) -> None:
        self.rep.get_by_label("Your answer to").fill(
            "I have your complaint, and I own it from now on.\n\nSam"
        )
        self.rep.get_by_role("button", name="Send to").click()
        expect(self.rep.locator("[aria-current=step]")).to_contain_text("Acknowledged")

    def _points(self, ref: str, words: str) -> None:
        sentence = re.split(r"(?<=[.!?])\s", " ".join(words.split()))[0][:400]
        self.open(ref, "points/")
        self.rep.get_by_label("Point 1").fill(sentence)
        self.rep.get_by_role("button", name="Add the point").click()
        expect(self.rep.locator(".point .said").first).to_be_visible()  # their own words, and marked as such
        self.rep.get_by_label("Word for word").fill("Put the account right and tell me in writing.")
        self.rep.get_by_role("button", name="Record it").click()
        self.rep.get_by_role("button", name="Read them back to").click()
        expect(self.rep.get_by_text("1 of 3 attempts")).to_be_visible()

    def _assess_and_find(self, ref: str) -> None:
        self.open(ref, "assess/")
        self.rep.get_by_text("Moderate").click()
        self.rep.get_by_role("button", name="Set the harm").click()
        self.rep.get_by_role("link", name="What we found on point 1").first.click()
        self.rep.get_by_text("they are right").click()
        self.rep.get_by_text("It was our error").click()
        self.rep.get_by_label("The cause").fill("The account was mixed up with another.")
        self.rep.get_by_role("button", name="Set the finding").click()
        expect(self.rep.get_by_text("upheld, our error").first).to_be_visible()

    def _promise(self, ref: str) -> None:
        self.open(ref)
        self.rep.get_by_text("Make a promise").click()
        self.rep.get_by_label("What will be done").fill("Send you the corrected statement")
        self.rep.locator("#promise-due").fill(_in(days=2))
        self.rep.get_by_role("button", name="Make the promise").click()
        expect(self.rep.locator("#owe").get_by_text("Send you the corrected statement")).to_be_visible()

    def _one_thing_going_wrong(self, ref: str) -> None:
        """Closing now is refused, with all that is missing; a promise in the past is refused, and what was typed is kept."""
        self.open(ref, "close/")
        self.rep.get_by_role("button", name="Close it").click()
        expect(self.rep.get_by_role("alert")).to_contain_text("This cannot close yet.")
        self.open(ref)
        self.rep.get_by_text("Make a promise").click()
        self.rep.get_by_label("What will be done").fill("Ring you yesterday")
        self.rep.locator("#promise-due").fill("2020-01-01T12:00")
        self.rep.get_by_role("button", name="Make the promise").click()
        expect(self.rep.get_by_role("alert")).to_contain_text("has passed")
        expect(self.rep.get_by_label("What will be done")).to_have_value("Ring you yesterday")

    def _options(self, ref: str) -> None:
        self.open(ref, "options/")
        first = self.rep.locator("fieldset.offer").nth(0)
        first.get_by_label("What is done").fill("A correction of the account, in writing")
        first.get_by_label("By when").fill(_in(days=3))
        second = self.rep.locator("fieldset.offer").nth(1)
        second.get_by_label("What is done").fill("A new account, and the old one closed")
        second.get_by_label("By when").fill(_in(days=4))
        self.rep.get_by_role("button", name="the options").click()
        expect(self.rep.locator("[aria-current=step]")).to_contain_text("Proposed")

    def _keep_and_deliver(self, ref: str) -> None:
        self.open(ref)
        expect(self.rep.locator("[aria-current=step]")).to_contain_text("Delivering")
        self.rep.locator("#owe").get_by_role("link", name="Send you the corrected statement").click()
        self.rep.get_by_label("What shows that it was done").fill("Statement 4471, sent this morning")
        self.rep.get_by_role("button", name="It is done").click()
        self.rep.locator("#owe").get_by_role("link", name="A correction of the account").click()
        self.rep.get_by_label("What shows it").fill("Letter of correction 4472, signed for")
        self.rep.get_by_role("button", name="It is delivered").click()
        expect(self.rep.get_by_text("Delivered: A correction")).to_be_visible()

    # The customer -----------------------------------------------------------------------------------------------

    def _link_from(self, outbox: Path, ref: str, words: str) -> str:
        """The link in a letter that lies in the outbox, as a customer finds it in their mail."""
        import time

        for _ in range(100):
            for letter in sorted(outbox.glob("*.eml"), reverse=True):
                text = letter.read_text(errors="replace")
                if ref in text and words in text:
                    return re.search(r"http\S+/my/\S+", text).group(0)
            time.sleep(0.2)
        raise AssertionError(f"no letter about {ref} with {words!r} in the outbox")


def _in(days: int) -> str:
    return (datetime.now() + timedelta(days=days)).strftime("%Y-%m-%dT12:00")
