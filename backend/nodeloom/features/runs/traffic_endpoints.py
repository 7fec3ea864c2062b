"""Which hosts fail, as the calls of the workspace's runs have found."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from redis.exceptions import RedisError

from nodeloom.adapters.traffic import Traffic
from nodeloom.features.accounts.caller import Viewer

router = APIRouter(tags=["connections"])


class BreakerRead(BaseModel):
    """`calls` and `failed` are those of the last minute; after `tries_again_in_s` one call may try an open host."""

    host: str
    state: Literal["closed", "open", "half_open"]
    calls: int
    failed: int
    tries_again_in_s: float


class Breakers(BaseModel):
    """`known` is false while Redis is away: then no host is left in peace."""

    items: list[BreakerRead]
    known: bool


@router.get("/breakers")
async def list_breakers(request: Request, caller: Viewer) -> Breakers:
    """The hosts that failed lately. One that fails too often is open: calls to it wait."""
    try:
        found = await Traffic(request.app.state.redis).breakers(caller.workspace_id)
    except (RedisError, OSError):
        return Breakers(items=[], known=False)
    items = [
        BreakerRead(
            host=breaker.host,
            state=breaker.state,
            calls=breaker.calls,
            failed=breaker.failed,
            tries_again_in_s=round(breaker.opens_in_s, 1),
        )
        for breaker in found
    ]
    return Breakers(items=items, known=True)
