"""A connection for each statement, in a thread; PyMySQL puts the values in, escaped as the server wants it."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, cast

from nodeloom_connectors.databases import Changed, Rows, first_reachable, percent_style
from nodeloom_connectors.mysql.failures import Journey, translated
from nodeloom_connectors.sdk import Access, Account, Refused

if TYPE_CHECKING:
    from pydantic import BaseModel

    from nodeloom_connectors.mysql.account import MySqlAccount
    from nodeloom_connectors.sdk import Network

_CONNECT_TIMEOUT_S = 10


class MySql:
    dialect: Literal["mysql"] = "mysql"

    def __init__(self, account: MySqlAccount, network: Network) -> None:
        self._account = account
        self._network = network

    def at(self, params: BaseModel) -> MySql:
        del params
        return self

    async def read(self, statement: str, values: Mapping[str, Any], *, at_most: int, timeout_s: float) -> Rows:
        address = await first_reachable(self._network, self._account.host, self._account.port)
        return await asyncio.to_thread(self._read, address, statement, values, at_most, timeout_s)

    async def change(self, statement: str, values: Mapping[str, Any], *, at_most: int, timeout_s: float) -> Changed:
        address = await first_reachable(self._network, self._account.host, self._account.port)
        return await asyncio.to_thread(self._change, address, statement, values, at_most, timeout_s)

    def _read(self, address: str, statement: str, values: Mapping[str, Any], at_most: int, timeout_s: float) -> Rows:
        with translated(self._account.host, Journey()), self._connected(address, timeout_s) as connection:
            with connection.cursor() as cursor:
                cursor.execute("START TRANSACTION READ ONLY")
            # Not closed: that would read to the end of what the server has for us.
            cursor = connection.cursor(_by_row())
            cursor.execute(percent_style(statement), _given(values))
            rows = list(cursor.fetchmany(at_most + 1)) if cursor.description else []
            return Rows(rows[:at_most], more=len(rows) > at_most)

    def _change(
        self, address: str, statement: str, values: Mapping[str, Any], at_most: int, timeout_s: float
    ) -> Changed:
        journey = Journey(changing=True)
        with translated(self._account.host, journey), self._connected(address, timeout_s) as connection:
            with connection.cursor() as cursor:
                # What changes the shape of the database commits by itself.
                journey.sent = True
                count = cursor.execute(percent_style(statement), _given(values))
                rows = list(cursor.fetchmany(at_most)) if cursor.description else []
                inserted = cursor.lastrowid
            connection.commit()
            return Changed(count, rows, inserted or None)

    @contextmanager
    def _connected(self, address: str, timeout_s: float) -> Generator[Any]:
        import pymysql
        from pymysql.cursors import DictCursor

        account = self._account
        connection: Any = cast("Any", pymysql).Connection(
            host=account.host,
            port=account.port,
            user=account.user,
            password=account.password.get_secret_value(),
            database=account.database,
            charset="utf8mb4",
            cursorclass=DictCursor,
            connect_timeout=_CONNECT_TIMEOUT_S,
            read_timeout=timeout_s,
            write_timeout=timeout_s,
            local_infile=False,
            ssl=_tls(account.tls),
            ssl_disabled=account.tls == "never",
            defer_connect=True,
        )
        reached = socket.create_connection((address, account.port), timeout=_CONNECT_TIMEOUT_S)
        try:
            connection.connect(reached)
            yield connection
        finally:
            _leave(connection, reached)


def connect(access: Access[MySqlAccount]) -> MySql:
    if access.network is None:
        raise Refused("Connections to databases are not possible here.", "no_network")
    return MySql(access.secret, access.network)


async def verify(access: Access[MySqlAccount]) -> Account | None:
    found = await connect(access).read("SELECT CURRENT_USER() AS who", {}, at_most=1, timeout_s=10)
    name = f"{found.rows[0]['who']} @ {access.secret.host}/{access.secret.database}"
    return Account(id=name, name=name)


def _by_row() -> type[Any]:
    from pymysql.cursors import SSDictCursor

    return SSDictCursor


def _leave(connection: Any, reached: socket.socket) -> None:
    """At once, without reading what is still to come; whatever was not committed the server rolls back."""
    if connection._result is not None:
        connection._result.unbuffered_active = False
    connection._force_close()
    reached.close()


def _tls(wanted: str) -> ssl.SSLContext | None:
    if wanted == "never":
        return None
    context = ssl.create_default_context()
    if wanted == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Objects go as JSON text; a list stands for all its values (`IN :ids`)."""
    return {name: _parameter(value) for name, value in values.items()}


def _parameter(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, list):
        return tuple(_parameter(one) for one in cast("list[Any]", value)) or (None,)
    return value
