"""/workflows/{id}/listen and /triggers, /inbox and /schedules/preview. What lies under /hooks is in door.py."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ValidationError

from nodeloom.adapters import clock
from nodeloom.adapters.database import after_commit
from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.adapters.queue import Bell
from nodeloom.adapters.settings import Settings
from nodeloom.features.accounts.caller import Editor, Runner, Viewer
from nodeloom.features.accounts.requests import ReadSession, WriteSession
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.runs.payloads import Payloads, shown
from nodeloom.features.triggers import inbox, listening, repository
from nodeloom.features.triggers.errors import BadSchedule, NoSuchTrigger
from nodeloom.features.triggers.remote import registrations
from nodeloom.features.triggers.schemas import (
    EventId,
    EventRead,
    EventSummary,
    HookAddress,
    Listen,
    ListeningRead,
    NodeId,
    Replay,
    Replayed,
    SchedulePreview,
)
from nodeloom.features.triggers.states import TriggerStates, trigger_states
from nodeloom.features.triggers.timetable import in_words
from nodeloom.features.workflows import service as workflows
from nodeloom.features.workflows.schemas import WorkflowId
from nodeloom.graph.addresses import address_of
from nodeloom.nodes.schedule import ScheduleParams, next_times

router = APIRouter(tags=["triggers"])

_PREVIEWED = 5


def _catalog(request: Request) -> InstalledCatalog:
    return request.app.state.catalog


def _bell(request: Request) -> Bell:
    return request.app.state.bell


def _payloads(request: Request) -> Payloads:
    return request.app.state.payloads


def _address(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return (settings.public_url or str(request.base_url)).rstrip("/")


@router.post("/workflows/{workflow_id}/listen")
async def listen(
    workflow_id: WorkflowId,
    caller: Editor,
    session: WriteSession,
    address: Annotated[str, Depends(_address)],
    types: Annotated[InstalledCatalog, Depends(_catalog)],
    body: Listen | None = None,
) -> ListeningRead:
    """For ten minutes, what comes in at the draft's addresses also starts a run of the draft. Claims the addresses."""
    node_id = body.node_id if body else None
    until, hooks = await listening.begin(session, types, caller.workspace_id, workflow_id, node_id)
    return ListeningRead(
        until=until,
        hooks=[
            HookAddress(
                node_id=node.id,
                path=str(node.params["path"]).strip("/"),
                method=str(node.params.get("method") or "POST"),
                url=f"{address}{address_of(claim)}",
            )
            for node, claim in hooks
        ],
    )


@router.delete("/workflows/{workflow_id}/listen", status_code=204)
async def stop_listening(workflow_id: WorkflowId, caller: Editor, session: WriteSession) -> None:
    """The addresses stay claimed."""
    await listening.end(session, caller.workspace_id, workflow_id)


@router.get("/workflows/{workflow_id}/triggers")
async def get_trigger_states(workflow_id: WorkflowId, caller: Viewer, session: ReadSession) -> TriggerStates:
    """How the triggers of the live version are: whether each listens, and what keeps one from it."""
    return await trigger_states(session, caller.workspace_id, workflow_id)


@router.post("/workflows/{workflow_id}/triggers/{node_id}/retry", status_code=202)
async def retry_trigger(workflow_id: WorkflowId, node_id: NodeId, caller: Editor, session: WriteSession) -> None:
    """Look now whether a trigger that is broken or paused can listen again."""
    await workflows.find(session, caller.workspace_id, workflow_id)
    if not await registrations.look_again(session, caller.workspace_id, workflow_id, node_id):
        raise NoSuchTrigger(f"The live version has no connector's trigger {node_id!r}.")


@router.get("/inbox")
async def list_events(
    caller: Viewer,
    session: ReadSession,
    page: PageQuery,
    workflow_id: Annotated[str | None, Query(pattern=r"^[!-~]{1,100}$")] = None,
) -> Page[EventSummary]:
    """What triggers took in, newest first."""
    rows = await repository.events(session, caller.workspace_id, page, workflow_id)
    visible, cursor = page.page(rows, lambda row: str(row.id))
    return Page(items=[EventSummary(**_summary(row)) for row in visible], next_cursor=cursor)


@router.get("/inbox/{event_id}")
async def get_event(
    event_id: EventId,
    caller: Viewer,
    session: ReadSession,
    payloads: Annotated[Payloads, Depends(_payloads)],
) -> EventRead:
    """One event with what came in."""
    event = await inbox.find(session, caller.workspace_id, event_id)
    return EventRead(**_summary(event), items=shown(await payloads.unpack(event.payload)))


@router.post("/inbox/{event_id}/replay", status_code=202)
async def replay_event(
    event_id: EventId,
    caller: Runner,
    session: WriteSession,
    types: Annotated[InstalledCatalog, Depends(_catalog)],
    bell: Annotated[Bell, Depends(_bell)],
    body: Replay | None = None,
) -> Replayed:
    """Start a run of `version` from an event that came in before."""
    version = body.version if body else "live"
    run_id = await inbox.replay(session, types, caller.workspace_id, event_id, version)
    after_commit(session, bell.ring)
    return Replayed(id=run_id)


@router.get("/schedules/preview")
async def preview_schedule(
    caller: Viewer,  # noqa: ARG001  asked for by its role alone
    cron: Annotated[str | None, Query(max_length=200)] = None,
    every_s: Annotated[int | None, Query()] = None,
    timezone: Annotated[str, Query(max_length=100)] = "UTC",
) -> SchedulePreview:
    """The next five times of a schedule, and what it says in words."""
    try:
        timing = ScheduleParams(cron=cron or None, every_s=every_s, timezone=timezone or "UTC")
    except ValidationError as invalid:
        detail = "; ".join(error["msg"].removeprefix("Value error, ") for error in invalid.errors())
        raise BadSchedule(f"{detail[:1].upper()}{detail[1:]}.") from None
    return SchedulePreview(
        times=next_times(timing, clock.now(), _PREVIEWED), description=in_words(timing), timezone=timing.timezone
    )


def _summary(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in EventSummary.model_fields}
