"""The list of all that waits, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.paging import BadCursor, PageRequest
from nodeloom.compiler.plan import PlanNode
from nodeloom.features.accounts.roles import covers
from nodeloom.features.runs.models import NODE_RUNS, RUNS, unfinished
from nodeloom.features.runs.plans import PlanBroken, Plans
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.runs.rows import Row, rows_of
from nodeloom.features.waiting.approvals import Decider, may_decide
from nodeloom.features.waiting.models import APPROVALS
from nodeloom.features.waiting.page import in_words
from nodeloom.features.waiting.schemas import WaitingNode
from nodeloom.graph.addresses import address_of, claim_of

RESUMABLE = ("time", "call", "event", "retry")

_WORDS: Mapping[str, str] = {
    "time": "Waits for its time",
    "call": "Waits for a call to its address",
    "event": "Waits for an event",
    "approval": "Waits for approval",
    "connection": "Waits until its connection works again",
    "outcome": "Waits for somebody to say whether a call happened",
    "budget": "Waits for budget",
    "child": "Waits for the run that it started",
    "limit": "Waits for its turn",
    "retry": "Failed, and tries again",
}


async def waiting_rows(
    session: AsyncSession, workspace_id: str, page: PageRequest, *, reasons: Sequence[str], workflow_id: str | None
) -> tuple[Sequence[Row], str | None]:
    """Newest run first, its nodes in the order in which they began."""
    wanted: list[ColumnElement[bool]] = [
        NODE_RUNS.c.workspace_id == workspace_id,
        NODE_RUNS.c.status == literal_column("'waiting'"),
        NODE_RUNS.c.resumption.is_(None),
        unfinished(RUNS),
    ]
    if reasons:
        wanted.append(NODE_RUNS.c.waiting_reason.in_(reasons))
    if workflow_id is not None:
        wanted.append(RUNS.c.workflow_id == workflow_id)
    if page.after is not None:
        wanted.append(_after(page.after))
    query = (
        select(*_COLUMNS)
        .join(RUNS, RUNS.c.id == NODE_RUNS.c.run_id)
        .outerjoin(APPROVALS, and_(*(APPROVALS.c[name] == NODE_RUNS.c[name] for name in ("run_id", "node_id", "path"))))
        .where(*wanted)
        .order_by(NODE_RUNS.c.run_id.desc(), NODE_RUNS.c.seq, NODE_RUNS.c.node_id, NODE_RUNS.c.path)
        .limit(page.fetch)
    )
    return page.page(await rows_of(session, query), lambda row: f"{row['run_id']}:{row['seq']}")


def _after(cursor: str) -> ColumnElement[bool]:
    run_id, _, seq = cursor.rpartition(":")
    if not run_id or not seq.isdecimal() or len(seq) > 9:
        raise BadCursor
    return or_(NODE_RUNS.c.run_id < run_id, and_(NODE_RUNS.c.run_id == run_id, NODE_RUNS.c.seq > int(seq)))


async def shown(
    session: AsyncSession, rows: Sequence[Row], plans: Plans, tokens: ResumeTokens, decider: Decider
) -> list[WaitingNode]:
    """The rows with the names of their nodes and what this member may do about each."""
    return [_shown(row, await _node(session, row, plans), tokens, decider) for row in rows]


def _shown(row: Row, node: PlanNode | None, tokens: ResumeTokens, decider: Decider) -> WaitingNode:
    runs = decider.role is not None and covers(decider.role, "runner")
    decides = row["approvers"] is not None and may_decide(row["approvers"], decider)
    key = (row["run_id"], row["node_id"], row["path"])
    url = None
    if row["waiting_reason"] == "call" and runs:
        url = tokens.url(*key)
    elif row["waiting_reason"] == "approval" and (runs or decides):
        url = tokens.approval_url(*key)
    return WaitingNode(
        run_id=row["run_id"],
        shown_in=row["parent_run_id"] if row["scopes_from"] is not None else row["run_id"],
        workflow_id=row["workflow_id"],
        workflow_name=row["workflow_name"],
        version=row["version"],
        node_id=row["node_id"],
        node_title=node.title if node is not None else row["node_id"],
        node_type=node.type if node is not None else "",
        path=row["path"],
        reason=row["waiting_reason"],
        text=_in_words(row, node),
        since=row["started_at"],
        until=row["waiting_until"],
        url=url,
        message=row["message"],
        can_resume=runs and row["waiting_reason"] in RESUMABLE,
        can_decide=decides,
    )


def _in_words(row: Row, node: PlanNode | None) -> str:
    words = _WORDS[row["waiting_reason"]]
    if row["waiting_reason"] == "approval" and row["approvers"]:
        return f"{words} by {in_words(row['approvers'])}"
    if row["waiting_reason"] == "event" and node is not None:
        return _event_in_words(node.raw_params.get("trigger")) or words
    return words


def _event_in_words(trigger: Any) -> str | None:
    match trigger:
        case {"type": "core.event", "name": str(name)}:
            return f"Waits for the event “{name}”"
        case {"type": "core.webhook", "path": str(path)}:
            return f"Waits for a request at {address_of(claim_of('core.webhook', path))}"
        case {"type": "core.schedule"}:
            return "Waits for its schedule"
        case _:
            return None


async def _node(session: AsyncSession, row: Row, plans: Plans) -> PlanNode | None:
    try:
        plan = (await plans.load(row["workspace_id"], row["graph_hash"], session)).plan
    except PlanBroken:
        return None
    return plan.nodes.get(row["node_id"])


_COLUMNS = (
    NODE_RUNS.c.run_id,
    NODE_RUNS.c.node_id,
    NODE_RUNS.c.path,
    NODE_RUNS.c.seq,
    NODE_RUNS.c.waiting_reason,
    NODE_RUNS.c.waiting_until,
    NODE_RUNS.c.started_at,
    RUNS.c.workspace_id,
    RUNS.c.workflow_id,
    RUNS.c.workflow_name,
    RUNS.c.version,
    RUNS.c.graph_hash,
    RUNS.c.parent_run_id,
    RUNS.c.scopes_from,
    APPROVALS.c.message,
    APPROVALS.c.approvers,
)
