"""Who may write next, within one process.

SQLite lets waiting writers sleep and wakes none of them: between a busy writer thread and ordinary requests
that starves somebody for seconds. Here everyone gets a turn before SQLite is asked at all: threads (the
writer, whose turn serves many) and event loops by turns, and first come, first served among themselves.
Other processes are still waited for by SQLite's own means.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager

_LONGEST_WAIT_S = 10.0


class NoTurn(Exception):
    """Somebody in this process keeps a transaction open, or waits for a write inside of one."""

    def __init__(self) -> None:
        super().__init__(f"no turn to write within {_LONGEST_WAIT_S:g} s: a transaction of this process is kept open")


class Turns:
    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._taken = False
        self._threads: deque[Future[None]] = deque()
        self._loops: deque[Future[None]] = deque()
        self._next, self._after = self._threads, self._loops

    @contextmanager
    def turn(self) -> Generator[None]:
        """For threads; raises `NoTurn`."""
        granted = self._request(self._threads)
        try:
            granted.result(_LONGEST_WAIT_S)
        except TimeoutError:
            self._withdraw(granted)
            raise NoTurn from None
        try:
            yield
        finally:
            self.give_back()

    async def take(self) -> None:
        """For event loops; raises `NoTurn`. Whoever took gives back."""
        granted = self._request(self._loops)
        if granted.done():
            return
        try:
            async with asyncio.timeout(_LONGEST_WAIT_S):
                await asyncio.wrap_future(granted)
        except TimeoutError:
            self._withdraw(granted)
            raise NoTurn from None
        except asyncio.CancelledError:
            self._withdraw(granted)
            raise

    def give_back(self) -> None:
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

    def _withdraw(self, granted: Future[None]) -> None:
        """Cancelling fails if the turn came at the same moment: then it is ours to give back."""
        if not granted.cancel():
            self.give_back()


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
