"""A context manager for `with` and for `async with`, as its users are browser tests and asyncio tests alike."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from types import TracebackType
from typing import Generic, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class EitherWay(Generic[T]):
    def __init__(self, inner: AbstractContextManager[T]) -> None:
        self._inner = inner

    def __enter__(self) -> T:
        return self._inner.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return self._inner.__exit__(kind, error, traceback)

    async def __aenter__(self) -> T:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return self.__exit__(kind, error, traceback)


def either_way(make: Callable[P, Generator[T]]) -> Callable[P, EitherWay[T]]:
    """Like `contextmanager`. Starting and ending block for some milliseconds."""
    managed = contextmanager(make)

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> EitherWay[T]:
        return EitherWay(managed(*args, **kwargs))

    return made
