"""A run's log as it is read."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.paging import PageRequest
from nodeloom.features.runs.logs import LEVELS, Level
from nodeloom.features.runs.models import RUN_LOG
from nodeloom.features.runs.rows import Row, rows_of


async def find_lines(
    session: AsyncSession,
    workspace_id: str,
    run_id: str,
    page: PageRequest,
    *,
    level: Level | None,
    node_id: str | None,
    q: str | None,
) -> tuple[Sequence[Row], str | None]:
    """Newest first; `level` is the least that is wanted."""
    wanted: list[ColumnElement[bool]] = [RUN_LOG.c.workspace_id == workspace_id, RUN_LOG.c.run_id == run_id]
    if level is not None:
        wanted.append(RUN_LOG.c.level.in_(LEVELS[LEVELS.index(level) :]))
    if node_id is not None:
        wanted.append(RUN_LOG.c.node_id == node_id)
    if q:
        wanted.append(RUN_LOG.c.text.icontains(q, autoescape=True))
    if page.after is not None:
        wanted.append(RUN_LOG.c.seq < page.start)
    statement = select(RUN_LOG).where(*wanted).order_by(RUN_LOG.c.seq.desc()).limit(page.fetch)
    return page.page(await rows_of(session, statement), lambda row: str(row["seq"]))
