"""Who is told what: once when a workflow begins to fail, once when it works again."""

import asyncio
import itertools
from contextlib import aclosing
from typing import Any

import httpx2
import orjson

from nodeloom.features.notifications.announcing import announce_new, topic_of
from nodeloom.features.notifications.outbox import Office, send_due
from tests.integration.runs.conftest import Running
from tests.support.api import problem
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, graph, node, published
from tests.support.post_office import PostOffice

FRAGILE = graph(MANUAL, node("look", "core.set", fields=[{"name": "total", "value": "{{ $json.total + 1 }}"}]))


async def told(client: httpx2.AsyncClient) -> list[tuple[str, str]]:
    """(kind, link), oldest first."""
    items = (await client.get("/api/v1/notifications")).json()["items"]
    return [(item["kind"], item["link"]) for item in reversed(items)]


async def test_a_workflow_that_begins_to_fail_is_told_of_once_and_when_it_works_again(
    running: Running, office: Office, letterbox: PostOffice
) -> None:
    workflow_id = await published(running.client, FRAGILE)
    assert (await running.start_again(workflow_id, {"total": 1}))["status"] == "succeeded"
    first = await running.start_again(workflow_id, {"other": 1})
    await running.start_again(workflow_id, {"other": 1})
    again = await running.start_again(workflow_id, {"total": 1})
    await running.start_again(workflow_id, {"total": 1})

    expected = [("workflow_failing", f"/runs/{first['id']}"), ("workflow_works_again", f"/runs/{again['id']}")]
    assert await told(running.client) == expected
    assert await told(await running.api.signed_in("editor")) == expected
    assert await told(await running.api.signed_in("runner")) == []
    assert await send_due(running.api.db, office) == 3
    assert sorted(letterbox.recipients) == ["admin@example.org", "editor@example.org", "owner@example.org"]
    letter = letterbox.letters[0]
    assert letter["Subject"] == "“Orders” began to fail"
    body = letter.get_body(("plain",))
    assert body is not None
    assert f"http://localhost:8600/runs/{first['id']}" in body.get_content()


async def test_what_is_tried_in_the_editor_alarms_nobody(running: Running) -> None:
    run = await running.start(FRAGILE, {"other": 1})
    assert (run["status"], await told(running.client)) == ("failed", [])


async def test_an_unknown_outcome_and_a_broken_connection_are_told(running: Running, service: FarSide) -> None:
    service.answer = lambda seen: Reply(401 if seen.method == "GET" else 500)
    made = await running.client.post(
        "/api/v1/connections", json={"connector": "bearer", "name": "Shop", "secret": {"token": "old"}}
    )
    auth = {"kind": "bearer", "connection_id": made.json()["id"]}
    asking = node("call", "http.request", method="GET", url=service.url(), auth=auth)
    for document in (
        graph(MANUAL, asking),
        graph(MANUAL, node("post", "http.request", method="POST", url=service.url())),
    ):
        run = await running.start(document, wait_s=0)
        await running.until(run["id"], "waiting")
    assert await told(running.client) == [("connection_broken", "/connections"), ("outcome", f"/runs/{run['id']}")]


async def test_each_says_what_they_want_to_hear_and_where(
    running: Running, office: Office, letterbox: PostOffice
) -> None:
    wishes = {"items": [{"kind": "workflow_failing", "in_product": False, "by_mail": True}]}
    changed = await running.client.put("/api/v1/notifications/preferences", json=wishes)
    assert {"workflow_failing": (False, True)}.items() <= _choices(changed).items()
    admin = await running.api.signed_in("admin")
    silence = {"items": [{"kind": "workflow_failing", "in_product": True, "by_mail": False}]}
    await admin.put("/api/v1/notifications/preferences", json=silence)
    workflow_id = await published(running.client, FRAGILE)
    await running.start_again(workflow_id, {"other": 1})
    await send_due(running.api.db, office)
    assert (await told(running.client), len(await told(admin))) == ([], 1)
    assert sorted(letterbox.recipients) == ["editor@example.org", "owner@example.org"]


def _choices(answer: httpx2.Response) -> dict[str, tuple[bool, bool]]:
    return {item["kind"]: (item["in_product"], item["by_mail"]) for item in answer.json()["items"]}


async def test_they_are_read_one_by_one_or_all_at_once_and_by_nobody_else(running: Running) -> None:
    for _ in range(2):
        workflow_id = await published(running.client, FRAGILE)
        await running.start_again(workflow_id, {"other": 1})
    admin = await running.api.signed_in("admin")
    newest, oldest = (await running.client.get("/api/v1/notifications")).json()["items"]
    problem(await admin.post(f"/api/v1/notifications/{newest['id']}/read"), 404)
    read = await running.client.post(f"/api/v1/notifications/{newest['id']}/read")
    assert read.json()["read_at"] is not None
    unread = (await running.client.get("/api/v1/notifications", params={"unread": "true"})).json()["items"]
    assert [item["id"] for item in unread] == [oldest["id"]]
    assert (await running.client.post("/api/v1/notifications/read")).status_code == 204
    counts = [(await client.get("/api/v1/notifications/unread")).json()["count"] for client in (running.client, admin)]
    assert counts == [0, 2]


async def test_whoever_has_the_product_open_hears_of_their_own_at_once(running: Running) -> None:
    live, member_id = running.api.app.state.live, running.api.members["owner"]
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def listen() -> None:
        topics = frozenset({topic_of(member_id)})
        async with aclosing(live.read(running.api.workspace_id, topics, None)) as events:
            async for event in events:
                assert event is not None
                await heard.put(orjson.loads(event.data))

    listening = asyncio.create_task(listen())
    for _ in itertools.count():
        if live.watched(running.api.workspace_id, (topic_of(member_id),)):
            break
        await asyncio.sleep(0.01)
    workflow_id = await published(running.client, FRAGILE)
    run = await running.start_again(workflow_id, {"other": 1})
    assert await announce_new(running.api.db, live) == 3
    assert await announce_new(running.api.db, live) == 0
    resource = await asyncio.wait_for(heard.get(), 10)
    listening.cancel()
    assert (resource["kind"], resource["link"]) == ("workflow_failing", f"/runs/{run['id']}")
    assert heard.empty()
