"""The parameters of an operation as a form: JSON Schema of the document to pydantic, generous where it is unclear."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model

from nodeloom_connectors.http.openapi.document import ApiDocument, Node, Operation

BODY: Final = "body"

_DEEPEST: Final = 4
_MOST_FIELDS: Final = 120
_SCALARS: Final[Mapping[str, Any]] = {"string": str, "integer": int, "number": float, "boolean": bool}
_STRICT: Final = ConfigDict(extra="forbid", populate_by_name=True)
_OPEN: Final = ConfigDict(extra="allow", populate_by_name=True)


def params_model(document: ApiDocument, operation: Operation) -> type[BaseModel]:
    """One field for each parameter, by its name in the document, and `body` where there is one.

    What the document leaves out is left out of the request; only types and lists of choices are checked: the service
    has the last word.
    """
    fields: dict[str, Any] = {}
    for parameter in operation.parameters:
        name = parameter.name if parameter.name != BODY else f"{parameter.place}_{BODY}"
        annotation = _annotation(document, parameter.schema, 1)
        fields[f"p{len(fields)}"] = _field(
            annotation, name, parameter.description, parameter.schema, parameter.required
        )
    if operation.body is not None:
        fields[f"p{len(fields)}"] = _body_field(document, operation)
    return create_model(f"{operation.name}_params", __config__=_STRICT, **fields)


def is_text(media_type: str) -> bool:
    """Whether a person types the body as it is."""
    return media_type.startswith("text/") or media_type.endswith(("xml", "yaml", "graphql"))


def _body_field(document: ApiDocument, operation: Operation) -> Any:
    body = operation.body
    assert body is not None  # who asks has looked
    if body.media_type in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data"):
        annotation = _annotation(document, body.schema, 1)
        return _field(annotation, BODY, "", body.schema, body.required)
    if is_text(body.media_type):
        return _field(str, BODY, "", {"maxLength": 1_000_000, **body.schema, "type": "string"}, body.required)
    text = "The name that the file has on the item; empty: the only one."
    return _field(str, BODY, text, {"title": "File of the item"}, required=False)


def _field(annotation: Any, name: str, description: str, schema: Node, required: bool) -> Any:  # noqa: FBT001
    more: dict[str, Any] = {"x-widget": "code"} if annotation is JsonValue else {}
    if _is_long(schema):
        more["x-widget"] = "multiline"
    examples = [schema["example"]] if isinstance(schema.get("example"), str | int | float) else None
    return (
        annotation if required else annotation | None,
        Field(
            default=... if required else None,
            alias=name,
            title=_title(name, schema),
            description=(description or _text(schema.get("description"))).strip()[:600] or None,
            examples=examples,
            json_schema_extra=more or None,
        ),
    )


def _annotation(document: ApiDocument, given: Node, depth: int) -> Any:
    schema = _merged(document, document.resolved(given))
    choices = schema.get("enum")
    if isinstance(choices, list) and choices and all(isinstance(each, str) for each in cast("list[Any]", choices)):
        return Literal[tuple(dict.fromkeys(cast("list[str]", choices)))]
    kind = _kind(schema)
    if kind == "array":
        inner = _annotation(document, _mapping(schema.get("items")), depth + 1) if depth < _DEEPEST else JsonValue
        return list[inner]
    if kind == "object":
        return _object(document, schema, depth)
    return _SCALARS.get(kind, JsonValue)


def _object(document: ApiDocument, schema: Node, depth: int) -> Any:
    properties = _mapping(schema.get("properties"))
    if not properties or depth >= _DEEPEST or len(properties) > _MOST_FIELDS:
        return dict[str, JsonValue]
    required = cast("Sequence[str]", schema.get("required") or ())
    fields: dict[str, Any] = {}
    for name, given in properties.items():
        described = document.resolved(given)
        if described.get("readOnly") is True:
            continue
        annotation = _annotation(document, described, depth + 1)
        fields[f"p{len(fields)}"] = _field(annotation, str(name), "", described, name in required)
    return create_model(re.sub(r"\W", "_", _text(schema.get("title")) or "Part"), __config__=_OPEN, **fields)


def _merged(document: ApiDocument, schema: Node) -> Node:
    """`allOf` as one schema; alternatives stay unclear on purpose."""
    parts = schema.get("allOf")
    if not isinstance(parts, list):
        return schema
    whole: dict[str, Any] = {name: value for name, value in schema.items() if name != "allOf"}
    properties, required = (
        dict(_mapping(schema.get("properties"))),
        list(cast("Sequence[str]", schema.get("required") or ())),
    )
    for part in cast("list[object]", parts):
        found = document.resolved(part)
        properties |= _mapping(found.get("properties"))
        required += cast("Sequence[str]", found.get("required") or ())
        whole = {**found, **whole}
    whole.pop("allOf", None)
    return {**whole, "properties": properties, "required": required, "type": whole.get("type") or "object"}


def _kind(schema: Node) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kinds = [each for each in cast("list[object]", kind) if each != "null"]
        kind = kinds[0] if len(kinds) == 1 else None
    if kind is None and "properties" in schema:
        return "object"
    return kind if isinstance(kind, str) else ""


def _is_long(schema: Node) -> bool:
    limit = schema.get("maxLength")
    return _kind(schema) == "string" and isinstance(limit, int) and limit > 500


def _title(name: str, schema: Node) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).strip()
    return _text(schema.get("title")) or (words[:1].upper() + words[1:]) or name


def _mapping(found: object) -> Node:
    return cast("Node", found) if isinstance(found, Mapping) else {}


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
