"""The notices of Amazon SES about our letters, which come as JSON in a letter of Amazon SNS."""

from __future__ import annotations

import msgspec

from amends.post.reader import fields


class _Receiver(msgspec.Struct, rename="camel"):
    email_address: str | None = None
    action: str | None = None
    status: str | None = None
    diagnostic_code: str | None = None


class Happened(msgspec.Struct, rename="camel"):
    """A bounce, a delay, a delivery or a complaint: their fields differ only in the list of receivers."""

    bounce_type: str | None = None
    bounced_recipients: list[_Receiver] | None = None
    delayed_recipients: list[_Receiver] | None = None
    complained_recipients: list[_Receiver] | None = None
    complaint_feedback_type: str | None = None
    recipients: list[str] | None = None
    smtp_response: str | None = None


class _Named(msgspec.Struct):
    name: str | None = None
    value: str | None = None


class _Mail(msgspec.Struct, rename="camel"):
    headers: list[_Named] | None = None


class Notice(msgspec.Struct, rename="camel"):
    """What a provider says by JSON of one of our letters."""

    notification_type: str | None = None
    event_type: str | None = None
    mail: _Mail | None = None
    bounce: Happened | None = None
    complaint: Happened | None = None
    delivery: Happened | None = None
    delivery_delay: Happened | None = None
    wrapped: str | None = msgspec.field(default=None, name="Message")

    @property
    def kind(self) -> str:
        """bounce, complaint, delivery, deliverydelay; "" for what is no report."""
        kind = (self.notification_type or self.event_type or "").lower()
        return kind if kind in ("bounce", "complaint", "delivery", "deliverydelay") else ""

    @property
    def message_id(self) -> str:
        """The id in the header of our letter; the provider's own `messageId` is no Message-ID."""
        named = (self.mail.headers if self.mail else None) or ()
        return next((one.value or "" for one in named if (one.name or "").lower() == "message-id"), "")


_notices = msgspec.json.Decoder(Notice, strict=False)


def read_notice(header: fields.Header, text: str) -> Notice | None:
    """The JSON notice in a letter of Amazon SNS; None for every other letter."""
    if "x-amz-sns-message-id" not in header and "x-amz-sns-topic-arn" not in header:
        return None
    found = _decoded(text.partition("\n--\n")[0])
    if found is not None and not found.kind and found.wrapped:
        found = _decoded(found.wrapped)
    return found if found is not None and found.kind else None


def _decoded(text: str) -> Notice | None:
    text = text[text.find("{") : text.rfind("}") + 1]
    try:
        return _notices.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None
