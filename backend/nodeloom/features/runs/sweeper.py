"""Once a second, by any number of processes: ring for what lies there, take back what a dead worker held."""

import asyncio

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.queue import Bell
from nodeloom.features.runs.journal import CANDIDATES, take_back
from nodeloom.features.runs.models import RUNS, WORKERS, unfinished

log = structlog.get_logger(__name__)

SWEEP_S = 1.0


async def sweep(database: Database, bell: Bell) -> None:
    """One round; reads first, so that an idle installation writes nothing."""
    now = clock.now()
    alive = select(WORKERS.c.id).where(WORKERS.c.lease_until > now)
    orphaned = select(RUNS.c.id).where(
        unfinished(RUNS),
        RUNS.c.status == "running",
        or_(RUNS.c.lease_owner.is_(None), RUNS.c.lease_owner.not_in(alive)),
    )
    stale = select(WORKERS.c.id).where(WORKERS.c.lease_until <= now)
    async with database.read() as session:
        left_alone = (await session.execute(orphaned.limit(1))).first() or (
            await session.execute(stale.limit(1))
        ).first()
    if left_alone is not None:
        taken = await database.writer.call(take_back, now)
        if taken:
            log.warning("took back runs of a worker that is gone", runs=taken)
    async with database.read() as session:
        lying = (await session.execute(CANDIDATES, {"now": now, "wanted": 1})).first()
    if lying is not None:
        await bell.ring()


async def sweep_for_ever(database: Database, bell: Bell) -> None:
    while True:
        try:
            await sweep(database, bell)
        except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
            log.warning("sweep missed", reason=str(getattr(failure, "orig", failure)))
        await asyncio.sleep(SWEEP_S)
