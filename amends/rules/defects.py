"""Known defects: what is wrong with a product, and with which. While one is open, nobody may call it normal or new."""

import re
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from amends.rules import entries as e
from amends.rules.case import Case
from amends.rules.guards import must_be_open, must_be_staff, must_lead
from amends.rules.refused import Reason, Refused
from amends.rules.values import LONGEST_LINE, LONGEST_NAME, NOTHING, Actor, Text, wanted


class Defect(msgspec.Struct, frozen=True):
    name: str = ""
    products: tuple[str, ...] = ()
    words: Text = NOTHING
    is_open: bool = False


NEW = Defect()


def after(defect: Defect, entry, at=None, by="", number=0) -> Defect:
    """The defect once `entry` stands in its file."""
    if isinstance(entry, e.DefectOpened):
        return Defect(entry.name, entry.products, entry.words, True)
    return replace(defect, is_open=False)


def open_defect(defect: Defect, *, name: str, products: tuple[str, ...], words: Text, by: Actor):
    """Put a defect on record. A lead's act. Raises Refused without a name, a product or words."""
    must_lead(by)
    name, products = name.strip(), tuple(dict.fromkeys(p.strip() for p in products if p.strip()))
    wanted(Text(name), "name", LONGEST_NAME)
    wanted(Text(" ".join(products)), "products", LONGEST_LINE)
    return [e.DefectOpened(name=name, products=products, words=wanted(words, "words", LONGEST_LINE))]


def close_defect(defect: Defect, *, why: Text, by: Actor):
    """Say that it is gone, and how anybody knows."""
    must_lead(by)
    if not defect.is_open:
        raise Refused(Reason.NO_SUCH_DEFECT)
    return [e.DefectClosed(why=wanted(why, "why", LONGEST_LINE))]


def link(case: Case, *, defect: str, name: str, by: Actor):
    """This case is about a known defect."""
    must_be_staff(by)
    must_be_open(case)
    if not name:
        raise Refused(Reason.NO_SUCH_DEFECT)
    if defect in case.defects:
        raise Refused(Reason.KNOWN_ALREADY)
    return [e.DefectLinked(defect=defect, name=name)]


def unlink(case: Case, *, defect: str, name: str, why: Text, by: Actor):
    """It is not about that defect after all, because."""
    must_be_staff(by)
    must_be_open(case)
    if defect not in case.defects:
        raise Refused(Reason.NO_SUCH_DEFECT)
    return [e.DefectUnlinked(defect=defect, name=name, why=wanted(why, "why", LONGEST_LINE))]


def names_any(text: str, products: Iterable[str]) -> str:
    """The first of these product codes that a text names, as a word of its own; empty when it names none."""
    said = _as_typed(text)
    for product in products:
        pattern = _BETWEEN.join(
            re.escape(part) for part in re.split(r"[\s\-_/]+", _as_typed(product)) if part
        )
        if pattern and re.search(rf"(?<![^\W_]){pattern}s?(?![^\W_])", said):
            return product
    return ""


_BETWEEN = r"[\s\-_/]{0,3}"
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


def _as_typed(text: str) -> str:
    """The text in small letters with one kind of dash."""
    return _DASHES.sub("-", text).casefold()
