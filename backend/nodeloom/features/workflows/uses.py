"""Which workflows use a connection, as the connections feature asks."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.connections.uses import Use
from nodeloom.features.workflows import repository


async def uses_of_connection(session: AsyncSession, workspace_id: str, connection_id: str) -> Sequence[Use]:
    rows = await repository.naming_connection(session, workspace_id, connection_id)
    return [Use(row.id, row.name, row.published) for row in rows]


async def users_of_api(session: AsyncSession, workspace_id: str, name: str) -> Sequence[str]:
    """The names of the workflows that have a node of the API."""
    return [row.name for row in await repository.naming_type(session, workspace_id, f"{name}.")]
