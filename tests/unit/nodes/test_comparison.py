"""Values that are compared and written down, however deeply they are nested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import canonical, same_json
from nodeloom.nodes.node_type import Emitted, NodeContext
from nodeloom.nodes.registry import BUILT_IN
from tests.unit.nodes.running import NOW

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def deep(levels: int, end: JsonValue = 1) -> JsonValue:
    value: JsonValue = end
    for level in range(levels):
        value = {"a": value} if level % 2 else [value]
    return value


@given(VALUES)
def test_deep_values_are_written_as_others_are(value: JsonValue) -> None:
    wrapped: JsonValue = value
    for _ in range(2000):
        wrapped = [wrapped]
    assert canonical(wrapped) == "[" * 2000 + canonical(value) + "]" * 2000


def test_depth_is_no_obstacle() -> None:
    assert canonical(deep(5000)) == canonical(deep(5000, 1.0))
    assert same_json(deep(5000), deep(5000, 1.0))
    assert not same_json(deep(5000), deep(5000, 2))


@pytest.mark.parametrize(
    ("type_", "params", "left"),
    [
        ("core.dedupe", {}, 1),
        ("core.dedupe", {"fields": ["x"]}, 1),
        ("core.merge", {"mode": "by_key", "keys": ["x"]}, 4),
        ("core.compare", {"keys": ["k"]}, 0),
    ],
)
def test_nodes_take_deep_items(type_: str, params: dict[str, JsonValue], left: int) -> None:
    node = BUILT_IN[type_]
    items = [Item({"x": deep(900), "k": 1}), Item({"x": deep(900), "k": 1})]
    inputs = dict.fromkeys(("in",) if type_ == "core.dedupe" else ("in1", "in2"), items)
    assert node.run is not None
    result = node.run(node.spec.params.model_validate(params), inputs, NodeContext(NOW, "UTC"))
    assert isinstance(result, Emitted)
    assert len(result.ports.get("out", ())) == left
