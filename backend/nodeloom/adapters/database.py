"""SQLite or PostgreSQL: sessions for requests, a group-committing writer for the hot path.

The only file that commits. `Table`, `UtcTime`, `Json` and `metadata` are re-exported for models.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from nodeloom.adapters.columns import Json, Table, UtcTime, dump_json, from_ms, load_json, metadata, to_ms
from nodeloom.adapters.turns import NoTurn, Turn, Turns
from nodeloom.adapters.writer import DatabaseUnavailable, Operation, Writer, WriterClosed

__all__ = [
    "AfterCommit",
    "Database",
    "DatabaseUnavailable",
    "Json",
    "Operation",
    "Table",
    "UtcTime",
    "Writer",
    "WriterClosed",
    "after_commit",
    "dump_json",
    "from_ms",
    "load_json",
    "metadata",
    "sync_engine",
    "to_ms",
]

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
AfterCommit: TypeAlias = Callable[[], Awaitable[None]]

_CALLBACKS = "after_commit"
_WRITES = "nodeloom_writes"
_TURN = "nodeloom_turn"
_BUSY_TIMEOUT_MS = 10_000

_log = structlog.stdlib.get_logger(__name__)


class Database:
    """Opened once per process; connects when first used."""

    def __init__(self, url: URL) -> None:
        self.dialect: Dialect = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
        self._engine = _async_engine(url)
        self._read = async_sessionmaker(self._engine, expire_on_commit=False)
        # PostgreSQL locks rows and wakes who waits for them: nobody needs to queue before it.
        self._turns = Turns(_turn_file(url)) if self.dialect == "sqlite" else None
        self._threaded = sync_engine(url)
        self.writer = Writer(self._threaded, self._turns)

    @classmethod
    def open(cls, url: str) -> "Database":
        return cls(make_url(url))

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """A session whose changes are never kept."""
        async with self._read() as session:
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """Commits at the end of the block, then runs what `after_commit` registered; an exception takes all back.

        On SQLite the first statement takes the write lock, so no statement may wait for the network after it.
        """
        callbacks: list[AfterCommit] = []
        turn = None if self._turns is None else Turn(self._turns)
        engine = self._engine.execution_options(**{_WRITES: True, _TURN: turn})
        try:
            async with AsyncSession(engine, expire_on_commit=False) as session:
                session.info[_CALLBACKS] = callbacks
                yield session
                await session.commit()
        finally:
            if turn is not None:
                turn.give_back()
        for callback in callbacks:
            try:
                await callback()
            except Exception:  # noqa: BLE001 - logged with its traceback
                # The data is stored; the caller must not be told otherwise.
                _log.exception("after_commit_failed")

    @contextmanager
    def threaded(self) -> Generator[Connection]:
        """A transaction for a thread, on a connection of its own; raises `DatabaseUnavailable` or SQLAlchemyError."""
        try:
            with self._turns.turn() if self._turns is not None else nullcontext(), self._threaded.begin() as connection:
                yield connection
        except NoTurn as busy:
            raise DatabaseUnavailable(f"nothing was stored: {busy}") from busy

    async def check(self, revision: str | None = None) -> str:
        """`ok`, or one line that says what is wrong; with `revision`, also whether the tables are of that revision."""
        try:
            async with self.read() as session:
                await session.execute(text("SELECT 1"))
                if revision is None:
                    return "ok"
                found = (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar()
        except (SQLAlchemyError, OSError) as error:
            lines = str(getattr(error, "orig", error)).splitlines()
            return f"unavailable: {lines[0] if lines else type(error).__name__}"
        return (
            "ok" if found == revision else f"the tables are at {found}, this program needs {revision}: nodeloom migrate"
        )

    async def dispose(self) -> None:
        """Writes what is queued, then closes every connection."""
        self.writer.close()
        await self._engine.dispose()


def _turn_file(url: URL) -> Path | None:
    return Path(f"{url.database}-turn") if url.database not in (None, "", ":memory:") else None


def after_commit(session: AsyncSession, callback: AfterCommit) -> None:
    """Runs `callback` once the transaction of `session` is on disk; never if it is taken back."""
    callbacks = cast("list[AfterCommit] | None", session.info.get(_CALLBACKS))
    if callbacks is None:
        raise RuntimeError("after_commit needs a session of Database.transaction()")
    callbacks.append(callback)


def sync_engine(url: URL) -> Engine:
    """For the writer and the migrations: its connections write, and are closed when given back."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url.set(drivername="sqlite+pysqlite"), poolclass=NullPool, connect_args=_SQLITE_ARGUMENTS, **_QUIET
        )
        _speak_sqlite(engine)
        return engine.execution_options(**{_WRITES: True})
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"), poolclass=NullPool, connect_args=_POSTGRES_ARGUMENTS, **_QUIET
    )
    _speak_postgresql(engine)
    return engine


def _async_engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"), connect_args=_SQLITE_ARGUMENTS, **_QUIET)
        _speak_sqlite(engine.sync_engine)
        return engine
    engine = create_async_engine(
        url.set(drivername="postgresql+psycopg"), connect_args=_POSTGRES_ARGUMENTS, pool_pre_ping=True, **_QUIET
    )
    _speak_postgresql(engine.sync_engine)
    return engine


# A failed statement is logged; its values (hashes, sealed secrets, what a workflow works on) are not for the log.
_QUIET: dict[str, Any] = {"hide_parameters": True}
_SQLITE_ARGUMENTS: dict[str, Any] = {"timeout": _BUSY_TIMEOUT_MS / 1_000, "check_same_thread": False}
_POSTGRES_ARGUMENTS: dict[str, Any] = {"connect_timeout": 10, "application_name": "nodeloom"}


_LONGEST_IDLE_S = 60


def _speak_postgresql(engine: Engine) -> None:
    """A transaction that its process forgot, or froze in, gives its locks back by itself.

    Said in SQL and not as a start-up parameter: poolers before the server refuse those.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{_LONGEST_IDLE_S}s'")
        cursor.close()
        connection.commit()

    _ = prepare


def _speak_sqlite(engine: Engine) -> None:
    """WAL with a full fsync at each commit, and transactions that we begin ourselves.

    Left alone the driver begins a transaction only before the first write, and then as a reader that has to
    be promoted: with two writers that fails at once instead of waiting.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {_BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "wal_autocheckpoint = 4000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        turn = cast("Turn | None", options.get(_TURN))
        if turn is not None:
            await_only(turn.take())
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES) else "BEGIN")

    _ = (prepare, begin)
