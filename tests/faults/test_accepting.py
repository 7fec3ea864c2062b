"""The API is killed while it accepts: whoever was answered 202 has a run, and it ends."""

import asyncio

import httpx2
import pytest

from tests.faults.installation import Installation, Part, eventually
from tests.support.flows import graph, hook, node, published

_CALLERS = 10
_BEFORE_EACH_KILL = 60
_KILLS = 2


@pytest.mark.timeout(120)
async def test_nothing_that_was_accepted_is_lost_with_the_api(installation: Installation) -> None:
    api = installation.start("api")
    await installation.ready(api)
    document = graph(hook("orders", respond="at_once"), node("end", "core.noop"))
    await published(installation.client, document)
    accepted: list[str] = []
    over = asyncio.Event()
    calling = [asyncio.create_task(keep_calling(installation, accepted, over)) for _ in range(_CALLERS)]

    for _ in range(_KILLS):
        api = await kill_after(installation, api, accepted)
    over.set()
    await asyncio.gather(*calling)

    runs = {row.id for row in await installation.rows("SELECT id FROM run")}
    events = [row.run_id for row in await installation.rows("SELECT run_id FROM event")]
    assert len(set(accepted)) == len(accepted) >= _KILLS * _BEFORE_EACH_KILL
    assert runs >= set(accepted)
    assert sorted(events) == sorted(runs)
    await installation.ready(installation.start("worker"))
    await eventually(lambda: all_succeeded(installation, len(runs)), "every run to end")


async def kill_after(installation: Installation, api: Part, accepted: list[str]) -> Part:
    """The API that is there after the kill, and answers."""
    wanted = len(accepted) + _BEFORE_EACH_KILL

    async def enough() -> bool:
        return len(accepted) >= wanted

    await eventually(enough, "requests to be accepted")
    api.kill()
    again = installation.start("api")
    await installation.ready(again)
    return again


async def keep_calling(installation: Installation, accepted: list[str], over: asyncio.Event) -> None:
    while not over.is_set():
        try:
            accepted.append(await installation.accepted("orders", {}))
        except httpx2.TransportError:
            await asyncio.sleep(0.05)


async def all_succeeded(installation: Installation, wanted: int) -> bool:
    rows = await installation.rows("SELECT count(*) AS n FROM run WHERE status = 'succeeded'")
    return rows[0].n == wanted
