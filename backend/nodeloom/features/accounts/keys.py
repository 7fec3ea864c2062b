"""API keys: one workspace and one role each, shown once and kept as a digest."""

from datetime import datetime
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.ids import new_id
from nodeloom.features.accounts import repository, tokens
from nodeloom.features.accounts.errors import Forbidden, NotFound, invalid
from nodeloom.features.accounts.identity import Caller
from nodeloom.features.accounts.models import ApiKey
from nodeloom.features.accounts.roles import Role, covers
from nodeloom.features.audit import trail


async def create_key(
    session: AsyncSession, caller: Caller, *, name: str, role: Role, expires_at: datetime | None
) -> tuple[str, str]:
    """The id and the key itself, which nobody sees again."""
    if not covers(caller.role, role):
        raise Forbidden(f"A key can't have a larger role than yours, which is {caller.role}.")
    if expires_at is not None and expires_at <= clock.now():
        raise invalid("expires_at", "in_the_past", "The key would have expired already.", "Name a time to come.")
    return await add_key(session, caller, workspace_id=caller.workspace_id, name=name, role=role, expires_at=expires_at)


async def add_key(
    session: AsyncSession,
    actor: trail.Actor,
    *,
    workspace_id: str,
    name: str,
    role: Role,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    key = tokens.new_key()
    row = ApiKey(
        id=new_id("key"),
        workspace_id=workspace_id,
        name=name,
        role=role,
        digest=tokens.digest(key),
        prefix=key[:9],
        created_by=actor.member_id,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    session.add(row)
    await trail.record(session, actor, "key.created", "key", row.id, {"name": name, "role": role})
    return row.id, key


async def delete_key(session: AsyncSession, caller: Caller, key_id: str) -> None:
    row = await repository.key(session, caller.workspace_id, key_id)
    if row is None:
        raise NotFound("There is no such key in this workspace.")
    if not covers(caller.role, cast("Role", row.role)):
        raise Forbidden("Only an owner deletes an owner's key.")
    await session.delete(row)
    await trail.record(session, caller, "key.deleted", "key", row.id, {"name": row.name, "role": row.role})
