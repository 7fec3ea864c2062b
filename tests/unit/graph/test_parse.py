from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeloom.graph.document import Graph, Node, NodeSettings, Position
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.parse import graph_to_document, parse_graph
from nodeloom.graph.problem import GraphInvalid, Problem

CONTRACT_EXAMPLE: dict[str, JsonValue] = {
    "format": 1,
    "nodes": [
        {
            "id": "hook",
            "type": "core.webhook",
            "title": "Order came in",
            "position": {"x": 0, "y": 0},
            "params": {"path": "orders", "method": "POST", "respond": "last_node"},
        },
        {
            "id": "greet",
            "type": "core.set",
            "title": "Greet",
            "position": {"x": 240, "y": 0},
            "params": {"fields": [{"name": "greeting", "value": "Hello {{ $json.body.name }}"}], "keep": "none"},
        },
    ],
    "edges": [{"id": "e1", "source": "hook", "port": "out", "target": "greet", "input": "in"}],
    "notes": [
        {
            "id": "s1",
            "text": "…",
            "position": {"x": 0, "y": -120},
            "size": {"width": 240, "height": 80},
            "color": "yellow",
        }
    ],
    "settings": {
        "timezone": "Europe/Berlin",
        "timeout_s": 3600,
        "max_concurrent_runs": None,
        "on_failure_workflow": None,
        "keep_when_off": False,
    },
}

json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
KEYS = st.sampled_from(
    ["format", "nodes", "edges", "notes", "settings", "id", "type", "title", "params", "source", "retry", "pinned"]
)
graph_like: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


def refusals(document: object) -> list[Problem]:
    with pytest.raises(GraphInvalid) as refused:
        parse_graph(document)
    return refused.value.problems


def test_the_documented_example_survives_the_round_trip_as_it_is() -> None:
    assert graph_to_document(parse_graph(CONTRACT_EXAMPLE)) == CONTRACT_EXAMPLE


def test_an_empty_object_is_an_empty_graph() -> None:
    assert parse_graph({}) == Graph()


def test_a_node_needs_no_more_than_id_and_type() -> None:
    node = parse_graph({"nodes": [{"id": "a", "type": "core.noop"}]}).nodes[0]
    assert node == Node(id="a", type="core.noop", title="a", position=Position(x=0, y=0), params={})


def test_an_empty_title_is_the_id() -> None:
    assert parse_graph({"nodes": [{"id": "a", "type": "t", "title": ""}]}).nodes[0].title == "a"


def test_what_a_short_document_left_out_is_written_out_for_the_editor() -> None:
    short = parse_graph({"nodes": [{"id": "a", "type": "t"}], "edges": [{"source": "a", "target": "b"}]})
    written = graph_to_document(short)
    assert written["nodes"] == [{"id": "a", "type": "t", "title": "a", "position": {"x": 0, "y": 0}, "params": {}}]
    assert written["edges"] == [{"id": "e1", "source": "a", "port": "out", "target": "b", "input": "in"}]


def test_edges_without_an_id_get_a_free_one() -> None:
    edges: JsonValue = [{"source": "a", "target": "b"}, {"id": "e1", "source": "b", "target": "c"}]
    assert [edge.id for edge in parse_graph({"edges": edges}).edges] == ["e2", "e1"]


def test_settings_that_were_given_are_kept_and_the_rest_defaults() -> None:
    settings: JsonValue = {"on_error": "port", "retry": {"max_attempts": 3}}
    node = parse_graph({"nodes": [{"id": "a", "type": "t", "settings": settings}]}).nodes[0]
    assert node.settings.retry is not None
    assert (node.settings.on_error, node.settings.retry.max_attempts, node.settings.retry.factor) == ("port", 3, 2)
    assert parse_graph({"nodes": [{"id": "a", "type": "t"}]}).nodes[0].settings == NodeSettings()


def test_a_newer_format_is_refused_with_what_to_do() -> None:
    (problem,) = refusals({"format": 2})
    assert (problem.code, problem.field) == ("unknown_format", "format")
    assert "Update Nodeloom" in problem.hint


@pytest.mark.parametrize("document", [None, 3, "graph", [], True])
def test_what_is_no_object_is_no_graph(document: JsonValue) -> None:
    assert refusals(document)[0].code == "not_a_graph"


def test_every_fault_of_the_shape_is_told_with_its_node_and_field() -> None:
    nodes: JsonValue = [{"id": "a", "type": 3}, {"id": "b", "type": "t", "settings": {"on_error": "explode"}}]
    told = [(problem.code, problem.node_id, problem.field) for problem in refusals({"nodes": nodes, "colour": "red"})]
    assert told == [
        ("invalid_document", "a", "type"),
        ("invalid_document", "b", "settings.on_error"),
        ("invalid_document", None, "colour"),
    ]


@pytest.mark.parametrize("node_id", ["", "a/b", "a:b", "a\nb", "x" * 101])
def test_an_id_that_could_not_stand_in_an_address_is_refused(node_id: str) -> None:
    assert refusals({"nodes": [{"id": node_id, "type": "t"}]})[0].field == "id"


def test_two_nodes_with_one_id_are_refused() -> None:
    (problem,) = refusals({"nodes": [{"id": "a", "type": "t"}, {"id": "a", "type": "t"}]})
    assert (problem.code, problem.node_id, problem.field) == ("duplicate_id", "a", "nodes[1].id")


def test_two_edges_with_one_id_are_refused() -> None:
    edge: JsonValue = {"id": "e1", "source": "a", "target": "b"}
    assert [problem.field for problem in refusals({"edges": [edge, edge]})] == ["edges[1].id"]


@given(json_values | graph_like | st.fixed_dictionaries({"nodes": json_values, "edges": graph_like}))
def test_whatever_json_comes_it_is_a_graph_or_refused(document: JsonValue) -> None:
    with suppress(GraphInvalid):
        graph = parse_graph(document)
        assert parse_graph(graph_to_document(graph)) == graph


def test_endless_depth_is_refused_and_not_a_crash() -> None:
    deep: JsonValue = []
    for _ in range(5000):
        deep = [deep]
    assert refusals({"nodes": [{"id": "a", "type": "t", "params": {"deep": deep}}]})


@pytest.mark.parametrize("number", [10**400, float("inf"), float("nan")])
def test_a_number_that_json_can_not_hold_is_refused(number: float) -> None:
    assert refusals({"nodes": [{"id": "a", "type": "t", "position": {"x": number}}]})[0].field == "position.x"
