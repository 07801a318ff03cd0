"""Putting it right: options the customer chooses among, remedies given outright, delivery with proof."""

from datetime import datetime

from msgspec.structs import replace

from amends.rules import entries as e
from amends.rules.case import Case, Stage, next_number
from amends.rules.cases import told_by_us
from amends.rules.entries import Lane, Offer, PromiseKind
from amends.rules.grants import Cover, Purse, cover, held
from amends.rules.guards import customers_word, must_be_ahead, must_be_open, must_be_staff
from amends.rules.house import House
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.values import LONGEST_LINE, NOTHING, Actor, Text, fitting, wanted


def unready(case: Case) -> tuple[tuple[Missing, int], ...]:
    """What must stand before anything can be proposed, each with the point it is about."""
    missing = []
    if not case.points:
        missing.append((Missing.POINTS, 0))
    elif not case.confirmed:
        missing.append((Missing.CONFIRMATION, 0))
    if not case.assessed:
        missing.append((Missing.ASSESSMENT, 0))
    missing += [(Missing.FINDINGS, p.number) for p in case.points if p.finding is e.Finding.NONE]
    if not case.sought_asked:
        missing.append((Missing.REMEDY_SOUGHT, 0))
    return tuple(missing)


def propose(
    case: Case,
    *,
    offers: tuple[Offer, ...],
    purses: tuple[Purse, ...],
    by: Actor,
    now: datetime,
    house: House,
):
    """Put options before the customer; earlier ones that nobody chose are replaced.

    Each option needs an act, an owner and a day. What the customer asked for stands among them, beside any
    alternative of ours. Each must be covered by a grant or an approval, so that whatever is chosen can be done.
    """
    must_be_staff(by)
    must_be_open(case)
    if case.stage not in (Stage.WORKING, Stage.PROPOSED):
        raise Refused(Reason.NOT_READY_TO_PROPOSE, missing=unready(case) or ((Missing.ASSESSMENT, 0),))
    if missing := unready(case):
        raise Refused(Reason.NOT_READY_TO_PROPOSE, missing=missing)
    if not offers:
        raise Refused(Reason.NO_OPTIONS)
    _must_hold_what_was_asked(case, offers)
    bare, purses = _before_offers(case, purses)
    first = next_number(case.options)
    proposed = [
        _proposed(first + index, _executable(offer, now), cover(bare, offer, purses))
        for index, offer in enumerate(offers)
    ]
    standing = tuple(o.number for o in case.offered)
    replaced = [e.OptionsLapsed(numbers=standing)] if standing else []
    return [*replaced, *proposed, *told_by_us(case, now=now, house=house, by=by)]


def accept(
    case: Case, *, number: int, digest: str, by: Actor, now: datetime, words: Text = NOTHING, through: int = 0
):
    """The customer chooses one option, in exactly the words they saw (`digest`). Work starts with it."""
    must_be_open(case)
    through = customers_word(case, by, through)
    option = case.option(number)
    if option.state != "offered":
        raise Refused(Reason.OPTION_GONE, number=number)
    if digest != option.offer.act.digest:
        raise Refused(Reason.OTHER_TEXT, number=number)
    must_be_ahead(option.offer.due, now)
    paid = Cover(option.grant, option.month, option.approval)
    words = fitting(words, "words", LONGEST_LINE)
    chosen = e.OptionAccepted(number=number, digest=digest, words=words, through=through)
    return [chosen, *_remedy(case, option.offer, paid, option=number)]


def decline(case: Case, *, words: Text, by: Actor, through: int = 0):
    """None of these, says the customer, and says what would."""
    if case.stage is not Stage.PROPOSED:
        raise Refused(Reason.NOT_PROPOSED)
    through = customers_word(case, by, through)
    return [e.OptionsDeclined(words=wanted(words, "words", LONGEST_LINE), through=through)]


def grant(case: Case, *, offer: Offer, purses: tuple[Purse, ...], by: Actor, now: datetime, house: House):
    """Give a remedy outright, whatever the customer chooses besides: one act, no approval, inside the grant.

    It asks nothing of the customer and ends nothing: the case still closes only on their word.
    """
    must_be_staff(by)
    must_be_open(case)
    if not case.points:
        raise Refused(Reason.NO_POINTS)
    if not case.confirmed:
        raise Refused(Reason.NOT_UNDERSTOOD)
    granted = _remedy(case, _executable(offer, now), cover(case, offer, purses), option=0)
    after_promise = granted[-1].number + 1
    return [*granted, *told_by_us(case, now=now, house=house, by=by, promise=after_promise)]


def accept_granted(
    case: Case, *, digest: str, by: Actor, now: datetime, words: Text = NOTHING, through: int = 0
):
    """What you have given puts it right, says the customer of the remedies given outright."""
    if case.stage not in (Stage.WORKING, Stage.PROPOSED):
        raise Refused(Reason.NOT_PROPOSED)
    through = customers_word(case, by, through)
    if not granted_outright(case):
        raise Refused(Reason.NOTHING_GRANTED)
    if digest != granted_digest(case):
        raise Refused(Reason.OTHER_TEXT, number=0)
    return [e.RemediesAccepted(digest=digest, words=fitting(words, "words", LONGEST_LINE), through=through)]


def deliver(case: Case, *, number: int, proof: Text, by: Actor):
    """A remedy has reached the customer, and this shows it: payment reference, carrier's proof, their word."""
    must_be_staff(by)
    must_be_open(case)
    remedy = case.remedy(number)
    if remedy.cancelled:
        raise Refused(Reason.OPTION_GONE, number=number)
    if remedy.delivered_at:
        raise Refused(Reason.ALREADY_DELIVERED, number=number)
    if proof.is_empty:
        raise Refused(Reason.PROOF_MISSING)
    proof = wanted(proof, "proof", LONGEST_LINE)
    promise = case.promise(remedy.promise)
    kept = e.PromiseKept(number=promise.number, proof=proof, late=promise.state.value == "broken")
    return [kept, e.RemedyDelivered(number=number, proof=proof)]


def granted_outright(case: Case):
    """Remedies given outright that still stand."""
    return tuple(r for r in case.remedies if not r.option and not r.cancelled)


def granted_digest(case: Case) -> str:
    """Names the exact texts of what was given outright, as the customer sees them."""
    return "+".join(r.offer.act.digest for r in granted_outright(case))


def _remedy(case: Case, offer: Offer, paid: Cover, *, option: int):
    promise = next_number(case.promises)
    return [
        e.RemedyGranted(
            number=next_number(case.remedies),
            offer=offer,
            promise=promise,
            option=option,
            grant=paid.grant,
            month=paid.month,
            approval=paid.approval,
        ),
        e.PromiseMade(
            number=promise, kind=PromiseKind.REMEDY, owner=offer.owner, due=offer.due, act=offer.act
        ),
    ]


def _proposed(number: int, offer: Offer, paid: Cover) -> e.OptionProposed:
    return e.OptionProposed(
        number=number, offer=offer, grant=paid.grant, month=paid.month, approval=paid.approval
    )


def _executable(offer: Offer, now: datetime) -> Offer:
    """An offer that can be carried out as it stands: what is done, by whom, by when."""
    if offer.act.is_empty:
        raise Refused(Reason.OPTION_WITHOUT_AN_ACT)
    wanted(offer.act, "act", LONGEST_LINE)
    fitting(offer.reasons, "reasons", LONGEST_LINE)
    if not offer.owner:
        raise Refused(Reason.OWNER_MISSING)
    must_be_ahead(offer.due, now)
    return offer


def _must_hold_what_was_asked(case: Case, offers) -> None:
    asked_for_something = not case.sought.is_empty and case.refused.is_empty
    if asked_for_something and not any(offer.lane is Lane.ASKED for offer in offers):
        raise Refused(Reason.ASKED_NOT_OFFERED)


def _before_offers(case: Case, purses):
    """The case without its standing offers, and the purses with what those hold given back."""
    bare = replace(case, options=tuple(o for o in case.options if o.state != "offered"))
    back = held(case) - held(bare)
    return bare, tuple(replace(p, left=p.left + back[p.grant.id, p.month]) for p in purses)
