"""The one adapter to Trello: time limits, a base address, credentials in headers, nothing secret in a text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

import httpx2
from pydantic import BaseModel, TypeAdapter, ValidationError

from nodeloom_connectors.sdk import Refused, masked, secret_values
from nodeloom_connectors.trello.auth import authorize_by, webhook_secrets
from nodeloom_connectors.trello.failures import refusal, translated, unclear
from nodeloom_connectors.trello.py_trello import Desk, Request, desk, taken_down

if TYPE_CHECKING:
    from pydantic import JsonValue

    from nodeloom_connectors.sdk import Access

_API = "https://api.trello.com/1"
_MOST = 32 * 1024 * 1024
_EXCERPT = 500
# A file may take so many times as long as a plain call.
_FILE_TIMES = 10
_REDIRECTS = 3

AnswerT = TypeVar("AnswerT")


class TrelloClient:
    """Calls answer with JSON, or as a model or list of models where one is given."""

    def __init__(self, access: Access[Any]) -> None:
        self._http = access.http
        self._base = access.settings.get("api_url", _API).rstrip("/")
        self._timeout_s = float(access.settings.get("timeout_s", "60"))
        self._authorize = authorize_by(access.secret, access.app)
        self.webhook_secrets = webhook_secrets(access.secret, access.app)
        own = secret_values(access.secret) if isinstance(access.secret, BaseModel) else ()
        self._secrets = {form for secret in (*own, *self.webhook_secrets) for form in (secret, quote(secret, safe=""))}

    async def get(self, shape: type[AnswerT], path: str, **query: str) -> AnswerT:
        return self.read("GET", shape, await self.send(Request("GET", path, query)))

    async def post(self, shape: type[AnswerT], path: str, **body: JsonValue) -> AnswerT:
        return self.read("POST", shape, await self.send(Request("POST", path, body=body)))

    async def put(self, shape: type[AnswerT], path: str, **body: JsonValue) -> AnswerT:
        return self.read("PUT", shape, await self.send(Request("PUT", path, body=body)))

    async def delete(self, path: str) -> None:
        await self.send(Request("DELETE", path))

    async def dictated(self, shape: type[AnswerT], say: Callable[[Desk], object]) -> AnswerT:
        """py-trello says what to ask for."""
        if desk.cache_info().currsize == 0:
            await asyncio.to_thread(desk)
        request = taken_down(say)
        return self.read(request.method, shape, await self.send(request))

    async def send(self, request: Request) -> JsonValue:
        content = None if request.body is None else json.dumps(request.body).encode()
        headers = {} if content is None else {"content-type": "application/json; charset=utf-8"}
        async with self._answered(request.method, self._url(request), headers, content) as response:
            return await self._json(request.method, response)

    async def upload(self, path: str, content: AsyncIterator[bytes], headers: Mapping[str, str]) -> JsonValue:
        """A POST whose body is already written down, with its type and length."""
        async with self._answered("POST", self._base + path, headers, content, times=_FILE_TIMES) as response:
            return await self._json("POST", response)

    @asynccontextmanager
    async def download(self, path: str) -> AsyncGenerator[AsyncIterator[bytes]]:
        """A file as it comes. Where Trello leads to a storage of others, the credentials stay behind."""
        url, home = self._base + path, self._base
        for _ in range(_REDIRECTS):
            async with self._sent(
                "GET", url, {}, None, times=_FILE_TIMES, known=url.startswith(f"{home}/")
            ) as response:
                if not 300 <= response.status_code < 400 or "location" not in response.headers:
                    await self._refuse("GET", response)
                    yield response.aiter_bytes()
                    return
                url = str(response.url.join(response.headers["location"]))
        raise Refused("Trello leads in a circle to this file.", "redirected")

    def read(self, method: str, shape: type[AnswerT], answer: JsonValue) -> AnswerT:
        """The answer as a model; one of another form is as good as none."""
        try:
            return _reader(shape).validate_python(answer)
        except ValidationError as error:
            raise unclear(method, "Trello answered with something else than what was asked for.") from error

    def _url(self, request: Request) -> str:
        return self._base + request.path + (f"?{urlencode(request.query)}" if request.query else "")

    @asynccontextmanager
    async def _answered(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | AsyncIterator[bytes] | None,
        *,
        times: float = 1,
    ) -> AsyncGenerator[httpx2.Response]:
        """A successful answer with its body still to be read."""
        async with self._sent(method, url, headers, content, times=times) as response:
            await self._refuse(method, response)
            yield response

    @asynccontextmanager
    async def _sent(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | AsyncIterator[bytes] | None,
        *,
        times: float = 1,
        known: bool = True,
    ) -> AsyncGenerator[httpx2.Response]:
        allowed_s = self._timeout_s * times
        credentials = {"authorization": self._authorize(method, url)} if known else {}
        sent = {"accept": "*/*" if times > 1 else "application/json", **headers, **credentials}
        with translated(method, allowed_s):
            async with (
                asyncio.timeout(allowed_s),
                self._http.stream(method, url, headers=sent, content=content, timeout=_limits(allowed_s)) as response,
            ):
                yield response

    async def _refuse(self, method: str, response: httpx2.Response) -> None:
        if response.is_success:
            return
        said = await self._beginning(response)
        raise refusal(method, response.status_code, response.headers, said)

    async def _beginning(self, response: httpx2.Response) -> str:
        """What Trello says to a refusal, in one line and without what it may repeat of ours."""
        media_type = response.headers.get("content-type", "")
        if "html" in media_type:
            return ""
        body = b""
        async for chunk in response.aiter_bytes(4096):
            body += chunk
            if len(body) >= 8 * _EXCERPT:
                break
        return masked(" ".join(body.decode(errors="replace").split())[:_EXCERPT], self._secrets)

    async def _json(self, method: str, response: httpx2.Response) -> JsonValue:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _MOST:
                text = f"Trello answered with more than {_MOST // 1024 // 1024} MB."
                if method == "GET":
                    raise Refused(text, "response_too_large", hint="Ask for less at once.")
                raise unclear(method, text)
        try:
            # Some of Trello's DELETEs answer with nothing at all.
            return json.loads(body) if body.strip() else {}
        except ValueError as error:
            raise unclear(method, "Trello answered with something that can't be read.") from error


@cache
def _reader(shape: Any) -> TypeAdapter[Any]:
    """Takes longer to make than to use."""
    return TypeAdapter(shape)


def _limits(allowed_s: float) -> httpx2.Timeout:
    # Connecting gets less than the whole, so that it is known to have failed before anything was sent.
    early = min(10.0, allowed_s * 0.8)
    return httpx2.Timeout(allowed_s, connect=early, pool=early)
