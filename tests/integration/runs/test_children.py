"""Workflows that call workflows: what goes in, what comes back, what fails, and what is cancelled."""

from typing import Any

import pytest
from sqlalchemy import select

from nodeloom.features.runs.models import RUNS
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.flows import MANUAL, graph, made, node, published

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def called(**params: Any) -> dict[str, Any]:
    return node("called", "core.called", **params)


def doubling() -> dict[str, Any]:
    """Fails for 13; gives twice what it gets."""
    twice = node("twice", "core.set", keep="none", fields=[{"name": "twice", "value": "{{ $json.n * 2 }}"}])
    unlucky = node(
        "unlucky", "core.code", source="if (items[0].json.n === 13) throw new Error('unlucky');\nreturn items;"
    )
    return graph(called(input_schema=SCHEMA), unlucky, twice)


def calling(workflow_id: str, **more: Any) -> dict[str, Any]:
    return node("call", "core.run_workflow", workflow_id=workflow_id, **more)


async def children_of(running: Running, run_id: str) -> list[Any]:
    statement = select(RUNS).where(RUNS.c.parent_run_id == run_id).order_by(RUNS.c.parent_index)
    async with running.api.db.read() as session:
        return list((await session.execute(statement)).all())


async def output(running: Running, run_id: str, node_id: str, port: str = "out") -> list[dict[str, Any]]:
    answer = await running.client.get(f"/api/v1/runs/{run_id}/nodes/{node_id}/output?port={port}")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_run_for_each_item_gives_back_in_order_with_lineage(running: Running) -> None:
    callee = await published(running.client, doubling(), "Doubling")
    look = node("look", "core.set", fields=[{"name": "was", "value": "{{ $('Start').item.json.n }}"}])
    run = await running.start(graph(MANUAL, calling(callee), look), [{"n": n} for n in (3, 1, 2)])

    assert run["status"] == "succeeded", run
    assert run["output"] == [{"twice": 6, "was": 3}, {"twice": 2, "was": 1}, {"twice": 4, "was": 2}]
    children = await children_of(running, run["id"])
    assert [(row.parent_node, row.parent_path, row.parent_index, row.depth) for row in children] == [
        ("call", "", index, 1) for index in range(3)
    ]
    assert {row.root_run_id for row in children} == {run["id"]}
    assert [(child["id"], child["index"]) for child in run["children"]] == [
        (row.id, row.parent_index) for row in children
    ]
    child = await running.run(children[0].id)
    assert child["parent"] == {"run_id": run["id"], "node_id": "call", "path": "", "index": 0}
    # The node took as long as what it waited for.
    assert nodes_of(run)["call"]["started_at"] <= child["started_at"]
    assert nodes_of(run)["call"]["finished_at"] >= child["finished_at"]


async def test_one_run_for_all_items_keeps_their_lineage(running: Running) -> None:
    sort = node("sort", "core.sort", fields=[{"name": "n", "order": "asc"}])
    callee = await published(running.client, graph(called(), sort))
    look = node("look", "core.set", fields=[{"name": "was", "value": "{{ $('Start').item.json.n }}"}])
    run = await running.start(graph(MANUAL, calling(callee, mode="all"), look), [{"n": n} for n in (3, 1, 2)])

    assert run["output"] == [{"n": n, "was": n} for n in (1, 2, 3)]
    assert len(await children_of(running, run["id"])) == 1


@pytest.mark.parametrize("on_error", ["stop", "continue", "port"])
async def test_a_failed_run_is_the_failure_of_its_item(running: Running, on_error: str) -> None:
    callee = await published(running.client, doubling())
    call = {**calling(callee), "settings": {"on_error": on_error}}
    run = await running.start(graph(MANUAL, call), [{"n": 1}, {"n": 13}, {"n": 2}])

    failed = (await children_of(running, run["id"]))[1]
    assert failed.status == "failed"
    if on_error == "stop":
        assert run["status"] == "failed"
        error = run["error"]
    else:
        assert run["status"] == "succeeded"
        port = "error" if on_error == "port" else "out"
        items = await output(running, run["id"], "call", port)
        error = next(item["json"]["error"] for item in items if "error" in item["json"])
        whole = [item["json"] for item in await output(running, run["id"], "call")]
        assert [item for item in whole if "error" not in item] == [{"twice": 2}, {"twice": 4}]
    assert error["code"] == "code_failed"
    assert error["run_id"] == failed.id
    assert error["node_id"] == "call"


async def test_a_wrong_input_names_the_field_and_starts_nothing(running: Running) -> None:
    callee = await published(running.client, doubling(), "Doubling")
    run = await running.start(graph(MANUAL, calling(callee)), [{"n": 1}, {"n": "two"}])
    assert run["error"]["code"] == "wrong_input"
    assert run["error"]["message"] == "“Doubling” does not take this: n should be a whole number, not text."
    assert await children_of(running, run["id"]) == []

    handled = {**calling(callee), "settings": {"on_error": "port"}}
    run = await running.start(graph(MANUAL, handled), [{"n": 1}, {"n": "two"}, {}])
    assert [item["json"] for item in await output(running, run["id"], "call")] == [{"twice": 2}]
    errors = [item["json"]["error"]["message"] for item in await output(running, run["id"], "call", "error")]
    assert [message.partition(": ")[2] for message in errors] == [
        "n should be a whole number, not text.", "n is missing."
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "code"), [
    ("gone", "workflow_not_found"), ("draft", "not_published"), ("closed", "not_callable")
])  # fmt: skip
async def test_what_can_not_be_called(running: Running, kind: str, code: str) -> None:
    match kind:
        case "gone":
            callee = "wf_01jd3v8s6x0000000000000000"
        case "draft":
            callee = await made(running.client, doubling())
        case _:
            callee = await published(running.client, graph(MANUAL))
    # As an expression, which the compiler can't look up.
    run = await running.start(graph(MANUAL, calling("{{ $json.id }}")), {"id": callee})
    assert (run["status"], run["error"]["code"]) == ("failed", code)


async def test_without_waiting_the_ids_come_at_once(running: Running) -> None:
    callee = await published(running.client, graph(called(), node("wait", "core.wait", **{"for": "call"})))
    run = await running.start(graph(MANUAL, calling(callee, wait=False)), [{"n": 1}, {"n": 2}])

    assert run["status"] == "succeeded"
    children = await children_of(running, run["id"])
    assert run["output"] == [{"run_id": row.id} for row in children]
    for child in children:
        await running.until(child.id, "waiting")


async def test_a_version_can_be_pinned(running: Running) -> None:
    callee = await published(
        running.client, graph(called(), node("set", "core.set", fields=[{"name": "v", "value": 1}]))
    )
    draft = await running.client.get(f"/api/v1/workflows/{callee}")
    second = graph(called(), node("set", "core.set", fields=[{"name": "v", "value": 2}]))
    body = {"graph": second, "revision": draft.json()["revision"]}
    await running.client.put(f"/api/v1/workflows/{callee}/draft", json=body)
    await running.client.post(f"/api/v1/workflows/{callee}/publish", json={})

    live = await running.start(graph(MANUAL, calling(callee)), {})
    pinned = await running.start(graph(MANUAL, calling(callee, version=1)), {})
    assert (live["output"], pinned["output"]) == ([{"v": 2}], [{"v": 1}])


async def test_a_workflow_that_calls_itself_ends_with_a_clear_error(running: Running) -> None:
    callee = await made(running.client, graph(called()))
    draft = (await running.client.get(f"/api/v1/workflows/{callee}")).json()
    body = {"graph": graph(called(), calling("{{ $workflow.id }}")), "revision": draft["revision"]}
    await running.client.put(f"/api/v1/workflows/{callee}/draft", json=body)
    assert (await running.client.post(f"/api/v1/workflows/{callee}/publish", json={})).status_code == 200

    run = await running.start(graph(MANUAL, calling(callee)), {})
    assert (run["status"], run["error"]["code"]) == ("failed", "too_deep")
    assert "20 levels" in run["error"]["message"]


async def test_cancelling_a_run_cancels_all_below_it(running: Running) -> None:
    lowest = await published(running.client, graph(called(), node("wait", "core.wait", **{"for": "call"})))
    middle = await published(running.client, graph(called(), calling(lowest)))
    run = await running.start(graph(MANUAL, calling(middle)), {}, wait_s=0)

    await running.until(run["id"], "waiting")
    (between,) = await children_of(running, run["id"])
    await running.until(between.id, "waiting")
    (below,) = await children_of(running, between.id)
    await running.until(below.id, "waiting")
    answer = await running.client.post(f"/api/v1/runs/{run['id']}/cancel")
    assert answer.status_code == 202
    for run_id in (run["id"], between.id, below.id):
        ended = await running.until(run_id, "cancelled")
        assert {node["status"] for node in ended["node_runs"]} <= {"succeeded", "cancelled"}


async def test_a_child_that_is_cancelled_fails_its_item(running: Running) -> None:
    callee = await published(running.client, graph(called(), node("wait", "core.wait", **{"for": "call"})))
    run = await running.start(graph(MANUAL, calling(callee)), {}, wait_s=0)
    await running.until(run["id"], "waiting")
    (child,) = await children_of(running, run["id"])
    await running.until(child.id, "waiting")
    await running.client.post(f"/api/v1/runs/{child.id}/cancel")
    failed = await running.until(run["id"], "failed")
    assert failed["error"]["code"] == "child_cancelled"
    assert nodes_of(failed)["call"]["status"] == "failed"


async def test_the_compiler_says_what_can_not_be_called(running: Running) -> None:
    client = running.client
    unpublished = await made(client, doubling())
    closed = await published(client, graph(MANUAL))
    open_ = await published(client, doubling())
    calls = {
        "gone": calling("wf_01jd3v8s6x0000000000000000"),
        "unpublished": calling(unpublished),
        "closed": calling(closed),
        "no_version": calling(open_, version=7),
        "fine": calling(open_, version=1),
        "later": calling("{{ $json.id }}"),
    }
    nodes = [{**call, "id": name, "title": name} for name, call in calls.items()]
    draft = await client.post("/api/v1/workflows", json={"name": "Calls", "graph": graph(MANUAL, *nodes)})
    found = [(problem["node_id"], problem["severity"], problem["code"]) for problem in draft.json()["problems"]]
    assert found == [
        ("gone", "error", "unknown_workflow"),
        ("unpublished", "warning", "workflow_not_published"),
        ("closed", "error", "not_callable"),
        ("no_version", "error", "unknown_version"),
    ]
