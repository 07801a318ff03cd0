"""How a grant is drawn."""

from amends.rules.grants import Grant


def draw(file: str, before: Grant | None, after: Grant) -> dict[str, list[tuple]]:
    row = (
        file,
        after.holder,
        after.kind or "",
        after.unit,
        after.per_case,
        after.per_month,
        after.until.isoformat() if after.until else "",
        after.revoked,
    )
    return {"grants": [row]}
