"""A scheduler is killed while it asks a service: another goes on from where that one was."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from nodeloom.adapters import clock
from nodeloom.features.triggers.models import REGISTRATIONS
from tests.faults.installation import Installation, Part, eventually
from tests.support.far_side import Seen, far_side
from tests.support.flows import graph, node, published
from tests.support.gazette import Gazette, install_gazette

KEEP = node("keep", "core.noop")


@pytest_asyncio.fixture
async def gazette(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Gazette]:
    """The connector is on the path of every process that is started from here on."""
    monkeypatch.setenv("PYTHONPATH", str(install_gazette(tmp_path_factory.mktemp("gazette"))))
    async with far_side() as side:
        yield Gazette(side)


async def begun(installation: Installation, gazette: Gazette, name: str, **params: Any) -> Part:
    """One scheduler, and a published workflow whose trigger listens."""
    api, scheduler = installation.start("api"), installation.start("scheduler")
    await installation.ready(api, scheduler)
    made = {"connector": "gazette", "name": "Gazette", "secret": gazette.secret}
    answer = await installation.client.post("/api/v1/connections", json=made)
    assert answer.status_code == 201, answer.text
    trigger = {**node("heard", f"gazette.{name}", **params), "connection_id": answer.json()["id"]}
    await published(installation.client, graph(trigger, KEEP))
    return scheduler


async def status(installation: Installation) -> str:
    [row] = await installation.rows("SELECT status FROM registration")
    return row.status


async def time_passes(installation: Installation) -> None:
    """Until the next look, and to the end of whatever lease there is."""
    values = {"due_at": clock.now(), "lease_until": None}
    async with installation.database.transaction() as session:
        await session.execute(update(REGISTRATIONS).values(**values))


@pytest.mark.timeout(120)
async def test_articles_that_were_asked_for_when_it_died_come_once(
    installation: Installation, gazette: Gazette
) -> None:
    scheduler = await begun(installation, gazette, "article")

    async def live() -> bool:
        return await status(installation) == "live"

    await eventually(live, "the trigger to listen")
    gazette.write(3)
    asked, died = asyncio.Event(), asyncio.Event()

    async def hold(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await died.wait()

    gazette.side.raw = hold
    await time_passes(installation)
    await asked.wait()
    scheduler.kill()
    died.set()
    gazette.side.raw = None
    other = installation.start("scheduler")
    await installation.ready(other)
    await time_passes(installation)

    async def heard() -> bool:
        return len(await installation.rows("SELECT id FROM run")) == 3

    await eventually(heard, "three runs")
    await time_passes(installation)
    asked_before = gazette.asked("GET", "/articles")

    async def asked_again() -> bool:
        return gazette.asked("GET", "/articles") > asked_before

    await eventually(asked_again, "another look")
    keys = [row.dedupe_key for row in await installation.rows("SELECT dedupe_key FROM event ORDER BY id")]
    assert keys == [f"gazette.article:{number}" for number in (1, 2, 3)]
    assert other.end() == 0
