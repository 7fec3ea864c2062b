import httpx2
import pytest
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


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all.db"])
async def test_without_a_database_the_process_says_so_and_not_why(
    sqlite_url: str, settings: Settings, url: str
) -> None:
    app = create_app(settings.model_copy(update={"database_url": url}))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE) as client,
    ):
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, "unavailable")
        assert (await client.get("/healthz")).status_code == 200
