"""Every query on connections and credentials."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.features.connections.models import Connection, Credential


async def connection(session: AsyncSession, workspace_id: str, connection_id: str) -> Connection | None:
    query = select(Connection).where(col(Connection.workspace_id) == workspace_id, col(Connection.id) == connection_id)
    return (await session.scalars(query)).one_or_none()


async def connections(
    session: AsyncSession, workspace_id: str, *, limit: int, after: str | None, connector: str | None
) -> Sequence[Connection]:
    """Newest first; `after` is the last id of the page before."""
    query = select(Connection).where(col(Connection.workspace_id) == workspace_id)
    if after is not None:
        query = query.where(col(Connection.id) < after)
    if connector is not None:
        query = query.where(col(Connection.connector) == connector)
    return (await session.scalars(query.order_by(col(Connection.id).desc()).limit(limit))).all()


async def ids(session: AsyncSession, workspace_id: str) -> frozenset[str]:
    return frozenset(
        (await session.scalars(select(Connection.id).where(Connection.workspace_id == workspace_id))).all()
    )


async def with_credential(
    session: AsyncSession, workspace_id: str, connection_id: str
) -> tuple[Connection, Credential] | None:
    query = (
        select(Connection, Credential)
        .join(Credential, col(Credential.connection_id) == col(Connection.id))
        .where(col(Connection.workspace_id) == workspace_id, col(Connection.id) == connection_id)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def replace_ciphertext(
    session: AsyncSession, workspace_id: str, connection_id: str, ciphertext: bytes, *, old: bytes | None = None
) -> bool:
    """With `old`, only if it is still the one stored; tells whether it was replaced."""
    query = update(Credential).where(
        col(Credential.workspace_id) == workspace_id, col(Credential.connection_id) == connection_id
    )
    if old is not None:
        query = query.where(col(Credential.ciphertext) == old)
    result = await session.execute(query.values(ciphertext=ciphertext).returning(col(Credential.connection_id)))
    return result.scalar_one_or_none() is not None


async def remove(session: AsyncSession, workspace_id: str, connection_id: str) -> None:
    for model, key in ((Credential, Credential.connection_id), (Connection, Connection.id)):
        await session.execute(delete(model).where(col(model.workspace_id) == workspace_id, col(key) == connection_id))


async def set_health(
    session: AsyncSession, workspace_id: str, connection_id: str, *, health: str, detail: str, used_at: datetime | None
) -> None:
    values: dict[str, object] = {"health": health, "health_detail": detail}
    if used_at is not None:
        values["last_used_at"] = used_at
    await session.execute(
        update(Connection)
        .where(col(Connection.workspace_id) == workspace_id, col(Connection.id) == connection_id)
        .values(**values)
    )


async def credentials_after(session: AsyncSession, after: str, limit: int) -> Sequence[Credential]:
    """All workspaces' credentials by connection id, a batch at a time: for changing the installation's key."""
    query = select(Credential).where(col(Credential.connection_id) > after).order_by(col(Credential.connection_id))
    return (await session.scalars(query.limit(limit))).all()
