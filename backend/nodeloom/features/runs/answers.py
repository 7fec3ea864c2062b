"""Answers for callers who wait: pushed by the worker after its commit, read from the database where that got lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from nodeloom.adapters.columns import dump_json, load_json
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.queue import end, listen, publish

log = structlog.get_logger(__name__)

_LOST_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """What a caller may hear of a run.

    `respond` is `{status, headers, body}` of a Respond node that ran (`body` may be `{"$file": artifact}`); `items`
    the item documents of all end nodes that ran, in graph order. A run is answered when it ended or, with a Respond
    node, as soon as that node ran (status `running`).
    """

    run_id: str
    status: str
    respond: dict[str, Any] | None
    items: list[dict[str, Any]]


def _document(answer: RunAnswer) -> dict[str, Any]:
    # By hand: `asdict` copies every value of every item.
    return {"run_id": answer.run_id, "status": answer.status, "respond": answer.respond, "items": answer.items}


def channel_of(address: str) -> str:
    return f"nodeloom:answer:{address}"


class Answers:
    """The waiting callers of this process. `load` reads the answers of runs that were answered, by id."""

    def __init__(
        self, redis: ArqRedis, listener: ArqRedis, load: Callable[[list[str]], Awaitable[list[RunAnswer]]]
    ) -> None:
        self.address = new_id("api")
        self._redis = redis
        self._listener = listener
        self._load = load
        self._waiting: dict[str, asyncio.Future[RunAnswer]] = {}
        self._since: dict[str, float] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        channels = (channel_of(self.address),)
        self._tasks.append(asyncio.create_task(listen(self._listener, channels, self._heard)))
        self._tasks.append(asyncio.create_task(self._look_for_lost()))

    async def close(self) -> None:
        await end(self._tasks)

    def register(self, run_id: str) -> "asyncio.Future[RunAnswer]":
        """Call before the bell is rung, then await the future (with a time-out) and `forget` it."""
        loop = asyncio.get_running_loop()
        future = self._waiting.get(run_id)
        if future is None:
            future = self._waiting[run_id] = loop.create_future()
            self._since[run_id] = loop.time()
        return future

    def forget(self, run_id: str) -> None:
        self._waiting.pop(run_id, None)
        self._since.pop(run_id, None)

    async def wait(self, run_id: str, timeout_s: float) -> RunAnswer | None:
        """The answer, or None if it takes longer; many may wait for the same run."""
        future = self.register(run_id)
        try:
            return await asyncio.wait_for(asyncio.shield(future), timeout_s)
        except TimeoutError:
            return None
        finally:
            if future.done():
                self.forget(run_id)

    def _heard(self, channel: str, message: bytes) -> None:
        if channel:
            # Not orjson: an answer may hold half a surrogate pair, and `listen` would end with the error.
            for answer in load_json(message.decode()):
                self._resolve(RunAnswer(**answer))

    def _resolve(self, answer: RunAnswer) -> None:
        future = self._waiting.get(answer.run_id)
        if future is not None and not future.done():
            future.set_result(answer)

    async def _look_for_lost(self) -> None:
        while True:
            await asyncio.sleep(_LOST_AFTER_S)
            late = asyncio.get_running_loop().time() - _LOST_AFTER_S
            overdue = [run_id for run_id, since in self._since.items() if since < late]
            if not overdue:
                continue
            try:
                for answer in await self._load(overdue):
                    self._resolve(answer)
            except Exception:
                log.warning("answers could not be looked up", exc_info=True)


class Outbox:
    """Pushes answers: what is given while a push is on its way goes together with the next."""

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis
        self._waiting: dict[str, list[RunAnswer]] = {}
        self._pushing: asyncio.Task[None] | None = None

    def push(self, address: str, answer: RunAnswer) -> None:
        """Called after the commit; a lost one is found by `_look_for_lost`."""
        self._waiting.setdefault(address, []).append(answer)
        if self._pushing is None or self._pushing.done():
            self._pushing = asyncio.get_running_loop().create_task(self._push_all())

    async def _push_all(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, {}
            for address, answers in waiting.items():
                message = dump_json([_document(answer) for answer in answers])
                try:
                    await publish(self._redis, channel_of(address), message)
                except (RedisError, OSError) as failure:
                    log.warning("answers not pushed, their callers will look for them", reason=str(failure))
