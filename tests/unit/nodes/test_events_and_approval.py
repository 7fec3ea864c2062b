from datetime import timedelta

import pytest
from pydantic import ValidationError

from nodeloom.graph.item import Item
from nodeloom.nodes.node_type import ApprovalAsked, Emitted, EventAwaited, EventSent, NodeResult, Parked, Resumption
from nodeloom.nodes.registry import BUILT_IN
from tests.unit.nodes.running import NOW, items, run_all, run_each

INPUT = {"in": items({"n": 1}, {"n": 2})}
SAID = Resumption("approval", {"decision": "rejected", "by": "Ada", "comment": "No", "at": "2026-05-31T12:00:00.000Z"})


def approval(params: dict[str, object], resumed: Resumption | None = None) -> NodeResult:
    return run_all("core.approval", {"message": "Go on?", **params}, INPUT, resumed)


@pytest.mark.parametrize(
    ("params", "sent"),
    [
        ({"name": "order.paid"}, EventSent("order.paid", {"n": 1})),
        ({"name": " order.paid ", "payload": [1]}, EventSent("order.paid", [1])),
    ],
)
def test_emit_sends_and_passes_on(params: dict[str, object], sent: EventSent) -> None:
    item = Item({"n": 1})
    result = run_each("core.emit", params, item)
    assert (result.ports["out"], result.asks) == ((item,), (sent,))


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201])
def test_names_that_are_none(name: str) -> None:
    for type_ in ("core.emit", "core.event"):
        with pytest.raises(ValidationError):
            BUILT_IN[type_].spec.params.model_validate({"name": name})


def test_a_filter_is_an_expression_or_conditions() -> None:
    params = BUILT_IN["core.event"].spec.params
    for filter_ in (None, "{{ $json.n }}", [{"left": "{{ $json.n }}", "operator": "exists"}]):
        assert params.model_validate({"name": "a", "filter": filter_}).model_dump()["filter"] is not Ellipsis
    with pytest.raises(ValidationError, match="between"):
        params.model_validate({"name": "a", "filter": "$json.n > 1"})


@pytest.mark.parametrize(
    ("given", "approvers"),
    [
        ({}, ["runner"]),
        ({"approvers": "anyone"}, ["anyone"]),
        ({"approvers": "Editor, Ada@Example.org"}, ["editor", "ada@example.org"]),
        ({"approvers": ["Anyone with the link"]}, ["anyone"]),
        ({"approvers": ["members"]}, ["viewer"]),
    ],
)
def test_approval_parks_and_asks(given: dict[str, object], approvers: list[str]) -> None:
    assert approval(given) == Parked("approval", None, asks=(ApprovalAsked("Go on?", approvers, None),))
    until = NOW + timedelta(seconds=60)
    assert approval({**given, "timeout_s": 60}) == Parked(
        "approval", until, asks=(ApprovalAsked("Go on?", approvers, until),)
    )


@pytest.mark.parametrize("approvers", [[], "", ["chief"], [1]])
def test_approvers_that_are_none(approvers: object) -> None:
    with pytest.raises(ValidationError):
        approval({"approvers": approvers})


@pytest.mark.parametrize(
    ("resumed", "port"), [(SAID, "rejected"), (Resumption("time", None), "timeout")], ids=["said", "late"]
)
def test_what_was_decided_stands_beside_the_item(resumed: Resumption, port: str) -> None:
    result = approval({"timeout_s": 5}, resumed)
    assert isinstance(result, Emitted)
    assert list(result.ports) == [port]
    assert [item.json["n"] for item in result.ports[port]] == [1, 2]
    assert [item.origin for item in result.ports[port]] == [(("in", 0),), (("in", 1),)]
    said = result.ports[port][0].json["approval"]
    assert isinstance(said, dict)
    assert said["decision"] == port


WAITS = {"for": "event", "trigger": {"type": "core.event", "name": "order.paid"}}


def test_wait_for_an_event_says_what_it_must_say() -> None:
    match = [{"left": "order_id", "right": 7}]
    asked = EventAwaited([{"left": "order_id", "operator": "equals", "right": 7}], "UTC", None)
    assert run_all("core.wait", {**WAITS, "match": match}, INPUT) == Parked("event", None, asks=(asked,))
    result = run_all("core.wait", WAITS, INPUT, Resumption("event", {"order_id": 7}))
    assert isinstance(result, Emitted)
    assert result.ports["out"][1].json == {"n": 2, "event": {"order_id": 7}}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"for": "event"}, "by what trigger"),
        ({**WAITS, "for": "call"}, "by what trigger"),
        ({"for": "event", "trigger": {"type": "core.event"}}, "name"),
        ({"for": "event", "trigger": {"type": "core.webhook", "path": "/a/"}}, "path"),
        ({"for": "event", "trigger": {"type": "core.schedule"}}, "cron expression or an interval"),
        ({**WAITS, "match": [{"left": "a", "operator": "matches", "right": "x"}]}, "regular expression"),
    ],
)
def test_waits_for_events_that_are_none(params: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        run_all("core.wait", params, INPUT)
