"""Whose accounts a service speaks of when it calls the address of an app."""

from collections.abc import Sequence

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from nodeloom.features.connections.models import Connection, Credential


async def holders(
    session: AsyncSession, connector: str, accounts: Sequence[str], client_id: str, workspace_id: str | None = None
) -> dict[str, set[tuple[str, str]]]:
    """(workspace, connection) of each account of the service that the app may speak to, by the account's id.

    Those that the app asked for, and those that were typed: of them nobody knows the app. With `workspace_id` only
    that workspace's, as for an app of its own.
    """
    by_app = or_(col(Credential.client_id) == client_id, col(Credential.client_id).is_(None))
    query = (
        select(Connection.workspace_id, Connection.id, Connection.account_id)
        .join(Credential, col(Credential.connection_id) == col(Connection.id))
        .where(col(Connection.connector) == connector, col(Connection.account_id).in_(accounts), by_app)
    )
    if workspace_id is not None:
        query = query.where(col(Connection.workspace_id) == workspace_id)
    found: dict[str, set[tuple[str, str]]] = {}
    for workspace, connection_id, account in await session.execute(query):
        found.setdefault(account, set()).add((workspace, connection_id))
    return found
