"""Who listens at which address: read from the database, remembered for seconds.

A remembered route only ever lets a request in, and the accepting transaction looks once more whether it is still
live. A refusal is never given from memory: what was published a moment ago is found.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.vault import Vault
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.runs.accept import graph_ref
from nodeloom.features.triggers import repository
from nodeloom.features.triggers.hook_auth import open_auth
from nodeloom.features.triggers.hook_route import ANY, HookRoute, connection_of, hook_config, hook_route
from nodeloom.features.workflows.hook_paths import addressed_nodes
from nodeloom.graph.awaited import awaited_trigger
from nodeloom.graph.document import Graph, GraphSettings, Node
from nodeloom.graph.parse import parse_graph

_KEPT_S = 10.0
_MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class NoSuchHook:
    """Nobody has the address, or nobody listens there."""


@dataclass(frozen=True, slots=True)
class OtherMethods:
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    by_method: Mapping[str, HookRoute]
    until: float


class HookTable:
    def __init__(self, db: Database, catalog: InstalledCatalog, vault: Vault) -> None:
        self._db = db
        self._catalog = catalog
        self._vault = vault
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def remembered(self, path: str, method: str) -> HookRoute | None:
        known = self._known.get(path)
        if known is None or known.until < time.monotonic():
            return None
        return known.by_method.get(method) or known.by_method.get(ANY)

    async def find(self, path: str, method: str) -> HookRoute | NoSuchHook | OtherMethods:
        """As it stands in the database now."""
        async with self._db.read() as session:
            live = {route.method: route for route in await self._live(session, path)}
            if live:
                self._remember(path, live)
            found = live.get(method) or live.get(ANY)
            if found is not None:
                return found
            drafts = {route.method: route for route in await self._of_draft(session, path, off=not live)}
        found = drafts.get(method) or drafts.get(ANY)
        if found is not None:
            return found
        allowed = (*live, *drafts)
        return OtherMethods(allowed) if allowed else NoSuchHook()

    async def draft_of(self, session: AsyncSession, route: HookRoute) -> HookRoute | None:
        """The trigger of the draft that would take the same request, if an editor listens to it."""
        for draft in await self._of_draft(session, route.path, off=False):
            if draft.method in (route.method, ANY) or route.method == ANY:
                return draft
        return None

    async def _live(self, session: AsyncSession, path: str) -> list[HookRoute]:
        routes: list[HookRoute] = []
        for row in await repository.hooks_at(session, path):
            wanted = connection_of(row.config)
            routes.append(
                hook_route(
                    row.config,
                    GraphSettings.model_validate(row.graph.get("settings", {})),
                    await open_auth(session, self._vault, self._catalog, row.workspace_id, wanted),
                    path=path,
                    workspace_id=row.workspace_id,
                    workflow_id=row.workflow_id,
                    workflow_name=row.name,
                    version=row.version,
                    node_id=row.node_id,
                    subscription_id=row.id,
                    graph=graph_ref(row.graph),
                    awaited=bool(row.awaited),
                )
            )
        return routes

    async def _of_draft(self, session: AsyncSession, path: str, *, off: bool) -> list[HookRoute]:
        """The draft's webhooks at the address: those listened to, or else those kept although the workflow is off."""
        owner = await repository.owner_of_path(session, path)
        if owner is None:
            return []
        listening = owner.until is not None and owner.until > clock.now()
        graph = parse_graph(owner.draft)
        if not listening and not (off and graph.settings.keep_when_off):
            return []
        routes: list[HookRoute] = []
        for node, at in addressed_nodes(graph):
            if at == path and (not listening or owner.node_id in (None, node.id)):
                route = await self._draft_route(session, owner, graph, node, path, listening=listening)
                routes += [route] if route is not None else []
        return routes

    async def _draft_route(
        self, session: AsyncSession, owner: Any, graph: Graph, node: Node, path: str, *, listening: bool
    ) -> HookRoute | None:
        config = hook_config(self._catalog, node)
        if config is None:
            return None
        wanted = connection_of(config)
        return hook_route(
            config,
            graph.settings,
            await open_auth(session, self._vault, self._catalog, owner.workspace_id, wanted),
            path=path,
            workspace_id=owner.workspace_id,
            workflow_id=owner.id,
            workflow_name=owner.name,
            version=None,
            node_id=node.id,
            subscription_id=None,
            graph=graph_ref(owner.draft) if listening else None,
            awaited=any(awaited_trigger(other) for other in graph.nodes if other.id == node.id),
        )

    def _remember(self, path: str, by_method: Mapping[str, HookRoute]) -> None:
        self._known[path] = _Known(by_method, time.monotonic() + _KEPT_S)
        self._known.move_to_end(path)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)

    def forget(self, path: str) -> None:
        self._known.pop(path, None)
