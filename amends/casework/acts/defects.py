"""Known defects: put on record, closed, and named on the cases they are about."""

from datetime import datetime

from amends import ids
from amends.casework import db
from amends.casework import defects as known
from amends.casework.acts import perform
from amends.casework.record import Outcome, Step, record
from amends.rules import defects
from amends.rules.refused import Reason, Refused
from amends.rules.values import Actor, Text


def open_defect(*, name: str, products: str, words: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    """Put a defect on record. `products`: their codes, set apart by commas or lines. Raises Refused."""
    if db.row("select 1 from defects where is_open and lower(name) = lower(%s)", [name.strip()]):
        raise Refused(Reason.KNOWN_ALREADY)
    codes = tuple(products.replace(",", "\n").split("\n"))
    asked = {"name": name, "products": codes, "words": Text(words), "by": by}
    return record(Step("defect", ids.new(), defects.open_defect, asked, is_new=True), by=by, now=now, act=act)


def close_defect(defect: str, *, why: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    if db.row("select 1 from defects where id = %s", [defect]) is None:
        raise Refused(Reason.NO_SUCH_DEFECT)
    asked = {"why": Text(why), "by": by}
    return record(Step("defect", defect, defects.close_defect, asked), by=by, now=now, act=act)


def link_defect(case: str, *, defect: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    """Say that a case is about a known defect. Raises Refused."""
    name = known.name_of(defect)
    return perform(case, defects.link, by=by, now=now, act=act, defect=defect, name=name)


def unlink_defect(case: str, *, defect: str, why: str, by: Actor, now: datetime, act: str = "") -> Outcome:
    """Say that it is not about that defect after all, and why. Raises Refused."""
    found = db.row("select name from defects where id = %s", [defect])
    name = found[0] if found else ""
    return perform(case, defects.unlink, by=by, now=now, act=act, defect=defect, name=name, why=why)
