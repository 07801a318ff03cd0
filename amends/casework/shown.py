"""What screens show of cases: read from the drawn tables and the ledger, born limited to what one may see.

Nothing here writes. Names and quotes lie encrypted; a page asks for all it needs at once.
"""

from datetime import datetime
from typing import NamedTuple

from amends.casework import cipher, db, ledger
from amends.casework.ledger import Line
from amends.casework.moments import micro, moment
from amends.people.models import Staff
from amends.rules import case as case_rules
from amends.rules import permissions
from amends.rules.case import Case
from amends.rules.customers import Customer
from amends.rules.values import Role, Text

PER_PAGE = 50


class Texts(dict):
    """Plain words by the text that names them; erased ones say so."""

    def __call__(self, text: Text | str | None) -> str:
        key = text if isinstance(text, str) else text.id if text else ""
        return self.get(key, "") if key else ""


class Shown(NamedTuple):
    """One case, ready to be shown: its state, its file, its customer, and the words of them all."""

    file: str
    case: Case
    lines: list[Line]
    customer: Customer
    texts: Texts
    owed: dict[int, tuple[str, str]]  # of letters: state and trouble, by entry

    @property
    def name(self) -> str:
        return self.texts(self.customer.name)

    @property
    def first_name(self) -> str:
        """How a sentence names them: the first name, or what stands before the at sign of a bare address."""
        first = self.name.split()[0] if self.name.split() else self.name
        return first.partition("@")[0] or first


# Where cases are named by their ids already: the plus keeps SQLite from walking all cases of the team instead.
BY_ID = "+c.team"


def limit(staff: Staff, column: str = "c.team") -> tuple[str, list]:
    """The condition, and its values, that every query of cases is born with."""
    team = permissions.sees(Role(staff.role), staff.team_id)
    if team is None:
        return "true" if db.is_postgres() else "1", []
    if team is False:
        return "false" if db.is_postgres() else "0", []
    return f"{column} = %s", [team]


def file_of(ref: str, staff: Staff) -> str | None:
    """The id of a case by its reference, if this person may see it."""
    condition, values = limit(staff)
    found = db.row(f"select c.id from cases c where c.ref = %s and {condition}", [ref.upper(), *values])
    return found[0] if found else None


def ref_of(case: str) -> str:
    """A case's reference; empty when there is no such case."""
    found = db.row("select ref from cases where id = %s", [case])
    return found[0] if found else ""


def customer_of(case: str) -> str:
    """Whose case it is; empty when there is no such case."""
    found = db.row("select customer from cases where id = %s", [case])
    return found[0] if found else ""


def language_of(customer: str) -> str:
    """The language a customer writes, where it is known."""
    found = db.row("select language from customers where id = %s", [customer])
    return found[0] if found else ""


def visible(cases: list[str], staff: Staff) -> set[str]:
    """Those of these cases that this person may see."""
    condition, values = limit(staff, BY_ID)
    if not cases:
        return set()
    marks = ",".join(["%s"] * len(cases))
    found = db.rows(f"select c.id from cases c where c.id in ({marks}) and {condition}", [*cases, *values])
    return {case for (case,) in found}


def load(file: str) -> Shown:
    """A whole case, folded from its file."""
    lines = ledger.lines([file])
    case = case_rules.NEW
    for line in lines:
        case = case_rules.after(case, line.entry, line.at, line.author, line.number)
    name, address, company, phone, language, cases, failing = db.row(
        "select name, address, company, phone, language, cases, failing from customers where id = %s",
        [case.customer],
    )
    customer = Customer(
        Text(id=name), Text(id=address), "", Text(id=company), Text(id=phone), language, cases, bool(failing)
    )
    wanted = {text.id for line in lines for text in ledger.texts_of(line.entry)} | {
        name,
        address,
        company,
        phone,
    }
    owed = {
        number: (state, trouble)
        for number, state, trouble in db.rows(
            "select number, state, trouble from owed where file = %s and staff = ''", [file]
        )
    }
    return Shown(file, case, lines, customer, Texts(cipher.texts(wanted)), owed)


# Lists -----------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One case in a list."""

    id: str
    ref: str
    name: str
    company: str
    stage: str
    owner: str
    harm: int
    danger: bool
    quote: str
    heard: str
    heard_at: datetime | None
    received_at: datetime
    update_due: datetime | None
    next_due: datetime | None
    last_at: datetime
    reopened: int
    missed: int
    stranger: bool


_ROW = (
    "c.id, c.ref, u.name, u.company, c.stage, c.owner, c.harm, c.danger, c.quote, c.heard, c.heard_at,"
    " c.received_at, c.update_due, c.next_due, c.last_at, c.reopened, c.missed, c.stranger"
)
_FROM = "cases c join customers u on u.id = c.customer"


def cases_where(condition: str, values: list, order: str, most: int = PER_PAGE) -> list[Row]:
    """Cases for a list. The condition must hold a person's limit already."""
    found = db.rows(f"select {_ROW} from {_FROM} where {condition} order by {order} limit {most}", values)
    words = cipher.texts({text for row in found for text in (row[2], row[3], row[8], row[9])})
    return [
        Row(
            row[0],
            row[1],
            words.get(row[2], ""),
            words.get(row[3], ""),
            row[4],
            row[5],
            row[6],
            bool(row[7]),
            words.get(row[8], ""),
            words.get(row[9], ""),
            *(moment(at) for at in row[10:15]),
            *row[15:],
        )
        for row in found
    ]


class Due(NamedTuple):
    """One promise in a list, with the case it is made in."""

    case: str
    ref: str
    number: int
    kind: str
    state: str
    owner: str
    due: datetime
    made: datetime
    act: str
    name: str
    company: str
    quote: str
    harm: int
    stage: str
    missed: int


def promises_where(condition: str, values: list, order: str = "p.due_at", most: int = PER_PAGE) -> list[Due]:
    found = db.rows(
        'select p."case", c.ref, p.number, p.kind, p.state, p.owner, p.due_at, p.made_at, p.act, u.name, u.company,'
        f' c.quote, c.harm, c.stage, c.missed from promises p join cases c on c.id = p."case" join customers u on u.id = c.customer'
        f" where {condition} order by {order} limit {most}",
        values,
    )
    words = cipher.texts({text for row in found for text in row[8:12]})
    return [
        Due(*row[:6], moment(row[6]), moment(row[7]), *(words.get(text, "") for text in row[8:12]), *row[12:])
        for row in found
    ]


# A broken promise of news was followed by the next; every other broken promise is still owed as a deed.
STILL_OWED = "(p.state = 'open' or (p.state = 'broken' and p.kind <> 'update'))"


def owed_by(staff: Staff, since: datetime | None, until: datetime, most: int = PER_PAGE) -> list[Due]:
    """What a person still owes, the earliest first: open or broken, due from `since` (None: ever) until `until`."""
    return promises_where(
        f"p.owner = %s and p.state in ('open', 'broken') and {STILL_OWED} and p.due_at >= %s and p.due_at < %s"
        " and c.is_open",
        [staff.id, micro(since) if since else 0, micro(until)],
        most=most,
    )


def heard_by(staff: Staff, most: int = 12) -> list[Row]:
    """What customers said in a person's cases that nobody has read."""
    return cases_where("c.owner = %s and c.heard_at is not null", [staff.id], "c.heard_at desc", most)


def begun_by(staff: Staff, most: int = 8) -> list[Row]:
    """Cases in which somebody here has begun a letter that has not left."""
    begun = "c.id in (select file from drafts where staff = %s)"
    condition, values = limit(staff)
    return cases_where(f"{begun} and {condition}", [staff.id, *values], "c.next_due", most)


def choosing(staff: Staff, most: int = 12) -> list[Row]:
    """A person's cases in which the customer has the options."""
    return cases_where("c.owner = %s and c.is_open and c.stage = 'proposed'", [staff.id], "c.next_due", most)


class Asked(NamedTuple):
    """An approval that waits for an answer, or was answered."""

    case: str
    ref: str
    number: int
    asked_by: str
    asked_of: str
    kind: str
    amount: int
    unit: str
    why: str
    name: str
    state: str


def asked(condition: str, values: list, most: int = 12) -> list[Asked]:
    found = db.rows(
        'select a."case", c.ref, a.number, a.asked_by, a.asked_of, a.kind, a.amount, a.unit, a.why, u.name, a.state'
        ' from approvals a join cases c on c.id = a."case" join customers u on u.id = c.customer'
        f" where {condition} order by c.next_due limit {most}",
        values,
    )
    words = cipher.texts({text for row in found for text in row[8:10]})
    return [Asked(*row[:8], words.get(row[8], ""), words.get(row[9], ""), row[10]) for row in found]


def other_open_cases(staff: Staff, case: str, customer: str, most: int = 5) -> list[tuple[str, str]]:
    """(reference, owner) of the customer's other open cases that this person may see, the oldest first."""
    condition, values = limit(staff)
    return db.rows(
        f"select c.ref, c.owner from cases c where c.customer = %s and c.is_open and c.id <> %s and {condition}"
        f" order by c.received_at limit {most}",
        [customer, case, *values],
    )


def left_waiting(staff: Staff, most: int = PER_PAGE) -> list[Row]:
    """Cases in which a date passed by which the customer was to hear from us, and no person has written since."""
    condition, values = limit(staff)
    return cases_where(f"c.missed > 0 and {condition}", values, "c.update_due, c.id", most)


def how_many_left_waiting(staff: Staff) -> int:
    condition, values = limit(staff)
    return db.row(f"select count(*) from cases c where c.missed > 0 and {condition}", values)[0]


def came_back(staff: Staff, most: int = 5) -> list[tuple[str, int, str, str]]:
    """(case's reference, entry, state, what was said) of letters of a person, or in their cases, that did not arrive."""
    return db.rows(
        "select c.ref, o.number, o.state, o.trouble from owed o join cases c on c.id = o.file"
        " where o.staff = '' and o.state in ('failed', 'uncertain', 'bounced') and (c.owner = %s or exists"
        " (select 1 from entries e where e.file = o.file and e.number = o.number and e.author = %s))"
        f" order by o.id desc limit {most}",
        [staff.id, str(staff.actor)],
    )


def letters_in_trouble() -> dict[str, int]:
    """Letters that are held, ours that did not arrive, and ours of which nobody knows whether they went."""
    held, troubled, uncertain = db.row(
        "select (select count(*) from letters where file = '' and set_aside_at is null and not (disposition = '')"
        " and disposition = 'quarantined'),"
        " (select count(*) from owed where staff = '' and state in ('failed', 'bounced')),"
        " (select count(*) from owed where staff = '' and state = 'uncertain')"
    )
    return {"held": held, "troubled": troubled, "uncertain": uncertain}


def words_to(staff: Staff, since: datetime, most: int = 5) -> list[dict]:
    """What colleagues said to somebody lately, the newest first."""
    found = db.rows(
        'select c.ref, k.said_by, k.kind, k.words, k.number from kind_words k join cases c on c.id = k."case"'
        f" where k.said_to = %s and k.at >= %s order by k.at desc limit {most}",
        [staff.id, micro(since)],
    )
    words = cipher.texts({row[3] for row in found})
    return [
        {"ref": ref, "by": by, "kind": kind, "words": words.get(text, ""), "number": number}
        for ref, by, kind, text, number in found
    ]


def invented(staff: Staff, most: int = 5) -> list[dict]:
    """Remedies in no catalogue that were delivered, the newest first."""
    condition, values = limit(staff)
    found = db.rows(
        'select c.ref, r.act from remedies r join cases c on c.id = r."case"'
        f" where r.kind = 'something_else' and r.delivered_at is not null and {condition}"
        f" order by r.delivered_at desc limit {most}",
        values,
    )
    words = cipher.texts({act for _, act in found})
    return [{"ref": ref, "act": words.get(act, "")} for ref, act in found]
