"""The kinds of file: how each begins, how it folds, how it is drawn."""

from collections.abc import Callable
from typing import Any, NamedTuple

from amends.casework.tables import case as case_table
from amends.casework.tables import customer as customer_table
from amends.casework.tables import defect as defect_table
from amends.casework.tables import grant as grant_table
from amends.casework.tables import standing as standing_table
from amends.rules import case, customers, defects, grants, standing


class Kind(NamedTuple):
    new: Any
    after: Callable
    draw: Callable  # (file, before or None, after) -> rows by table


KINDS: dict[str, Kind] = {
    "case": Kind(case.NEW, case.after, case_table.draw),
    "customer": Kind(customers.NEW, customers.after, customer_table.draw),
    "defect": Kind(defects.NEW, defects.after, defect_table.draw),
    "claim": Kind(standing.NEW, standing.after, standing_table.draw),
    "grant": Kind(grants.Grant(), grants.after, grant_table.draw),
}
