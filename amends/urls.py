"""Every door, by address. Who may open each stands in `rules/permissions.py`."""

from django.urls import include, path

from amends.desk import today
from amends.look import download, styles
from amends.people import views as people

urlpatterns = [
    path("", today.home, name="home"),
    path("", include("amends.portal.urls")),
    path("", include("amends.desk.urls")),
    path("board/", include("amends.board.urls")),
    path("people/", include("amends.people.urls")),
    path("sign-in/", people.sign_in, name="sign_in"),
    path("sign-out/", people.sign_out, name="sign_out"),
    path("me/", people.me, name="me"),
    path("alive/", people.alive, name="alive"),
    path("roads/", include("amends.desk.roads_urls")),
    path("files/<path:told>/", download.elsewhere, name="file_elsewhere"),
    path("look/<str:mark>.css", styles.serve, name="look"),
]

handler400 = "amends.look.trouble.bad_request"
handler404 = "amends.look.trouble.not_found"
handler500 = "amends.look.trouble.broken"
