"""What everything that runs a person's code shares."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

Fault: TypeAlias = tuple[str, int | None]
"""What went wrong, and in which line of the code, from 1."""
Ran: TypeAlias = tuple[Any, None] | tuple[None, Fault]
Log: TypeAlias = Callable[[str, str], None]
"""Takes a level and a line."""
Kills: TypeAlias = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""While the block goes on, whoever stops the run calls what was handed over."""


def unheard(_level: str, _text: str) -> None:
    pass


@contextmanager
def unstoppable(_kill: Callable[[], None]) -> Generator[None]:
    yield
