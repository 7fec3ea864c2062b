"""The only place that asks the machine for the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """In whole milliseconds, as the database keeps them: a time reads the same before and after it is stored."""
    exact = datetime.now(UTC)  # noqa: TID251 - the one place that may
    return exact.replace(microsecond=exact.microsecond // 1000 * 1000)
