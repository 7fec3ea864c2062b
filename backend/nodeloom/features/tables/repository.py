"""Queries on tables themselves; rows are found in reading.py and changed in writes.py."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.features.tables.models import DataRow, DataTable


async def table(session: AsyncSession, workspace_id: str, table_id: str, *, lock: bool = False) -> DataTable | None:
    query = select(DataTable).where(col(DataTable.workspace_id) == workspace_id, col(DataTable.id) == table_id)
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


async def table_named(session: AsyncSession, workspace_id: str, name: str) -> DataTable | None:
    query = select(DataTable).where(col(DataTable.workspace_id) == workspace_id, col(DataTable.name) == name)
    return (await session.scalars(query)).one_or_none()


async def tables(session: AsyncSession, workspace_id: str, *, limit: int, after: str | None) -> Sequence[DataTable]:
    """Newest first; `after` is the last id of the page before."""
    query = select(DataTable).where(col(DataTable.workspace_id) == workspace_id)
    if after is not None:
        query = query.where(col(DataTable.id) < after)
    return (await session.scalars(query.order_by(col(DataTable.id).desc()).limit(limit))).all()


async def rows_after(
    session: AsyncSession, workspace_id: str, table_id: str, after: str, limit: int
) -> Sequence[tuple[str, str]]:
    """Id and cells in the order in which they were made, a batch at a time."""
    query = select(DataRow.id, DataRow.cells).where(
        col(DataRow.workspace_id) == workspace_id, col(DataRow.table_id) == table_id, col(DataRow.id) > after
    )
    rows = await session.execute(query.order_by(col(DataRow.id)).limit(limit))
    return [(row[0], row[1]) for row in rows]


async def remove(session: AsyncSession, workspace_id: str, table_id: str) -> None:
    for model, key in ((DataRow, DataRow.table_id), (DataTable, DataTable.id)):
        await session.execute(delete(model).where(col(model.workspace_id) == workspace_id, col(key) == table_id))
