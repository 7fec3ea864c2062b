"""While an editor listens, the draft hears what its triggers would hear once it is published."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.triggers import repository
from nodeloom.features.triggers.errors import NothingToListenTo
from nodeloom.features.triggers.lifecycle import claim
from nodeloom.features.triggers.live import event_of
from nodeloom.features.triggers.remote.drafts import may_hear
from nodeloom.features.workflows import service as workflows
from nodeloom.graph.document import Node
from nodeloom.graph.parse import parse_graph

LISTENS_FOR = timedelta(minutes=10)


async def begin(
    session: AsyncSession, catalog: InstalledCatalog, workspace_id: str, workflow_id: str, node_id: str | None
) -> tuple[datetime, list[tuple[Node, str]]]:
    """Until when, and the triggers with an address, each with its claim; raises PathTaken or NothingToListenTo."""
    workflow = await workflows.find(session, workspace_id, workflow_id, for_update=True)
    now = clock.now()
    graph = parse_graph(workflow.draft)
    claimed = await claim(session, workspace_id, workflow_id, graph, now, node_id=node_id)
    asked = [node for node in graph.nodes if node_id in (None, node.id)]
    hears = any(event_of(node) or may_hear(catalog, node) for node in asked)
    if not claimed and not hears:
        raise NothingToListenTo
    until = now + LISTENS_FOR
    await repository.listen(session, workspace_id, workflow_id, node_id=node_id, until=until)
    return until, claimed


async def end(session: AsyncSession, workspace_id: str, workflow_id: str) -> None:
    await workflows.find(session, workspace_id, workflow_id)
    await repository.stop_listening(session, workspace_id, workflow_id)
