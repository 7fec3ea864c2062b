"""A connection for each statement, which goes to the server alone, its values apart from it."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal, cast

from nodeloom_connectors.databases import Changed, Rows, first_reachable, percent_style
from nodeloom_connectors.postgres.failures import translated
from nodeloom_connectors.sdk import Access, Account, Refused

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import DictRow
    from pydantic import BaseModel

    from nodeloom_connectors.postgres.account import PostgresAccount
    from nodeloom_connectors.sdk import Network

_CONNECT_TIMEOUT_S = 10
_TLS = {"verify": "verify-full", "require": "require", "never": "disable"}


class Postgres:
    dialect: Literal["postgres"] = "postgres"

    def __init__(self, account: PostgresAccount, network: Network) -> None:
        self._account = account
        self._network = network

    def at(self, params: BaseModel) -> Postgres:
        del params
        return self

    async def read(self, statement: str, values: Mapping[str, Any], *, at_most: int, timeout_s: float) -> Rows:
        with translated(self._account.host, changing=False):
            async with self._connected(timeout_s) as connection:
                await connection.set_read_only(True)
                async with connection.transaction(), connection.cursor() as cursor:
                    stream = cursor.stream(percent_style(statement).encode(), _given(values))
                    rows: list[DictRow] = []
                    async with aclosing(cast("AsyncGenerator[DictRow]", stream)) as found:
                        async for row in found:
                            if len(rows) == at_most:
                                return Rows(rows, more=True)
                            rows.append(row)
                    return Rows(rows)

    async def change(self, statement: str, values: Mapping[str, Any], *, at_most: int, timeout_s: float) -> Changed:
        with translated(self._account.host, changing=True) as journey:
            async with self._connected(timeout_s) as connection, connection.cursor() as cursor:
                await cursor.execute(percent_style(statement).encode(), _given(values))
                rows = await cursor.fetchmany(at_most) if cursor.description else []
                journey.committing = True
                await connection.commit()
                return Changed(max(cursor.rowcount, 0), rows)

    @asynccontextmanager
    async def _connected(self, timeout_s: float) -> AsyncGenerator[psycopg.AsyncConnection[DictRow]]:
        import psycopg
        from psycopg.rows import DictRow, dict_row

        account = self._account
        address = await first_reachable(self._network, account.host, account.port)
        connection = await psycopg.AsyncConnection[DictRow].connect(
            host=account.host,
            hostaddr=address,
            port=account.port,
            dbname=account.database,
            user=account.user,
            password=account.password.get_secret_value(),
            sslmode=_TLS[account.tls],
            sslrootcert=_certificates() if account.tls == "verify" else "",
            gssencmode="disable",
            connect_timeout=_CONNECT_TIMEOUT_S,
            keepalives_idle=30,
            application_name="nodeloom",
            passfile=f"{os.devnull}/none",
            options=f"-c statement_timeout={int(timeout_s * 1000)}",
            row_factory=dict_row,
        )
        try:
            yield connection
        finally:
            await connection.close()


def connect(access: Access[PostgresAccount]) -> Postgres:
    if access.network is None:
        raise Refused("Connections to databases are not possible here.", "no_network")
    return Postgres(access.secret, access.network)


async def verify(access: Access[PostgresAccount]) -> Account | None:
    found = await connect(access).read("SELECT current_user AS who", {}, at_most=1, timeout_s=10)
    name = f"{found.rows[0]['who']} @ {access.secret.host}/{access.secret.database}"
    return Account(id=name, name=name)


def _certificates() -> str:
    return ssl.get_default_verify_paths().cafile or "system"


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Objects go as JSON text, which the server takes for what the column is; lists of simple values are arrays."""
    return {name: _parameter(value) for name, value in values.items()}


def _parameter(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise Refused("PostgreSQL keeps no text with a NUL character in it.", "bad_value", hint="Take it out.")
    nested = isinstance(value, list) and any(isinstance(one, dict | list) for one in cast("list[Any]", value))
    return json.dumps(value) if nested or isinstance(value, dict) else cast("Any", value)
