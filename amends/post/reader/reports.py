"""What a report about our own letters says: delivery reports, read receipts, complaints to a mail provider.

A report is a stranger's word. What is read here is clean and short, and it proves nothing: whoever acts on it
first finds our own letter by its id (`returned_id`) and our own address in it. Standard reports (RFC 3464, 6533,
8098, 5965) are read by their fields; older mail systems write prose, which is read by its addresses and codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from amends.post.reader import addresses, fields, notices
from amends.post.reader.parts import Part

MOST = 50
_LONGEST_SAID = 300
_STATUS_BYTES = 200_000  # of one part with fields; fifty addresses need a tenth of it
_TEXT_LETTERS = 60_000  # of prose before the copy of our letter
_HEADER_BYTES = 100_000  # of a letter that came back
_LONGEST_ID = 998
STATUS_KINDS = ("message/delivery-status", "message/global-delivery-status")
_RECEIPT_KINDS = ("message/disposition-notification", "message/global-disposition-notification")
FEEDBACK_KIND = "message/feedback-report"
RETURNED_KINDS = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
KINDS = {kind: "bounce" for kind in STATUS_KINDS} | {kind: "read-receipt" for kind in _RECEIPT_KINDS}
KINDS[FEEDBACK_KIND] = "abuse-report"

_STATUS = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\d.:])([45])[0-5]\d(?=[\s:-])")
_TYPED = re.compile(r"\A\s*[\w.-]{1,40}(?:\s*\([^()]{0,100}\))?\s*;")
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_ID = re.compile(r"<([^<>\s]{1,998}+)>")
_ID_LINE = re.compile(
    r"^[ \t>|]{0,8}message-id[ \t]{0,4}:\s{0,4}(<[^<>\s]{1,998}+>)", re.IGNORECASE | re.MULTILINE
)

_ADDRESS = r"[^\s<>()\[\],;:\"'`@|*]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,12}"
_ANY_ADDRESS = re.compile(_ADDRESS)
_FIRST_ON_LINE = re.compile(
    r"[\s>*•·-]{0,12}(?!(?:from|sender|message-id|references|in-reply-to|return-path|reply-to|von|de|da|van|absender|remitente|mittente|help|contact|support)\b)"
    r"(?:[\w .-]{1,30}:\s{0,4}|\d{1,3}[.)]\s{1,4})?(?:rfc822;\s{0,4})?[\"'<\[]{0,3}(" + _ADDRESS + ")",
    re.IGNORECASE,
)
_DAEMONS = ("mailer-daemon@", "postmaster@")
_OF_RECEIVERS = ("final-recipient", "original-recipient", "action", "status")
_OF_LETTERS = ("original-message-id", "x-original-message-id", "message-id")
_TELLING = (*_OF_RECEIVERS, *_OF_LETTERS, "disposition", "feedback-type", "original-rcpt-to")
_FIELDS = re.compile(r"^[ \t]{0,8}final-recipient:", re.IGNORECASE | re.MULTILINE)
_GAP = re.compile(r"\n[ \t]*\n")
_RULE = re.compile(r"\s*[-=*#_~]{3}[^\n]*\Z")
_WORDS = re.compile(r"[^\W\d_]{2}")
# Where the copy of our letter begins. The words stand alone on their line, often between rules.
_COPY = re.compile(
    r"^[^\w\n]{0,60}(?:"
    r"below this line is a copy|this is a copy of|(?:start of )?(?:the )?(?:original|returned|unsent|undelivered) (?:message|mail|header)|"
    r"(?:message|original|returned) (?:headers?|text) (?:follow|\W)|(?:the )?(?:copy|headers?|beginning|body) of (?:the|your) (?:original )?(?:message|mail)|possibly truncated original message|"
    r"original-?nachricht|ursprüngliche nachricht|kopie (?:der|ihrer) nachricht|message d['’]origine|message original|"
    r"mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|oryginalna wiadomość|"
    r"исходное сообщение|元のメッセージ|オリジナルメッセージ|原始邮件|原郵件|原邮件)"
    r"|^(?:Received|Return-Path|DKIM-Signature): ",
    re.IGNORECASE | re.MULTILINE,
)
_FULL = re.compile(
    r"(?:mailbox|mail box|account|inbox|user|quota|disk|disc|storage)[^\n]{0,40}\b(?:is |are )?(?:full|exceeded|exhausted)\b|"
    r"(?:over|exceed(?:s|ed|ing)?|out of|insufficient|not enough)[^\n]{0,40}\b(?:quota|storage|disk space|mailbox size)|"
    r"mailfolder is full|quota exceed|overquota|(?:postfach|mailbox)[^\n]{0,40}\bvoll\b|kontingent[^\n]{0,30}(?:überschritten|erschöpft)|"
    r"boîte[^\n]{0,40}\bpleine|buzón[^\n]{0,40}\blleno|casella[^\n]{0,40}\bpiena|caixa[^\n]{0,40}\bcheia|"
    r"(?:postvak|mailbox)[^\n]{0,40}\bvol\b|skrzynk[^\n]{0,40}pełna|ящик[^\n]{0,40}переполнен|容量[^\n]{0,20}超|いっぱい|"
    r"(?:邮箱|郵箱|信箱|收件箱)[^\n]{0,20}(?:已满|已滿|满|超)",
    re.IGNORECASE,
)
_WAITS = re.compile(
    r"not yet been delivered|has been delayed|still being retried|will be retried|will retry|will keep trying|"
    r"will continue (?:to try|trying|to be attempted)|delivery attempts will continue|warning (?:message )?only|"
    r"still undelivered|temporarily delayed|noch nicht zugestellt|verzögert|n'a pas encore été|aún no se ha|todavía no|"
    r"non è stato ancora|ainda não (?:foi|pôde)|nog niet (?:afgeleverd|bezorgd)|jeszcze nie|ещё не|еще не|遅延|延迟|延遲",
    re.IGNORECASE,
)
_WAITS_SUBJECT = re.compile(
    r"warning|delay|deferred|still being retried|verzöger|retard|retras|aplaz|ritard|atras|vertrag|opóźn|задерж|遅延|延迟|延遲",
    re.IGNORECASE,
)
_ARRIVED_SUBJECT = re.compile(
    r"(?:\W{0,3}(?:delivered|zugestellt|remis|entregado|consegnato|recapitato|entregue|bezorgd|dostarczono|доставлено)\s?:)|"
    r"successful mail delivery|delivery status notification \(success|delivery receipt|confirmation of delivery",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"(?:user|recipient|mailbox|account|address|addressee|alias|domain|host|name)s?\b[^\n]{0,40}\b(?:unknown|not found|not exist|invalid|not known|unavailable)\b|"
    r"(?:unknown|no such|invalid|nonexistent|non-existent)\s(?:\w{1,20}\s){0,2}(?:user|recipient|mailbox|account|address|alias|domain|host|local)|"
    r"does(?: not|n't) (?:exist|have an? [^\n]{0,20}account)|no mailbox|not listed in|has moved|no longer (?:valid|in use|available|exists)",
    re.IGNORECASE,
)
_FAILS = re.compile(
    r"undeliver|not? (?:be )?deliver|unable to (?:be )?deliver|deliver(?:y|ing) (?:has )?(?:failed|problem)|permanent(?:ly)? (?:fatal )?(?:error|fail)|"
    r"fatal error|" + _FULL.pattern + "|" + _UNKNOWN.pattern,
    re.IGNORECASE,
)
# Statuses that blame the address: unknown, badly written, moved, without a host.
_HARD = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.4.4")
_ACTIONS = (
    ("fail", "failed"),
    ("undeliver", "failed"),
    ("bounce", "failed"),
    ("delay", "delayed"),
    ("defer", "delayed"),
)
_ACTIONS += (("deliver", "delivered"), ("relay", "relayed"), ("expand", "expanded"))


class Report(msgspec.Struct, frozen=True):
    """What a delivery report says of one address."""

    outcome: str  # failed (for good), temporary (may work later), delayed (still tried), relayed, delivered, expanded, ""
    address: str  # exact, as in `addresses.exact`; "" when none is named
    status: str  # enhanced status code such as "5.1.1", "" when none
    said: str  # the reason in one clean line of at most 300 characters

    @property
    def blames_address(self) -> bool:
        """Whether the address itself is wrong, rather than this letter, its sender or the moment."""
        if self.outcome != "failed" or self.status.startswith(("5.1.7", "5.1.8", "5.3", "5.6", "5.7")):
            return False
        return self.status in _HARD or bool(_UNKNOWN.search(self.said))


def read_report(
    kind: str, header: fields.Header, leaves: list[Part], text: str
) -> tuple[tuple[Report, ...], str]:
    """`reports` and `returned_id` of what is a report; nothing of any other letter."""
    if kind not in KINDS.values():
        return (), ""
    return reports(kind, header, leaves, text), returned_id(header, leaves, text)


def reports(kind: str, header: fields.Header, leaves: list[Part], text: str) -> tuple[Report, ...]:
    """What a report says, address by address, each once and at most fifty; never raises.

    kind  one of "bounce", "read-receipt" and "abuse-report"
    text  the readable words of the whole message
    """
    notice = notices.read_notice(header, text)
    if notice is not None:
        found: Iterable[Report] = _from_notice(notice)
    elif kind == "read-receipt":
        found = _from_receipt(leaves)
    elif kind == "abuse-report":
        found = _from_complaint(leaves)
    else:
        found = _from_delivery_report(header, leaves, text)
    return _each_once(found)


def returned_id(header: fields.Header, leaves: list[Part], text: str) -> str:
    """The Message-ID of the message that the report is about, in angle brackets; "" if none is named."""
    for part in reversed(leaves):
        if part.kind in RETURNED_KINDS:
            found = _one_id(_beginning(part).first("message-id"))
            if found:
                return found
    for part in leaves:
        for group in _groups(part) if part.kind in (*STATUS_KINDS, *_RECEIPT_KINDS, FEEDBACK_KIND) else ():
            for name in _OF_LETTERS:
                if found := _one_id(group.first(name)):
                    return found
    notice = notices.read_notice(header, text)
    if notice is not None and (found := _one_id(notice.message_id)):
        return found
    copy = _COPY.search(text)
    line = (copy and _ID_LINE.search(text, copy.start())) or _ID_LINE.search(text)
    if line:
        return _one_id(line[1])
    answered = header.first("references").split()[-1:]
    named = (header.first("x-riferimento-message-id"), header.first("in-reply-to"), *answered)
    return next((found for value in named if (found := _one_id(value))), "")


def holds_a_copy(text: str) -> bool:
    """Whether a report in words goes on with a copy of our letter."""
    return bool(_COPY.search(text, 1))


def _from_notice(notice: notices.Notice) -> Iterator[Report]:
    happened = (
        notice.bounce or notice.complaint or notice.delivery_delay or notice.delivery or notices.Happened()
    )
    for address in happened.recipients or ():
        yield _report("delivered", _exact(address), "", happened.smtp_response or "")
    for one in happened.complained_recipients or ():
        yield _report("", _exact(one.email_address or ""), "", happened.complaint_feedback_type or "")
    for one in happened.bounced_recipients or ():
        report = _report(
            "failed", _exact(one.email_address or ""), one.status or "", one.diagnostic_code or ""
        )
        passing = (happened.bounce_type or "").lower() == "transient" and report.outcome == "failed"
        yield msgspec.structs.replace(report, outcome="temporary") if passing else report
    for one in happened.delayed_recipients or ():
        yield _report("delayed", _exact(one.email_address or ""), one.status or "", one.diagnostic_code or "")


# Reports with fields.


def _from_receipt(leaves: list[Part]) -> Iterator[Report]:
    for group in _groups_of(leaves, _RECEIPT_KINDS):
        disposition = group.first("disposition")
        if disposition or "final-recipient" in group:
            what = disposition.rpartition(";")[2].strip().lower()
            arrived = what.startswith(("displayed", "deleted", "dispatched", "processed"))
            reason = next((group.first(n) for n in ("failure", "error", "warning") if n in group), "")
            yield _report("delivered" if arrived else "", _receiver(group), "", f"{disposition} {reason}")


def _from_complaint(leaves: list[Part]) -> Iterator[Report]:
    said, named = "abuse", False
    for group in _groups_of(leaves, (FEEDBACK_KIND,)):
        said = group.first("feedback-type") or said
        for value in group.all("original-rcpt-to") or group.all("removal-recipient"):
            named = True
            yield _report("", _exact(value), "", said)
    # Some providers name the receiver only in our own letter that they send back.
    for part in () if named else leaves:
        if part.kind in RETURNED_KINDS:
            ours = _beginning(part)
            value = ours.first("x-hmxmroriginalrecipient") or ours.first("to")
            for box in addresses.read_addresses(value)[:1]:
                yield _report("", "" if box.address.startswith("redacted") else box.address, "", said)


def _from_delivery_report(header: fields.Header, leaves: list[Part], text: str) -> list[Report]:
    groups = _groups_of(leaves, STATUS_KINDS)
    found = [_of_group(group) for group in islice(filter(_names_a_receiver, groups), 2 * MOST)]
    if not found and _FIELDS.search(text):
        # The parts were torn, or the report was sent as words; the fields are there all the same.
        groups = _groups_in(text[:_STATUS_BYTES].encode("utf-8", "replace"))
        found = [_of_group(group) for group in islice(filter(_names_a_receiver, groups), 2 * MOST)]
    if found and all(report.address and report.said for report in found):
        return found
    told = list(islice(_from_words(header, text), MOST))
    if not found:
        return told
    if len(found) == 1 and not found[0].address and told:
        found = [msgspec.structs.replace(found[0], address=told[0].address)]
    reasons = {report.address: report.said for report in told}
    return [r if r.said else msgspec.structs.replace(r, said=reasons.get(r.address, "")) for r in found]


def _names_a_receiver(group: fields.Header) -> bool:
    return any(name in group for name in _OF_RECEIVERS)


def _of_group(group: fields.Header) -> Report:
    said = (
        group.first("diagnostic-code")
        or group.first("x-display-diagnostic")
        or group.first("smtp-diagnostic")
    )
    action = group.first("action").strip().lower()
    outcome = next((outcome for begins, outcome in _ACTIONS if action.startswith(begins)), "")
    status = group.first("status")
    if not outcome and _STATUS.search(status):
        outcome = "delivered" if status.strip()[:1] == "2" else "failed"
    return _report(outcome, _receiver(group), status, _TYPED.sub("", said, count=1))


def _receiver(group: fields.Header) -> str:
    """The address as we wrote it, else the one it became on the way."""
    named = (
        _typed_address(group.first(n))
        for n in ("original-recipient", "final-recipient", "x-actual-recipient")
    )
    return next((address for address in named if address), "")


def _typed_address(value: str) -> str:
    """An address behind its type: "rfc822; ana@home.example". Other kinds of addresses are none to us."""
    kind, typed, rest = value.partition(";")
    kind = kind.partition("(")[0].strip().lower()
    if typed and kind == "utf-8":
        rest = _HEX.sub(_letter, rest)
    return _exact(rest if typed else value) if not typed or kind in ("rfc822", "utf-8", "smtp", "") else ""


def _letter(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16)) if int(found[1], 16) < 0x110000 else ""
    return letter if letter.isprintable() else ""


def _exact(value: str) -> str:
    value = value[:_LONGEST_ID].strip()
    bare = addresses.exact(value.removeprefix("<").removesuffix(">").strip())
    return bare or next((box.address for box in addresses.read_addresses(value)[:1]), "")


def _groups_of(leaves: list[Part], kinds: Iterable[str]) -> Iterator[fields.Header]:
    for part in leaves:
        if part.kind in kinds:
            yield from _groups(part)


def _groups(part: Part) -> Iterator[fields.Header]:
    return _groups_in(part.content()[0][:_STATUS_BYTES])


def _groups_in(data: bytes) -> Iterator[fields.Header]:
    """The groups of fields between blank lines that say something of a receiver or of our letter."""
    at = 0
    while at < len(data):
        group, _, body = fields.read_header(data, at, len(data))
        if any(name in group for name in _TELLING):
            yield group
        line_end = data.find(b"\n", at)
        at = max(body, at + 1) if body > at else (line_end + 1 or len(data))


def _beginning(part: Part) -> fields.Header:
    """The header of our letter as it came back."""
    data = part.content()[0][:_HEADER_BYTES].lstrip(b"\r\n")
    return fields.read_header(data, fields.start_of_message(data), len(data))[0]


# Reports in words.


def _from_words(header: fields.Header, text: str) -> Iterator[Report]:
    """Address by address, with the words that follow each until the next one."""
    copy = _COPY.search(text, 1)
    told = text[: copy.start() if copy else _TEXT_LETTERS][:_TEXT_LETTERS]
    outcome = _outcome_of(fields.words(header.first("subject")), told)
    passages = _passages(told)
    ours = {box.address for value in header.all("to") for box in addresses.read_addresses(value)}
    named = [_exact(one) for value in header.all("x-failed-recipients") for one in value.split(",")]
    named = named or [one for one in passages if one not in ours] or _mentioned(told, ours) or list(passages)
    for address in named or [""]:
        places = [_lines_about(address, told), passages.get(address, "")]
        places += [told] if len(named) < 2 else []
        best = next((one for one in places if _code(one)), "") or next(
            (one for one in places if _reason(one)), ""
        )
        sure = address or _code(best) or _FAILS.search(told)
        yield _report(outcome if sure else "", address, _code(best), _reason(best))


def _lines_about(address: str, told: str) -> str:
    """The lines that hold both the address and a code, as a transcript does."""
    lines = (line for line in told.split("\n") if address and address in line.lower())
    return "\n".join(line for line in lines if _code(line))


def _passages(told: str) -> dict[str, str]:
    """By each address that begins a line: the rest of that line and the lines that follow."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in told.split("\n"):
        first = _FIRST_ON_LINE.match(line)
        address = addresses.exact(first[1].rstrip(".")) if first else ""
        if address and (address in found or len(found) < MOST) and not address.startswith(_DAEMONS):
            lines = found.setdefault(address, [])
            line = line[first.end() :].lstrip(">\"'): ")
        lines.append(line)
    return {address: "\n".join(rest) for address, rest in found.items()}


def _mentioned(told: str, ours: set[str]) -> list[str]:
    every = (addresses.exact(found[0].rstrip(".")) for found in _ANY_ADDRESS.finditer(told))
    return [
        one
        for one in dict.fromkeys(islice(every, MOST))
        if one and one not in ours and not one.startswith(_DAEMONS)
    ]


def _outcome_of(subject: str, told: str) -> str:
    if _ARRIVED_SUBJECT.match(subject):
        return "delivered"
    return "delayed" if _WAITS_SUBJECT.search(subject) or _WAITS.search(told) else "failed"


def _code(passage: str) -> str:
    found = _STATUS.search(passage)
    if found:
        return found[1]
    reply = _REPLY.search(passage)
    return f"{reply[1]}.0.0" if reply else ""


def _reason(passage: str) -> str:
    """The paragraph that holds a code, else the first one with words."""
    paragraphs = [one for one in _GAP.split(passage) if _WORDS.search(one) and not _RULE.match(one)]
    return next((one for one in paragraphs if _code(one)), paragraphs[0] if paragraphs else "")


# What every report goes through.


def _report(outcome: str, address: str, status: str, said: str) -> Report:
    said = fields.words(said[: 4 * _LONGEST_SAID])
    status = _best_status(status, said)
    if outcome == "failed" and (status[:1] == "4" or status == "5.2.2" or _is_full(status, said)):
        outcome = "temporary"
    return Report(outcome=outcome, address=address, status=status, said=said[:_LONGEST_SAID].strip())


def _best_status(status: str, said: str) -> str:
    """The code that says most: "5.0.0" gives way to a code of its own class in the words."""
    found = _STATUS.search(status)
    declared = found[1] if found else ""
    if declared and not declared.endswith(".0.0"):
        return declared
    for inner in islice(_STATUS.finditer(said), 5):
        if not declared or inner[1][0] == declared[0]:
            return inner[1]
    return declared or _code(said)


def _is_full(status: str, said: str) -> bool:
    return not status.startswith(("5.1", "5.7", "5.3")) and bool(_FULL.search(said))


def _each_once(found: Iterable[Report]) -> tuple[Report, ...]:
    by_address: dict[str, Report] = {}
    for report in found:
        by_address.setdefault(report.address, report)
        if len(by_address) == MOST:
            break
    if len(by_address) > 1:
        by_address.pop("", None)
    return tuple(by_address.values())


def _one_id(value: str) -> str:
    """The first id in angle brackets, else a bare one that looks like an id."""
    found = _ID.search(value)
    bare = fields.clean(found[1] if found else value[:_LONGEST_ID]).strip("<> ")
    known = bool(bare) and " " not in bare and (found is not None or "@" in bare)
    return f"<{bare}>" if known else ""
