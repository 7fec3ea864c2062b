"""Events inside a workspace: one run for each that is sent and each trigger that listens."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from nodeloom.adapters import clock
from nodeloom.features.runs.asks import AskRow, carry_out
from nodeloom.features.runs.payloads import packed_small
from nodeloom.features.triggers.models import EVENTS
from nodeloom.nodes.node_type import EventSent
from tests.integration.triggers.conftest import Hooked
from tests.support.flows import MANUAL, graph, made, node, published

SEEN = node("seen", "core.set", fields=[{"name": "seen", "value": "{{ $json.n }}"}])


def listener(name: str = "order.paid", **params: Any) -> dict[str, Any]:
    return node("heard", "core.event", name=name, **params)


def sender(name: str = "order.paid", **params: Any) -> dict[str, Any]:
    return graph(MANUAL, node("tell", "core.emit", name=name, **params))


async def ran(hooked: Hooked, workflow_id: str, count: int) -> list[dict[str, Any]]:
    """The runs of the workflow as soon as so many have ended."""
    while True:
        answer = await hooked.owner.get(f"/api/v1/runs?workflow_id={workflow_id}")
        runs = [run for run in answer.json()["items"] if run["finished_at"]]
        if len(runs) >= count:
            return [await hooked.run(run["id"]) for run in reversed(runs)]
        await asyncio.sleep(0.01)


async def sent(hooked: Hooked, document: dict[str, Any], items: Any) -> dict[str, Any]:
    workflow_id = await made(hooked.owner, document, "Sender")
    body = {"input": items, "wait_s": 20}
    answer = await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/runs", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "succeeded", answer.text
    return answer.json()


@pytest.mark.usefixtures("worker")
async def test_each_item_that_is_sent_starts_a_run_of_every_listener(hooked: Hooked) -> None:
    first = await published(hooked.owner, graph(listener(), SEEN), "First")
    second = await published(hooked.owner, graph(listener(), SEEN), "Second")
    await published(hooked.owner, graph(listener("other"), SEEN), "Deaf")

    run = await sent(hooked, sender(), [{"n": 1}, {"n": 2}])

    for workflow_id in (first, second):
        heard = await ran(hooked, workflow_id, 2)
        assert sorted(run["output"][0]["seen"] for run in heard) == [1, 2]
        assert {(run["trigger"], run["trigger_kind"]) for run in heard} == {("heard", "event")}
    assert run["output"] == [{"n": 1}, {"n": 2}]
    events = await hooked.inbox()
    assert len(events) == 4
    assert {(event["kind"], event["summary"]) for event in events} == {("event", "order.paid, sent by “Sender”")}


@pytest.mark.usefixtures("worker")
async def test_a_filter_lets_through_what_it_says(hooked: Hooked) -> None:
    by_conditions = [{"left": "{{ $json.n }}", "operator": "gte", "right": 2}]
    first = await published(hooked.owner, graph(listener(filter=by_conditions), SEEN), "First")
    second = await published(hooked.owner, graph(listener(filter="{{ $json.n % 2 === 1 }}"), SEEN), "Second")

    await sent(hooked, sender(payload={"n": "{{ $json.count }}"}), [{"count": n} for n in (1, 2, 3)])

    assert [run["output"] for run in await ran(hooked, first, 2)] == [[{"n": n, "seen": n}] for n in (2, 3)]
    assert [run["output"] for run in await ran(hooked, second, 2)] == [[{"n": n, "seen": n}] for n in (1, 3)]
    assert (await hooked.counts())[0] == 4


@pytest.mark.usefixtures("worker")
async def test_other_workspaces_and_workflows_that_are_off_hear_nothing(hooked: Hooked) -> None:
    stranger = await hooked.api.with_key("owner", await hooked.api.add_workspace())
    await published(stranger, graph(listener(), SEEN))
    off = await published(hooked.owner, graph(listener(), SEEN), "Off")
    await hooked.owner.post(f"/api/v1/workflows/{off}/unpublish")
    await made(hooked.owner, graph(listener(), SEEN), "Draft")

    await sent(hooked, sender(), {"n": 1})

    assert (await hooked.counts()) == (0, 1)


async def test_what_is_sent_twice_over_is_one_event(hooked: Hooked) -> None:
    """As when the answer to a commit got lost and the journal writes the same again."""
    await published(hooked.owner, graph(listener(), SEEN))
    now = clock.now()
    ask = AskRow(
        run_id="run_1", workspace_id=hooked.api.workspace_id, workflow_id="wf_1", workflow_name="Sender", version=1,
        root_run_id="run_1", depth=0, run_created_at=now, node_id="tell", path="", index=0,
        ask=EventSent("order.paid", {"n": 1}), made=packed_small([{"json": {"n": 1}}]), at=now,
    )  # fmt: skip

    def twice(connection: Any) -> None:
        carry_out(connection, [ask])
        carry_out(connection, [ask])

    async with hooked.api.db.transaction() as session:
        await (await session.connection()).run_sync(twice)

    assert await hooked.counts() == (1, 1)


@pytest.mark.usefixtures("worker")
async def test_runs_that_start_one_another_come_to_an_end(hooked: Hooked) -> None:
    """Each run of the loop sends the event that starts the next."""
    loop = await published(hooked.owner, graph(listener(), node("tell", "core.emit", name="order.paid")), "Loop")

    await sent(hooked, sender(), {"n": 1})

    await ran(hooked, loop, 50)
    async with hooked.api.db.read() as session:
        last = (await session.execute(select(EVENTS).order_by(EVENTS.c.hops.desc()).limit(1))).one()
    assert last.run_id is None
    assert "not started: 50 runs in a row" in last.summary


@pytest.mark.usefixtures("worker")
async def test_a_draft_that_is_listened_to_hears_events_beside_its_published_version(hooked: Hooked) -> None:
    workflow_id = await published(hooked.owner, graph(listener(), SEEN), "Both")
    only_draft = await made(hooked.owner, graph(listener(filter="{{ $json.n > 1 }}"), SEEN), "Draft")
    deaf = await made(hooked.owner, graph(listener("other"), SEEN), "Deaf")
    await sent(hooked, sender(), {"n": 0})
    await ran(hooked, workflow_id, 1)
    for listening in (workflow_id, only_draft, deaf):
        answer = await hooked.owner.post(f"/api/v1/workflows/{listening}/listen", json={"node_id": "heard"})
        assert (answer.status_code, answer.json()["hooks"]) == (200, [])

    await sent(hooked, sender(), [{"n": 1}, {"n": 2}])

    both = await ran(hooked, workflow_id, 5)
    assert sorted((run["version"] or 0, run["output"][0]["seen"]) for run in both) == [
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 1),
        (1, 2),
    ]
    (heard,) = await ran(hooked, only_draft, 1)
    assert (heard["version"], heard["output"][0]["seen"], heard["trigger_kind"]) == (None, 2, "event")
    for listening in (workflow_id, only_draft):
        await hooked.owner.delete(f"/api/v1/workflows/{listening}/listen")
    await sent(hooked, sender(), {"n": 3})
    await ran(hooked, workflow_id, 6)
    assert len(await ran(hooked, only_draft, 1)) == 1
    assert (await hooked.owner.get(f"/api/v1/runs?workflow_id={deaf}")).json()["items"] == []


async def test_there_is_nothing_to_listen_to_in_a_draft_without_a_trigger_that_hears(hooked: Hooked) -> None:
    workflow_id = await made(hooked.owner, graph(MANUAL, SEEN))
    nameless = await made(hooked.owner, graph(node("heard", "core.event"), SEEN))
    for draft in (workflow_id, nameless):
        assert (await hooked.owner.post(f"/api/v1/workflows/{draft}/listen", json={})).status_code == 422
