"""The application with a stranger's connector beside it, its service, and the scheduler's part at hand."""

import json
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from nodeloom.adapters import clock
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.traffic import Traffic
from nodeloom.features.runs.outside import Outside
from nodeloom.features.runs.passage import Passages
from nodeloom.features.triggers.failures import Failures
from nodeloom.features.triggers.live import LiveTriggers
from nodeloom.features.triggers.models import REGISTRATIONS
from nodeloom.features.triggers.remote.watch import Watch
from nodeloom.features.triggers.wiring import watch
from tests.integration.triggers.conftest import Hooked, worker
from tests.support.api import ApiUnderTest, api, empty_api
from tests.support.far_side import far_side
from tests.support.flows import node
from tests.support.gazette import SETTINGS, SIGNING_SECRET, Gazette, install_gazette, signature

__all__ = ["api", "empty_api", "worker"]

KEEP = node("keep", "core.noop")


@pytest.fixture
def settings(
    database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Made before the application starts, which then finds the connector."""
    folder = install_gazette(tmp_path_factory.mktemp("gazette"))
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings=SETTINGS,
    )


@pytest_asyncio.fixture
async def gazette() -> AsyncGenerator[Gazette]:
    async with far_side() as side:
        yield Gazette(side)


@dataclass
class Remote(Hooked):
    """Beside callers of webhooks: one scheduler's watch, a service, and the connection to it."""

    watch: Watch
    gazette: Gazette
    account: str

    def trigger(self, name: str, id_: str = "heard", **params: Any) -> dict[str, Any]:
        return {**node(id_, f"gazette.{name}", **params), "connection_id": self.account}

    async def work(self, *, after_s: float = 0) -> int:
        """Everything that is due then, once."""
        return await self.watch.work_due(clock.now() + timedelta(seconds=after_s))

    async def registrations(self) -> list[Any]:
        async with self.api.db.read() as session:
            return list((await session.execute(select(REGISTRATIONS).order_by(REGISTRATIONS.c.id))).all())

    async def registration(self) -> Any:
        [row] = await self.registrations()
        return row

    async def make_due(self) -> None:
        async with self.api.db.transaction() as session:
            await session.execute(update(REGISTRATIONS).values(due_at=clock.now()))

    async def triggers(self, workflow_id: str) -> dict[str, dict[str, Any]]:
        answer = await self.owner.get(f"/api/v1/workflows/{workflow_id}/triggers")
        assert answer.status_code == 200, answer.text
        return {trigger["node_id"]: trigger for trigger in answer.json()["items"]}

    async def ring(self, told: dict[str, Any], *, path: str = "", secret: str = SIGNING_SECRET) -> httpx2.Response:
        """The service calls the address of the app."""
        body = json.dumps(told).encode()
        return await self.stranger.post(f"/hooks/-/apps/gazette{path}", content=body, headers=signature(body, secret))

    async def say(self, text: str, id_: str = "E1", channel: str = "news", **more: Any) -> httpx2.Response:
        event = {"channel": channel, "text": text}
        return await self.ring({"type": "event", "account": "A1", "id": id_, "event": event}, **more)

    async def change(self, address: str, id_: str, *, secret: str | None = None, **told: Any) -> httpx2.Response:
        """The service calls the address of a registration."""
        body = json.dumps({"id": id_, **told}).encode()
        signed = signature(body, secret or self.gazette.token, address)
        return await self.stranger.post(urlsplit(address).path, content=body, headers=signed)


def watch_of(api: ApiUnderTest) -> Watch:
    """What a scheduler does, with the parts of this process."""
    state = api.app.state
    return watch(
        settings=state.settings,
        db=state.db,
        vault=state.vault,
        catalog=state.catalog,
        payloads=state.payloads,
        accounts=state.tokens,
        outside=Outside(state.db, state.tokens, state.artifacts, {}, Passages(Traffic(state.redis))),
        bell=state.bell,
        failures=Failures(state.payloads, LiveTriggers(), state.settings.public_url),
    )


@pytest_asyncio.fixture
async def remote(api: ApiUnderTest, gazette: Gazette) -> Remote:
    owner = await api.with_key("owner")
    made = {"connector": "gazette", "name": "Gazette", "secret": gazette.secret}
    answer = await owner.post("/api/v1/connections", json=made)
    assert answer.status_code == 201, answer.text
    return Remote(api, owner, await api.visitor(), watch_of(api), gazette, answer.json()["id"])
