"""How a known defect is drawn: one row. Product codes stand one a line."""

from amends.rules.defects import Defect


def draw(file: str, before: Defect | None, after: Defect) -> dict[str, list[tuple]]:
    return {"defects": [(file, after.name, "\n".join(after.products), after.words.id, after.is_open)]}
