"""Speaks to a service of Google: requests built by its description, sent through the guarded client."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from nodeloom_connectors.google.discovery import build, built
from nodeloom_connectors.google.failures import Asked, refusal, translated
from nodeloom_connectors.sdk import Refused

if TYPE_CHECKING:
    import httpx2
    from googleapiclient.http import HttpRequest

    from nodeloom_connectors.google.discovery import Api, Service
    from nodeloom_connectors.sdk import Access, OAuth2Token

# An attachment of 25 MB comes as 34 MB of base64url.
_MOST = 64 * 1024 * 1024
_ERROR_MOST = 64 * 1024
_LARGE = 1024 * 1024
_ESCAPED_SURROGATE = b"\\ud"
# Content may take so many times as long as a plain call.
_CONTENT_TIMES = 30
# Methods that are sent by POST and only say how something shall be.
_SAYS_HOW = frozenset({"modify", "batchModify", "trash", "untrash", "clear", "batchClear"})


@dataclass(frozen=True)
class _Status:
    """All that the library wants to know of an answer."""

    status: int


@dataclass(frozen=True)
class Content:
    """What is uploaded; its size must be known."""

    media_type: str
    size: int
    chunks: AsyncIterator[bytes]


class GoogleClient:
    """`setting` names the installation's setting that replaces Google's own address."""

    def __init__(self, access: Access[OAuth2Token], api: Api, setting: str = "api_url") -> None:
        self._http = access.http
        self._token = access.secret.access_token.get_secret_value()
        self._api = api
        self._address = access.settings.get(setting)
        self._timeout_s = float(access.settings.get("timeout_s", "60"))

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method by the name that Google's description gives it ("users.messages.get")."""
        request, asked = await self._prepared(method, arguments)
        content = request.body.encode() if isinstance(request.body, str) else request.body
        async with self._answered(asked, request.method, request.uri, request.headers, content) as response:
            body = await _whole(asked, response)
        return await self._read(request, asked, response.status_code, body)

    @asynccontextmanager
    async def download(self, method: str, **arguments: Any) -> AsyncGenerator[AsyncIterator[bytes]]:
        """The content behind a method instead of its description, as it comes."""
        request, asked = await self._prepared(method, arguments)
        uri = request.uri.replace("alt=json", "alt=media")
        allowed_s = _CONTENT_TIMES * self._timeout_s
        async with self._answered(asked, request.method, uri, {}, None, timeout_s=allowed_s) as response:
            yield response.aiter_bytes()

    async def upload(self, method: str, content: Content, **arguments: Any) -> dict[str, Any]:
        """Send content together with what the arguments say of it (uploadType=multipart)."""
        request, asked = await self._prepared(method, arguments)
        path = request.uri.partition("//")[2].partition("/")[2]
        uri = f"{request.uri.removesuffix(path)}upload/{path}&uploadType=multipart"
        boundary = uuid.uuid4().hex
        described = request.body or "{}"
        head = (
            f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{described}\r\n"
            f"--{boundary}\r\nContent-Type: {content.media_type}\r\n\r\n"
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        headers = {
            **request.headers,
            "content-type": f"multipart/related; boundary={boundary}",
            "content-length": str(len(head) + content.size + len(tail)),
        }
        body = _between(head, content.chunks, tail)
        allowed_s = _CONTENT_TIMES * self._timeout_s
        async with self._answered(asked, request.method, uri, headers, body, timeout_s=allowed_s) as response:
            answer = await _whole(asked, response)
        return await self._read(request, asked, response.status_code, answer)

    async def _prepared(self, method: str, arguments: Mapping[str, Any]) -> tuple[HttpRequest, Asked]:
        service = await self._service()
        request = service.request(method, arguments)
        says_how = method.rpartition(".")[2] in _SAYS_HOW
        repeatable = request.method in ("GET", "PUT", "PATCH") or says_how
        reads = request.method == "GET"
        return request, Asked(self._api.title, reads, repeatable, service.scopes(method))

    async def _service(self) -> Service:
        return built(self._api, self._address) or await asyncio.to_thread(build, self._api, self._address)

    @asynccontextmanager
    async def _answered(
        self,
        asked: Asked,
        method: str,
        uri: str,
        headers: Mapping[str, str],
        content: bytes | AsyncIterator[bytes] | None,
        *,
        timeout_s: float | None = None,
    ) -> AsyncGenerator[httpx2.Response]:
        """A successful answer with its body still to be read."""
        authorized = {**headers, "authorization": f"Bearer {self._token}", "user-agent": "Nodeloom"}
        allowed_s = timeout_s or self._timeout_s
        with translated(asked, allowed_s):
            async with (
                asyncio.timeout(allowed_s),
                self._http.stream(method, uri, headers=authorized, content=content) as response,
            ):
                if not response.is_success:
                    body = await _beginning(response)
                    raise refusal(asked, response.status_code, response.headers, body.replace(self._secret, b"***"))
                yield response

    @property
    def _secret(self) -> bytes:
        return self._token.encode() or b"\0"

    async def _read(self, request: HttpRequest, asked: Asked, status: int, body: bytes) -> dict[str, Any]:
        text = f"{self._api.title} answered with something that can't be read."
        try:
            if len(body) > _LARGE:
                answer = await asyncio.to_thread(request.postproc, _Status(status), body)
            else:
                answer = request.postproc(_Status(status), body)
        except ValueError as error:
            raise asked.unclear(text) from error
        # A method that has nothing to say answers with nothing; what isn't JSON comes back as it is.
        if answer and not isinstance(answer, dict):
            raise asked.unclear(text)
        given = cast("dict[str, Any]", answer or {})
        return _whole_characters(given) if _ESCAPED_SURROGATE in body else given


async def _whole(asked: Asked, response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MOST:
            text = f"{asked.title} answered with more than {_MOST // 1024 // 1024} MB."
            if asked.repeatable:
                raise Refused(text, "response_too_large", hint="Ask for less at once.")
            raise asked.unclear(text)
    return bytes(body)


async def _between(head: bytes, chunks: AsyncIterator[bytes], tail: bytes) -> AsyncIterator[bytes]:
    yield head
    async for chunk in chunks:
        yield chunk
    yield tail


def _whole_characters(answer: dict[str, Any]) -> dict[str, Any]:
    """JSON can name half a character, which no text can hold."""
    return json.loads(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


async def _beginning(response: httpx2.Response) -> bytes:
    """What is over the first kilobytes of a refusal is never read."""
    body = bytearray()
    async for chunk in response.aiter_bytes(16_384):
        body += chunk
        if len(body) >= _ERROR_MOST:
            break
    return bytes(body)
