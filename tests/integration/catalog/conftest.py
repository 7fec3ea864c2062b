import pytest

from tests.support.api import api, empty_api, settings

__all__ = ["api", "database_url", "empty_api", "settings"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The catalog asks no database; one is enough to sign in."""
    return sqlite_url
