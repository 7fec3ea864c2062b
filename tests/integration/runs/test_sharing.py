"""What calls of several runs share: a pause that a service asks for, a rate, a host that fails."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.runs.conftest import Running, nodes_of
from tests.support.far_side import FarSide, Reply, Seen
from tests.support.flows import MANUAL, graph, node
from tests.support.strangers import install_connector

SHOP = '''
from datetime import timedelta
import httpx2
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from nodeloom_connectors.sdk import (Access, ActionContext, ApiKey, Connector, OutcomeUnknown, RateLimit, Reconnect,
                                     RetryLater, action)


class ShopSecret(BaseModel):
    model_config = ConfigDict(extra="forbid")
    token: SecretStr = Field(title="Token")
    base: str = Field(title="Address")


class Client:
    def __init__(self, access: Access[ShopSecret]) -> None:
        self.http, self.base = access.http, access.secret.base

    async def post(self, path: str, key: str) -> None:
        try:
            answer = await self.http.post(self.base + path, json={"key": key})
        except httpx2.ConnectError as error:
            raise RetryLater(str(error), nothing_happened=True) from error
        except httpx2.TransportError as error:
            raise OutcomeUnknown("The line broke.") from error
        if answer.status_code == 429:
            after = timedelta(seconds=float(answer.headers["retry-after"]))
            raise RetryLater("Too many.", after, nothing_happened=True)
        if answer.is_error:
            raise OutcomeUnknown(f"{answer.status_code}")


class OrderParams(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Ordered(BaseModel):
    key: str


async def look_up(ctx: ActionContext[Client], params: OrderParams) -> Ordered | None:
    answer = await ctx.client.http.get(f"{ctx.client.base}/orders/{ctx.idempotency_key}")
    if answer.status_code >= 500:
        raise RetryLater("Busy.")
    return Ordered(key=ctx.idempotency_key) if answer.status_code == 200 else None


@action(title="Order", effect="once", summary="Order", confirm=look_up)
async def order(ctx: ActionContext[Client], params: OrderParams) -> Ordered:
    """Orders something."""
    await ctx.client.post("/orders", ctx.idempotency_key)
    return Ordered(key=ctx.idempotency_key)


connector = Connector(name="shop", title="Shop", icon="store", color="#123456", description="A shop.",
                      auth=ApiKey(fields=ShopSecret), actions=(order,), connect=Client, limits=LIMITS)
'''

ORDER = node("order", "shop.order")


@pytest.fixture(autouse=True)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    limits = getattr(request, "param", "()")
    folder = install_connector(tmp_path_factory.mktemp("shop"), "shop", SHOP.replace("LIMITS", limits))
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    monkeypatch.delitem(sys.modules, "stranger_shop", raising=False)
    return folder


class Counter:
    """A shop that counts its orders; `says` may answer in its place."""

    def __init__(self, service: FarSide) -> None:
        self.service, self.orders, self.says = service, list[str](), dict[int, Reply]()
        self.asked = 0
        service.answer = self.answer

    def answer(self, seen: Seen) -> Reply:
        if seen.method == "GET":
            return Reply(200 if seen.path.rpartition("/")[2] in self.orders else 404)
        self.asked += 1
        if self.asked in self.says:
            return self.says[self.asked]
        self.orders.append(seen.body.decode()[8:-2])
        return Reply()


async def flow(running: Running, service: FarSide) -> dict[str, Any]:
    secret = {"connector": "shop", "name": "Shop", "secret": {"token": "tok-123456", "base": service.url("")}}
    made = await running.client.post("/api/v1/connections", json=secret)
    assert made.status_code == 201, made.text
    return graph(MANUAL, {**ORDER, "connection_id": made.json()["id"]})


async def test_a_pause_that_a_service_asks_for_is_kept_by_every_run_of_the_account(
    running: Running, service: FarSide
) -> None:
    shop = Counter(service)
    shop.says[1] = Reply(429, {"Retry-After": "6"})
    flow_ = await flow(running, service)

    first = await running.start(flow_, wait_s=0)
    parked = await running.until_waiting(first["id"], "limit")
    second = await running.start(flow_, wait_s=0)
    held = await running.until_waiting(second["id"], "limit")

    assert parked["waiting"]["until"] is not None
    assert nodes_of(held)["order"]["status"] == "waiting"
    assert shop.asked == 1
    ends = [await running.until(run["id"], "succeeded", "failed") for run in (first, second)]
    assert [run["status"] for run in ends] == ["succeeded", "succeeded"]
    assert (len(shop.orders), len(set(shop.orders)), shop.asked) == (2, 2, 3)


@pytest.mark.parametrize("shop", ["(RateLimit(2, 1.0),)"], indirect=True)
async def test_a_rate_is_kept_across_runs(running: Running, service: FarSide) -> None:
    times: list[float] = []
    shop = Counter(service)
    inner = shop.answer

    def timed(seen: Seen) -> Reply:
        times.append(asyncio.get_running_loop().time())
        return inner(seen)

    service.answer = timed
    flow_ = await flow(running, service)

    runs = await asyncio.gather(*(running.start(flow_, wait_s=30) for _ in range(6)))

    assert [run["status"] for run in runs] == ["succeeded"] * 6
    # Two at once, then one each half a second.
    assert times[5] - times[0] >= 1.9


async def test_a_host_that_fails_is_left_in_peace_and_runs_wait_for_it(running: Running, service: FarSide) -> None:
    shop = Counter(service)
    shop.says = {number: Reply(502) for number in range(1, 6)}
    flow_ = await flow(running, service)
    broken = await asyncio.gather(*(running.start(flow_, wait_s=0) for _ in range(5)))
    for run in broken:
        await running.until(run["id"], "failed")

    later = await running.start(flow_, wait_s=0)
    parked = await running.until_waiting(later["id"], "limit")

    assert shop.asked == 5
    assert "left in peace" in nodes_of(parked)["order"]["error"]["message"]
    state = (await running.client.get("/api/v1/breakers")).json()["items"]
    assert [(row["host"], row["state"]) for row in state] == [("127.0.0.1", "open")]


async def test_what_happened_although_the_answer_was_lost_is_looked_up(running: Running, service: FarSide) -> None:
    shop = Counter(service)
    inner = shop.answer

    def lost(seen: Seen) -> Reply:
        reply = inner(seen)
        return Reply(502) if seen.method == "POST" else reply

    service.answer = lost

    run = await running.start(await flow(running, service))

    assert (run["status"], len(shop.orders)) == ("succeeded", 1)


async def test_what_the_service_says_did_not_happen_fails_without_a_retry(running: Running, service: FarSide) -> None:
    shop = Counter(service)
    shop.says = {1: Reply(502)}

    run = await running.start(await flow(running, service))

    assert (run["status"], run["error"]["code"], shop.orders) == ("failed", "outcome_unknown", [])
