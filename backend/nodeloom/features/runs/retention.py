"""Old runs go, with all that belongs to them."""

from datetime import datetime

from sqlalchemy import delete, select

from nodeloom.adapters.database import Database
from nodeloom.adapters.ids import first_id
from nodeloom.features.runs.models import ATTEMPTS, ENDED, NODE_RUNS, OUTCOME_UNKNOWN, RUN_LOG, RUNS, unfinished

# Small enough that nobody waits long for the write lock.
_AT_ONCE = 200


async def forget_runs(database: Database, before: datetime) -> int:
    """Delete the runs that ended and were made before; how many.

    Runs with an outcome to settle stay, and those whose parent goes on.
    """
    unsettled = select(ATTEMPTS.c.run_id).where(OUTCOME_UNKNOWN)
    parents = RUNS.alias("parents")
    still_asked_for = select(RUNS.c.id).join(parents, parents.c.id == RUNS.c.parent_run_id).where(unfinished(parents))
    old = (
        select(RUNS.c.id)
        .where(
            RUNS.c.id < first_id("run", before),
            RUNS.c.status.in_(ENDED),
            RUNS.c.id.not_in(unsettled),
            RUNS.c.id.not_in(still_asked_for),
        )
        .order_by(RUNS.c.id)
        .limit(_AT_ONCE)
    )
    forgotten = 0
    while True:
        async with database.transaction() as session:
            ids = (await session.execute(old)).scalars().all()
            for table in (RUN_LOG, ATTEMPTS, NODE_RUNS):
                await session.execute(delete(table).where(table.c.run_id.in_(ids)))
            await session.execute(delete(RUNS).where(RUNS.c.id.in_(ids)))
        forgotten += len(ids)
        if len(ids) < _AT_ONCE:
            return forgotten
