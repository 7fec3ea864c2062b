"""Old chats go, as old runs do."""

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.features.chats.repository import forget_chats

log = structlog.stdlib.get_logger(__name__)

_EVERY_S = 3600.0


async def forget_chats_for_ever(database: Database, days: int) -> None:
    """Once an hour, those in which nothing was said for so many days."""
    while True:
        try:
            if forgotten := await forget_chats(database, clock.now() - timedelta(days=days)):
                log.info("forgot old chats", chats=forgotten, days=days)
        except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
            log.warning("could not forget old chats", reason=str(getattr(failure, "orig", failure)))
        await asyncio.sleep(_EVERY_S)
