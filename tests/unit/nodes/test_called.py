from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.called import RUN_WORKFLOW, RunWorkflowParams
from nodeloom.nodes.input_schema import misfit
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeResult, Parked, Resumption, WorkflowCalled

NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
ITEMS = [Item({"n": 1}, {}, (("in", 4),)), Item({"n": 2})]


def run(params: Mapping[str, object], given: Any, result: Mapping[str, JsonValue] | None = None) -> NodeResult:
    resumed = Resumption("child", result) if result is not None else None
    context = NodeContext(NOW, "UTC", resumed, new_run_id=lambda: "run_new")
    assert RUN_WORKFLOW.run is not None
    return RUN_WORKFLOW.run(RunWorkflowParams.model_validate({"workflow_id": "wf_1", **params}), given, context)


def test_it_asks_for_a_run_with_the_item_and_waits() -> None:
    parked = run({"version": 3}, ITEMS[0])
    assert parked == Parked("child", None, (WorkflowCalled("wf_1", 3, [Item({"n": 1})], "run_new", waits=True),))


def test_all_items_go_into_one_run() -> None:
    parked = run({"mode": "all"}, {"in": ITEMS})
    assert isinstance(parked, Parked)
    (called,) = parked.asks
    assert isinstance(called, WorkflowCalled)
    assert [item.json for item in called.items] == [{"n": 1}, {"n": 2}]


def test_without_waiting_it_gives_the_id() -> None:
    emitted = run({"mode": "all", "wait": False}, {"in": ITEMS})
    assert isinstance(emitted, Emitted)
    assert emitted.ports == {"out": [Item({"run_id": "run_new"}, {}, (("in", 0), ("in", 1)))]}
    assert [type(ask) for ask in emitted.asks] == [WorkflowCalled]


def test_what_the_run_gave_comes_out() -> None:
    result: dict[str, JsonValue] = {"run_id": "run_1", "items": [{"json": {"m": 5}, "origin": [["in", 0]]}]}
    emitted = run({}, ITEMS[0], result)
    assert emitted == Emitted({"out": [Item({"m": 5}, {}, (("in", 0),))]})


def test_a_failed_run_is_the_failure_of_the_node() -> None:
    error: dict[str, JsonValue] = {"code": "stopped", "message": "No customer.", "hint": "Add one."}
    with pytest.raises(NodeFailed) as failed:
        run({}, ITEMS[0], {"run_id": "run_1", "error": error})
    assert (failed.value.code, failed.value.message, failed.value.hint) == ("stopped", "No customer.", "Add one.")
    assert failed.value.run_id == "run_1"


ORDER: dict[str, JsonValue] = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "kind": {"enum": ["new", "old"]},
        "note": {"type": ["string", "null"], "maxLength": 5},
        "lines": {"type": "array", "maxItems": 2, "items": {"type": "object", "required": ["sku"]}},
        "paid": {"type": "boolean"},
        "rate": {"type": "number", "maximum": 1},
        "format": {"const": 1},
    },
}


WRONG: list[tuple[JsonValue, str, str]] = [
    ({}, "id", "is missing"),
    ([], "", "should be an object, not a list"),
    ({"id": "1"}, "id", "should be a whole number, not text"),
    ({"id": True}, "id", "should be a whole number, not true or false"),
    ({"id": 1.5}, "id", "should be a whole number, not 1.5"),
    ({"id": 0}, "id", "should be at least 1"),
    ({"id": 1, "kind": "odd"}, "kind", "should be new or old"),
    ({"id": 1, "note": 5}, "note", "should be text or null, not a number"),
    ({"id": 1, "note": "too long"}, "note", "should be at most 5 characters"),
    ({"id": 1, "lines": [{}]}, "lines[0].sku", "is missing"),
    ({"id": 1, "lines": [{"sku": 1}, {"sku": 2}, {"sku": 3}]}, "lines", "should be at most 2 entries"),
    ({"id": 1, "rate": 2}, "rate", "should be at most 1"),
    ({"id": 1, "format": 2}, "format", "should be 1"),
    ({"id": 1, "extra": 1}, "extra", "is not known here"),
]


@pytest.mark.parametrize(("value", "field", "message"), WRONG)
def test_what_does_not_fit_is_named(value: JsonValue, field: str, message: str) -> None:
    found = misfit(ORDER, value)
    assert found is not None
    assert (found.field, found.message) == (field, message)


@pytest.mark.parametrize(
    "value",
    [
        {"id": 1},
        {"id": 2.0, "kind": "new", "note": None, "lines": [{"sku": "a"}], "paid": False, "rate": 0.5, "format": 1},
    ],
)
def test_what_fits(value: JsonValue) -> None:
    assert misfit(ORDER, value) is None


@pytest.mark.parametrize("schema", [{}, {"type": "strange"}, {"type": 5, "properties": []}, {"required": "id"}])
def test_a_schema_that_says_nothing_clear_refuses_at_most_by_its_words(schema: dict[str, JsonValue]) -> None:
    found = misfit(schema, {"id": 1})
    assert found is None or found.message
