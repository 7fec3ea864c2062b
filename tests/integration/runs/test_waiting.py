"""Runs that sleep, are called, are cancelled, or queue."""

import asyncio
from typing import Any

import pytest

from tests.integration.runs.conftest import Running, nodes_of
from tests.support.far_side import FarSide, Seen
from tests.support.flows import MANUAL, graph, node


async def test_a_wait_ends_on_time_and_holds_no_worker(running: Running) -> None:
    run = await running.start(graph(MANUAL, node("nap", "core.wait", seconds=1)), {"a": 1}, wait_s=0)

    asleep = await running.until(run["id"], "waiting")
    assert (asleep["waiting"]["reason"], running.worker.active) == ("time", 0)
    ended = await running.until(run["id"], "succeeded", "failed")

    assert ended["output"] == [{"a": 1}]


async def test_a_call_resumes_a_run_once(running: Running) -> None:
    run = await running.start(graph(MANUAL, node("hold", "core.wait", **{"for": "call"})), wait_s=0)
    url = (await running.until(run["id"], "waiting"))["waiting"]["url"]

    preview = await running.client.get(url)
    first = await running.client.post(url, json={"approved": True})
    again = await running.client.post(url, json={"approved": False})

    ended = await running.until(run["id"], "succeeded", "failed")
    assert (preview.status_code, first.status_code, again.status_code) == (405, 202, 410)
    assert ended["output"][0]["body"] == {"approved": True}


async def test_of_many_calls_at_once_one_counts_and_the_run_goes_on(running: Running) -> None:
    run = await running.start(graph(MANUAL, node("hold", "core.wait", **{"for": "call"})), wait_s=0)
    url = (await running.until(run["id"], "waiting"))["waiting"]["url"]

    answers = await asyncio.gather(*(running.client.post(url, json={"call": number}) for number in range(20)))

    assert sorted(answer.status_code for answer in answers) == [202] + [410] * 19
    assert (await running.until(run["id"], "succeeded", "failed"))["status"] == "succeeded"


async def test_a_wait_for_a_call_gives_up_after_its_time(running: Running) -> None:
    hold = node("hold", "core.wait", **{"for": "call", "timeout_s": 1})
    flow = {
        "nodes": [MANUAL, hold, node("late", "core.noop")],
        "edges": [
            {"source": "start", "port": "out", "target": "hold"},
            {"source": "hold", "port": "timeout", "target": "late"},
        ],
    }

    run = await running.start(flow, {"a": 1})

    assert (run["status"], nodes_of(run)["late"]["status"]) == ("succeeded", "succeeded")


async def test_a_sleeping_run_can_be_cancelled(running: Running) -> None:
    run = await running.start(graph(MANUAL, node("hold", "core.wait", **{"for": "call"})), wait_s=0)
    url = (await running.until(run["id"], "waiting"))["waiting"]["url"]

    answer = await running.client.post(f"/api/v1/runs/{run['id']}/cancel")

    ended = await running.run(run["id"])
    assert (answer.status_code, ended["status"], nodes_of(ended)["hold"]["status"]) == (202, "cancelled", "cancelled")
    assert (await running.client.post(url)).status_code == 410
    assert (await running.client.post(f"/api/v1/runs/{run['id']}/cancel")).status_code == 409


@pytest.mark.parametrize(("method", "unknown"), [("GET", 0), ("POST", 1)])
async def test_a_cancel_reaches_a_call_in_flight(running: Running, service: FarSide, method: str, unknown: int) -> None:
    """A cut-off effect is shown as unknown: it may have happened."""

    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def never(_: Seen, __: Any) -> None:
        await running.client.post(f"/api/v1/runs/{await known}/cancel")
        await running.until(await known, "cancelled")

    service.raw = never
    run = await running.start(graph(MANUAL, node("call", "http.request", method=method, url=service.url())), wait_s=0)
    known.set_result(run["id"])

    ended = await running.until(run["id"], "cancelled", "failed", "succeeded")

    assert ended["status"] == "cancelled"
    assert len((await running.client.get("/api/v1/outcomes")).json()["items"]) == unknown


async def test_a_run_over_its_time_fails(running: Running, service: FarSide) -> None:
    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def never(_: Seen, __: Any) -> None:
        await running.until(await known, "failed")

    service.raw = never
    flow = graph(MANUAL, node("call", "http.request", method="GET", url=service.url()), timeout_s=0.5)
    run = await running.start(flow, wait_s=0)
    known.set_result(run["id"])

    ended = await running.until(run["id"], "failed", "succeeded")

    assert (ended["error"]["code"], nodes_of(ended)["call"]["status"]) == ("run_timeout", "cancelled")


async def test_no_more_runs_of_a_workflow_than_its_limit(running: Running, service: FarSide) -> None:
    """The second call comes in only after the first was answered."""
    at_once: list[int] = []
    open_calls = [0]

    async def answer(_: Seen, writer: Any) -> None:
        open_calls[0] += 1
        at_once.append(open_calls[0])
        await running.client.get("/api/v1/runs")
        open_calls[0] -= 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    service.raw = answer
    flow = graph(MANUAL, node("call", "http.request", method="GET", url=service.url()), max_concurrent_runs=1)
    first = await running.start(flow, wait_s=0)
    others = [await running.start_again(first["workflow_id"], wait_s=0) for _ in range(4)]

    for run in [first, *others]:
        assert (await running.until(run["id"], "succeeded", "failed"))["status"] == "succeeded"
    assert max(at_once) == 1


@pytest.mark.parametrize("pause", [{"seconds": 0.3}, {"for": "call"}])
async def test_a_node_that_slept_goes_on_while_another_branch_still_works(
    running: Running, service: FarSide, pause: dict[str, Any]
) -> None:
    """The slow call is answered only after the branch that slept has ended."""

    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def answer(_: Seen, writer: Any) -> None:
        if "for" in pause:
            token = running.api.app.state.resume_tokens.token(await known)
            await running.until_node(await known, "nap", "waiting")
            assert (await running.client.post(f"/hooks/-/resume/{token}", json={})).status_code == 202
        await running.until_node(await known, "after", "succeeded")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    service.raw = answer
    slow = node("slow", "http.request", method="GET", url=service.url())
    flow = {
        "nodes": [MANUAL, slow, node("nap", "core.wait", **pause), node("after", "core.noop")],
        "edges": [
            {"source": "start", "port": "out", "target": "slow"},
            {"source": "start", "port": "out", "target": "nap"},
            {"source": "nap", "port": "out", "target": "after"},
        ],
    }
    run = await running.start(flow, wait_s=0)
    known.set_result(run["id"])

    ended = await running.until(run["id"], "succeeded", "failed")

    assert ended["status"] == "succeeded"


@pytest.mark.parametrize(
    ("query", "content_type"), [("&" * 20_000, "application/json"), ("", "text/plain; charset=undefined")]
)
async def test_a_call_that_can_not_be_read_is_refused_and_may_come_again(
    running: Running, query: str, content_type: str
) -> None:
    run = await running.start(graph(MANUAL, node("hold", "core.wait", **{"for": "call"})), wait_s=0)
    url = (await running.until(run["id"], "waiting"))["waiting"]["url"]

    odd = await running.client.post(f"{url}?{query}", content=b"1", headers={"Content-Type": content_type})

    assert (odd.status_code, (await running.client.post(url, json={})).status_code) == (400, 202)


async def test_a_failure_beside_a_sleeping_branch_tells_the_truth_of_every_node(
    running: Running, service: FarSide
) -> None:
    """The branch that sleeps was written down in an earlier claim; the other one wakes and fails."""
    flow = {
        "nodes": [
            MANUAL,
            node("hold", "core.wait", **{"for": "call"}),
            node("nap", "core.wait", seconds=0.2),
            node("halt", "core.stop", message="enough"),
        ],
        "edges": [
            {"source": "start", "port": "out", "target": "hold"},
            {"source": "start", "port": "out", "target": "nap"},
            {"source": "nap", "port": "out", "target": "halt"},
        ],
    }

    run = await running.start(flow)

    assert (run["status"], run["error"]["code"]) == ("failed", "stopped")
    assert {id_: state["status"] for id_, state in nodes_of(run).items()} == {
        "start": "succeeded",
        "hold": "cancelled",
        "nap": "succeeded",
        "halt": "failed",
    }
