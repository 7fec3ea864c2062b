"""Runs with parents and children whose workers are taken away at bad moments, and many runs that wait at once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update

from nodeloom.adapters import clock
from nodeloom.adapters.queue import Bell
from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.worker.main import working
from nodeloom.features.runs.accept import NewRun, graph_ref, insert_runs, new_run_id
from nodeloom.features.runs.journal import Claim, Close, Entry, claim, write
from nodeloom.features.runs.models import RUNS, unfinished
from nodeloom.features.runs.payloads import packed_small
from nodeloom.features.runs.sweeper import sweep_for_ever
from tests.integration.runs.conftest import Running, nodes_of
from tests.integration.runs.test_children import called, calling, children_of
from tests.integration.runs.test_recovery import Service, held, taken_back
from tests.support.api import ApiUnderTest
from tests.support.far_side import FarSide, Seen
from tests.support.flows import MANUAL, graph, made, node, published
from tests.support.scopes import PLACES, SIXTY, THREE, edge, inside, leaves, nest, path_of, set_

__all__ = ["held"]


@asynccontextmanager
async def sweeping(running: Running) -> AsyncGenerator[None]:
    sweeper = asyncio.create_task(sweep_for_ever(running.api.db, Bell(running.redis)))
    try:
        yield
    finally:
        sweeper.cancel()
        await asyncio.gather(sweeper, return_exceptions=True)


async def test_a_parent_that_is_taken_over_starts_no_child_twice(running: Running, held: Service) -> None:
    """Its node waits for the child when the worker goes, in the middle of another branch."""
    callee = await published(running.client, graph(called(), node("ask", "http.request", url=held.side.url("/child"))))
    flow = graph(MANUAL, calling(callee))
    flow["nodes"].append(held.call("held", "GET", "/held"))
    flow["edges"].append(edge("start", "held"))
    run = await running.start(flow, [{"n": 1}, {"n": 2}], wait_s=0)
    await held.came_in.wait()
    await running.until_node(run["id"], "call", "waiting")

    await taken_back(running, run["id"])
    ended = await running.until(run["id"], "succeeded", "failed")

    assert ended["status"] == "succeeded", ended["error"]
    assert [row.parent_index for row in await children_of(running, run["id"])] == [0, 1]
    assert len(held.seen("/child")) == 2
    assert nodes_of(ended)["call"]["items_out"] == 2


async def test_a_child_that_ends_leaves_its_parent_woken_whatever_becomes_of_the_worker(
    api: ApiUnderTest, running: Running, settings: Settings
) -> None:
    """The end of the child and the waking of its parent are one transaction: nothing can come between."""
    callee = await published(running.client, graph(called(), node("wait", "core.wait", **{"for": "call"})))
    run = await running.start(graph(MANUAL, calling(callee)), {}, wait_s=0)
    await running.until(run["id"], "waiting")
    (child,) = await children_of(running, run["id"])
    await running.until(child.id, "waiting")
    await running.worker.drain(5)
    async with api.db.transaction() as session:
        await session.execute(update(RUNS).where(RUNS.c.id == child.id).values(status="queued"))
    (claimed,) = await api.db.writer.call(claim, Claim("wrk_gone", 10, clock.now()))
    close = Close("succeeded", 0, finished_at=clock.now(), output=packed_small([{"json": {"x": 1}}]), wakes_parent=True)
    assert await api.db.writer.call(write, Entry(child.id, claimed["fence"], close=close)) == "written"

    assert (await running.run(run["id"]))["status"] == "queued"
    async with working(settings):
        ended = await running.until(run["id"], "succeeded", "failed")
    assert ended["output"] == [{"x": 1}]


async def test_a_part_of_a_map_that_is_taken_over_is_finished_by_another(running: Running, held: Service) -> None:
    flow = {
        "nodes": [
            MANUAL,
            node("each", "core.map", concurrency=4),
            *inside(
                "each",
                held.call("ask", "GET", "/{{ $json.n === 40 ? 'held' : 'free' }}"),
                set_("n", n="{{ $('Start').item.json.n }}"),
            ),
        ],
        "edges": [edge("start", "each"), edge("ask", "n")],
    }
    run = await running.start(flow, [{"n": n} for n in range(60)], wait_s=0)
    await held.came_in.wait()
    (part,) = [row for row in await children_of(running, run["id"]) if row.scopes_from <= 40 < row.scopes_to]

    await taken_back(running, part.id)
    ended = await running.until(run["id"], "succeeded", "failed")

    assert ended["status"] == "succeeded", ended["error"]
    assert ended["output"] == [{"n": n} for n in range(60)]
    paths = [entry["path"] for entry in ended["node_runs"] if entry["node_id"] == "n"]
    assert sorted(paths) == sorted(f"each:{n}" for n in range(60))


async def test_sixty_leaves_are_right_after_the_worker_was_taken_away_in_the_middle(
    running: Running, held: Service
) -> None:
    """3 by 4 by 5, held at the second of the third of the fourth."""
    where = "{{ [$('Split1').item.json.i, $('Split2').item.json.j, $json.k].join() === '1,2,3' ? 'held' : 'free' }}"
    flow = nest(held.call("ask", "GET", "/{{ $json.at }}"), at=where)
    run = await running.start(flow, THREE, wait_s=0)
    await held.came_in.wait()
    await taken_back(running, run["id"])
    ended = await running.until(run["id"], "succeeded", "failed")

    assert ended["status"] == "succeeded", ended["error"]
    assert leaves(ended) == SIXTY
    for place in PLACES:
        address = f"/api/v1/runs/{run['id']}/nodes/leaf/output?path={path_of(place)}"
        (given,) = (await running.client.get(address)).json()["items"]
        assert (given["json"]["a"], given["json"]["b"], given["json"]["c"]) == place
    assert nodes_of(ended)["one"]["items_out"] == 60


async def answer_after(seconds: float, _seen: Seen, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(seconds)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize("kind", ["http.request", "core.wait"])
async def test_two_branches_of_two_seconds_end_after_two_seconds(running: Running, service: FarSide, kind: str) -> None:
    """Whether they keep the worker, as a call does, or leave it, as a wait does."""
    service.raw = partial(answer_after, 2)
    params: dict[str, Any] = {"url": service.url()} if kind == "http.request" else {"seconds": 2}
    slow = [node(name, kind, **params) for name in ("left", "right")]
    flow = {"nodes": [MANUAL, *slow], "edges": [edge("start", "left"), edge("start", "right")]}

    run = await running.start(flow)

    assert run["status"] == "succeeded", run["error"]
    took = datetime.fromisoformat(run["finished_at"]) - datetime.fromisoformat(run["created_at"])
    assert timedelta(seconds=2) <= took < timedelta(seconds=2.6)


async def test_two_branches_go_on_at_the_same_time(running: Running, service: FarSide) -> None:
    """Each call is answered only when the other has come in too; what is shown of them overlaps."""
    both = asyncio.Event()

    async def together(_seen: Any, writer: asyncio.StreamWriter) -> None:
        if len(service.seen) == 2:
            both.set()
        await both.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()

    service.raw = together
    calls = [node(name, "http.request", url=service.url(f"/{name}")) for name in ("left", "right")]
    flow = {"nodes": [MANUAL, *calls], "edges": [edge("start", "left"), edge("start", "right")]}
    run = await running.start(flow)
    left, right = (nodes_of(run)[name] for name in ("left", "right"))
    assert run["status"] == "succeeded"
    assert max(left["started_at"], right["started_at"]) < min(left["finished_at"], right["finished_at"])


async def test_a_thousand_waiting_runs_keep_no_worker_busy(running: Running) -> None:
    hold = graph(MANUAL, node("hold", "core.wait", **{"for": "call"}))
    workflow_id = await made(running.client, hold)
    workspace_id = (await running.client.get("/api/v1/me")).json()["workspaces"][0]["id"]
    document = (await running.client.get(f"/api/v1/workflows/{workflow_id}")).json()["graph"]
    reference, now = graph_ref(document), clock.now()
    runs = [
        NewRun(
            id=new_run_id(),
            workspace_id=workspace_id,
            workflow_id=workflow_id,
            workflow_name="Hold",
            version=None,
            graph=reference,
            trigger_node="start",
            trigger_kind="manual",
            input=packed_small([{"json": {}}]),
            created_at=now,
        )
        for _ in range(1_000)
    ]
    async with running.api.db.transaction() as session:
        await (await session.connection()).run_sync(insert_runs, runs)
    await Bell(running.redis).ring()
    awake = select(func.count()).where(unfinished(RUNS), RUNS.c.status != "waiting")
    while True:
        async with running.api.db.read() as session:
            if not await session.scalar(awake):
                break
        await asyncio.sleep(0.05)

    assert running.worker.active == 0
    called_one = await running.run(runs[500].id)
    await running.client.post(called_one["waiting"]["url"], json={})
    assert (await running.until(runs[500].id, "succeeded", "failed"))["status"] == "succeeded"


async def test_a_wait_ends_in_time_though_all_was_restarted_meanwhile(running: Running, settings: Settings) -> None:
    run = await running.start(graph(MANUAL, node("wait", "core.wait", seconds=2)), wait_s=0)
    waiting = await running.until(run["id"], "waiting")
    await running.worker.drain(5)
    async with sweeping(running), working(settings):
        ended = await running.until(run["id"], "succeeded", "failed")
    late = datetime.fromisoformat(ended["finished_at"]) - datetime.fromisoformat(waiting["waiting"]["until"])
    assert timedelta() <= late < timedelta(seconds=2)
