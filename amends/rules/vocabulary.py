"""Every word the ledger knows, in one place. A retired word stays, with a note."""

from enum import StrEnum


class Word(StrEnum):
    CASE_RECEIVED = "case.received"
    CASE_ACKNOWLEDGED = "case.acknowledged"
    CASE_UNDERSTOOD = "case.understood"
    CASE_ASSESSED = "case.assessed"
    CASE_TAKEN_OVER = "case.taken_over"
    CASE_WITHDRAWN = "case.withdrawn"
    CASE_UNSETTLED = "case.unsettled"
    CASE_SETTLED = "case.settled"
    CASE_CLOSED = "case.closed"
    CASE_REOPENED = "case.reopened"
    CHECK_BACK_DONE = "check_back.done"

    LETTER_RECEIVED = "letter.received"
    LETTER_SENT = "letter.sent"
    CONTACT_LOGGED = "contact.logged"
    NOTE_WRITTEN = "note.written"
    NOTE_FLAGGED = "note.flagged"
    WORDS_READ = "words.read"

    POINT_RAISED = "point.raised"
    POINTS_READ_BACK = "points.read_back"
    POINTS_CONFIRMED = "points.confirmed"
    POINT_CORRECTED = "point.corrected"
    POINT_FOUND = "point.found"
    REMEDY_SOUGHT = "remedy.sought"
    EFFECT_HEARD = "effect.heard"
    PROBLEM_AGREED = "problem.agreed"
    STEP_SKIPPED = "step.skipped"

    OPTION_PROPOSED = "option.proposed"
    OPTION_ACCEPTED = "option.accepted"
    OPTIONS_DECLINED = "options.declined"
    OPTIONS_LAPSED = "options.lapsed"
    REMEDY_GRANTED = "remedy.granted"
    REMEDIES_ACCEPTED = "remedies.accepted"
    REMEDY_DELIVERED = "remedy.delivered"

    POWER_DISPOSED = "power.disposed"
    REQUEST_REFUSED = "request.refused"

    PROMISE_MADE = "promise.made"
    PROMISE_KEPT = "promise.kept"
    PROMISE_BROKEN = "promise.broken"
    PROMISE_RELEASED = "promise.released"
    DELAY_NOTICED = "delay.noticed"
    TIME_ASKED = "time.asked"

    APPROVAL_ASKED = "approval.asked"
    APPROVAL_GIVEN = "approval.given"
    APPROVAL_DECLINED = "approval.declined"

    CUSTOMER_MET = "customer.met"
    CUSTOMER_WROTE = "customer.wrote"

    GRANT_ISSUED = "grant.issued"
    GRANT_REVOKED = "grant.revoked"
