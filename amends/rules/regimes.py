"""The sets of clocks a complaint can run under, as data, and the dates they give.

Source: domain.md §19. Legal presets join here one by one, each with its grade of trust.
"""

from datetime import datetime

import msgspec

from amends.rules.clocks import Calendar, Clock, Expiry, Grade, Limit, Regime, Unit, due_at

RECEIVED = "complaint.received"


class Deadline(msgspec.Struct, frozen=True):
    """When a clock runs out: its id, and the last moment on time, aware and in UTC."""

    id: str
    due_at: datetime


def deadlines(regime: Regime, calendar: Calendar, received_at: datetime) -> tuple[Deadline, ...]:
    """The due dates a complaint has from the moment it arrives, in the order of the regime.

    Clocks that start later (an escalation, a promise) are not here. Raises ValueError when the moment has no
    zone, and NoWorkingDay.
    """
    return tuple(
        Deadline(clock.id, due_at(calendar, received_at, clock.limit))
        for clock in regime.clocks
        if RECEIVED in clock.start
    )


# The source lets a lead extend `need_time` once and gives no length; the length of the clock itself is ours.
# fmt: off
HOUSE = Regime(
    id="house",
    title="Product default (from the seeds; not a legal rule)",
    grade=Grade.DESIGN,
    clocks=(
        Clock("ack", Limit(1, Unit.WORKING_DAY), (RECEIVED,), ("ack.sent",), by_human=True, stage=1),
        Clock("next_update", Limit(5, Unit.WORKING_DAY), ("update.sent",), ("update.sent",), repeats=True),
        Clock("first_option", Limit(3, Unit.WORKING_DAY), (RECEIVED,), ("option.sent",), stage=1),
        Clock("need_time", Limit(5, Unit.WORKING_DAY), ("need_time.promised",), ("option.sent", "answer.sent"), extension=Limit(5, Unit.WORKING_DAY), stage=1),
        Clock("answer", Limit(10, Unit.WORKING_DAY), (RECEIVED,), ("answer.sent",), extension=Limit(10, Unit.WORKING_DAY), stage=1),
        Clock("escalation_accept_live", Limit(15, Unit.MINUTE), ("escalation.requested",), ("escalation.accepted",), on_expiry=Expiry.CLIMB),
        Clock("escalation_accept", Limit(1, Unit.WORKING_DAY), ("escalation.requested",), ("escalation.accepted",), on_expiry=Expiry.CLIMB),
        Clock("escalation_decide", Limit(3, Unit.WORKING_DAY), ("escalation.accepted",), ("escalation.decided",), on_expiry=Expiry.CLIMB),
        Clock("angry_hangup_callback", Limit(1, Unit.WORKING_DAY), ("contact.customer_ended_in_anger",), ("contact.attempted_by_lead",)),
        Clock("support_act", Limit(1, Unit.WORKING_DAY), ("conduct.recorded",), ("support.given",)),
        Clock("reply_to_team", Limit(10, Unit.WORKING_DAY), ("upstream.raised",), ("upstream.answered",), on_expiry=Expiry.CLIMB),
        Clock("directive_readback", Limit(2, Unit.WORKING_DAY), ("directive.stated",), ("directive.confirmed_or_denied",), on_expiry=Expiry.MARK_UNCONFIRMED),
        Clock("order_brake_decision", Limit(5, Unit.WORKING_DAY), ("brake.recommended",), ("brake.decided",)),
        Clock("restriction_term", Limit(3, Unit.MONTH), ("restriction.imposed",), ("restriction.extended",), on_expiry=Expiry.LAPSE),
        Clock("durable_window", Limit(30, Unit.CALENDAR_DAY), ("delivery.proved",), ("recontact",), on_expiry=Expiry.MARK_DURABLE),
    ),
)
# fmt: on

REGIMES: dict[str, Regime] = {regime.id: regime for regime in (HOUSE,)}
