"""The bell's worker where Redis is away."""

import asyncio
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from nodeloom.adapters.queue import bell_worker, connect


async def test_a_redis_that_goes_away_between_two_questions_costs_no_place_for_jobs(tmp_path: Path) -> None:
    """As often as it may happen: the worker still asks for jobs afterwards."""
    nowhere = connect(f"unix://{tmp_path / 'nothing.sock'}")

    async def answer() -> None:
        raise AssertionError

    worker = bell_worker(nowhere, nowhere, answer)

    for _ in range(30):
        with pytest.raises((RedisError, OSError)):
            await asyncio.wait_for(worker.start_jobs([b"bell_1"]), 5)


async def test_without_redis_the_worker_looks_by_itself(tmp_path: Path) -> None:
    looked = asyncio.Event()

    async def answer() -> None:
        looked.set()

    nowhere = connect(f"unix://{tmp_path / 'nothing.sock'}")
    task = asyncio.create_task(bell_worker(nowhere, nowhere, answer).main())
    await asyncio.wait_for(looked.wait(), 5)
    task.cancel()
