"""How a node that is under way hears that nobody waits for it any more."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


class Stop:
    """Set once, from any thread, by whoever drives; what stands in a `kills` block is then killed at once."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._set = False
        self._kills: list[Callable[[], None]] = []

    def set(self) -> None:
        with self._changing:
            self._set = True
            for kill in self._kills:
                kill()

    @contextmanager
    def kills(self, kill: Callable[[], None]) -> Generator[None]:
        """`kill` must be quick and take being called when there is nothing left to kill."""
        with self._changing:
            self._kills.append(kill)
            if self._set:
                kill()
        try:
            yield
        finally:
            with self._changing:
                self._kills.remove(kill)
