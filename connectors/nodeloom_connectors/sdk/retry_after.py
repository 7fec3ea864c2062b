"""When a service says to come back: the Retry-After header (RFC 9110, 10.2.3)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT_MOST = timedelta(days=7)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Seconds, or a date measured by the service's own clock where it shows one. Header names in any case."""
    by_name = {name.lower(): value.strip() for name, value in headers.items()}
    given = by_name.get("retry-after", "")
    if given.isdecimal():
        return timedelta(seconds=min(int(given), _AT_MOST.total_seconds()))
    moment = _http_date(given)
    if moment is None:
        return None
    now = _http_date(by_name.get("date", "")) or datetime.fromtimestamp(time.time(), UTC)
    return min(max(moment - now, timedelta(0)), _AT_MOST)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
