"""What goes on in containers, or sleeps, when processes are killed: nothing is lost, done twice, or late."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psutil
import pytest

from nodeloom.adapters import clock
from tests.faults.installation import Installation, Part, eventually
from tests.faults.receiver import Receiver, call
from tests.faults.test_effects import Gate
from tests.support.flows import MANUAL, graph, hook, made, node, published
from tests.support.scopes import PLACES, SIXTY, THREE, edge, inside, leaves, nest, path_of

BAD = frozenset({0, 17, 99, 400, 401, 750, 999})
HELD = frozenset({149, 449, 849})
PARKED = 1_000


async def started(installation: Installation, document: dict[str, Any], items: Any) -> str:
    workflow_id = await made(installation.client, document)
    answer = await installation.client.post(f"/api/v1/workflows/{workflow_id}/runs", json={"input": items})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def whole(installation: Installation, run_id: str) -> dict[str, Any]:
    return (await installation.client.get(f"/api/v1/runs/{run_id}")).json()


def nest_of_sixty(service: Receiver) -> dict[str, Any]:
    where = "{{ [$('Split1').item.json.i, $('Split2').item.json.j, $json.k].join() === '1,2,3' ? 'nest' : 'free' }}"
    return nest(call("ask", "GET", service.side.url("/{{ $json.at }}")), at=where)


def map_of_a_thousand(service: Receiver) -> dict[str, Any]:
    """Of the items seven fail and three ask the service; what the others give says where they came from."""
    bad = node("check", "core.code", source="if (items[0].json.bad) throw new Error('bad');\nreturn items;")
    asks = node("asks", "core.if", conditions=[{"left": "{{ $json.held }}", "operator": "is_true"}])
    fields = [
        {"name": "n", "value": "{{ $('Check').item.json.n }}"},
        {"name": "at", "value": "{{ $scope.index }}"},
        {"name": "first", "value": "{{ $('Start').item.json.n }}"},
    ]
    inner = [bad, asks, call("ask", "GET", service.side.url("/{{ $json.n }}"))]
    keep = node("keep", "core.set", fields=fields, keep="none")
    return {
        "format": 1,
        "nodes": [
            MANUAL,
            node("each", "core.map", concurrency=10, on_item_error="collect"),
            *inside("each", *inner, keep),
            node("after", "core.noop"),
        ],
        "edges": [
            edge("start", "each"),
            edge("check", "asks"),
            edge("asks:true", "ask"),
            edge("asks:false", "keep"),
            edge("ask", "keep"),
            edge("each:done", "after"),
        ],
    }


@pytest.mark.timeout(150)
async def test_a_nest_and_a_map_are_whole_after_their_worker_was_killed_in_the_middle(
    installation: Installation, service: Receiver
) -> None:
    parts = [installation.start(word) for word in ("api", "scheduler", "worker")]
    await installation.ready(*parts)
    gate = Gate({"GET /nest", *(f"GET /{n}" for n in HELD)})
    service.before = gate.hold
    nested = await started(installation, nest_of_sixty(service), THREE)
    thousand = [{"n": n, "bad": n in BAD, "held": n in HELD} for n in range(1_000)]
    mapped = await started(installation, map_of_a_thousand(service), thousand)

    await eventually(gate.full, "both to be in their middle")
    parts[2].kill()
    gate.opened.set()
    await installation.ready(*(installation.start("worker") for _ in range(2)))
    await installation.run_is(nested, "succeeded")
    await installation.run_is(mapped, "succeeded")

    run = await whole(installation, nested)
    assert leaves(run) == SIXTY
    for place in PLACES:
        address = f"/api/v1/runs/{nested}/nodes/leaf/output?path={path_of(place)}"
        (given,) = (await installation.client.get(address)).json()["items"]
        assert (given["json"]["a"], given["json"]["b"], given["json"]["c"]) == place
    await check_the_map(installation, mapped)


async def check_the_map(installation: Installation, run_id: str) -> None:
    run = await whole(installation, run_id)
    good = [n for n in range(1_000) if n not in BAD]
    assert run["output"] == [{"n": n, "at": n, "first": n} for n in good]
    checked = [entry for entry in run["node_runs"] if entry["node_id"] == "check"]
    assert sorted(int(entry["path"].removeprefix("each:")) for entry in checked) == list(range(1_000))

    answer = await installation.client.post(f"/api/v1/runs/{run_id}/retry", json={"failed_items_of": "each"})
    again_id = answer.json()["id"]
    await installation.run_is(again_id, "succeeded")
    again = await whole(installation, again_id)
    assert sorted(ran_in(again, "check")) == sorted(f"each:{n}" for n in BAD)
    assert again["output"] == run["output"]


def ran_in(run: dict[str, Any], node_id: str) -> list[str]:
    """The scopes in which the node ran in this very run, and not in the one that it repeats."""
    began = datetime.fromisoformat(run["started_at"])
    of_node = [entry for entry in run["node_runs"] if entry["node_id"] == node_id]
    return [entry["path"] for entry in of_node if datetime.fromisoformat(entry["started_at"]) >= began]


@pytest.mark.timeout(150)
async def test_a_thousand_parked_runs_cost_nothing_and_a_wait_ends_on_time_though_everything_was_killed(
    installation: Installation,
) -> None:
    parts = [installation.start(word) for word in ("api", "scheduler", "worker")]
    await installation.ready(*parts)
    await published(installation.client, graph(hook("park"), node("hold", "core.wait", **{"for": "call"})), "Park")
    await published(installation.client, graph(hook("nap"), node("sleep", "core.wait", seconds=8)), "Nap")
    parked = await accepted_many(installation, "park", PARKED)
    await eventually(lambda: all_parked(installation), "all runs to be parked")
    napping = await installation.accepted("nap", {})
    await installation.run_is(napping, "waiting", "time")
    due = datetime.fromisoformat((await whole(installation, napping))["waiting"]["until"])
    assert await share_of_a_core(parts[2], 2) < 0.2
    installation.redis.kill()
    for part in parts:
        part.kill()
    await installation.redis.start()
    await installation.ready(*(installation.start(word) for word in ("api", "scheduler", "worker")))
    # Nobody can be on time who comes too late, as on a busy machine.
    expected = max(due, clock.now())

    await installation.run_is(napping, "succeeded")
    ended = datetime.fromisoformat((await whole(installation, napping))["finished_at"])
    assert ended >= due
    assert ended - expected < timedelta(seconds=2)
    one = await whole(installation, parked[PARKED // 2])
    assert (await installation.client.post(one["waiting"]["url"], json={})).status_code == 202
    await installation.run_is(one["id"], "succeeded")


async def accepted_many(installation: Installation, path: str, count: int) -> Sequence[str]:
    at_once = asyncio.Semaphore(20)

    async def one() -> str:
        async with at_once:
            return await installation.accepted(path, {})

    return await asyncio.gather(*(one() for _ in range(count)))


async def all_parked(installation: Installation) -> bool:
    rows = await installation.rows("SELECT count(*) AS n FROM run WHERE status = 'waiting'")
    return rows[0].n == PARKED


async def share_of_a_core(part: Part, seconds: float) -> float:
    """How much the process computes, its children not counted."""
    process = psutil.Process(part.process.pid)
    before = process.cpu_times()
    await asyncio.sleep(seconds)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / seconds
