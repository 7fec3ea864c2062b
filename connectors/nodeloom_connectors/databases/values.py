"""What a database gives, as JSON: numbers that JSON can't hold exactly as text, times in ISO 8601, bytes in base64."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pydantic import JsonValue

_EXACT = 2**53


def as_json(value: Any) -> JsonValue:
    if isinstance(value, Mapping):
        return {str(name): as_json(inner) for name, inner in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(inner) for inner in cast("Sequence[Any]", value)]
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(cast("bytes", value))).decode()
    return _single(value)


def _single(value: Any) -> JsonValue:
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if -_EXACT <= value <= _EXACT else str(value)
        case float():
            return value if math.isfinite(value) else None
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return str(value)


def row_of(row: Mapping[str, Any]) -> dict[str, JsonValue]:
    return {name: as_json(value) for name, value in row.items()}
