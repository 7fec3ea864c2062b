"""The only place that asks the machine for the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """In whole milliseconds, as the database keeps them: a time reads the same before and after it is stored."""
    # Half of what `datetime.now` and a cut cost: every node of every run asks twice.
    return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1_000, UTC)
