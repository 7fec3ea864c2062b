"""An API described by its document: a connector at once, in its workspace alone, in every process."""

import json
import time
from collections.abc import AsyncGenerator
from typing import Any

import pytest_asyncio

from tests.integration.runs.conftest import Running, running, service, settings
from tests.support.api import problem
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, graph, made, node

__all__ = ["running", "service", "settings"]


def document(address: str, operations: int = 3) -> dict[str, Any]:
    thing = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    paths = {
        f"/things/{number}": {
            "post": {
                "operationId": f"makeThing{number}",
                "summary": f"Make thing {number}",
                "requestBody": {"required": True, "content": {"application/json": {"schema": thing}}},
            }
        }
        for number in range(operations)
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Thing factory"},
        "servers": [{"url": address}],
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
        "security": [{"key": []}],
        "paths": paths,
    }


@pytest_asyncio.fixture
async def factory(service: FarSide) -> AsyncGenerator[FarSide]:
    service.answer = lambda seen: Reply(200, {"content-type": "application/json"}, seen.body)
    yield service


async def test_200_operations_become_a_working_connector_in_under_5_s(running: Running, factory: FarSide) -> None:
    client = running.client
    text = json.dumps(document(factory.url(""), 200))
    # The one figure that a person waits for; it takes about a fifth of a second.
    began = time.monotonic()

    created = await client.post("/api/v1/apis", json={"document": text})
    types = (await client.get("/api/v1/node-types")).json()["items"]
    secret = {"connector": "api_thing_factory", "name": "Ours", "secret": {"key": "key-123456"}}
    connection = await client.post("/api/v1/connections", json=secret)
    assert connection.status_code == 201, connection.text
    call = node("call", "api_thing_factory.make_thing7", body={"name": "{{ $json.who }}"})
    flow = graph(MANUAL, {**call, "connection_id": connection.json()["id"]})
    run = await running.start(flow, {"who": "Ada"})

    assert time.monotonic() - began < 5
    assert created.status_code == 201, created.text
    assert (created.json()["operations"], created.json()["skipped"]) == (200, [])
    own = [each for each in types if each["group"] == "api_thing_factory"]
    assert len(own) == 200
    assert (own[0]["connection"], own[0]["effect"]) == ("api_thing_factory", "once")
    assert (run["status"], run["output"]) == ("succeeded", [{"name": "Ada"}]), run["error"]
    assert [(seen.path, seen.headers["x-key"]) for seen in factory.seen] == [("/things/7", "key-123456")]


async def test_a_document_is_fetched_and_its_servers_may_be_relative_to_it(running: Running, factory: FarSide) -> None:
    text = json.dumps({**document(""), "servers": [{"url": "/v3"}], "components": {}, "security": []})
    factory.answer = lambda seen: Reply(
        200, {"content-type": "application/json"}, text.encode() if seen.method == "GET" else b"{}"
    )

    created = await running.client.post(
        "/api/v1/apis", json={"address": factory.url("/docs/openapi.json"), "title": "T"}
    )
    run = await running.start(graph(MANUAL, node("call", "api_t.make_thing1", body={"name": "x"})))

    assert created.status_code == 201, created.text
    assert run["status"] == "succeeded", run["error"]
    assert factory.seen[-1].path == "/v3/things/1"


async def test_it_belongs_to_its_workspace(running: Running, factory: FarSide) -> None:
    await running.client.post("/api/v1/apis", json={"document": json.dumps(document(factory.url("")))})
    other = (await running.client.post("/api/v1/workspaces", json={"name": "Other"})).json()["id"]
    there = {"X-Workspace": other}

    types = (await running.client.get("/api/v1/node-types", headers=there)).json()["items"]
    listed = (await running.client.get("/api/v1/apis", headers=there)).json()["items"]
    saved = await running.client.post(
        "/api/v1/workflows",
        headers=there,
        json={"name": "W", "graph": graph(MANUAL, node("call", "api_thing_factory.make_thing1", body={"name": "x"}))},
    )

    assert not [each for each in types if each["type"].startswith("api_")]
    assert listed == []
    assert [found["code"] for found in saved.json()["problems"]] == ["unknown_type"]


async def test_a_new_document_takes_the_place_of_the_old_one_and_used_ones_stay(
    running: Running, factory: FarSide
) -> None:
    client = running.client
    await client.post("/api/v1/apis", json={"document": json.dumps(document(factory.url("")))})
    workflow = await made(client, graph(MANUAL, node("call", "api_thing_factory.make_thing2", body={"name": "x"})))

    again = await client.post("/api/v1/apis", json={"document": json.dumps(document(factory.url("")))})
    smaller = await client.put("/api/v1/apis/api_thing_factory", json={"document": json.dumps(document("", 1))})
    problems = (await client.get(f"/api/v1/workflows/{workflow}")).json()["problems"]
    used = await client.delete("/api/v1/apis/api_thing_factory")
    await client.delete(f"/api/v1/workflows/{workflow}")
    gone = await client.delete("/api/v1/apis/api_thing_factory")

    assert problem(again, 409)["type"].endswith("name_taken")
    assert (smaller.json()["revision"], smaller.json()["operations"]) == (2, 1)
    assert "unknown_type" in [found["code"] for found in problems]
    assert problem(used, 409)["type"].endswith("api_in_use")
    assert gone.status_code == 204


async def test_what_is_no_document_is_refused_and_nothing_is_kept(running: Running, factory: FarSide) -> None:
    factory.answer = lambda _: Reply(404)
    bodies: list[dict[str, Any]] = [
        {},
        {"document": "hello"},
        {"document": '{"openapi": "3.0.0", "paths": {}}'},
        {"address": factory.url("/none")},
        {"address": "http://169.254.169.254/latest"},
        {"address": "http://127.0.0.1:1/x"},
        {"address": "file:///etc/passwd"},
    ]

    answers = [await running.client.post("/api/v1/apis", json=body) for body in bodies]

    assert [answer.status_code for answer in answers] == [422] * 7
    assert all(problem(answer, 422)["hint"] for answer in answers)
    assert (await running.client.get("/api/v1/apis")).json() == {"items": []}
