"""The application with a caller of its webhooks, and a worker where a test asks for one."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest_asyncio
from sqlalchemy import func, select

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.worker.main import working
from nodeloom.features.runs.models import RUNS
from nodeloom.features.runs.worker import RunWorker
from nodeloom.features.triggers.models import EVENTS
from tests.support.api import ApiUnderTest, api, empty_api, settings

__all__ = ["api", "empty_api", "settings"]


@dataclass
class Hooked:
    """A member who may do everything, and a stranger who only knows addresses."""

    api: ApiUnderTest
    owner: httpx2.AsyncClient
    stranger: httpx2.AsyncClient

    async def call(self, path: str, json: Any = None, *, method: str = "POST", **more: Any) -> httpx2.Response:
        if json is not None:
            more["json"] = json
        return await self.stranger.request(method, f"/hooks/{path}", **more)

    async def connection(self, connector: str, **secret: Any) -> str:
        body = {"connector": connector, "name": connector, "secret": secret}
        answer = await self.owner.post("/api/v1/connections", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def run(self, run_id: str) -> dict[str, Any]:
        answer = await self.owner.get(f"/api/v1/runs/{run_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def runs(self) -> list[dict[str, Any]]:
        return (await self.owner.get("/api/v1/runs")).json()["items"]

    async def inbox(self, query: str = "") -> list[dict[str, Any]]:
        return (await self.owner.get(f"/api/v1/inbox?{query}")).json()["items"]

    async def item(self, event_id: str) -> dict[str, Any]:
        """The item that the trigger made of the event."""
        return (await self.owner.get(f"/api/v1/inbox/{event_id}")).json()["items"][0]

    async def counts(self) -> tuple[int, int]:
        """(events, runs) in the database."""
        async with self.api.db.read() as session:
            events = await session.scalar(select(func.count()).select_from(EVENTS))
            runs = await session.scalar(select(func.count()).select_from(RUNS))
        return events or 0, runs or 0


@pytest_asyncio.fixture
async def hooked(api: ApiUnderTest) -> Hooked:
    return Hooked(api, await api.with_key("owner"), await api.visitor())


@pytest_asyncio.fixture
async def worker(hooked: Hooked, settings: Settings) -> AsyncGenerator[RunWorker]:
    async with working(settings) as (running, _):
        yield running
