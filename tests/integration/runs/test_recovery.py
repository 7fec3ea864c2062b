"""What becomes of a run whose worker was taken away from it."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import Connection, select, text, update
from sqlalchemy.engine import make_url

from nodeloom.adapters import clock
from nodeloom.adapters.database import sync_engine
from nodeloom.adapters.queue import Bell
from nodeloom.adapters.settings import Settings
from nodeloom.engine.advance import Frontier
from nodeloom.entrypoints.worker.main import working
from nodeloom.features.runs.journal import Claim, Close, Entry, claim, take_back, write
from nodeloom.features.runs.models import ENDED, NODE_RUNS, RUNS
from nodeloom.features.runs.rows import Row
from nodeloom.features.runs.run_journal import Fenced, RunJournal
from nodeloom.features.runs.state import RunState
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.api import ApiUnderTest
from tests.support.far_side import FarSide, Seen
from tests.support.flows import MANUAL, graph, made, node
from tests.support.graphs import draw, plan_of


@dataclass
class Service:
    """Answers each request with its number among those to the same path; holds back the first to `/held`."""

    side: FarSide
    came_in: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def seen(self, path: str) -> list[Seen]:
        return [seen for seen in self.side.seen if seen.path == path]

    def call(self, id_: str, method: str, path: str, **params: Any) -> dict[str, Any]:
        return node(id_, "http.request", method=method, url=self.side.url(path), **params)

    async def answer(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        number = len(self.seen(seen.path))
        if seen.path == "/held" and number == 1:
            self.came_in.set()
            await self.may_answer.wait()
        body = orjson.dumps({"number": number})
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()


@pytest_asyncio.fixture
async def held(service: FarSide) -> AsyncGenerator[Service]:
    made_service = Service(service)
    service.raw = made_service.answer
    yield made_service
    made_service.may_answer.set()


async def started_and_held(running: Running, held: Service, *nodes: dict[str, Any]) -> str:
    """The id of a run of which the first call to `/held` has come in."""
    run = await running.start(graph(MANUAL, *nodes), {"order": 1}, wait_s=0)
    await held.came_in.wait()
    return run["id"]


async def taken_back(running: Running, run_id: str) -> None:
    """What a sweeper does with the runs of a worker that seems to be gone."""
    async with running.api.db.transaction() as session:
        await session.execute(update(RUNS).where(RUNS.c.id == run_id).values(status="queued", lease_owner=None))
    await Bell(running.redis).ring()


async def at_most(running: Running, drives: int) -> None:
    """Until the worker has no more drives than that."""
    for _ in itertools.count():
        if running.worker.active <= drives:
            return
        await asyncio.sleep(0.01)


async def fence_of(api: ApiUnderTest, run_id: str) -> int:
    async with api.db.read() as session:
        return (await session.execute(select(RUNS.c.fence).where(RUNS.c.id == run_id))).scalar_one()


async def queued_run(api: ApiUnderTest, *nodes: dict[str, Any]) -> str:
    """For a worker to claim, if there is one."""
    client = await api.signed_in("owner")
    workflow_id = await made(client, graph(*(nodes or (MANUAL,))))
    answer = await client.post(f"/api/v1/workflows/{workflow_id}/runs", json={})
    return answer.json()["id"]


async def test_a_late_write_of_an_earlier_claim_is_refused(api: ApiUnderTest) -> None:
    run_id = await queued_run(api)
    writer = api.db.writer
    await writer.call(claim, Claim("wrk_first", 10, clock.now()))
    # Its worker has no lease: it never beat.
    await writer.call(take_back, clock.now())
    (second,) = await writer.call(claim, Claim("wrk_second", 10, clock.now()))

    late = await writer.call(write, Entry(run_id, 1, close=Close("failed", 0, finished_at=clock.now())))
    timely = await writer.call(write, Entry(run_id, second["fence"], close=Close("succeeded", 0)))
    after_the_end = await writer.call(write, Entry(run_id, second["fence"], close=Close("failed", 0)))

    assert (second["fence"], late, timely, after_the_end) == (2, "fenced", "written", "fenced")


async def test_a_run_that_was_taken_back_is_fenced_before_anybody_claims_it(api: ApiUnderTest) -> None:
    run_id = await queued_run(api)
    (claimed,) = await api.db.writer.call(claim, Claim("wrk_first", 10, clock.now()))
    await api.db.writer.call(take_back, clock.now())

    assert await api.db.writer.call(write, Entry(run_id, claimed["fence"], close=Close("succeeded", 0))) == "fenced"


async def test_a_run_does_not_fall_asleep_on_what_it_waits_for(running: Running, held: Service) -> None:
    """The call that one branch waits for comes in while the other branch still works."""
    flow = {
        "nodes": [MANUAL, node("hold", "core.wait", **{"for": "call"}), held.call("read", "GET", "/held")],
        "edges": [{"source": "start", "port": "out", "target": id_} for id_ in ("hold", "read")],
    }
    run = await running.start(flow, wait_s=0)
    await held.came_in.wait()
    url = await resume_url(running, run["id"])

    answer = await running.client.post(url, json={"yes": True})
    assert (await running.run(run["id"]))["status"] == "running"
    held.may_answer.set()

    ended = await running.until(run["id"], "succeeded", "failed")
    assert (answer.status_code, ended["status"]) == (202, "succeeded")
    assert ended["output"][0]["body"] == {"yes": True}


async def resume_url(running: Running, run_id: str) -> str:
    """As soon as the journal says that a node waits for the call, which it does while the run goes on."""
    while True:
        state = nodes_of(await running.run(run_id)).get("hold", {})
        if state.get("status") == "waiting" and state["waiting"].get("url"):
            return state["waiting"]["url"]
        await asyncio.sleep(0.01)


async def test_a_restored_run_reuses_what_it_read_and_computes_the_rest_again(running: Running, held: Service) -> None:
    run_id = await started_and_held(
        running,
        held,
        held.call("read", "GET", "/read"),
        node("mark", "core.set", fields=[{"name": "read", "value": "{{ $json.body.number }}"}], keep="none"),
        held.call("effect", "POST", "/effect"),
        node("after", "core.set", fields=[{"name": "made", "value": "{{ $json.body.number }}"}], keep="none"),
        held.call("last", "GET", "/held"),
        node(
            "end",
            "core.set",
            fields=[
                {"name": "read", "value": "{{ $('Mark').item.json.read }}"},
                {"name": "made", "value": "{{ $('After').item.json.made }}"},
                {"name": "last", "value": "{{ $json.body.number }}"},
            ],
            keep="none",
        ),
    )

    await taken_back(running, run_id)

    ended = await running.until(run_id, "succeeded", "failed")
    assert ended["output"] == [{"read": 1, "made": 1, "last": 2}]
    assert [len(held.seen(path)) for path in ("/read", "/effect", "/held")] == [1, 1, 2]


async def test_a_call_made_once_is_unknown_after_a_crash(running: Running, held: Service) -> None:
    """Also once the answer to the earlier claim comes in after all."""
    run_id = await started_and_held(running, held, held.call("effect", "POST", "/held"))

    await taken_back(running, run_id)

    asleep = await running.until(run_id, "waiting", "failed", "succeeded")
    held.may_answer.set()
    await at_most(running, 0)
    assert (await running.run(run_id))["waiting"]["reason"] == asleep["waiting"]["reason"] == "outcome"
    assert len(held.seen("/held")) == 1


async def test_a_call_with_an_idempotency_key_is_repeated_with_the_same_key(running: Running, held: Service) -> None:
    effect = held.call("effect", "POST", "/held", headers={"Idempotency-Key": ""}, body={"order": 1})
    run_id = await started_and_held(running, held, effect)

    await taken_back(running, run_id)

    ended = await running.until(run_id, "waiting", "failed", "succeeded")
    first, second = (seen.headers["idempotency-key"] for seen in held.seen("/held"))
    assert ended["status"] == "succeeded"
    assert first == second != ""


async def test_a_cancel_reaches_a_run_that_the_same_worker_took_over_from_itself(
    running: Running, held: Service
) -> None:
    """The earlier claim's end must not take the later one's place away."""
    never = asyncio.Event()
    second_came_in = asyncio.Event()

    async def answer(seen: Seen, writer: asyncio.StreamWriter) -> None:
        if len(held.seen("/held")) == 1:
            await held.answer(seen, writer)
        else:
            second_came_in.set()
            await never.wait()

    held.side.raw = answer
    run_id = await started_and_held(running, held, held.call("read", "GET", "/held"), node("end", "core.noop"))
    await taken_back(running, run_id)
    await second_came_in.wait()
    held.may_answer.set()
    await at_most(running, 1)
    await running.client.post(f"/api/v1/runs/{run_id}/cancel")

    ended = await running.until(run_id, "cancelled", "failed", "succeeded")
    never.set()
    assert (ended["status"], running.worker.active) == ("cancelled", 0)


async def test_ten_sleeping_runs_cost_no_worker(running: Running) -> None:
    hold = graph(MANUAL, node("hold", "core.wait", **{"for": "call"}))
    first = await running.start(hold, wait_s=0)
    others = [await running.start_again(first["workflow_id"], wait_s=0) for _ in range(9)]
    run_ids = [run["id"] for run in (first, *others)]

    asleep = [await running.until(run_id, "waiting", "failed") for run_id in run_ids]
    assert (running.worker.active, {run["waiting"]["reason"] for run in asleep}) == (0, {"call"})
    for run in asleep:
        await running.client.post(run["waiting"]["url"], json={})

    ended = [await running.until(run_id, "succeeded", "failed") for run_id in run_ids]
    assert {run["status"] for run in ended} == {"succeeded"}


async def test_what_a_draining_worker_gives_back_another_one_finishes(
    api: ApiUnderTest, settings: Settings, held: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodeloom.entrypoints.worker.main._PATIENCE_S", 0.05)
    async with working(settings):
        run_id = await queued_run(api, MANUAL, held.call("read", "GET", "/held"))
        await held.came_in.wait()

    async with working(settings):
        status = await ended(api, run_id)

    assert (status, len(held.seen("/held"))) == ("succeeded", 2)
    assert await fence_of(api, run_id) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_connection_that_breaks_while_a_run_is_loaded_does_not_fail_the_run(
    api: ApiUnderTest, settings: Settings
) -> None:
    run_id = await queued_run(api)
    engine = sync_engine(make_url(settings.database_url))
    with engine.connect() as lock, engine.connect() as watch:
        lock.execute(text("LOCK TABLE graph_snapshot IN ACCESS EXCLUSIVE MODE"))
        async with working(settings):
            await broken(watch)
            lock.rollback()
            status = await ended(api, run_id)

    assert status == "succeeded"


async def ended(api: ApiUnderTest, run_id: str) -> str:
    for _ in itertools.count():
        async with api.db.read() as session:
            status = (await session.execute(select(RUNS.c.status).where(RUNS.c.id == run_id))).scalar_one()
        if status in ENDED:
            return status
        await asyncio.sleep(0.01)
    raise AssertionError


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_write_that_waits_for_the_database_does_not_overtake_a_newer_one(api: ApiUnderTest) -> None:
    run_id = await queued_run(api)
    (claimed,) = await api.db.writer.call(claim, Claim("wrk_first", 10, clock.now()))
    plan = plan_of(draw("hook > post"))
    state = RunState(plan, Frontier(plan, "hook"))
    journal = RunJournal(api.db, run_id, claimed["fence"], state, api.app.state.bell.ring_soon)
    engine = sync_engine(make_url(api.app.state.settings.database_url))
    with engine.connect() as lock, engine.connect() as watch:
        lock.execute(text("LOCK TABLE node_run IN ACCESS EXCLUSIVE MODE"))
        state.node_rows["post", ()] = node_row(claimed, "running")
        older = asyncio.create_task(journal.flush())
        # The writer connects anew once by itself.
        await broken(watch)
        await broken(watch)
        state.node_rows["post", ()] = node_row(claimed, "succeeded")
        newer = asyncio.create_task(journal.flush())
        await somebody_waits(watch)
        lock.rollback()
    await asyncio.gather(older, newer)

    async with api.db.read() as session:
        assert (await session.execute(select(NODE_RUNS.c.status))).scalar_one() == "succeeded"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_an_end_that_waited_for_the_database_does_not_count_after_a_takeover(api: ApiUnderTest) -> None:
    run_id = await queued_run(api)
    (claimed,) = await api.db.writer.call(claim, Claim("wrk_first", 10, clock.now()))
    plan = plan_of(draw("hook > post"))
    journal = RunJournal(
        api.db, run_id, claimed["fence"], RunState(plan, Frontier(plan, "hook")), api.app.state.bell.ring_soon
    )
    engine = sync_engine(make_url(api.app.state.settings.database_url))
    with engine.connect() as other, engine.connect() as watch:
        other.execute(update(RUNS).values(fence=2))
        late = asyncio.create_task(journal.flush(Close("succeeded", 0)))
        await broken(watch)
        await broken(watch)
        other.commit()

    with pytest.raises(Fenced):
        await late


def node_row(run: Row, status: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(NODE_RUNS.c.keys())
    return row | {
        "run_id": run["id"],
        "node_id": "post",
        "path": "",
        "workspace_id": run["workspace_id"],
        "seq": 1,
        "status": status,
        "attempt": 1,
        "items_in": 0,
        "items_out": 0,
    }


async def somebody_waits(watch: Connection) -> None:
    for _ in itertools.count():
        found = watch.execute(text("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).all()
        watch.rollback()
        if found:
            return
        await asyncio.sleep(0.01)


async def broken(watch: Connection) -> None:
    """As soon as somebody waits for the lock, end their connection."""
    waiting = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in itertools.count():
        if watch.execute(waiting).all():
            return
        watch.rollback()
        await asyncio.sleep(0.01)


async def test_a_run_that_a_living_worker_lost_sight_of_is_found_again(running: Running) -> None:
    """As after a claim whose commit succeeded while the connection broke: the database says it is being driven."""
    workflow_id = await made(running.client, graph(MANUAL, node("hold", "core.wait", **{"for": "call"})))
    run = await running.start_again(workflow_id, wait_s=0)
    await running.until(run["id"], "waiting")
    lost = {"status": "running", "lease_owner": running.worker.id, "waiting_reason": None}
    async with running.api.db.transaction() as session:
        await session.execute(update(RUNS).where(RUNS.c.id == run["id"]).values(lost))

    found = await running.until(run["id"], "waiting")

    assert found["waiting"]["reason"] == "call"
