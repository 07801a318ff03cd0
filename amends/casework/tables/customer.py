"""How a customer is drawn."""

from amends.rules.customers import Customer


def draw(file: str, before: Customer | None, after: Customer) -> dict[str, list[tuple]]:
    row = (
        file,
        after.name.id,
        after.address.id,
        after.address_hash,
        after.company.id,
        after.phone.id,
        after.language,
        after.cases,
        after.failing,
    )
    return {"customers": [row]}
