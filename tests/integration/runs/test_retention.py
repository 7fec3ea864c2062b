"""What is old goes, what is needed stays."""

from datetime import timedelta

from sqlalchemy import func, select

from nodeloom.adapters import clock
from nodeloom.features.runs.models import RUN_LOG
from nodeloom.features.runs.retention import forget_runs
from nodeloom.features.triggers.retention import forget_events
from tests.integration.runs.conftest import Running
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, graph, hook, node, published


async def test_ended_runs_go_with_all_that_belongs_to_them(running: Running) -> None:
    run = await running.start(graph(MANUAL, node("say", "core.code", source="console.log(1)\nreturn items")))
    log = select(func.count()).where(RUN_LOG.c.run_id == run["id"])
    async with running.api.db.read() as session:
        assert await session.scalar(log) == 1
    later = clock.now() + timedelta(seconds=1)

    assert await forget_runs(running.api.db, clock.now() - timedelta(hours=1)) == 0
    assert await forget_runs(running.api.db, later) == 1

    assert (await running.client.get(f"/api/v1/runs/{run['id']}")).status_code == 404
    async with running.api.db.read() as session:
        assert await session.scalar(log) == 0


async def test_runs_that_wait_or_have_an_outcome_to_settle_stay(running: Running, service: FarSide) -> None:
    service.answer = lambda _: Reply(500)
    call = node("call", "http.request", method="POST", url=service.url())
    asked = await running.start(graph(MANUAL, call), wait_s=0)
    await running.until(asked["id"], "waiting")
    cancelled = await running.start(graph(MANUAL, call), wait_s=0)
    await running.until(cancelled["id"], "waiting")
    await running.client.post(f"/api/v1/runs/{cancelled['id']}/cancel")

    assert await forget_runs(running.api.db, clock.now() + timedelta(seconds=1)) == 0


async def test_an_event_goes_after_its_run(running: Running) -> None:
    await published(running.client, graph(hook("orders"), node("end", "core.noop")))
    answer = await running.client.post("/hooks/orders", json={})
    await running.until(answer.json()["run_id"], "succeeded")
    later = clock.now() + timedelta(seconds=1)

    before_its_run = await forget_events(running.api.db, later)
    await forget_runs(running.api.db, later)

    assert (before_its_run, await forget_events(running.api.db, later)) == (0, 1)
