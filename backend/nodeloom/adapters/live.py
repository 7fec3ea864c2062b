"""What happens now, for whoever looks: a short Redis stream that every API process reads and passes on.

Only watched topics are written, so that a run nobody looks at costs nothing. A topic stays watched
for ten minutes after its last reader left: that is how long a lost connection can be resumed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json, to_ms
from nodeloom.adapters.queue import end, listen

log = structlog.get_logger(__name__)

_STREAM = "nodeloom:live"
_WATCHED = "nodeloom:live:watched"
_WATCH = "nodeloom:live:watch"
_CUT_OFF = "nodeloom:live:cut-off"
_KEPT_MS = 600_000
_FORGET_EVERY_MS = 60_000
_MAX_LENGTH = 20_000
_BLOCK_MS = 10_000
_BACKLOG = 1_000


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """`type` is `run`, `node_run`, `workflow`, `log` or `notification`, `data` the resource.

    `reset`: read everything anew.
    """

    id: str
    workspace_id: str
    topics: tuple[str, ...]
    type: str
    data: bytes


_END = LiveEvent("", "", (), "end", b"")


class Watched:
    """Topics and until when somebody watches them, in ms; what is over is forgotten in passing."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}
        self._look_at = 0

    def __len__(self) -> int:
        return len(self._until)

    def until(self, key: str) -> int:
        return self._until.get(key, 0)

    def note(self, keys: Iterable[str], until: int, now: int) -> bool:
        """True now and then: it was time to forget, here and by the caller elsewhere."""
        self._until.update(dict.fromkeys(keys, until))
        if now < self._look_at:
            return False
        self._look_at = now + _FORGET_EVERY_MS
        self._until = {key: until for key, until in self._until.items() if until > now}
        return True


class Live:
    def __init__(self, redis: ArqRedis, listener: ArqRedis) -> None:
        # redis-py's stubs mix its synchronous and asynchronous answers.
        self._redis: Any = redis
        self._listener: Any = listener
        self._watched = Watched()
        self._readers: set[_Reader] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, *, reading: bool) -> None:
        """Begin to know what is watched; with `reading` also to read the stream for `read`."""
        self._tasks.append(asyncio.create_task(listen(self._listener, (_WATCH, _CUT_OFF), self._heard)))
        if reading:
            self._tasks.append(asyncio.create_task(self._pump()))

    async def close(self) -> None:
        await end(self._tasks)

    def watched(self, workspace_id: str, topics: Iterable[str]) -> bool:
        """Whether anybody looks at one of the topics: asked before an event is put together."""
        if not self._watched:
            return False
        now = to_ms(clock.now())
        return any(self._watched.until(f"{workspace_id}|{topic}") > now for topic in topics)

    async def publish(self, workspace_id: str, topics: tuple[str, ...], kind: str, data: Any) -> None:
        """`data` is JSON or bytes of JSON. Never fails its caller: who missed it reads the resource."""
        if not self.watched(workspace_id, topics):
            return
        body = data if isinstance(data, bytes) else dump_json(data).encode()
        fields = {"w": workspace_id, "t": ",".join(topics), "k": kind, "d": body}
        with contextlib.suppress(RedisError, OSError):
            await self._redis.xadd(_STREAM, fields, maxlen=_MAX_LENGTH, approximate=True)

    async def read(
        self, workspace_id: str, topics: frozenset[str], after: str | None, *, by: frozenset[str] = frozenset()
    ) -> AsyncIterator[LiveEvent | None]:
        """Events of these topics as they come, `None` when nothing came for a while (time for a sign of life).

        `after` is the id of the last event seen; where it is too old for the stream, a `reset` comes first.
        `by` are the ids (of a session, a member, a key) that let the reader in: `cut_off` names one to end it.
        """
        reader = _Reader(workspace_id, topics, by)
        self._readers.add(reader)
        try:
            await self._watch(reader)
            if after is not None:
                for event in await self._missed(reader, after):
                    yield event
            while True:
                try:
                    event = await asyncio.wait_for(reader.queue.get(), 15)
                except TimeoutError:
                    await self._watch(reader)
                    event = None
                if event is _END:
                    return
                yield event
        finally:
            self._readers.discard(reader)

    def end_reads(self) -> None:
        """Every `read` comes to its end; whoever follows asks another process, or this one after its restart."""
        for reader in self._readers:
            reader.put(_END)

    async def cut_off(self, ids: Iterable[str]) -> None:
        """Every `read` in any process comes to its end that was let in by one of these ids."""
        gone = frozenset(ids)
        self._cut_off(gone)
        if gone:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.publish(_CUT_OFF, ",".join(gone))

    def _cut_off(self, gone: frozenset[str]) -> None:
        for reader in self._readers:
            if not reader.by.isdisjoint(gone):
                reader.put(_END)

    async def _watch(self, reader: "_Reader") -> None:
        now = to_ms(clock.now())
        until = now + _KEPT_MS
        keys = [f"{reader.workspace_id}|{topic}" for topic in reader.topics]
        to_forget = self._watched.note(keys, until, now)
        with contextlib.suppress(RedisError, OSError):
            for key in keys:
                await self._redis.hset(_WATCHED, key, str(until))
                await self._redis.publish(_WATCH, f"{key}|{until}")
        if to_forget:
            await self._load_watched()

    async def _missed(self, reader: "_Reader", after: str) -> list[LiveEvent]:
        reset = LiveEvent("0-0", reader.workspace_id, (), "reset", b"{}")
        try:
            if not await self._redis.xrange(_STREAM, min=after, max=after):
                return [reset]
            rows = await self._redis.xrange(_STREAM, min=f"({after}")
        except (RedisError, OSError):
            return [reset]
        events = [_event(entry_id, fields) for entry_id, fields in rows]
        return [event for event in events if reader.wants(event)]

    def _heard(self, channel: str, message: bytes) -> None:
        if not channel:
            self._tasks.append(asyncio.get_running_loop().create_task(self._load_watched()))
            return
        if channel == _CUT_OFF:
            self._cut_off(frozenset(message.decode().split(",")))
            return
        key, _, until = message.decode().rpartition("|")
        self._watched.note([key], int(until), to_ms(clock.now()))

    async def _load_watched(self) -> None:
        with contextlib.suppress(RedisError, OSError):
            rows: dict[bytes, bytes] = await self._redis.hgetall(_WATCHED)
            now = to_ms(clock.now())
            stale = [key for key, until in rows.items() if int(until) <= now]
            for key, until in rows.items():
                self._watched.note([key.decode()], int(until), now)
            if stale:
                await self._redis.hdel(_WATCHED, *stale)

    async def _pump(self) -> None:
        position = ""
        while True:
            try:
                position = position or await self._newest()
                answer = await self._listener.xread({_STREAM: position}, count=_BACKLOG, block=_BLOCK_MS)
            except (RedisError, OSError):
                await asyncio.sleep(0.5)
                continue
            for _, entries in answer or ():
                for entry_id, fields in entries:
                    position = entry_id.decode()
                    self._deliver(_event(entry_id, fields))

    async def _newest(self) -> str:
        rows = await self._redis.xrevrange(_STREAM, count=1)
        return rows[0][0].decode() if rows else "0-0"

    def _deliver(self, event: LiveEvent) -> None:
        for reader in tuple(self._readers):
            if reader.wants(event):
                reader.put(event)


class _Reader:
    def __init__(self, workspace_id: str, topics: frozenset[str], by: frozenset[str]) -> None:
        self.workspace_id = workspace_id
        self.topics = topics
        self.by = by
        self.queue: asyncio.Queue[LiveEvent] = asyncio.Queue(_BACKLOG)

    def wants(self, event: LiveEvent) -> bool:
        return event.workspace_id == self.workspace_id and not self.topics.isdisjoint(event.topics)

    def put(self, event: LiveEvent) -> None:
        if self.queue.full():
            # A browser that can't keep up reads everything anew rather than a stream with holes.
            while not self.queue.empty():
                self.queue.get_nowait()
            if event is not _END:
                event = LiveEvent(event.id, event.workspace_id, (), "reset", b"{}")
        self.queue.put_nowait(event)


def _event(entry_id: bytes, fields: dict[bytes, bytes]) -> LiveEvent:
    topics = tuple(fields[b"t"].decode().split(","))
    return LiveEvent(entry_id.decode(), fields[b"w"].decode(), topics, fields[b"k"].decode(), fields[b"d"])
