"""Who may write next.

SQLite lets waiting writers sleep and wakes none of them: between a busy writer thread and ordinary requests
that starves somebody for seconds. Here everyone gets a turn before SQLite is asked at all: threads (the
writer, whose turn serves many) and event loops by turns, and first come, first served among themselves; then
the process among those that write to the same file.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from nodeloom.adapters.file_turn import FileTurn

_LONGEST_WAIT_S = 10.0


class NoTurn(Exception):
    """Somebody keeps a transaction open, or waits for a write inside of one."""

    def __init__(self, whose: str) -> None:
        super().__init__(f"no turn to write within {_LONGEST_WAIT_S:g} s: a transaction of {whose} is kept open")


class Turns:
    """`path` is the file on which processes that write to one database take turns; without it there is only one."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = FileTurn(path) if path is not None else None
        self._mutex = threading.Lock()
        self._taken = False
        self._threads: deque[Future[None]] = deque()
        self._loops: deque[Future[None]] = deque()
        self._next, self._after = self._threads, self._loops

    @contextmanager
    def turn(self) -> Generator[None]:
        """For threads; raises `NoTurn`."""
        self._wait(self._request(self._threads), self._hand_on, "this process")
        if self._file is not None:
            try:
                self._wait(self._file.ask(), self._file.give_back, "another process")
            except NoTurn:
                self._hand_on()
                raise
        try:
            yield
        finally:
            self.give_back()

    async def take(self) -> None:
        """For event loops; raises `NoTurn`. Whoever took gives back."""
        await self._await(self._request(self._loops), self._hand_on, "this process")
        if self._file is not None:
            try:
                await self._await(self._file.ask(), self._file.give_back, "another process")
            except (NoTurn, asyncio.CancelledError):
                self._hand_on()
                raise

    def give_back(self) -> None:
        if self._file is not None:
            self._file.give_back()
        self._hand_on()

    @staticmethod
    def _wait(granted: Future[None], give_back: Callable[[], None], whose: str) -> None:
        try:
            granted.result(_LONGEST_WAIT_S)
        except TimeoutError:
            _withdraw(granted, give_back)
            raise NoTurn(whose) from None

    @staticmethod
    async def _await(granted: Future[None], give_back: Callable[[], None], whose: str) -> None:
        if granted.done():
            return
        try:
            async with asyncio.timeout(_LONGEST_WAIT_S):
                await asyncio.wrap_future(granted)
        except TimeoutError:
            _withdraw(granted, give_back)
            raise NoTurn(whose) from None
        except asyncio.CancelledError:
            _withdraw(granted, give_back)
            raise

    def _hand_on(self) -> None:
        with self._mutex:
            self._next, self._after = self._after, self._next
            for waiting in (self._next, self._after):
                while waiting:
                    first = waiting.popleft()
                    if first.set_running_or_notify_cancel():
                        first.set_result(None)
                        return
            self._taken = False

    def _request(self, waiting: deque[Future[None]]) -> Future[None]:
        granted: Future[None] = Future()
        with self._mutex:
            if self._taken:
                waiting.append(granted)
            else:
                self._taken = True
                granted.set_result(None)
        return granted


def _withdraw(granted: Future[None], give_back: Callable[[], None]) -> None:
    """Cancelling fails if the turn came at the same moment: then it is ours to give back."""
    if not granted.cancel():
        give_back()


class Turn:
    """One transaction's claim: taken when it begins, given back once."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._taken = False

    async def take(self) -> None:
        if not self._taken:
            await self._turns.take()
            self._taken = True

    def give_back(self) -> None:
        if self._taken:
            self._taken = False
            self._turns.give_back()
