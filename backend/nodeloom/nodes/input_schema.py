"""Whether a value is what a JSON Schema asks for; the first thing that is not, by the name of its field.

It knows what forms are made of: types, properties, required, enum, const, items, and the limits of numbers, texts and
lists. What else a schema says is for whoever draws a form of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, cast

from nodeloom.graph.json_value import JsonValue

_DEEPEST: Final = 20


class Misfit(NamedTuple):
    """`field` is a dotted path, empty for the value itself."""

    field: str
    message: str


def misfit(schema: Mapping[str, JsonValue], value: JsonValue) -> Misfit | None:
    return next(_misfits(schema, value, "", _DEEPEST), None)


def _misfits(schema: Mapping[str, JsonValue], value: JsonValue, field: str, levels: int) -> Iterator[Misfit]:
    types = _types(schema)
    if types and not any(_TYPES[name](value) for name in types if name in _TYPES):
        yield Misfit(
            field, f"should be {_listed([_WORDS.get(name, name) for name in types])}, not {_kind(value, types)}"
        )
        return
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        yield Misfit(field, f"should be {_listed([str(choice) for choice in choices[:10]])}")
    if "const" in schema and value != schema["const"]:
        yield Misfit(field, f"should be {schema['const']}")
    if levels and value is not None and not isinstance(value, bool):
        yield from _within(schema, value, field, levels)


def _within(
    schema: Mapping[str, JsonValue],
    value: float | str | list[JsonValue] | dict[str, JsonValue],
    field: str,
    levels: int,
) -> Iterator[Misfit]:
    match value:
        case int() | float():
            yield from _beyond(schema, value, field, ("minimum", "maximum"), "")
        case str():
            yield from _beyond(schema, len(value), field, ("minLength", "maxLength"), " characters")
        case list():
            yield from _beyond(schema, len(value), field, ("minItems", "maxItems"), " entries")
            yield from _in_list(schema, value, field, levels)
        case _:
            yield from _in_object(schema, value, field, levels)


def _in_object(
    schema: Mapping[str, JsonValue], value: Mapping[str, JsonValue], field: str, levels: int
) -> Iterator[Misfit]:
    properties = schema.get("properties")
    known: Mapping[str, JsonValue] = properties if isinstance(properties, dict) else {}
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        if isinstance(name, str) and name not in value:
            yield Misfit(_inner(field, name), "is missing")
    for name, entry in value.items():
        wanted = known.get(name)
        if isinstance(wanted, dict):
            yield from _misfits(wanted, entry, _inner(field, name), levels - 1)
        elif name not in known and schema.get("additionalProperties") is False:
            yield Misfit(_inner(field, name), "is not known here")


def _in_list(schema: Mapping[str, JsonValue], value: Sequence[JsonValue], field: str, levels: int) -> Iterator[Misfit]:
    wanted = schema.get("items")
    if isinstance(wanted, dict):
        for index, entry in enumerate(value):
            yield from _misfits(wanted, entry, f"{field}[{index}]", levels - 1)


def _beyond(
    schema: Mapping[str, JsonValue], size: float, field: str, limits: tuple[str, str], unit: str
) -> Iterator[Misfit]:
    least, most = (schema.get(name) for name in limits)
    if isinstance(least, int | float) and size < least:
        yield Misfit(field, f"should be at least {least:g}{unit}")
    if isinstance(most, int | float) and size > most:
        yield Misfit(field, f"should be at most {most:g}{unit}")


def _types(schema: Mapping[str, JsonValue]) -> list[str]:
    named = schema.get("type")
    return (
        [str(name) for name in cast("list[JsonValue]", named)]
        if isinstance(named, list)
        else [str(named)] * bool(named)
    )


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Final[Mapping[str, Callable[[JsonValue], bool]]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and float(cast("float", value)).is_integer(),
}
_WORDS: Final = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
    "number": "a number",
    "integer": "a whole number",
}


def _kind(value: JsonValue, types: Sequence[str]) -> str:
    if _is_number(value) and "integer" in types:
        return f"{value}"
    return next(word for name, word in _WORDS.items() if _TYPES[name](value))


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else "something else"


def _inner(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
