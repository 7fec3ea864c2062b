"""Parameters, settings, connections and addresses."""

import pytest
from tests.support.graphs import CATALOG, codes, draw, plan, problems

from nodeloom.compiler.catalog import KnownConnection
from nodeloom.compiler.compile import compile_graph
from nodeloom.graph.json_value import JsonValue

URL = "https://example.org"


def call(**params: JsonValue) -> dict[str, JsonValue]:
    return {"params": {"url": URL, **params}}


def faults(**params: JsonValue) -> list[tuple[str, str | None]]:
    found = problems(draw("hook > call", call={"params": params}))
    assert all(problem.node_id == "call" for problem in found)
    return [(problem.code, problem.field) for problem in found]


def test_a_missing_parameter_is_named_as_the_form_names_it() -> None:
    (problem,) = problems(draw("hook > call"))
    assert (problem.code, problem.node_id, problem.field) == ("missing_param", "call", "url")
    assert problem.message == "“Address” is missing."


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_parameter_is_a_missing_one(empty: JsonValue) -> None:
    assert faults(url=empty) == [("missing_param", "url")]


def test_a_value_of_the_wrong_type_is_told_in_plain_words() -> None:
    (problem,) = problems(draw("hook > call", call=call(retries="many")))
    assert (problem.code, problem.field) == ("invalid_param", "retries")
    assert problem.message == "“Retries” must be a whole number."


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"method": "FETCH"}, "“Method” must be one of 'GET' or 'POST'."),
        ({"timeout_s": 0}, "“Timeout s” must be greater than 0."),
        ({"conditions": "all"}, "“Conditions” must be a list."),
        ({"auth": "bearer"}, "“Auth” must be a set of names and values."),
        (
            {"conditions": [{"left": 1, "operator": "is"}]},
            "“Operator” of “Conditions” 1 must be one of 'equals' or 'contains'.",
        ),
    ],
)
def test_what_is_wrong_is_said_of_the_field_that_is_wrong(params: dict[str, JsonValue], message: str) -> None:
    assert [problem.message for problem in problems(draw("hook > call", call=call(**params)))] == [message]


def test_all_faults_of_a_node_are_told_each_with_its_path() -> None:
    conditions: JsonValue = [{"left": 1, "operator": "equals"}, {"operator": "is"}]
    assert faults(conditions=conditions, retries="x") == [
        ("missing_param", "url"),
        ("invalid_param", "retries"),
        ("missing_param", "conditions[1].left"),
        ("invalid_param", "conditions[1].operator"),
    ]


@pytest.mark.parametrize(
    "params",
    [
        {"retries": "{{ $json.n }}"},
        {"timeout_s": "{{ $json.t }}"},
        {"method": "{{ $json.m }}"},
        {"conditions": "{{ $json.conditions }}"},
        {"conditions": [{"left": "{{ $json.a }}", "operator": "{{ $json.op }}"}]},
        {"conditions": ["{{ $json.condition }}"]},
    ],
)
def test_what_an_expression_will_give_is_not_judged_yet(params: dict[str, JsonValue]) -> None:
    assert faults(url=URL, **params) == []


def test_an_expression_beside_a_missing_field_does_not_hide_it() -> None:
    conditions: JsonValue = [{"left": "{{ $json.a }}"}]
    assert faults(url=URL, conditions=conditions) == [("missing_param", "conditions[0].operator")]


def test_a_parameter_that_the_type_does_not_know_is_a_warning_and_left_aside() -> None:
    compiled = compile_graph(draw("hook > call", call=call(metod="POST", auth={"kind": "none"})), CATALOG)
    (problem,) = compiled.problems
    assert (problem.severity, problem.code, problem.field) == ("warning", "unknown_param", "metod")
    assert problem.hint == "Did you mean method?"
    assert compiled.plan is not None
    assert compiled.plan.nodes["call"].raw_params == {"url": URL, "auth": {"kind": "none"}}


def test_an_unknown_parameter_deep_inside_is_left_aside_too() -> None:
    conditions: JsonValue = [{"left": 1, "operator": "equals", "colour": "red"}]
    node = plan("hook > call", call=call(conditions=conditions)).nodes["call"]
    assert node.raw_params["conditions"] == [{"left": 1, "operator": "equals"}]


def test_a_type_that_ignores_what_it_does_not_know_still_gets_the_warning() -> None:
    graph = draw("hook > slack", slack={"params": {"txt": "hi"}, "connection_id": "con_1"})
    assert codes(graph) == [("unknown_param", "slack", "txt")]


def test_a_disabled_node_may_be_unfinished() -> None:
    unfinished: dict[str, JsonValue] = {"disabled": True, "params": {"retries": "{{ ("}}
    assert codes(draw("hook > call > slack", call=unfinished, slack={"disabled": True})) == []


def test_an_expression_that_does_not_parse_is_told_with_its_field() -> None:
    graph = draw("hook > a", a={"params": {"fields": [{"value": "ok"}, {"value": "{{ $json.( }}"}]}})
    assert codes(graph) == [("expression_syntax", "a", "fields[1].value")]


def test_a_node_that_needs_a_connection_has_none() -> None:
    assert codes(draw("hook > slack")) == [("missing_connection", "slack", "connection_id")]


def test_authentication_without_its_connection_is_told_once() -> None:
    assert faults(url=URL, auth={"kind": "bearer"}) == [("missing_connection", "auth.connection_id")]


def test_parameters_that_only_fail_together_are_told_in_the_words_of_their_type() -> None:
    (problem,) = problems(draw("hook > wait"))
    assert (problem.code, problem.field) == ("invalid_param", None)
    assert problem.message == "What “wait” is to do is not accepted: Say how long to wait, or until when."
    assert problems(draw("hook > wait", wait={"params": {"until": "{{ $json.due }}"}})) == ()


@pytest.mark.parametrize("auth", [None, {}, {"kind": "none"}, {"kind": "basic", "connection_id": "con_1"}])
def test_no_authentication_needs_no_connection(auth: JsonValue) -> None:
    assert codes(draw("hook > call", call=call(auth=auth))) == []


def test_a_connection_that_is_gone_is_told_when_the_connections_are_known() -> None:
    graph = draw(
        "hook > slack > call",
        slack={"connection_id": "con_gone"},
        call=call(auth={"kind": "basic", "connection_id": "con_gone"}),
    )
    assert compile_graph(graph, CATALOG).problems == ()
    found = compile_graph(graph, CATALOG, connections={"con_1": KnownConnection("basic")}).problems
    assert [(problem.code, problem.node_id, problem.field) for problem in found] == [
        ("unknown_connection", "slack", "connection_id"),
        ("unknown_connection", "call", "auth.connection_id"),
    ]


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (KnownConnection("slack", frozenset({"chat:write", "more"})), None),
        (KnownConnection("slack"), None),
        (KnownConnection("slack", frozenset({"channels:read"})), "missing_scopes"),
        (KnownConnection("gmail", frozenset({"chat:write"})), "wrong_connection"),
    ],
)
def test_a_connection_is_to_the_right_service_and_may_do_what_the_node_does(
    known: KnownConnection, code: str | None
) -> None:
    graph = draw("hook > slack", slack={"connection_id": "con_1"})
    found = compile_graph(graph, CATALOG, connections={"con_1": known}).problems
    assert [(problem.code, problem.field) for problem in found] == ([] if code is None else [(code, "connection_id")])
    assert all("chat:write" in problem.message for problem in found if code == "missing_scopes")


def test_a_secret_is_of_the_kind_that_the_node_says() -> None:
    graph = draw("hook > call", call=call(auth={"kind": "basic", "connection_id": "con_1"}))
    found = compile_graph(graph, CATALOG, connections={"con_1": KnownConnection("bearer")}).problems
    assert [(problem.code, problem.field) for problem in found] == [("wrong_connection", "auth.connection_id")]


def webhook(path: str, method: str = "POST") -> dict[str, JsonValue]:
    return {"params": {"path": path, "method": method}}


def test_an_address_that_another_workflow_claims_is_taken() -> None:
    found = compile_graph(draw(webhook=webhook("/orders/")), CATALOG, taken_paths=["orders"]).problems
    assert [(problem.code, problem.node_id, problem.field) for problem in found] == [("path_taken", "webhook", "path")]


@pytest.mark.parametrize(("first", "second"), [("POST", "POST"), ("GET", "ANY")])
def test_two_triggers_of_one_workflow_can_not_answer_the_same_request(first: str, second: str) -> None:
    graph = draw(webhook1=webhook("orders", first), webhook2=webhook("orders", second))
    assert codes(graph) == [("path_taken", "webhook2", "path")]


def test_two_methods_may_share_an_address() -> None:
    assert codes(draw(webhook1=webhook("orders", "GET"), webhook2=webhook("orders", "POST"))) == []


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"timeout_s": 0}, "settings.timeout_s"),
        ({"retry": {"max_attempts": 0}}, "settings.retry.max_attempts"),
        ({"retry": {"max_attempts": 101}}, "settings.retry.max_attempts"),
        ({"retry": {"base_s": -1}}, "settings.retry.base_s"),
        ({"retry": {"factor": 0.5}}, "settings.retry.factor"),
        ({"retry": {"max_s": -1}}, "settings.retry.max_s"),
    ],
)
def test_a_setting_of_a_node_out_of_its_range_is_told(settings: JsonValue, field: str) -> None:
    assert codes(draw("hook > a", a={"settings": settings})) == [("invalid_setting", "a", field)]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"timezone": "Europe/Bielefeld"}, "settings.timezone"),
        ({"timezone": "Europe"}, "settings.timezone"),
        ({"timezone": "../../etc/passwd"}, "settings.timezone"),
        ({"timezone": ""}, "settings.timezone"),
        ({"timeout_s": -1}, "settings.timeout_s"),
        ({"max_concurrent_runs": 0}, "settings.max_concurrent_runs"),
    ],
)
def test_a_setting_of_the_workflow_out_of_its_range_is_told(settings: dict[str, JsonValue], field: str) -> None:
    graph = draw("hook")
    changed = graph.model_copy(update={"settings": graph.settings.model_copy(update=settings)})
    assert codes(changed) == [("invalid_setting", None, field)]


def test_a_real_time_zone_is_none_of_the_compilers_business() -> None:
    graph = draw("hook")
    berlin = graph.settings.model_copy(update={"timezone": "Europe/Berlin", "timeout_s": None})
    assert codes(graph.model_copy(update={"settings": berlin})) == []
