"""What triggers took in: looked at again, started again."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.compiler.catalog import Catalog
from nodeloom.features.runs.accept import NewRun, graph_ref, insert_run, new_run_id
from nodeloom.features.triggers import repository
from nodeloom.features.triggers.errors import EventNotFound, TriggerGone
from nodeloom.features.triggers.models import EVENTS, Event
from nodeloom.features.workflows import service as workflows
from nodeloom.features.workflows.service import VersionToRun


async def find(session: AsyncSession, workspace_id: str, event_id: str) -> Event:
    event = await repository.event(session, workspace_id, event_id)
    if event is None:
        raise EventNotFound(f"There is no event {event_id!r}.")
    return event


async def replay(session: AsyncSession, catalog: Catalog, workspace_id: str, event_id: str, version: int | str) -> str:
    """The id of a new run of the version from the same event. The caller rings the bell after the commit."""
    event = await find(session, workspace_id, event_id)
    wanted = await workflows.load_version(session, workspace_id, event.workflow_id, version)
    trigger = _trigger(catalog, wanted, event)
    run_id = new_run_id()
    await insert_run(
        session,
        NewRun(
            id=run_id,
            workspace_id=workspace_id,
            workflow_id=event.workflow_id,
            workflow_name=wanted.name,
            version=wanted.version,
            graph=graph_ref(wanted.document),
            trigger_node=trigger,
            trigger_kind=event.kind,
            input=event.payload,
            created_at=clock.now(),
            event_id=event.id,
            max_concurrent=wanted.graph.settings.max_concurrent_runs,
        ),
    )
    first_run = update(EVENTS).where(
        EVENTS.c.id == event_id, EVENTS.c.workspace_id == workspace_id, EVENTS.c.run_id.is_(None)
    )
    await session.execute(first_run.values(run_id=run_id))
    return run_id


def _trigger(catalog: Catalog, wanted: VersionToRun, event: Event) -> str:
    for node in wanted.graph.nodes:
        spec = catalog.node_spec(node.type)
        if node.id == event.node_id and spec is not None and spec.trigger and not node.disabled:
            return node.id
    named = "The draft" if wanted.version is None else f"Version {wanted.version}"
    raise TriggerGone(f"{named} has no trigger {event.node_id!r}.")
