"""All that waits, and what can be done about it over the API."""

from typing import Any

import pytest
from sqlalchemy import delete

from nodeloom.features.runs.models import RUNS
from nodeloom.features.waiting.retention import forget_approvals
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.api import problem
from tests.support.flows import MANUAL, graph, node

CALL = node("hold", "core.wait", **{"for": "call"})
NAP = node("nap", "core.wait", seconds=3600)
EVENT = node("hear", "core.wait", **{"for": "event", "trigger": {"type": "core.event", "name": "order.paid"}})
ASK = node("ask", "core.approval", message="Go on?", approvers=["editor"])


async def parked(running: Running, *nodes: dict[str, Any]) -> dict[str, Any]:
    run = await running.start(graph(MANUAL, *nodes), {"a": 1}, wait_s=0)
    return await running.until(run["id"], "waiting")


async def listed(running: Running, query: str = "") -> list[dict[str, Any]]:
    answer = await running.client.get(f"/api/v1/waiting{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def resumed(running: Running, run: dict[str, Any], node_id: str, **body: Any) -> Any:
    return await running.client.post(f"/api/v1/runs/{run['id']}/nodes/{node_id}/resume", json=body)


async def test_the_list_says_what_waits_and_why(running: Running) -> None:
    runs = {one["id"]: await parked(running, one) for one in (CALL, NAP, EVENT, ASK)}

    rows = await listed(running)

    assert [(row["node_title"], row["reason"], row["text"]) for row in rows] == [
        ("Ask", "approval", "Waits for approval by editors"),
        ("Hear", "event", "Waits for the event “order.paid”"),
        ("Nap", "time", "Waits for its time"),
        ("Hold", "call", "Waits for a call to its address"),
    ]
    by_node = {row["node_id"]: row for row in rows}
    assert by_node["hold"]["url"] == nodes_of(runs["hold"])["hold"]["waiting"]["url"]
    assert (by_node["ask"]["message"], by_node["ask"]["can_decide"]) == ("Go on?", True)
    assert by_node["nap"]["until"] is not None
    assert [row["can_resume"] for row in rows] == [False, True, True, True]
    assert {row["node_id"] for row in await listed(running, "?reason=call&reason=time")} == {"hold", "nap"}
    assert [row["node_id"] for row in await listed(running, f"?workflow_id={runs['nap']['workflow_id']}")] == ["nap"]
    viewer = await running.api.signed_in("viewer")
    seen = (await viewer.get("/api/v1/waiting")).json()["items"]
    assert {(row["url"], row["can_resume"], row["can_decide"]) for row in seen} == {(None, False, False)}
    stranger = await running.api.stranger()
    assert (await stranger.get("/api/v1/waiting")).json()["items"] == []


async def test_the_list_is_paged_by_run_and_node(running: Running) -> None:
    two = {"nodes": [MANUAL, CALL, NAP], "edges": [{"source": "start", "target": id_} for id_ in ("hold", "nap")]}
    for _ in range(2):
        run = await running.start(two, wait_s=0)
        await running.until(run["id"], "waiting")

    seen: list[str] = []
    page: dict[str, Any] = {}
    cursor = ""
    for _ in range(4):
        page = (await running.client.get(f"/api/v1/waiting?limit=1{cursor}")).json()
        seen += [f"{row['run_id']}/{row['node_id']}" for row in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"

    assert page["next_cursor"] is None
    assert len(set(seen)) == 4
    assert seen == [f"{row['run_id']}/{row['node_id']}" for row in await listed(running)]
    problem(await running.client.get("/api/v1/waiting?cursor=bm9uc2Vuc2U"), 400)


@pytest.mark.parametrize(
    ("waits", "body", "given"),
    [
        (NAP, {}, {"a": 1}),
        (CALL, {"payload": {"ok": True}}, {"a": 1, "body": {"ok": True}, "headers": {}, "query": {}, "method": "POST"}),
        (EVENT, {"payload": {"n": 7}}, {"a": 1, "event": {"n": 7}}),
        (EVENT, {}, {"a": 1, "event": {}}),
    ],
    ids=["time", "call", "event", "empty event"],
)
async def test_what_waits_can_be_resumed_by_hand(
    running: Running, waits: dict[str, Any], body: dict[str, Any], given: dict[str, Any]
) -> None:
    run = await parked(running, waits)
    viewer = await running.api.signed_in("viewer")
    problem(await viewer.post(f"/api/v1/runs/{run['id']}/nodes/{waits['id']}/resume", json=body), 403)

    answer = await resumed(running, run, waits["id"], **body)

    assert answer.status_code == 202, answer.text
    assert (await running.until(run["id"], "succeeded", "failed"))["output"] == [given]
    problem(await resumed(running, run, waits["id"], **body), 409)
    [entry] = (await running.client.get("/api/v1/audit?action=run.resumed")).json()["items"]
    assert (entry["subject_id"], entry["detail"]["node_id"]) == (run["id"], waits["id"])


async def test_a_decision_is_not_a_resumption(running: Running) -> None:
    run = await parked(running, ASK)
    assert "approval" in problem(await resumed(running, run, "ask"), 409)["detail"]
    problem(await resumed(running, run, "start"), 409)
    problem(await resumed(running, {"id": "run_none"}, "ask"), 404)


async def test_approvals_go_with_their_runs(running: Running) -> None:
    await parked(running, ASK)
    run = await parked(running, ASK)
    assert await forget_approvals(running.api.db) == 0
    async with running.api.db.transaction() as session:
        await session.execute(delete(RUNS).where(RUNS.c.id == run["id"]))
    assert await forget_approvals(running.api.db) == 1
