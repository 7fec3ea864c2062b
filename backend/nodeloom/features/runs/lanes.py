"""Threads for nodes that take their time, apart by kind: what waits in one lane holds up no other."""

import asyncio
import contextvars
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

DATA: Final = "data"
CODE: Final = "sandbox"
_CORES: Final = os.cpu_count() or 2
# Code runs in processes of its own, and its threads do nothing but wait for them.
_LANES: Final[Mapping[str, int]] = {DATA: max(_CORES, 2), CODE: max(2 * _CORES, 4), "full": max(_CORES // 2, 2)}


class Lanes:
    """As many at once as each lane is wide; the others wait for their turn without a thread."""

    def __init__(self) -> None:
        self._pools = {name: ThreadPoolExecutor(width, f"lane-{name}") for name, width in _LANES.items()}

    async def run(self, lane: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Cancelled while it waits for its turn, it never begins."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._pools[lane], lambda: context.run(function, *args, **kwargs)
        )

    def close(self) -> None:
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
