"""The lock on every door: one table says who may, and each request is held against it before its view runs."""

from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from amends.rules import permissions
from amends.rules.values import Role


class Doors:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """None lets the view run. A door without a row in the table opens for nobody."""
        name = request.resolver_match.view_name
        allowed = permissions.DOORS.get(name)
        if allowed in (permissions.ANYONE, permissions.TOKEN):
            return None
        if not request.user.is_authenticated and request.headers.get("HX-Request"):
            return HttpResponse(
                _("You are signed out. Sign in in another window; your text stays here."), status=401
            )
        if not request.user.is_authenticated:
            return redirect_to_login(_way_back(request))
        if allowed is None or not request.user.is_active or Role(request.user.role) not in allowed:
            raise Http404(name)
        return None


def _way_back(request) -> str:
    """The page to come back to: of a form that was sent, the page it stood on (what answers a form is no page)."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    return came.path if came.netloc == request.get_host() else "/"
