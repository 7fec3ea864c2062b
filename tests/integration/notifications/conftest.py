"""The application with a worker, a post office, and what the scheduler does with both."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.features.notifications.outbox import Office
from tests.integration.runs.conftest import Running, running, service
from tests.support.api import ApiUnderTest, api, empty_api
from tests.support.post_office import PostOffice, post_office

__all__ = ["Running", "api", "empty_api", "running", "service"]


@pytest_asyncio.fixture
async def letterbox() -> AsyncGenerator[PostOffice]:
    async with post_office() as opened:
        yield opened


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path, letterbox: PostOffice) -> Settings:
    return Settings.model_validate(
        {
            "home": tmp_path,
            "database_url": database_url,
            "redis_url": redis_url,
            "egress_allow": ("127.0.0.1",),
            "smtp_url": letterbox.url(),
            "public_url": "http://localhost:8600",
        }
    )


@pytest.fixture
def office(api: ApiUnderTest, settings: Settings) -> Office:
    mailer = settings.mailer()
    assert mailer is not None
    return Office(mailer, Vault(settings.secret_keys), settings.public_url)
