"""Any API: what an OpenAPI document becomes, and what its actions send."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel, ValidationError

from nodeloom_connectors.http.openapi import connector_of, read_document
from nodeloom_connectors.sdk import Access, ActionContext, Connector, FileRef, Reconnect, Refused, WithFiles
from tests.support.far_side import FarSide, Reply

TRELLO = Path(__file__).parents[3] / "shared" / "specs" / "trello-openapi.json"

SHOP: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Corner shop", "description": "Sells things.\n\nMore of it."},
    "servers": [{"url": "/v2"}],
    "security": [{"token": []}],
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["article"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "article": {"type": "string"},
                    "count": {"type": ["integer", "null"]},
                    "size": {"type": "string", "enum": ["s", "m"]},
                    "of": {"$ref": "#/components/schemas/Order"},
                },
            },
            "Sent": {"allOf": [{"$ref": "#/components/schemas/Order"}, {"properties": {"by": {"type": "string"}}}]},
        },
    },
    "paths": {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "summary": "List orders",
                "parameters": [
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "open", "in": "query", "schema": {"type": "boolean"}},
                ],
            },
            "post": {
                "operationId": "createOrder",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sent"}}},
                },
            },
        },
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "put": {
                "operationId": "createOrder",
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                "requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}},
            },
            "delete": {},
        },
        "/orders/{id}/picture": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {
                "operationId": "addPicture",
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "picture": {"type": "string", "format": "binary"},
                                    "note": {"type": "string"},
                                },
                            }
                        }
                    }
                },
            },
        },
        "/broken/{what}": {"get": {"operationId": "broken"}},
    },
}


class NoFiles:
    """An item with one small file."""

    incoming: Mapping[str, FileRef] = {"photo": FileRef("f1", "cat.png", "image/png", 3)}

    async def _bytes(self) -> AsyncIterator[bytes]:
        yield b"cat"

    def open(self, file: FileRef) -> AsyncIterator[bytes]:
        assert file.id == "f1"
        return self._bytes()

    async def store(self, stream: Any, name: str, media_type: str) -> FileRef:
        content = b"".join([chunk async for chunk in stream])
        return FileRef("f2", name, media_type, len(content))


class Lines:
    def info(self, event: str, **fields: object) -> None: ...
    def warning(self, event: str, **fields: object) -> None: ...


def shop(document: Mapping[str, Any] = SHOP, address: str = "https://shop.example/api/openapi.json") -> Connector:
    return connector_of("api_shop", "Shop", read_document(json.dumps(document), address))


def params_of(connector: Connector, name: str, **given: Any) -> BaseModel:
    action = next(action for action in connector.actions if action.name == name)
    return action.params.model_validate(given)


async def call(side: FarSide, http: httpx2.AsyncClient, name: str, **given: Any) -> Any:
    connector = shop(address=side.url("/api/openapi.json"))
    action = next(action for action in connector.actions if action.name == name)
    assert connector.secret_model is not None
    assert connector.connect is not None
    secret = connector.secret_model.model_validate({"token": "tok-12345678"})
    context = ActionContext(connector.connect(Access(http, secret)), "key-1", NoFiles(), Lines(), lambda _: None)
    return await action.run(context, action.params.model_validate(given))


def answering(side: FarSide, body: object, status: int = 200) -> None:
    side.answer = lambda _: Reply(status, {"content-type": "application/json"}, json.dumps(body).encode())


def test_each_operation_becomes_an_action_and_what_cannot_is_named() -> None:
    document = read_document(json.dumps(SHOP))
    names = [(action.name, action.effect) for action in shop().actions]

    assert names == [
        ("list_orders", "read"),
        ("create_order", "once"),
        ("create_order_2", "idempotent"),
        ("delete_orders_id", "idempotent"),
        ("add_picture", "once"),
    ]
    assert [(each.operation, "what" in each.reason) for each in document.skipped] == [("GET /broken/{what}", True)]
    assert (document.title, document.base_url) == ("Corner shop", "")
    assert shop().description == "Sells things."


def test_choices_types_and_what_is_required_are_checked() -> None:
    connector = shop()

    params_of(connector, "create_order", body={"article": "tea", "size": "m", "count": 3, "extra": [1]})
    for wrong in ({"size": "m"}, {"article": "tea", "size": "xl"}, {"article": "tea", "count": "many"}):
        with pytest.raises(ValidationError):
            params_of(connector, "create_order", body=wrong)
    with pytest.raises(ValidationError):
        params_of(connector, "list_orders", unknown=1)


async def test_query_headers_and_the_account_go_where_they_belong(far_side: FarSide, http: httpx2.AsyncClient) -> None:
    answering(far_side, [{"id": 1}, {"id": 2}])

    records = await call(far_side, http, "list_orders", **{"tag": ["a b", "c"], "X-Trace": "t", "open": True})

    [seen] = far_side.seen
    assert (seen.method, seen.path) == ("GET", "/v2/orders")
    assert seen.query == [("tag", "a b"), ("tag", "c"), ("open", "true")]
    assert (seen.headers["x-trace"], seen.headers["authorization"]) == ("t", "Bearer tok-12345678")
    assert [record.model_dump() for record in records] == [{"id": 1}, {"id": 2}]


async def test_a_body_is_sent_as_it_was_given_and_nothing_else(far_side: FarSide, http: httpx2.AsyncClient) -> None:
    answering(far_side, {"id": "o1"})

    record = await call(far_side, http, "create_order", body={"article": "tea", "of": {"article": "pot"}, "by": "Ada"})

    assert json.loads(far_side.seen[0].body) == {"article": "tea", "of": {"article": "pot"}, "by": "Ada"}
    assert record.model_dump() == {"id": "o1"}


async def test_a_path_is_quoted_and_the_key_of_the_call_is_sent(far_side: FarSide, http: httpx2.AsyncClient) -> None:
    await call(far_side, http, "create_order_2", id="../a b", body="two cups")

    [seen] = far_side.seen
    assert seen.path == "/v2/orders/..%2Fa%20b"
    assert (seen.headers["idempotency-key"], seen.headers["content-type"]) == ("key-1", "text/plain")
    assert seen.body == b"two cups"


async def test_a_file_of_the_item_goes_into_a_form(far_side: FarSide, http: httpx2.AsyncClient) -> None:
    answering(far_side, {"ok": True})

    await call(far_side, http, "add_picture", id="1", body={"picture": "photo", "note": "nice"})

    body = far_side.seen[0].body
    assert b'name="picture"; filename="cat.png"' in body
    assert b"\r\n\r\ncat\r\n" in body
    assert b'name="note"\r\n\r\nnice' in body


async def test_what_is_not_json_comes_as_a_file(far_side: FarSide, http: httpx2.AsyncClient) -> None:
    far_side.answer = lambda _: Reply(200, {"content-type": "application/pdf"}, b"%PDF")

    answer = await call(far_side, http, "list_orders")

    assert isinstance(answer, WithFiles)
    assert answer.files["data"].media_type == "application/pdf"


async def test_refusals_are_told_apart(far_side: FarSide, http: httpx2.AsyncClient) -> None:
    answering(far_side, {"error": "no"}, 401)
    with pytest.raises(Reconnect):
        await call(far_side, http, "list_orders")
    answering(far_side, {"error": "no such article"}, 422)
    with pytest.raises(Refused, match="no such article"):
        await call(far_side, http, "create_order", body={"article": "x"})


def test_swagger_2_and_yaml_are_read() -> None:
    text = """
swagger: "2.0"
info: {title: Old}
host: old.example
basePath: /v1
securityDefinitions:
  one: {type: apiKey, in: query, name: key}
  two: {type: apiKey, in: header, name: X-Token}
security: [{one: [], two: []}]
paths:
  /things:
    post:
      parameters:
        - {in: body, name: thing, schema: {type: object, properties: {a: {type: string}}}}
"""
    connector = connector_of("api_old", "Old", read_document(text))

    assert read_document(text).base_url == "https://old.example/v1"
    assert [action.name for action in connector.actions] == ["post_things"]
    assert connector.secret_model is not None
    assert list(connector.secret_model.model_fields) == ["base_url", "one", "two"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"openapi": "3.0.0"}',
        '{"openapi": "3.0.0", "paths": {}}',
        '{"openapi": "3.0.0", "paths": {"/a": {"get": 7}}}',
        "a: &a [*a]",
        "!!python/object/apply:os.system ['true']",
        "{" * 100_000,
        '{"swagger": "1.2", "paths": {"/a": {"get": {}}}}',
    ],
)
def test_what_is_no_document_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_document(text)
    assert refused.value.hint


def test_references_in_a_circle_end() -> None:
    circle = {"openapi": "3.0.0", "info": {}, "paths": {"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": "#/paths/~1a"}}}
    with pytest.raises(Refused):
        read_document(json.dumps(circle))


@pytest.mark.skipif(not TRELLO.is_file(), reason="the vendor's document is not beside the repository")
def test_a_vendors_document_of_250_operations_is_read() -> None:
    document = read_document(TRELLO.read_text())
    connector = connector_of("api_trello", "Trello", document)

    assert len(connector.actions) > 250
    assert connector.secret_model is not None
    assert list(connector.secret_model.model_fields) == ["base_url", "apikey", "apitoken"]
    assert len({action.name for action in connector.actions}) == len(connector.actions)
