from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.nodes.node_type import Answer, Emitted, NodeFailed, NodeResult, Parked, Resumption
from tests.unit.nodes.running import NOW, items, run_all

FILE = ArtifactRef("art_1", "a.txt", "text/plain", 3)
INPUT = {"in": items({"n": 1}, {"n": 2})}
CALLED = Resumption("call", {"body": {"ok": True}, "headers": {}, "query": {}, "method": "POST"})
IN_TIME = Resumption("time", None)


def wait(params: dict[str, object], resumed: Resumption | None = None, timezone: str = "UTC") -> NodeResult:
    return run_all("core.wait", params, INPUT, resumed, timezone)


@pytest.mark.parametrize(
    ("params", "parked"),
    [
        ({"seconds": 90}, Parked("time", NOW + timedelta(seconds=90))),
        ({"until": "2026-06-01T00:00:00Z"}, Parked("time", datetime(2026, 6, 1, tzinfo=UTC))),
        ({"until": "2026-06-01"}, Parked("time", datetime(2026, 5, 31, 22, tzinfo=UTC))),
        ({"for": "call"}, Parked("call", None)),
        ({"for": "call", "timeout_s": 60}, Parked("call", NOW + timedelta(seconds=60))),
    ],
)
def test_wait_parks(params: dict[str, object], parked: Parked) -> None:
    assert wait(params, timezone="Europe/Berlin") == parked


@pytest.mark.parametrize("params", [{"seconds": 0}, {"until": "2020-01-01"}])
def test_what_is_over_is_not_waited_for(params: dict[str, object]) -> None:
    assert isinstance(wait(params), Emitted)


@pytest.mark.parametrize(
    ("params", "resumed", "port", "first"),
    [
        ({"seconds": 5}, IN_TIME, "out", {"n": 1}),
        ({"until": "2030-01-01"}, IN_TIME, "out", {"n": 1}),
        ({"for": "call", "timeout_s": 5}, IN_TIME, "timeout", {"n": 1}),
        ({"for": "call"}, CALLED, "out", {"n": 1, **(CALLED.payload or {})}),
    ],
)
def test_wait_goes_on(params: dict[str, object], resumed: Resumption, port: str, first: dict[str, object]) -> None:
    result = wait(params, resumed)
    assert isinstance(result, Emitted)
    assert list(result.ports) == [port]
    assert result.ports[port][0].json == first
    assert [item.origin for item in result.ports[port]] == [(("in", 0),), (("in", 1),)]


@pytest.mark.parametrize("params", [{}, {"seconds": 1, "until": "2030-01-01"}, {"seconds": 1, "for": "call"}])
def test_wait_is_for_one_thing(params: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="one of the three"):
        wait(params)


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(NodeFailed, match="beyond the calendar"):
        wait({"until": "9999-12-31T23:59:59-14:00"})


def test_wait_until_something_else() -> None:
    with pytest.raises(NodeFailed, match="no date"):
        wait({"until": "soon"})


@pytest.mark.parametrize(
    ("params", "answer"),
    [
        ({}, Answer(200, {}, {"n": 1})),
        ({"status": 201, "body": "text", "headers": {"X-A": "1"}}, Answer(201, {"X-A": "1"}, "text")),
        ({"body": None, "headers": [{"name": "X-N", "value": 5}]}, Answer(200, {"X-N": "5"}, None)),
    ],
)
def test_respond(params: dict[str, object], answer: Answer) -> None:
    result = run_all("core.respond", params, INPUT)
    assert isinstance(result, Emitted)
    assert result.answer == answer
    assert [item.json for item in result.ports["out"]] == [{"n": 1}, {"n": 2}]


def test_respond_with_a_file() -> None:
    result = run_all("core.respond", {"file": "f"}, {"in": [Item({}, {"f": FILE})]})
    assert isinstance(result, Emitted)
    assert result.answer == Answer(200, {}, FILE)
    with pytest.raises(NodeFailed, match="it has f"):
        run_all("core.respond", {"file": "g"}, {"in": [Item({}, {"f": FILE})]})


@pytest.mark.parametrize("headers", [{"X A": "1"}, {"X": "1\r\nSet-Cookie: a=b"}, [1], "X: 1", {"X": {}}])
def test_headers_that_can_not_be_sent(headers: object) -> None:
    with pytest.raises(ValidationError):
        run_all("core.respond", {"headers": headers}, INPUT)


def test_stop_fails_with_its_message() -> None:
    with pytest.raises(NodeFailed, match="no customer") as refusal:
        run_all("core.stop", {"message": "no customer"}, INPUT)
    assert refusal.value.code == "stopped"


def test_noop_passes_on() -> None:
    result = run_all("core.noop", {}, INPUT)
    assert isinstance(result, Emitted)
    assert [(item.json, item.origin) for item in result.ports["out"]] == [
        ({"n": 1}, (("in", 0),)),
        ({"n": 2}, (("in", 1),)),
    ]
