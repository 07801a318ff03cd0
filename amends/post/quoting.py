"""What is new in a reply: quoted history and signatures set aside, line by line, in linear time.

Nothing is lost by this: the whole text stays beside it, and where nothing new remains, all of it is shown.
"""

from __future__ import annotations

import re

_CLIP = 400  # a line longer than this is nobody's attribution
_LOOK_BACK = 5
_MOST_TRIES = 500  # lines that look like an attribution; a letter has a few, a poisoned one thousands
_MARKS = (">", ":", "|", "--", "__", "==", "：")  # without any of them nothing can be quoted history
_LONGEST = 1_000_000  # characters; nobody types more, and searching it would only cost time

_VERBS = (
    "wrote|writes|schrieb|geschrieben|a écrit|écrit|escribió|ha scritto|scrive|schreef|geschreven|escreveu|"
    "napisał|napisała|pisze|skrev|kirjoitti|написала?|пишет|пише|yazdı|写道|寫道|のメッセージ|書きました"
)
_VERB = re.compile(rf"(?:{_VERBS})(?:\(a\))?", re.IGNORECASE)
_TAIL = re.compile(rf">\s{{0,3}}(?:{_VERBS})?(?:\(a\))?\s{{0,3}}[:：]\s*\Z", re.IGNORECASE)
_START = re.compile(r"(?:-{2,}\s)?(?:On|Am|Le|El|Il|Op|Em|Den|Dne|W dniu|Dnia|Em|在)\b\s?\S")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_CLOCK = re.compile(r"\d\d?[:.h]\d\d")
_DATED = re.compile(r"\d\d?\b.{0,40}\d{2}|\d{4}")

_SEPARATOR = re.compile(
    r"[\s>*]{0,9}[-_=]{2,}\s{0,3}(?:original message|forwarded message|original appointment|reply message|"
    r"(?:ur)?sprüngliche nachricht|original-?nachricht|weitergeleitete nachricht|message d'origine|message original|"
    r"message transféré|mensaje original|mensaje reenviado|mensagem original|messaggio originale|"
    r"messaggio inoltrato|oorspronkelijk bericht|wiadomość oryginalna|исходное сообщение)\s{0,3}[-_=]{2,}",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s{0,3}[_-]{5,}\s*\Z")
_FROM = re.compile(
    r"[\s*]{0,4}(?:from|von|de|da|van|od|от|från|fra|lähettäjä)\*?\s?:\*?\s{0,9}\S", re.IGNORECASE
)
_SENT = re.compile(
    r"[\s*]{0,4}(?:sent|date|gesendet|datum|enviado|enviada|fecha|data|envoyé|inviato|verzonden|wysłano|"
    r"дата|отправлено|skickat|sendt|lähetetty)(?: (?:el|le|am|em|on))?\*?\s?:",
    re.IGNORECASE,
)
_TO_OR_SUBJECT = re.compile(
    r"[\s*]{0,4}(?:to|subject|an|betreff|para|asunto|assunto|à|objet|a|oggetto|aan|onderwerp|do|temat|"
    r"кому|тема|till|ämne|til|emne)\*?\s?:",
    re.IGNORECASE,
)
_HEADER_LINES = 6

_DEVICES = (
    "iphone|ipad|ipod|android|mobile|mobil|blackberry|phone|smartphone|samsung|galaxy|htc|windows|outlook|mail|"
    "mailbox|airmail|yahoo|gmail|handy|huawei|xiaomi|pixel|tablet"
)
_SENT_FROM = re.compile(
    r"[<(]{0,2}(?:sent|get|von meinem|gesendet|diese nachricht wurde|envoyé|enviado|inviato|verzonden|sendt|skickat|"
    rf"wysłane|отправлено)\s(?:\[?[\w'-]{{1,20}}\s){{0,6}}?\[?[\w-]{{0,20}}(?:{_DEVICES})",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:--|—)\s?\Z")
_LIST_FOOTER = re.compile(r"_{20,}\Z")
_SIGNATURE_LINES = 12


def new_words(text: str) -> str:
    """The text without quoted history and without a signature; the whole text when nothing new would remain."""
    if len(text) > _LONGEST:
        return text
    lines = text.split("\n")
    kept = _without_quotes(lines) if any(mark in text for mark in _MARKS) else lines
    if not any(line.strip() for line in kept):
        return text
    unsigned = _without_signature(kept)
    if any(line.strip() for line in unsigned):
        kept = unsigned
    if len(kept) == len(lines):
        return text
    return "\n".join(kept).strip("\n").rstrip()


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    at, last, tries = 0, len(lines), 0
    followers = _next_full_lines(lines)
    while at < last:
        line = lines[at]
        if not line or line.isspace():
            kept.append(line)
            at += 1
            continue
        after = followers[at]
        quoted_next = after < last and _is_quoted(lines[after]) and not _TAIL.match(lines[after])
        if tries < _MOST_TRIES and _ends_attribution(line, quoted_next):
            tries += 1
            span = _attribution(lines, at, quoted_next)
            if span and len(kept) >= span - 1:
                del kept[len(kept) - (span - 1) :]
                if not quoted_next:
                    return kept
                at = _after_quote(lines, after)
                continue
        if _is_quoted(line):
            at += 1
        elif _opens_history(lines, at, after):
            return kept
        else:
            kept.append(line)
            at += 1
    return kept


def _next_full_lines(lines: list[str]) -> list[int]:
    """For each line the index of the next one that is not blank."""
    out, following = [0] * len(lines), len(lines)
    for i in range(len(lines) - 1, -1, -1):
        out[i] = following
        if lines[i] and not lines[i].isspace():
            following = i
    return out


def _is_quoted(line: str) -> bool:
    """Quoted by ">" or "|"; ">From" at the start is a mailbox's escape, not a quotation."""
    first = line[:1]
    if first == " ":
        line = line.lstrip()
        first = line[:1]
    if first == ">":
        return not line.startswith(">From ")
    return first == "|" and (len(line) == 1 or line[1] == " ")


def _after_quote(lines: list[str], at: int) -> int:
    """Past a quotation: its lines, and the blank ones between them."""
    end = at
    while at < len(lines):
        if _is_quoted(lines[at]):
            end = at + 1
        elif lines[at].strip():
            break
        at += 1
    return end


def _ends_attribution(line: str, quoted_next: bool) -> bool:
    if len(line) > _CLIP:
        return False
    line = line.rstrip()
    if line[-1] in ":：" or line.endswith("---"):
        return not line.startswith(">") or bool(_TAIL.match(line))
    return quoted_next and line[-1] == ">" and not line.startswith(">")


def _attribution(lines: list[str], at: int, quoted_next: bool) -> int:
    """How many lines up to this one say who wrote the quotation and when; 0 if they do not."""
    joined = ""
    for span in range(1, _LOOK_BACK + 1):
        if span > at + 1 or len(lines[at - span + 1]) > _CLIP:
            return 0
        line = lines[at - span + 1]
        if span > 1 and _is_quoted(line):
            return 0
        joined = f"{line.strip()} {joined}".strip()
        if _introduces(joined, quoted_next):
            # A shorter reading may leave "On Monday, Sam" behind: take the line that starts it when it is near.
            return span + _lines_before(lines, at - span, joined)
    return 0


def _introduces(joined: str, quoted_next: bool) -> bool:
    if not quoted_next and not _CLOCK.search(joined) and not _ADDRESS.search(joined):
        return False
    verb = bool(_VERB.search(joined))
    started = bool(_START.match(joined))
    dated = bool(_DATED.search(joined))
    addressed = bool(_ADDRESS.search(joined))
    if quoted_next and ((verb and started) or (dated and addressed)):
        return True
    return (
        verb and dated and (addressed or (started and bool(_CLOCK.search(joined)))) and joined[-1] in ":：-"
    )


def _lines_before(lines: list[str], at: int, joined: str) -> int:
    if _START.match(joined) or joined[:1].isdigit():
        return 0
    for back in range(1, 3):
        line = lines[at - back + 1] if at - back + 1 >= 0 else ""
        if not line.strip() or len(line) > _CLIP:
            return 0
        if _START.match(line) and _DATED.search(line):
            return back
    return 0


def _opens_history(lines: list[str], at: int, after: int) -> bool:
    line = lines[at]
    first = line.lstrip(" *")[:1]
    if first in "-_=>" and first:
        if _SEPARATOR.match(line):
            return True
        return bool(_RULE.match(line)) and after < len(lines) and _is_header_block(lines, after)
    return _is_header_block(lines, at)


def _is_header_block(lines: list[str], at: int) -> bool:
    """Outlook's From, Sent, To, Subject above the older message."""
    line = lines[at]
    if ":" not in line[:30] or not _FROM.match(line):
        return False
    sent = addressed = False
    for line in lines[at + 1 : at + 1 + _HEADER_LINES]:
        sent = sent or bool(_SENT.match(line))
        addressed = addressed or bool(_TO_OR_SUBJECT.match(line))
    return sent and addressed


def _without_signature(lines: list[str]) -> list[str]:
    """Without what follows "-- " near the end, a mailing list's footer, and "Sent from my phone"."""
    end = len(lines)
    for back, line in enumerate(reversed(lines[-_SIGNATURE_LINES:]), 1):
        if _SIGNATURE.match(line) or _LIST_FOOTER.match(line):
            end = len(lines) - back
    while end and (not lines[end - 1].strip() or _is_device_line(lines[end - 1])):
        end -= 1
    return lines[:end]


def _is_device_line(line: str) -> bool:
    line = line.strip()
    return len(line) <= 160 and bool(_SENT_FROM.match(line))
