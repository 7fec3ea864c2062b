"""The only place that asks the machine for the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """In whole milliseconds, as the database keeps them: a time reads the same before and after it is stored."""
    now_ms = time.time_ns() // 1_000_000
    return datetime.fromtimestamp(now_ms // 1000, UTC).replace(microsecond=now_ms % 1000 * 1000)
