import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests.support.api import BASE, ApiUnderTest

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api.app import create_app


async def test_alive_is_alive(api: ApiUnderTest) -> None:
    assert (await (await api.visitor()).get("/healthz")).json() == {"status": "ok"}


async def test_ready_with_database_and_redis_and_no_worker_yet(api: ApiUnderTest) -> None:
    answer = await (await api.visitor()).get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "redis": "ok", "workers": 0})


async def _ready(settings: Settings) -> httpx2.Response:
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE) as client,
    ):
        return await client.get("/readyz")


async def test_without_redis_all_is_still_stored(api: ApiUnderTest, settings: Settings) -> None:
    answer = await _ready(settings.model_copy(update={"redis_url": f"unix://{settings.home}/nobody.sock"}))
    assert (answer.status_code, answer.json()["redis"]) == (200, "degraded")


async def test_with_tables_of_another_version_it_says_that_and_not_why(api: ApiUnderTest) -> None:
    async with api.db.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    visitor = await api.visitor()
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "unavailable", "redis": "ok", "workers": 0})
    assert (await visitor.get("/healthz")).status_code == 200


async def test_a_process_without_its_database_does_not_start(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"database_url": "sqlite:////nowhere/at/all.db"}))
    with pytest.raises(OperationalError):
        async with app.router.lifespan_context(app):
            pass
