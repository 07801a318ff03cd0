"""The marks of mail that no person wrote to us: automatic answers, lists, reports and bounces."""

from __future__ import annotations

import re

from amends.post.fields import Header, parameters
from amends.post.parts import Part

# Subjects that programs write, each followed by a colon; people who merely begin with the words are not caught.
_AWAY = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?reply|auto:|autoreply|out of (?:the )?office(?: autoreply| reply)?|"
    r"automatische antwort|abwesenheitsnotiz|abwesend|réponse automatique|respuesta automática|"
    r"risposta automatica|automatisch antwoord|afwezig|automatyczna odpowiedź|resposta automática|"
    r"autosvar|automaattinen vastaus|自动回复|自動応答|自動回覆|автоответ|автоматический ответ|otomatik yanıt)\s?[:：]",
    re.IGNORECASE,
)
_ANSWERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-mail-autoreply", "x-autoreply-from")
_MASTERS = ("mailer-daemon", "mail-daemon", "mailerdaemon")


def is_bounce(header: Header, sender: str, null_sender: bool) -> bool:
    """Whether the message says of itself that it reports on a delivery; what it may change is for others to prove."""
    report = _report_type(header)
    if report is not None:
        return report in ("", "delivery-status")
    local = sender.partition("@")[0]
    if local in _MASTERS or "x-failed-recipients" in header:
        return True
    return null_sender and local == "postmaster"


def why_automatic(header: Header, subject: str, null_sender: bool, leaves: list[Part]) -> str:
    """Why a program rather than a person seems to have written ("" if a person has).

    "list" alone means a person wrote through a mailing list: answer by hand only (RFC 3834).
    """
    submitted = header.first("auto-submitted").lower()
    if submitted and re.split(r"[\s;(]", submitted, maxsplit=1)[0] != "no":
        return "auto-submitted"
    precedence = header.first("precedence").strip().lower()
    if precedence in ("auto_reply", "auto-reply"):
        return "auto-reply"
    if any(name in header for name in _ANSWERS):
        return "auto-reply"
    if any(value.strip().lower() == "autoresponder" for value in header.all("delivered-to")):
        return "auto-reply"
    report = _report(header, leaves)
    if report:
        return report
    if null_sender:
        return "null-sender"
    if _AWAY.match(subject):
        return "out-of-office"
    return _through_a_list(header, precedence)


def _report(header: Header, leaves: list[Part]) -> str:
    report = _report_type(header)
    if report is not None:
        return {"disposition-notification": "read-receipt", "feedback-report": "abuse-report"}.get(
            report, "report"
        )
    for part in leaves:
        if part.kind == "text/calendar" and part.params.get("method", "").strip().lower() == "reply":
            return "calendar-reply"
    return ""


def _report_type(header: Header) -> str | None:
    """The kind of a multipart/report ("" if it does not say), None for any other message."""
    value = header.first("content-type")
    if "report" not in value.lower():
        return None
    kind, params, _ = parameters(value)
    return params.get("report-type", "").strip().lower() if kind == "multipart/report" else None


def _through_a_list(header: Header, precedence: str) -> str:
    if precedence in ("bulk", "junk") or "list-unsubscribe-post" in header:
        return "bulk"
    if precedence == "list" or "list-id" in header or "list-post" in header:
        return "list"
    return "bulk" if "list-unsubscribe" in header else ""
