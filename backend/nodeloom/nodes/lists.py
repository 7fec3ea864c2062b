"""Nodes that look at the whole list: sort, limit, dedupe."""

from collections.abc import Mapping, Sequence
from typing import Literal, cast

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import canonical, natural_key
from nodeloom.nodes.field_path import ABSENT, DottedPath, read
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeType
from nodeloom.nodes.params import Params, hints

Inputs = Mapping[str, Sequence[Item]]


def numbered(inputs: Inputs) -> list[Item]:
    """The items of a node's one input, each pointing at its place there."""
    return [
        Item(item.json, item.files, ((name, position),))
        for name, items in inputs.items()
        for position, item in enumerate(items)
    ]


class SortField(Params):
    name: DottedPath = Field(title="Field", examples=["created_at", "customer.name"])
    order: Literal["asc", "desc"] = Field(
        default="asc", title="Order", json_schema_extra=hints(labels={"asc": "Ascending", "desc": "Descending"})
    )


class SortParams(Params):
    fields: list[SortField] = Field(
        title="Sort by", description="The first field decides; the next ones among equals.", min_length=1
    )


def _sort(params: SortParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    """Stable: by the last field first. Items without the field come last in either order."""
    items = numbered(inputs)
    for field in reversed(params.fields):
        present = [item for item in items if read(item.json, field.name) not in (ABSENT, None)]
        absent = [item for item in items if read(item.json, field.name) in (ABSENT, None)]
        present.sort(
            key=lambda item, name=field.name: natural_key(cast("JsonValue", read(item.json, name))),
            reverse=field.order == "desc",
        )
        items = present + absent
    return Emitted({"out": items})


class LimitParams(Params):
    count: int = Field(title="How many", ge=0, le=10_000_000, examples=[10])
    from_: Literal["first", "last"] = Field(
        default="first",
        alias="from",
        title="From",
        json_schema_extra=hints(labels={"first": "The beginning", "last": "The end"}),
    )


def _limit(params: LimitParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    items = numbered(inputs)
    kept = items[: params.count] if params.from_ == "first" else items[max(len(items) - params.count, 0) :]
    return Emitted({"out": kept})


class DedupeParams(Params):
    fields: list[DottedPath] = Field(
        default=[],
        title="Compare by",
        description="Items with the same values in these fields are the same. Empty: the whole item is compared.",
        examples=[["email"]],
    )
    keep: Literal["first", "last"] = Field(
        default="first",
        title="Keep",
        json_schema_extra=hints(advanced=True, labels={"first": "The first one", "last": "The last one"}),
    )


def _dedupe(params: DedupeParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    items = numbered(inputs)
    kept: dict[str, Item] = {}
    for item in items if params.keep == "first" else reversed(items):
        kept.setdefault(_identity(item, params.fields), item)
    unique = list(kept.values())
    return Emitted({"out": unique if params.keep == "first" else unique[::-1]})


def _identity(item: Item, fields: Sequence[str]) -> str:
    if not fields:
        return canonical(item.json)
    values = [read(item.json, field) for field in fields]
    return canonical([[] if value is ABSENT else [cast("JsonValue", value)] for value in values])


SORT = NodeType(
    NodeSpec("core.sort", "Sort", SortParams, mode="all"),
    description="Puts items in order by one or more fields.",
    group="data",
    icon="arrow-down-up",
    run=_sort,
    aliases=("order", "arrange", "rank", "ascending", "descending"),
    summary="By {fields}",
)
LIMIT = NodeType(
    NodeSpec("core.limit", "Limit", LimitParams, mode="all"),
    description="Lets only the first or the last few items through.",
    group="data",
    icon="list-end",
    run=_limit,
    aliases=("top", "first", "last", "head", "tail", "take", "slice"),
    summary="The {from} {count}",
)
DEDUPE = NodeType(
    NodeSpec("core.dedupe", "Remove duplicates", DedupeParams, mode="all"),
    description="Keeps one of the items that are the same.",
    group="data",
    icon="copy-minus",
    run=_dedupe,
    aliases=("unique", "distinct", "duplicates", "repeat"),
    summary="By {fields}",
)
