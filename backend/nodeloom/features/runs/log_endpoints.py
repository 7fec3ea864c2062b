"""/runs/…/logs and the counters of workflows: how things go, line by line and in numbers."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.features.accounts.caller import Viewer
from nodeloom.features.accounts.requests import ReadSession
from nodeloom.features.runs import counters, reading
from nodeloom.features.runs.log_reading import find_lines
from nodeloom.features.runs.logs import Level
from nodeloom.features.runs.schemas import LogLineRead, WorkflowCounters, WorkflowPulse
from nodeloom.features.runs.views import log_line_read
from nodeloom.features.workflows import service as workflows

router = APIRouter(tags=["runs"])

Identifier = Annotated[str, Path(max_length=200)]


@router.get("/runs/{run_id}/logs")
async def list_log_lines(
    run_id: Identifier,
    caller: Viewer,
    session: ReadSession,
    page: PageQuery,
    level: Level | None = None,
    node_id: Annotated[str | None, Query(max_length=200)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[LogLineRead]:
    """What the nodes of a run said, newest first: lines of this level or a graver one, with `q` somewhere in them."""
    await reading.find_run(session, caller.workspace_id, run_id)
    rows, cursor = await find_lines(session, caller.workspace_id, run_id, page, level=level, node_id=node_id, q=q)
    return Page(items=[log_line_read(row) for row in rows], next_cursor=cursor)


@router.get("/workflows/{workflow_id}/counters")
async def get_workflow_counters(workflow_id: Identifier, caller: Viewer, session: ReadSession) -> WorkflowCounters:
    """How the runs of the last day and the last week went, and how long they took."""
    await workflows.find(session, caller.workspace_id, workflow_id)
    return await counters.of_workflow(session, caller.workspace_id, workflow_id)


@router.get("/workflow-counters")
async def list_workflow_counters(caller: Viewer, session: ReadSession) -> list[WorkflowPulse]:
    """The runs of the last day by workflow; a workflow that did not run is left out."""
    return await counters.of_all(session, caller.workspace_id)
