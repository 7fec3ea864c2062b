"""The application with a worker beside it."""

from pathlib import Path

import pytest

from nodeloom.adapters.settings import Settings
from tests.integration.runs.conftest import api, empty_api, running

__all__ = ["api", "empty_api", "running"]


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings={"SQLITE_FOLDER": str(tmp_path)},
    )
