"""Group commit: the writes of concurrent callers share one transaction.

One thread owns one connection. What queued while the last commit ran goes into the next transaction:
no timer, no polling, and a lone caller never waits for company.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from nodeloom.adapters.turns import NoTurn, Turns

P = TypeVar("P")
R = TypeVar("R")
Operation: TypeAlias = Callable[[Connection, Sequence[P]], Sequence[R]]

_MOST_IN_ONE_TRANSACTION = 1_000
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0


class DatabaseUnavailable(Exception):
    """The database could not be reached or kept busy; whether the write happened stands in the text."""


class WriterClosed(Exception):
    """A write was asked for after the database was closed."""


@dataclass(frozen=True, slots=True)
class _Call:
    operation: Operation[Any, Any]
    payload: Any
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Answer:
    call: _Call
    result: Any = None
    error: BaseException | None = None


class _CommitInDoubt(Exception):
    """The connection broke while the commit was under way."""


class Writer:
    """The one door for hot writes; every call is one payload of an operation.

    Calls that meet in one transaction are grouped by operation, the groups in the order in which their
    first call came. Calls that must follow one another are awaited one after the other.
    """

    def __init__(self, engine: Engine, turns: Turns | None) -> None:
        self._engine = engine
        self._turns = turns
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False
        self._connection: Connection | None = None
        self._pause = 0.0
        self._not_before = 0.0

    async def call(self, operation: Operation[P, R], payload: P) -> R:
        """The operation's result for this payload, after its transaction was committed.

        Cancelling the caller does not take the write back.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        with self._starting:
            if self._closed:
                raise WriterClosed("the database is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()
            self._calls.put(_Call(operation, payload, loop, future))
        return await future

    def close(self) -> None:
        """Writes what is queued, then ends the thread. Blocks until that is done."""
        with self._starting:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._calls.put(None)
            thread.join()

    def _run(self) -> None:
        open_for_calls = True
        while open_for_calls:
            batch, open_for_calls = self._next_batch()
            if batch:
                _deliver(self._write(batch))
        self._disconnect()

    def _next_batch(self) -> tuple[list[_Call], bool]:
        """Waits for one call and takes all that stand behind it; False once closing was asked for."""
        batch: list[_Call] = []
        call = self._calls.get()
        while call is not None:
            batch.append(call)
            if len(batch) == _MOST_IN_ONE_TRANSACTION:
                return batch, True
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _write(self, batch: list[_Call]) -> list[_Answer]:
        try:
            return self._commit_together(batch)
        except _CommitInDoubt as doubt:
            error = DatabaseUnavailable(f"the connection broke during the commit; it may have been stored: {doubt}")
            return [_Answer(call, error=error) for call in batch]
        except DatabaseUnavailable as error:
            return [_Answer(call, error=error) for call in batch]
        except BaseException as error:  # noqa: BLE001 - whatever an operation raises belongs to its caller
            if len(batch) == 1:
                return [_Answer(batch[0], error=error)]
        return [answer for call in batch for answer in self._write([call])]

    def _commit_together(self, batch: list[_Call]) -> list[_Answer]:
        try:
            return self._take_turn(batch, self._connect())
        except DBAPIError as error:
            if not error.connection_invalidated:
                _raise_if_busy(error)
                raise
        # The connection had gone stale before the commit (a restarted server): nothing was stored yet.
        self._disconnect()
        connection = self._connect()
        try:
            return self._take_turn(batch, connection)
        except DBAPIError as error:
            if error.connection_invalidated:
                self._disconnect()
                raise DatabaseUnavailable(f"the connection broke, nothing was stored: {error.orig}") from error
            _raise_if_busy(error)
            raise

    def _take_turn(self, batch: list[_Call], connection: Connection) -> list[_Answer]:
        if self._turns is None:
            return self._attempt(batch, connection)
        try:
            with self._turns.turn():
                return self._attempt(batch, connection)
        except NoTurn as busy:
            raise DatabaseUnavailable(f"nothing was stored: {busy}") from busy

    def _attempt(self, batch: list[_Call], connection: Connection) -> list[_Answer]:
        transaction = connection.begin()
        try:
            answers = [answer for group in _by_operation(batch) for answer in _perform(group, connection)]
        except BaseException:
            if not connection.invalidated:
                transaction.rollback()
            raise
        try:
            transaction.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                self._disconnect()
                raise _CommitInDoubt(str(error.orig)) from error
            transaction.rollback()
            raise
        return answers

    def _connect(self) -> Connection:
        if self._connection is not None:
            return self._connection
        if time.monotonic() < self._not_before:
            raise DatabaseUnavailable("the database can't be reached; nothing was stored")
        try:
            self._connection = self._engine.connect()
        except SQLAlchemyError as error:
            self._pause = min(max(self._pause * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            self._not_before = time.monotonic() + self._pause
            raise DatabaseUnavailable(f"the database can't be reached; nothing was stored: {error}") from error
        self._pause = 0.0
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _by_operation(batch: list[_Call]) -> list[list[_Call]]:
    groups: dict[Operation[Any, Any], list[_Call]] = {}
    for call in batch:
        groups.setdefault(call.operation, []).append(call)
    return list(groups.values())


def _perform(group: list[_Call], connection: Connection) -> list[_Answer]:
    results = group[0].operation(connection, [call.payload for call in group])
    if len(results) != len(group):
        name = getattr(group[0].operation, "__qualname__", group[0].operation)
        raise RuntimeError(f"{name} gave {len(results)} results for {len(group)} payloads")
    return [_Answer(call, result) for call, result in zip(group, results, strict=True)]


def _raise_if_busy(error: DBAPIError) -> None:
    """Another process kept SQLite's lock beyond the time limit: trying each payload alone would wait as long again."""
    if "database is locked" in str(error.orig):
        raise DatabaseUnavailable("the database was kept busy by another process; nothing was stored") from error


def _deliver(answers: list[_Answer]) -> None:
    """Wakes each event loop once for the whole commit, not once for each future."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
    for answer in answers:
        by_loop.setdefault(answer.call.loop, []).append(answer)
    for loop, mine in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, mine)
        except RuntimeError:
            # The loop was closed while its callers waited: nobody is left to be told.
            continue


def _settle(answers: list[_Answer]) -> None:
    for answer in answers:
        future = answer.call.future
        if future.done():
            continue
        if answer.error is None:
            future.set_result(answer.result)
        else:
            future.set_exception(answer.error)
