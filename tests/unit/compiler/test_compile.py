"""What the compiler says of a whole graph. The drawings show the graph of the case below them."""

from tests.support.graphs import CATALOG, codes, document, draw, plan_of, problems

from nodeloom.compiler.compile import compile_graph
from nodeloom.graph.document import Graph, Position
from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.parse import parse_graph


# hook ─► step
def test_a_sound_graph_has_a_plan_and_no_problems() -> None:
    compiled = compile_graph(draw("hook > step"), CATALOG)
    assert compiled.problems == ()
    assert compiled.plan is not None


def test_an_empty_graph_needs_a_trigger() -> None:
    assert codes(draw()) == [("no_trigger", None, None)]


# (hook) ─► step
def test_a_trigger_that_is_switched_off_starts_nothing() -> None:
    assert codes(draw("hook > step", hook={"disabled": True})) == [("no_trigger", None, None)]


# hook ─► step     island
def test_a_node_that_no_trigger_leads_to_is_only_a_warning() -> None:
    compiled = compile_graph(draw("hook > step", "island"), CATALOG)
    assert [(problem.severity, problem.code, problem.node_id) for problem in compiled.problems] == [
        ("warning", "unreachable", "island")
    ]
    assert compiled.plan is not None


# hook ─► a     hook2 ─► b
def test_reach_is_counted_from_any_trigger() -> None:
    assert codes(draw("hook > a", "hook2 > b")) == []


# hook ─► a ─► b ─► c
#         ▲─────────┘
def test_a_cycle_is_told_once_with_the_way_round() -> None:
    graph = draw("hook > a > b > c > a")
    (problem,) = problems(graph)
    assert (problem.code, problem.node_id) == ("cycle", "a")
    assert "“a” → “b” → “c” → “a”" in problem.message


# hook ─► a ⇄ b     c ⇄ d     e ↺
def test_each_cycle_is_a_problem_of_its_own() -> None:
    found = codes(draw("hook > a > b > a", "hook > c > d > c", "hook > e > e"))
    assert found == [("cycle", "a", None), ("cycle", "c", None), ("cycle", "e", None)]


# hook ─► a ─► b ─► c ─► d
#         ▲────┘    ▲────┘
def test_what_lies_between_two_cycles_is_not_on_one() -> None:
    assert codes(draw("hook > a > b > a", "b > between > c > d > c")) == [("cycle", "a", None), ("cycle", "c", None)]


def test_an_unknown_type_is_named_with_the_nearest_one() -> None:
    (problem,) = problems(draw("hook > step", step={"type": "core.nop"}))
    assert (problem.code, problem.node_id, problem.field) == ("unknown_type", "step", "type")
    assert problem.hint == "Did you mean core.noop?"


# mystery ─► step     (mystery's connector is not installed; it may be a trigger)
def test_an_unknown_type_at_the_start_does_not_make_the_rest_unreachable() -> None:
    graph = draw("hook", "mystery > step", mystery={"type": "acme.new_order"})
    assert codes(graph) == [("unknown_type", "mystery", "type")]


def test_two_nodes_with_one_title_can_not_be_told_apart() -> None:
    graph = draw("hook > a > b", a={"title": "Same"}, b={"title": "Same"})
    assert codes(graph) == [("duplicate_title", "b", "title")]


# hook ─► a ─► (gone)
def test_a_compile_never_stops_at_the_first_problem() -> None:
    drawn = document("hook > a > b > a", "a:side > b", call={"title": "a"}, slack={}, loner={"type": "no.such"})
    drawn["edges"] = [*_edges(drawn), {"source": "a", "target": "gone"}]
    found = {code for code, _, _ in codes(parse_graph(drawn))}
    assert found == {
        "cycle",
        "wrong_port",
        "dangling_edge",
        "duplicate_title",
        "missing_param",
        "missing_connection",
        "unknown_type",
        "unreachable",
    }


def test_every_problem_says_what_to_do() -> None:
    drawn = draw("hook > a > b > a", "a:side > b", call={"title": "a"}, slack={}, loner={"type": "no.such"})
    assert all(problem.message and problem.hint for problem in problems(drawn))


def test_problems_come_in_the_order_of_the_document() -> None:
    graph = draw("hook > a > b", a={"settings": {"timeout_s": 0}}, b={"settings": {"timeout_s": 0}, "title": "a"})
    assert [problem.node_id for problem in problems(graph)] == ["a", "b", "b"]


# hook ─► a ─► b
def test_moving_nodes_and_writing_notes_leave_the_plan_equal() -> None:
    graph = draw("hook > a > b", a={"params": {"text": "{{ $json.name }}"}})
    moved = [node.model_copy(update={"position": Position(x=9, y=-9), "notes": "!"}) for node in graph.nodes]
    assert plan_of(graph.model_copy(update={"nodes": moved})) == plan_of(graph)


def test_another_parameter_makes_another_plan() -> None:
    assert plan_of(_saying("{{ $json.name }}")) != plan_of(_saying("{{ $json.title }}"))


def test_pinned_items_that_are_none_are_told() -> None:
    graph = draw("hook > a", a={"pinned": {"out": [{"json": {}}, {"name": "Ann"}]}})
    assert codes(graph) == [("invalid_pinned", "a", "pinned.out[1]")]


def _edges(drawn: dict[str, JsonValue]) -> list[JsonValue]:
    edges = drawn["edges"]
    assert isinstance(edges, list)
    return edges


def _saying(text: str) -> Graph:
    return draw("hook > a", a={"params": {"text": text}})
