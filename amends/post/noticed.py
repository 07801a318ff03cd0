"""What staff should see beside a letter because of the letter itself. Pure; it decides nothing."""

import re
import unicodedata
from datetime import datetime, timedelta

from amends.post.reader import addresses
from amends.post.reader.reading import Letter
from amends.rules.brakes import MOST_RECEIVERS
from amends.rules.entries import Mark

STALE = timedelta(days=7)  # a Date further from the moment it came is not believed
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){13,19}(?![\w-])")
_ADDRESS = re.compile(r"[^\s<>\"'@()]{1,64}@[^\s<>\"'@()]{1,253}")
_SEALED = (
    "multipart/encrypted",
    "application/pgp-encrypted",
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
)
_CUT_SHORT = (
    "cut short",
    "ends before",
    "ends within",
    "no header",
    "header line that is no field",
    "passed a limit",
)
_ACCESS = re.compile(
    r"(?:reset|change|new|forgot(?:ten)?)\W{1,3}(?:your\W)?password|password\W{1,3}(?:reset|change)|"
    r"(?:verif(?:y|ication)|confirm(?:ation)?|security|access|log-?in|sign-?in|one-time)\W{1,3}(?:your\W)?(?:\w{1,12}\W)?"
    r"(?:code|link|e-?mail|account|address)|"
    r"passwort.{0,20}zurücksetzen|bestätigungscode|verifizierungscode|code de (?:vérification|confirmation)|"
    r"réinitialis.{0,20}mot de passe|código de verificación|restablecer.{0,20}contraseña|codice di verifica|"
    r"código de verificação|verificatiecode|kod weryfikacyjny|код подтверждения|確認コード|验证码",
    re.IGNORECASE,
)
# Letters of other alphabets that look like Latin ones: enough to see that somebody dressed up as somebody else.
_ALIKE = str.maketrans("аеорсухіјѕԁԛԝһӏοαερτικνγυзЬвмнткɑıⅼ０１", "aeopcyxijsdqwhloaeptikvyu3bbmhtkail01")


def marks(letter: Letter, came_at: datetime) -> list[Mark]:
    """What stands out about the letter itself."""
    seen = {
        Mark.DATE_UNTRUSTED: letter.date is None or abs(letter.date - came_at) > STALE,
        Mark.REPLY_TO_DIFFERS: any(address != letter.sender for address in letter.reply_to),
        Mark.MASS_RECIPIENTS: len(letter.to) + len(letter.cc) > MOST_RECEIVERS,
        Mark.INCOMPLETE: any(word in defect for defect in letter.defects for word in _CUT_SHORT),
        Mark.AMBIGUOUS: any("the first counts" in defect for defect in letter.defects),
        Mark.DIFFERS: any("say different things" in defect for defect in letter.defects),
        Mark.ENCRYPTED: is_encrypted(letter),
        Mark.PAYMENT_DATA: has_card_number(letter.text),
    }
    return [mark for mark, is_so in seen.items() if is_so]


def is_encrypted(letter: Letter) -> bool:
    return (
        any(file.type in _SEALED for file in letter.attachments)
        or "-----BEGIN PGP MESSAGE-----" in letter.text
    )


def speaks_of_access(letter: Letter) -> bool:
    """Whether it is a service's mail about signing in: a code, a link, a password. Nobody but us may read those."""
    return bool(_ACCESS.search(letter.subject) or _ACCESS.search(letter.text[:3000]))


def dresses_up(letter: Letter, staff: dict[str, str]) -> bool:
    """Whether the sender looks like somebody else: an address in the name, or one of us with another domain.

    staff  names of the people who work here, by their address
    """
    named = [addresses.exact(found) for found in _ADDRESS.findall(letter.sender_name)]
    if any(found and found != letter.sender for found in named):
        return True
    local, _, _ = letter.sender.rpartition("@")
    if "@" in local:
        return True
    if letter.sender in staff:
        return False
    name = " ".join(letter.sender_name.lower().split())
    return bool(name) and any(
        name == known.lower() or local == address.rpartition("@")[0] for address, known in staff.items()
    )


def skeleton(address: str) -> str:
    """An address as the eye reads it, in Latin letters; "" when it has nothing but those already."""
    if address.isascii():
        return ""
    plain = unicodedata.normalize("NFKD", address.lower().translate(_ALIKE))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain if plain.isascii() else ""


def has_card_number(text: str) -> bool:
    """Whether a payment card's number stands in the text (by its check digit)."""
    for found in _CARD.finditer(text[:200_000]):
        digits = [int(c) for c in found[0] if c.isdigit()]
        if 13 <= len(digits) <= 19 and len(set(digits)) > 1 and _checks(digits):
            return True
    return False


def _checks(digits: list[int]) -> bool:
    doubled = [d * 2 - 9 * (d > 4) if n % 2 else d for n, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
