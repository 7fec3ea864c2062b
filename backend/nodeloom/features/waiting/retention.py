"""Approvals go when their run has gone."""

import asyncio

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.features.runs.models import RUNS
from nodeloom.features.waiting.models import APPROVALS

log = structlog.stdlib.get_logger(__name__)

_EVERY_S = 3600.0


async def forget_approvals(database: Database) -> int:
    """How many were of runs that are no longer kept."""
    kept = select(RUNS.c.id).where(RUNS.c.id == APPROVALS.c.run_id).exists()
    async with database.transaction() as session:
        gone = (await session.execute(delete(APPROVALS).where(~kept).returning(APPROVALS.c.run_id))).all()
    return len(gone)


async def forget_approvals_for_ever(database: Database) -> None:
    """Once an hour."""
    while True:
        try:
            await forget_approvals(database)
        except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
            log.warning("could not forget old approvals", reason=str(getattr(failure, "orig", failure)))
        await asyncio.sleep(_EVERY_S)
