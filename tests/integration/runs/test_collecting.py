"""Files and payloads go with the last that spoke of them, and no sooner."""

import os
import signal
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.database import Database
from nodeloom.adapters.settings import Settings
from nodeloom.features.runs.collecting import Collected, Store, collect
from nodeloom.features.runs.retention import forget_runs
from nodeloom.features.triggers.retention import forget_events
from nodeloom.migrations.tables import all_tables
from tests.integration.runs.conftest import Running
from tests.support.flows import MANUAL, graph, hook, made, node, published

NOW_OLD = timedelta(seconds=-5)
BIG = "x" * 40_000


@pytest.fixture
def blobs(settings: Settings) -> Blobs:
    return Blobs(settings.blob_path)


async def collected(running: Running, blobs: Blobs) -> Collected:
    """As if all that there is now were old."""
    return await collect(Store(running.api.db, blobs, all_tables()), clock.now() - NOW_OLD, grace=NOW_OLD)


def stored(settings: Settings) -> int:
    return sum(path.is_file() for path in settings.blob_path.rglob("*"))


async def with_file(running: Running) -> str:
    """The id of a run that made a file and passed on more than fits beside its rows."""
    convert = node("convert", "core.convert_file", format="json", mode="each")
    run = await running.start(graph(MANUAL, convert, node("end", "core.noop")), {"text": BIG})
    assert run["status"] == "succeeded", run
    return run["id"]


async def file_of(running: Running, run_id: str) -> dict[str, Any]:
    page = (await running.client.get(f"/api/v1/runs/{run_id}/nodes/end/output")).json()
    return page["items"][0]["files"]["data"]


async def test_what_a_run_left_goes_after_it(running: Running, blobs: Blobs, settings: Settings) -> None:
    run_id = await with_file(running)
    file = await file_of(running, run_id)
    before = stored(settings)

    assert await collected(running, blobs) == Collected(0, 0, 0)
    assert (await running.client.get(f"/api/v1/artifacts/{file['id']}")).status_code == 200
    assert await forget_runs(running.api.db, clock.now() - NOW_OLD) == 1
    gone = await collected(running, blobs)

    assert (gone.files, gone.blobs, stored(settings)) == (1, before, 0)
    assert gone.freed >= len(BIG)
    assert (await running.client.get(f"/api/v1/artifacts/{file['id']}")).status_code == 404


async def test_what_is_young_stays_though_nothing_refers_to_it(
    running: Running, blobs: Blobs, settings: Settings
) -> None:
    await running.client.post("/api/v1/artifacts", files={"file": ("a", b"content", "text/plain")})
    hour = timedelta(hours=1)
    assert await collect(Store(running.api.db, blobs, all_tables()), clock.now() - hour, grace=hour) == Collected(
        0, 0, 0
    )
    assert stored(settings) == 1


async def test_the_same_content_stays_as_long_as_one_needs_it(running: Running, blobs: Blobs) -> None:
    first, again = await with_file(running), await with_file(running)
    async with running.api.db.transaction() as session:
        connection = await session.connection()
        for table in ("node_run", "run"):
            column = "run_id" if table == "node_run" else "id"
            await connection.exec_driver_sql(f"DELETE FROM {table} WHERE {column} = '{first}'")  # noqa: S608

    assert (await collected(running, blobs)).files == 1
    file = await file_of(running, again)
    assert len((await running.client.get(f"/api/v1/artifacts/{file['id']}")).content) > len(BIG)
    came_in = (await running.client.get(f"/api/v1/runs/{again}/nodes/start/output")).json()["items"]
    assert came_in[0]["json"] == {"text": BIG}


async def test_a_file_that_only_a_draft_pins_stays(running: Running, blobs: Blobs) -> None:
    uploaded = await running.client.post("/api/v1/artifacts", files={"file": ("a", b"content", "text/plain")})
    file = {key: uploaded.json()[key] for key in ("id", "size", "media_type")} | {"name": "a"}
    start = {**MANUAL, "pinned": {"out": [{"json": {}, "files": {"data": file}}]}}
    await made(running.client, graph(start, node("end", "core.noop")))

    assert await collected(running, blobs) == Collected(0, 0, 0)


async def test_what_came_in_stays_until_the_event_goes(running: Running, blobs: Blobs, settings: Settings) -> None:
    await published(running.client, graph(hook("orders"), node("end", "core.noop")))
    answer = await running.client.post("/hooks/orders", files={"photo": ("a.png", b"png")}, data={"text": BIG})
    await running.until(answer.json()["run_id"], "succeeded")

    await forget_runs(running.api.db, clock.now() - NOW_OLD)
    assert (await collected(running, blobs)).files == 0
    await forget_events(running.api.db, clock.now() - NOW_OLD)
    assert (await collected(running, blobs)).files == 1
    assert stored(settings) == 0


class Meanwhile(Database):
    """Somebody does something in the moment before the first transaction begins."""

    does: Callable[[], Awaitable[object]] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        if self.does is not None:
            does, self.does = self.does, None
            await does()
        async with super().transaction() as session:
            yield session


async def test_a_file_that_is_named_again_while_the_others_were_looked_through_stays(
    running: Running, blobs: Blobs, settings: Settings
) -> None:
    stored_files = [
        (await running.client.post("/api/v1/artifacts", files={"file": ("a", content, "text/plain")})).json()
        for content in (b"named again", b"forgotten")
    ]
    file = {key: stored_files[0][key] for key in ("id", "size", "media_type")} | {"name": "a"}
    start = {**MANUAL, "pinned": {"out": [{"json": {}, "files": {"data": file}}]}}
    database = Meanwhile.open(settings.database_url)
    assert isinstance(database, Meanwhile)
    database.does = lambda: made(running.client, graph(start, node("end", "core.noop")))
    try:
        gone = await collect(Store(database, blobs, all_tables()), clock.now() - NOW_OLD, grace=NOW_OLD)
    finally:
        await database.dispose()

    assert (gone.files, gone.blobs) == (1, 1)
    statuses = [(await running.client.get(f"/api/v1/artifacts/{one['id']}")).status_code for one in stored_files]
    assert statuses == [200, 404]


KILLED_MIDWAY = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from nodeloom.adapters import clock
from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.database import Database
from nodeloom.features.runs.collecting import Store, collect
from nodeloom.migrations.tables import all_tables

class Slow(Blobs):
    def remove(self, old, moment):
        freed = super().remove(old, moment)
        print(freed, flush=True)
        sys.stdin.readline()
        return freed

async def main():
    database = Database.open(sys.argv[1])
    later = timedelta(seconds=-5)
    await collect(Store(database, Slow(Path(sys.argv[2])), all_tables()), clock.now() - later, grace=later)

asyncio.run(main())
"""


async def test_a_collector_that_is_killed_midway_loses_nothing_and_the_next_one_ends_its_work(
    running: Running, blobs: Blobs, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    kept = await with_file(running)
    needed = stored(settings)
    garbage = [await blobs.put(os.urandom(100)) for _ in range(20)]
    script = tmp_path / "collector.py"
    script.write_text(KILLED_MIDWAY)
    collector = await create_subprocess_exec(
        sys.executable, str(script), database_url, str(settings.blob_path), stdin=PIPE, stdout=PIPE
    )
    assert collector.stdin is not None
    assert collector.stdout is not None
    for _ in range(3):
        assert int(await collector.stdout.readline()) > 0
        collector.stdin.write(b"\n")
    collector.send_signal(signal.SIGKILL)
    await collector.wait()
    left = stored(settings)
    assert needed < left < needed + len(garbage)

    assert (await collected(running, blobs)).blobs == left - needed

    assert stored(settings) == needed
    file = await file_of(running, kept)
    assert len((await running.client.get(f"/api/v1/artifacts/{file['id']}")).content) > len(BIG)
