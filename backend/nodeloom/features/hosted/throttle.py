"""How often a visitor may send something: counted in Redis, per network address, page and minute.

A Redis that is away lets everybody in: what visitors send is never lost for want of it.
"""

import hashlib
import ipaddress
from typing import Any, Final

from arq.connections import ArqRedis
from redis.exceptions import RedisError

from nodeloom.adapters import clock

_MINUTE_S: Final = 60
_KEPT_S: Final = 120


class Throttle:
    def __init__(self, redis: ArqRedis) -> None:
        # redis-py's stubs mix its synchronous and asynchronous answers.
        self._redis: Any = redis

    async def wait_s(self, claim: str, address: str, limit: int) -> int:
        """Counts one more; the seconds to wait if that was too often, else 0."""
        now = int(clock.now().timestamp())
        bucket = hashlib.sha256(f"{claim}|{_network(address)}".encode()).hexdigest()[:32]
        key = f"nodeloom:visits:{bucket}:{now // _MINUTE_S}"
        try:
            count = await self._redis.incr(key)
            if count == 1:
                await self._redis.expire(key, _KEPT_S)
        except (RedisError, OSError):
            return 0
        return 0 if count <= limit else _MINUTE_S - now % _MINUTE_S


def _network(address: str) -> str:
    """One household has billions of IPv6 addresses: what it shares is counted."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return address
