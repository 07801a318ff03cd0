"""Signing in and sending forms, as a browser would, for tests of pages."""

import re
from html import unescape

from django.test import Client

from amends.casework import shown
from amends.casework.tokens import PAGE, token


class Browser:
    """A client of one person. Forms are sent with what the page put into them."""

    def __init__(self, person=None):
        self.client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
        if person is not None:
            self.client.force_login(person)

    def get(self, path: str, **data):
        self.answer = self.client.get(path, data)
        return self.answer

    def post(self, path: str, page: str | None = None, follow: bool = True, **data):
        """Send a form to `path` with the token and act id of the page it stands on."""
        fields = self.fields(page or path)
        self.answer = self.client.post(path, {**fields, **data}, follow=follow)
        return self.answer

    def fields(self, page: str) -> dict:
        """The hidden fields of a page: the form's token, the act's id, the newest entry seen, letters waiting beside."""
        html = self.client.get(page).content.decode()
        found = {}
        for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html):
            name = re.search(r'name="([^"]+)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            if name and name.group(1) in ("csrfmiddlewaretoken", "act", "seen", "known"):
                found.setdefault(name.group(1), unescape(value.group(1) if value else ""))
        return found

    @property
    def text(self) -> str:
        """The words of the answer, without markup."""
        html = self.answer.content.decode()
        html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def case_path(desk) -> str:
    return f"/cases/{desk.state().ref}/"


def portal_path(desk) -> str:
    """The customer's page, by the link only they were sent."""
    case = shown.load(desk.case).case
    return f"/my/{token(PAGE, desk.case, case.customer)}/"


def moment_field(moment) -> str:
    """A moment as a datetime-local field sends it, in the desk's zone (UTC in tests)."""
    return moment.strftime("%Y-%m-%dT%H:%M")
