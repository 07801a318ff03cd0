"""Known defects, beside a case: what it is about, and what its words name."""

from typing import NamedTuple

from amends.casework import cipher, db
from amends.rules.case import Case
from amends.rules.defects import names_any
from amends.words.plain import plain


class Known(NamedTuple):
    """Open defects that a case or a text is about, by name, and how many other cases are about the same."""

    names: tuple[str, ...] = ()
    others: int = 0


class Defect(NamedTuple):
    id: str
    name: str
    products: tuple[str, ...]
    words: str
    is_open: bool
    cases: int


NOTHING_KNOWN = Known()


def known(case: Case, text: str) -> Known:
    """What is known that bears on a case, or on a text about it: linked, or named by a product code."""
    found = db.rows("select id, name, products, is_open from defects")
    if not found:
        return NOTHING_KNOWN
    said = plain("\n".join([text, *_words_of(case)])).text
    about = {id: _named(name, products, said) for id, name, products, is_open in found if is_open}
    about = {id: name for id, name in about.items() if name}
    about |= {id: name for id, name, _products, is_open in found if is_open and id in case.defects}
    return Known(tuple(about.values()), _others(case, [*about, *case.defects]))


def _named(name: str, products: str, said: str) -> str:
    """The defect by its name and the product that is spoken of; empty when none of its products is."""
    product = names_any(said, products.split("\n"))
    return f"{name}, {product}" if product else ""


def _words_of(case: Case) -> list[str]:
    """What a case is about, in the customer's words."""
    wanted = [case.story.quote, *(point.words for point in case.points)]
    lying = cipher.texts([text.id for text in wanted if text.id])
    return [text.plain or lying.get(text.id, "") for text in wanted]


def _others(case: Case, defects: list[str]) -> int:
    if not defects:
        return 0
    marks = ",".join(["%s"] * len(defects))
    return db.row(
        'select count(distinct l."case") from defect_links l join cases c on c.id = l."case"'
        f" where l.linked and l.defect in ({marks}) and c.ref <> %s",
        [*defects, case.ref],
    )[0]


def listed() -> list[Defect]:
    """All of them, open ones first."""
    found = db.rows(
        "select d.id, d.name, d.products, d.words, d.is_open,"
        " (select count(*) from defect_links l where l.defect = d.id and l.linked)"
        " from defects d order by d.is_open desc, d.name"
    )
    words = cipher.texts([row[3] for row in found])
    return [
        Defect(id, name, tuple(products.split("\n")), words.get(text, ""), bool(is_open), cases)
        for id, name, products, text, is_open, cases in found
    ]


def name_of(defect: str) -> str:
    """The name of an open defect; empty when there is none of that id."""
    found = db.row("select name from defects where id = %s and is_open", [defect])
    return found[0] if found else ""
