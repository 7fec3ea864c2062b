"""How the runs of workflows go: counted from the rows of the newest ones, never from all there ever were."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.ids import first_id
from nodeloom.features.runs.models import ENDED, RUNS, unfinished
from nodeloom.features.runs.rows import row_of
from nodeloom.features.runs.schemas import PeriodCounters, WorkflowCounters, WorkflowPulse
from nodeloom.features.runs.views import run_summary

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
MOST_COUNTED: Final = 20_000

# Parts of a map are shown inside their run, and are none of their own.
_WHOLE: ColumnElement[bool] = RUNS.c.scopes_from.is_(None)


async def of_workflow(session: AsyncSession, workspace_id: str, workflow_id: str) -> WorkflowCounters:
    """Of more than `MOST_COUNTED` runs in a week, the newest are counted."""
    now = clock.now()
    mine = (RUNS.c.workspace_id == workspace_id, RUNS.c.workflow_id == workflow_id, _WHOLE)
    newest = (
        select(RUNS.c.id, RUNS.c.status, RUNS.c.started_at, RUNS.c.finished_at)
        .where(*mine, RUNS.c.id >= first_id("run", now - WEEK))
        .order_by(RUNS.c.id.desc())
        .limit(MOST_COUNTED)
    )
    rows = (await session.execute(newest)).all()
    day = first_id("run", now - DAY)
    under_way = (
        select(RUNS.c.status, func.count().label("total")).where(*mine, unfinished(RUNS)).group_by(RUNS.c.status)
    )
    counts = {str(row.status): int(row.total) for row in await session.execute(under_way)}
    last = await row_of(session, select(RUNS).where(*mine).order_by(RUNS.c.id.desc()).limit(1))
    return WorkflowCounters(
        workflow_id=workflow_id,
        queued=counts.get("queued", 0),
        running=counts.get("running", 0),
        waiting=counts.get("waiting", 0),
        day=_period([row for row in rows if row.id >= day]),
        week=_period(rows),
        capped=len(rows) == MOST_COUNTED,
        last_run=run_summary(last) if last is not None else None,
    )


def _period(rows: Sequence[Any]) -> PeriodCounters:
    ended = Counter(row.status for row in rows if row.status in ENDED)
    durations = sorted(
        (row.finished_at - row.started_at) / timedelta(milliseconds=1)
        for row in rows
        if row.status == "succeeded" and row.started_at is not None and row.finished_at is not None
    )
    return PeriodCounters(
        succeeded=ended["succeeded"],
        failed=ended["failed"],
        cancelled=ended["cancelled"],
        p50_ms=percentile(durations, 50),
        p95_ms=percentile(durations, 95),
    )


def percentile(ordered: Sequence[float], percent: int) -> int | None:
    """The least value that so many percent of the values don't exceed; None without values."""
    if not ordered:
        return None
    return round(ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1])


async def of_all(session: AsyncSession, workspace_id: str) -> list[WorkflowPulse]:
    """By workflow, from the newest `MOST_COUNTED` runs of the last day."""
    newest = (
        select(RUNS.c.workflow_id, RUNS.c.status, RUNS.c.id)
        .where(RUNS.c.workspace_id == workspace_id, _WHOLE, RUNS.c.id >= first_id("run", clock.now() - DAY))
        .order_by(RUNS.c.id.desc())
        .limit(MOST_COUNTED)
        .subquery()
    )
    columns = [
        newest.c.workflow_id,
        *(_counting(newest.c.status, status) for status in ("succeeded", "failed", "cancelled")),
        func.count().label("total"),
    ]
    rows = await session.execute(select(*columns).group_by(newest.c.workflow_id))
    return [_pulse(row) for row in rows]


def _pulse(row: Any) -> WorkflowPulse:
    ended = row.succeeded + row.failed + row.cancelled
    return WorkflowPulse(
        workflow_id=row.workflow_id,
        succeeded=row.succeeded,
        failed=row.failed,
        cancelled=row.cancelled,
        under_way=row.total - ended,
    )


def _counting(column: ColumnElement[str], status: str) -> ColumnElement[int]:
    return func.sum(case((column == status, 1), else_=0)).label(status)
