"""Paths into parameters, such as `conditions[0].operator`, and the texts that stand there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from nodeloom.graph.json_value import JsonValue

Steps: TypeAlias = tuple[str | int, ...]


def field_path(steps: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def has_step(value: JsonValue, step: str | int) -> bool:
    if isinstance(step, str):
        return isinstance(value, dict) and step in value
    return isinstance(value, list) and 0 <= step < len(value)


def at_step(value: JsonValue, step: str | int) -> JsonValue:
    """What stands one step further in; None where there is no such step."""
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    return value[step] if isinstance(value, list) and 0 <= step < len(value) else None


def texts(value: JsonValue | Mapping[str, JsonValue], at: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Every text within the value, with the steps that lead to it."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from texts(element, (*at, index))
    elif isinstance(value, Mapping):
        for name, element in value.items():
            yield from texts(element, (*at, name))


def holds_expression(value: JsonValue) -> bool:
    return any("{{" in text for _, text in texts(value))


def without(value: JsonValue, steps: Steps) -> JsonValue:
    """A copy in which the key that the steps lead to is left out."""
    if not steps:
        return value
    first, *rest = steps
    if isinstance(value, dict) and isinstance(first, str):
        if not rest:
            return {name: inner for name, inner in value.items() if name != first}
        return {name: without(inner, tuple(rest)) if name == first else inner for name, inner in value.items()}
    if isinstance(value, list) and isinstance(first, int):
        return [without(inner, tuple(rest)) if index == first else inner for index, inner in enumerate(value)]
    return value
