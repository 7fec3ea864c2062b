"""/events: what happens now, as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from nodeloom.adapters.live import Live, LiveEvent
from nodeloom.features.accounts.caller import Viewer

router = APIRouter(tags=["events"])

_MOST_TOPICS = 50


def _live(request: Request) -> Live:
    return request.app.state.live


@router.get("/events", responses={200: {"content": {"text/event-stream": {}}}})
async def stream_events(
    caller: Viewer,
    live: Annotated[Live, Depends(_live)],
    topics: Annotated[str, Query(max_length=5_000)] = "runs",
    last_event_id: Annotated[str | None, Header(max_length=50, pattern=r"^\d+-\d+$")] = None,
) -> StreamingResponse:
    """Topics by comma: `run:ID`, `workflow:ID`, `runs`. Events: `run`, `node_run`, `workflow`, `log`, `reset`."""
    wanted = frozenset([topic.strip() for topic in topics.split(",") if topic.strip()][:_MOST_TOPICS])
    body = _events(live, caller.workspace_id, wanted, last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(body, 200, headers, media_type="text/event-stream")


async def _events(live: Live, workspace_id: str, topics: frozenset[str], after: str | None) -> AsyncIterator[bytes]:
    yield b": connected\n\n"
    async for event in live.read(workspace_id, topics, after):
        yield _rendered(event) if event is not None else b": still here\n\n"


def _rendered(event: LiveEvent) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (event.id.encode(), event.type.encode(), event.data)
