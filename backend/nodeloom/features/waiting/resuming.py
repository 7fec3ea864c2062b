"""A wait cut short by a person."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.features.runs.models import NODE_RUNS, RUNS
from nodeloom.features.runs.waking import resume
from nodeloom.features.waiting.errors import CantResume, NotWaiting
from nodeloom.nodes.events import event_json
from nodeloom.nodes.node_type import WaitFor

_OTHERWISE: Mapping[str, str] = {
    "approval": "Approve or reject it.",
    "outcome": "Say whether the call happened: POST /runs/{id}/nodes/{node_id}/resolve.",
    "connection": "Mend the connection; the run then goes on by itself.",
    "child": "It goes on when the run that it started ends: cancel that one.",
}


async def resume_now(
    session: AsyncSession, workspace_id: str, run_id: str, node_id: str, path: str, payload: Any
) -> str:
    """What the node waited for; the caller rings and signals after the commit. Raises NotWaiting or CantResume."""
    await session.execute(
        select(RUNS.c.id).where(RUNS.c.id == run_id, RUNS.c.workspace_id == workspace_id).with_for_update()
    )
    reason = await session.scalar(
        select(NODE_RUNS.c.waiting_reason).where(
            NODE_RUNS.c.run_id == run_id,
            NODE_RUNS.c.node_id == node_id,
            NODE_RUNS.c.path == path,
            NODE_RUNS.c.status == "waiting",
        )
    )
    if reason is None:
        raise NotWaiting(f"Node {node_id!r} does not wait.")
    kind, given = _resumption(reason, payload)
    connection = await session.connection()
    if not await connection.run_sync(resume, run_id, node_id, path, kind, given):
        raise NotWaiting(f"Node {node_id!r} goes on already.")
    return reason


def _resumption(reason: str, payload: Any) -> tuple[WaitFor, Mapping[str, Any] | None]:
    """As what it waited for would have come in."""
    match reason:
        case "time" | "retry":
            return "time", None
        case "call":
            return "call", {"body": {} if payload is None else payload, "headers": {}, "query": {}, "method": "POST"}
        case "event":
            return "event", cast("Mapping[str, Any]", event_json({} if payload is None else payload))
        case _:
            raise CantResume(f"The node waits with the reason {reason}.", hint=_OTHERWISE.get(reason, ""))
