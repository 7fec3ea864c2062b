"""Rates, pauses and breakers that all workers share: on a real Redis, as several workers see it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest_asyncio

from nodeloom.adapters.queue import connect
from nodeloom.adapters.traffic import Traffic

PER_TWO_SECONDS = [(4, 2.0)]


@pytest_asyncio.fixture
async def workers(redis_url: str) -> AsyncGenerator[list[Traffic]]:
    """Three of them, each with a connection of its own."""
    connections = [connect(redis_url) for _ in range(3)]
    untyped: Any = connections[0]
    await untyped.flushall()
    yield [Traffic(redis) for redis in connections]
    for redis in connections:
        await redis.aclose(close_connection_pool=True)


async def test_no_more_calls_get_through_than_the_rate_allows_whoever_asks(workers: list[Traffic]) -> None:
    waits = await asyncio.gather(
        *(workers[number % 3].turn("con", PER_TWO_SECONDS, f"call {number}") for number in range(10))
    )

    assert sum(wait == 0 for wait in waits) == 4
    later = sorted(wait for wait in waits if wait > 0)
    # The others stand in a queue: one each half a second.
    assert [round(wait * 2) for wait in later] == [1, 2, 3, 4, 5, 6]


async def test_a_place_in_the_queue_is_kept_by_whoever_asks_again(workers: list[Traffic]) -> None:
    for number in range(4):
        await workers[0].turn("con", PER_TWO_SECONDS, f"early {number}")
    first = await workers[0].turn("con", PER_TWO_SECONDS, "late")

    again = await workers[1].turn("con", PER_TWO_SECONDS, "late")
    other = await workers[2].turn("con", PER_TWO_SECONDS, "later")
    await asyncio.sleep(first)

    assert again <= first < other
    assert await workers[2].turn("con", PER_TWO_SECONDS, "late") == 0


async def test_several_rates_hold_at_once(workers: list[Traffic]) -> None:
    waits = [await workers[0].turn("con", [(100, 1.0), (2, 60.0)], str(number)) for number in range(3)]

    assert waits[:2] == [0, 0]
    assert 25 < waits[2] <= 31


async def test_a_pause_holds_for_everybody_and_the_longer_one_stays(workers: list[Traffic]) -> None:
    await workers[0].pause("con", 30)
    await workers[1].pause("con", 1)

    assert 25 < await workers[2].turn("con", (), "anybody") <= 30
    assert await workers[2].turn("other", (), "anybody") == 0


async def test_a_host_that_fails_is_left_in_peace_then_tried_by_one(workers: list[Traffic]) -> None:
    for _ in range(4):
        await workers[0].tell("wsp", "a.example", well=False)
    assert await workers[1].allowed("wsp", "a.example") == 0
    await workers[2].tell("wsp", "a.example", well=False)

    assert 5 < await workers[2].allowed("wsp", "a.example") <= 10
    assert await workers[2].allowed("other", "a.example") == 0
    assert await workers[2].allowed("wsp", "b.example") == 0
    [known] = await workers[0].breakers("wsp")
    assert (known.host, known.state, known.calls, known.failed) == ("a.example", "open", 5, 5)


async def test_after_its_rest_one_call_tries_and_its_end_decides(workers: list[Traffic], redis_url: str) -> None:
    for _ in range(5):
        await workers[0].tell("wsp", "a.example", well=False)
    await over(redis_url)

    tries = [await worker.allowed("wsp", "a.example") for worker in workers]
    assert sum(wait == 0 for wait in tries) == 1
    assert [state.state for state in await workers[0].breakers("wsp")] == ["half_open"]
    await workers[0].tell("wsp", "a.example", well=False)
    assert 15 < await workers[1].allowed("wsp", "a.example") <= 20  # twice as long as before
    await over(redis_url)
    assert await workers[1].allowed("wsp", "a.example") == 0
    await workers[1].tell("wsp", "a.example", well=True)

    assert [await worker.allowed("wsp", "a.example") for worker in workers] == [0, 0, 0]
    assert await workers[0].breakers("wsp") == []


async def test_a_few_failures_among_many_answers_change_nothing(workers: list[Traffic]) -> None:
    await workers[0].tell("wsp", "a.example", well=False)
    for _ in range(10):
        await workers[0].tell("wsp", "a.example", well=True)
    for _ in range(4):
        await workers[0].tell("wsp", "a.example", well=False)

    assert await workers[1].allowed("wsp", "a.example") == 0


async def test_without_redis_everything_goes() -> None:
    redis = connect("redis://127.0.0.1:1")
    alone = Traffic(redis)

    await alone.pause("con", 30)
    assert await alone.turn("con", [(1, 60.0)], "a") == 0
    assert await alone.turn("con", [(1, 60.0)], "b") == 0
    assert await alone.allowed("wsp", "a.example") == 0
    await redis.aclose(close_connection_pool=True)


async def over(redis_url: str) -> None:
    """As if the rest of the breaker had passed."""
    redis: Any = connect(redis_url)
    [key] = await redis.keys("nodeloom:traffic:breaker:*")
    await redis.hset(key, "until", 1)
    await redis.aclose(close_connection_pool=True)
