"""What is old goes: events of the inbox here, their runs one floor below."""

import asyncio
import itertools
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database, DatabaseUnavailable
from nodeloom.adapters.ids import first_id
from nodeloom.features.runs.collecting import Store, collect
from nodeloom.features.runs.models import RUNS
from nodeloom.features.runs.retention import forget_runs
from nodeloom.features.tables.retention import forget_writes
from nodeloom.features.triggers.models import EVENTS

log = structlog.stdlib.get_logger(__name__)

_EVERY_S = 3600.0
_ROUNDS_A_DAY = 24
_AT_ONCE = 500


async def forget_events(database: Database, before: datetime) -> int:
    """Delete the events that came in before and whose run is gone too; how many."""
    kept = select(RUNS.c.id).where(RUNS.c.id == EVENTS.c.run_id).exists()
    old = select(EVENTS.c.id).where(EVENTS.c.id < first_id("evt", before), ~kept).order_by(EVENTS.c.id).limit(_AT_ONCE)
    forgotten = 0
    while True:
        async with database.transaction() as session:
            ids = (await session.execute(old)).scalars().all()
            await session.execute(delete(EVENTS).where(EVENTS.c.id.in_(ids)))
        forgotten += len(ids)
        if len(ids) < _AT_ONCE:
            return forgotten


async def forget_for_ever(store: Store, days: int) -> None:
    """Once an hour, what is older than so many days; at the begin and once a day also what nothing refers to then."""
    database = store.database
    for number in itertools.count():
        before = clock.now() - timedelta(days=days)
        try:
            runs, events = await forget_runs(database, before), await forget_events(database, before)
            await forget_writes(database, before)
            if runs or events:
                log.info("forgot what is old", runs=runs, events=events, days=days)
            if number % _ROUNDS_A_DAY == 0:
                await collect(store, before)
        except (DatabaseUnavailable, SQLAlchemyError, OSError) as failure:
            log.warning("could not forget what is old", reason=str(getattr(failure, "orig", failure)))
        await asyncio.sleep(_EVERY_S)
