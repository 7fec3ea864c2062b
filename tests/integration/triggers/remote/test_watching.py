"""The watch as a scheduler has it, for ever beside everything else."""

import asyncio

from tests.integration.triggers.remote.conftest import KEEP, Remote
from tests.support.far_side import Seen
from tests.support.flows import graph, published


async def until(remote: Remote, *statuses: str) -> None:
    while sorted(row.status for row in await remote.registrations()) != sorted(statuses):
        continue


async def test_what_is_published_listens_by_itself(remote: Remote) -> None:
    task = asyncio.create_task(remote.watch.work_for_ever())
    await published(remote.owner, graph(remote.trigger("article"), KEEP))
    await published(remote.owner, graph(remote.trigger("changed", board="news"), KEEP))
    await until(remote, "live", "live")
    remote.gazette.page = 2
    remote.gazette.write(9)
    await remote.make_due()
    while (await remote.counts()) != (9, 9):
        continue
    task.cancel()
    await remote.watch.close()


async def test_a_service_that_hangs_leaves_room_for_others_and_is_given_back_at_the_end(remote: Remote) -> None:
    workflows = [await published(remote.owner, graph(remote.trigger("article"), KEEP)) for _ in range(6)]
    hangs = asyncio.Event()

    async def hold(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
        hangs.set()
        await asyncio.Event().wait()

    remote.gazette.side.raw = hold
    task = asyncio.create_task(remote.watch.work_for_ever())
    await hangs.wait()
    while sum(row.lease_until is not None for row in await remote.registrations()) < 4:
        continue
    task.cancel()
    await remote.watch.close()
    rows = await remote.registrations()
    assert (len(rows), [row.lease_until for row in rows]) == (len(workflows), [None] * 6)
    assert sum(row.fence for row in rows) == 4
