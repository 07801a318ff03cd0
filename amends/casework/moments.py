"""Moments as the tables keep them: whole microseconds since 1970, the same on both databases."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micro(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // _MICROSECOND


def moment(micro: int | None) -> datetime | None:
    return None if micro is None else EPOCH + timedelta(microseconds=micro)
