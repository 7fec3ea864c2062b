"""core.set: give items new or changed fields."""

from typing import Literal

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.field_path import DottedPath, written
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeType
from nodeloom.nodes.params import Params, hints


class SetField(Params):
    name: DottedPath = Field(
        title="Name", description="Dots lead into objects.", examples=["greeting", "customer.name"]
    )
    value: JsonValue = Field(title="Value", examples=["Hello {{ $json.body.name }}"])


class SetParams(Params):
    fields: list[SetField] = Field(title="Fields", description="Set in this order.")
    keep: Literal["all", "none"] = Field(
        default="all",
        title="Keep",
        description="What happens to the item's other fields and its files.",
        json_schema_extra=hints(labels={"all": "All other fields", "none": "Only these fields"}),
    )


def _set(params: SetParams, item: Item, _ctx: NodeContext) -> Emitted:
    kept = params.keep == "all"
    json = item.json if kept else {}
    for field in params.fields:
        json = written(json, field.name, field.value)
    return Emitted({"out": (Item(json, item.files) if kept else Item(json),)})


SET = NodeType(
    NodeSpec("core.set", "Edit fields", SetParams),
    description="Sets fields of each item, and keeps or drops the others.",
    group="data",
    icon="pencil",
    run=_set,
    aliases=("set", "assign", "map", "rename", "transform", "fields", "mapping"),
    summary="Set {fields}",
)
