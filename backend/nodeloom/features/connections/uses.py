"""Who uses a connection: features above know, and register themselves here while an entry point is wired."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.catalog.catalog import InstalledCatalog


@dataclass(frozen=True)
class Use:
    """A workflow whose draft or live version names the connection; `published` if the live one does."""

    workflow_id: str
    name: str
    published: bool


@dataclass(frozen=True)
class Replaced:
    """A workflow in which another connection was put in the place of one.

    `changed`: its draft names the other one now. `needs_publish`: its live version still names the old one.
    """

    workflow_id: str
    name: str
    changed: bool
    needs_publish: bool


UsedByLookup: TypeAlias = Callable[[AsyncSession, str, str], Awaitable[Sequence[Use]]]

NodesLookup: TypeAlias = Callable[[AsyncSession, str, str], Awaitable[Collection[str]]]
Rebinder: TypeAlias = Callable[[AsyncSession, str, str, str, Collection[str] | None], Awaitable[Sequence[Replaced]]]

_lookups: list[UsedByLookup] = []
_nodes: list[NodesLookup] = []
_rebinders: list[Rebinder] = []


def on_used_by(lookup: UsedByLookup) -> None:
    """`lookup(session, workspace_id, connection_id)`; registering it again changes nothing."""
    if lookup not in _lookups:
        _lookups.append(lookup)


async def uses_of(session: AsyncSession, workspace_id: str, connection_id: str) -> list[Use]:
    return [use for lookup in _lookups for use in await lookup(session, workspace_id, connection_id)]


def on_nodes_using(lookup: NodesLookup) -> None:
    """`lookup(session, workspace_id, connection_id)` gives the types of the nodes that name it."""
    if lookup not in _nodes:
        _nodes.append(lookup)


def on_rebind(rebinder: Rebinder) -> None:
    """`rebinder(session, workspace_id, old, new, workflow_ids)`; None for the ids: all."""
    if rebinder not in _rebinders:
        _rebinders.append(rebinder)


async def scopes_needed(
    session: AsyncSession, workspace_id: str, connection_id: str, catalog: InstalledCatalog
) -> list[str]:
    """What the nodes that use it must have been granted."""
    types = {type_ for lookup in _nodes for type_ in await lookup(session, workspace_id, connection_id)}
    specs = [spec for type_ in sorted(types) if (spec := catalog.node_spec(type_)) is not None]
    return list(dict.fromkeys(scope for spec in specs for scope in spec.scopes))


async def rebind(
    session: AsyncSession, workspace_id: str, old: str, new: str, workflow_ids: Collection[str] | None
) -> list[Replaced]:
    return [done for each in _rebinders for done in await each(session, workspace_id, old, new, workflow_ids)]
