"""core.compare: what two lists have in common and where they differ."""

from collections.abc import Iterator, Sequence
from typing import cast

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import same, same_json
from nodeloom.nodes.field_path import DottedPath, read, without
from nodeloom.nodes.keys import KeyList, key_of, left_names, right_names
from nodeloom.nodes.lists import Inputs
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeType
from nodeloom.nodes.params import Params, hints

_DEEPEST = 20


class CompareParams(Params):
    keys: KeyList = Field(
        title="Keys",
        description="Items belong together if they are equal in all of these. Several with one key pair up in order.",
        min_length=1,
        examples=[[{"left": "id"}]],
    )
    ignore: list[DottedPath] = Field(
        default=[],
        title="Fields to ignore",
        description="A difference in these doesn't count.",
        examples=[["updated_at"]],
        json_schema_extra=hints(advanced=True),
    )
    loose: bool = Field(
        default=False,
        title="Compare loosely",
        description="A number equals the text that says it, and a missing field equals null and an empty text.",
        json_schema_extra=hints(advanced=True),
    )


def _compare(params: CompareParams, inputs: Inputs, _ctx: NodeContext) -> Emitted:
    """Every item leaves by one port; those with a partner leave together with it."""
    left = _placed("in1", inputs.get("in1", ()))
    right = _placed("in2", inputs.get("in2", ()))
    partners = _partners(params, left, right)
    ports: dict[str, list[Item]] = {"same": [], "different": [], "only_in_1": [], "only_in_2": []}
    for item, position in zip(left, partners, strict=True):
        if position is None:
            ports["only_in_1"].append(item)
            continue
        changed = _changes(params, item, right[position])
        port = "different" if changed else "same"
        ports[port].append(_together(params, item, right[position], changed))
    taken = set(partners)
    ports["only_in_2"] = [item for position, item in enumerate(right) if position not in taken]
    return Emitted(ports)


def _placed(name: str, items: Sequence[Item]) -> list[Item]:
    return [Item(item.json, item.files, ((name, position),)) for position, item in enumerate(items)]


def _partners(params: CompareParams, left: Sequence[Item], right: Sequence[Item]) -> list[int | None]:
    """For each item of the first list the position of its partner in the second."""
    free: dict[str, list[int]] = {}
    names = right_names(params.keys)
    for position in reversed(range(len(right))):
        key = key_of(right[position], names)
        if key is not None:
            free.setdefault(key, []).append(position)
    names = left_names(params.keys)
    keys = [key_of(item, names) for item in left]
    return [positions.pop() if key is not None and (positions := free.get(key)) else None for key in keys]


def _changes(params: CompareParams, left: Item, right: Item) -> list[str]:
    keys = set(zip(left_names(params.keys), right_names(params.keys), strict=True))
    renamed = [name for pair in keys if pair[0] != pair[1] for name in pair]
    first, second = left.json, right.json
    # A key under two names is equal by definition, and not a field that one side lacks.
    for name in [*params.ignore, *renamed]:
        first, second = without(first, name), without(second, name)
    found = _differences(first, second, (), loose=params.loose)
    named = {pair[0] for pair in keys if pair[0] == pair[1]}
    return [name for name in found if name not in named]


def _differences(left: JsonValue, right: JsonValue, path: tuple[str, ...], *, loose: bool) -> Iterator[str]:
    """The dotted paths of what differs; lists are compared as wholes."""
    if isinstance(left, dict) and isinstance(right, dict) and len(path) < _DEEPEST:
        for name in dict.fromkeys([*left, *right]):
            if name in left and name in right:
                yield from _differences(left[name], right[name], (*path, name), loose=loose)
            elif not (loose and left.get(name, right.get(name)) in (None, "")):
                yield ".".join((*path, name))
    elif not _equal(left, right, loose=loose):
        yield ".".join(path)


def _equal(left: JsonValue, right: JsonValue, *, loose: bool) -> bool:
    if not loose:
        return same_json(left, right)
    return (left in (None, "") and right in (None, "")) or same(left, right)


def _together(params: CompareParams, left: Item, right: Item, changed: list[str]) -> Item:
    origin = left.origin + right.origin
    if not changed:
        return Item(left.json, left.files, origin)
    json: dict[str, JsonValue] = {
        "key": {name: cast("JsonValue", read(left.json, name)) for name in left_names(params.keys)},
        "changed": list[JsonValue](changed),
        "in1": left.json,
        "in2": right.json,
    }
    return Item(json, {**right.files, **left.files}, origin)


COMPARE = NodeType(
    NodeSpec(
        "core.compare",
        "Compare lists",
        CompareParams,
        mode="all",
        inputs=("in1", "in2"),
        outputs=("same", "different", "only_in_1", "only_in_2"),
    ),
    description="Compares two lists by keys: what is the same, what differs, and what only one of them has.",
    group="data",
    icon="git-compare",
    run=_compare,
    aliases=("diff", "datasets", "changes", "sync", "delta", "difference", "new items"),
    summary="By {keys}",
)
