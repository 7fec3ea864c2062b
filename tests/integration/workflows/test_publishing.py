import asyncio
from typing import Any

from sqlalchemy import select

from nodeloom.features.triggers.models import HOOK_PATHS, SUBSCRIPTIONS
from tests.support.api import ApiUnderTest, problem
from tests.support.flows import MANUAL, graph, hook, made, node, published, saved, schedule

SET = node("greet", "core.set", fields=[{"name": "greeting", "value": "Hello"}])


async def subscriptions(api: ApiUnderTest) -> list[tuple[str, int, str | None]]:
    async with api.db.read() as session:
        rows = await session.execute(select(SUBSCRIPTIONS).order_by(SUBSCRIPTIONS.c.node_id))
        return [(row.node_id, row.version, row.path) for row in rows]


async def test_each_publish_makes_a_version_and_the_last_one_is_live(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    workflow_id = await made(client, graph(MANUAL))
    first = await client.post(f"/api/v1/workflows/{workflow_id}/publish", json={"note": "The first"})
    again = await client.post(f"/api/v1/workflows/{workflow_id}/publish")
    assert (first.json(), again.json()) == ({"version": 1}, {"version": 2})

    listed = (await client.get(f"/api/v1/workflows/{workflow_id}/versions?limit=1")).json()
    assert [(entry["version"], entry["live"]) for entry in listed["items"]] == [(2, True)]
    rest = (await client.get(f"/api/v1/workflows/{workflow_id}/versions?cursor={listed['next_cursor']}")).json()
    assert [(entry["version"], entry["note"], entry["created_by"]) for entry in rest["items"]] == [
        (1, "The first", "editor")
    ]
    summary = (await client.get(f"/api/v1/workflows/{workflow_id}")).json()
    assert (summary["published_version"], summary["draft_published"]) == (2, True)


async def test_an_error_stops_a_publish_and_a_warning_does_not(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    workflow_id = await made(client, graph(hook(), node("odd", "core.set", fields="none of these")))
    document = problem(await client.post(f"/api/v1/workflows/{workflow_id}/publish"), 422)
    assert {found["node_id"] for found in document["problems"]} == {"odd"}
    assert await subscriptions(api) == []

    apart = graph(hook())
    apart["nodes"].append(SET)
    await saved(client, workflow_id, apart)
    assert (await client.post(f"/api/v1/workflows/{workflow_id}/publish")).json() == {"version": 1}


async def test_triggers_go_live_and_down_with_their_workflow(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    document = graph(hook(), SET)
    document["nodes"].append(schedule(every_s=60))
    document["nodes"].append({**hook("off"), "id": "off", "title": "Off", "disabled": True})
    workflow_id = await published(client, document)
    assert await subscriptions(api) == [("hook", 1, "orders"), ("tick", 1, None)]

    await saved(client, workflow_id, graph(hook("other")))
    await client.post(f"/api/v1/workflows/{workflow_id}/publish")
    assert await subscriptions(api) == [("hook", 2, "other")]

    taken_down = await client.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    assert taken_down.json()["published_version"] is None
    assert await subscriptions(api) == []


async def test_an_address_belongs_to_one_workflow_until_that_is_deleted(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    owner = await published(client, graph(hook("orders"), SET))
    elsewhere = await api.with_key("editor", await api.add_workspace())
    other = (await elsewhere.post("/api/v1/workflows", json={"name": "Mine", "graph": graph(hook("orders"))})).json()
    assert [(found["code"], found["field"]) for found in other["problems"]] == [("path_taken", "path")]
    refused = problem(await elsewhere.post(f"/api/v1/workflows/{other['id']}/publish"), 422)
    assert refused["problems"][0]["code"] == "path_taken"

    await client.post(f"/api/v1/workflows/{owner}/unpublish")
    problem(await elsewhere.post(f"/api/v1/workflows/{other['id']}/publish"), 422)
    assert (await client.delete(f"/api/v1/workflows/{owner}")).status_code == 204
    assert (await elsewhere.post(f"/api/v1/workflows/{other['id']}/publish")).json() == {"version": 1}


async def test_of_two_that_publish_one_address_at_once_one_gets_it(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    ids = [await made(client, graph(hook("race"), SET), name) for name in ("A", "B")]
    answers = await asyncio.gather(*(client.post(f"/api/v1/workflows/{id_}/publish") for id_ in ids))
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    loser = ids[0] if answers[0].status_code == 422 else ids[1]
    assert (await client.get(f"/api/v1/workflows/{loser}")).json()["published_version"] is None
    assert (await client.get(f"/api/v1/workflows/{loser}/versions")).json()["items"] == []
    assert len(await subscriptions(api)) == 1


async def test_rollback_takes_an_old_version_live_and_leaves_the_draft(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    workflow_id = await published(client, graph(hook("one"), SET))
    await saved(client, workflow_id, graph(hook("two"), SET))
    await client.post(f"/api/v1/workflows/{workflow_id}/publish")

    answer = await client.post(f"/api/v1/workflows/{workflow_id}/rollback", json={"version": 1})
    assert answer.json() == {"version": 1}
    assert await subscriptions(api) == [("hook", 1, "one")]
    draft = (await client.get(f"/api/v1/workflows/{workflow_id}")).json()
    assert draft["graph"]["nodes"][0]["params"]["path"] == "two"
    assert (draft["published_version"], draft["draft_published"]) == (1, False)
    problem(await client.post(f"/api/v1/workflows/{workflow_id}/rollback", json={"version": 9}), 404)


async def test_restore_makes_an_old_version_the_draft_and_leaves_what_is_live(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    workflow_id = await published(client, graph(hook("one"), SET))
    await saved(client, workflow_id, graph(MANUAL))
    restored = (await client.post(f"/api/v1/workflows/{workflow_id}/versions/1/restore")).json()
    version = (await client.get(f"/api/v1/workflows/{workflow_id}/versions/1")).json()
    assert restored["graph"] == version["graph"]
    assert (restored["revision"], restored["published_version"]) == (3, 1)
    assert await subscriptions(api) == [("hook", 1, "one")]


async def test_deleting_releases_everything_but_the_runs_graph(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    workflow_id = await published(client, graph(hook(), SET))
    await client.delete(f"/api/v1/workflows/{workflow_id}")
    assert await subscriptions(api) == []
    async with api.db.read() as session:
        assert (await session.execute(select(HOOK_PATHS))).all() == []
    problem(await client.get(f"/api/v1/workflows/{workflow_id}"), 404)
    problem(await client.delete(f"/api/v1/workflows/{workflow_id}"), 404)


async def test_what_goes_live_and_down_is_written_down(api: ApiUnderTest) -> None:
    client = await api.with_key("admin")
    workflow_id = await published(client, graph(hook(), SET))
    await client.post(f"/api/v1/workflows/{workflow_id}/rollback", json={"version": 1})
    await client.post(f"/api/v1/workflows/{workflow_id}/versions/1/restore")
    await client.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    await client.delete(f"/api/v1/workflows/{workflow_id}")
    entries: list[dict[str, Any]] = (await client.get("/api/v1/audit")).json()["items"]
    assert [entry["action"] for entry in entries if entry["subject_id"] == workflow_id] == [
        "workflow.deleted",
        "workflow.unpublished",
        "workflow.restored",
        "workflow.rolled_back",
        "workflow.published",
    ]


async def test_viewers_look_and_editors_change(api: ApiUnderTest) -> None:
    workflow_id = await made(await api.with_key("editor"), graph(MANUAL))
    viewer = await api.with_key("viewer")
    assert (await viewer.get(f"/api/v1/workflows/{workflow_id}")).status_code == 200
    problem(await viewer.post(f"/api/v1/workflows/{workflow_id}/publish"), 403)
    problem(await viewer.put(f"/api/v1/workflows/{workflow_id}/draft", json={"graph": {}, "revision": 1}), 403)
