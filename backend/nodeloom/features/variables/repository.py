"""Every query on variables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.features.variables.models import Variable


async def variable(session: AsyncSession, workspace_id: str, name: str) -> Variable | None:
    query = select(Variable).where(col(Variable.workspace_id) == workspace_id, col(Variable.name) == name)
    return (await session.scalars(query)).one_or_none()


async def add(session: AsyncSession, workspace_id: str, name: str, values: dict[str, Any]) -> bool:
    """False if another request made the variable first."""
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(Variable).values(workspace_id=workspace_id, name=name, **values)
    added = await session.execute(statement.on_conflict_do_nothing().returning(col(Variable.id)))
    return added.scalar_one_or_none() is not None


async def variables(session: AsyncSession, workspace_id: str, *, limit: int, after: str | None) -> Sequence[Variable]:
    """Newest first; `after` is the last id of the page before."""
    query = select(Variable).where(col(Variable.workspace_id) == workspace_id)
    if after is not None:
        query = query.where(col(Variable.id) < after)
    return (await session.scalars(query.order_by(col(Variable.id).desc()).limit(limit))).all()


async def count(session: AsyncSession, workspace_id: str) -> int:
    query = select(func.count()).select_from(Variable).where(col(Variable.workspace_id) == workspace_id)
    return (await session.scalars(query)).one()


async def names(session: AsyncSession, workspace_id: str) -> Sequence[str]:
    return (await session.scalars(select(Variable.name).where(col(Variable.workspace_id) == workspace_id))).all()


async def all_of(session: AsyncSession, workspace_id: str) -> Sequence[Variable]:
    """By name."""
    query = select(Variable).where(col(Variable.workspace_id) == workspace_id)
    return (await session.scalars(query.order_by(Variable.name))).all()


async def remove(session: AsyncSession, workspace_id: str, name: str) -> bool:
    statement = delete(Variable).where(col(Variable.workspace_id) == workspace_id, col(Variable.name) == name)
    gone = await session.execute(statement.returning(col(Variable.id)))
    return gone.scalar_one_or_none() is not None
