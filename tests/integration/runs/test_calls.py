"""Calls to the outside: retried where that is safe, never repeated silently where it is not."""

import asyncio
from typing import Any

import pytest

from nodeloom.features.runs.sweeper import sweep
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.far_side import FarSide, Reply, Seen
from tests.support.flows import MANUAL, graph, node


def call(service: FarSide, method: str = "GET", **settings: Any) -> dict[str, Any]:
    return {**node("call", "http.request", method=method, url=service.url("/x")), "settings": settings}


def failing(times: int, status: int, **headers: str) -> Any:
    """Fails so many times, then answers 200."""
    left = [times]

    def answer(_: Seen) -> Reply:
        left[0] -= 1
        return (
            Reply(status, headers) if left[0] >= 0 else Reply(200, {"content-type": "application/json"}, b'{"ok": 1}')
        )

    return answer


QUICK = {"max_attempts": 4, "base_s": 0.01, "factor": 1, "jitter": False}


async def test_a_read_is_tried_again_until_it_works(running: Running, service: FarSide) -> None:
    service.answer = failing(2, 503)

    run = await running.start(graph(MANUAL, call(service, retry=QUICK)))

    assert run["status"] == "succeeded"
    assert nodes_of(run)["call"]["attempt"] == 3
    assert run["output"][0]["body"] == {"ok": 1}


async def test_without_a_retry_the_first_failure_counts(running: Running, service: FarSide) -> None:
    service.answer = failing(1, 503)

    run = await running.start(graph(MANUAL, call(service)))

    assert (run["status"], run["error"]["node_id"], len(service.seen)) == ("failed", "call", 1)


async def test_a_service_that_asks_for_a_long_pause_frees_the_worker(running: Running, service: FarSide) -> None:
    service.answer = failing(1, 429, **{"Retry-After": "6"})

    run = await running.start(graph(MANUAL, call(service, retry=QUICK)), wait_s=0)
    parked = await running.until(run["id"], "waiting")
    ended = await running.until(run["id"], "succeeded", "failed")

    assert (parked["waiting"]["reason"], parked["waiting"]["until"] is not None) == ("retry", True)
    assert (ended["status"], len(service.seen)) == ("succeeded", 2)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_idempotent_call_is_repeated(running: Running, service: FarSide, method: str) -> None:
    service.answer = failing(1, 500)

    run = await running.start(graph(MANUAL, call(service, method, retry=QUICK)))

    assert (run["status"], len(service.seen)) == ("succeeded", 2)


async def test_a_call_made_once_is_not_repeated_when_nobody_knows_what_happened(
    running: Running, service: FarSide
) -> None:
    service.answer = failing(1, 500)

    run = await running.start(graph(MANUAL, call(service, "POST", retry=QUICK)), wait_s=0)
    waiting = await running.until(run["id"], "waiting", "failed", "succeeded")

    assert (waiting["status"], waiting["waiting"]["reason"], len(service.seen)) == ("waiting", "outcome", 1)
    outcomes = (await running.client.get("/api/v1/outcomes")).json()["items"]
    assert [(outcome["run_id"], outcome["node_id"]) for outcome in outcomes] == [(run["id"], "call")]


async def test_an_outcome_that_happened_is_taken_from_the_person(running: Running, service: FarSide) -> None:
    service.answer = failing(1, 500)
    run = await running.start(graph(MANUAL, call(service, "POST")), wait_s=0)
    await running.until(run["id"], "waiting")

    answer = await running.client.post(
        f"/api/v1/runs/{run['id']}/nodes/call/resolve", json={"outcome": "happened", "output": {"id": 7}}
    )

    assert answer.status_code == 202, answer.text
    ended = await running.until(run["id"], "succeeded", "failed")
    assert (ended["output"], len(service.seen)) == ([{"id": 7}], 1)
    assert (await running.client.get("/api/v1/outcomes")).json()["items"] == []


async def test_an_outcome_that_did_not_happen_is_brought_about(running: Running, service: FarSide) -> None:
    service.answer = failing(1, 500)
    run = await running.start(graph(MANUAL, call(service, "POST")), wait_s=0)
    await running.until(run["id"], "waiting")

    await running.client.post(f"/api/v1/runs/{run['id']}/nodes/call/resolve", json={"outcome": "did_not_happen"})

    ended = await running.until(run["id"], "succeeded", "failed")
    assert (ended["output"][0]["body"], len(service.seen)) == ({"ok": 1}, 2)


async def test_a_settled_outcome_can_not_be_settled_again(running: Running, service: FarSide) -> None:
    run = await running.start(graph(MANUAL, call(service)))

    answer = await running.client.post(f"/api/v1/runs/{run['id']}/nodes/call/resolve", json={"outcome": "happened"})

    assert answer.status_code == 409


@pytest.mark.parametrize(("policy", "status", "calls"), [("fail", "failed", 1), ("repeat", "succeeded", 2)])
async def test_the_node_may_say_what_happens_in_doubt(
    running: Running, service: FarSide, policy: str, status: str, calls: int
) -> None:
    service.answer = failing(1, 500)

    run = await running.start(graph(MANUAL, call(service, "POST", in_doubt=policy, retry=QUICK)))

    assert (run["status"], len(service.seen)) == (status, calls)


async def test_a_post_is_repeated_when_the_service_proves_that_it_did_nothing(
    running: Running, service: FarSide
) -> None:
    service.answer = failing(1, 429)

    run = await running.start(graph(MANUAL, call(service, "POST", retry=QUICK)))

    assert (run["status"], len(service.seen)) == ("succeeded", 2)


async def test_the_error_port_carries_the_item_and_what_went_wrong(running: Running, service: FarSide) -> None:
    service.answer = failing(9, 404)
    handled = node("handled", "core.noop")
    flow = {
        "nodes": [MANUAL, call(service, on_error="port"), handled],
        "edges": [
            {"source": "start", "port": "out", "target": "call"},
            {"source": "call", "port": "error", "target": "handled"},
        ],
    }

    run = await running.start(flow, {"order": 1})

    assert run["status"] == "succeeded"
    assert run["output"][0]["order"] == 1
    assert run["output"][0]["error"]["node_id"] == "call"


async def test_one_failing_item_does_not_take_the_others_along(running: Running, service: FarSide) -> None:
    service.answer = lambda seen: Reply(404 if seen.path.endswith("2") else 200)
    each = {
        **node("call", "http.request", method="GET", url=service.url("/{{ $json.n }}")),
        "settings": {"on_error": "continue"},
    }

    run = await running.start(graph(MANUAL, each), [{"n": 1}, {"n": 2}, {"n": 3}])

    assert ["error" in item for item in run["output"]] == [False, True, False]


async def test_a_node_that_takes_too_long_fails(running: Running, service: FarSide) -> None:
    over = asyncio.Event()

    async def never(_: Seen, __: Any) -> None:
        await over.wait()

    service.raw = never
    run = await running.start(graph(MANUAL, call(service, timeout_s=0.2)), wait_s=0)

    ended = await running.until(run["id"], "failed", "succeeded")
    over.set()

    assert ended["error"]["code"] == "timeout"


async def test_a_private_address_is_refused(running: Running) -> None:
    run = await running.start(
        graph(MANUAL, node("call", "http.request", method="GET", url="http://169.254.169.254/latest/meta-data"))
    )

    assert run["status"] == "failed"
    assert "NODELOOM_EGRESS_ALLOW" in run["error"]["hint"] + run["error"]["message"]


async def test_branches_run_side_by_side(running: Running, service: FarSide) -> None:
    """Each of two calls is answered only once the other one has come in."""
    both = asyncio.Barrier(2)

    async def together(_: Seen, writer: Any) -> None:
        await both.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    service.raw = together
    flow = {
        "nodes": [MANUAL] + [node(id_, "http.request", method="GET", url=service.url(f"/{id_}")) for id_ in "ab"],
        "edges": [{"source": "start", "port": "out", "target": id_} for id_ in "ab"],
    }

    run = await running.start(flow)

    assert run["status"] == "succeeded"


async def test_a_run_whose_account_was_refused_goes_on_once_it_is_renewed(running: Running, service: FarSide) -> None:
    service.answer = lambda seen: Reply(200 if seen.headers["authorization"] == "Bearer new" else 401)
    made = await running.client.post(
        "/api/v1/connections", json={"connector": "bearer", "name": "Shop", "secret": {"token": "old"}}
    )
    connection = f"/api/v1/connections/{made.json()['id']}"
    auth = {"kind": "bearer", "connection_id": made.json()["id"]}
    asking = node("call", "http.request", method="GET", url=service.url(), auth=auth)
    run = await running.start(graph(MANUAL, asking), wait_s=0)
    parked = await running.until(run["id"], "waiting", "failed")
    broken = (await running.client.get(connection)).json()["health"]

    await running.client.put(connection, json={"name": "Shop", "secret": {"token": "new"}})
    await sweep(running.api.db, running.api.app.state.bell)

    ended = await running.until(run["id"], "succeeded", "failed")
    healthy = (await running.client.get(connection)).json()["health"]
    assert (parked["waiting"]["reason"], broken) == ("connection", "broken")
    assert (ended["status"], healthy) == ("succeeded", "healthy")
