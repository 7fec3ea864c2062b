"""Conditions as `core.if`, `core.switch` and `core.filter` share them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final, Literal, TypeAlias, assert_never

from pydantic import Field

from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import is_false, is_true, iso_date, moment, number, same
from nodeloom.nodes.field_path import json_kind
from nodeloom.nodes.node_type import NodeFailed
from nodeloom.nodes.params import Params, hints
from nodeloom.nodes.patterns import matches

Operator: TypeAlias = Literal[
    "equals",
    "not_equals",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "matches",
    "gt",
    "gte",
    "lt",
    "lte",
    "is_empty",
    "is_not_empty",
    "is_true",
    "is_false",
    "exists",
    "not_exists",
    "in",
    "before",
    "after",
]
OPERATOR_WORDS: Final[dict[str, str]] = {
    "equals": "equals",
    "not_equals": "does not equal",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "matches": "matches the regular expression",
    "gt": "is greater than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "is_empty": "is empty",
    "is_not_empty": "is not empty",
    "is_true": "is true",
    "is_false": "is false",
    "exists": "exists",
    "not_exists": "does not exist",
    "in": "is one of",
    "before": "is before",
    "after": "is after",
}
COMBINE_WORDS: Final[dict[str, str]] = {"and": "All of them hold", "or": "Any of them holds"}


class Condition(Params):
    left: JsonValue = Field(title="Value", examples=["{{ $json.total }}"])
    operator: Operator = Field(title="Operator", json_schema_extra=hints(labels=OPERATOR_WORDS))
    right: JsonValue = Field(default=None, title="Compared with", examples=[100])


ConditionList: TypeAlias = Annotated[
    list[Condition],
    Field(
        title="Conditions",
        description="What is asked of each item.",
        min_length=1,
        examples=[[{"left": "{{ $json.total }}", "operator": "gt", "right": 100}]],
        json_schema_extra=hints("conditions"),
    ),
]
Combine: TypeAlias = Annotated[
    Literal["and", "or"],
    Field(
        title="Combine",
        description="Whether all conditions must hold or one is enough.",
        json_schema_extra=hints(labels=COMBINE_WORDS),
    ),
]


class Conditions(Params):
    conditions: ConditionList
    combine: Combine = "and"


def hold(conditions: Sequence[Condition], combine: Combine, timezone: str) -> bool:
    """Raises NodeFailed if two values can't be compared. Stops at the first condition that decides."""
    combined = all if combine == "and" else any
    return combined(holds(condition, timezone) for condition in conditions)


def holds(condition: Condition, timezone: str) -> bool:
    left, right = condition.left, condition.right
    match condition.operator:
        case "equals":
            return same(left, right)
        case "not_equals":
            return not same(left, right)
        case "gt" | "gte" | "lt" | "lte":
            return _ORDERS[condition.operator](_order(left, right, timezone))
        case "before" | "after":
            return _in_time(left, right, timezone, earlier=condition.operator == "before")
        case "contains" | "not_contains" | "in":
            return _holds_within(condition.operator, left, right)
        case "starts_with" | "ends_with" | "matches":
            return _of_text(condition.operator, left, right)
        case _:
            return _alone(condition.operator, left)


_Alone: TypeAlias = Literal["is_empty", "is_not_empty", "is_true", "is_false", "exists", "not_exists"]


def _alone(operator: _Alone, value: JsonValue) -> bool:
    match operator:
        case "is_empty":
            return _is_empty(value)
        case "is_not_empty":
            return not _is_empty(value)
        case "is_true":
            return is_true(value)
        case "is_false":
            return is_false(value)
        case "exists":
            return value is not None
        case "not_exists":
            return value is None
        case _:
            assert_never(operator)


def _is_empty(value: JsonValue) -> bool:
    return value is None or value == "" or value == [] or value == {}


_ORDERS: Final[dict[str, Callable[[int], bool]]] = {
    "gt": lambda order: order > 0,
    "gte": lambda order: order >= 0,
    "lt": lambda order: order < 0,
    "lte": lambda order: order <= 0,
}


def _order(left: JsonValue, right: JsonValue, timezone: str) -> int:
    """Negative, 0 or positive: as numbers if both are, else as dates, else as texts."""
    numbers = number(left), number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    dates = iso_date(left, timezone), iso_date(right, timezone)
    if dates[0] is not None and dates[1] is not None:
        return (dates[0] > dates[1]) - (dates[0] < dates[1])
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    raise _incomparable(left, right)


def _incomparable(left: JsonValue, right: JsonValue) -> NodeFailed:
    return NodeFailed(
        "incomparable",
        f"{_shown(left)} ({json_kind(left)}) can't be compared with {_shown(right)} ({json_kind(right)}).",
        "Compare two numbers, two dates or two texts; give a default with `??` where a value may be missing.",
    )


def _shown(value: JsonValue) -> str:
    text = "null" if value is None else str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _in_time(left: JsonValue, right: JsonValue, timezone: str, *, earlier: bool) -> bool:
    moments = [moment(value, timezone) for value in (left, right)]
    for value, found in zip((left, right), moments, strict=True):
        if found is None:
            raise NodeFailed(
                "not_a_date",
                f"{_shown(value)} is no date.",
                "Write dates as 2026-05-31 or 2026-05-31T18:00:00+02:00, or give a Unix time.",
            )
    first, second = moments
    assert first is not None
    assert second is not None
    return first < second if earlier else first > second


def _holds_within(operator: Literal["contains", "not_contains", "in"], left: JsonValue, right: JsonValue) -> bool:
    match operator:
        case "contains":
            return _contains(left, right)
        case "not_contains":
            return not _contains(left, right)
        case "in":
            options: JsonValue = [option.strip() for option in right.split(",")] if isinstance(right, str) else right
            return _contains(options, left)


def _contains(whole: JsonValue, part: JsonValue) -> bool:
    match whole:
        case None:
            return False
        case str():
            return _text(part) in whole
        case list():
            return any(same(entry, part) for entry in whole)
        case dict():
            return _text(part) in whole
        case _:
            raise NodeFailed(
                "incomparable",
                f"{_shown(whole)} is {json_kind(whole)}, which contains nothing.",
                "Look inside a text, a list or an object.",
            )


def _text(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, list, dict)) or value is None:
        raise NodeFailed("incomparable", f"{_shown(value)} is {json_kind(value)}, not a text.", "Give a text.")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _of_text(operator: Literal["starts_with", "ends_with", "matches"], left: JsonValue, right: JsonValue) -> bool:
    if left is None:
        return False
    text, wanted = _text(left), _text(right)
    match operator:
        case "starts_with":
            return text.startswith(wanted)
        case "ends_with":
            return text.endswith(wanted)
        case "matches":
            return matches(text, wanted)
