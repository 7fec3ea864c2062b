"""Schedules fire once each, whoever looks. The time is given, not waited for."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.features.runs.models import RUNS
from nodeloom.features.runs.sweeper import sweep
from nodeloom.features.triggers.models import SCHEDULE_FIRES, SUBSCRIPTIONS
from nodeloom.features.triggers.repository import forget_old
from nodeloom.features.triggers.schedules import Schedules, fire_for_ever
from tests.integration.triggers.conftest import Hooked
from tests.support.api import problem
from tests.support.flows import graph, node, published, saved, schedule

SET = node("greet", "core.set", fields=[{"name": "greeting", "value": "Hello"}])


def schedules(hooked: Hooked) -> Schedules:
    return Schedules(hooked.api.db, hooked.api.app.state.bell)


async def due(hooked: Hooked) -> datetime:
    async with hooked.api.db.read() as session:
        found = await session.scalar(select(SUBSCRIPTIONS.c.next_due_at))
    assert found is not None
    return found


async def fired(hooked: Hooked) -> list[datetime]:
    async with hooked.api.db.read() as session:
        rows = await session.execute(select(SCHEDULE_FIRES).order_by(SCHEDULE_FIRES.c.due_at))
        return [row.due_at for row in rows]


async def test_a_due_time_starts_a_run_that_knows_it(hooked: Hooked) -> None:
    await published(hooked.owner, graph(schedule(every_s=60), SET))
    at = await due(hooked)
    assert await schedules(hooked).fire_due(at - timedelta(milliseconds=1)) == (0, at)

    started, following = await schedules(hooked).fire_due(at + timedelta(milliseconds=5))

    assert (started, following) == (1, at + timedelta(seconds=60))
    [event] = await hooked.inbox()
    item = (await hooked.item(event["id"]))["json"]
    assert datetime.fromisoformat(item["due_at"]) == at
    assert datetime.fromisoformat(item["fired_at"]) == at + timedelta(milliseconds=5)
    [run] = await hooked.runs()
    assert (run["trigger"], run["trigger_kind"], run["event_id"]) == ("tick", "schedule", event["id"])


async def test_two_schedulers_fire_each_time_once(hooked: Hooked) -> None:
    await published(hooked.owner, graph(schedule(every_s=2, catch_up="all"), SET))
    first = await due(hooked)
    other = Database.open(hooked.api.app.state.settings.database_url)
    both = [schedules(hooked), Schedules(other, hooked.api.app.state.bell)]
    for step in range(0, 20, 3):
        now = first + timedelta(seconds=step)
        await asyncio.gather(*(scheduler.fire_due(now) for scheduler in both for _ in range(3)))
    await other.dispose()

    assert await fired(hooked) == [first + timedelta(seconds=2 * n) for n in range(10)]
    assert await hooked.counts() == (10, 10)


async def test_a_restart_of_all_schedulers_neither_misses_nor_doubles(hooked: Hooked) -> None:
    await published(hooked.owner, graph(schedule(every_s=1, catch_up="all"), SET))
    first = await due(hooked)
    bell = hooked.api.app.state.bell

    async def until(fires: int) -> None:
        running = [asyncio.create_task(fire_for_ever(hooked.api.db, bell)) for _ in range(2)]
        while len(await fired(hooked)) < fires:
            await asyncio.wait(running, timeout=0.05)
        for task in running:
            task.cancel()
        await asyncio.wait(running)

    await until(2)
    stopped_at = clock.now()
    while clock.now() - stopped_at < timedelta(seconds=2):
        await hooked.runs()
    await until(5)

    times = await fired(hooked)
    assert times == [first + timedelta(seconds=number) for number in range(len(times))]
    assert await hooked.counts() == (len(times), len(times))


async def test_what_is_old_is_forgotten(hooked: Hooked) -> None:
    await published(hooked.owner, graph(schedule(every_s=60), SET))
    at = await due(hooked)
    await schedules(hooked).fire_due(at)
    await forget_old(hooked.api.db, at, fires_before=at - timedelta(seconds=1))
    assert await fired(hooked) == [at]
    await forget_old(hooked.api.db, at, fires_before=at)
    assert await fired(hooked) == []


@pytest.mark.parametrize(("catch_up", "seconds"), [("all", [0, 5, 10, 15, 20]), ("latest", [20])])
async def test_missed_times_are_caught_up_as_is_asked(hooked: Hooked, catch_up: str, seconds: list[int]) -> None:
    await published(hooked.owner, graph(schedule(every_s=5, catch_up=catch_up), SET))
    first = await due(hooked)
    await schedules(hooked).fire_due(first + timedelta(seconds=20))
    assert await fired(hooked) == [first + timedelta(seconds=number) for number in seconds]


async def test_a_daily_time_that_was_missed_by_an_hour_is_skipped(hooked: Hooked) -> None:
    await published(hooked.owner, graph(schedule(cron="30 2 * * *", timezone="Europe/Berlin"), SET))
    first = await due(hooked)
    started, following = await schedules(hooked).fire_due(first + timedelta(hours=1))
    assert started == 0
    assert following is not None
    assert timedelta(hours=22) < following - first < timedelta(hours=26)
    assert await hooked.counts() == (0, 0)


async def set_status(hooked: Hooked, status: str) -> None:
    async with hooked.api.db.transaction() as session:
        await session.execute(RUNS.update().values(status=status))


async def test_overlap_skip_starts_nothing_while_a_run_goes_on(hooked: Hooked) -> None:
    await published(hooked.owner, graph(schedule(every_s=60, overlap="skip", catch_up="all"), SET))
    first = await due(hooked)
    scheduler = schedules(hooked)
    await scheduler.fire_due(first)
    assert (await scheduler.fire_due(first + timedelta(seconds=60)))[0] == 0
    assert await hooked.counts() == (2, 1)
    assert (await hooked.inbox())[0]["summary"].endswith("not started: the run before goes on")
    await set_status(hooked, "succeeded")
    assert (await scheduler.fire_due(first + timedelta(seconds=120)))[0] == 1


async def test_overlap_queue_lets_one_run_at_a_time(hooked: Hooked, worker: object) -> None:
    await published(hooked.owner, graph(schedule(every_s=60, overlap="queue", catch_up="all"), SET))
    first = await due(hooked)
    assert (await schedules(hooked).fire_due(first + timedelta(seconds=180)))[0] == 4
    while {run["status"] for run in await hooked.runs()} != {"succeeded"}:
        await sweep(hooked.api.db, hooked.api.app.state.bell)
    async with hooked.api.db.read() as session:
        spans = (await session.execute(select(RUNS.c.started_at, RUNS.c.finished_at).order_by(RUNS.c.started_at))).all()
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


async def test_publishing_again_keeps_the_rhythm_of_a_schedule_that_did_not_change(hooked: Hooked) -> None:
    workflow_id = await published(hooked.owner, graph(schedule(cron="0 9 * * *"), SET))
    missed = clock.now() - timedelta(minutes=5)
    async with hooked.api.db.transaction() as session:
        await session.execute(SUBSCRIPTIONS.update().values(next_due_at=missed))
    kept = await due(hooked)
    await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/publish")
    assert await due(hooked) == kept
    await saved(hooked.owner, workflow_id, graph(schedule(cron="0 10 * * *"), SET))
    await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/publish")
    assert await due(hooked) > clock.now()


async def test_a_schedule_without_a_zone_runs_in_the_workflows(hooked: Hooked) -> None:
    await published(hooked.owner, graph(schedule(cron="0 9 * * *"), SET, timezone="Asia/Tokyo"))
    assert (await due(hooked)).hour == 0


async def test_an_unpublished_schedule_fires_no_more(hooked: Hooked) -> None:
    workflow_id = await published(hooked.owner, graph(schedule(every_s=1), SET))
    first = await due(hooked)
    await hooked.owner.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    assert await schedules(hooked).fire_due(first + timedelta(hours=1)) == (0, None)


async def test_the_next_five_times_are_shown(hooked: Hooked) -> None:
    async def preview(**query: Any) -> dict[str, Any]:
        answer = await hooked.owner.get("/api/v1/schedules/preview", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    weekly = await preview(cron="0 9 * * 1", timezone="Europe/Berlin")
    times = [datetime.fromisoformat(moment) for moment in weekly["times"]]
    assert len(times) == 5
    assert all(moment.weekday() == 0 for moment in times)
    assert weekly["description"] == "At 09:00 on Monday (Europe/Berlin)"
    assert (await preview(every_s=3600))["description"] == "Every hour"
    for wrong in ({}, {"cron": "61 * * * *"}, {"every_s": 0}, {"cron": "* * * * *", "timezone": "Mars/Base"}):
        problem(await hooked.owner.get("/api/v1/schedules/preview", params=wrong), 422)
