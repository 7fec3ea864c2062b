"""Drafts that an editor listens to hear what comes to the address of an app, as the published version does."""

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
    account: tuple[str, str]
    draft: LiveTrigger | None = None


def hears_app(catalog: InstalledCatalog, node: Node) -> bool:
    """Whether the node is a trigger that the address of an app serves."""
    found = catalog.trigger(node.type)
    return found is not None and found[1].kind == "app" and not node.disabled and node.connection_id is not None


async def listening_drafts(session: AsyncSession, catalog: InstalledCatalog, connector: str) -> list[Listener]:
    """Of every workspace: whoever asks looks whose account each is."""
    query = (
        select(WORKFLOWS.c.id, WORKFLOWS.c.workspace_id, WORKFLOWS.c.name, WORKFLOWS.c.draft, LISTENING.c.node_id)
        .join(LISTENING, LISTENING.c.workflow_id == WORKFLOWS.c.id)
        .where(LISTENING.c.until > clock.now(), WORKFLOWS.c.deleted_at.is_(None))
        .order_by(WORKFLOWS.c.id)
    )
    rows = (await session.execute(query)).all()
    return [listener for row in rows for listener in _of_draft(row, catalog, connector)]


def _of_draft(row: Any, catalog: InstalledCatalog, connector: str) -> Iterator[Listener]:
    graph = parse_graph(row.draft)
    for node in graph.nodes:
        if row.node_id not in (None, node.id) or not hears_app(catalog, node):
            continue
        found = catalog.trigger(node.type)
        if found is None or found[0].name != connector or node.connection_id is None:
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
