"""/workspaces/{id}/on-failure: the workflow that hears of failures where no other does."""

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.accounts.caller import Admin, Viewer
from nodeloom.features.accounts.errors import NotFound
from nodeloom.features.accounts.identity import Caller
from nodeloom.features.accounts.requests import ReadSession, WriteSession
from nodeloom.features.audit import trail
from nodeloom.features.triggers import repository
from nodeloom.features.triggers.errors import NotOnFailure
from nodeloom.features.triggers.schemas import FailureWorkflowRead, FailureWorkflowWrite
from nodeloom.features.workflows import service as workflows
from nodeloom.features.workflows.errors import WorkflowNotFound
from nodeloom.features.workflows.failure_workflow import hears_of_failures

router = APIRouter(tags=["triggers"])


@router.get("/workspaces/{workspace_id}/on-failure")
async def get_failure_workflow(workspace_id: str, caller: Viewer, session: ReadSession) -> FailureWorkflowRead:
    """The workspace's default: it serves workflows that have no core.on_failure and name no workflow that has."""
    _check_own(caller, workspace_id)
    return await _shown(session, workspace_id)


@router.put("/workspaces/{workspace_id}/on-failure")
async def set_failure_workflow(
    workspace_id: str, body: FailureWorkflowWrite, caller: Admin, session: WriteSession
) -> FailureWorkflowRead:
    """Choose the workflow whose core.on_failure starts when nobody else is told; null: none."""
    _check_own(caller, workspace_id)
    if body.workflow_id is not None:
        workflow = await workflows.find(session, workspace_id, body.workflow_id)
        live = await _live_hears(session, workspace_id, workflow.id, workflow.published_version)
        if not live and not hears_of_failures(workflow.draft):
            raise NotOnFailure(f"“{workflow.name}” would not hear of failures.")
    await repository.set_failure_workflow(session, workspace_id, body.workflow_id)
    detail = {"on_failure_workflow": body.workflow_id}
    await trail.record(session, caller, "workspace.on_failure_changed", "workspace", workspace_id, detail)
    return await _shown(session, workspace_id)


def _check_own(caller: Caller, workspace_id: str) -> None:
    if workspace_id != caller.workspace_id:
        raise NotFound("There is no such workspace.")


async def _shown(session: AsyncSession, workspace_id: str) -> FailureWorkflowRead:
    workflow_id = await repository.failure_workflow(session, workspace_id)
    if workflow_id is None:
        return FailureWorkflowRead(workflow_id=None, workflow_name=None, live=False)
    try:
        workflow = await workflows.find(session, workspace_id, workflow_id)
    except WorkflowNotFound:
        return FailureWorkflowRead(workflow_id=workflow_id, workflow_name=None, live=False)
    live = await _live_hears(session, workspace_id, workflow_id, workflow.published_version)
    return FailureWorkflowRead(workflow_id=workflow_id, workflow_name=workflow.name, live=live)


async def _live_hears(session: AsyncSession, workspace_id: str, workflow_id: str, version: int | None) -> bool:
    if version is None:
        return False
    found = await workflows.find_version(session, workspace_id, workflow_id, version)
    return hears_of_failures(found.graph)
