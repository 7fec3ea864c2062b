"""The bell: arq tells a worker that there is something to claim. Redis holds nothing that could be lost.

A bell is rung only if none is outstanding: a flag with an expiry, cleared by the worker before it
claims. A ring that fails is forgotten: the sweeper rings again for whatever is left lying.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

import msgpack
import structlog
from arq.connections import ArqRedis
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from nodeloom.adapters.ids import new_id

log = structlog.get_logger(__name__)

QUEUE = "nodeloom:queue"
_FLAG = "nodeloom:bell"
_WAKE = "nodeloom:wake"
SIGNAL = "nodeloom:signal"
_FLAG_MS = 2_000
_RECONNECT_S = 0.5
_JOB = "drive"


def _pack(value: Any) -> bytes:
    return msgpack.packb(value, use_bin_type=True, default=str)


def _unpack(data: bytes) -> Any:
    return msgpack.unpackb(data, raw=False)


def connect(redis_url: str, *, timeout_s: float | None = 5.0) -> ArqRedis:
    """A client that fails fast: nobody who is being answered may hang on Redis.

    `timeout_s=None` is for a listener, which has nothing to do but wait.
    """
    # redis-py's stubs mix its synchronous and asynchronous answers, here and below.
    pools: Any = ConnectionPool
    pool = pools.from_url(redis_url, socket_connect_timeout=1.0, socket_timeout=timeout_s)
    return ArqRedis(pool_or_conn=pool, default_queue_name=QUEUE, job_serializer=_pack, job_deserializer=_unpack)


async def publish(redis: ArqRedis, channel: str, message: str = "") -> int:
    """How many listeners there were."""
    untyped: Any = redis
    return int(await untyped.publish(channel, message))


def _hand_on(heard: Callable[[str, bytes], None], channel: str, message: bytes) -> None:
    try:
        heard(channel, message)
    except Exception:
        # One message that can't be understood must not end the hearing of all that follow.
        log.exception("a message from Redis was not understood", channel=channel)


async def listen(redis: ArqRedis, channels: tuple[str, ...], heard: Callable[[str, bytes], None]) -> None:
    """Call `heard(channel, message)` for ever; a lost Redis is waited for.

    After every (re)connection `heard("", b"")` says that something may have been missed.
    """
    away = False
    untyped: Any = redis
    while True:
        try:
            async with untyped.pubsub() as pubsub:
                await pubsub.subscribe(*channels)
                if away:
                    log.info("Redis is back", channels=channels)
                away = False
                heard("", b"")
                async for message in pubsub.listen():
                    if message["type"] == "message":
                        _hand_on(heard, message["channel"].decode(), message["data"])
        except (RedisError, OSError) as failure:
            if not away:
                log.warning("Redis is away, trying until it is back", channels=channels, reason=str(failure))
            away = True
            await asyncio.sleep(_RECONNECT_S)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks that talk to Redis and wait for them; asked again, since redis-py may swallow the first time."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.2)


class Bell:
    """Rings without waiting: what is rung while a ring is on its way shares the next one."""

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis
        self._again = False
        self._ringing: asyncio.Task[None] | None = None
        self._signals: set[asyncio.Task[None]] = set()

    async def ring(self) -> None:
        """Returns at once; the ring itself goes on by itself and never fails its caller."""
        self.ring_soon()

    def ring_soon(self) -> None:
        if self._ringing is not None and not self._ringing.done():
            self._again = True
            return
        self._ringing = asyncio.get_running_loop().create_task(self._ring())

    async def _ring(self) -> None:
        while True:
            self._again = False
            try:
                fresh = await self._redis.set(_FLAG, b"1", nx=True, px=_FLAG_MS)
                # A worker that is awake hears this at once; a job in the queue is for whoever comes later.
                if fresh and not await publish(self._redis, _WAKE):
                    await self._redis.enqueue_job(_JOB, _job_id=new_id("bell"))
            except (RedisError, OSError) as failure:
                log.warning("bell not rung, the sweeper will", reason=str(failure))
            if not self._again:
                return

    async def signal(self) -> None:
        """Tell every worker to look at once at what was asked of its runs. Returns at once, like `ring`."""
        task = asyncio.get_running_loop().create_task(self._signal())
        self._signals.add(task)
        task.add_done_callback(self._signals.discard)

    async def _signal(self) -> None:
        with contextlib.suppress(RedisError, OSError):
            await publish(self._redis, SIGNAL)

    async def clear(self) -> None:
        """Called before claiming, so that what comes in during the claim rings anew."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.delete(_FLAG)

    async def close(self) -> None:
        if self._ringing is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._ringing


class BellWorker(Worker):
    """arq's worker, woken by the ring in place of its poll; the poll stays as a slow fallback."""

    listener: ArqRedis
    answer: Callable[[], Awaitable[None]]

    async def main(self) -> None:
        wake = asyncio.Event()
        listening = asyncio.create_task(listen(self.listener, (_WAKE,), lambda _channel, _message: wake.set()))
        try:
            while True:
                if wake.is_set():
                    wake.clear()
                    await self.answer()
                    continue
                try:
                    await self._poll_iteration()
                except (RedisError, OSError):
                    # An absent Redis is reported by `listen`. Nobody can ring as long: look without being told.
                    await self.answer()
                # Not wait_for: on Python 3.11 it swallows a cancellation that comes together with the wake.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self.poll_delay_s):
                        await wake.wait()
        finally:
            listening.cancel()

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        for job_id in job_ids:
            try:
                await super().start_jobs([job_id])
            except (RedisError, OSError):
                # arq took a place for the job that it could not look up: ten such, and it would wait for ever.
                self._release_sem_dec_counter_on_complete()
                raise


def bell_worker(redis: ArqRedis, listener: ArqRedis, answer: Callable[[], Awaitable[None]]) -> BellWorker:
    """An arq worker whose one job is to call `answer`."""

    async def drive(*_: object, **__: object) -> None:
        await answer()

    worker = BellWorker(
        functions=[func(cast("WorkerCoroutine", drive), name=_JOB, keep_result=0, max_tries=1, timeout=60)],
        redis_pool=redis,
        queue_name=QUEUE,
        job_serializer=_pack,
        job_deserializer=_unpack,
        keep_result=0,
        poll_delay=1.0,
        max_jobs=10,
        handle_signals=False,
        health_check_interval=15,
    )
    worker.listener = listener
    worker.answer = answer
    return worker
