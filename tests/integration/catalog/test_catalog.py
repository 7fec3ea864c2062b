"""The catalog over HTTP: all that the editor knows of node types and connectors."""

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from nodeloom.features.catalog import catalog
from nodeloom.features.catalog.palette import connectors
from tests.support.api import ApiUnderTest, problem


async def node_types(api: ApiUnderTest) -> dict[str, dict[str, Any]]:
    answer = await (await api.signed_in("viewer")).get("/api/v1/node-types")
    assert answer.status_code == 200
    return {item["type"]: item for item in answer.json()["items"]}


async def test_node_types_say_what_the_contract_names(api: ApiUnderTest) -> None:
    types = await node_types(api)
    request = types["http.request"]
    assert (request["title"], request["group"], request["inputs"], request["outputs"]) == (
        "HTTP request",
        "http",
        ["in"],
        ["out"],
    )
    assert request["effect"]["by"] == "method"
    assert request["effect"]["values"]["GET"] == "read"
    assert request["connection"] is None
    assert types["core.switch"]["outputs"] == {"from": "cases[].name", "plus": ["fallback"]}
    assert types["core.merge"]["inputs"] == "numbered"
    assert types["core.if"]["outputs"] == ["true", "false"]
    assert types["core.webhook"]["trigger"]
    assert not types["core.set"]["trigger"]


async def test_a_schema_stands_in_one_piece(api: ApiUnderTest) -> None:
    for type_, item in (await node_types(api)).items():
        schema = item["params_schema"]
        assert schema["type"] == "object", type_
        assert "$ref" not in str(schema), type_
        assert "$defs" not in schema, type_


@pytest.mark.parametrize("path", ["/api/v1/node-types", "/api/v1/connectors"])
async def test_what_has_not_changed_is_not_sent_again(api: ApiUnderTest, path: str) -> None:
    viewer = await api.signed_in("viewer")
    first = await viewer.get(path)
    again = await viewer.get(path, headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    assert (await viewer.get(path, headers={"If-None-Match": '"other"'})).content == first.content
    problem(await (await api.visitor()).get(path), 401)


async def test_connectors_show_the_form_of_their_secret(api: ApiUnderTest) -> None:
    answer = await (await api.signed_in("viewer")).get("/api/v1/connectors")
    known = {item["name"]: item for item in answer.json()["items"]}
    token = known["bearer"]["secret_schema"]["properties"]["token"]
    assert (token["title"], token["format"], token["writeOnly"]) == ("Token", "password", True)
    assert known["bearer"]["auth"] == {"kind": "api_key", "schema": known["bearer"]["secret_schema"], "scopes": []}
    assert known["http"]["auth"]["kind"] == "none"
    assert known["http"]["secret_schema"] is None
    assert [action["type"] for action in known["http"]["actions"]] == ["http.request"]


def test_a_broken_connector_is_named_and_in_nobody_s_way(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        EntryPoint("http", "nodeloom_connectors.http:connector", catalog.GROUP),
        EntryPoint("http", "somewhere.else:connector", catalog.GROUP),
        EntryPoint("missing", "no_such_package:connector", catalog.GROUP),
        EntryPoint("wrong", "json:dumps", catalog.GROUP),
        EntryPoint("renamed", "nodeloom_connectors.bearer:connector", catalog.GROUP),
    ]

    def installed(*, group: str) -> list[EntryPoint]:
        return entries if group == catalog.GROUP else []

    monkeypatch.setattr(catalog, "entry_points", installed)
    loaded = catalog.load_catalog()
    assert loaded.node_spec("http.request") is not None
    assert {each.name for each in loaded.unavailable} == {"http", "missing", "wrong", "renamed"}
    shown = {item.name: item for item in connectors(loaded).items if not item.available}
    assert shown["missing"].problem == "ModuleNotFoundError: No module named 'no_such_package'"
