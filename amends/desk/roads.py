"""The roads letters come and go by: how each is, and mailboxes connected to the desk."""

import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.casework import cipher
from amends.desk import door
from amends.look import headers
from amends.post import imap, mailboxes, oauth, roads
from amends.post.mailboxes import Mailbox
from amends.rules import permissions
from amends.rules.values import Role

LONGEST = 2_000
# The form that goes to a provider's sign-in may lead there, and nowhere else.
_PROVIDERS = "https://accounts.google.com https://login.microsoftonline.com"
_POLICY = headers.POLICY.replace("form-action 'self'", f"form-action 'self' {_PROVIDERS}")
FIELDS = (
    "address",
    "host",
    "port",
    "security",
    "user",
    "folder",
    "way",
    "provider",
    "client_id",
    "token_url",
)
SECRETS = ("password", "client_secret", "refresh_token")


def listed(request, trouble: str = "", kept: dict | None = None):
    """Each road with its last letter, what waits and is held, and since when it fails; and a form for a mailbox."""
    health = roads.health()
    boxes = mailboxes.listed()
    answer = door.page(
        request,
        "roads",
        status=door.CANNOT if trouble and request.method == "POST" else 200,
        ways_in=_ways_in(health, boxes),
        way_out=health.get(roads.OUT, roads.Health(roads.OUT)),
        smtp=_shown_server(),
        may_change=Role(request.user.role) in permissions.RUNNING,
        trouble=trouble,
        connected=bool(request.GET.get("connected")),
        kept=kept or {},
        addresses=settings.AMENDS_MAILBOXES,
        return_to=_return_to(),
    )
    answer["Content-Security-Policy"] = _POLICY
    return answer


def _ways_in(health: dict[str, roads.Health], boxes: list[Mailbox]) -> list[dict]:
    """The listeners that are on, and every mailbox."""
    always = [
        (
            roads.LMTP,
            _("LMTP, from a mail server on this machine"),
            str(settings.AMENDS_HOME / "run" / "lmtp.sock"),
        ),
        (roads.PIPE, _("By pipe, from a mail server on this machine"), "amends mail deliver"),
    ]
    if settings.AMENDS_SMTP_IN:
        host, port = settings.AMENDS_SMTP_IN
        always.insert(1, (roads.SMTP, _("SMTP, from a mail server of yours"), f"{host}:{port}"))
    ways = [
        {"name": name, "place": place, "health": health.get(key, roads.Health(key)), "mailbox": None}
        for key, name, place in always
    ]
    for box in boxes:
        key = roads.IMAP + box.id
        place = f"{box.user}, {box.host}:{box.port}, {box.folder}"
        ways.append(
            {
                "name": _("Mailbox %(address)s") % {"address": box.address},
                "place": place,
                "health": health.get(key, roads.Health(key)),
                "mailbox": box,
            }
        )
    return ways


def _shown_server() -> str:
    """Where letters go, without user and password."""
    if not settings.AMENDS_SMTP:
        return ""
    return (
        settings.AMENDS_SMTP.rpartition("@")[2]
        .partition("?")[0]
        .removeprefix("smtp://")
        .removeprefix("smtps://")
    )


@require_POST
def connect(request):
    """Try the mailbox, and remember it when it opens. A refusal keeps what was typed, the secrets excepted."""
    typed = {name: _line(request, name) for name in (*FIELDS, *SECRETS)}
    typed["refresh_token"] = typed["refresh_token"] or _allowed_token(request, typed["user"])
    shown = {name: typed[name] for name in FIELDS}
    if typed["port"] and not (typed["port"].isascii() and typed["port"].isdigit()):
        return listed(request, _("The port is a number, such as 993."), shown)
    missing = _missing(typed)
    if missing:
        return listed(request, _("Something is missing: %(field)s.") % {"field": missing}, shown)
    hidden = _secrets(typed)
    box = _mailbox(typed)
    try:
        imap.check(box, hidden)
    except imap.Unreachable as no:
        return listed(request, _("The mailbox does not open: %(why)s") % {"why": no}, shown)
    finally:
        oauth.forget(box.id)
    mailboxes.connect(secrets=hidden, **{k: v for k, v in box._asdict().items() if k in _CONNECTED})
    request.session.pop("mailbox", None)
    return redirect(reverse("roads:list") + "?connected=1")


def _line(request, name: str) -> str:
    """What was typed, on one line: a line break would become a command to the server."""
    return "".join(c for c in request.POST.get(name, "") if c.isprintable()).strip()[:LONGEST]


_CONNECTED = ("address", "host", "port", "security", "user", "folder", "way")


def _mailbox(typed: dict) -> Mailbox:
    security = typed["security"] if typed["security"] in mailboxes.SECURITY else "tls"
    port = int(typed["port"]) if typed["port"].isascii() and typed["port"].isdigit() else 0
    return Mailbox(
        id="untried",
        address=typed["address"] or typed["user"],
        host=typed["host"],
        port=port if 0 < port < 65536 else mailboxes.SECURITY[security],
        security=security,
        user=typed["user"],
        folder=typed["folder"] or "INBOX",
        way="oauth2" if typed["way"] == "oauth2" else "password",
        secret=b"",
    )


def _missing(typed: dict) -> str:
    wanted = {"host": _("the server"), "user": _("the user")}
    if typed["way"] == "oauth2":
        wanted |= {"client_id": _("the client’s id"), "token_url": _("the address for tokens")}
    else:
        wanted |= {"password": _("the password")}
    return next((words for name, words in wanted.items() if not typed[name]), "")


def _secrets(typed: dict) -> dict:
    if typed["way"] != "oauth2":
        return {"password": typed["password"]}
    return {name: typed[name] for name in ("client_id", "client_secret", "refresh_token", "token_url")}


@require_POST
def switch(request, mailbox):
    """Stop fetching from a mailbox, or go on."""
    found = mailboxes.by_id(mailbox)
    if found is None:
        raise Http404(mailbox)
    if request.POST.get("forget"):
        mailboxes.forget(mailbox)
    else:
        mailboxes.switch(mailbox, not found.active)
        roads.tried_anew(roads.IMAP + mailbox)
    return redirect("roads:list")


# Signing in at the provider ----------------------------------------------------------------------------------------


@require_POST
def allow(request):
    """To the provider's own page, where the mailbox's owner says yes; it comes back to `allowed`."""
    provider = oauth.PROVIDERS.get(request.POST.get("provider", ""))
    typed = {name: _line(request, name) for name in (*FIELDS, "client_secret")}
    if provider is None or not typed["client_id"] or not typed["user"]:
        return listed(request, _("Choose Google or Microsoft, and give the client’s id and the user."), typed)
    state = secrets.token_urlsafe(24)
    request.session["mailbox"] = {**typed, "state": state, "provider": request.POST["provider"]}
    asked = {
        "client_id": typed["client_id"],
        "redirect_uri": _return_to(),
        "response_type": "code",
        "scope": provider["scope"],
        "state": state,
        "login_hint": typed["user"],
        **provider["extra"],
    }
    return redirect(f"{provider['authorize']}?{urlencode(asked)}")


def allowed(request):
    """Back from the provider: its code becomes a refresh token, kept sealed until the form is sent."""
    begun = request.session.get("mailbox") or {}
    provider = oauth.PROVIDERS.get(begun.get("provider", ""))
    state = request.GET.get("state", "")
    if provider is None or not secrets.compare_digest(state.encode(), begun.get("state", "").encode()):
        return listed(request, _("That sign-in was not begun here, or long ago. Begin once more."))
    try:
        told = oauth.ask(
            provider["token"],
            {
                "grant_type": "authorization_code",
                "code": request.GET.get("code", ""),
                "client_id": begun["client_id"],
                "client_secret": begun.get("client_secret", ""),
                "redirect_uri": _return_to(),
            },
        )
    except oauth.NoToken as no:
        return listed(request, str(no), begun)
    sealed = cipher.encrypt(told.get("refresh_token", "").encode(), cipher.desk_key(), "refresh token")
    request.session["mailbox"] = {**begun, "sealed": sealed.hex()}
    kept = {name: begun.get(name, "") for name in FIELDS}
    return listed(
        request,
        kept={
            **kept,
            "way": "oauth2",
            "token_url": provider["token"],
            "host": provider["imap"],
            "ready": "yes",
        },
    )


def _allowed_token(request, user: str) -> str:
    """The refresh token of a sign-in that has just come back for this user."""
    begun = request.session.get("mailbox") or {}
    if begun.get("user") != user or not begun.get("sealed"):
        return ""
    return cipher.decrypt(bytes.fromhex(begun["sealed"]), cipher.desk_key(), "refresh token").decode()


def _return_to() -> str:
    return settings.AMENDS_ADDRESS + reverse("roads:allowed")
