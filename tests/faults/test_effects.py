"""A worker dies, or is held up beyond its lease, at chosen moments around an effect."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from nodeloom.adapters.database import sync_engine
from tests.faults.installation import PATIENCE_S, Installation, eventually
from tests.faults.receiver import Receiver, call
from tests.support.flows import graph, hook, published

INTENT = "SELECT status FROM attempt WHERE run_id = :id AND node_id = 'effect'"


@dataclass
class Gate:
    """Holds back the answers of the first request to each of `closed`, until it is opened."""

    closed: set[str]
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    held: set[str] = field(default_factory=set[str])

    async def hold(self, effect: str) -> None:
        if effect in self.closed and effect not in self.held:
            self.held.add(effect)
            await self.opened.wait()

    async def full(self) -> bool:
        return self.held == self.closed


@dataclass
class WatchedService:
    """Answers one request when it is told to, and knows when the caller has taken the answer in."""

    url: str = ""
    came_in: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    requests: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.requests += 1
        self.came_in.set()
        await self.may_answer.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        # The caller hangs up once it has read all of it.
        await reader.read()
        self.taken.set()
        writer.close()


@pytest.fixture
async def watched() -> AsyncGenerator[WatchedService]:
    made = WatchedService()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/effect"
    yield made
    server.close()


@dataclass
class UnreadService:
    """It listens, so that a connection is made, but nobody reads what is sent until `serve`."""

    listening: socket.socket
    url: str

    @asynccontextmanager
    async def serve(self, receiver: Receiver) -> AsyncGenerator[None]:
        """Throws away what waits unread, then serves."""
        loop = asyncio.get_running_loop()
        waiting, _ = await loop.sock_accept(self.listening)
        waiting.close()
        server = await asyncio.start_server(receiver.side.serve, sock=self.listening)
        try:
            yield
        finally:
            server.close()


@pytest.fixture
async def unread() -> AsyncGenerator[UnreadService]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield UnreadService(listening, f"http://127.0.0.1:{listening.getsockname()[1]}/effect")


async def published_chain(installation: Installation, name: str, *calls: dict[str, Any]) -> None:
    await published(installation.client, graph(hook(name, respond="at_once"), *calls), name)


@asynccontextmanager
async def nobody_writes(installation: Installation) -> AsyncGenerator[Connection]:
    """A lock that lets others read only; whoever writes has finished when the block begins."""
    engine = sync_engine(make_url(installation.database_url))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE run, node_run, attempt, worker IN SHARE MODE"))
        yield connection


@pytest.mark.timeout(150)
async def test_a_worker_killed_at_five_points_around_an_effect(
    installation: Installation, service: Receiver, unread: UnreadService, watched: WatchedService
) -> None:
    """One worker stands at all five points at once, and at an idempotent call besides, and is killed."""
    url = service.side.url
    parts = [installation.start(word) for word in ("api", "scheduler", "worker")]
    await installation.ready(*parts)
    worker = parts[2]
    await published_chain(
        installation, "before_intent", call("read", "GET", url("/1")), call("effect", "POST", url("/1"))
    )
    await published_chain(installation, "after_intent", call("effect", "POST", unread.url))
    await published_chain(installation, "during", call("effect", "POST", url("/3")))
    await published_chain(installation, "after_call", call("effect", "POST", watched.url))
    await published_chain(
        installation, "after_outcome", call("effect", "POST", url("/5")), call("read", "GET", url("/5"))
    )
    await published_chain(installation, "repeatable", call("effect", "PUT", url("/6")))
    gate = Gate({"GET /1", "POST /3", "GET /5", "PUT /6"})
    service.before = gate.hold
    names = ("before_intent", "after_intent", "during", "after_call", "after_outcome", "repeatable")
    runs = {name: await installation.accepted(name, {}) for name in names}

    await eventually(gate.full, "all calls to stand where they are to be cut off")
    await asyncio.wait_for(watched.came_in.wait(), PATIENCE_S)
    assert await states_at(installation, runs) == {
        "before_intent": [],
        "after_intent": ["intent"],
        "during": ["intent"],
        "after_call": ["intent"],
        "after_outcome": ["succeeded"],
        "repeatable": ["intent"],
    }
    async with nobody_writes(installation):
        watched.may_answer.set()
        await asyncio.wait_for(watched.taken.wait(), PATIENCE_S)
        worker.kill()
    gate.opened.set()
    await installation.ready(installation.start("worker"))

    for name in ("before_intent", "after_outcome", "repeatable"):
        await installation.run_is(runs[name], "succeeded")
    for name in ("after_intent", "during", "after_call"):
        await installation.run_is(runs[name], "waiting", "outcome")
    assert service.effects == {
        "GET /1": 2, "POST /1": 1, "POST /3": 1, "POST /5": 1, "GET /5": 2, "PUT /6": 2
    }  # fmt: skip
    async with unread.serve(service):
        await settle(installation, runs)
    assert {service.effects[effect] for effect in ("POST /effect", "POST /3")} == {1}
    assert watched.requests == 1


async def states_at(installation: Installation, runs: dict[str, str]) -> dict[str, list[str]]:
    return {name: [row.status for row in await installation.rows(INTENT, id=run_id)] for name, run_id in runs.items()}


async def settle(installation: Installation, runs: dict[str, str]) -> None:
    await installation.settle(runs["after_intent"], "effect", "did_not_happen")
    await installation.settle(runs["during"], "effect", "happened")
    await installation.settle(runs["after_call"], "effect", "happened")
    for run_id in runs.values():
        await installation.run_is(run_id, "succeeded")


@pytest.mark.timeout(150)
async def test_a_worker_held_up_beyond_its_lease_writes_nothing_more(
    installation: Installation, service: Receiver
) -> None:
    parts = [installation.start(word) for word in ("api", "scheduler", "worker")]
    await installation.ready(*parts)
    held_up = parts[2]
    await published_chain(installation, "once", call("effect", "POST", service.side.url("/once")))
    await published_chain(installation, "put", call("effect", "PUT", service.side.url("/put")))
    gate = Gate({"POST /once", "PUT /put"})
    service.before = gate.hold
    once, put = [await installation.accepted(name, {}) for name in ("once", "put")]
    await eventually(gate.full, "both calls to be under way")

    async with nobody_writes(installation):
        # Stopped within a transaction it would keep SQLite's lock, and everybody out, until it goes on.
        held_up.stop()
    other = installation.start("worker")
    await installation.run_is(once, "waiting", "outcome")
    await installation.run_is(put, "succeeded")
    gate.opened.set()
    held_up.go_on()

    async def noticed() -> bool:
        return held_up.said().count("the run was taken over") == 2

    await eventually(noticed, "the late worker to notice that its runs were taken over")
    assert service.effects == {"POST /once": 1, "PUT /put": 2}
    assert await installation.run(once) == ("waiting", "outcome")
    fences = await installation.rows("SELECT fence, attempt.status FROM run JOIN attempt ON run_id = run.id")
    assert sorted(tuple(row) for row in fences) == [(2, "failed"), (2, "succeeded"), (2, "unknown")]
    assert await body_of(installation, put) == {"number": 2}

    other.kill()
    fresh = await installation.accepted("put", {})
    await installation.run_is(fresh, "succeeded")


async def body_of(installation: Installation, run_id: str) -> Any:
    answer = await installation.client.get(f"/api/v1/runs/{run_id}/nodes/effect/output")
    return answer.json()["items"][0]["json"]["body"]
