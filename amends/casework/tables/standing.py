"""How a standing claim is drawn: one row."""

from amends.casework.moments import micro
from amends.rules.standing import Claim


def draw(file: str, before: Claim | None, after: Claim) -> dict[str, list[tuple]]:
    row = (
        file,
        after.place or "",
        after.words.id,
        after.owner,
        after.measure or "",
        after.of,
        after.line,
        after.value,
        after.n,
        micro(after.measured_at),
        after.stand,
        micro(after.below_since),
        micro(after.due),
    )
    return {"standing": [row]}
