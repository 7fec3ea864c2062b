"""/workflows: drafts, versions, publishing."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from nodeloom.adapters.database import after_commit
from nodeloom.adapters.live import Live
from nodeloom.adapters.paging import BadCursor, Page, PageQuery
from nodeloom.features.accounts.caller import Editor, Viewer
from nodeloom.features.accounts.requests import ReadSession, WriteSession
from nodeloom.features.catalog.own.catalogs import WorkspaceCatalog
from nodeloom.features.workflows import repository, service
from nodeloom.features.workflows.errors import problem_document
from nodeloom.features.workflows.examine import Examined, examine
from nodeloom.features.workflows.models import Workflow
from nodeloom.features.workflows.schemas import (
    DraftPut,
    DraftSaved,
    Folder,
    ProblemRead,
    Publish,
    Published,
    Rollback,
    Search,
    Tag,
    VersionNumber,
    VersionRead,
    VersionSummary,
    WorkflowCreate,
    WorkflowId,
    WorkflowPatch,
    WorkflowRead,
    WorkflowSummary,
)

router = APIRouter(prefix="/workflows", tags=["workflows"])


def _live(request: Request) -> Live:
    return request.app.state.live


Types = WorkspaceCatalog
LiveStream = Annotated[Live, Depends(_live)]


@router.post("", status_code=201)
async def create_workflow(
    body: WorkflowCreate, caller: Editor, read: ReadSession, session: WriteSession, types: Types
) -> WorkflowRead:
    """Save a new workflow; its graph may be unfinished, and its `problems` are listed."""
    examined = await examine(read, types, caller.workspace_id, None, body.graph or {})
    workflow = await service.create(session, caller, examined, name=body.name, folder=body.folder, tags=body.tags)
    return _read(workflow, examined)


@router.get("")
async def list_workflows(
    caller: Viewer,
    session: ReadSession,
    page: PageQuery,
    q: Annotated[Search, Query()] = "",
    folder: Annotated[Folder | None, Query()] = None,
    tag: Annotated[Tag | None, Query()] = None,
) -> Page[WorkflowSummary]:
    """Newest first; `q` is looked for in names and tags."""
    rows = await repository.workflows(session, caller.workspace_id, page, q=q, folder=folder, tag=tag)
    shown, cursor = page.page(rows, lambda row: str(row.id))
    return Page(items=[_summary(row) for row in shown], next_cursor=cursor)


@router.get("/{workflow_id}")
async def get_workflow(workflow_id: WorkflowId, caller: Viewer, session: ReadSession, types: Types) -> WorkflowRead:
    """The workflow with its draft and what the compiler says of it now."""
    workflow = await service.find(session, caller.workspace_id, workflow_id)
    return _read(workflow, await examine(session, types, caller.workspace_id, workflow_id, workflow.draft))


@router.patch("/{workflow_id}")
async def patch_workflow(
    workflow_id: WorkflowId, body: WorkflowPatch, caller: Editor, session: WriteSession, live: LiveStream
) -> WorkflowSummary:
    """Rename, move or tag."""
    workflow = await service.change(session, caller.workspace_id, workflow_id, body)
    return _told(session, live, workflow)


@router.delete("/{workflow_id}", status_code=204)
async def delete_workflow(workflow_id: WorkflowId, caller: Editor, session: WriteSession) -> None:
    """Unpublish and remove; its runs stay."""
    await service.delete(session, caller, workflow_id)


@router.put("/{workflow_id}/draft")
async def put_draft(
    workflow_id: WorkflowId,
    body: DraftPut,
    caller: Editor,
    read: ReadSession,
    session: WriteSession,
    types: Types,
    live: LiveStream,
) -> DraftSaved:
    """Save the draft on top of `revision`; 409 with what is stored if it moved on."""
    examined = await examine(read, types, caller.workspace_id, workflow_id, body.graph)
    await service.save_draft(session, caller.workspace_id, workflow_id, revision=body.revision, examined=examined)
    workflow = await service.find(session, caller.workspace_id, workflow_id)
    _told(session, live, workflow)
    return DraftSaved(revision=workflow.revision, problems=_problems(examined))


@router.post("/{workflow_id}/publish")
async def publish_workflow(
    workflow_id: WorkflowId,
    caller: Editor,
    read: ReadSession,
    session: WriteSession,
    types: Types,
    live: LiveStream,
    body: Publish | None = None,
) -> Published:
    """Make the draft the next version and take it live; 422 with `problems` if it has errors."""
    note = body.note if body else ""
    version = await service.publish(read, session, types, caller, workflow_id, note)
    _told(session, live, await service.find(session, caller.workspace_id, workflow_id))
    return Published(version=version)


@router.post("/{workflow_id}/unpublish")
async def unpublish_workflow(
    workflow_id: WorkflowId, caller: Editor, session: WriteSession, live: LiveStream
) -> WorkflowSummary:
    """Take all triggers down."""
    return _told(session, live, await service.unpublish(session, caller, workflow_id))


@router.post("/{workflow_id}/rollback")
async def rollback_workflow(
    workflow_id: WorkflowId,
    body: Rollback,
    caller: Editor,
    read: ReadSession,
    session: WriteSession,
    types: Types,
    live: LiveStream,
) -> Published:
    """Make an earlier version live again; the draft stays as it is."""
    await service.rollback(read, session, types, caller, workflow_id, body.version)
    _told(session, live, await service.find(session, caller.workspace_id, workflow_id))
    return Published(version=body.version)


@router.post("/{workflow_id}/duplicate", status_code=201)
async def duplicate_workflow(
    workflow_id: WorkflowId, caller: Editor, read: ReadSession, session: WriteSession, types: Types
) -> WorkflowRead:
    """A copy of the draft, with webhook addresses of its own."""
    original = await service.find(read, caller.workspace_id, workflow_id)
    examined = await examine(read, types, caller.workspace_id, None, service.copied_graph(original))
    name = f"{original.name} (copy)"[:200]
    workflow = await service.create(session, caller, examined, name=name, folder=original.folder, tags=original.tags)
    return _read(workflow, examined)


@router.get("/{workflow_id}/versions")
async def list_versions(
    workflow_id: WorkflowId, caller: Viewer, session: ReadSession, page: PageQuery
) -> Page[VersionSummary]:
    """What was published, newest first."""
    workflow = await service.find(session, caller.workspace_id, workflow_id)
    rows = await repository.versions(
        session, caller.workspace_id, workflow_id, before=_number(page.after), limit=page.fetch
    )
    shown, cursor = page.page(rows, lambda row: str(row.number))
    return Page(items=[VersionSummary(**_version(row, workflow)) for row in shown], next_cursor=cursor)


@router.get("/{workflow_id}/versions/{number}")
async def get_version(
    workflow_id: WorkflowId, number: VersionNumber, caller: Viewer, session: ReadSession
) -> VersionRead:
    """One published graph."""
    workflow = await service.find(session, caller.workspace_id, workflow_id)
    version = await service.find_version(session, caller.workspace_id, workflow_id, number)
    return VersionRead(**_version(version, workflow), graph=version.graph)


@router.post("/{workflow_id}/versions/{number}/restore")
async def restore_version(
    workflow_id: WorkflowId,
    number: VersionNumber,
    caller: Editor,
    read: ReadSession,
    session: WriteSession,
    types: Types,
    live: LiveStream,
) -> WorkflowRead:
    """Make the version the draft; what is live stays live."""
    await service.find(read, caller.workspace_id, workflow_id)
    version = await service.find_version(read, caller.workspace_id, workflow_id, number)
    examined = await examine(read, types, caller.workspace_id, workflow_id, version.graph)
    workflow = await service.restore(session, caller, workflow_id, number, examined)
    _told(session, live, workflow)
    return _read(workflow, examined)


def _told(session: WriteSession, live: Live, workflow: Workflow) -> WorkflowSummary:
    """The summary, which open editors and lists also get once it is stored."""
    summary = _summary(workflow)
    topics = (f"workflow:{workflow.id}",)

    async def publish() -> None:
        await live.publish(workflow.workspace_id, topics, "workflow", summary.model_dump(mode="json"))

    after_commit(session, publish)
    return summary


def _read(workflow: Workflow, examined: Examined) -> WorkflowRead:
    return WorkflowRead(**_summary(workflow).model_dump(), graph=examined.document, problems=_problems(examined))


def _summary(row: Any) -> WorkflowSummary:
    return WorkflowSummary(
        id=row.id,
        name=row.name,
        folder=row.folder,
        tags=row.tags,
        revision=row.revision,
        draft_errors=row.draft_errors,
        published_version=row.published_version,
        draft_published=row.published_version is not None and row.published_revision == row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _version(row: Any, workflow: Workflow) -> dict[str, Any]:
    return {
        "version": row.number,
        "note": row.note,
        "live": row.number == workflow.published_version,
        "created_by": row.created_by,
        "created_at": row.created_at,
    }


def _problems(examined: Examined) -> list[ProblemRead]:
    return [ProblemRead(**problem_document(problem)) for problem in examined.problems]


def _number(after: str | None) -> int | None:
    if after is None:
        return None
    if not after.isdecimal() or len(after) > 9:
        raise BadCursor("The cursor belongs to another list.")
    return int(after)
