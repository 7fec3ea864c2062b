"""POST /hooks/-/resume/{token}: the call that a run waits for."""

from dataclasses import dataclass

import orjson
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.database import Database
from nodeloom.adapters.queue import Bell
from nodeloom.features.runs.models import NODE_RUNS
from nodeloom.features.runs.resume_tokens import ResumeTokens
from nodeloom.features.runs.signals import Resumed, resume_call
from nodeloom.features.triggers import replies
from nodeloom.features.triggers.http_edge import HookRequest
from nodeloom.features.triggers.incoming import (
    BodyUnreadable,
    content_type,
    query_map,
    read_body,
    shown_headers,
    sniffed,
)
from nodeloom.features.triggers.replies import Reply
from nodeloom.graph.json_value import JsonValue

_NOT_FOUND = replies.problem(
    404, "no_such_call", "Nobody waits at this address", hint="Use the address exactly as the workflow gave it."
)
_GONE = replies.problem(
    410, "call_gone", "The run no longer waits for this call", hint="Each call is taken once, while the run waits."
)
_NOT_YET = replies.problem(
    409,
    "not_waiting_yet",
    "The run does not wait for a call yet",
    hint="Send it again in a moment.",
    headers={"retry-after": "1"},
)
_SEVERAL = replies.problem(
    409,
    "several_wait",
    "Several nodes of the run wait for a call",
    hint="Use the address of one of the nodes: it stands on the page of the run.",
)
_TAKEN = Reply(202, orjson.dumps({"status": "accepted"}))


@dataclass(frozen=True, slots=True)
class ResumeCalls:
    db: Database
    bell: Bell
    tokens: ResumeTokens

    async def resume(self, token: str, request: HookRequest, body: bytes) -> Reply:
        """Raises BodyUnreadable. The reply comes once the call is stored."""
        opened = self.tokens.open(token)
        if opened is None:
            return _NOT_FOUND
        run_id, node_id, path = opened
        declared = content_type(request.headers.get("content-type"))
        payload = {
            "body": read_body(declared if declared.kind != "unnamed" else sniffed(body), body),
            "headers": shown_headers(request.headers, (), ()),
            "query": _query(request),
            "method": request.method,
        }
        async with self.db.transaction() as session:
            resumed = await resume_call(session, run_id, node_id, path, payload)
            early = resumed == "not_waiting" and not await _was_called(session, run_id, node_id, path)
        # Also after a refusal: a claim passes over a run that is locked, as this one was while it was looked at.
        self.bell.ring_soon()
        if resumed == "resumed":
            await self.bell.signal()
        return _NOT_YET if early else _said(resumed)


def _query(request: HookRequest) -> JsonValue:
    try:
        return query_map(request.query_string)
    except ValueError as error:
        raise BodyUnreadable(f"The query can't be read: {error}.") from None


def _said(resumed: Resumed) -> Reply:
    match resumed:
        case "resumed":
            return _TAKEN
        case "several":
            return _SEVERAL
        case "gone" | "not_waiting":
            return _GONE


async def _was_called(session: AsyncSession, run_id: str, node_id: str, path: str) -> bool:
    """Whether the node has had its call or is past waiting; if not, the call came before the run got there."""
    query = select(NODE_RUNS.c.node_id).where(NODE_RUNS.c.run_id == run_id)
    if node_id:
        query = query.where(NODE_RUNS.c.node_id == node_id, NODE_RUNS.c.path == path)
    else:
        query = query.where(or_(NODE_RUNS.c.resumption.is_not(None), NODE_RUNS.c.waiting_reason == "call"))
    return (await session.scalar(query.limit(1))) is not None
