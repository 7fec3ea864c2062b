"""A whole installation on each dialect, and a service that its runs call."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio

from nodeloom.adapters.database import Database
from tests.faults.installation import Installation, OwnRedis
from tests.faults.receiver import Receiver, receiver


@pytest_asyncio.fixture
async def installation(database_url: str, database: Database, tmp_path: Path) -> AsyncGenerator[Installation]:
    """Nothing of it runs yet but Redis."""
    redis = OwnRedis()
    made = Installation(tmp_path, database_url, database, redis)
    try:
        await redis.start()
        await made.open()
        yield made
    finally:
        await made.close()
        redis.remove()


@pytest_asyncio.fixture
async def service() -> AsyncGenerator[Receiver]:
    async with receiver() as made:
        yield made
