"""Waits for events: what came in since the run began counts, nothing is lost on the way, nothing counts twice."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from nodeloom.features.triggers.models import SUBSCRIPTIONS
from nodeloom.features.triggers.schedules import Schedules
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.flows import MANUAL, graph, made, node, published

BY_ID = [{"left": "body.order_id", "operator": "equals", "right": "{{ $json.id }}"}]
PAID = {"type": "core.webhook", "path": "paid"}


def hold(trigger: dict[str, Any], **params: Any) -> dict[str, Any]:
    return node("hold", "core.wait", **{"for": "event", "trigger": trigger, **params})


async def began(running: Running, document: dict[str, Any], items: Any) -> tuple[str, str]:
    """(workflow, run) of a published workflow whose run was started."""
    workflow_id = await published(running.client, document)
    run = await running.start_again(workflow_id, items, wait_s=0)
    return workflow_id, run["id"]


async def test_a_request_that_fits_resumes_the_run_that_waits_for_it(running: Running) -> None:
    workflow_id, first = await began(running, graph(MANUAL, hold(PAID, match=BY_ID)), {"id": 1})
    second = (await running.start_again(workflow_id, {"id": 2}, wait_s=0))["id"]
    for run_id in (first, second):
        assert (await running.until(run_id, "waiting"))["waiting"]["reason"] == "event"
    stranger = await running.api.visitor()

    other = await stranger.post("/hooks/paid", json={"order_id": 3})
    fitting = await stranger.post("/hooks/paid", json={"order_id": 2, "sum": 5})

    assert (other.status_code, fitting.status_code) == (202, 202)
    ended = await running.until(second, "succeeded", "failed")
    [item] = ended["output"]
    assert (item["id"], item["event"]["body"]) == (2, {"order_id": 2, "sum": 5})
    assert (await running.run(first))["status"] == "waiting"
    events = (await running.client.get("/api/v1/inbox")).json()["items"]
    assert [(event["kind"], event["run_id"]) for event in events] == [("webhook", None)] * 2


async def test_what_came_in_since_the_run_began_counts(running: Running) -> None:
    """The event is there before the run gets to its wait; one from before the run is not."""
    document = graph(MANUAL, node("nap", "core.wait", **{"for": "call"}), hold(PAID, match=BY_ID))
    workflow_id = await published(running.client, document)
    stranger = await running.api.visitor()
    await stranger.post("/hooks/paid", json={"order_id": 1, "when": "before"})
    run = await running.start_again(workflow_id, {"id": 1}, wait_s=0)
    url = (await running.until(run["id"], "waiting"))["waiting"]["url"]
    await stranger.post("/hooks/paid", json={"order_id": 1, "when": "since"})

    await stranger.post(url)

    ended = await running.until(run["id"], "succeeded", "failed")
    assert ended["output"][0]["event"]["body"]["when"] == "since"


async def test_an_event_of_the_workspace_and_a_schedule_can_be_waited_for(running: Running) -> None:
    _, heard = await began(running, graph(MANUAL, hold({"type": "core.event", "name": "order.paid"})), {})
    _, ticked = await began(running, graph(MANUAL, hold({"type": "core.schedule", "every_s": 3600})), {})
    for run_id in (heard, ticked):
        await running.until(run_id, "waiting")

    await running.start(graph(MANUAL, node("tell", "core.emit", name="order.paid")), {"n": 7})
    async with running.api.db.read() as session:
        timed = SUBSCRIPTIONS.c.awaited & SUBSCRIPTIONS.c.next_due_at.is_not(None)
        due = await session.scalar(select(SUBSCRIPTIONS.c.next_due_at).where(timed))
    assert due is not None
    await Schedules(running.api.db, running.api.app.state.bell).fire_due(due)

    assert (await running.until(heard, "succeeded", "failed"))["output"][0]["event"] == {"n": 7}
    assert "due_at" in (await running.until(ticked, "succeeded", "failed"))["output"][0]["event"]


async def test_of_arrivals_and_waits_that_meet_none_is_lost(running: Running) -> None:
    """Each event comes in while the run that waits for it is on its way there."""
    workflow_id = await published(running.client, graph(MANUAL, hold(PAID, match=BY_ID)))
    stranger = await running.api.visitor()

    async def one(number: int) -> str:
        run = await running.start_again(workflow_id, {"id": number}, wait_s=0)
        await stranger.post("/hooks/paid", json={"order_id": number})
        return run["id"]

    run_ids = await asyncio.gather(*(one(number) for number in range(12)))

    for number, run_id in enumerate(run_ids):
        ended = await running.until(run_id, "succeeded", "failed")
        assert ended["output"][0]["event"]["body"]["order_id"] == number


async def test_each_round_of_a_loop_waits_for_an_event_of_its_own(running: Running) -> None:
    inner = {**hold({"type": "core.event", "name": "next"}), "parent": "each"}
    loop = node("each", "core.loop", batch_size=1, max_iterations=10)
    document = {"nodes": [MANUAL, loop, inner], "edges": [{"source": "start", "target": "each"}]}
    _, run_id = await began(running, document, [{"a": 1}, {"a": 2}])
    teller = await made(running.client, graph(MANUAL, node("tell", "core.emit", name="next")), "Teller")

    for number in (1, 2):
        await running._until(run_id, lambda run, rounds=number: waiting_rounds(run) == rounds)  # pyright: ignore[reportPrivateUsage]
        await running.start_again(teller, {"n": number})

    ended = await running.until(run_id, "succeeded", "failed")
    assert [item["event"] for item in ended["output"]] == [{"n": 1}, {"n": 2}]


def waiting_rounds(run: dict[str, Any]) -> int:
    """The number of the round that waits; 0 while none does."""
    waiting = [state for state in run["node_runs"] if state["node_id"] == "hold" and state["status"] == "waiting"]
    return int(waiting[0]["path"].rpartition(":")[2]) + 1 if waiting else 0


async def test_without_an_event_the_items_leave_by_timeout(running: Running) -> None:
    document = graph(MANUAL, hold(PAID, timeout_s=0.3))
    document["nodes"].append(node("late", "core.noop"))
    document["edges"].append({"source": "hold", "port": "timeout", "target": "late"})
    _, run_id = await began(running, document, {"id": 1})

    ended = await running.until(run_id, "succeeded", "failed")

    assert nodes_of(ended)["late"]["status"] == "succeeded"
    assert ended["output"] == [{"id": 1}]


@pytest.mark.parametrize("path", ["paid", "orders"])
async def test_the_address_of_a_wait_belongs_to_its_workflow(running: Running, path: str) -> None:
    await published(running.client, graph(node("hook", "core.webhook", path="orders"), hold(PAID)))

    again = await running.client.post(
        "/api/v1/workflows", json={"name": "Other", "graph": graph(MANUAL, hold({**PAID, "path": path}))}
    )

    assert [(found["code"], found["field"]) for found in again.json()["problems"]] == [("path_taken", "trigger.path")]
