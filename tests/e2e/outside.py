"""What workflows call: a server in a thread of its own, since the browser's driver keeps the loop of this one busy."""

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from tests.support.far_side import FarSide, Seen, far_side


@contextmanager
def far_side_in_a_thread() -> Generator[FarSide]:
    handed = Future[tuple[FarSide, Callable[[], object]]]()

    async def stand() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        async with far_side() as side:
            handed.set_result((side, lambda: loop.call_soon_threadsafe(over.set)))
            await over.wait()

    with ThreadPoolExecutor(1) as thread:
        standing = thread.submit(asyncio.run, stand())
        side, end = handed.result(10)
        try:
            yield side
        finally:
            end()
            standing.result(10)


async def hang_up(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """The request has come in; whether it was done nobody will hear."""
