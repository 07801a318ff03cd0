"""The names of people who work here, remembered for a minute in each process."""

import time

from amends.people.models import Staff

KEPT_FOR = 60.0
_names: dict[str, str] = {}
_read_at = -KEPT_FOR


def name_of(id: str) -> str:
    """A person's name; empty for nobody."""
    global _read_at
    if time.monotonic() - _read_at > KEPT_FOR or (id and id not in _names):
        _names.clear()
        _names.update(Staff.objects.values_list("id", "name"))
        _read_at = time.monotonic()
    return _names.get(id, "")


def forget() -> None:
    """After a change of names, and between tests."""
    global _read_at
    _read_at = -KEPT_FOR
