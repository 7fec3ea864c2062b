"""Comparing JSON values as people mean it: 9 < "10", item2 < item10, dates as dates."""

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias, cast
from zoneinfo import ZoneInfo

from nodeloom.graph.json_value import JsonValue

_NUMBER: Final = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?\s*", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
_CHUNK: Final = re.compile(r"(\d+)", re.ASCII)
_MILLISECONDS_FROM: Final = 1e11

Number: TypeAlias = int | float
NaturalKey: TypeAlias = tuple[int, Number, tuple[tuple[int, int, str], ...]]


def number(value: JsonValue) -> Number | None:
    """A number, or a text that is one; true and false are not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str) and len(value) <= 400 and _NUMBER.fullmatch(value):
        text = value.strip()
        parsed = int(text) if text.lstrip("+-").isdigit() else float(text)
        return parsed if isinstance(parsed, int) or math.isfinite(parsed) else None
    return None


def moment(value: JsonValue, timezone: str) -> datetime | None:
    """An ISO date or time (in `timezone` if it names none), or a Unix time in seconds or milliseconds."""
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        return _parsed(value.strip(), timezone)
    since = number(value)
    if since is None:
        return None
    try:
        return datetime.fromtimestamp(since / 1000 if abs(since) >= _MILLISECONDS_FROM else since, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _parsed(text: str, timezone: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(timezone))


def iso_date(value: JsonValue, timezone: str) -> datetime | None:
    """Like `moment`, but numbers are no dates."""
    return moment(value, timezone) if isinstance(value, str) and number(value) is None else None


def same(left: JsonValue, right: JsonValue) -> bool:
    """Equal; a number equals the text that says it, and true the text "true"."""
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) is _truth(right) and _truth(left) is not None
    if isinstance(left, (int, float)) or isinstance(right, (int, float)):
        numbers = number(left), number(right)
        return None not in numbers and numbers[0] == numbers[1]
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same_json(a, b) for a, b in zip(left, right, strict=True))
    return same_json(left, right)


def same_json(left: JsonValue, right: JsonValue) -> bool:
    """Equal as JSON: 1 is 1.0, but true is not 1. However deeply they are nested."""
    pairs = [(left, right)]
    while pairs:
        left, right = pairs.pop()
        if isinstance(left, bool) or isinstance(right, bool):
            equal = left is right
        elif isinstance(left, list) and isinstance(right, list):
            equal = len(left) == len(right)
            pairs += zip(left, right, strict=False) if equal else ()
        elif isinstance(left, dict) and isinstance(right, dict):
            equal = left.keys() == right.keys()
            pairs += [(value, right[name]) for name, value in left.items()] if equal else ()
        else:
            equal = left == right
        if not equal:
            return False
    return True


def _truth(value: JsonValue) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return None


def is_true(value: JsonValue) -> bool:
    return _truth(value) is True or (number(value) == 1)


def is_false(value: JsonValue) -> bool:
    return _truth(value) is False or (number(value) == 0)


def natural_key(value: JsonValue) -> NaturalKey:
    """Orders any two values: false and true, numbers, texts with the numbers in them by size, the rest by JSON."""
    if isinstance(value, bool):
        return (0, int(value), ())
    as_number = number(value)
    if as_number is not None:
        return (1, as_number, ())
    if isinstance(value, str):
        return (2, 0, _chunks(value))
    return (3, 0, ((1, 0, canonical(value)),))


def _chunks(text: str) -> tuple[tuple[int, int, str], ...]:
    parts = cast("list[str]", _CHUNK.split(text.casefold()))
    # Python refuses to read very long integers; as text they still have an order.
    return tuple(
        (0, int(part), "") if position % 2 and len(part) <= 400 else (1, 0, part) for position, part in enumerate(parts)
    )


def canonical(value: JsonValue) -> str:
    """The same text for the same JSON, whatever the order of fields and however a whole number is written."""
    try:
        return _dumped(_whole(value))
    except RecursionError:
        return _deep(value)


def _dumped(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _whole(value: JsonValue) -> JsonValue:
    match value:
        case float():
            return int(value) if value.is_integer() else value
        case list():
            return [_whole(entry) for entry in value]
        case dict():
            return {name: _whole(entry) for name, entry in value.items()}
        case _:
            return value


def _deep(value: JsonValue) -> str:
    """The same text as `canonical`'s, for what is nested more deeply than functions may be."""
    text: list[str] = []
    waiting: list[JsonValue | _Sign] = [value]
    while waiting:
        part = waiting.pop()
        match part:
            case _Sign():
                text.append(part.text)
            case list():
                inside = [piece for entry in part for piece in (_COMMA, entry)][1:]
                waiting += [_Sign("]"), *reversed(inside), _Sign("[")]
            case dict():
                pairs = [(_Sign(f"{_dumped(name)}:"), part[name]) for name in sorted(part)]
                inside = [piece for pair in pairs for piece in (_COMMA, *pair)][1:]
                waiting += [_Sign("}"), *reversed(inside), _Sign("{")]
            case _:
                text.append(_dumped(_whole(part)))
    return "".join(text)


@dataclass(frozen=True, slots=True)
class _Sign:
    text: str


_COMMA: Final = _Sign(",")
