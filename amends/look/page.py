"""What every staff page shows around its own: the way about, who one is, the moment it was drawn."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from amends import ids
from amends.rules.values import Role


def now() -> datetime:
    """The present moment; a door asks it once and passes it on."""
    return datetime.now(UTC)


def page(request: HttpRequest, template: str, status: int = 200, **context) -> HttpResponse:
    """A staff page: `template` is its path without the ending, such as desk/pages/today."""
    return render(request, f"{template}.html", {**frame(request), **context}, status=status)


def frame(request: HttpRequest) -> dict:
    here = request.resolver_match.view_name if request.resolver_match else ""
    person = request.user
    nav = [
        (_("Today"), reverse("desk:today"), here == "desk:today", "t"),
        (_("Cases"), reverse("desk:cases"), here in ("desk:cases", "desk:case", "desk:new"), "c"),
        (_("Customers"), reverse("desk:customers"), here.startswith("desk:customer"), ""),
        (_("Promises"), reverse("desk:promises"), here == "desk:promises", "p"),
    ]
    if person.leads:
        nav.append((_("Team"), reverse("desk:team"), here == "desk:team", ""))
    if person.role in (Role.DIRECTOR, Role.EXECUTIVE):
        nav.append((_("House"), reverse("board:house"), here.startswith("board:"), "h"))
    if person.role == Role.ADMINISTRATOR:
        nav = [
            (_("People"), reverse("people:list"), here.startswith("people:"), ""),
            (_("Roads"), reverse("roads:list"), here.startswith("roads:"), ""),
        ]
    return {
        "nav": nav,
        "me": {"name": person.name, "href": reverse("me")},
        "find_href": "" if person.role == Role.ADMINISTRATOR else reverse("desk:find"),
        "act_id": ids.new(),
        "moment": now(),
    }
