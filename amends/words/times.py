"""The words of a language that say when, as data, and what is found by them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from amends.words.languages import data


class Found(NamedTuple):
    """An expression up to word `last`: a day, an hour of it, a moment, or none of them (`vague`)."""

    last: int
    day: datetime | None = None  # midnight of the day
    hour: tuple[int, int] | None = None
    moment: datetime | None = None
    vague: bool = False
    loose: bool = False  # the hour is only that by which a part of the day is over
    span: bool = False  # so long from now
    half: bool = False  # the half of the day is told: "7 pm", "19:00"


class Runs:
    """Words in a row, found by their first; the longest that fits counts. A run may stand for a value."""

    def __init__(self, runs):
        self.by_first: dict[str, list] = {}
        pairs = runs.items() if isinstance(runs, dict) else [(run, True) for run in runs]
        for run, value in sorted(pairs, key=lambda pair: -len(pair[0].split())):
            words = run.split()
            self.by_first.setdefault(words[0], []).append((words, value))

    def at(self, texts: list[str], place: int):
        """(place behind, value) of the run that stands here; None where none does."""
        for words, value in self.by_first.get(texts[place], ()) if 0 <= place < len(texts) else ():
            if texts[place : place + len(words)] == words:
                return place + len(words), value
        return None

    def past(self, texts: list[str], place: int) -> int:
        found = self.at(texts, place)
        return found[0] if found else place


class Times:
    """How a language says when. A set it does not name is empty."""

    def __init__(self, told: dict):
        self._units(told)
        self._runs(told, told["words"])
        self._sets(
            defaultdict(frozenset, {name: frozenset(said.split()) for name, said in told["sets"].items()})
        )
        self.first = self._beginnings()

    def _units(self, told: dict) -> None:
        self.weekdays, self.months = told["weekdays"], told["months"]
        self.numbers, self.units, self.fractions = told["numbers"], told["units"], told["fractions"]
        self.parts, self.hours, self.day_hours = told["parts"], told["hours"], told["day_hours"]
        self.nth = told.get("nth", {})
        self.month_first = told["words"]["month_first"]

    def _runs(self, told: dict, words: dict) -> None:
        self.days, self.halves = Runs(told["days"]), Runs(told["halves"])
        self.behind_hours, self.ends_alone = Runs(told["behind_hours"]), Runs(told["ends_alone"])
        self.weeks_behind = Runs(told.get("weeks_behind", {}))
        self.weeks_ahead = Runs(told.get("weeks_ahead", {}))
        self.lead_hours = Runs(told.get("lead_hours", {}))
        self.feasts = Runs({name: tuple(date) for name, date in told.get("feasts", {}).items()})
        self.before, self.before_parts = Runs(words["before"]), Runs(words["before_parts"])
        self.vague, self.until_clause_ends = Runs(words["vague"]), Runs(words["until_clause_ends"])
        self.lead_in, self.next_behind = Runs(words["lead_in"]), Runs(words["next_behind"])
        self.over = Runs(words.get("over", []))
        self.in_months, self.behind_days = Runs(words["in_months"]), Runs(words["behind_days"])

    def _sets(self, sets: Mapping[str, frozenset[str]]) -> None:
        self.articles, self.this, self.next = sets["articles"], sets["this"], sets["next"]
        self.joints, self.next_only, self.few = sets["joints"], sets["next_only"], sets["few"]
        self.clause_begins = self.joints | sets["clause_begins"]
        self.working, self.end, self.of = sets["working"], sets["end"], sets["of"]
        self.ranges, self.about, self.month_of = sets["ranges"], sets["about"], sets["month_of"]
        self.ordinals, self.not_days = sets["ordinals"], sets["not_days"]
        self.doubtful_days, self.doubtful_months = sets["doubtful_days"], sets["doubtful_months"]
        self.clock, self.at_hour, self.until = sets["clock"], sets["at_hour"], sets["until"]
        self.past, self.to, self.half_to = sets["past"], sets["to"], sets["half_to"]
        self.half_past, self.ahead_of, self.within = sets["half_past"], sets["ahead_of"], sets["within"]
        self.surely_hour, self.hours_first = sets["surely_hour"], sets["hours_first"]
        self.hours_from, self.in_minutes = sets["hours_from"], sets["in_minutes"]
        self.in_weekdays = sets["in_weekdays"]
        self.lasting, self.fillers, self.counted = sets["lasting"], sets["fillers"], sets["counted"]
        days = self.days.by_first.keys() | self.weekdays.keys()
        self.after_hours = self.before.by_first.keys() | self.to | days | sets["after_hours"]

    def _beginnings(self) -> frozenset[str]:
        """Words that may begin to say when; so may whatever begins with a digit."""
        runs = (self.days, self.halves, self.before, self.before_parts, self.vague, self.until_clause_ends)
        runs = (*runs, self.lead_in, self.ends_alone, self.feasts)
        words = (self.weekdays, self.months, self.numbers, self.nth, self.units, self.hours, self.fractions)
        sets = (self.this, self.next, self.end, self.about, self.half_to, self.half_past)
        return frozenset().union(*(run.by_first for run in runs), *words, *sets)


@cache
def times(language: str) -> Times:
    return Times(data(language, "times"))
