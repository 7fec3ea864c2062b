"""Who uses a described API: a feature above knows, and registers itself here while an entry point is wired."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

UsedBy: TypeAlias = Callable[[AsyncSession, str, str], Awaitable[Sequence[str]]]

_lookups: list[UsedBy] = []


def on_api_used_by(lookup: UsedBy) -> None:
    """`lookup(session, workspace_id, api name)` gives names of workflows; registering it again changes nothing."""
    if lookup not in _lookups:
        _lookups.append(lookup)


async def users_of(session: AsyncSession, workspace_id: str, name: str) -> list[str]:
    return [user for lookup in _lookups for user in await lookup(session, workspace_id, name)]
