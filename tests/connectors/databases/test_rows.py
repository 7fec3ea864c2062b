"""Rows of PostgreSQL, SQLite and what speaks MySQL's protocol, by the same actions."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from nodeloom_connectors.mysql import connector as mysql
from nodeloom_connectors.mysql.account import MySqlAccount
from nodeloom_connectors.mysql.client import MySql
from nodeloom_connectors.postgres import connector as postgres
from nodeloom_connectors.postgres.account import PostgresAccount
from nodeloom_connectors.postgres.client import Postgres
from nodeloom_connectors.sdk import Polled, Reconnect, Refused, RetryLater, TriggerContext
from nodeloom_connectors.sqlite import connector as sqlite
from nodeloom_connectors.sqlite.client import SqliteFiles
from tests.connectors.databases.standing import (
    PASSWORD,
    Loopback,
    Place,
    mysql_server,
    postgres_over_tcp,
    sqlite_file,
)
from tests.support.actions import KeptFiles, Lines

_TABLE = {
    "postgres": "CREATE TABLE orders (id SERIAL PRIMARY KEY, customer TEXT, total NUMERIC(10, 2), extra JSONB)",
    "mysql": "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, total DECIMAL(10, 2), extra TEXT)",
    "sqlite": "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, total NUMERIC, extra TEXT)",
}
_NASTY = """Robert'); DROP TABLE orders; --\\' "x" :id %s 100%"""


@pytest.fixture(params=["postgres", "mysql", "sqlite"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Place]:
    if request.param == "sqlite":
        yield Place(sqlite, SqliteFiles(str(tmp_path)), {"file": sqlite_file(tmp_path).name})
    elif request.param == "mysql":
        async with mysql_server() as (port, _):
            account = MySqlAccount(
                host="db", port=port, database="d", user="loom", password=SecretStr(PASSWORD), tls="never"
            )
            yield Place(mysql, MySql(account, Loopback()), {}, counts=False)
    else:
        folder = request.getfixturevalue("postgres_server")
        async with postgres_over_tcp(folder) as port:
            account = PostgresAccount(host="db", port=port, database="postgres", user="postgres", tls="never")
            place = Place(postgres, Postgres(account, Loopback()), {})
            yield place
            await place.call("execute", statement="DROP TABLE IF EXISTS orders")


@pytest.fixture
async def orders(place: Place) -> Place:
    await place.call("execute", statement=_TABLE[place.connector.name])
    for number, customer in enumerate(["Ada", "Grace", _NASTY], start=1):
        await place.call("insert", table="orders", row={"id": number, "customer": customer, "total": number * 10.5})
    return place


async def test_values_never_become_part_of_a_statement(orders: Place) -> None:
    (row,) = await orders.call(
        "query", statement="SELECT id, customer FROM orders WHERE customer = :who", values={"who": _NASTY}
    )
    assert row == {"id": 3, "customer": _NASTY}
    assert (
        len(await orders.call("query", statement="SELECT id FROM orders WHERE customer <> ':who' AND 7 % 4 = 3")) == 3
    )


async def test_rows_are_changed_and_deleted_by_their_values(orders: Place) -> None:
    changed = await orders.call("update", table="orders", match={"id": 1}, change={"customer": "Ada L."})
    gone = await orders.call("delete", table="orders", match={"customer": _NASTY})
    if orders.counts:
        assert (changed.changed, gone.changed) == (1, 1)
        assert [row["customer"] for row in changed.rows] in ([], ["Ada L."])
    rows = await orders.call("query", statement="SELECT customer FROM orders ORDER BY id")
    assert [row["customer"] for row in rows] == ["Ada L.", "Grace"]
    await orders.call("insert", table="orders", row={"id": 9, "customer": None})
    await orders.call("delete", table="orders", match={"customer": None, "id": 9})
    assert len(await orders.call("query", statement="SELECT id FROM orders")) == 2


async def test_a_row_is_added_or_changed(orders: Place) -> None:
    if orders.connector.name == "mysql":
        pytest.skip("the stand-in's SQLite doesn't know ON DUPLICATE KEY UPDATE")
    for total in (1, 2):
        await orders.call("upsert", table="orders", keys=["id"], row={"id": 2, "customer": "G.", "total": total})
    (row,) = await orders.call("query", statement="SELECT customer, total FROM orders WHERE id = 2")
    assert (row["customer"], float(row["total"])) == ("G.", 2)
    with pytest.raises(Refused, match="key column"):
        await orders.call("upsert", table="orders", keys=["id"], row={"customer": "x"})


async def test_reading_can_not_change_anything(orders: Place) -> None:
    with pytest.raises(Refused) as refused:
        await orders.call("query", statement="DELETE FROM orders")
    assert refused.value.code == "read_only"
    assert len(await orders.call("query", statement="SELECT id FROM orders")) == 3


async def test_more_rows_than_wanted_are_left_out(orders: Place) -> None:
    assert len(await orders.call("query", statement="SELECT id FROM orders ORDER BY id", limit=2)) == 2


async def test_what_is_wrong_is_said(orders: Place) -> None:
    with pytest.raises(Refused) as missing:
        await orders.call("query", statement="SELECT :a, :b", values={"a": 1})
    assert ":b" in missing.value.message
    with pytest.raises(Refused) as wrong:
        await orders.call("query", statement="SELECT one FROM nowhere")
    assert "nowhere" in wrong.value.message
    with pytest.raises(Refused):
        await orders.call("insert", table='orders" VALUES (1); --', row={"id": 1})
    with pytest.raises(Refused):
        await orders.call("insert", table="orders", row={"customer": "\ud800"})


async def test_objects_are_kept_as_json(orders: Place) -> None:
    await orders.call("insert", table="orders", row={"id": 7, "extra": {"gift": True}})
    (row,) = await orders.call("query", statement="SELECT extra FROM orders WHERE id = 7")
    assert row["extra"] in ({"gift": True}, '{"gift": true}')


async def test_new_rows_are_found_by_a_column_that_grows(orders: Place) -> None:
    trigger = orders.connector.triggers[0]
    assert trigger.kind == "poll"
    params = trigger.params.model_validate({**orders.extra, "table": "orders", "column": "id"})
    ctx: TriggerContext[Any] = TriggerContext(orders.client, KeptFiles(), Lines())

    async def polled(cursor: Any) -> Polled:
        return await trigger.poll(ctx, params, cursor)

    first = await polled(None)
    assert not first.occurrences
    await orders.call("insert", table="orders", row={"id": 4, "customer": "Linus"})
    second = await polled(first.cursor)
    assert [occurrence.json["customer"] for occurrence in second.occurrences] == ["Linus"]
    assert not (await polled(second.cursor)).occurrences


async def test_tables_and_columns_to_choose_from(orders: Place) -> None:
    if orders.connector.name == "mysql":
        pytest.skip("the stand-in has no information_schema")
    assert "orders" in await orders.choices("tables", "order")
    assert await orders.choices("columns", table="orders") == ["id", "customer", "total", "extra"]


async def test_postgres_takes_lists_and_stops_what_takes_too_long(postgres_server: str) -> None:
    async with postgres_over_tcp(postgres_server) as port:
        account = PostgresAccount(host="db", port=port, database="postgres", user="postgres", tls="never")
        place = Place(postgres, Postgres(account, Loopback()), {})
        rows = await place.call("query", statement="SELECT 2 = ANY(:ids) AS found", values={"ids": [1, 2]})
        assert rows == [{"found": True}]
        kinds = "SELECT now()::date::text AS d, 10::bigint ^ 20 AS big, 1.10::numeric AS n, '\\x00ff'::bytea AS b"
        (row,) = await place.call("query", statement=kinds)
        assert (row["n"], row["b"]) == ("1.10", "AP8=")
        with pytest.raises(Refused) as slow:
            await place.call("query", statement="SELECT pg_sleep(5)", timeout_s=0.1)
        assert slow.value.code == "too_slow"
        with pytest.raises(Refused):
            await place.call("query", statement="SELECT 1; SELECT 2")
        unknown = PostgresAccount(host="db", port=port, database="nowhere", user="postgres", tls="never")
        with pytest.raises(Reconnect):
            await Place(postgres, Postgres(unknown, Loopback()), {}).call("query", statement="SELECT 1")


async def test_a_mysql_account_that_is_not_let_in() -> None:
    async with mysql_server() as (port, _):
        account = MySqlAccount(host="db", port=port, database="d", user="loom", password=SecretStr("no"), tls="never")
        with pytest.raises(Reconnect):
            await Place(mysql, MySql(account, Loopback()), {}).call("query", statement="SELECT 1")


@pytest.mark.parametrize("name", ["postgres", "mysql"])
async def test_nobody_there(name: str, unused_tcp_port: int) -> None:
    if name == "postgres":
        account = PostgresAccount(host="db", port=unused_tcp_port, database="d", user="u", tls="never")
        place = Place(postgres, Postgres(account, Loopback()), {})
    else:
        other = MySqlAccount(host="db", port=unused_tcp_port, database="d", user="u", tls="never")
        place = Place(mysql, MySql(other, Loopback()), {})
    with pytest.raises(RetryLater) as failed:
        await place.call("execute", statement="SELECT 1")
    assert failed.value.nothing_happened


async def test_sqlite_stays_in_its_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    sqlite_file(tmp_path)
    sqlite_file(inside)
    (inside / "link.db").symlink_to(tmp_path / "orders.db")
    client = SqliteFiles(str(inside))
    for name in ("../orders.db", "link.db", str(tmp_path / "orders.db"), "none.db", "a\0b"):
        with pytest.raises(Refused) as refused:
            await Place(sqlite, client, {"file": name}).call("query", statement="SELECT 1")
        assert refused.value.code == "no_such_file"
    place = Place(sqlite, client, {"file": "orders.db"})
    for statement in (f"ATTACH '{tmp_path}/orders.db' AS other", "PRAGMA journal_mode = OFF", "COMMIT"):
        with pytest.raises(Refused):
            await place.call("execute", statement=statement)
    assert await place.choices("files") == ["link.db", "orders.db"]
    with pytest.raises(Refused) as off:
        await Place(sqlite, SqliteFiles(""), {"file": "orders.db"}).call("query", statement="SELECT 1")
    assert off.value.code == "sqlite_off"
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) AS m FROM n"
    with pytest.raises(Refused) as slow:
        await place.call("query", statement=endless, timeout_s=0.1)
    assert slow.value.code == "too_slow"
