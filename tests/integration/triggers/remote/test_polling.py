"""Triggers that ask: nothing is lost, nothing comes twice, and whoever can't ask says why."""

import asyncio
from datetime import timedelta

import pytest

from nodeloom.adapters import clock
from nodeloom.features.triggers.remote.leases import claim
from nodeloom.features.triggers.remote.taking import Answered
from nodeloom.features.triggers.remote.trials import Trials
from tests.integration.triggers.remote.conftest import KEEP, Remote, watch_of
from tests.support.api import problem
from tests.support.far_side import Reply
from tests.support.flows import graph, made, node, published, saved

_A_MINUTE_S = 61


async def ids(remote: Remote) -> list[int]:
    """The articles whose events are in the inbox, in their order."""
    events = (await remote.owner.get("/api/v1/inbox?limit=200")).json()["items"]
    return [int(event["summary"].removeprefix("Article ")) for event in reversed(events)]


async def test_only_what_appears_after_it_went_live_starts_runs(remote: Remote) -> None:
    remote.gazette.write(3)
    await published(remote.owner, graph(remote.trigger("article"), KEEP))
    assert await remote.work() == 1
    remote.gazette.write(2, text="All of it")
    assert await remote.work() == 0
    await remote.work(after_s=_A_MINUTE_S)

    assert await ids(remote) == [4, 5]
    runs = await remote.runs()
    assert {(run["trigger_kind"], run["status"]) for run in runs} == {("gazette.article", "queued")}
    [event, _] = await remote.inbox()
    item = await remote.item(event["id"])
    file = await remote.owner.get(f"/api/v1/artifacts/{item['files']['text']['id']}")
    assert (item["json"]["id"], file.content) == (5, b"All of it")


async def test_a_backlog_of_500_comes_whole_and_at_once(remote: Remote) -> None:
    await published(remote.owner, graph(remote.trigger("article"), KEEP))
    await remote.work()
    remote.gazette.write(500)

    await remote.work(after_s=_A_MINUTE_S)
    while await remote.work():
        pass

    assert await remote.counts() == (500, 500)
    assert remote.gazette.asked("GET", "/articles") == 6


async def test_a_crash_between_asking_and_writing_loses_nothing_and_doubles_nothing(remote: Remote) -> None:
    await published(remote.owner, graph(remote.trigger("article"), KEEP))
    await remote.work()
    remote.gazette.write(2)
    later = clock.now() + timedelta(seconds=_A_MINUTE_S)
    [held] = await claim(remote.api.db, later, timedelta(seconds=90), 1, {})
    answer = await remote.watch.services.ask(held)
    assert isinstance(answer, Answered)
    # Here the process dies. Its lease keeps others away, and ends.
    assert await remote.watch.work_due(later) == 0
    assert await remote.watch.work_due(later + timedelta(seconds=91)) == 1
    assert await ids(remote) == [1, 2]
    # It was only slow, and writes after all.
    assert await remote.api.db.writer.call(remote.watch.taking.answered, answer) is None
    assert await remote.counts() == (2, 2)


async def test_two_schedulers_ask_once(remote: Remote) -> None:
    await published(remote.owner, graph(remote.trigger("article"), KEEP))
    await remote.work()
    other = watch_of(remote.api)
    for _ in range(5):
        remote.gazette.write(1)
        await remote.make_due()
        await asyncio.gather(*(one.work_due(clock.now()) for one in (remote.watch, other) for _ in range(3)))
    assert await ids(remote) == [1, 2, 3, 4, 5]
    assert remote.gazette.asked("GET", "/articles") == 6


async def test_a_new_version_goes_on_where_the_old_one_was(remote: Remote) -> None:
    workflow_id = await published(remote.owner, graph(remote.trigger("article"), KEEP))
    await remote.work()
    remote.gazette.write(1)
    await saved(remote.owner, workflow_id, graph(remote.trigger("article"), KEEP, node("more", "core.noop")))
    await remote.owner.post(f"/api/v1/workflows/{workflow_id}/publish", json={})

    await remote.work(after_s=_A_MINUTE_S)
    assert await ids(remote) == [1]
    assert [run["version"] for run in await remote.runs()] == [2]

    await saved(remote.owner, workflow_id, graph(remote.trigger("article", section="sports"), KEEP))
    await remote.owner.post(f"/api/v1/workflows/{workflow_id}/publish", json={})
    remote.gazette.write(1)
    await remote.work(after_s=_A_MINUTE_S)
    assert await ids(remote) == [1]
    await remote.owner.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    assert await remote.registrations() == []


async def test_a_revoked_account_pauses_and_reconnecting_loses_nothing(remote: Remote) -> None:
    workflow_id = await published(remote.owner, graph(remote.trigger("article"), KEEP))
    await remote.work()
    remote.gazette.token = "another-token"
    remote.gazette.write(3)
    await remote.work(after_s=_A_MINUTE_S)

    state = (await remote.triggers(workflow_id))["heard"]
    assert (state["status"], state["next_at"]) == ("paused", None)
    assert state["detail"] == "The service no longer takes “Gazette”."
    assert (await remote.owner.get(f"/api/v1/connections/{remote.account}")).json()["health"] == "broken"
    assert await remote.work(after_s=86_400) == 0

    renewed = await remote.owner.put(f"/api/v1/connections/{remote.account}", json={"secret": remote.gazette.secret})
    assert renewed.status_code == 200, renewed.text
    await remote.work()
    assert await ids(remote) == [1, 2, 3]
    assert (await remote.triggers(workflow_id))["heard"]["status"] == "live"


async def test_a_service_that_is_busy_is_asked_later(remote: Remote) -> None:
    workflow_id = await published(remote.owner, graph(remote.trigger("article"), KEEP))
    await remote.work()
    remote.gazette.fails = Reply(500)
    remote.gazette.write(1)
    await remote.work(after_s=_A_MINUTE_S)
    state = (await remote.triggers(workflow_id))["heard"]
    assert (state["status"], state["detail"]) == ("live", "The gazette answered 500.")
    remote.gazette.fails = None
    await remote.work(after_s=_A_MINUTE_S)
    assert await ids(remote) == [1]
    assert (await remote.triggers(workflow_id))["heard"]["detail"] == ""


@pytest.mark.usefixtures("worker")
async def test_a_refusal_is_told_once_and_mends_by_itself(remote: Remote) -> None:
    alarm = node("alarm", "core.on_failure")
    workflow_id = await published(remote.owner, graph(remote.trigger("article"), KEEP) | {"nodes": [
        remote.trigger("article"), KEEP, alarm, node("told", "core.noop")
    ]})  # fmt: skip
    await remote.work()
    remote.gazette.fails = Reply(403)
    for hours in (1, 2, 3):
        await remote.work(after_s=3601 * hours)
    state = (await remote.triggers(workflow_id))["heard"]
    assert (state["status"], state["detail"]) == ("broken", "The gazette refused (403).")
    runs = await remote.runs()
    assert [run["trigger_kind"] for run in runs] == ["on_failure"]
    browser = await remote.api.signed_in("owner")
    told = (await browser.get("/api/v1/notifications")).json()["items"]
    assert [notice["kind"] for notice in told] == ["trigger_broken"]
    remote.gazette.fails = None
    remote.gazette.write(1)
    await remote.work(after_s=3601 * 4)
    assert (await remote.triggers(workflow_id))["heard"]["status"] == "live"
    assert await ids_of(remote, "gazette.article") == 1


async def test_what_is_broken_is_tried_again_when_somebody_asks(remote: Remote) -> None:
    workflow_id = await published(remote.owner, graph(remote.trigger("article"), KEEP))
    remote.gazette.fails = Reply(403)
    await remote.work()
    remote.gazette.fails = None
    again = f"/api/v1/workflows/{workflow_id}/triggers"
    assert (await remote.owner.post(f"{again}/heard/retry")).status_code == 202
    await remote.work()
    assert (await remote.triggers(workflow_id))["heard"]["status"] == "live"
    problem(await remote.owner.post(f"{again}/nobody/retry"), 404)


async def ids_of(remote: Remote, kind: str) -> int:
    return sum(event["kind"] == kind for event in await remote.inbox())


async def test_a_draft_that_is_listened_to_is_asked_for_too(remote: Remote) -> None:
    trials = Trials(remote.api.db, remote.watch.bell, remote.watch.services, remote.watch.taking)
    remote.gazette.write(1)
    workflow_id = await made(remote.owner, graph(remote.trigger("article"), KEEP))
    assert await trials.work_due(clock.now()) == 0
    listen = f"/api/v1/workflows/{workflow_id}/listen"
    assert (await remote.owner.post(listen, json={})).status_code == 200
    assert await trials.work_due(clock.now()) == 1
    remote.gazette.write(1)
    assert await trials.work_due(clock.now()) == 0
    for seconds in (6, 12):
        assert await trials.work_due(clock.now() + timedelta(seconds=seconds)) == 1
    assert await ids(remote) == [2]
    assert [run["version"] for run in await remote.runs()] == [None]
    await remote.owner.delete(listen)
    assert await trials.work_due(clock.now() + timedelta(seconds=60)) == 0


async def test_what_has_to_be_told_of_an_address_can_t_be_listened_to_before(remote: Remote) -> None:
    workflow_id = await made(remote.owner, graph(remote.trigger("changed", board="news"), KEEP))
    refusal = problem(await remote.owner.post(f"/api/v1/workflows/{workflow_id}/listen", json={}), 422)
    assert "when the workflow is published" in refusal["hint"]
