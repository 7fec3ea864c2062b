"""How a stand-in is served: HTTP on a free port of 127.0.0.1, in a thread of its own.

A thread, so that one stand-in serves a browser test, an asyncio test and the processes of the product alike, and goes
on answering while the test itself waits for something.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qsl

from tests.support.far_side import Reply, Seen


class Lost(Enum):
    """No answer: the connection is cut, or kept open in silence until the other side gives up."""

    CUT = "cut"
    SILENCE = "silence"


@dataclass(frozen=True)
class Raw:
    """An answer that writes itself, byte by byte; the connection is cut after it."""

    write: Callable[[asyncio.StreamWriter], Awaitable[None]]


class StandIn(Protocol):
    """What is served. `url` is set before the first request."""

    url: str

    async def answer(self, seen: Seen, /) -> Reply | Lost | Raw: ...


@contextmanager
def served(stand_in: StandIn) -> Generator[None]:
    """Serves until the block ends; connections that are still open then are cut."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name=type(stand_in).__name__, daemon=True)
    thread.start()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _converse(stand_in, reader, writer)
        finally:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def end(server: asyncio.Server) -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, "127.0.0.1", 0), loop).result()
    stand_in.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _converse(stand_in: StandIn, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while (seen := await _read(reader)) is not None:
        reply = await stand_in.answer(seen)
        if reply is Lost.CUT:
            return
        if isinstance(reply, Raw):
            await reply.write(writer)
            return
        if isinstance(reply, Lost):
            await reader.read()
            return
        writer.write(_bytes_of(reply, head_only=seen.method == "HEAD"))
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Seen | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Seen(method, target, headers, await _chunks(reader))
    return Seen(method, target, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def _bytes_of(reply: Reply, *, head_only: bool) -> bytes:
    headers = {"Content-Length": str(len(reply.body)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items())])
    return head.encode("latin-1") + b"\r\n\r\n" + (b"" if head_only else reply.body)


def form_of(seen: Seen) -> Mapping[str, str]:
    """The fields of a form body; of a field that came twice the last."""
    media_type = seen.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl(seen.body.decode(), keep_blank_values=True))


def lists_of(seen: Seen) -> Mapping[str, list[str]]:
    """The fields of a form body, each with all its values."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(seen.body.decode(), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields
