"""A whole application on SQLite: what a node does with its items is the same on PostgreSQL."""

import pytest

from tests.integration.runs.conftest import api, empty_api, running, service, settings

__all__ = ["api", "database_url", "empty_api", "running", "service", "settings"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url
