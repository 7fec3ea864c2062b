"""Databases for the connectors to speak to: PostgreSQL itself over TCP, and a server that speaks MySQL's protocol."""

import asyncio
import sqlite3
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import sqlglot
from mysql_mimic import IdentityProvider, MysqlServer, NativePasswordAuthPlugin, Session, User
from mysql_mimic.errors import MysqlError

from nodeloom_connectors.sdk import Action, Connector, OptionsQuery
from tests.support.actions import KeptFiles, context

PASSWORD = "open sesame"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Loopback:
    """The installation's rules, which allow what a test stands on."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    async def addresses(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return ["127.0.0.1"]


@dataclass
class Place:
    """A connector with a client, and what every form needs besides (the file)."""

    connector: Connector
    client: Any
    extra: Mapping[str, Any]
    counts: bool = True

    def action(self, name: str) -> Action[Any, Any, Any]:
        return next(action for action in self.connector.actions if action.name == name)

    async def call(self, name: str, **params: Any) -> Any:
        action = self.action(name)
        filled = action.params.model_validate({**self.extra, **params})
        result = await action.run(context(self.client, KeptFiles()), filled)
        if isinstance(result, list):
            return [row.root for row in cast("list[Any]", result)]
        return result

    async def choices(self, loader: str, search: str = "", **params: Any) -> list[str]:
        query = OptionsQuery({**self.extra, **params}, search)
        return [option.value for option in (await self.connector.options[loader](self.client, query)).items]


@asynccontextmanager
async def postgres_over_tcp(socket_folder: str, cut_after: bytes = b"") -> AsyncGenerator[int]:
    """The port at which the server's own socket is reached."""
    place = f"{socket_folder}/.s.PGSQL.5432"
    async with _passing_on(lambda: asyncio.open_unix_connection(place), cut_after) as port:
        yield port


@asynccontextmanager
async def cut_off(port: int, cut_after: bytes) -> AsyncGenerator[int]:
    """A way to the server that breaks when it has carried these bytes to it: no answer comes back."""
    async with _passing_on(lambda: asyncio.open_connection("127.0.0.1", port), cut_after) as outer:
        yield outer


@asynccontextmanager
async def _passing_on(connect: Connect, cut_after: bytes) -> AsyncGenerator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await connect()
        ways = [
            asyncio.create_task(_pour(reader, inner_writer, cut_after)),
            asyncio.create_task(_pour(inner_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            inner_writer.transport.abort()
            await asyncio.gather(*ways, return_exceptions=True)

    async with _listening(serve) as port:
        yield port


@asynccontextmanager
async def _listening(serve: Serve) -> AsyncGenerator[int]:
    """Every conversation is over when it ends, and its connection closed."""
    going_on: set[asyncio.Task[None]] = set()

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        going_on.add(task)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await serve(reader, writer)
        finally:
            going_on.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(conversation, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(going_on):
            task.cancel()
        await asyncio.gather(*tuple(going_on), return_exceptions=True)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut_after: bytes = b"") -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
            if cut_after and cut_after in chunk:
                return


class _Users(IdentityProvider):
    async def get_user(self, username: str) -> User | None:
        if username != "loom":
            return None
        return User(username, NativePasswordAuthPlugin.create_auth_string(PASSWORD), "mysql_native_password")


class _Session(Session):
    """MySQL's statements, carried out by SQLite. Transactions are only told apart by whether they may write."""

    def __init__(self, database: sqlite3.Connection) -> None:
        super().__init__()
        self._database = database
        self._read_only = False

    async def handle_query(self, sql: str, attrs: dict[str, str]) -> Any:
        del attrs
        if sql.upper().startswith("START TRANSACTION READ ONLY"):
            self._read_only = True
            return None
        if sql.upper().startswith(("SET ", "COMMIT", "ROLLBACK")):
            return None
        return self._carried_out(sql)

    def _carried_out(self, sql: str) -> Any:
        for statement in sqlglot.parse(sql, read="mysql"):
            assert statement is not None
            if self._read_only and statement.key not in ("select", "union"):
                raise MysqlError("Cannot execute statement in a READ ONLY transaction.", cast("Any", 1792))
            text = statement.sql("sqlite").replace("CURRENT_USER()", f"'{self.username}'")
            try:
                cursor = self._database.execute(text)
            except sqlite3.Error as error:
                raise MysqlError(str(error), cast("Any", 1064)) from error
            if cursor.description:
                return cursor.fetchall(), [column[0] for column in cursor.description]
        return None


@asynccontextmanager
async def mysql_server(tls: ssl.SSLContext | None = None) -> AsyncGenerator[tuple[int, sqlite3.Connection]]:
    """Its port, and what it keeps its rows in."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    server: Any = MysqlServer(lambda: _Session(database), identity_provider=_Users(), ssl=tls)
    try:
        async with _listening(server._client_connected_cb) as port:
            yield port, database
    finally:
        database.close()


def sqlite_file(folder: Path) -> Path:
    path = folder / "orders.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE seed (id INTEGER)")
    made.close()
    return path
