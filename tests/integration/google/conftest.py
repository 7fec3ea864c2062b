"""The application, a worker and a scheduler's part, with a Google on loopback where accounts are connected."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import pytest_asyncio

from nodeloom.adapters import clock
from nodeloom.adapters.settings import Settings
from nodeloom.features.triggers.remote.watch import Watch
from tests.integration.connections.oauth_flow import begin, come_back
from tests.integration.runs.conftest import Running, running
from tests.integration.triggers.remote.conftest import watch_of
from tests.support.api import BASE, api, empty_api
from tests.support.flows import node
from tests.support.standins.fault_proxy import FaultProxy, fault_proxy
from tests.support.standins.google import GoogleStandin, google_standin

__all__ = ["api", "empty_api", "running"]


@pytest.fixture
def google() -> Generator[GoogleStandin]:
    with google_standin(redirect_uris=[f"{BASE}/oauth/callback"]) as standin:
        yield standin


@pytest.fixture
def proxy(google: GoogleStandin) -> Generator[FaultProxy]:
    """Between the connectors and Google; without a fault it passes everything on."""
    with fault_proxy(google.url, vendor="google") as made:
        yield made


@pytest.fixture
def settings(google: GoogleStandin, proxy: FaultProxy, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    own: dict[str, str] = {}
    for name in ("GMAIL", "GOOGLE_DRIVE", "GOOGLE_SHEETS"):
        own |= {
            f"{name}_CLIENT_ID": google.client_id,
            f"{name}_CLIENT_SECRET": google.client_secret,
            f"{name}_AUTHORIZE_URL": google.authorize_url,
            f"{name}_TOKEN_URL": google.token_url,
            f"{name}_REVOKE_URL": google.revoke_url,
            f"{name}_API_URL": proxy.url,
            f"{name}_DRIVE_URL": proxy.url,
        }
    return Settings(
        home=tmp_path,
        public_url=BASE,
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings=own,
    )


@dataclass
class AtGoogle:
    """A member who has connected accounts, and what works beside the application."""

    running: Running
    google: GoogleStandin
    proxy: FaultProxy
    watch: Watch

    @property
    def client(self) -> httpx2.AsyncClient:
        return self.running.client

    async def connect(self, connector: str, **more: Any) -> str:
        """On Google's own page, as a person does; the id of the connection."""
        address = await begin(self.client, connector=connector, **more)
        asked = {**dict(parse_qsl(urlsplit(address).query)), "email": self.google.address}
        async with httpx2.AsyncClient() as browser:
            await browser.get(address)
            chosen = await browser.post(f"{self.google.authorize_url}/callback", data=asked)
        return (await come_back(self.client, chosen.headers["location"])).connection_id

    async def poll(self, *, after_s: float = 0) -> None:
        await self.watch.work_due(clock.now() + timedelta(seconds=after_s))
        while await self.watch.work_due(clock.now()):
            pass

    async def only_run(self, *statuses: str) -> dict[str, Any]:
        [run] = (await self.client.get("/api/v1/runs")).json()["items"]
        return await self.running.until(run["id"], *statuses)


@pytest_asyncio.fixture
async def at_google(running: Running, google: GoogleStandin, proxy: FaultProxy) -> AsyncGenerator[AtGoogle]:
    yield AtGoogle(running, google, proxy, watch_of(running.api))


def bound(connection_id: str, id_: str, type_: str, **params: Any) -> dict[str, Any]:
    return {**node(id_, type_, **params), "connection_id": connection_id}
