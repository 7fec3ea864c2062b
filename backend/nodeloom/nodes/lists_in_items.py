"""Lists inside items and items as lists: split_out and aggregate."""

from collections.abc import Iterator
from typing import Literal, cast

from pydantic import Field, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.field_path import Absent, DottedPath, read, without, written
from nodeloom.nodes.lists import Inputs
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints


class SplitOutParams(Params):
    field: DottedPath = Field(
        title="List", description="The field that holds the list.", examples=["lines", "body.items"]
    )
    keep_other_fields: bool = Field(
        default=False,
        title="Keep other fields",
        description="Each new item also gets the other fields of the item that it came from, and its files.",
    )
    into: DottedPath | None = Field(
        default=None,
        title="Put each entry into",
        description="Without a name, an object becomes the item itself. Other values, and every entry beside kept"
        " fields, stand under the list's name.",
        json_schema_extra=hints(advanced=True),
    )


def _split_out(params: SplitOutParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    return Emitted(
        {
            "out": [
                _split_item(params, item, entry, (name, position))
                for name, items in inputs.items()
                for position, item in enumerate(items)
                for entry in _entries(item, params.field)
            ]
        }
    )


def _entries(item: Item, field: str) -> list[JsonValue]:
    """A null is an empty list, a single value a list of one; a field that isn't there is refused."""
    value = read(item.json, field)
    if isinstance(value, Absent):
        names = ", ".join(list(item.json)[:8]) or "no fields"
        raise NodeFailed("missing_field", f"An item has no field “{field}”: it has {names}.", "Choose one of these.")
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _split_item(params: SplitOutParams, item: Item, entry: JsonValue, origin: tuple[str, int]) -> Item:
    name = params.into or params.field
    if not params.keep_other_fields:
        if isinstance(entry, dict) and params.into is None:
            return Item(entry, origin=(origin,))
        return Item(written({}, params.into or name.rsplit(".", 1)[-1], entry), origin=(origin,))
    return Item(written(without(item.json, params.field), name, entry), item.files, (origin,))


class Gathered(Params):
    name: DottedPath = Field(title="Field", examples=["email"])
    into: DottedPath | None = Field(
        default=None, title="As", description="The name of the list; the field's own by default."
    )


class AggregateParams(Params):
    mode: Literal["items", "fields"] = Field(
        default="items",
        title="Gather",
        json_schema_extra=hints(labels={"items": "Whole items into one list", "fields": "Fields into a list each"}),
    )
    into: DottedPath = Field(
        default="items",
        title="List name",
        json_schema_extra=hints(show_if={"mode": ["items"]}),
    )
    fields: list[Gathered] = Field(
        default=[],
        title="Fields",
        json_schema_extra=hints(show_if={"mode": ["fields"]}),
    )
    keep_missing: bool = Field(
        default=False,
        title="Null for missing values",
        description="Keeps the lists as long as there are items; otherwise missing values are left out.",
        json_schema_extra=hints(advanced=True, show_if={"mode": ["fields"]}),
    )
    include_files: bool = Field(
        default=False,
        title="Keep files",
        description="The new item gets the files of all items; equal names are numbered.",
        json_schema_extra=hints(advanced=True),
    )

    @model_validator(mode="after")
    def _names_fields(self) -> "AggregateParams":
        if self.mode == "fields" and not self.fields:
            raise ValueError("name at least one field to gather")
        return self


def _aggregate(params: AggregateParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    items = [item for given in inputs.values() for item in given]
    origin = tuple((name, position) for name, given in inputs.items() for position in range(len(given)))
    json: dict[str, JsonValue] = {}
    if params.mode == "items":
        json = written(json, params.into, [cast("JsonValue", item.json) for item in items])
    for field in params.fields if params.mode == "fields" else ():
        values = list(_gathered(items, field.name, keep_missing=params.keep_missing))
        json = written(json, field.into or field.name, values)
    return Emitted({"out": [Item(json, _files(items) if params.include_files else {}, origin)]})


def _gathered(items: list[Item], name: str, *, keep_missing: bool) -> Iterator[JsonValue]:
    for item in items:
        value = read(item.json, name)
        if not isinstance(value, Absent):
            yield value
        elif keep_missing:
            yield None


def _files(items: list[Item]) -> dict[str, ArtifactRef]:
    files: dict[str, ArtifactRef] = {}
    for item in items:
        for name, file in item.files.items():
            free = next(name if n == 1 else f"{name}_{n}" for n in range(1, len(files) + 2) if _free(files, name, n))
            files[free] = file
    return files


def _free(files: dict[str, ArtifactRef], name: str, number: int) -> bool:
    return (name if number == 1 else f"{name}_{number}") not in files


SPLIT_OUT = NodeType(
    NodeSpec("core.split_out", "Split out", SplitOutParams, mode="all"),
    description="Makes an item of each entry of a list inside an item.",
    group="data",
    icon="list-tree",
    run=_split_out,
    aliases=("split", "array", "list", "flatten", "unnest", "explode", "each"),
    summary="Each entry of {field}",
)
AGGREGATE = NodeType(
    NodeSpec("core.aggregate", "Aggregate", AggregateParams, mode="all"),
    description="Gathers all items into one.",
    group="data",
    icon="combine",
    run=_aggregate,
    aliases=("collect", "group", "array", "list", "combine", "gather"),
    summary="",
)
