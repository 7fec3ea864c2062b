"""Triggers go live and down with their workflow, in the transaction in which it is published or taken down."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.domain_events import on
from nodeloom.adapters.ids import new_id
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.triggers import repository
from nodeloom.features.triggers.errors import path_taken
from nodeloom.features.triggers.hook_route import hook_config
from nodeloom.features.triggers.live import EVENT, ON_FAILURE
from nodeloom.features.triggers.remote import registrations
from nodeloom.features.triggers.remote.reach import public_url_problems
from nodeloom.features.triggers.remote.registrations import Wanted
from nodeloom.features.triggers.timetable import SCHEDULE, first_due, timing_of
from nodeloom.features.workflows.events import (
    GraphExamined,
    HookPathsNamed,
    WorkflowDeleted,
    WorkflowPublished,
    WorkflowUnpublished,
)
from nodeloom.features.workflows.hook_paths import addressed_nodes
from nodeloom.graph.addresses import BASES
from nodeloom.graph.awaited import awaited_trigger, listening
from nodeloom.graph.document import Graph, Node


class Lifecycle:
    """Registers itself for what workflows tell; `catalog` gives the parameters' defaults."""

    def __init__(self, catalog: InstalledCatalog, public_url: str) -> None:
        self._catalog = catalog
        self._public_url = public_url

    def listen(self) -> None:
        on(WorkflowPublished, self.published)
        on(WorkflowUnpublished, self.unpublished)
        on(WorkflowDeleted, self.deleted)
        on(HookPathsNamed, self.paths_named)
        on(GraphExamined, self.examined)
        registrations.follow_connections()

    async def published(self, session: AsyncSession, event: WorkflowPublished) -> None:
        now = clock.now()
        await claim(session, event.workspace_id, event.workflow_id, event.graph, now)
        before = await repository.subscriptions(session, event.workspace_id, event.workflow_id)
        rows = [
            row
            for node in event.graph.nodes
            if not node.disabled and (row := self._subscription(event, node, now)) is not None
        ]
        for row in rows:
            row["next_due_at"] = _kept_due_time(row, before) or row["next_due_at"]
        await repository.replace_subscriptions(session, event.workspace_id, event.workflow_id, rows)
        wanted = [known for row in rows if (known := self._wanted(event.graph, row)) is not None]
        await registrations.want(session, event.workspace_id, event.workflow_id, wanted, now)

    async def unpublished(self, session: AsyncSession, event: WorkflowUnpublished) -> None:
        await repository.replace_subscriptions(session, event.workspace_id, event.workflow_id, ())
        await registrations.unwant(session, event.workspace_id, event.workflow_id, clock.now())

    async def deleted(self, session: AsyncSession, event: WorkflowDeleted) -> None:
        await repository.release_paths(session, event.workspace_id, event.workflow_id)
        await repository.forget_failure_workflow(session, event.workspace_id, event.workflow_id)

    async def paths_named(self, session: AsyncSession, question: HookPathsNamed) -> None:
        question.taken.update(await repository.taken_paths(session, question.workflow_id, question.paths))

    def _subscription(self, event: WorkflowPublished, node: Node, now: datetime) -> dict[str, Any] | None:
        awaited = awaited_trigger(node)
        node = awaited or node
        if node.type not in (*BASES, SCHEDULE, EVENT, ON_FAILURE) and self._catalog.trigger(node.type) is None:
            return None
        config = hook_config(self._catalog, node) or {}
        path = next((path for hook, path in addressed_nodes(event.graph) if hook.id == node.id), None)
        due_at = None
        if node.type == SCHEDULE:
            timing = timing_of(node.params, event.graph.settings.timezone)
            config["timezone"] = timing.timezone
            due_at = first_due(timing, now)
        return {
            "id": new_id("sub"),
            "workspace_id": event.workspace_id,
            "workflow_id": event.workflow_id,
            "version": event.version,
            "node_id": node.id,
            "kind": node.type,
            "path": path,
            "topic": config.get("name") if node.type == EVENT else None,
            "awaited": awaited is not None,
            "config": config,
            "next_due_at": due_at,
            "created_at": now,
        }

    async def examined(self, session: AsyncSession, question: GraphExamined) -> None:  # noqa: ARG002  asks nothing of it
        question.problems.extend(public_url_problems(self._catalog, question.graph, self._public_url))

    def _wanted(self, graph: Graph, row: dict[str, Any]) -> Wanted | None:
        found = self._catalog.trigger(row["kind"])
        if found is None:
            return None
        connector, trigger = found
        node = next(listening(node) for node in graph.nodes if node.id == row["node_id"])
        named = (row["id"], node.id, connector.name, node.type)
        return Wanted(*named, trigger.kind, node.connection_id, row["config"])


async def claim(
    session: AsyncSession,
    workspace_id: str,
    workflow_id: str,
    graph: Graph,
    now: datetime,
    *,
    node_id: str | None = None,
) -> list[tuple[Node, str]]:
    """Claim the addresses of the graph's triggers (or of one) for ever; raises PathTaken."""
    named = [(node, path) for node, path in addressed_nodes(graph) if node_id in (None, node.id)]
    taken = await repository.claim_paths(session, workspace_id, workflow_id, (path for _, path in named), now)
    if taken:
        raise path_taken([(node, path) for node, path in named if path in taken])
    return named


def _kept_due_time(row: dict[str, Any], before: Any) -> datetime | None:
    """A schedule that did not change keeps its rhythm, and what it still has to catch up."""
    for old in before:
        if old.kind == SCHEDULE and old.node_id == row["node_id"] and _times(old.config) == _times(row["config"]):
            return old.next_due_at
    return None


def _times(config: dict[str, Any]) -> tuple[Any, ...]:
    return (config.get("cron"), config.get("every_s"), config.get("timezone"))
