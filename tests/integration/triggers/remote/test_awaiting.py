"""A node waits for what a connector's trigger hears."""

from typing import Any

import pytest

from tests.integration.triggers.remote.conftest import Remote
from tests.support.api import problem
from tests.support.flows import MANUAL, graph, made, node, published


def hold(**trigger: Any) -> dict[str, Any]:
    match = [{"left": "text", "operator": "equals", "right": "{{ $json.word }}"}]
    return node("hold", "core.wait", **{"for": "event", "trigger": trigger, "match": match})


async def status(remote: Remote, run_id: str, *wanted: str) -> dict[str, Any]:
    while (run := await remote.run(run_id))["status"] not in wanted:
        continue
    return run


async def started(remote: Remote, workflow_id: str, word: str) -> str:
    body = {"input": {"word": word}}
    return (await remote.owner.post(f"/api/v1/workflows/{workflow_id}/runs", json=body)).json()["id"]


@pytest.mark.usefixtures("worker")
async def test_an_event_of_an_app_resumes_the_run_that_waits_for_it(remote: Remote) -> None:
    waits = hold(type="gazette.message", channel="news", connection_id=remote.account)
    workflow_id = await published(remote.owner, graph(MANUAL, waits))
    run_id = await started(remote, workflow_id, "go")
    assert (await status(remote, run_id, "waiting"))["waiting"]["reason"] == "event"

    await remote.say("stop", "E1")
    await remote.say("go", "E2", "sports")
    await remote.say("go", "E3")

    [item] = (await status(remote, run_id, "succeeded", "failed"))["output"]
    assert item == {"word": "go", "event": {"channel": "news", "text": "go"}}
    state = (await remote.triggers(workflow_id))["hold"]
    assert (state["type"], state["awaited"], state["status"]) == ("gazette.message", True, "starting")
    assert [event["run_id"] for event in await remote.inbox()] == [None, None]


@pytest.mark.usefixtures("worker")
async def test_what_was_asked_for_since_the_run_began_counts(remote: Remote) -> None:
    match = [{"left": "title", "operator": "equals", "right": "Election"}]
    trigger = {"type": "gazette.article", "connection_id": remote.account}
    nap = node("nap", "core.wait", **{"for": "call"})
    waits = node("hold", "core.wait", **{"for": "event", "trigger": trigger, "match": match})
    workflow_id = await published(remote.owner, graph(MANUAL, nap, waits))
    await remote.work()
    run_id = await started(remote, workflow_id, "go")
    url = (await status(remote, run_id, "waiting"))["waiting"]["url"]
    remote.gazette.write(1, title="Weather")
    remote.gazette.write(1, title="Election")
    await remote.work(after_s=61)

    await remote.stranger.post(url)

    [item] = (await status(remote, run_id, "succeeded", "failed"))["output"]
    assert item["event"]["id"] == 2


async def test_what_is_wrong_with_an_awaited_trigger_is_said_before_it_is_published(remote: Remote) -> None:
    for trigger, code, field in (
        ({"type": "gazette.message"}, "missing_connection", "trigger.connection_id"),
        ({"type": "gazette.message", "connection_id": "con_gone"}, "unknown_connection", "trigger.connection_id"),
        ({"type": "gazette.changed", "connection_id": remote.account}, "missing_param", "trigger.board"),
        ({"type": "gazette.nothing", "connection_id": remote.account}, "unknown_type", "trigger.type"),
        ({"type": "core.form"}, "invalid_param", "trigger.type"),
    ):
        workflow_id = await made(remote.owner, graph(MANUAL, hold(**trigger)))
        answer = await remote.owner.post(f"/api/v1/workflows/{workflow_id}/publish", json={})
        errors = [one for one in problem(answer, 422)["problems"] if one["severity"] == "error"]
        assert [(one["code"], one["field"]) for one in errors] == [(code, field)]
