"""Subscriptions, addresses and events in the database."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
from nodeloom.adapters.paging import PageRequest
from nodeloom.features.runs.models import RUNS, unfinished
from nodeloom.features.triggers.models import (
    AWAITED_EVENTS,
    DELIVERIES,
    EVENTS,
    FAILURE_WORKFLOWS,
    HOOK_PATHS,
    LISTENING,
    SCHEDULE_FIRES,
    SUBSCRIPTIONS,
    Event,
    FailureWorkflow,
    Listening,
)
from nodeloom.features.workflows.models import WORKFLOW_VERSIONS, WORKFLOWS

_MOST_DUE = 100


async def claim_paths(
    session: AsyncSession, workspace_id: str, workflow_id: str, paths: Iterable[str], now: datetime
) -> set[str]:
    """Take the addresses that are free; those that another workflow has come back."""
    wanted = sorted(set(paths))
    if not wanted:
        return set()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"path": path, "workspace_id": workspace_id, "workflow_id": workflow_id, "claimed_at": now} for path in wanted
    ]
    await session.execute(insert(HOOK_PATHS).values(rows).on_conflict_do_nothing())
    return await taken_paths(session, workflow_id, wanted)


async def taken_paths(session: AsyncSession, workflow_id: str | None, paths: Collection[str]) -> set[str]:
    """Those of the addresses that belong to another workflow, of whichever workspace."""
    query = select(HOOK_PATHS.c.path).where(HOOK_PATHS.c.path.in_(paths))
    if workflow_id is not None:
        query = query.where(HOOK_PATHS.c.workflow_id != workflow_id)
    return set((await session.scalars(query)).all())


async def release_paths(session: AsyncSession, workspace_id: str, workflow_id: str) -> None:
    for table in (HOOK_PATHS, LISTENING):
        await session.execute(
            delete(table).where(table.c.workspace_id == workspace_id, table.c.workflow_id == workflow_id)
        )


async def subscriptions(session: AsyncSession, workspace_id: str, workflow_id: str) -> Sequence[Any]:
    return (
        await session.execute(
            select(SUBSCRIPTIONS).where(
                SUBSCRIPTIONS.c.workspace_id == workspace_id, SUBSCRIPTIONS.c.workflow_id == workflow_id
            )
        )
    ).all()


async def replace_subscriptions(
    session: AsyncSession, workspace_id: str, workflow_id: str, rows: Sequence[dict[str, Any]]
) -> None:
    await session.execute(
        delete(SUBSCRIPTIONS).where(
            SUBSCRIPTIONS.c.workspace_id == workspace_id, SUBSCRIPTIONS.c.workflow_id == workflow_id
        )
    )
    if rows:
        await session.execute(SUBSCRIPTIONS.insert(), rows)


async def hooks_at(session: AsyncSession, path: str) -> Sequence[Any]:
    """The live webhooks at an address, with the name and the graph of their workflow."""
    query = _WITH_GRAPH.where(SUBSCRIPTIONS.c.path == path).order_by(SUBSCRIPTIONS.c.id)
    return (await session.execute(query)).all()


async def owner_of_path(session: AsyncSession, path: str) -> Any | None:
    """The workflow that has the address, with its draft, and who listens to it."""
    query = (
        select(
            WORKFLOWS.c.id,
            WORKFLOWS.c.workspace_id,
            WORKFLOWS.c.name,
            WORKFLOWS.c.draft,
            LISTENING.c.node_id,
            LISTENING.c.until,
        )
        .select_from(HOOK_PATHS)
        .join(WORKFLOWS, WORKFLOWS.c.id == HOOK_PATHS.c.workflow_id)
        .outerjoin(LISTENING, LISTENING.c.workflow_id == WORKFLOWS.c.id)
        .where(HOOK_PATHS.c.path == path, WORKFLOWS.c.deleted_at.is_(None))
    )
    return (await session.execute(query)).one_or_none()


async def listen(
    session: AsyncSession, workspace_id: str, workflow_id: str, *, node_id: str | None, until: datetime
) -> None:
    row = Listening(workflow_id=workflow_id, workspace_id=workspace_id, node_id=node_id, until=until)
    await session.merge(row)


async def stop_listening(session: AsyncSession, workspace_id: str, workflow_id: str) -> None:
    await session.execute(
        delete(LISTENING).where(LISTENING.c.workspace_id == workspace_id, LISTENING.c.workflow_id == workflow_id)
    )


async def due_schedules(session: AsyncSession, now: datetime) -> Sequence[Any]:
    """Those that are due longest come first."""
    query = _WITH_GRAPH.where(SUBSCRIPTIONS.c.next_due_at <= now)
    return (await session.execute(query.order_by(SUBSCRIPTIONS.c.next_due_at).limit(_MOST_DUE))).all()


async def next_due_at(session: AsyncSession) -> datetime | None:
    query = select(SUBSCRIPTIONS.c.next_due_at).where(SUBSCRIPTIONS.c.next_due_at.is_not(None))
    return await session.scalar(query.order_by(SUBSCRIPTIONS.c.next_due_at).limit(1))


async def events(session: AsyncSession, workspace_id: str, page: PageRequest, workflow_id: str | None) -> Sequence[Any]:
    """Rows for the list, without the payloads."""
    columns = [column for column in EVENTS.c if column.name != "payload"]
    query = select(*columns).where(EVENTS.c.workspace_id == workspace_id)
    if workflow_id is not None:
        query = query.where(EVENTS.c.workflow_id == workflow_id)
    if page.after is not None:
        query = query.where(EVENTS.c.id < page.after)
    return (await session.execute(query.order_by(EVENTS.c.id.desc()).limit(page.fetch))).all()


async def event(session: AsyncSession, workspace_id: str, event_id: str) -> Event | None:
    return await session.scalar(select(Event).where(EVENTS.c.id == event_id, EVENTS.c.workspace_id == workspace_id))


async def failure_workflow(session: AsyncSession, workspace_id: str) -> str | None:
    """The workspace's default for failures."""
    return await session.scalar(
        select(FAILURE_WORKFLOWS.c.workflow_id).where(FAILURE_WORKFLOWS.c.workspace_id == workspace_id)
    )


async def set_failure_workflow(session: AsyncSession, workspace_id: str, workflow_id: str | None) -> None:
    if workflow_id is not None:
        await session.merge(FailureWorkflow(workspace_id=workspace_id, workflow_id=workflow_id))
    else:
        await session.execute(delete(FAILURE_WORKFLOWS).where(FAILURE_WORKFLOWS.c.workspace_id == workspace_id))


async def forget_failure_workflow(session: AsyncSession, workspace_id: str, workflow_id: str) -> None:
    gone = FAILURE_WORKFLOWS.c.workflow_id == workflow_id
    await session.execute(delete(FAILURE_WORKFLOWS).where(FAILURE_WORKFLOWS.c.workspace_id == workspace_id, gone))


async def forget_old(db: Database, now: datetime, *, fires_before: datetime) -> None:
    """Of all workspaces: dedupe keys that no longer count, and due times that nobody can fire again."""
    async with db.transaction() as session:
        await session.execute(delete(DELIVERIES).where(DELIVERIES.c.expires_at <= now))
        await session.execute(delete(SCHEDULE_FIRES).where(SCHEDULE_FIRES.c.fired_at <= fires_before))
        await session.execute(delete(LISTENING).where(LISTENING.c.until <= now))
        going_on = select(RUNS.c.id).where(RUNS.c.id == AWAITED_EVENTS.c.run_id, unfinished(RUNS))
        await session.execute(delete(AWAITED_EVENTS).where(~going_on.exists()))


_WITH_GRAPH: Select[Any] = (
    select(SUBSCRIPTIONS, WORKFLOWS.c.name, WORKFLOW_VERSIONS.c.graph)
    .join(WORKFLOWS, WORKFLOWS.c.id == SUBSCRIPTIONS.c.workflow_id)
    .join(
        WORKFLOW_VERSIONS,
        (WORKFLOW_VERSIONS.c.workflow_id == SUBSCRIPTIONS.c.workflow_id)
        & (WORKFLOW_VERSIONS.c.number == SUBSCRIPTIONS.c.version),
    )
)
