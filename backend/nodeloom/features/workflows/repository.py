"""Workflows and their versions in the database, always within one workspace."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, CursorResult, Text, func, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.paging import PageRequest
from nodeloom.features.workflows.models import WORKFLOW_VERSIONS, WORKFLOWS, Workflow, WorkflowVersion


async def workflow(
    session: AsyncSession, workspace_id: str, workflow_id: str, *, for_update: bool = False
) -> Workflow | None:
    query = select(Workflow).where(*_one(workspace_id, workflow_id))
    return await session.scalar(query.with_for_update() if for_update else query)


async def workflows(
    session: AsyncSession, workspace_id: str, page: PageRequest, *, q: str, folder: str | None, tag: str | None
) -> Sequence[Any]:
    """Rows for the list, without the drafts."""
    columns = [column for column in WORKFLOWS.c if column.name != "draft"]
    query = select(*columns).where(WORKFLOWS.c.workspace_id == workspace_id, WORKFLOWS.c.deleted_at.is_(None))
    if page.after is not None:
        query = query.where(WORKFLOWS.c.id < page.after)
    if q:
        query = query.where(or_(_contains(WORKFLOWS.c.name, q), _contains(_tags_text(), q)))
    if folder is not None:
        query = query.where(WORKFLOWS.c.folder == folder)
    if tag:
        query = query.where(_contains(_tags_text(), orjson.dumps(tag).decode()))
    return (await session.execute(query.order_by(WORKFLOWS.c.id.desc()).limit(page.fetch))).all()


async def save_draft(
    session: AsyncSession,
    workspace_id: str,
    workflow_id: str,
    *,
    revision: int,
    draft: dict[str, Any],
    errors: int,
    now: datetime,
) -> bool:
    """Compare-and-swap on the revision: False if it moved on, or the workflow is gone."""
    change = (
        update(WORKFLOWS)
        .where(*_one(workspace_id, workflow_id), WORKFLOWS.c.revision == revision)
        .values(draft=draft, draft_errors=errors, revision=revision + 1, updated_at=now)
    )
    return cast("CursorResult[Any]", await session.execute(change)).rowcount == 1


async def last_version(session: AsyncSession, workspace_id: str, workflow_id: str) -> int:
    query = select(func.max(WORKFLOW_VERSIONS.c.number)).where(
        WORKFLOW_VERSIONS.c.workspace_id == workspace_id, WORKFLOW_VERSIONS.c.workflow_id == workflow_id
    )
    return await session.scalar(query) or 0


async def version(session: AsyncSession, workspace_id: str, workflow_id: str, number: int) -> WorkflowVersion | None:
    query = select(WorkflowVersion).where(
        WORKFLOW_VERSIONS.c.workspace_id == workspace_id,
        WORKFLOW_VERSIONS.c.workflow_id == workflow_id,
        WORKFLOW_VERSIONS.c.number == number,
    )
    return await session.scalar(query)


async def versions(
    session: AsyncSession, workspace_id: str, workflow_id: str, *, before: int | None, limit: int
) -> Sequence[Any]:
    """Rows for the list, newest first, without the graphs."""
    columns = [column for column in WORKFLOW_VERSIONS.c if column.name != "graph"]
    query = select(*columns).where(
        WORKFLOW_VERSIONS.c.workspace_id == workspace_id, WORKFLOW_VERSIONS.c.workflow_id == workflow_id
    )
    if before is not None:
        query = query.where(WORKFLOW_VERSIONS.c.number < before)
    return (await session.execute(query.order_by(WORKFLOW_VERSIONS.c.number.desc()).limit(limit))).all()


async def naming_connection(session: AsyncSession, workspace_id: str, connection_id: str) -> Sequence[Any]:
    """(id, name, published) of the workflows whose draft or live version (`published`) names the connection."""
    return await _naming(session, workspace_id, orjson.dumps(connection_id).decode())


async def graphs_naming_connection(
    session: AsyncSession, workspace_id: str, connection_id: str
) -> Sequence[dict[str, Any]]:
    """The drafts and live graphs of the workflows that name it."""
    found = [row.id for row in await naming_connection(session, workspace_id, connection_id)]
    query = (
        select(WORKFLOWS.c.draft, WORKFLOW_VERSIONS.c.graph)
        .outerjoin(
            WORKFLOW_VERSIONS,
            (WORKFLOW_VERSIONS.c.workflow_id == WORKFLOWS.c.id)
            & (WORKFLOW_VERSIONS.c.number == WORKFLOWS.c.published_version),
        )
        .where(WORKFLOWS.c.workspace_id == workspace_id, WORKFLOWS.c.id.in_(found))
    )
    rows = (await session.execute(query)).all()
    return [graph for row in rows for graph in (row.draft, row.graph) if graph is not None]


async def naming_type(session: AsyncSession, workspace_id: str, prefix: str) -> Sequence[Any]:
    """The same of those that have a node whose type begins so."""
    return await _naming(session, workspace_id, orjson.dumps(prefix).decode().removesuffix('"'))


async def _naming(session: AsyncSession, workspace_id: str, named: str) -> Sequence[Any]:
    in_draft = type_coerce(WORKFLOWS.c.draft, Text).contains(named, autoescape=True)
    in_version = func.coalesce(type_coerce(WORKFLOW_VERSIONS.c.graph, Text), "").contains(named, autoescape=True)
    query = (
        select(WORKFLOWS.c.id, WORKFLOWS.c.name, in_version.label("published"))
        .outerjoin(
            WORKFLOW_VERSIONS,
            (WORKFLOW_VERSIONS.c.workflow_id == WORKFLOWS.c.id)
            & (WORKFLOW_VERSIONS.c.number == WORKFLOWS.c.published_version),
        )
        .where(WORKFLOWS.c.workspace_id == workspace_id, WORKFLOWS.c.deleted_at.is_(None))
        .where(or_(in_draft, in_version))
        .order_by(WORKFLOWS.c.id.desc())
    )
    return (await session.execute(query)).all()


def _one(workspace_id: str, workflow_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        WORKFLOWS.c.id == workflow_id,
        WORKFLOWS.c.workspace_id == workspace_id,
        WORKFLOWS.c.deleted_at.is_(None),
    )


def _tags_text() -> ColumnElement[str]:
    return type_coerce(WORKFLOWS.c.tags, Text)


def _contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return func.lower(column).contains(text.lower(), autoescape=True)
