"""Run a built-in node on plain data."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeResult, Resumption
from nodeloom.nodes.registry import BUILT_IN

NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
Json = dict[str, JsonValue]


def items(*jsons: Json) -> list[Item]:
    return [Item(json) for json in jsons]


def run_all(
    type_: str,
    params: Mapping[str, object],
    inputs: Mapping[str, Sequence[Item]],
    resumed: Resumption | None = None,
    timezone: str = "UTC",
) -> NodeResult:
    node_type = BUILT_IN[type_]
    assert node_type.spec.mode == "all"
    assert node_type.run is not None
    checked = node_type.spec.params.model_validate(params)
    return node_type.run(checked, inputs, NodeContext(NOW, timezone, resumed))


def run_each(type_: str, params: Mapping[str, object], item: Item, timezone: str = "UTC") -> Emitted:
    node_type = BUILT_IN[type_]
    assert node_type.spec.mode == "each"
    assert node_type.run is not None
    result = node_type.run(node_type.spec.params.model_validate(params), item, NodeContext(NOW, timezone))
    assert isinstance(result, Emitted)
    return result


def out(type_: str, params: Mapping[str, object], *jsons: Json) -> list[Json]:
    """What an "all" node with one input gives by `out`; every item must point at an input item."""
    result = run_all(type_, params, {"in": items(*jsons)})
    assert isinstance(result, Emitted)
    emitted = result.ports["out"]
    for item in emitted:
        assert all(name == "in" and 0 <= position < len(jsons) for name, position in item.origin)
        assert item.origin or not jsons
    return [item.json for item in emitted]
