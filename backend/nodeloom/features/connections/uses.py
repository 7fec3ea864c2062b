"""Who uses a connection: a feature above knows, and registers itself here while an entry point is wired."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Use:
    """A workflow whose draft or live version names the connection; `published` if the live one does."""

    workflow_id: str
    name: str
    published: bool


UsedByLookup: TypeAlias = Callable[[AsyncSession, str, str], Awaitable[Sequence[Use]]]

_lookups: list[UsedByLookup] = []


def on_used_by(lookup: UsedByLookup) -> None:
    """`lookup(session, workspace_id, connection_id)`; registering it again changes nothing."""
    if lookup not in _lookups:
        _lookups.append(lookup)


async def uses_of(session: AsyncSession, workspace_id: str, connection_id: str) -> list[Use]:
    return [use for lookup in _lookups for use in await lookup(session, workspace_id, connection_id)]
