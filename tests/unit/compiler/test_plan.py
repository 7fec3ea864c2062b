"""What a plan can be asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.graphs import draw, plan, plan_of

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue

# hook ─► check ─true──► a ─► join
#               └─false─► b ──►
DIAMOND = plan("hook > check:true > a > join", "check:false > b > join")


def test_nodes_stand_in_topological_order_and_the_document_decides_among_equals() -> None:
    compiled = plan("hook > c > d", "hook > b > d")
    assert [*compiled.nodes] == ["hook", "c", "b", "d"]


def test_edges_are_found_by_their_end_port_and_input() -> None:
    assert [edge.target for edge in DIAMOND.edges_from("check")] == ["a", "b"]
    assert [edge.target for edge in DIAMOND.edges_from("check", "false")] == ["b"]
    assert [edge.source for edge in DIAMOND.edges_into("join")] == ["a", "b"]
    assert DIAMOND.edges_into("join", "other") == ()
    assert DIAMOND.edges_into("hook") == ()


def test_a_node_is_found_by_its_title() -> None:
    compiled = plan("hook > a", a={"title": "Greet"})
    greeted = compiled.node_by_title("Greet")
    assert greeted is not None
    assert greeted.id == "a"
    assert compiled.node_by_title("a") is None


def test_ancestors_are_what_is_upstream_on_some_path() -> None:
    assert DIAMOND.ancestors("join") == {"hook", "check", "a", "b"}
    assert DIAMOND.ancestors("hook") == frozenset()


def test_an_inner_node_has_the_ancestors_of_its_container_but_not_the_container() -> None:
    inside: dict[str, JsonValue] = {"parent": "loop"}
    assert plan("hook > loop", "a > b", a=inside, b=inside).ancestors("b") == {"hook", "a"}


def test_end_nodes_stand_in_document_order() -> None:
    assert plan("hook > a", "b", "hook > c > b").end_nodes() == ("a", "b")


# hook ─► call ─error─► tell
def test_a_node_of_which_only_failures_go_on_still_ends_its_branch() -> None:
    handled: dict[str, JsonValue] = {"params": {"url": "https://a.b"}, "settings": {"on_error": "port"}}
    assert plan("hook > call:error > tell", call=handled).end_nodes() == ("call", "tell")


def test_a_trigger_that_is_switched_off_is_no_trigger_of_the_plan() -> None:
    assert plan("hook > a", "hook2 > a", hook2={"disabled": True}).triggers == ("hook",)


@pytest.mark.parametrize(("node_id", "port"), [("a", "out"), ("check", "true"), ("stop", None)])
def test_a_disabled_node_passes_its_items_on_by_out_or_its_first_port(node_id: str, port: str | None) -> None:
    assert plan(f"hook > {node_id}", **{node_id: {"disabled": True}}).nodes[node_id].main_port == port


def test_pinned_items_are_ready_to_use() -> None:
    node = plan("hook > a", a={"pinned": {"out": [{"json": {"n": 1}}]}}).nodes["a"]
    assert node.pinned == {"out": (Item({"n": 1}),)}


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1])))
def test_every_edge_of_any_graph_leads_forward_in_the_order(pairs: set[tuple[int, int]]) -> None:
    names = [f"n{9 - number}" for number in range(10)]  # against the order of the document
    drawn = draw("hook", *sorted(names), *(f"{names[source]} > {names[target]}" for source, target in sorted(pairs)))
    order = [*plan_of(drawn).nodes]
    assert all(order.index(names[source]) < order.index(names[target]) for source, target in pairs)
    assert len(order) == 11
