"""The OpenAPI document, its page, and the front end's files."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api import openapi
from nodeloom.entrypoints.api.app import create_app
from nodeloom.entrypoints.api.front_end import FrontEnd


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return openapi.describe(app)


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _client(app: Any) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost")


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


def test_every_refusal_is_a_problem_document(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        for status, response in operation["responses"].items():
            if status.startswith("4"):
                assert response["content"].keys() == {"application/problem+json"}, (path, method, status)


def test_a_route_for_members_says_which_role_it_takes(document: dict[str, Any]) -> None:
    create_key = document["paths"]["/api/v1/keys"]["post"]
    assert create_key["x-role"] == "admin"
    assert create_key["security"] == [{"key": []}, {"session": []}]
    assert "401" in create_key["responses"]


def test_no_reference_leads_nowhere(document: dict[str, Any]) -> None:
    text = str(document)
    for name in ("HTTPValidationError", "'ValidationError'"):
        assert name not in text


async def test_the_documents_page_needs_nothing_from_elsewhere(app: FastAPI) -> None:
    async with _client(app) as client:
        answer = await client.get("/api/docs")
    assert answer.status_code == 200
    assert "/api/v1/auth/login" in answer.text
    assert "<script" not in answer.text
    assert "http://" not in answer.text.replace("http://json-schema", "")
    assert "https://" not in answer.text


async def test_the_document_is_served_as_it_is(app: FastAPI, document: dict[str, Any]) -> None:
    async with _client(app) as client:
        served = (await client.get("/api/v1/openapi.json")).json()
    assert served["openapi"].startswith("3.1")
    assert served["paths"].keys() == document["paths"].keys()


@pytest.fixture
def built(tmp_path: Path) -> FrontEnd:
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("the page")
    (tmp_path / "web" / "icon.svg").write_text("<svg/>")
    (tmp_path / "web" / "assets" / "app-1a2b.js").write_text("code")
    (tmp_path / "secret.key").write_text("secret")
    return FrontEnd(tmp_path / "web")


@pytest.mark.parametrize("path", ["/", "/workflows/wf_1", "/index.html", "/a.b/c"])
async def test_every_address_of_the_front_end_gets_its_page(app: FastAPI, built: FrontEnd, path: str) -> None:
    app.router.default = built
    async with _client(app) as client:
        answer = await client.get(path)
    assert (answer.text, answer.headers["cache-control"]) == ("the page", "no-cache")


async def test_files_whose_name_is_their_content_are_kept_for_ever(app: FastAPI, built: FrontEnd) -> None:
    app.router.default = built
    async with _client(app) as client:
        asset = await client.get("/assets/app-1a2b.js")
        assert (asset.text, "immutable" in asset.headers["cache-control"]) == ("code", True)
        assert (await client.get("/assets/gone.js")).status_code == 404
        icon = await client.get("/icon.svg")
        assert (icon.text, icon.headers["cache-control"]) == ("<svg/>", "no-cache")


@pytest.mark.parametrize(
    "path", ["/../secret.key", "/assets/../../secret.key", "/%2e%2e/secret.key", "/assets/%2e%2e/%2e%2e/secret.key"]
)
async def test_nothing_outside_the_folder_is_served(app: FastAPI, built: FrontEnd, path: str) -> None:
    app.router.default = built
    async with _client(app) as client:
        assert "secret" not in (await client.get(path)).text.replace(path, "")


async def test_a_front_end_that_is_not_built_says_how_to_build_it(app: FastAPI, tmp_path: Path) -> None:
    app.router.default = FrontEnd(tmp_path / "nothing")
    async with _client(app) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "npm run build" in answer.text
