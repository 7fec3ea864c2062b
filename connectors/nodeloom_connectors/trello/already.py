"""What Trello refuses because it is so already is what was asked for."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from nodeloom_connectors.sdk import Refused


@asynccontextmanager
async def already(said: str) -> AsyncGenerator[None]:
    """`said` is a part of how Trello puts it; with it, a repeat after a lost answer is no failure."""
    try:
        yield
    except Refused as refused:
        if refused.code != "http_400" or said not in str(refused.detail.get("message", "")):
            raise
