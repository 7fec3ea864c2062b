"""Every query on connections and credentials."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Update, delete, or_, type_coerce, update
from sqlalchemy import select as sa_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.adapters.columns import Json
from nodeloom.features.connections.models import Connection, Credential, OauthApp, OauthFlow

_FREE: dict[str, None] = {"lease_holder": None, "lease_until": None, "retry_at": None, "refused_at": None}


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


async def facts(session: AsyncSession, workspace_id: str) -> Sequence[tuple[str, str, list[str] | None]]:
    """(id, connector, scopes) of each."""
    columns = (col(Connection.id), col(Connection.connector), type_coerce(col(Connection.scopes), Json))
    found = await session.execute(sa_select(*columns).where(col(Connection.workspace_id) == workspace_id))
    return [(id_, connector, scopes) for id_, connector, scopes in found]


async def some_connections(
    session: AsyncSession, workspace_id: str, connection_ids: Collection[str]
) -> Sequence[Connection]:
    query = select(Connection).where(
        col(Connection.workspace_id) == workspace_id, col(Connection.id).in_(connection_ids)
    )
    return (await session.scalars(query)).all()


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


async def take_lease(
    session: AsyncSession,
    workspace_id: str,
    connection_id: str,
    lease: str,
    *,
    seen: int,
    now: datetime,
    until: datetime,
) -> bool:
    """For renewing the token: only if nobody else is at it, and the secret is of the generation that was `seen`."""
    query = (
        update(Credential)
        .where(*_credential(workspace_id, connection_id), col(Credential.generation) == seen)
        .where(or_(col(Credential.lease_until).is_(None), col(Credential.lease_until) <= now))
        .values(lease_holder=lease, lease_until=until)
    )
    return await _hit(session, query)


async def give_lease_back(
    session: AsyncSession, workspace_id: str, connection_id: str, lease: str, *, retry_at: datetime | None
) -> None:
    query = update(Credential).where(*_credential(workspace_id, connection_id), col(Credential.lease_holder) == lease)
    await session.execute(query.values(lease_holder=None, lease_until=None, retry_at=retry_at))


async def keep_renewed(
    session: AsyncSession,
    workspace_id: str,
    connection_id: str,
    fresh: bytes,
    *,
    lease: str,
    seen: int,
    now: datetime,
) -> bool:
    """The renewed secret, unless another one was written meanwhile."""
    ours = or_(col(Credential.lease_holder) == lease, col(Credential.generation) == seen)
    query = update(Credential).where(*_credential(workspace_id, connection_id), ours)
    values = {"ciphertext": fresh, "obtained_at": now, "generation": col(Credential.generation) + 1, **_FREE}
    return await _hit(session, query.values(**values))


async def end_credential(
    session: AsyncSession, workspace_id: str, connection_id: str, *, seen: int, now: datetime
) -> bool:
    query = update(Credential).where(*_credential(workspace_id, connection_id), col(Credential.generation) == seen)
    values = {**_FREE, "refused_at": now}
    return await _hit(session, query.values(**values))


async def note_renewed(
    session: AsyncSession,
    workspace_id: str,
    connection_id: str,
    *,
    expires_at: datetime | None,
    scopes: Sequence[str] | None,
) -> None:
    values: dict[str, object] = {"expires_at": expires_at}
    if scopes is not None:
        values["scopes"] = list(scopes)
    query = update(Connection).where(col(Connection.workspace_id) == workspace_id, col(Connection.id) == connection_id)
    await session.execute(query.values(**values))


async def replace_secret(
    session: AsyncSession,
    workspace_id: str,
    connection_id: str,
    ciphertext: bytes,
    *,
    now: datetime,
    client_id: str | None,
) -> None:
    """Another secret altogether: whoever renews the old one just now may not write over it."""
    query = update(Credential).where(*_credential(workspace_id, connection_id))
    values = {"generation": col(Credential.generation) + 1, "client_id": client_id, **_FREE}
    await session.execute(query.values(ciphertext=ciphertext, obtained_at=now, **values))


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


async def own_app(session: AsyncSession, workspace_id: str, connector: str) -> OauthApp | None:
    query = select(OauthApp).where(col(OauthApp.workspace_id) == workspace_id, col(OauthApp.connector) == connector)
    return (await session.scalars(query)).one_or_none()


async def own_apps(session: AsyncSession, workspace_id: str) -> Sequence[OauthApp]:
    return (await session.scalars(select(OauthApp).where(col(OauthApp.workspace_id) == workspace_id))).all()


async def remove_own_app(session: AsyncSession, workspace_id: str, connector: str) -> None:
    query = delete(OauthApp).where(col(OauthApp.workspace_id) == workspace_id, col(OauthApp.connector) == connector)
    await session.execute(query)


async def flow_by_state(session: AsyncSession, state_hash: str) -> OauthFlow | None:
    return (await session.scalars(select(OauthFlow).where(col(OauthFlow.state_hash) == state_hash))).one_or_none()


async def use_flow(session: AsyncSession, state_hash: str, now: datetime) -> bool:
    """Once, whoever comes first."""
    query = (
        update(OauthFlow)
        .where(col(OauthFlow.state_hash) == state_hash, col(OauthFlow.used_at).is_(None))
        .where(col(OauthFlow.expires_at) > now)
        .values(used_at=now)
        .returning(col(OauthFlow.state_hash))
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


async def forget_flows(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(OauthFlow).where(col(OauthFlow.expires_at) < before))


def _credential(workspace_id: str, connection_id: str) -> tuple[ColumnElement[bool], ...]:
    return col(Credential.workspace_id) == workspace_id, col(Credential.connection_id) == connection_id


async def _hit(session: AsyncSession, statement: Update) -> bool:
    return (await session.execute(statement.returning(col(Credential.connection_id)))).scalar_one_or_none() is not None
