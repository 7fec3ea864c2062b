"""A far side, and the guarded client that may reach it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest

from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.settings import Settings
from tests.support.far_side import FarSide
from tests.support.far_side import far_side as start_far_side


@pytest.fixture
async def far_side() -> AsyncGenerator[FarSide]:
    async with start_far_side() as side:
        yield side


@pytest.fixture
async def http(tmp_path: Path) -> AsyncGenerator[httpx2.AsyncClient]:
    settings = Settings(home=tmp_path, egress_allow=("127.0.0.1", "localhost"))
    async with guarded_client(settings) as client:
        yield client
