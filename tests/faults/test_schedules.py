"""Two schedulers share one schedule, and both are killed on the way: each due time fires once."""

import asyncio
from datetime import timedelta

import pytest

from nodeloom.adapters.columns import from_ms
from tests.faults.installation import Installation, eventually
from tests.support.flows import graph, node, published, schedule

FIRED = "SELECT due_at, run_id FROM schedule_fire ORDER BY due_at"


async def fires_without_a_miss_or_a_double(installation: Installation, every_s: int, until_s: int) -> None:
    parts = [installation.start(word) for word in ("api", "scheduler", "scheduler")]
    await installation.ready(*parts)
    document = graph(schedule(every_s=every_s, catch_up="all"), node("end", "core.noop"))
    await published(installation.client, document)

    async def fired(times: int) -> bool:
        return len(await installation.rows(FIRED)) >= times

    wanted = until_s // every_s
    await eventually(lambda: fired(wanted // 3), "the first fires", within_s=until_s + 30)
    for part in parts[1:]:
        part.kill()
    await asyncio.sleep(2 * every_s)
    again = [installation.start("scheduler") for _ in range(2)]
    await installation.ready(*again)
    await eventually(lambda: fired(wanted), "the other fires", within_s=until_s + 30)
    for part in again:
        part.kill()
    await check_fires(installation, every_s)


async def check_fires(installation: Installation, every_s: int) -> None:
    fires = await installation.rows(FIRED)
    moments = [from_ms(row.due_at) for row in fires]
    runs = [row.id for row in await installation.rows("SELECT id FROM run")]
    events = [row.run_id for row in await installation.rows("SELECT run_id FROM event")]

    assert moments == [moments[0] + number * timedelta(seconds=every_s) for number in range(len(moments))]
    assert sorted(row.run_id for row in fires) == sorted(runs) == sorted(events)


@pytest.mark.timeout(120)
async def test_every_second_without_a_miss_or_a_double(installation: Installation) -> None:
    await fires_without_a_miss_or_a_double(installation, every_s=1, until_s=12)


@pytest.mark.long
@pytest.mark.timeout(240)
async def test_every_two_seconds_for_a_minute(installation: Installation) -> None:
    await fires_without_a_miss_or_a_double(installation, every_s=2, until_s=60)
