"""Every setting, read from the environment (docs/running.md has a paragraph for each). Sensible with none set."""

from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from amends import env, keys

AMENDS_HOME = Path(env.text("AMENDS_HOME", "var")).absolute()
AMENDS_KEYS = Path(env.text("AMENDS_KEYS") or AMENDS_HOME / "keys")
AMENDS_BIND = env.bind("AMENDS_BIND", "127.0.0.1:8000")
AMENDS_ADDRESS = env.text("AMENDS_ADDRESS", f"http://{AMENDS_BIND[0]}:{AMENDS_BIND[1]}").rstrip("/")
AMENDS_NAME = env.text("AMENDS_NAME", "Our complaints desk")
AMENDS_PHONE = env.text("AMENDS_PHONE")
AMENDS_MAIL, *_more = [part.strip() for part in env.text("AMENDS_MAIL", "complaints@localhost").split(",")]
AMENDS_MAILBOXES = tuple(address.lower() for address in (AMENDS_MAIL, *_more) if address)
AMENDS_AUTHSERV = tuple(env.text("AMENDS_AUTHSERV").lower().replace(",", " ").split())
AMENDS_SEALERS = tuple(env.text("AMENDS_SEALERS").lower().replace(",", " ").split())
AMENDS_FORM_SENDERS = tuple(env.text("AMENDS_FORM_SENDERS").lower().replace(",", " ").split())
AMENDS_UNDO_SECONDS = env.whole("AMENDS_UNDO_SECONDS", 20, 0, 600)
AMENDS_SMTP = env.text("AMENDS_SMTP")
AMENDS_DKIM_KEY = env.text("AMENDS_DKIM_KEY")
AMENDS_DKIM_SELECTOR = env.text("AMENDS_DKIM_SELECTOR", "amends")
AMENDS_SMTP_IN = env.bind("AMENDS_SMTP_IN", "") if env.text("AMENDS_SMTP_IN") else None
AMENDS_FILES_ADDRESS = env.text("AMENDS_FILES_ADDRESS").rstrip("/")
AMENDS_LMTP = env.bind("AMENDS_LMTP", "") if env.text("AMENDS_LMTP") else None
AMENDS_CURRENCY = env.text("AMENDS_CURRENCY", "USD").upper()
if not (len(AMENDS_CURRENCY) == 3 and AMENDS_CURRENCY.isascii() and AMENDS_CURRENCY.isalpha()):
    raise env.WrongSetting(f"AMENDS_CURRENCY is {AMENDS_CURRENCY!r}; expected three letters, such as USD.")
if AMENDS_SMTP and (
    urlsplit(AMENDS_SMTP).scheme not in ("smtp", "smtps") or not urlsplit(AMENDS_SMTP).hostname
):
    raise env.WrongSetting("AMENDS_SMTP should look like smtp://host:25 or smtps://user:password@host.")
for _address in AMENDS_MAILBOXES:
    if "@" not in _address or len(_address.split()) != 1:
        raise env.WrongSetting(
            f"AMENDS_MAIL holds {_address!r}; expected addresses such as complaints@example.com, divided by commas."
        )
AMENDS_WORKING_HOURS = env.text("AMENDS_WORKING_HOURS", "Mon-Fri 09:00-17:00")
AMENDS_HOLIDAYS = env.text("AMENDS_HOLIDAYS")
AMENDS_THIRD_STEP = env.choice("AMENDS_THIRD_STEP", "agree", ("agree", "ask", "analyse"))
AMENDS_WEB_PROCESSES = env.whole("AMENDS_WEB_PROCESSES", 1, 1, 64)
AMENDS_WEB_THREADS = env.whole("AMENDS_WEB_THREADS", 4, 1, 64)

DEBUG = env.flag("AMENDS_DEBUG")
SECRET_KEY = env.text("AMENDS_SECRET_KEY") or keys.read_or_make(AMENDS_KEYS, "secret").hex()
_in_the_open = AMENDS_BIND[0] not in ("127.0.0.1", "localhost", "::1")
if _in_the_open and DEBUG:
    raise env.WrongSetting("AMENDS_DEBUG shows the desk's insides to strangers; it works on 127.0.0.1 only.")
if _in_the_open and keys.is_known(SECRET_KEY):
    raise env.WrongSetting(
        "AMENDS_SECRET_KEY is short or well known; leave it unset and the desk makes its own."
    )

_site = urlsplit(AMENDS_ADDRESS)
if _site.scheme not in ("http", "https") or not _site.hostname:
    raise env.WrongSetting(
        f"AMENDS_ADDRESS is {AMENDS_ADDRESS!r}; expected an address such as https://desk.example.com."
    )
_secure = _site.scheme == "https"
_files_host = urlsplit(AMENDS_FILES_ADDRESS).hostname
if AMENDS_FILES_ADDRESS and (not _files_host or _files_host == _site.hostname):
    raise env.WrongSetting(
        f"AMENDS_FILES_ADDRESS is {AMENDS_FILES_ADDRESS!r}; expected another host than AMENDS_ADDRESS, with its scheme."
    )
ALLOWED_HOSTS = sorted(
    {
        *([_files_host] if _files_host else []),
        _site.hostname,
        AMENDS_BIND[0].replace("0.0.0.0", "localhost"),
        "localhost",
        "127.0.0.1",
    }
)
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_NAME = "__Host-amends" if _secure else "amends"
CSRF_COOKIE_NAME = "__Host-amends-form" if _secure else "amends-form"
SESSION_ENGINE = "amends.people.sessions"
AUTHENTICATION_BACKENDS = ["amends.people.sessions.Backend"]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("AMENDS_BEHIND_PROXY") else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # with no-referrer a browser hides the origin of our own forms
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "amends.people",
    "amends.casework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "amends.look.headers.Headers",
    "amends.look.download.FilesHost",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "amends.look.wayback.WayBack",
    "amends.people.doors.Doors",
]
ROOT_URLCONF = "amends.urls"
WSGI_APPLICATION = "amends.wsgi.application"
AUTH_USER_MODEL = "people.Staff"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "amends.look.trouble.form_too_old"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [Path(__file__).parent],
        "OPTIONS": {"environment": "amends.look.jinja.environment"},
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent / "look" / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 31536000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "look" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = env.text("AMENDS_TIME_ZONE", "UTC")
try:
    ZoneInfo(TIME_ZONE)
except (KeyError, ValueError, OSError):
    raise env.WrongSetting(
        f"AMENDS_TIME_ZONE is {TIME_ZONE!r}; expected a zone such as Europe/London."
    ) from None

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400


def _database(url: str) -> dict:
    """The database a URL names; the desk's own SQLite file when there is none."""
    if not url:
        return _sqlite(AMENDS_HOME / "amends.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in ("postgres", "postgresql"):
        raise env.WrongSetting(
            f"DATABASE_URL begins with {parts.scheme!r}; expected postgresql:// or sqlite:///."
        )
    query = dict(pair.split("=", 1) for pair in unquote(parts.query).split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        # Questions here are small: starting parallel workers or compiling them costs more than it saves.
        "OPTIONS": {"options": "-c jit=off -c max_parallel_workers_per_gather=0", **query},
    }


def _sqlite(path: Path) -> dict:
    return {
        "ENGINE": "amends.casework.sqlite",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "TEST": {"NAME": ":memory:"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-2000;"
            " PRAGMA wal_autocheckpoint=10000; PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY;"
            " PRAGMA secure_delete=ON",
        },
    }


DATABASES = {"default": _database(env.text("DATABASE_URL"))}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"amends": {"level": "INFO"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
