"""The far side of every call: it counts what reached it, and does to the caller what a test tells it to."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.support.far_side import FarSide, Seen, far_side


@dataclass
class Receiver:
    """Each request is an effect, counted by `METHOD /path`. `before` runs when it came in, before it is answered."""

    side: FarSide
    effects: Counter[str] = field(default_factory=Counter[str])
    slowest_s: float = 0.0
    before: Callable[[str], Awaitable[object]] | None = None
    _delays: Iterator[float] = field(default_factory=lambda: itertools.cycle((0.0, 0.9, 0.2, 1.0, 0.5)))

    async def answer(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        effect = f"{seen.method} {seen.path}"
        self.effects[effect] += 1
        number = self.effects[effect]
        if self.before is not None:
            await self.before(effect)
        await asyncio.sleep(next(self._delays) * self.slowest_s)
        body = orjson.dumps({"number": number})
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()


@asynccontextmanager
async def receiver() -> AsyncGenerator[Receiver]:
    async with far_side() as side:
        made = Receiver(side)
        side.raw = made.answer
        yield made


def call(id_: str, method: str, url: str, **settings: Any) -> dict[str, Any]:
    params = {"method": method, "url": url, "timeout_s": 60}
    return {"id": id_, "type": "http.request", "title": id_.title(), "params": params, "settings": settings}
