"""JSON Schemas as a form reads them: in one piece, without references."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel

_REF = "#/$defs/"


def form_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's schema with every reference replaced by what it names.

    A model that holds itself can't be written out: inside itself it is an object of any kind.
    """
    schema = model.model_json_schema()
    definitions: Mapping[str, Any] = schema.pop("$defs", {})
    return cast("dict[str, Any]", _inlined(schema, definitions, ()))


def _inlined(schema: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_inlined(entry, definitions, inside) for entry in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    fields = dict(cast("dict[str, Any]", schema))
    reference = fields.pop("$ref", None)
    if not isinstance(reference, str):
        return {name: _inlined(value, definitions, inside) for name, value in fields.items()}
    name = reference.removeprefix(_REF)
    target = {"type": "object"} if name in inside else _inlined(definitions[name], definitions, (*inside, name))
    # What stands beside a reference (title, default, hints) says more than what it names.
    return {**target, **_inlined(fields, definitions, inside)}
