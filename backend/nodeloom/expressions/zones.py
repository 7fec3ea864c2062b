"""Time zones as tables for QuickJS, which knows none."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = 12 * 130


@lru_cache(maxsize=64)
def offset_table(zone: str) -> tuple[tuple[int, float], ...]:
    """(from this instant in ms, offset in minutes) from 1970 to 2100; a change shorter than a month is not seen."""
    tz = ZoneInfo(zone)

    def offset(ms: int) -> float:
        moment = (_BEGIN + timedelta(milliseconds=ms)).astimezone(tz).utcoffset()
        return moment.total_seconds() / 60 if moment is not None else 0

    month = 30 * 24 * 3_600_000
    table = [(-(10**15), offset(0))]
    for start in range(0, _MONTHS * month, month):
        before, after = offset(start), offset(start + month)
        if before != after:
            minutes = range(start, start + month + 60_000, 60_000)
            change = bisect_left(minutes, 1, key=lambda ms, same=before: int(offset(ms) != same))
            table.append((minutes[change], after))
    return tuple(table)
