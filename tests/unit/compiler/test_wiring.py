"""Edges, ports, inputs and containers."""

import pytest
from tests.support.graphs import CATALOG, codes, document, draw, plan, problems

from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.parse import parse_graph

CASES: JsonValue = [{"name": "red"}, {"name": "blue"}]


def test_an_edge_to_nowhere_names_the_end_that_is_missing() -> None:
    drawn = document("hook") | {"edges": [{"source": "hook", "target": "gone"}]}
    assert codes(parse_graph(drawn)) == [("dangling_edge", "hook", "edges[0].target")]


def test_an_edge_between_two_missing_nodes_is_told_at_both_ends() -> None:
    drawn = document("hook") | {"edges": [{"source": "x", "target": "y"}]}
    found = codes(parse_graph(drawn))
    assert found == [("dangling_edge", None, "edges[0].source"), ("dangling_edge", None, "edges[0].target")]


def test_a_port_that_the_type_does_not_have_is_told_with_those_it_has() -> None:
    (problem,) = problems(draw("hook > check:maybe > a"))
    assert (problem.code, problem.node_id, problem.field) == ("wrong_port", "check", "edges[1].port")
    assert "true, false" in problem.hint


def test_nothing_can_follow_a_node_that_ends_its_branch() -> None:
    assert codes(draw("hook > stop > a")) == [("wrong_port", "stop", "edges[1].port")]


# hook ─► switch ─red──► a
#                └─blue─► b
#                └─fallback─► c
def test_the_cases_of_a_switch_are_its_ports() -> None:
    graph = draw("hook > switch:red > a", "switch:blue > b", "switch:fallback > c", switch={"params": {"cases": CASES}})
    assert codes(graph) == []
    compiled = plan("hook > switch", switch={"params": {"cases": CASES}})
    assert compiled.nodes["switch"].ports == ("red", "blue", "fallback")


def test_a_case_that_was_renamed_leaves_its_edge_without_a_port() -> None:
    graph = draw("hook > switch:green > a", switch={"params": {"cases": CASES}})
    assert codes(graph) == [("wrong_port", "switch", "edges[1].port")]


@pytest.mark.parametrize("cases", [None, "red", [1], {"name": "red"}, [{"name": 3}], [[{"name": "red"}]]])
def test_ports_from_parameters_of_the_wrong_shape_are_just_not_there(cases: JsonValue) -> None:
    found = codes(draw("hook > switch:red > a", switch={"params": {"cases": cases}}))
    assert ("wrong_port", "switch", "edges[1].port") in found


def test_the_error_port_is_there_when_the_settings_ask_for_it() -> None:
    assert codes(draw("hook > a:error > b", a={"settings": {"on_error": "port"}})) == []


def test_an_error_edge_without_that_setting_says_how_to_get_it() -> None:
    (problem,) = problems(draw("hook > a:error > b"))
    assert problem.code == "wrong_port"
    assert "settings" in problem.hint


def test_a_node_that_can_not_fail_has_no_error_port() -> None:
    graph = draw("hook > pure:error > b", pure={"settings": {"on_error": "port"}})
    assert codes(graph) == [("wrong_port", "pure", "edges[1].port")]


# hook ─► a ─in1─► merge
#     └─► b ─in3──►
def test_a_merge_has_as_many_inputs_as_its_edges_reach() -> None:
    assert plan("hook > a > merge@in1", "hook > b > merge@in3").nodes["merge"].inputs == ("in1", "in2", "in3")


@pytest.mark.parametrize("name", ["in", "in0", "in101", "in01", "left", "in٣"])
def test_an_input_that_is_not_numbered_is_no_input_of_a_merge(name: str) -> None:
    assert codes(draw(f"hook > merge@{name}")) == [("wrong_input", "merge", "edges[0].input")]


def test_nothing_leads_into_a_trigger() -> None:
    assert codes(draw("hook > a", "a > hook2")) == [("wrong_input", "hook2", "edges[1].input")]


def test_an_edge_drawn_twice_is_told() -> None:
    assert codes(draw("hook > a", "hook > a")) == [("duplicate_edge", "a", "edges[1]")]


# check ─true──► a
#       └─false─►
def test_two_ports_may_lead_to_one_input() -> None:
    assert codes(draw("hook > check:true > a", "check:false > a")) == []


#         ┌loop──────────┐
# hook ─► │ a ─► b       │ ─done─► c
#         └──────────────┘
def test_a_container_holds_the_nodes_that_name_it() -> None:
    inside: dict[str, JsonValue] = {"parent": "loop"}
    compiled = plan("hook > loop:done > c", "a > b", a=inside, b=inside)
    assert compiled.children("loop") == ("a", "b")
    assert compiled.entry_nodes("loop") == ("a",)
    assert compiled.end_nodes("loop") == ("b",)
    assert compiled.end_nodes() == ("c",)


@pytest.mark.parametrize("path", ["hook > a", "a > c"])
def test_an_edge_may_not_cross_the_border_of_a_container(path: str) -> None:
    graph = draw("hook > loop:done > c", path, a={"parent": "loop"})
    assert [code for code, _, _ in codes(graph)] == ["crosses_container"]


@pytest.mark.parametrize("parent", ["gone", "b", "a"])
def test_a_parent_that_is_no_container_around_the_node_is_told(parent: str) -> None:
    found = codes(draw("hook > b", a={"parent": parent}))
    assert [one for one in found if one[0] != "unreachable"] == [("no_parent", "a", "parent")]


def test_containers_that_stand_in_each_other_are_told() -> None:
    found = codes(draw("hook > b", loop1={"parent": "loop2"}, loop2={"parent": "loop1"}, a={"parent": "loop1"}))
    assert found == [("no_parent", "loop1", "parent"), ("no_parent", "loop2", "parent"), ("no_parent", "a", "parent")]


def test_a_trigger_can_not_stand_in_a_container() -> None:
    found = codes(draw("hook > loop", hook2={"parent": "loop"}))
    assert found == [("trigger_in_container", "hook2", "parent")]


def test_the_catalog_of_these_tests_knows_its_types() -> None:
    assert all(CATALOG.node_spec(type_name) is not None for type_name in CATALOG.types())
