"""How a call gets to the outside: in its turn, past the breaker of its host, and not beside too many of its kind."""

from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final

from nodeloom.adapters.http import WATCH, HostResting
from nodeloom.adapters.traffic import Traffic
from nodeloom_connectors.sdk import Connector

# Half of what a worker drives at once: a slow service must not take it all.
MOST_OF_A_KIND: Final = 100
NO_ROOM_S: Final = 2.0


@dataclass(slots=True)
class Passage:
    """One call under way. `resting_s` is for how long its host is left in peace, if that is why it failed."""

    traffic: Traffic
    workspace_id: str
    key: str
    resting_s: float = 0.0

    async def before(self, host: str) -> None:
        left = await self.traffic.allowed(self.workspace_id, host)
        if left > 0:
            self.resting_s = left
            raise HostResting(f"{host} failed too often and is left in peace for {left:.0f} s")

    async def after(self, host: str, *, well: bool) -> None:
        await self.traffic.tell(self.workspace_id, host, well=well)


@dataclass(slots=True)
class Passages:
    """Those of a worker."""

    traffic: Traffic
    most: int = MOST_OF_A_KIND
    _under_way: Counter[str] = field(default_factory=Counter[str])

    def key(self, workspace_id: str, connector: Connector, connection_id: str | None) -> str:
        """What calls share: their connection, or where there is none, the connector in their workspace."""
        return connection_id or f"{workspace_id}:{connector.name}"

    async def wait_s(self, key: str, connector: Connector, who: str) -> float:
        """Seconds until this call may begin."""
        if self._under_way[key] >= self.most:
            return NO_ROOM_S
        limits = [(limit.calls, limit.per_s) for limit in connector.limits]
        return await self.traffic.turn(key, limits, who)

    @asynccontextmanager
    async def begin(self, workspace_id: str, key: str) -> AsyncGenerator[Passage]:
        """While the block lasts every request of the context is watched."""
        passage = Passage(self.traffic, workspace_id, key)
        self._under_way[key] += 1
        try:
            with _watching(passage):
                yield passage
        finally:
            self._under_way[key] -= 1
            if not self._under_way[key]:
                del self._under_way[key]


@contextmanager
def _watching(passage: Passage) -> Generator[None]:
    token = WATCH.set(passage)
    try:
        yield
    finally:
        WATCH.reset(token)
