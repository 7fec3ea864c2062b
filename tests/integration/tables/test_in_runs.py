"""`core.table` in runs: each write is done once, whatever happens to the worker."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import select

from nodeloom.adapters import clock
from nodeloom.features.tables.models import DATA_ROWS, DATA_WRITES
from nodeloom.features.tables.node import WorkspaceTables
from nodeloom.features.tables.retention import forget_writes
from nodeloom.nodes.table import TableParams
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.flows import MANUAL, graph, node

PATH = "/api/v1/tables"
CUSTOMERS = [
    {"email": "a@x.test", "name": "Ada", "age": 36},
    {"email": "b@x.test", "name": "Bob", "age": 50},
    {"email": "a@x.test", "name": "Ada L.", "age": 37},
]


async def customers(client: httpx2.AsyncClient) -> str:
    columns = [{"name": "email"}, {"name": "name"}, {"name": "age", "type": "number"}]
    answer = await client.post(PATH, json={"name": "customers", "columns": columns, "key": ["email"]})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def values(client: httpx2.AsyncClient, table: str) -> list[dict[str, Any]]:
    answer = await client.get(f"{PATH}/{table}/rows", params={"sort": "email"})
    return [row["values"] for row in answer.json()["items"]]


def step(id_: str, operation: str, **params: Any) -> dict[str, Any]:
    return node(id_, "core.table", table="customers", operation=operation, **params)


def where(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"conditions": [{"left": left, "operator": operator, "right": right}]}


async def test_items_are_upserted_by_key_and_keep_their_lineage(running: Running) -> None:
    table = await customers(running.client)
    seen = node("seen", "core.set", fields=[{"name": "was", "value": "{{ $('Start').item.json.name }}"}], keep="all")
    run = await running.start(graph(MANUAL, step("keep", "upsert", row="{{ $json }}"), seen), CUSTOMERS)
    assert run["status"] == "succeeded", run["error"]
    assert [(item["name"], item["was"]) for item in run["output"]] == [
        ("Ada", "Ada"),
        ("Bob", "Bob"),
        ("Ada L.", "Ada L."),
    ]
    assert run["output"][0]["id"] == run["output"][2]["id"]
    assert await values(running.client, table) == [CUSTOMERS[2], CUSTOMERS[1]]


async def test_rows_are_found_changed_and_deleted(running: Running) -> None:
    table = await customers(running.client)
    await running.start(graph(MANUAL, step("keep", "upsert", row="{{ $json }}")), CUSTOMERS)
    get = step("get", "get", **where("age", "gt", 30), sort_by="age", order="descending", limit=5)
    run = await running.start(graph(MANUAL, get))
    assert [item["name"] for item in run["output"]] == ["Bob", "Ada L."]
    update = step("update", "update", row={"name": "{{ $json.name }}"}, **where("email", "equals", "{{ $json.email }}"))
    run = await running.start(
        graph(MANUAL, update), [{"email": "b@x.test", "name": "Robert"}, {"email": "no", "name": ""}]
    )
    assert [item["name"] for item in run["output"]] == ["Robert"]
    assert nodes_of(run)["update"]["items_out"] == 1
    run = await running.start(graph(MANUAL, step("delete", "delete", **where("name", "starts_with", "Ada"))))
    assert [item["age"] for item in run["output"]] == [37]
    assert [row["name"] for row in await values(running.client, table)] == ["Robert"]
    assert (await running.client.get(f"{PATH}/{table}")).json()["row_count"] == 1


async def test_an_insert_makes_the_table_that_it_names(running: Running) -> None:
    insert = step("keep", "insert", row="{{ $json }}")
    run = await running.start(graph(MANUAL, insert), [{"email": "a", "age": 3, "tags": ["x"]}])
    assert run["status"] == "succeeded", run["error"]
    (table,) = (await running.client.get(PATH)).json()["items"]
    assert {column["name"]: column["type"] for column in table["columns"]} == {
        "email": "text",
        "age": "number",
        "tags": "json",
    }
    more = step("keep", "insert", row={"email": "b", "city": "Ulm"}, new_columns="add")
    assert (await running.start(graph(MANUAL, more)))["status"] == "succeeded"
    upsert = {**step("keep", "upsert", row={"sku": "1"}, key=["sku"])}
    upsert["params"]["table"] = "stock"
    for _ in range(2):
        assert (await running.start(graph(MANUAL, upsert)))["status"] == "succeeded"
    counts = {one["name"]: one["row_count"] for one in (await running.client.get(PATH)).json()["items"]}
    assert counts == {"customers": 2, "stock": 1}
    actors = {
        entry["actor"]
        for entry in (await running.client.get("/api/v1/audit")).json()["items"]
        if "table" in entry["action"]
    }
    assert actors == {"A workflow"}


async def test_what_can_not_be_done_is_said(running: Running) -> None:
    await customers(running.client)
    for params, code, message in (
        ({"operation": "insert", "row": {"emial": "x"}}, "unknown_column", "“customers” has no column “emial”."),
        (
            {"operation": "insert", "row": {"email": "x", "age": "old"}},
            "wrong_type",
            '“age” takes a number, and "old" is none.',
        ),
        (
            {"operation": "upsert", "row": {"name": "x"}},
            "key_missing",
            "The key column “email” of “customers” has no value.",
        ),
        ({"operation": "get", "table": "custmers"}, "no_table", "There is no table “custmers”."),
        (
            {"operation": "upsert", "table": "new", "row": {"a": 1}},
            "no_table",
            "There is no table “new”, and a new one needs a key.",
        ),
    ):
        run = await running.start(graph(MANUAL, node("t", "core.table", **{"table": "customers", **params})))
        assert (run["error"]["code"], run["error"]["message"]) == (code, message)
        assert run["error"]["hint"]


async def test_a_secret_is_not_kept_in_a_table(running: Running) -> None:
    table = await customers(running.client)
    await running.client.put("/api/v1/variables/token", json={"value": "hush-hush-0815", "secret": True})
    write = step("keep", "insert", row={"email": "a", "name": "it is {{ $vars.token }}"})
    run = await running.start(graph(MANUAL, write))
    assert run["error"]["code"] == "secret_in_row"
    assert await values(running.client, table) == []


async def test_a_write_that_is_asked_for_again_is_not_done_again(running: Running) -> None:
    table = await customers(running.client)
    tables = WorkspaceTables(running.api.db, running.api.workspace_id)
    insert = TableParams(table="customers", operation="insert", row={"email": "a", "age": 1})
    first = await tables.write(insert, "key-of-the-call")
    again = await asyncio.gather(*(tables.write(insert, "key-of-the-call") for _ in range(5)))
    assert all(row == first for row in again)
    delete = TableParams.model_validate({"table": "customers", "operation": "delete", **where("age", "equals", 1)})
    gone = await tables.write(delete, "another")
    assert await tables.write(delete, "another") == gone == first
    assert await values(running.client, table) == []


async def test_many_upserts_of_one_key_at_once_give_one_row(running: Running) -> None:
    table = await customers(running.client)

    async def upsert(number: int) -> None:
        # A database of its own, as another process has.
        tables = WorkspaceTables(running.api.db, running.api.workspace_id)
        row: Any = {"email": "same", "age": number}
        await tables.write(TableParams(table="customers", operation="upsert", row=row), f"call-{number}")

    graph_ = graph(MANUAL, step("keep", "upsert", row={"email": "same", "age": "{{ $json.age }}"}))
    runs = (running.start(graph_, [{"age": number} for number in range(5)]) for _ in range(3))
    await asyncio.gather(*(upsert(number) for number in range(20)), *runs)
    assert [row["email"] for row in await values(running.client, table)] == ["same"]
    async with running.api.db.read() as session:
        assert len((await session.execute(select(DATA_ROWS))).all()) == 1
        assert len((await session.execute(select(DATA_WRITES))).all()) == 35
    assert (await running.client.get(f"{PATH}/{table}")).json()["row_count"] == 1


async def test_what_was_done_long_ago_is_forgotten(running: Running) -> None:
    await customers(running.client)
    tables = WorkspaceTables(running.api.db, running.api.workspace_id)
    await tables.write(TableParams(table="customers", operation="insert", row={"email": "a"}), "key-of-the-call")
    assert await forget_writes(running.api.db, clock.now() - timedelta(days=1)) == 0
    assert await forget_writes(running.api.db, clock.now() + timedelta(seconds=1)) == 1
