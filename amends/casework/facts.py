"""What lies outside a file and a rule needs: the house's hours, what is left of a grant, who is free to own a case."""

from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.db.models import Q

from amends.casework import db
from amends.env import WrongSetting
from amends.people.models import Staff
from amends.rules import brakes
from amends.rules.case import Stage
from amends.rules.clocks import Calendar, office_hours
from amends.rules.entries import RemedyKind
from amends.rules.grants import Grant, Purse, month_of
from amends.rules.house import House

HOLIDAY_YEARS = range(2020, 2041)


@cache
def house() -> House:
    """The house as this desk's settings describe it."""
    return House(calendar=calendar(), currency=settings.AMENDS_CURRENCY)


def calendar() -> Calendar:
    try:
        return office_hours(
            settings.TIME_ZONE, settings.AMENDS_WORKING_HOURS, closed_days(settings.AMENDS_HOLIDAYS)
        )
    except ValueError as error:
        raise WrongSetting(f"AMENDS_WORKING_HOURS: {error}") from None


def closed_days(where: str) -> frozenset[date]:
    """Public holidays of a country or region, such as GB-SCT or US; none when empty."""
    if not where:
        return frozenset()
    import holidays  # 0.7 s and its memory only where a calendar asks for it

    country, _, region = where.partition("-")
    try:
        days = holidays.country_holidays(country, subdiv=region or None, years=HOLIDAY_YEARS)
    except NotImplementedError:
        raise WrongSetting(
            f"AMENDS_HOLIDAYS is {where!r}; expected a country such as US, or GB-SCT."
        ) from None
    return frozenset(days)


def letters_left(cases: list[str]) -> dict[int, list[str]]:
    """Cases in which a date was missed, by how many letters about that may go to their customer, this one included.

    Each case is taken to use up one, so that several of one customer together stay within what is left.
    """
    customers = dict(db.rows_in("select id, customer from cases where id in {in}", cases))
    waiting: dict[str, list[tuple[bool, int]]] = {}
    for customer, stage, missed in db.rows_in(
        "select customer, stage, missed from cases where is_open and (missed > 0 or stage = 'received')"
        " and customer in {in}",
        set(customers.values()),
    ):
        waiting.setdefault(customer, []).append((stage == Stage.RECEIVED, missed))
    left = {customer: brakes.letters_left(waiting.get(customer, ())) for customer in customers.values()}
    shared: dict[int, list[str]] = {}
    for case, customer in customers.items():
        shared.setdefault(left[customer], []).append(case)
        left[customer] = max(0, left[customer] - 1)
    return shared


def purses(holder: str, now: datetime) -> tuple[Purse, ...]:
    """A person's grants with what is left of each this month, the narrower kinds first."""
    today = house().today(now)
    month = month_of(today)
    found = db.rows(
        "select g.id, g.kind, g.unit, g.per_case, g.per_month, g.until, coalesce(a.drawn, 0) from grants g"
        " left join allowances a on a.grant_file = g.id and a.month = %s"
        " where g.holder = %s and not g.revoked order by g.kind desc, g.id",
        [month, holder],
    )
    return tuple(
        Purse(
            Grant(
                id=id,
                holder=holder,
                kind=RemedyKind(kind) if kind else None,
                unit=unit,
                per_case=per_case,
                per_month=per_month,
                until=date.fromisoformat(until) if until else None,
            ),
            month,
            max(0, per_month - drawn),
        )
        for id, kind, unit, per_case, per_month, until, drawn in found
        if not until or date.fromisoformat(until) >= today
    )


def next_owners(many: int) -> list[tuple[str, str]]:
    """Whose turn it is: (owner, team) for each of `many` new cases, those with the fewest open ones first."""
    free = list(
        Staff.objects.filter(is_active=True, owns_new_cases=True, role="rep", team__isnull=False)
        .order_by("id")
        .values_list("id", "team_id")
    ) or list(
        Staff.objects.filter(is_active=True, team__isnull=False)
        .exclude(role__in=("executive", "administrator"))
        .order_by("id")
        .values_list("id", "team_id")
    )
    if not free:
        return []
    counted = dict(
        db.rows_in("select owner, open_cases from workloads where owner in {in}", [id for id, _ in free])
    )
    load = {id: counted.get(id, 0) for id, _ in free}
    teams = {id: str(team) for id, team in free}
    turns = []
    for _ in range(many):
        id = min(load, key=lambda person: (load[person], person))
        load[id] += 1
        turns.append((id, teams[id]))
    return turns


def able(amount: int, unit: str, kind: str, besides: str) -> frozenset[str]:
    """Ids of those who could say yes to this much; of those who lead, where it costs nothing."""
    if not amount:
        return frozenset(person.id for person in leading(besides))
    return frozenset(person.id for person, _ in holders_above(amount, unit, kind, besides))


def above(writer: str) -> frozenset[str]:
    """Authors who stand above somebody here, also those who have left."""
    own = Staff.objects.filter(id=writer).values("team_id")
    leads = Q(role="lead", team_id__in=own) | Q(role__in=("director", "executive"))
    return frozenset(
        f"staff:{id}" for id in Staff.objects.filter(leads).exclude(id=writer).values_list("id", flat=True)
    )


def leading(besides: str) -> list[Staff]:
    """Who stands above somebody here: the leads of their team, and everybody who leads the house."""
    own = Staff.objects.filter(id=besides).values("team_id")
    above = Q(role="lead", team_id__in=own) | Q(role__in=("director", "executive"))
    return list(Staff.objects.filter(above, is_active=True).exclude(id=besides).order_by("-role", "name"))


def holders_above(amount: int, unit: str, kind: str, besides: str) -> list[tuple[Staff, int]]:
    """Who may say yes to this much: active people with room for it, the least grant first."""
    found = db.rows(
        "select distinct g.holder, g.per_case from grants g where not g.revoked and g.unit = %s and g.per_case >= %s"
        " and (g.kind = '' or g.kind = %s) and g.holder <> %s order by g.per_case",
        [unit, amount, kind, besides],
    )
    people = Staff.objects.filter(is_active=True).in_bulk([holder for holder, _ in found])
    return [(people[holder], most) for holder, most in found if holder in people]
