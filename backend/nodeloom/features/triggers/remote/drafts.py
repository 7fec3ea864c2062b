"""Drafts that an editor listens to: they hear what comes to the address of an app, and are asked for what is new."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.runs.accept import graph_ref
from nodeloom.features.triggers.live import LiveTrigger
from nodeloom.features.triggers.models import LISTENING
from nodeloom.features.workflows.models import WORKFLOWS
from nodeloom.graph.document import Node
from nodeloom.graph.parse import parse_graph


@dataclass(frozen=True, slots=True)
class Listener:
    """`id` is its registration; a draft has none. `account` is (workspace, connection)."""

    id: str
    type: str
    params: Mapping[str, Any]
    account: tuple[str, str | None]
    draft: LiveTrigger | None = None


def may_hear(catalog: InstalledCatalog, node: Node) -> bool:
    """Whether the node is a trigger that hears of something before the service was told of an address for it."""
    found = catalog.trigger(node.type)
    if found is None or found[1].kind == "hook" or node.disabled:
        return False
    spec = catalog.node_spec(node.type)
    return spec is not None and (spec.connection is None or node.connection_id is not None)


async def listening_drafts(session: AsyncSession, catalog: InstalledCatalog, kind: str) -> list[Listener]:
    """Triggers of this kind, of every workspace: whoever asks looks whose account each is."""
    query = (
        select(WORKFLOWS.c.id, WORKFLOWS.c.workspace_id, WORKFLOWS.c.name, WORKFLOWS.c.draft, LISTENING.c.node_id)
        .join(LISTENING, LISTENING.c.workflow_id == WORKFLOWS.c.id)
        .where(LISTENING.c.until > clock.now(), WORKFLOWS.c.deleted_at.is_(None))
        .order_by(WORKFLOWS.c.id)
    )
    rows = (await session.execute(query)).all()
    return [listener for row in rows for listener in _of_draft(row, catalog, kind)]


def _of_draft(row: Any, catalog: InstalledCatalog, kind: str) -> Iterator[Listener]:
    graph = parse_graph(row.draft)
    for node in graph.nodes:
        found = catalog.trigger(node.type)
        if row.node_id not in (None, node.id) or not may_hear(catalog, node) or found is None or found[1].kind != kind:
            continue
        draft = LiveTrigger(
            None,
            row.workspace_id,
            row.id,
            row.name,
            None,
            node.id,
            awaited=False,
            config=node.params,
            graph=graph_ref(row.draft),
            settings=graph.settings,
        )
        yield Listener("", node.type, node.params, (row.workspace_id, node.connection_id), draft)
