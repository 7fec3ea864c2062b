"""What a browser hears while a run goes on, and after its connection was lost."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson

from nodeloom.adapters.live import LiveEvent
from tests.integration.runs.conftest import Running
from tests.support.flows import MANUAL, graph, made, node


async def watch(running: Running, topics: set[str], after: str | None = None) -> AsyncGenerator[LiveEvent]:
    live = running.api.app.state.live
    async for event in live.read(running.api.workspace_id, frozenset(topics), after):
        if event is not None:
            yield event


async def heard_until_end(events: AsyncGenerator[LiveEvent]) -> list[tuple[str, dict[str, Any], str]]:
    """(type, data, id) of every event up to the end of a run."""
    heard: list[tuple[str, dict[str, Any], str]] = []
    async for event in events:
        data = orjson.loads(event.data)
        heard.append((event.type, data, event.id))
        if event.type == "run" and data["status"] in ("succeeded", "failed"):
            break
    return heard


async def started_watching(running: Running, workflow_id: str) -> "asyncio.Task[list[tuple[str, dict[str, Any], str]]]":
    """A reader that the worker knows of: it is asked until it says that it watches."""

    async def read() -> list[tuple[str, dict[str, Any], str]]:
        async with aclosing(watch(running, {f"workflow:{workflow_id}"})) as events:
            return await heard_until_end(events)

    task = asyncio.create_task(read())
    run = {"workspace_id": running.api.workspace_id, "id": "any", "workflow_id": workflow_id}
    for _ in range(500):
        if running.worker.watched(run):
            return task
        await asyncio.sleep(0.01)
    raise AssertionError("the worker never heard that somebody watches")


async def test_a_watched_run_is_heard_node_by_node_in_order(running: Running) -> None:
    workflow_id = await made(running.client, graph(MANUAL, node("pass", "core.noop")))
    reading = await started_watching(running, workflow_id)

    run = await running.start_again(workflow_id, {"a": 1})

    heard = await asyncio.wait_for(reading, 20)
    assert [(type_, data.get("node_id"), data["status"]) for type_, data, _ in heard] == [
        ("run", None, "running"),
        ("node_run", "start", "succeeded"),
        ("node_run", "pass", "running"),
        ("node_run", "pass", "succeeded"),
        ("run", None, "succeeded"),
    ]
    assert heard[-1][1]["id"] == run["id"]


async def test_who_lost_the_connection_gets_what_was_missed(running: Running) -> None:
    workflow_id = await made(running.client, graph(MANUAL, node("pass", "core.noop")))
    reading = await started_watching(running, workflow_id)
    await running.start_again(workflow_id)
    first = await asyncio.wait_for(reading, 20)
    await running.start_again(workflow_id)

    async with aclosing(watch(running, {f"workflow:{workflow_id}"}, after=first[-1][2])) as events:
        missed = await asyncio.wait_for(heard_until_end(events), 20)

    assert [type_ for type_, _, _ in missed] == ["run", "node_run", "node_run", "node_run", "run"]


async def test_what_nobody_watches_any_more_is_forgotten_in_redis_too(running: Running) -> None:
    untyped: Any = running.redis
    await untyped.hset("nodeloom:live:watched", f"{running.api.workspace_id}|run:old", "1000")

    async with aclosing(watch(running, {"runs"}, after="1-1")) as events:
        await anext(events)

    kept = await untyped.hkeys("nodeloom:live:watched")
    assert kept == [f"{running.api.workspace_id}|runs".encode()]


async def test_who_was_away_for_too_long_is_told_to_read_anew(running: Running) -> None:
    async with aclosing(watch(running, {"runs"}, after="1-1")) as events:
        first = await asyncio.wait_for(anext(events), 20)

    assert first.type == "reset"


async def test_nobody_hears_of_another_workspace(running: Running) -> None:
    elsewhere = await running.api.with_key("owner", await running.api.add_workspace())
    theirs = await made(elsewhere, graph(MANUAL))
    ours = await made(running.client, graph(MANUAL))
    reading = await started_watching(running, ours)

    await elsewhere.post(f"/api/v1/workflows/{theirs}/runs", json={"wait_s": 10})
    run = await running.start_again(ours)

    assert {data["id"] for type_, data, _ in await asyncio.wait_for(reading, 20) if type_ == "run"} == {run["id"]}
