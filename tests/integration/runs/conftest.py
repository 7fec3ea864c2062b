"""The application with a worker beside it, and a server for it to call."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from arq.connections import ArqRedis

from nodeloom.adapters.queue import connect
from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.worker.main import working
from nodeloom.features.runs.worker import RunWorker
from tests.support.api import ApiUnderTest, api, empty_api
from tests.support.far_side import FarSide, far_side
from tests.support.flows import made

__all__ = ["api", "empty_api"]


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, redis_url=redis_url, egress_allow=("127.0.0.1",))


@dataclass
class Running:
    """A member who may do everything, a worker that drives, and Redis."""

    api: ApiUnderTest
    client: httpx2.AsyncClient
    worker: RunWorker
    redis: ArqRedis

    async def start(
        self, graph: dict[str, Any], items: Any = None, *, wait_s: float = 20, **more: Any
    ) -> dict[str, Any]:
        """The run of a new workflow, whole, as it stands when it ended or after `wait_s`."""
        workflow_id = await made(self.client, graph)
        return await self.start_again(workflow_id, items, wait_s=wait_s, **more)

    async def start_again(
        self, workflow_id: str, items: Any = None, *, wait_s: float = 20, **more: Any
    ) -> dict[str, Any]:
        body = {"wait_s": wait_s, **({} if items is None else {"input": items}), **more}
        answer = await self.client.post(f"/api/v1/workflows/{workflow_id}/runs", json=body)
        assert answer.status_code in (200, 202), answer.text
        return await self.run(answer.json()["id"])

    async def run(self, run_id: str) -> dict[str, Any]:
        return (await self.client.get(f"/api/v1/runs/{run_id}")).json()

    async def until(self, run_id: str, *statuses: str) -> dict[str, Any]:
        """The run as soon as it has one of the statuses; the test's own time limit ends a vain wait."""
        return await self._until(run_id, lambda run: run["status"] in statuses)

    async def until_waiting(self, run_id: str, reason: str) -> dict[str, Any]:
        """The run as soon as it waits for that reason."""
        return await self._until(run_id, lambda run: bool(run["waiting"]) and run["waiting"]["reason"] == reason)

    async def until_node(self, run_id: str, node_id: str, status: str) -> dict[str, Any]:
        """The run as soon as that node has the status."""
        return await self._until(run_id, lambda run: nodes_of(run).get(node_id, {}).get("status") == status)

    async def _until(self, run_id: str, seen: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for _ in itertools.count():
            run = await self.run(run_id)
            if seen(run):
                return run
            await asyncio.sleep(0.01)
        raise AssertionError


@pytest_asyncio.fixture
async def running(api: ApiUnderTest, settings: Settings) -> AsyncGenerator[Running]:
    redis = connect(settings.redis_url)
    untyped: Any = redis
    await untyped.flushall()
    async with working(settings) as (worker, _):
        yield Running(api, await api.signed_in("owner"), worker, redis)
    await redis.aclose(close_connection_pool=True)


@pytest_asyncio.fixture
async def service() -> AsyncGenerator[FarSide]:
    async with far_side() as side:
        yield side


def nodes_of(run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {node["node_id"]: node for node in run["node_runs"]}
