"""Turns to write: nobody starves, nobody who gave up blocks the others."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from nodeloom.adapters.turns import Turn, Turns


async def test_one_at_a_time_and_in_the_order_of_asking() -> None:
    turns = Turns()
    order: list[int] = []

    async def write(number: int) -> None:
        await turns.take()
        order.append(number)
        await asyncio.sleep(0)
        turns.give_back()

    await asyncio.gather(*(write(number) for number in range(20)))
    assert order == list(range(20))


async def test_threads_and_requests_never_write_at_once() -> None:
    turns = Turns()
    writing = 0
    most = 0

    def count(step: int) -> None:
        nonlocal writing, most
        writing += step
        most = max(most, writing)

    def write() -> None:
        for _ in range(200):
            with turns.turn():
                count(1)
                count(-1)

    async def request() -> None:
        for _ in range(50):
            await turns.take()
            count(1)
            await asyncio.sleep(0)
            count(-1)
            turns.give_back()

    with ThreadPoolExecutor(2) as threads:
        loop = asyncio.get_running_loop()
        in_threads = [loop.run_in_executor(threads, write) for _ in range(2)]
        await asyncio.gather(*in_threads, *(request() for _ in range(5)))
    assert most == 1


async def test_one_who_gave_up_is_passed_over() -> None:
    turns = Turns()
    await turns.take()
    waiting = [asyncio.create_task(turns.take()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    turns.give_back()
    await waiting[1]
    assert not waiting[2].done()
    turns.give_back()
    await waiting[2]


async def test_giving_up_at_the_moment_of_the_turn_passes_it_on() -> None:
    turns = Turns()
    await turns.take()
    waiting = [asyncio.create_task(turns.take()) for _ in range(2)]
    await asyncio.sleep(0)
    turns.give_back()
    waiting[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    await asyncio.wait_for(waiting[1], 5)


async def test_a_turn_is_given_back_once() -> None:
    turns = Turns()
    turn = Turn(turns)
    await turn.take()
    await turn.take()
    other = asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    turn.give_back()
    turn.give_back()
    await asyncio.wait_for(other, 5)
    late = asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    assert not late.done()
    late.cancel()
