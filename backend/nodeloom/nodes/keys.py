"""Keys by which items of several inputs belong together, as merge and compare share them."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias, cast

from pydantic import BeforeValidator, Field

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import canonical, number
from nodeloom.nodes.field_path import Absent, DottedPath, read
from nodeloom.nodes.params import Params


class Key(Params):
    left: DottedPath = Field(title="Field of the first input", examples=["id"])
    right: DottedPath | None = Field(
        default=None, title="Field of the other inputs", description="The same name, if left empty."
    )


def _key(value: Any) -> Any:
    return {"left": value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """Keys may also be given as plain names: `["id"]` or `"id, shop"`."""
    return [name.strip() for name in value.split(",")] if isinstance(value, str) and "{{" not in value else value


KeyList: TypeAlias = Annotated[list[Annotated[Key, BeforeValidator(_key)]], BeforeValidator(_listed)]


def left_names(keys: Sequence[Key]) -> list[str]:
    return [key.left for key in keys]


def right_names(keys: Sequence[Key]) -> list[str]:
    return [key.right or key.left for key in keys]


def key_of(item: Item, fields: Sequence[str]) -> str | None:
    """The item's key; None if any part is missing or null: such an item has no partner. "7" and 7 are one key."""
    values = [read(item.json, field) for field in fields]
    if any(isinstance(value, Absent) or value is None for value in values):
        return None
    return canonical([_key_value(cast("JsonValue", value)) for value in values])


def _key_value(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        found = number(value)
        # Only as a number is commonly written: "007" stays another key than 7.
        return found if found is not None and str(found) == value else value
    return value
