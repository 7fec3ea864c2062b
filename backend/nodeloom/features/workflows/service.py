"""Drafts, versions and which of them is live."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.domain_events import emit
from nodeloom.adapters.ids import new_id
from nodeloom.compiler.catalog import Catalog
from nodeloom.features.accounts.caller import Caller
from nodeloom.features.audit import trail as audit
from nodeloom.features.workflows import repository
from nodeloom.features.workflows.errors import (
    DraftMovedOn,
    GraphHasErrors,
    NotPublished,
    VersionNotFound,
    WorkflowNotFound,
    problem_documents,
)
from nodeloom.features.workflows.events import WorkflowDeleted, WorkflowPublished, WorkflowUnpublished
from nodeloom.features.workflows.examine import Examined, examine
from nodeloom.features.workflows.hook_paths import with_fresh_paths
from nodeloom.features.workflows.models import Workflow, WorkflowVersion
from nodeloom.features.workflows.rebinding import not_theirs
from nodeloom.features.workflows.schemas import WorkflowPatch
from nodeloom.graph.document import Graph
from nodeloom.graph.parse import graph_to_document, parse_graph


@dataclass(frozen=True)
class VersionToRun:
    """`version` None is the draft; `document` is what `graph` was read from."""

    workflow_id: str
    name: str
    version: int | None
    graph: Graph
    document: dict[str, Any]


async def find(session: AsyncSession, workspace_id: str, workflow_id: str, *, for_update: bool = False) -> Workflow:
    workflow = await repository.workflow(session, workspace_id, workflow_id, for_update=for_update)
    if workflow is None:
        raise WorkflowNotFound(f"There is no workflow {workflow_id!r}.")
    return workflow


async def find_version(session: AsyncSession, workspace_id: str, workflow_id: str, number: int) -> WorkflowVersion:
    version = await repository.version(session, workspace_id, workflow_id, number)
    if version is None:
        raise VersionNotFound(f"The workflow has no version {number}.")
    return version


async def load_version(
    session: AsyncSession, workspace_id: str, workflow_id: str, version: int | str | None
) -> VersionToRun:
    """The graph to run: version n, `"draft"`, `"live"`, or for None the live one and without one the draft."""
    workflow = await find(session, workspace_id, workflow_id)
    number = workflow.published_version if version in (None, "live") else version
    if number is None and version == "live":
        raise NotPublished(f"“{workflow.name}” has no live version.")
    if isinstance(number, int):
        stored = await find_version(session, workspace_id, workflow_id, number)
        return VersionToRun(workflow.id, workflow.name, number, parse_graph(stored.graph), stored.graph)
    return VersionToRun(workflow.id, workflow.name, None, parse_graph(workflow.draft), workflow.draft)


async def create(
    session: AsyncSession, caller: Caller, examined: Examined, *, name: str, folder: str, tags: list[str]
) -> Workflow:
    now = clock.now()
    workflow = Workflow(
        id=new_id("wf"),
        workspace_id=caller.workspace_id,
        name=name,
        folder=folder,
        tags=_distinct(tags),
        draft=examined.document,
        draft_errors=examined.errors,
        created_at=now,
        updated_at=now,
    )
    session.add(workflow)
    await session.flush()
    return workflow


async def change(session: AsyncSession, workspace_id: str, workflow_id: str, patch: WorkflowPatch) -> Workflow:
    workflow = await find(session, workspace_id, workflow_id, for_update=True)
    given = patch.model_fields_set
    if "name" in given:
        workflow.name = patch.name
    if "folder" in given:
        workflow.folder = patch.folder
    if "tags" in given:
        workflow.tags = _distinct(patch.tags)
    workflow.updated_at = clock.now()
    await session.flush()
    return workflow


async def save_draft(
    session: AsyncSession, workspace_id: str, workflow_id: str, *, revision: int, examined: Examined
) -> int:
    """The new revision; `DraftMovedOn` if somebody else saved after `revision`."""
    saved = await repository.save_draft(
        session,
        workspace_id,
        workflow_id,
        revision=revision,
        draft=examined.document,
        errors=examined.errors,
        now=clock.now(),
    )
    if not saved:
        raise _moved_on(await find(session, workspace_id, workflow_id))
    return revision + 1


async def publish(
    read: AsyncSession, session: AsyncSession, catalog: Catalog, caller: Caller, workflow_id: str, note: str
) -> int:
    """Freeze the draft as the next version and make it the live one.

    Compiled before the transaction, so that a large graph keeps nobody from writing.
    """
    draft = await find(read, caller.workspace_id, workflow_id)
    examined = await _flawless(read, catalog, caller.workspace_id, workflow_id, draft.draft)
    if theirs := await not_theirs(read, draft, examined.document, caller.role):
        raise GraphHasErrors("It names a connection that you may not use.", problems=problem_documents(theirs))
    workflow = await find(session, caller.workspace_id, workflow_id, for_update=True)
    if workflow.revision != draft.revision:
        raise _moved_on(workflow)
    number = await repository.last_version(session, caller.workspace_id, workflow_id) + 1
    now = clock.now()
    session.add(
        WorkflowVersion(
            workflow_id=workflow_id,
            number=number,
            workspace_id=caller.workspace_id,
            graph=examined.document,
            note=note,
            created_by=caller.name,
            created_at=now,
        )
    )
    workflow.published_revision = workflow.revision
    await _go_live(session, workflow, number, examined.graph)
    await audit.record(session, caller, "workflow.published", "workflow", workflow_id, _named(workflow, version=number))
    return number


async def rollback(
    read: AsyncSession, session: AsyncSession, catalog: Catalog, caller: Caller, workflow_id: str, number: int
) -> None:
    await find(read, caller.workspace_id, workflow_id)
    version = await find_version(read, caller.workspace_id, workflow_id, number)
    examined = await _flawless(read, catalog, caller.workspace_id, workflow_id, version.graph)
    workflow = await find(session, caller.workspace_id, workflow_id, for_update=True)
    before = workflow.published_version
    workflow.published_revision = None
    await _go_live(session, workflow, number, examined.graph)
    detail = _named(workflow, version=number, before=before)
    await audit.record(session, caller, "workflow.rolled_back", "workflow", workflow_id, detail)


async def unpublish(session: AsyncSession, caller: Caller, workflow_id: str) -> Workflow:
    """Unpublishing what is not published changes nothing."""
    workflow = await find(session, caller.workspace_id, workflow_id, for_update=True)
    if workflow.published_version is not None:
        detail = _named(workflow, version=workflow.published_version)
        await _take_down(session, workflow)
        await audit.record(session, caller, "workflow.unpublished", "workflow", workflow_id, detail)
    return workflow


async def delete(session: AsyncSession, caller: Caller, workflow_id: str) -> None:
    """Runs stay: the row is only hidden. Its addresses become free."""
    workflow = await find(session, caller.workspace_id, workflow_id, for_update=True)
    if workflow.published_version is not None:
        await _take_down(session, workflow)
    workflow.deleted_at = clock.now()
    await session.flush()
    await emit(session, WorkflowDeleted(workflow.workspace_id, workflow.id))
    await audit.record(session, caller, "workflow.deleted", "workflow", workflow_id, _named(workflow))


async def restore(session: AsyncSession, caller: Caller, workflow_id: str, number: int, examined: Examined) -> Workflow:
    """Make an old version the draft; what is live stays live."""
    workflow = await find(session, caller.workspace_id, workflow_id, for_update=True)
    workflow.draft = examined.document
    workflow.draft_errors = examined.errors
    workflow.revision += 1
    workflow.updated_at = clock.now()
    if number == workflow.published_version:
        workflow.published_revision = workflow.revision
    await session.flush()
    await audit.record(session, caller, "workflow.restored", "workflow", workflow_id, _named(workflow, version=number))
    return workflow


def copied_graph(workflow: Workflow) -> dict[str, Any]:
    return graph_to_document(with_fresh_paths(parse_graph(workflow.draft)))


async def _flawless(
    read: AsyncSession, catalog: Catalog, workspace_id: str, workflow_id: str, document: dict[str, Any]
) -> Examined:
    examined = await examine(read, catalog, workspace_id, workflow_id, document)
    if examined.errors:
        raise GraphHasErrors(
            f"The compiler found {examined.errors} error{'s' if examined.errors > 1 else ''}.",
            problems=problem_documents(examined.problems),
        )
    return examined


async def _go_live(session: AsyncSession, workflow: Workflow, number: int, graph: Graph) -> None:
    before = workflow.published_version
    workflow.published_version = number
    workflow.updated_at = clock.now()
    await session.flush()
    await emit(session, WorkflowPublished(workflow.workspace_id, workflow.id, number, graph, before))


async def _take_down(session: AsyncSession, workflow: Workflow) -> None:
    workflow.published_version = None
    workflow.published_revision = None
    workflow.updated_at = clock.now()
    await session.flush()
    await emit(session, WorkflowUnpublished(workflow.workspace_id, workflow.id))


def _moved_on(workflow: Workflow) -> DraftMovedOn:
    return DraftMovedOn(
        f"It is at revision {workflow.revision} by now.",
        extra={"revision": workflow.revision, "graph": workflow.draft},
    )


def _named(workflow: Workflow, **detail: object) -> dict[str, Any]:
    return {"name": workflow.name, **detail}


def _distinct(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))
