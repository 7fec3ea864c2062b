"""Everything under /chat: the page, what it says, and what comes back."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, UploadFile
from starlette.responses import Response, StreamingResponse

from nodeloom.features.accounts.origin import address, check_origin
from nodeloom.features.accounts.visits import Visitor, member_at
from nodeloom.features.chats import page
from nodeloom.features.chats.errors import BadMessage, NoSuchChat, NotAMember, NoToken, TooOften
from nodeloom.features.chats.schemas import BASE, ChatMessageRead, ChatMessages, message_read
from nodeloom.features.chats.stream import answer_events
from nodeloom.features.chats.talk import Talk
from nodeloom.features.hosted import notes
from nodeloom.features.hosted.parts import Hosted
from nodeloom.features.triggers.pages import PageTrigger
from nodeloom.graph.addresses import claim_of
from nodeloom.graph.item import ArtifactRef
from nodeloom.nodes.chats import ChatParams

router = APIRouter(tags=["pages"], include_in_schema=False)

_TYPE: Final = "core.chat"
_WHAT: Final = "chat"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32,64}")
_LONGEST: Final = 10_000
_MOST_FILES: Final = 5
_CHUNK: Final = 256 * 1024
# A whole office may sit behind one address; one program must not take all connections.
_MOST_STREAMS: Final = 50
_STREAM_WAIT_S: Final = 10

MessageId = Annotated[str, Query(pattern=r"^[!-~]{1,100}$")]


async def _talk(
    request: Request,
    hosting: Hosted,
    at: Annotated[str, Query(max_length=300)],
    x_chat_token: Annotated[str, Header(max_length=100)] = "",
) -> Talk:
    """Whose talk it is. The header is one that no page of another site can send."""
    if not _TOKEN.fullmatch(x_chat_token):
        raise NoToken
    trigger = await hosting.triggers.find(claim_of(_TYPE, at), ChatParams)
    if trigger is None:
        raise NoSuchChat
    visitor: Visitor | None = None
    if trigger.params.access == "members":
        check_origin(request)
        visitor = await member_at(request, trigger.workspace_id)
        if visitor is None:
            raise NotAMember
    return Talk(hosting, trigger, x_chat_token, visitor)


Talking = Annotated[Talk, Depends(_talk)]


@router.get("/chat/-/messages")
async def list_chat_messages(talk: Talking) -> ChatMessages:
    """What was said so far."""
    return ChatMessages(messages=[message_read(talk, message) for message in await talk.messages()])


@router.post("/chat/-/messages", status_code=201)
async def send_chat_message(
    talk: Talking,
    request: Request,
    id: Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")],  # noqa: A002  what the page calls it
    text: Annotated[str, Form()] = "",
    files: Annotated[list[UploadFile] | None, File()] = None,
) -> ChatMessageRead:
    """One message; the same `id` again changes nothing. Its answer comes by its events."""
    sent = files or []
    if len(text) > _LONGEST:
        raise BadMessage(f"At most {_LONGEST:,} characters; these are {len(text):,}.")
    if not text.strip() and not sent:
        raise BadMessage("There is nothing in it.")
    if sent and not talk.trigger.params.files:
        raise BadMessage("This chat takes no files.")
    if len(sent) > _MOST_FILES:
        raise BadMessage(f"At most {_MOST_FILES} files come with a message; these are {len(sent)}.")
    await _count(talk, request)
    stored = [await _store(talk, file) for file in sent]
    plain = text.replace("\0", "").replace("\r\n", "\n").encode(errors="replace").decode()
    return message_read(talk, await talk.say(plain, stored, id))


@router.post("/chat/-/messages/retry")
async def retry_chat_message(talk: Talking, request: Request, id: MessageId) -> ChatMessageRead:  # noqa: A002
    """Another run for a message that could not be answered."""
    await _count(talk, request)
    return message_read(talk, await talk.say_again(id))


@router.get("/chat/-/events")
async def stream_chat_answer(talk: Talking, request: Request, id: MessageId) -> StreamingResponse:  # noqa: A002
    """The answer to one message as it comes: `working`, `partial`, `message`."""
    listener = address(request)
    if talk.hosting.streams[listener] >= _MOST_STREAMS:
        raise TooOften(_STREAM_WAIT_S)
    message = await talk.message(id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _counted(talk, listener, answer_events(talk, message)), 200, headers, media_type="text/event-stream"
    )


@router.get("/chat/{path:path}")
async def show_chat(path: str, request: Request, hosting: Hosted) -> Response:
    """The page, or a file that was said in it."""
    if path.startswith("-/files/"):
        return await hosting.file(path.removeprefix("-/files/"))
    trigger = await hosting.triggers.find(claim_of(_TYPE, path), ChatParams)
    if trigger is None:
        return notes.not_found(_WHAT)
    look = await hosting.look(trigger.workspace_id)
    if trigger.params.access == "members" and await member_at(request, trigger.workspace_id) is None:
        return notes.sign_in_first(look, _WHAT, _address(trigger))
    return page.chat_page(trigger.params, look)


async def _counted(talk: Talk, listener: str, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    streams = talk.hosting.streams
    streams[listener] += 1
    try:
        async for event in events:
            yield event
    finally:
        streams[listener] -= 1
        if streams[listener] <= 0:
            del streams[listener]


async def _count(talk: Talk, request: Request) -> None:
    wait_s = await talk.hosting.wait_s(request, talk.trigger.claim, talk.trigger.params.per_minute)
    if wait_s:
        raise TooOften(wait_s)


async def _store(talk: Talk, file: UploadFile) -> ArtifactRef:
    name, media_type = (file.filename or "file")[:300], (file.content_type or "application/octet-stream")[:200]
    stored = await talk.hosting.artifacts.store(talk.trigger.workspace_id, _chunks(file), name, media_type)
    return ArtifactRef(stored.id, stored.name, stored.media_type, stored.size)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK):
        yield chunk


def _address(trigger: PageTrigger[ChatParams]) -> str:
    return f"{BASE}{trigger.claim.removeprefix('-' + BASE)}"
