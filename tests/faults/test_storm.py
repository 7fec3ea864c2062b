"""Workers are killed at random while runs with effects go on: whatever was accepted ends, and nothing happens twice."""

import asyncio
import random
import secrets

import pytest

from tests.faults.installation import Installation, Part, eventually, said_by_all
from tests.faults.receiver import Receiver, call
from tests.support.flows import graph, hook, node, published

_RUNS = 200
_PER_SECOND = 20
_KILLS = 5
_OPEN = "SELECT count(*) AS n FROM run WHERE status IN ('queued', 'running') OR waiting_reason <> 'outcome'"


def flow(service: Receiver) -> dict[str, object]:
    """A key is marked, written once, put, read, and marked as done."""
    key = "{{ $('Mark').item.json.key }}"
    return graph(
        hook("storm", respond="at_once"),
        node("mark", "core.set", fields=[{"name": "key", "value": "{{ $json.body.n }}"}], keep="none"),
        call("post", "POST", service.side.url(f"/{key}")),
        call("put", "PUT", service.side.url(f"/{key}")),
        call("get", "GET", service.side.url(f"/{key}")),
        node("done", "core.set", fields=[{"name": "done", "value": key}], keep="none"),
    )


async def submit(installation: Installation) -> dict[int, str]:
    """Run ids by the number that was sent."""
    accepted: dict[int, str] = {}
    for number in range(_RUNS):
        accepted[number] = await installation.accepted("storm", {"n": number})
        await asyncio.sleep(1 / _PER_SECOND)
    return accepted


async def kill_workers(installation: Installation, workers: list[Part], dice: random.Random) -> None:
    """One after the other, at random; each is started again at once."""
    for _ in range(_KILLS):
        await asyncio.sleep(dice.uniform(0.7, 2.2))
        victim = dice.randrange(len(workers))
        await installation.ready(workers[victim])
        await asyncio.sleep(dice.uniform(0, 0.5))
        workers[victim].kill()
        workers[victim] = installation.start("worker")


async def hurt_redis(installation: Installation) -> None:
    await asyncio.sleep(3)
    await installation.redis.empty()
    await asyncio.sleep(3)
    installation.redis.kill()
    await asyncio.sleep(1)
    await installation.redis.start()


@pytest.mark.timeout(240)
async def test_whatever_was_accepted_ends_and_no_effect_is_repeated_silently(
    installation: Installation, service: Receiver
) -> None:
    parts = [installation.start(word) for word in ("api", "scheduler", "worker", "worker")]
    await installation.ready(*parts)
    await published(installation.client, flow(service))
    service.slowest_s = 0.4
    seed = secrets.randbelow(1_000_000)
    dice = random.Random(seed)  # noqa: S311  repeatable by its seed

    accepted, _, _ = await asyncio.gather(
        submit(installation),
        kill_workers(installation, parts[2:], dice),
        hurt_redis(installation),
    )

    async def all_settled() -> bool:
        return (await installation.rows(_OPEN))[0].n == 0

    try:
        await eventually(all_settled, "every run to end or wait for a person")
    except AssertionError as stuck:
        raise AssertionError(f"{stuck}, seed {seed}\n{said_by_all(installation)}") from stuck
    await check_effects(installation, service, accepted, seed)
    await settle_what_is_unknown(installation, service, accepted)


async def check_effects(installation: Installation, service: Receiver, accepted: dict[int, str], seed: int) -> None:
    runs = {row.id: row for row in await installation.rows("SELECT id, status, waiting_reason, error, fence FROM run")}
    events = [row.run_id for row in await installation.rows("SELECT run_id FROM event")]
    assert sorted(events) == sorted(runs) == sorted(accepted.values()), f"seed {seed}"
    for number, run_id in accepted.items():
        run = runs[run_id]
        made, put, read = (service.effects[f"{method} /{number}"] for method in ("POST", "PUT", "GET"))
        what = f"seed {seed}, run {run_id}: {run}, made {made}, put {put}, read {read}"
        if run.status == "succeeded":
            assert made == 1, what
            assert put >= 1, what
            assert read >= 1, what
        else:
            assert (run.status, run.waiting_reason) == ("waiting", "outcome"), what
            assert made <= 1, what


async def settle_what_is_unknown(installation: Installation, service: Receiver, accepted: dict[int, str]) -> None:
    """A person looks at the service and says what happened: then each key was made exactly once."""
    for number, run_id in accepted.items():
        if (await installation.run(run_id))[0] == "waiting":
            happened = service.effects[f"POST /{number}"] == 1
            await installation.settle(run_id, "post", "happened" if happened else "did_not_happen")
    for run_id in accepted.values():
        await installation.run_is(run_id, "succeeded")
    assert {service.effects[f"POST /{number}"] for number in accepted} == {1}
