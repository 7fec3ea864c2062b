"""Which events a trigger starts a run for, and which a waiting node goes on by."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nodeloom.expressions.sandbox import Sandbox
from nodeloom.features.triggers.awaiting import fits
from nodeloom.features.triggers.event_filter import Budget, FilterFailed, Filters
from nodeloom.features.triggers.failure_context import nodes_of, run_context
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue

EVENT: dict[str, JsonValue] = {
    "body": {"order_id": 7, "lines": [{"sku": "A"}], "paid_at": "2026-05-31"},
    "method": "POST",
}
AT = datetime(2026, 6, 1, tzinfo=UTC)


def passes(wanted: JsonValue, budget: Budget | None = None) -> bool:
    return Filters(Sandbox()).passes(wanted, Item(EVENT), AT, "UTC", {"id": "wf_1"}, budget or Budget())


@pytest.mark.parametrize(
    ("left", "operator", "right", "expected"),
    [
        ("body.order_id", "equals", 7, True),
        ("event.body.order_id", "equals", "7", True),
        ("$event.body.order_id", "equals", 8, False),
        ("body.lines.0.sku", "in", ["A", "B"], True),
        ("body.lines.9.sku", "exists", None, False),
        ("body.nothing.at.all", "not_exists", None, True),
        ("body.paid_at", "before", "2026-06-01", True),
        ("body.order_id", "before", "soon", False),
        ("method.x", "equals", None, True),
    ],
)
def test_an_event_fits_what_is_asked_of_it(left: str, operator: str, right: Any, expected: bool) -> None:
    condition = {"all": [{"left": left, "operator": operator, "right": right}], "timezone": "UTC"}
    assert fits(condition, EVENT) is expected


def test_all_of_it_has_to_hold() -> None:
    asked = [{"left": "method", "operator": "equals", "right": method} for method in ("POST", "GET")]
    assert fits({"all": asked[:1], "timezone": "UTC"}, EVENT)
    assert not fits({"all": asked, "timezone": "UTC"}, EVENT)
    assert fits({"all": [], "timezone": "UTC"}, EVENT)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, True),
        ("", True),
        ([], True),
        ("{{ $json.body.order_id }}", True),
        ("{{ $json.body.order_id > 7 }}", False),
        ("{{ $json.body.order_id > 6 && $json.method === 'POST' }}", True),
        ([{"left": "{{ $json.method }}", "operator": "equals", "right": "POST"}], True),
        ([{"left": "{{ $json.body.gone }}", "operator": "exists"}], False),
        ("is {{ $json.method }}", True),
        ("{{ $json.body.order_id === 8 }} ", False),
    ],
)
def test_a_filter_lets_through(wanted: JsonValue, expected: bool) -> None:
    assert passes(wanted) is expected


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("{{ $json.body.gone.deep }}", "unresolved"),
        ("{{ while (true) {} }}", "expression_syntax"),
        ("{{ (() => { while (true) {} })() }}", "too_slow"),
        ([{"left": "{{ $json.body }}", "operator": "gt", "right": 1}], "incomparable"),
        ([{"left": 1, "operator": "like"}], "invalid_param"),
    ],
)
def test_a_filter_that_gives_no_answer_says_why(wanted: JsonValue, code: str) -> None:
    with pytest.raises(FilterFailed) as failed:
        passes(wanted)
    assert failed.value.code == code


def test_the_filters_of_one_transaction_share_their_time() -> None:
    with pytest.raises(FilterFailed) as failed:
        passes("{{ $json.method }}", Budget(-1))
    assert failed.value.code == "filter_too_slow"


def test_a_failure_names_its_node() -> None:
    run = {
        "id": "run_1", "workflow_id": "wf_1", "workflow_name": "Orders", "version": 3, "trigger_node": "hook",
        "trigger_kind": "webhook", "created_at": AT, "started_at": AT, "finished_at": None, "retry_of": "run_0",
        "parent_run_id": None, "event_id": "evt_1",
    }  # fmt: skip
    nodes = nodes_of({"nodes": [{"id": "pay", "type": "http.request", "title": "Pay"}]})
    context = run_context(run, {"code": "refused", "message": "No", "node_id": "pay"}, nodes, None, "https://n.example")
    assert context["error"] == {
        "code": "refused",
        "message": "No",
        "hint": "",
        "node": {"id": "pay", "title": "Pay", "type": "http.request"},
    }
    shown = context["run"]
    assert isinstance(shown, dict)
    assert (shown["url"], shown["started_at"], shown["retry_of"]) == (
        "https://n.example/runs/run_1",
        "2026-06-01T00:00:00.000Z",
        "run_0",
    )
