"""/events: what happens now, as server-sent events."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.live import Live, LiveEvent
from nodeloom.features.accounts.caller import Viewer
from nodeloom.features.accounts.identity import Caller, SignedIn, still_let_in
from nodeloom.features.accounts.requests import Db
from nodeloom.features.notifications.announcing import topic_of

router = APIRouter(tags=["events"])

_MOST_TOPICS = 50
_LOOK_AGAIN = timedelta(seconds=15)


def _live(request: Request) -> Live:
    return request.app.state.live


@router.get("/events", responses={200: {"content": {"text/event-stream": {}}}})
async def stream_events(
    caller: Viewer,
    db: Db,
    live: Annotated[Live, Depends(_live)],
    topics: Annotated[str, Query(max_length=5_000)] = "runs",
    last_event_id: Annotated[str | None, Header(max_length=50, pattern=r"^\d+-\d+$")] = None,
) -> StreamingResponse:
    """Topics by comma: `run:ID`, `workflow:ID`, `runs`, `notifications` (yours).

    Events: `run`, `node_run`, `workflow`, `log`, `notification`, `reset`. It ends when its session or key does.
    """
    wanted = frozenset([topic.strip() for topic in topics.split(",") if topic.strip()][:_MOST_TOPICS])
    body = _events(live, db, caller, _own(wanted, caller), last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(body, 200, headers, media_type="text/event-stream")


def _own(topics: frozenset[str], caller: Caller) -> frozenset[str]:
    """Of notifications nobody hears but their own."""
    shared = frozenset(topic for topic in topics if topic.partition(":")[0] != "notifications")
    if "notifications" in topics and caller.member_id is not None:
        return shared | {topic_of(caller.member_id)}
    return shared


async def _events(
    live: Live, db: Database, caller: Caller, topics: frozenset[str], after: str | None
) -> AsyncIterator[bytes]:
    """Whoever is signed out hears no more: at once as a rule, after `_LOOK_AGAIN` if Redis was away."""
    yield b": connected\n\n"
    let_in_by = {caller.member_id, caller.key_id, caller.session_id if isinstance(caller, SignedIn) else None}
    looked_at = clock.now()
    async for event in live.read(caller.workspace_id, topics, after, by=frozenset(filter(None, let_in_by))):
        if event is None or clock.now() - looked_at > _LOOK_AGAIN:
            looked_at = clock.now()
            if not await still_let_in(db, caller):
                return
        yield _rendered(event) if event is not None else b": still here\n\n"


def _rendered(event: LiveEvent) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (event.id.encode(), event.type.encode(), event.data)
