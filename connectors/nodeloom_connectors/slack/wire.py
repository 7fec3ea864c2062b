"""Sends what slack_sdk makes of a call through the guarded client, and reads what Slack answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import urlencode

import httpx2
from typing_extensions import override

from nodeloom_connectors.sdk import masked
from nodeloom_connectors.slack.failures import refusal, translated, unclear

_LARGEST = 8 * 1024 * 1024
# Slack answers these to a POST, but they change nothing that anybody sees.
_HARMLESS = {"auth.test", "chat.scheduledMessages.list", "conversations.open", "files.getUploadURLExternal"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    data: dict[str, Any]


@dataclass(frozen=True)
class Wire:
    http: httpx2.AsyncClient
    base_url: str
    secrets: tuple[str, ...]
    within_s: float = 30.0

    @property
    def host(self) -> str:
        return httpx2.URL(self.base_url).host

    async def call(self, verb: str, url: str, given: Mapping[str, Any]) -> Answer:
        """One try. What isn't ok is raised."""
        method = url.removeprefix(self.base_url)
        harmless = verb == "GET" or method in _HARMLESS
        with translated(self.host, self.within_s, harmless=harmless):
            async with asyncio.timeout(self.within_s), self.opened(self._request(verb, url, given)) as response:
                content = await _whole(response, harmless=harmless)
        data = self._data(content)
        if data is None and response.is_success:
            raise unclear("Slack's answer can't be read.", harmless=harmless)
        if data is None or not response.is_success or data.get("ok") is not True:
            raise refusal(method, data or {}, response.headers, response.status_code, harmless=harmless)
        return Answer(response.status_code, response.headers, data)

    @asynccontextmanager
    async def opened(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Response]:
        """The answer, its body still to be read. Redirects are never followed: the token must not travel."""
        response = await self.http.send(request, stream=True, follow_redirects=False)
        try:
            yield response
        finally:
            await response.aclose()

    def _request(self, verb: str, url: str, given: Mapping[str, Any]) -> httpx2.Request:
        """What slack_sdk puts into the query of a POST goes as a form: Slack takes it, and proxies don't log it."""
        # slack_sdk would say which Python and which system calls.
        headers = {**cast("dict[str, str]", given["headers"]), "User-Agent": "Nodeloom"}
        params, form = (
            cast("dict[str, Any]", given.get("params") or {}),
            cast("dict[str, Any]", given.get("data") or {}),
        )
        if verb == "GET":
            return self.http.build_request(verb, f"{url}?{_encoded(params)}", headers=headers)
        if given.get("json") is not None:
            # With ASCII alone in it half a surrogate pair, too, is something that can be sent.
            return self.http.build_request(verb, url, content=json.dumps(given["json"]).encode(), headers=headers)
        return self.http.build_request(verb, url, content=_encoded({**params, **form}).encode(), headers=headers)

    def _data(self, content: bytes) -> dict[str, Any] | None:
        """The answer without the connection's tokens, whatever echoes them."""
        try:
            data: object = json.loads(masked(content.decode("utf-8", "replace"), self.secrets))
        except (ValueError, RecursionError):
            return None
        return cast("dict[str, Any]", data) if isinstance(data, dict) else None


async def _whole(response: httpx2.Response, *, harmless: bool) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _LARGEST:
            raise unclear(f"Slack's answer is larger than {_LARGEST >> 20} MB.", harmless=harmless)
    return bytes(content)


def _encoded(arguments: Mapping[str, Any]) -> str:
    texts = {
        name: value if isinstance(value, str | int | float) else json.dumps(value) for name, value in arguments.items()
    }
    return urlencode(texts, errors="replace")


def web_client(wire: Wire, token: str) -> Any:
    """slack_sdk's client with our wire under it: no retries of its own, no session, no proxy of the environment."""
    client = _web_client()(token, wire.base_url, retry_handlers=[])
    client.wire = wire
    return client


@cache
def _web_client() -> Any:
    """slack_sdk and the aiohttp behind it take their time to be imported, so they wait for the first call."""
    from slack_sdk.web.async_client import AsyncWebClient

    class WiredClient(AsyncWebClient):
        wire: Wire

        @override
        async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
            answer = await self.wire.call(http_verb, api_url, req_args)
            return {"data": answer.data, "headers": answer.headers, "status_code": answer.status}

    return WiredClient
