"""core.merge: several inputs into one list."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain, product, zip_longest
from typing import Final, Literal, TypeAlias

from pydantic import Field, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.nodes.keys import Key, KeyList, key_of, left_names, right_names
from nodeloom.nodes.lists import Inputs
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

MOST_ITEMS: Final = 200_000
_Pair: TypeAlias = tuple[Item | None, Item | None]


class MergeParams(Params):
    mode: Literal["append", "by_position", "by_key", "cross"] = Field(
        default="append",
        title="Mode",
        json_schema_extra=hints(
            labels={
                "append": "Append: one list after the other",
                "by_position": "By position: first with first",
                "by_key": "By key: where fields are equal",
                "cross": "All combinations",
            }
        ),
    )
    keys: KeyList = Field(
        default=[],
        title="Keys",
        description="Items belong together if they are equal in all of these.",
        json_schema_extra=hints(show_if={"mode": ["by_key"]}),
    )
    join: Literal["inner", "left", "right", "outer"] = Field(
        default="inner",
        title="Keep",
        json_schema_extra=hints(
            show_if={"mode": ["by_key", "by_position"]},
            labels={
                "inner": "Only items with a partner",
                "left": "All of the first input",
                "right": "All of the other input",
                "outer": "All items",
            },
        ),
    )
    prefer: Literal["last", "first"] = Field(
        default="last",
        title="If both have a field",
        json_schema_extra=hints(
            advanced=True,
            show_if={"mode": ["by_key", "by_position", "cross"]},
            labels={"last": "Take it from the later input", "first": "Take it from the earlier input"},
        ),
    )

    @model_validator(mode="after")
    def _by_key_has_keys(self) -> "MergeParams":
        if self.mode == "by_key" and not self.keys:
            raise ValueError("name at least one key to merge by")
        return self


def _merge(params: MergeParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    lists = list(_marked(inputs))
    if params.mode == "append" or not lists:
        return Emitted({"out": list(chain.from_iterable(lists))})
    return Emitted({"out": reduce(lambda left, right: _joined(params, _pairs(params, left, right)), lists)})


def _pairs(params: MergeParams, left: Sequence[Item], right: Sequence[Item]) -> Iterable[_Pair]:
    match params.mode:
        case "by_position":
            return zip_longest(left, right)
        case "by_key":
            return _pairs_by_key(left, right, params.keys)
        case "cross" | "append":
            _check_size(len(left) * len(right))
            return product(left, right)


def _marked(inputs: Inputs) -> Iterator[list[Item]]:
    """Each input's items in the order in1, in2 … in10, pointing at their places."""
    for name in sorted(inputs, key=lambda name: (len(name), name)):
        yield [Item(item.json, item.files, ((name, position),)) for position, item in enumerate(inputs[name])]


def _joined(params: MergeParams, pairs: Iterable[_Pair]) -> list[Item]:
    items: list[Item] = []
    for left, right in pairs:
        if left is not None and right is not None:
            items.append(_united(left, right, params.prefer))
        elif left is not None and params.join in ("left", "outer"):
            items.append(left)
        elif right is not None and params.join in ("right", "outer"):
            items.append(right)
        _check_size(len(items))
    return items


def _check_size(count: int) -> None:
    if count > MOST_ITEMS:
        raise NodeFailed(
            "too_many_items",
            f"The merge gives more than {MOST_ITEMS:,} items.",
            "Merge by a key that is unique in one of the inputs, or filter before.",
        )


def _united(left: Item, right: Item, prefer: Literal["first", "last"]) -> Item:
    first, second = (left, right) if prefer == "last" else (right, left)
    return Item({**first.json, **second.json}, {**first.files, **second.files}, left.origin + right.origin)


def _pairs_by_key(left: Sequence[Item], right: Sequence[Item], keys: Sequence[Key]) -> Iterator[_Pair]:
    """Every pair with equal keys in the left list's order, then what is left of the right one."""
    partners: dict[str, list[int]] = {}
    for position, item in enumerate(right):
        key = key_of(item, right_names(keys))
        if key is not None:
            partners.setdefault(key, []).append(position)
    met: set[int] = set()
    for item in left:
        key = key_of(item, left_names(keys))
        positions = partners.get(key, []) if key is not None else []
        met.update(positions)
        yield from ((item, right[position]) for position in positions) if positions else ((item, None),)
    yield from ((None, item) for position, item in enumerate(right) if position not in met)


MERGE = NodeType(
    NodeSpec("core.merge", "Merge", MergeParams, mode="all", inputs="numbered"),
    description="Brings several branches together into one list.",
    group="flow",
    icon="merge",
    run=_merge,
    aliases=("join", "combine", "union", "append", "lookup", "zip", "cross"),
    summary="",
)
