"""Whatever is sent, the answer is a problem document that says what to do."""

import errno
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
from fastapi import Request, Response
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from tests.support.api import BASE, ApiUnderTest, problem

from nodeloom.adapters.database import DatabaseUnavailable
from nodeloom.adapters.paging import encode_cursor
from nodeloom.adapters.turns import NoTurn
from nodeloom.entrypoints.api.app import create_app
from nodeloom.entrypoints.api.front_end import FrontEnd


async def _send(api: ApiUnderTest, body: bytes, content_type: str = "application/json") -> httpx2.Response:
    admin = await api.with_key("admin")
    return await admin.post("/api/v1/keys", content=body, headers={"Content-Type": content_type})


@pytest.mark.parametrize("body", [b'{"name":', b"\xff\xfe", b"{" * 100_000, b"[" * 100_000])
async def test_malformed_json_is_400(api: ApiUnderTest, body: bytes) -> None:
    assert problem(await _send(api, body), 400)["hint"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_what_is_not_json_is_422(api: ApiUnderTest, content_type: str) -> None:
    problem(await _send(api, b'{"name": "a", "role": "viewer"}', content_type), 422)


async def test_wrong_fields_are_all_named(api: ApiUnderTest) -> None:
    found = problem(await _send(api, b'{"name": "", "role": "king", "extra": 1}'), 422)["problems"]
    assert {entry["field"] for entry in found} == {"name", "role", "extra"}
    assert all(entry.keys() == {"severity", "node_id", "field", "code", "message", "hint"} for entry in found)


@pytest.mark.parametrize("name", [r"a\u0000b", r"\ud800"])
async def test_text_that_can_not_be_stored_is_422(api: ApiUnderTest, name: str) -> None:
    body = b'{"name": "%s", "role": "viewer"}' % name.encode()
    assert problem(await _send(api, body), 422)["problems"][0]["field"] == "name"


@pytest.mark.parametrize("path", ["/api/v1/keys/%00", "/api/v1/keys?cursor=%00", "/api/v1/keys/" + "9" * 30])
async def test_an_address_that_nothing_can_have_is_422(api: ApiUnderTest, path: str) -> None:
    problem(await (await api.with_key("admin")).delete(path), 422)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=" + "9" * 40])
async def test_a_limit_out_of_range_is_422(api: ApiUnderTest, query: str) -> None:
    problem(await (await api.with_key("admin")).get(f"/api/v1/keys?{query}"), 422)


async def test_a_bad_cursor_is_400(api: ApiUnderTest) -> None:
    problem(await (await api.with_key("admin")).get("/api/v1/keys?cursor=nonsense"), 400)


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
async def test_a_body_over_the_limit_is_413(api: ApiUnderTest, content_type: str, *, announced: bool) -> None:
    app = create_app(api.app.state.settings.model_copy(update={"max_payload_mb": 1}))

    async def chunks() -> AsyncGenerator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(20):
            yield b"x" * 100_000

    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE) as client,
    ):
        key = (await api.with_key("admin")).headers["authorization"]
        headers = {"Authorization": key, "Content-Type": content_type}
        content = b"x" * 2_000_000 if announced else chunks()
        path = "/api/v1/artifacts" if "multipart" in content_type else "/api/v1/keys"
        problem(await client.post(path, content=content, headers=headers), 413)


async def test_what_breaks_is_told_without_internals_and_found_in_the_log(api: ApiUnderTest) -> None:
    async def broken(_: Request) -> Response:
        raise RuntimeError("the secret of the house")

    api.app.router.add_route("/api/v1/broken", broken)
    with capture_logs() as logged:
        answer = await (await api.visitor()).get("/api/v1/broken")
    document = problem(answer, 500)
    assert "secret" not in json.dumps(document)
    assert document["error_id"] in document["detail"]
    assert [line["error_id"] for line in logged if line["event"] == "unexpected"] == [document["error_id"]]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_every_answer_carries_the_security_headers(api: ApiUnderTest) -> None:
    visitor = await api.visitor()
    for path in ("/", "/healthz", "/api/docs", "/api/v1/me", "/api/v1/nothing"):
        headers = (await visitor.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("number", ["9" * 30, "9" * 250])
async def test_a_cursor_that_counts_too_far_is_400(api: ApiUnderTest, number: str) -> None:
    problem(await (await api.with_key("viewer")).get(f"/api/v1/outcomes?cursor={encode_cursor(number)}"), 400)


@pytest.mark.parametrize("length", [300, 5_000])
async def test_an_address_longer_than_any_file_name_is_the_front_ends(
    api: ApiUnderTest, length: int, tmp_path: Path
) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "index.html").write_text("the page")
    app = create_app(api.app.state.settings)
    app.router.default = FrontEnd(folder)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE) as visitor:
        page = await visitor.get("/" + "a" * length)
        problem(await visitor.get("/assets/" + "a" * length), 404)
    assert (page.status_code, page.text) == (200, "the page")


@pytest.mark.parametrize(
    "outage",
    [
        NoTurn("another process"),
        DatabaseUnavailable("away"),
        OperationalError("INSERT", {}, Exception("database is locked")),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
async def test_an_outage_is_503_and_may_be_tried_again(api: ApiUnderTest, outage: Exception) -> None:
    async def broken(_: Request) -> Response:
        raise outage

    api.app.router.add_route("/api/v1/broken", broken)
    answer = await (await api.visitor()).get("/api/v1/broken")
    problem(answer, 503)
    assert answer.headers["retry-after"] == "5"
