"""Which nodes an expression may name."""

from tests.support.graphs import CATALOG, codes, draw, problems

from nodeloom.compiler.compile import compile_graph
from nodeloom.expressions.template import compile_template
from nodeloom.graph.json_value import JsonValue


def naming(title: str, **more: JsonValue) -> dict[str, JsonValue]:
    return {"params": {"plain": "text", "rows": [{"value": f"{{{{ $('{title}').item.json.name }}}}"}]}, **more}


# hook ─► a ─► b
def test_a_node_may_look_back_at_what_is_upstream() -> None:
    assert codes(draw("hook > a > b", b=naming("hook"))) == []


def test_a_title_that_no_node_has_is_told_with_the_nearest_one() -> None:
    (problem,) = problems(draw("hook > fetch > b", b=naming("fetsch")))
    assert (problem.code, problem.node_id, problem.field) == ("unknown_reference", "b", "rows[0].value")
    assert problem.hint == "Did you mean “fetch”?"


# hook ─► a ─► b
#      └─► c
def test_a_node_may_not_look_at_what_comes_after_or_beside_it() -> None:
    found = codes(draw("hook > a > b", "hook > c", a=naming("b"), c=naming("b")))
    assert found == [("not_upstream", "a", "rows[0].value"), ("not_upstream", "c", "rows[0].value")]


def test_a_node_may_not_look_at_itself() -> None:
    assert codes(draw("hook > a", a=naming("a"))) == [("not_upstream", "a", "rows[0].value")]


# hook ─► check ─true──► a ─► join
#               └─false────────►
def test_upstream_on_one_path_is_upstream() -> None:
    assert codes(draw("hook > check:true > a > join", "check:false > join", join=naming("a"))) == []


#              ┌loop─┐
# hook ─► a ─► │  b  │ ─done─► c
#              └─────┘
def test_an_inner_node_looks_outward_to_what_is_upstream_of_its_container() -> None:
    assert codes(draw("hook > a > loop:done > c", b=naming("a", parent="loop"))) == []


def test_an_inner_node_does_not_see_what_follows_its_container() -> None:
    found = codes(draw("hook > a > loop:done > c", b=naming("c", parent="loop")))
    assert found == [("not_upstream", "b", "rows[0].value")]


def test_what_is_outside_does_not_see_inside() -> None:
    found = codes(draw("hook > loop:done > c", b={"parent": "loop"}, c=naming("b")))
    assert found == [("not_upstream", "c", "rows[0].value")]


def test_a_reference_to_a_missing_title_is_told_although_the_graph_has_a_cycle() -> None:
    found = codes(draw("hook > a > b > a", b=naming("gone")))
    assert found == [("cycle", "a", None), ("unknown_reference", "b", "rows[0].value")]


def reading(*names: str) -> dict[str, JsonValue]:
    return {"params": {"plain": "$vars.not_read", "rows": [{"value": f"{{{{ $vars.{name} + 1 }}}}"} for name in names]}}


def test_a_variable_that_is_not_there_is_warned_of_with_the_nearest_one() -> None:
    graph = draw("hook > a", a=reading("region", "regoin"))
    (problem,) = compile_graph(graph, CATALOG, variables={"region"}).problems
    assert (problem.severity, problem.code, problem.field) == ("warning", "unknown_variable", "rows[1].value")
    assert problem.hint == "Did you mean “region”?"
    assert compile_graph(graph, CATALOG).problems == ()


def test_a_template_tells_which_variables_it_reads() -> None:
    template = compile_template({"one": "{{ $vars.a.b }}", "two": "{{ [$vars['c'], $json.vars].length }}"})
    assert (template.variables, template.reads_variables) == ({"a", "c"}, True)
    whole = compile_template("{{ Object.keys($vars) }}")
    assert (whole.variables, whole.reads_variables) == (frozenset(), True)
    assert not compile_template("$vars.a {{ $json.b }}").reads_variables
