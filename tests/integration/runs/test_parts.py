"""Maps over many items, driven in parts by several workers and shown as one."""

import asyncio
import itertools
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.worker.main import working
from nodeloom.features.runs.models import RUNS, WORKERS
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.flows import MANUAL, graph, node, published

BAD = frozenset({0, 17, 99, 400, 401, 750, 999})


def many(count: int, *, on_item_error: str = "collect", concurrency: int = 10) -> dict[str, Any]:
    """A map that fails for `bad` items and gives the others with what stands outside of it."""
    check = node("check", "core.code", source="if (items[0].json.bad) throw new Error('bad');\nreturn items;")
    fields = [
        {"name": "n", "value": "{{ $json.n }}"},
        {"name": "at", "value": "{{ $scope.index }}"},
        {"name": "of", "value": "{{ $('Start').all().length }}"},
        {"name": "first", "value": "{{ $('Start').item.json.n }}"},
        {"name": "run", "value": "{{ $run.id }}"},
    ]
    keep = node("keep", "core.set", keep="none", fields=fields)
    after = node("after", "core.set", fields=[{"name": "was", "value": "{{ $('Start').item.json.n }}"}])
    each = node("each", "core.map", concurrency=concurrency, on_item_error=on_item_error)
    return {
        "nodes": [MANUAL, each, {**check, "parent": "each"}, {**keep, "parent": "each"}, after],
        "edges": [
            {"source": "start", "target": "each"},
            {"source": "check", "target": "keep"},
            {"source": "each", "port": "done", "target": "after"},
        ],
    }


def items(count: int, bad: frozenset[int] = frozenset()) -> list[dict[str, Any]]:
    return [{"n": n, "bad": n in bad} for n in range(count)]


def ran_in(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes that were not taken over from an earlier run."""
    began = datetime.fromisoformat(run["started_at"])
    started = [entry for entry in run["node_runs"] if entry["started_at"] is not None]
    return [entry for entry in started if datetime.fromisoformat(entry["started_at"]) >= began]


async def parts_of(running: Running, run_id: str) -> list[Any]:
    statement = select(RUNS).where(RUNS.c.parent_run_id == run_id).order_by(RUNS.c.parent_index)
    async with running.api.db.read() as session:
        return list((await session.execute(statement)).all())


async def registered(running: Running, workers: int) -> None:
    """Until so many workers have said that they live: of parts, each takes its share of those that are known."""
    for _ in itertools.count():
        async with running.api.db.read() as session:
            if await session.scalar(select(func.count()).select_from(WORKERS)) == workers:
                return
        await asyncio.sleep(0.01)


async def test_a_map_of_a_thousand_with_seven_bad_items_is_shared_by_two_workers(
    running: Running, settings: Settings
) -> None:
    async with working(settings) as (other, _):
        await registered(running, 2)
        run_id = (await running.start(many(1000), items(1000, BAD), wait_s=0))["id"]
        for _ in itertools.count():
            if running.worker.active and other.active:
                break
            await asyncio.sleep(0.005)
        run = await running.until(run_id, "succeeded", "failed")

    assert run["status"] == "succeeded", run["error"]
    assert [item["n"] for item in run["output"]] == [n for n in range(1000) if n not in BAD]
    assert all(
        (item["at"], item["first"], item["was"], item["of"], item["run"]) == (item["n"],) * 3 + (1000, run_id)
        for item in run["output"]
    )
    errors = (await running.client.get(f"/api/v1/runs/{run_id}/nodes/each/output?port=errors")).json()["items"]
    assert [item["json"]["n"] for item in errors] == sorted(BAD)
    assert {item["json"]["error"]["code"] for item in errors} == {"code_failed"}

    parts = await parts_of(running, run_id)
    assert [(row.scopes_from, row.scopes_to) for row in parts] == [(n * 100, n * 100 + 100) for n in range(10)]
    assert {row.status for row in parts} == {"succeeded"}
    inner = [entry for entry in run["node_runs"] if entry["node_id"] == "check"]
    assert sorted(int(entry["path"].partition(":")[2]) for entry in inner) == list(range(1000))
    assert sum(entry["status"] == "failed" for entry in inner) == 7
    assert [entry["path"] for entry in run["node_runs"] if entry["node_id"] == "each"] == [""]

    listed = (await running.client.get("/api/v1/runs")).json()["items"]
    assert [entry["id"] for entry in listed] == [run_id]
    page = await running.client.get(f"/api/v1/runs/{run_id}/nodes/keep/output?path=each:998")
    assert page.json()["items"][0]["json"]["n"] == 998
    page = await running.client.get(f"/api/v1/runs/{run_id}/nodes/check/input?path=each:998")
    assert page.json()["items"][0]["json"]["n"] == 998

    answer = await running.client.post(f"/api/v1/runs/{run_id}/retry", json={"failed_items_of": "each"})
    again = await running.until(answer.json()["id"], "succeeded", "failed")
    checked = [entry["path"] for entry in ran_in(again) if entry["node_id"] == "check"]
    assert sorted(checked) == sorted(f"each:{n}" for n in BAD)
    assert nodes_of(again)["each"]["ports"] == {"done": 993, "errors": 7}
    assert [item["n"] for item in again["output"]] == [item["n"] for item in run["output"]]


async def test_a_bad_item_fails_the_run_and_ends_the_other_parts(running: Running) -> None:
    run = await running.start(many(80, on_item_error="fail"), items(80, frozenset({60})))

    assert (run["status"], run["error"]["code"], run["error"]["node_id"]) == ("failed", "code_failed", "check")
    assert nodes_of(run)["each"]["status"] == "failed"
    assert {row.status for row in await parts_of(running, run["id"])} <= {"failed", "cancelled", "succeeded"}


async def test_what_waits_in_a_part_is_shown_and_called_by_its_run(running: Running) -> None:
    flow = many(60)
    flow["nodes"][2] = {
        **node("check", "core.wait", **{"for": "call"}),
        "parent": "each",
        "disabled": False,
    }
    run = await running.start(flow, items(60), wait_s=0)
    await running.until(run["id"], "waiting")
    for part in await parts_of(running, run["id"]):
        await running.until(part.id, "waiting")
    waiting = [entry for entry in (await running.run(run["id"]))["node_runs"] if entry["waiting"]]
    assert {entry["waiting"]["reason"] for entry in waiting} == {"child", "call"}

    answer = await running.client.post(f"/api/v1/runs/{run['id']}/cancel")
    assert answer.status_code == 202
    ended = await running.until(run["id"], "cancelled")
    assert {row.status for row in await parts_of(running, run["id"])} == {"cancelled"}
    assert {entry["status"] for entry in ended["node_runs"]} <= {"succeeded", "cancelled"}


async def test_only_the_failed_items_of_a_map_run_again(running: Running) -> None:
    """The seven bad ones; the others keep what they gave. So also after a retry that failed again."""
    old = await running.start(many(200), items(200, frozenset({3, 77})))
    assert len(old["output"]) == 198
    for _ in range(2):
        body = {"failed_items_of": "each"}
        answer = await running.client.post(f"/api/v1/runs/{old['id']}/retry", json=body)
        assert answer.status_code == 202, answer.text
        new = await running.until(answer.json()["id"], "succeeded", "failed")
        assert new["status"] == "succeeded", new["error"]
        assert sorted(entry["path"] for entry in ran_in(new) if entry["node_id"] == "check") == ["each:3", "each:77"]
        assert nodes_of(new)["each"]["ports"] == {"done": 198, "errors": 2}
        assert [item["n"] for item in new["output"]] == [n for n in range(200) if n not in (3, 77)]
        old = new

    refused = await running.client.post(f"/api/v1/runs/{old['id']}/retry", json={"failed_items_of": "check"})
    assert refused.status_code == 404
    both = {"failed_items_of": "each", "from_node": "each"}
    assert (await running.client.post(f"/api/v1/runs/{old['id']}/retry", json=both)).status_code == 422


async def test_a_retry_from_a_map_runs_all_that_stands_in_it_again(running: Running) -> None:
    old = await running.start(many(60), items(60))
    answer = await running.client.post(f"/api/v1/runs/{old['id']}/retry", json={"from_node": "each"})
    new = await running.until(answer.json()["id"], "succeeded", "failed")
    assert sum(entry["node_id"] == "check" for entry in ran_in(new)) == 60


async def test_a_retry_from_a_node_in_a_map_keeps_what_came_before_it_there(running: Running) -> None:
    old = await running.start(many(60), items(60))
    answer = await running.client.post(f"/api/v1/runs/{old['id']}/retry", json={"from_node": "keep"})
    new = await running.until(answer.json()["id"], "succeeded", "failed")
    assert [item["n"] for item in new["output"]] == list(range(60))
    again = {entry["node_id"] for entry in ran_in(new)}
    assert again == {"each", "keep", "after"}


async def test_what_parts_of_a_map_start_is_started_by_its_run(running: Running) -> None:
    callee = await published(running.client, graph(node("called", "core.called")))
    flow = many(60)
    call = node("check", "core.run_workflow", workflow_id=callee)
    flow["nodes"][2] = {**call, "parent": "each"}
    run = await running.start(flow, items(60))
    assert [item["n"] for item in run["output"]] == list(range(60)), run["error"]
    assert run["children_count"] == len(run["children"]) == 60
    child = await running.run(run["children"][0]["id"])
    assert child["parent"]["run_id"] == run["id"]
