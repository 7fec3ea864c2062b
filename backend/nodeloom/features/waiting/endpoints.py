"""/waiting, and what can be done about each: resume it, or decide it. Cancelling is the run's."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from nodeloom.adapters.database import after_commit
from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.adapters.queue import Bell
from nodeloom.features.accounts.caller import Runner, Viewer
from nodeloom.features.accounts.requests import ReadSession, WriteSession
from nodeloom.features.audit import trail
from nodeloom.features.runs.plans import Plans
from nodeloom.features.runs.reading import find_run
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.waiting import approvals, reading, resuming
from nodeloom.features.waiting.errors import AlreadyDecided, ApprovalNotFound, NotWaiting, NotYoursToDecide
from nodeloom.features.waiting.page import in_words
from nodeloom.features.waiting.people import decider_of
from nodeloom.features.waiting.schemas import (
    Decide,
    Decided,
    NodeId,
    Reasons,
    Resume,
    Resumed,
    RunId,
    WaitingNode,
)

router = APIRouter(tags=["waiting"])


def _state(name: str) -> Any:
    def part(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(part)


TheBell = Annotated[Bell, _state("bell")]
ThePlans = Annotated[Plans, _state("plans")]
TheTokens = Annotated[ResumeTokens, _state("resume_tokens")]


@router.get("/waiting")
async def list_waiting(
    caller: Viewer,
    session: ReadSession,
    page: PageQuery,
    plans: ThePlans,
    tokens: TheTokens,
    reason: Reasons = None,
    workflow_id: Annotated[str | None, Query(pattern=r"^[!-~]{1,100}$")] = None,
) -> Page[WaitingNode]:
    """Every node that waits, and for what; those of the newest runs first. `reason` may come several times."""
    rows, cursor = await reading.waiting_rows(
        session, caller.workspace_id, page, reasons=reason or [], workflow_id=workflow_id
    )
    decider = await decider_of(session, caller)
    return Page(items=await reading.shown(session, rows, plans, tokens, decider), next_cursor=cursor)


@router.post("/runs/{run_id}/nodes/{node_id}/resume", status_code=202)
async def resume_node(
    run_id: RunId, node_id: NodeId, caller: Runner, session: WriteSession, bell: TheBell, body: Resume | None = None
) -> Resumed:
    """Let a node go on now that waits for a time, a call, an event or its next try."""
    wanted = body or Resume()
    await find_run(session, caller.workspace_id, run_id)
    reason = await resuming.resume_now(session, caller.workspace_id, run_id, node_id, wanted.path, wanted.payload)
    about = {"node_id": node_id, "path": wanted.path, "reason": reason}
    await trail.record(session, caller, "run.resumed", "run", run_id, about)
    after_commit(session, bell.ring)
    after_commit(session, bell.signal)
    return Resumed(run_id=run_id, node_id=node_id, path=wanted.path)


@router.post("/runs/{run_id}/nodes/{node_id}/decide", status_code=202)
async def decide(
    run_id: RunId, node_id: NodeId, body: Decide, caller: Viewer, session: WriteSession, bell: TheBell
) -> Decided:
    """Approve or reject, once; for those whom the approval names."""
    approval = await approvals.find_approval(session, run_id, node_id, body.path)
    if approval is None or approval["workspace_id"] != caller.workspace_id:
        raise ApprovalNotFound(f"Node {node_id!r} of this run asks for no approval.")
    decider = await decider_of(session, caller)
    if not approvals.may_decide(approval["approvers"], decider):
        who = in_words(approval["approvers"])
        raise NotYoursToDecide(f"It is for {who} to decide.", hint="Ask one of them.")
    settled = await approvals.decide(session, approval, body.decision, decider, body.comment)
    now = await approvals.find_approval(session, run_id, node_id, body.path)
    assert now is not None  # it was there, and stays
    if settled != "decided":
        # A claim may have passed over the run while it was locked here.
        bell.ring_soon()
    if settled == "already":
        raise AlreadyDecided(
            f"It was {now['decision']} by {now['decided_by']} at {now['decided_at']:%Y-%m-%d %H:%M} UTC."
        )
    if settled == "over":
        raise NotWaiting("Its time has passed, or the run was ended.")
    after_commit(session, bell.ring)
    after_commit(session, bell.signal)
    return Decided(
        run_id=run_id,
        node_id=node_id,
        path=body.path,
        decision=now["decision"],
        by=now["decided_by"],
        at=now["decided_at"],
    )
