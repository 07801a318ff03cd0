"""A customer's file: who they are, and the cases they opened. Conduct and relationship come later."""

import msgspec
from msgspec.structs import replace

from amends.rules import entries as e
from amends.rules.guards import must_be_staff
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, LONGEST_NAME, NOTHING, Actor, Text, fitting, wanted


class Customer(msgspec.Struct, frozen=True):
    name: Text = NOTHING
    address: Text = NOTHING
    address_hash: str = ""
    company: Text = NOTHING
    phone: Text = NOTHING
    language: str = ""
    cases: int = 0
    failing: bool = False  # mail to the address does not arrive


NEW = Customer()


def after(customer: Customer, entry, at=None, by="", number=0) -> Customer:
    """The customer once `entry` stands in their file."""
    if isinstance(entry, e.CustomerMet):
        return replace(
            customer,
            name=entry.name,
            address=entry.address,
            address_hash=entry.address_hash,
            company=entry.company,
            phone=entry.phone,
            language=entry.language,
        )
    if isinstance(entry, e.AddressCorrected):
        return replace(customer, address=entry.address, address_hash=entry.address_hash, failing=False)
    if isinstance(entry, e.AddressFailed | e.AddressWorks):
        return replace(customer, failing=isinstance(entry, e.AddressFailed))
    return replace(customer, cases=customer.cases + 1) if isinstance(entry, e.CustomerWrote) else customer


def meet(
    customer: Customer,
    *,
    name: Text,
    address: Text = NOTHING,
    address_hash: str = "",
    company: Text = NOTHING,
    phone: Text = NOTHING,
    language: str = "",
):
    """Get to know a customer. Raises Refused when the name is missing or too long."""
    return [
        e.CustomerMet(
            name=wanted(name, "name", LONGEST_NAME),
            address=fitting(address, "address", LONGEST_NAME),
            address_hash=address_hash,
            company=fitting(company, "company", LONGEST_NAME),
            phone=fitting(phone, "phone", LONGEST_NAME),
            language=language[:20],
        )
    ]


def wrote(customer: Customer, *, case: str):
    """The customer opened a case."""
    return [e.CustomerWrote(case=case)]


def address_failed(customer: Customer, *, status: str, said: Text):
    """Mail to their address does not arrive. Said once, until it works again."""
    return [] if customer.failing else [e.AddressFailed(status=status[:20], said=said)]


def address_works(customer: Customer):
    """A letter came from their address, or arrived there."""
    return [e.AddressWorks()] if customer.failing else []


def correct_address(customer: Customer, *, address: Text, address_hash: str, why: Text, by: Actor):
    """An address where there is none, or where letters come back. One that works is changed by its owner alone.

    Nobody has got a link at an address that never worked, so no link has to end.
    """
    must_be_staff(by)
    if not customer.address.is_empty and not customer.failing:
        raise Refused(Reason.ADDRESS_WORKS)
    if address_hash == customer.address_hash:
        raise Refused(Reason.SAME_WORDS)
    address = wanted(address, "address", LONGEST_NAME)
    return [
        e.AddressCorrected(address=address, address_hash=address_hash, why=wanted(why, "why", LONGEST_LINE))
    ]
