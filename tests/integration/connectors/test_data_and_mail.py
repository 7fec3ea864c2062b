"""A workflow with connections to a database and to a mail server, from the API to the other side."""

import sqlite3
from pathlib import Path
from typing import Any

from tests.connectors.databases.standing import PASSWORD, mysql_server
from tests.integration.runs.conftest import Running, nodes_of
from tests.support.flows import MANUAL, graph, node
from tests.support.post_office import post_office


async def _connected(running: Running, connector: str, **secret: Any) -> str:
    body = {"connector": connector, "name": connector, "secret": secret}
    answer = await running.client.post("/api/v1/connections", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _with(connection_id: str, made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "connection_id": connection_id}


async def test_rows_are_read_and_each_becomes_a_mail(running: Running) -> None:
    async with mysql_server() as (port, database), post_office() as office:
        database.execute("CREATE TABLE orders (id INTEGER, customer TEXT)")
        database.executemany("INSERT INTO orders VALUES (?, ?)", [(1, "ada@example.com"), (2, "bob@example.com")])
        shop = await _connected(
            running, "mysql", host="127.0.0.1", port=port, database="d", user="loom", password=PASSWORD, tls="never"
        )
        mail = await _connected(
            running, "smtp", host="127.0.0.1", port=office.port, encryption="never", sender="loom@example.com"
        )
        statement = "SELECT id, customer FROM orders WHERE id > :least ORDER BY id"
        run = await running.start(
            graph(
                MANUAL,
                _with(shop, node("rows", "mysql.query", statement=statement, values={"least": 0})),
                _with(mail, node("mail", "smtp.send", to="{{ $json.customer }}", subject="Order {{ $json.id }}")),
            )
        )
    assert run["status"] == "succeeded", nodes_of(run)
    assert [(str(letter["To"]), letter["Subject"]) for letter in office.letters] == [
        ("ada@example.com", "Order 1"),
        ("bob@example.com", "Order 2"),
    ]
    assert PASSWORD not in str(run)


async def test_a_sqlite_file_of_the_installation(running: Running, tmp_path: Path) -> None:
    """Braces in a statement are no expression: no value becomes part of it."""
    with sqlite3.connect(tmp_path / "shop.db") as made:
        made.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT)")
    made.close()
    run = await running.start(
        graph(
            MANUAL,
            node("add", "sqlite.insert", file="shop.db", table="orders", row={"customer": "Ada"}),
            node("braces", "sqlite.query", file="shop.db", statement="SELECT '{{ $json.rows }}' AS said"),
            node("again", "sqlite.insert", file="shop.db", table="orders", row={"customer": "{{ $json.said }}"}),
        )
    )
    assert run["status"] == "succeeded", nodes_of(run)
    with sqlite3.connect(tmp_path / "shop.db") as kept:
        assert kept.execute("SELECT customer FROM orders").fetchall() == [("Ada",), ("{{ $json.rows }}",)]
    kept.close()


async def test_a_connection_that_is_not_let_in_is_not_saved(running: Running) -> None:
    async with mysql_server() as (port, _):
        secret = {"host": "127.0.0.1", "port": port, "database": "d", "user": "loom", "password": "wrong one"}
        body = {"connector": "mysql", "name": "Shop", "secret": {**secret, "tls": "never"}}
        answer = await running.client.post("/api/v1/connections", json=body)
    assert answer.status_code in (400, 409, 422), answer.text
    assert "does not accept the account" in answer.text
    assert "wrong one" not in answer.text
