"""The answer to one message as it comes, as server-sent events.

- `working`: the run has begun, or goes on; nothing to show but that somebody is at it.
- `partial` `{"text": …}`: a piece of the answer, to be put after those before. A node that makes its answer bit by
  bit says them as live events of the kind `partial` on its run's topic; they are shown and kept nowhere.
- `message`: the whole message with its answer, as it is stored. It has the last word, and ends the stream.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, cast

import orjson

from nodeloom.adapters.live import LiveEvent
from nodeloom.features.chats.models import ChatMessage
from nodeloom.features.chats.schemas import message_read
from nodeloom.features.chats.talk import Talk
from nodeloom.features.runs.answers import RunAnswer

# Then the page asks anew: no stream outlives a visitor for long.
_LONGEST_S: Final = 240.0


async def answer_events(talk: Talk, message: ChatMessage) -> AsyncIterator[bytes]:
    if message.status == "pending":
        yield _event("working", {})
        answer: RunAnswer | None = None
        async for heard in _heard(talk, message):
            if isinstance(heard, RunAnswer):
                answer = heard
            else:
                yield heard
        if answer is None:
            return
        await talk.settle(message, answer)
        message = await talk.message(message.id)
    yield _event("message", message_read(talk, message).model_dump(mode="json"))


async def _heard(talk: Talk, message: ChatMessage) -> AsyncIterator["bytes | RunAnswer"]:
    """What is said on the way, then the answer; without it if it takes too long or this process ends."""
    topics = frozenset({f"run:{message.run_id}"})
    events = talk.hosting.live.read(talk.trigger.workspace_id, topics, None)
    answering = asyncio.create_task(talk.hosting.answer(message.run_id, _LONGEST_S))
    hearing = asyncio.create_task(_next(events))
    try:
        while True:
            await asyncio.wait({answering, hearing}, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                heard = hearing.result()
                if isinstance(heard, _Over):
                    return
                yield _said(heard)
                hearing = asyncio.create_task(_next(events))
            elif (answer := answering.result()) is not None:
                yield answer
                return
            else:
                return
    finally:
        for task in (answering, hearing):
            task.cancel()
        await asyncio.gather(answering, hearing, return_exceptions=True)


class _Over:
    """No more events come."""


async def _next(events: AsyncIterator[LiveEvent | None]) -> "LiveEvent | _Over | None":
    return await anext(events, _Over())


def _said(event: LiveEvent | None) -> bytes:
    if event is None:
        return b": still here\n\n"
    if event.type != "partial":
        return _event("working", {})
    data: Any = orjson.loads(event.data)
    text = cast("dict[str, Any]", data).get("text") if isinstance(data, dict) else None
    return _event("partial", {"text": text if isinstance(text, str) else ""})


def _event(kind: str, data: dict[str, Any]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), orjson.dumps(data))
