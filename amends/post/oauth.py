"""Access tokens for mailboxes that take no password: Gmail, Microsoft 365, and whoever speaks OAuth 2.

A mailbox keeps a client's id and secret and a refresh token (or none: then the client signs in as itself). The
token that opens the mailbox is asked for when it is needed, and remembered until shortly before it ends.
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request

from amends.post import mailboxes

PATIENCE = 20
SOONER = 120  # seconds before its end a token is no longer used
_kept: dict[str, tuple[str, float]] = {}

PROVIDERS = {
    "google": {
        "authorize": "https://accounts.google.com/o/oauth2/v2/auth",
        "token": "https://oauth2.googleapis.com/token",
        "scope": "https://mail.google.com/",
        "imap": "imap.gmail.com",
        "extra": {"access_type": "offline", "prompt": "consent"},
    },
    "microsoft": {
        "authorize": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "token": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "scope": "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
        "imap": "outlook.office365.com",
        "extra": {},
    },
}


class NoToken(Exception):
    """The provider gave no token; the sentence says what it said, and never a secret."""


def sasl(user: str, token: str) -> str:
    """What XOAUTH2 sends to IMAP and SMTP servers."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def token_of_mailbox(address: str) -> str:
    """An access token for the connected mailbox of this address. Raises NoToken."""
    found = mailboxes.by_address(address)
    if found is None:
        raise NoToken(f"no mailbox {address} is connected")
    return access_token(found.id, found.secrets())


def access_token(mailbox: str, secrets: dict[str, str]) -> str:
    """A token that opens the mailbox now; a refresh token that was renewed is put into `secrets`. Raises NoToken."""
    token, ends = _kept.get(mailbox, ("", 0.0))
    if token and time.time() < ends - SOONER:
        return token
    asked = {"client_id": secrets["client_id"], "client_secret": secrets.get("client_secret", "")}
    if secrets.get("refresh_token"):
        asked |= {"grant_type": "refresh_token", "refresh_token": secrets["refresh_token"]}
    else:
        asked |= {"grant_type": "client_credentials", "scope": secrets.get("scope", "")}
    answer = ask(secrets["token_url"], asked)
    if answer.get("refresh_token") and answer["refresh_token"] != secrets.get("refresh_token"):
        secrets["refresh_token"] = answer["refresh_token"]  # also for whoever only tries the mailbox
        mailboxes.keep_secrets(mailbox, secrets)
    _kept[mailbox] = (answer["access_token"], time.time() + int(answer.get("expires_in", 3600)))
    return answer["access_token"]


def ask(url: str, form: dict[str, str]) -> dict:
    """The provider's answer to a request for a token. Raises NoToken."""
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise NoToken("the address for tokens must begin with https://")
    data = urllib.parse.urlencode({name: value for name, value in form.items() if value}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=PATIENCE) as answer:
            told = json.loads(answer.read(100_000))
    except urllib.error.HTTPError as no:
        raise NoToken(_why(no)) from None
    except (OSError, ValueError) as trouble:
        raise NoToken(f"the provider could not be asked: {trouble}"[:200]) from None
    if not isinstance(told, dict) or not told.get("access_token"):
        raise NoToken("the provider gave no token")
    return told


def forget(mailbox: str) -> None:
    _kept.pop(mailbox, None)


def _why(no: urllib.error.HTTPError) -> str:
    try:
        told = json.loads(no.read(10_000))
        words = told.get("error_description") or told.get("error") or ""
    except (ValueError, AttributeError):
        words = ""
    return f"the provider refused ({no.code}) {words}"[:200].strip()
