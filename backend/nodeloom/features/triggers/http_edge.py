"""Requests read from ASGI and replies written to it, without a framework between."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.types import Receive, Scope, Send

from nodeloom.features.triggers import replies
from nodeloom.features.triggers.incoming import header_map
from nodeloom.features.triggers.replies import Reply, StoredFile

OpenFile: TypeAlias = Callable[[str, StoredFile], AsyncGenerator[bytes]]
"""The bytes of a workspace's artifact."""

# What a workflow answers must never act as a page of the product (hence the sandbox), nor be guessed to be one.
_ALWAYS = (
    (b"content-security-policy", b"sandbox"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)


class CallerLeft(Exception):
    """The connection closed before the request was whole: nothing was accepted, nobody is left to be told."""


class TooLarge(Exception):
    """The body is larger than the installation takes."""


@dataclass(frozen=True, slots=True)
class HookRequest:
    method: str
    path: str
    headers: dict[str, str]
    query_string: bytes


def hook_request(scope: Scope, path: str) -> HookRequest:
    return HookRequest(scope["method"], path, header_map(scope["headers"]), scope["query_string"])


async def read_all(request: HookRequest, receive: Receive, limit: int) -> bytes:
    """The whole body; raises TooLarge as soon as that is known, CallerLeft where it breaks off."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise TooLarge
    message = await _next(receive)
    if not message.get("more_body"):
        return _within(message.get("body", b""), limit)
    chunks = [message.get("body", b"")]
    size = len(chunks[0])
    while message.get("more_body"):
        message = await _next(receive)
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise TooLarge
    return b"".join(chunks)


async def send_reply(send: Send, reply: Reply, workspace_id: str | None, open_file: OpenFile) -> None:
    if isinstance(reply.body, bytes):
        await _send_start(send, reply, len(reply.body))
        await send({"type": "http.response.body", "body": reply.body})
        return
    assert workspace_id is not None  # only a workspace's run answers with a file
    chunks = open_file(workspace_id, reply.body)
    first = await anext(chunks, b"")
    await _send_start(send, reply, reply.body.size)
    await send({"type": "http.response.body", "body": first, "more_body": True})
    async for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _send_start(send: Send, reply: Reply, length: int) -> None:
    headers = [*_ALWAYS, (b"content-length", b"%d" % length)]
    if reply.media_type:
        headers.append((b"content-type", reply.media_type.encode("latin-1", "replace")))
    headers.extend((name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items())
    if reply.status in replies.BODILESS:
        headers = [header for header in headers if header[0] != b"content-length"]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})


async def _next(receive: Receive) -> Any:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise CallerLeft
    return message


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise TooLarge
    return body
