from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st
from tests.support.graphs import plan

from nodeloom.engine.inputs import Emitted, Joined, Part, Source, inputs_of
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.scope import ROOT, NodeKey

A, B = ("a", ROOT), ("b", ROOT)


def items(*names: str) -> list[Item]:
    return [Item({"name": name}) for name in names]


def names_of(joined: Joined) -> list[JsonValue]:
    return [item.json["name"] for item in joined.items]


def giving(outputs: Mapping[tuple[NodeKey, str], Sequence[Item]]) -> Emitted:
    def emitted(key: NodeKey, port: str) -> Sequence[Item]:
        return outputs.get((key, port), ())

    return emitted


# hook ─► b ─► join
#     └─► a ──►
JOIN = plan("hook > b > join", "hook > a > join")
EMITTED = giving({(A, "out"): items("a0", "a1"), (B, "out"): items("b0")})


def test_several_edges_into_one_input_are_joined_in_edge_order() -> None:
    assert names_of(inputs_of(JOIN, ("join", ROOT), EMITTED)["in"]) == ["b0", "a0", "a1"]


def test_each_item_can_be_followed_to_where_it_was_given() -> None:
    joined = inputs_of(JOIN, ("join", ROOT), EMITTED)["in"]
    sources = [joined.source(position) for position in range(3)]
    assert sources == [Source(B, "out", 0), Source(A, "out", 0), Source(A, "out", 1)]
    assert joined.source(3) is None
    assert joined.source(-1) is None


# hook ─► a ─in1─► merge
#     └─► b ─in3──►
def test_an_input_whose_edges_are_dead_is_there_and_empty() -> None:
    merge = plan("hook > a > merge@in1", "hook > b > merge@in3")
    inputs = inputs_of(merge, ("merge", ROOT), giving({(A, "out"): items("a0")}))
    assert {name: names_of(joined) for name, joined in inputs.items()} == {"in1": ["a0"], "in2": [], "in3": []}


def test_a_trigger_has_no_inputs() -> None:
    assert inputs_of(JOIN, ("hook", ROOT), EMITTED) == {}


#         ┌loop────┐
# hook ─► │ a ─► b │
#         └────────┘
def test_what_no_edge_leads_into_takes_the_items_of_its_scope() -> None:
    inside: dict[str, JsonValue] = {"parent": "loop"}
    compiled = plan("hook > loop", "a > b", a=inside, b=inside)
    path = (("loop", 1),)
    emitted = giving({(("loop", path), "in"): items("second"), (("a", path), "out"): items("a0")})
    assert names_of(inputs_of(compiled, ("a", path), emitted)["in"]) == ["second"]
    assert names_of(inputs_of(compiled, ("b", path), emitted)["in"]) == ["a0"]


@given(st.lists(st.integers(0, 4)))
def test_every_position_leads_to_the_very_item_that_stands_there(sizes: list[int]) -> None:
    outputs = {f"n{number}": items(*(f"n{number}.{i}" for i in range(size))) for number, size in enumerate(sizes)}
    joined = Joined(tuple(Part((node_id, ROOT), "out", given_) for node_id, given_ in outputs.items()))
    for position, item in enumerate(joined.items):
        source = joined.source(position)
        assert source is not None
        assert outputs[source.key[0]][source.position] is item
