"""Values of a scope as JSON, and JSON as the text that JavaScript would write."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

import orjson

from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.path import Path
from nodeloom.expressions.resolve import Missing, Value, files_document
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue


def plain(value: Value, path: Path) -> JsonValue:
    """The value at `path` as JSON; the thing that `$('…')` names, without .item or the like, is none."""
    if value is None or isinstance(value, (str, int, float, bool, dict, list)):
        return _plain_list(value) if isinstance(value, list) else cast("JsonValue", value)
    if isinstance(value, Item):
        return _item(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Missing):
        return None
    if isinstance(value, Sequence):
        return [_item(item) for item in value]
    hint = f"Write `{path}.item.json`, .first(), .last() or .all()."
    raise ExpressionFailed("not_json", f"`{path}` alone is no value.", hint)


def _plain_list(value: "list[JsonValue] | list[Item]") -> JsonValue:
    return [_item(entry) if isinstance(entry, Item) else entry for entry in value]


def _item(item: Item) -> JsonValue:
    return {"json": item.json, "files": files_document(item)} if item.files else {"json": item.json}


def iso(moment: datetime) -> str:
    text = moment.isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z" if str(moment.tzinfo) == "UTC" else text


def json_text(value: JsonValue | Mapping[str, JsonValue]) -> str:
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError, RecursionError):
        # orjson refuses integers over 64 bits and lone surrogates.
        return _slow_json_text(value)


def _slow_json_text(value: object) -> str:
    try:
        return json.dumps(value, separators=(",", ":"))
    except RecursionError:
        raise ExpressionFailed("too_deep", "The value is nested too deeply.") from None


def text(value: JsonValue) -> str:
    """How a value stands inside a text: nothing for null, JSON for objects and lists."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _number(value)
        case _:
            return json_text(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if 1e-6 <= abs(value) < 1e-4:
        return format(Decimal(repr(value)), "f")
    return repr(value).replace("e-0", "e-").replace("e+0", "e+")
