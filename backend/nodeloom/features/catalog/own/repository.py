"""Every query on described APIs."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.features.catalog.models import OwnApi


async def apis(session: AsyncSession, workspace_id: str) -> Sequence[OwnApi]:
    """All of them, by name; a workspace has few."""
    return (
        await session.scalars(select(OwnApi).where(OwnApi.workspace_id == workspace_id).order_by(OwnApi.name))
    ).all()


async def api(session: AsyncSession, workspace_id: str, name: str) -> OwnApi | None:
    query = select(OwnApi).where(OwnApi.workspace_id == workspace_id, OwnApi.name == name)
    return (await session.scalars(query)).one_or_none()


async def revisions(session: AsyncSession, workspace_id: str) -> frozenset[tuple[str, int]]:
    """(id, revision) of each: what the workspace's catalog is made of."""
    query = select(col(OwnApi.id), col(OwnApi.revision)).where(OwnApi.workspace_id == workspace_id)
    return frozenset((row[0], row[1]) for row in (await session.execute(query)).all())


async def remove(session: AsyncSession, workspace_id: str, name: str) -> None:
    await session.execute(delete(OwnApi).where(col(OwnApi.workspace_id) == workspace_id, col(OwnApi.name) == name))
