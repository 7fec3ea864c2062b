"""Dotted paths such as `customer.address.city` or `lines.0.price` into the JSON of an item."""

from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator

from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.node_type import NodeFailed


class Absent:
    """There is nothing at the path."""


ABSENT: Final = Absent()


_MOST_STEPS: Final = 100


def _checked(path: str) -> str:
    steps = path.split(".")
    if not all(steps):
        raise ValueError("a field is a name or a dotted path, such as customer.name")
    if len(steps) > _MOST_STEPS:
        raise ValueError(f"a dotted path has at most {_MOST_STEPS} names")
    return path


DottedPath: TypeAlias = Annotated[str, AfterValidator(_checked)]


def read(json: JsonValue, path: str) -> JsonValue | Absent:
    """A field whose own name holds dots wins over a path."""
    if isinstance(json, dict) and path in json:
        return json[path]
    value = json
    for step in path.split("."):
        if isinstance(value, dict):
            if step not in value:
                return ABSENT
            value = value[step]
        elif isinstance(value, list) and _is_position(step, value):
            value = value[int(step)]
        else:
            return ABSENT
    return value


def written(json: dict[str, JsonValue], path: str, value: JsonValue) -> dict[str, JsonValue]:
    """A copy with the value at the path; what isn't on the path is shared, not copied."""
    result = _written(json, path.split("."), value, path)
    assert isinstance(result, dict)
    return result


def _written(into: JsonValue, steps: list[str], value: JsonValue, path: str) -> JsonValue:
    if not steps:
        return value
    step, *rest = steps
    if isinstance(into, dict) or into is None:
        fields = into or {}
        return {**fields, step: _written(fields.get(step), rest, value, path)}
    if isinstance(into, list) and _is_position(step, into):
        entries = list(into)
        entries[int(step)] = _written(entries[int(step)], rest, value, path)
        return entries
    raise NodeFailed(
        "wrong_path",
        f"“{path}” can't be set: what stands before “{step}” is {json_kind(into)}.",
        "Choose another name, or replace the whole field.",
    )


def without(json: dict[str, JsonValue], path: str) -> dict[str, JsonValue]:
    """A copy that lacks the field; positions in lists are left alone."""
    if path in json:
        return {name: value for name, value in json.items() if name != path}
    step, _, rest = path.partition(".")
    inner = json.get(step)
    if rest and isinstance(inner, dict):
        return {**json, step: without(inner, rest)}
    return json


def _is_position(step: str, entries: list[JsonValue]) -> bool:
    return step.isascii() and step.isdigit() and int(step) < len(entries)


def json_kind(value: JsonValue) -> str:
    """What a value is, in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
