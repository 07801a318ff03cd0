"""The brakes on automatic mail. Any one of them alone ends a loop between two machines.

1  receipts go out under the null sender, and whatever no person had sent says so (`post/writing`)
2  what machines send is recognised and never answered (`belonging`)
3  one receipt per case, and few per mailbox and month
4  few receipts per domain and month for letters that answer us, and for one and the same text
5  few letters about missed dates, receipts counted, until a person here has written
"""

from collections.abc import Iterable

import msgspec

PER_MAILBOX_A_MONTH = 3  # receipts
PER_DOMAIN_A_DAY = 2_000  # to one domain, unless many people have their mail there
ANSWERS_PER_DOMAIN_A_MONTH = 3  # where strangers' letters answer ours, as machines behind many addresses do
PER_TEXT_A_MONTH = 1  # for letters that say the same, from whomever
UNATTENDED = 3  # letters that nobody had sent, to one customer, since a person here wrote
PER_CLIENT_AN_HOUR = 20  # for complaints by form, from one place in the network
MOST_RECEIVERS = 50
LARGE_DOMAINS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "gmx.net",
        "gmx.de",
        "web.de",
        "t-online.de",
        "mail.com",
        "proton.me",
        "protonmail.com",
        "yandex.ru",
        "mail.ru",
        "qq.com",
        "163.com",
        "126.com",
        "orange.fr",
        "free.fr",
        "wanadoo.fr",
        "laposte.net",
        "libero.it",
        "btinternet.com",
        "comcast.net",
        "att.net",
        "verizon.net",
    ]
)


_DOTS_MEAN_NOTHING = frozenset({"gmail.com", "googlemail.com"})
_PUBLIC = frozenset(
    {"ac", "co", "com", "edu", "gov", "gob", "go", "gv", "ltd", "me", "ne", "net", "or", "org", "plc"}
)


def mailbox(address: str) -> str:
    """The mailbox behind an address, whatever stands behind a plus sign in it."""
    name, _at, domain = address.strip().lower().rpartition("@")
    name = name.partition("+")[0]
    return f"{name.replace('.', '') if domain in _DOTS_MEAN_NOTHING else name}@{domain}"


def site(domain: str) -> str:
    """The domain somebody has registered, as far as its form tells: machines make up new hosts beneath it."""
    labels = domain.strip(".").lower().split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _PUBLIC else 2
    return ".".join(labels[-keep:])


class Lately(msgspec.Struct, frozen=True):
    """Receipts that went out in the last hour, day and month: to this mailbox, to its domain, and what is alike.

    The month of a mailbox counts the dates it was to hear from us by and did not, as long as nobody has written since.

    Letters that say the same are alike, and so are forms sent from one place in the network.
    """

    mailbox_month: int = 0
    domain_day: int = 0
    domain_month: int = 0
    alike_hour: int = 0
    alike_month: int = 0


def may_answer(
    *,
    address: str,
    lately: Lately,
    receivers: int = 1,
    answers_us: bool = False,
    asks_silence: bool = False,
    reply_elsewhere: bool = False,
) -> bool:
    """Whether a receipt may go to `address` by itself.

    answers_us       the letter speaks of one of ours
    asks_silence     the letter says that it wants no automatic answer
    reply_elsewhere  answers to it would go to a crowd or back to us
    """
    name, at, domain = address.rpartition("@")
    if not (name and at and domain) or asks_silence or reply_elsewhere or receivers > MOST_RECEIVERS:
        return False
    if lately.mailbox_month >= PER_MAILBOX_A_MONTH:
        return False
    if lately.alike_month >= PER_TEXT_A_MONTH:
        return False
    if domain in LARGE_DOMAINS:
        return True
    if answers_us and lately.domain_month >= ANSWERS_PER_DOMAIN_A_MONTH:
        return False
    return lately.domain_day < PER_DOMAIN_A_DAY


def letters_left(waiting: Iterable[tuple[bool, int]]) -> int:
    """How many letters about missed dates may still go to a customer before a person here has written.

    waiting  the customer's open cases: whether all they had is a receipt, and how many dates were missed in a row
    """
    return max(0, UNATTENDED - sum(receipt + missed for receipt, missed in waiting))


def may_answer_form(lately: Lately, *, here: bool) -> bool:
    """Whether a receipt may go to the address somebody typed into the form: it may be a stranger's.

    here  the form was sent from this very machine, which is nobody's way to reach many
    """
    if lately.mailbox_month >= PER_MAILBOX_A_MONTH:
        return False
    return here or lately.alike_hour < PER_CLIENT_AN_HOUR
