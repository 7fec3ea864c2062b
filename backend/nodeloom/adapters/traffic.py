"""What calls to the outside share: the rates that services allow, their pauses, and breakers for hosts that fail.

All of it is in Redis, for every worker alike. A Redis that is away, or emptied, lets every call go: then the services
themselves say when it is too much.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypeVar

from arq.connections import ArqRedis
from redis.exceptions import RedisError

T = TypeVar("T")
State: TypeAlias = Literal["closed", "open", "half_open"]

_PREFIX: Final = "nodeloom:traffic:"
_STATE_FRESH_S: Final = 1.0
_MOST_KNOWN: Final = 10_000

# Whoever asks has a place in the queue from then on (a virtual clock for each rate, as in GCRA), kept under its own
# name until its time has come: asking again changes nothing.
_TURN: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local pause = math.max(redis.call('PTTL', KEYS[1]), 0)
local mine = tonumber(redis.call('GET', KEYS[2]))
if not mine then
  mine = now
  for i = 3, #KEYS do
    local calls, per = tonumber(ARGV[2 * i - 5]), tonumber(ARGV[2 * i - 4])
    local interval = per / calls
    local tat = math.max(tonumber(redis.call('GET', KEYS[i]) or '0'), now)
    mine = math.max(mine, tat + interval - per)
    redis.call('SET', KEYS[i], string.format('%.3f', tat + interval), 'PX', math.ceil(tat + interval - now + per))
  end
end
local wait = math.max(mine - now, pause)
if wait <= 0 then
  redis.call('DEL', KEYS[2])
  return 0
end
if #KEYS > 2 then
  redis.call('SET', KEYS[2], string.format('%.3f', mine), 'PX', math.ceil(wait) + 120000)
end
return math.ceil(wait)
"""

# Counts over a minute. Open: 10 s at first, twice as long each time it opens again, at most five minutes; then one
# call may try (for 30 s), and what becomes of it closes or opens it.
_MAY_CALL: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local b = redis.call('HMGET', KEYS[1], 'until', 'trying')
local till, trying = tonumber(b[1] or '0'), tonumber(b[2] or '0')
if till == 0 then return 0 end
if till > now then return till - now end
if trying > now then return trying - now end
redis.call('HSET', KEYS[1], 'trying', now + 30000)
return -1
"""
_TELL: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local well = ARGV[1] == '1'
local b = redis.call('HMGET', KEYS[1], 'until', 'since', 'calls', 'failed', 'opened')
local till, since = tonumber(b[1] or '0'), tonumber(b[2] or '0')
local calls, failed, opened = tonumber(b[3] or '0'), tonumber(b[4] or '0'), tonumber(b[5] or '0')
if well and till == 0 and failed == 0 then return 0 end
if till > 0 and well then
  redis.call('DEL', KEYS[1])
  redis.call('SREM', KEYS[2], ARGV[2])
  return 0
end
if now - since > 60000 then since, calls, failed = now, 0, 0 end
calls = calls + 1
if not well then failed = failed + 1 end
local opens = not well and (till > 0 or (failed >= 5 and failed * 2 >= calls))
if opens and till <= now then
  opened = opened + 1
  till = now + math.min(10000 * 2 ^ (opened - 1), 300000)
end
redis.call('HSET', KEYS[1], 'until', till, 'since', since, 'calls', calls, 'failed', failed)
redis.call('HSET', KEYS[1], 'opened', opened, 'trying', 0)
redis.call('PEXPIRE', KEYS[1], math.max(till - now, 0) + 3600000)
redis.call('SADD', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], 86400000)
if till > now then return till - now end
return 0
"""


@dataclass(frozen=True, slots=True)
class Breaker:
    """What a workspace's calls know of a host: counted over the last minute, `opens_in_s` until one may try again."""

    host: str
    state: State
    calls: int
    failed: int
    opens_in_s: float


class Traffic:
    def __init__(self, redis: ArqRedis) -> None:
        # redis-py's stubs mix its synchronous and asynchronous answers.
        self._redis: Any = redis
        self._turn = self._redis.register_script(_TURN)
        self._may_call = self._redis.register_script(_MAY_CALL)
        self._tell = self._redis.register_script(_TELL)
        self._looked: dict[str, float] = {}

    async def turn(self, key: str, limits: Sequence[tuple[int, float]], who: str) -> float:
        """Seconds until it is `who`'s turn, 0 for now; `limits` are (calls, seconds). Ask again when they are over."""
        keys = [f"{_PREFIX}pause:{key}", f"{_PREFIX}turn:{key}:{who}"]
        keys += [f"{_PREFIX}rate:{key}:{calls}:{per_s:g}" for calls, per_s in limits]
        args = [number for calls, per_s in limits for number in (calls, per_s * 1000)]
        return await self._or_zero(lambda: self._turn(keys=keys, args=args)) / 1000

    async def pause(self, key: str, seconds: float) -> None:
        """Nobody calls with this key for so long; a longer pause that is known already stays."""
        name, ms = f"{_PREFIX}pause:{key}", max(math.ceil(seconds * 1000), 1)

        async def keep() -> int:
            if await self._redis.pttl(name) < ms:
                await self._redis.set(name, 1, px=ms)
            return 0

        await self._or_zero(keep)

    async def allowed(self, workspace_id: str, host: str) -> float:
        """Seconds that the host is left in peace; 0 if it may be called. Who gets 0 from a half-open one tries it."""
        name = _breaker(workspace_id, host)
        now = asyncio.get_running_loop().time()
        if self._looked.get(name, -math.inf) > now - _STATE_FRESH_S:
            return 0
        left = await self._or_zero(lambda: self._may_call(keys=[name]))
        if left == 0:
            if len(self._looked) > _MOST_KNOWN:
                self._looked.clear()
            self._looked[name] = now
        return max(left, 0) / 1000

    async def tell(self, workspace_id: str, host: str, *, well: bool) -> None:
        """How a call ended: `well` if the host answered, whatever it said, but for a failure of its own."""
        name = _breaker(workspace_id, host)
        if await self._or_zero(lambda: self._tell(keys=[name, _known(workspace_id)], args=[int(well), host])) > 0:
            self._looked.pop(name, None)

    async def breakers(self, workspace_id: str) -> list[Breaker]:
        """Those of the hosts that failed lately, by name. Raises RedisError or OSError."""
        hosts = sorted(host.decode() for host in await self._redis.smembers(_known(workspace_id)))
        found = [(host, await self._redis.hgetall(_breaker(workspace_id, host))) for host in hosts]
        seconds, micros = await self._redis.time()
        now = seconds * 1000 + micros // 1000
        return [_read(host, stored, now) for host, stored in found if stored]

    async def _or_zero(self, ask: Callable[[], Awaitable[float]]) -> float:
        try:
            return await ask()
        except (RedisError, OSError):
            return 0


def _breaker(workspace_id: str, host: str) -> str:
    return f"{_PREFIX}breaker:{workspace_id}:{host}"


def _known(workspace_id: str) -> str:
    return f"{_PREFIX}breakers:{workspace_id}"


def _read(host: str, stored: dict[bytes, bytes], now: int) -> Breaker:
    until, since = float(stored.get(b"until", b"0")), float(stored.get(b"since", b"0"))
    current = now - since <= 60_000
    state: State = "closed" if until == 0 else "open" if until > now else "half_open"
    calls, failed = (int(float(stored.get(name, b"0"))) if current else 0 for name in (b"calls", b"failed"))
    return Breaker(host, state, calls, failed, max(until - now, 0) / 1000)
