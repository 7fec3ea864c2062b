"""Finding in a request what JSON allows and a database can't keep."""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, TypeAlias, cast

from nodeloom.entrypoints.api.problems import field_problem

# Only a body that holds one of these can be at fault; all others are spared the second parsing.
_SUSPECT = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|\d{19}|[eE]\+?\d{3}|NaN|Infinity")
_MAX_INT = 2**63 - 1
_MAX_PROBLEMS = 20
_LONGEST_FIELD = 300

# Where a value stands: what holds it, and its name or number in there.
_Place: TypeAlias = "tuple[_Place, str | int] | None"


def unstorable(body: bytes) -> list[dict[str, Any]]:
    """What is wrong with the values of a JSON body; malformed JSON is left to who parses it."""
    if not _SUSPECT.search(body):
        return []
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return []
    problems: list[dict[str, Any]] = []
    for field, code, message in _findings(document):
        problems.append(field_problem(field, code, message, "Take it out, or send it as other text."))
        if len(problems) == _MAX_PROBLEMS:
            break
    return problems


def _findings(document: object) -> Iterator[tuple[str, str, str]]:
    """Walks without recursion: a body may be nested as deep as the parser allows."""
    left: list[tuple[_Place, object]] = [(None, document)]
    while left:
        place, value = left.pop()
        finding = _finding(value)
        if finding is not None:
            yield _field(place), *finding
        elif isinstance(value, dict):
            for key, inner in cast("dict[str, object]", value).items():
                at_fault = _finding(key)
                if at_fault is not None:
                    yield _field(place), *at_fault
                left.append(((place, key), inner))
        elif isinstance(value, list):
            left.extend(((place, index), inner) for index, inner in enumerate(cast("list[object]", value)))


def _field(place: "_Place") -> str:
    """Spelled out for a finding alone: for every value of a body, a long name in it would cost terabytes."""
    parts: list[str] = []
    while place is not None:
        place, part = place
        parts.append(f"[{part}]" if isinstance(part, int) else f".{part[:_LONGEST_FIELD]}")
    field = "".join(reversed(parts)).removeprefix(".") or "body"
    return field if len(field) <= _LONGEST_FIELD else f"…{field[1 - _LONGEST_FIELD :]}"


def _finding(value: object) -> tuple[str, str] | None:
    match value:
        case str() if "\0" in value:
            return "nul_character", "The text holds the character NUL."
        case str() if not _is_unicode(value):
            return "half_character", "The text holds one half of a surrogate pair."
        case int() if abs(value) > _MAX_INT:
            return "number_too_large", "Whole numbers have at most 64 bits; send larger ones as text."
        case float() if not isfinite(value):
            return "not_a_number", "The number is infinite, too large, or none at all."
        case _:
            return None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
