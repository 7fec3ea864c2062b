"""Slack behind one connection: its methods, the files, and what a person calls a channel."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import httpx2

from nodeloom_connectors.sdk import OAuth2Token, Reconnect, Refused, secret_values
from nodeloom_connectors.slack.auth import USER_TOKEN, SlackToken
from nodeloom_connectors.slack.failures import missing_scope, refusal, translated
from nodeloom_connectors.slack.wire import Wire, web_client

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import Access

_API_URL = "https://slack.com/api/"
_ID = re.compile(r"[CDG][A-Z0-9]{6,}")
_PERSON_ID = re.compile(r"[UW][A-Z0-9]{4,}")
_MENTION = re.compile(r"<#([CDG][A-Z0-9]+)(?:\|[^>]*)?>")
_FILES_WITHIN_S = 600.0
_PAGE = 200
_EVERYTHING = "public_channel,private_channel"

Page = Callable[[str | None], Awaitable[Any]]


class SlackClient:
    """`web` asks as the app, `as_person` as the person who connected it: slack_sdk's `AsyncWebClient`.

    They are `Any` since slack_sdk leaves a part of each method's signature untyped, which a strict checker refuses
    everywhere; a test compares the arguments with the signatures.
    """

    def __init__(self, access: Access[OAuth2Token | SlackToken]) -> None:
        secrets = secret_values(access.secret)
        self.wire = Wire(access.http, _base_url(access.settings), secrets)
        self._token, self._persons_token = _tokens(access.secret)

    @cached_property
    def web(self) -> Any:
        return web_client(self.wire, self._token)

    @cached_property
    def as_person(self) -> Any:
        if self._persons_token is None:
            hint = "Connect Slack again and allow what the node needs: it acts as you, not as the app."
            raise Reconnect("This connection holds no token of a person.", token_is_good=True, hint=hint)
        return web_client(self.wire, self._persons_token)

    async def pages(self, ask: Page, field: str, limit: int) -> list[dict[str, Any]]:
        """What is listed under `field`, page after page, `limit` at most."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while len(found) < limit:
            answer = data_of(await ask(cursor))
            found.extend(rows(answer, field))
            cursor = next_cursor(answer)
            if cursor is None:
                break
        return found[:limit]

    async def channel_id(self, given: str, *, archived: bool = False) -> str:
        """The id of what a person wrote: an id, #name or a mention; somebody's id means the conversation with them."""
        name = given.strip()
        if mentioned := _MENTION.fullmatch(name):
            return mentioned[1]
        if _ID.fullmatch(name):
            return name
        if _PERSON_ID.fullmatch(name):
            return str(data_of(await self.web.conversations_open(users=name))["channel"]["id"])
        return await self._channel_named(name.removeprefix("#").lower(), archived=archived)

    async def _channel_named(self, name: str, *, archived: bool) -> str:
        cursor: str | None = None
        while True:
            answer = await self.list_channels(cursor, limit=1000, archived=archived)
            for channel in rows(answer, "channels"):
                if channel.get("name") == name:
                    return str(channel["id"])
            cursor = next_cursor(answer)
            if cursor is None:
                hint = "Choose it from the list. A private channel is only seen by an app that was invited to it."
                raise Refused(f"There is no channel #{name} that the app can see.", "channel_not_found", hint=hint)

    async def list_channels(
        self, cursor: str | None, *, limit: int = _PAGE, types: str = _EVERYTHING, archived: bool = False
    ) -> dict[str, Any]:
        """A page of channels; only the public ones where the app was not allowed to see others."""
        try:
            answer = await self.web.conversations_list(
                cursor=cursor, limit=limit, types=types, exclude_archived=not archived
            )
        except Reconnect as refused:
            if not refused.token_is_good or types == "public_channel" or "public_channel" not in types:
                raise
            return await self.list_channels(cursor, limit=limit, types="public_channel", archived=archived)
        return data_of(answer)

    async def upload(
        self, url: str, content: AsyncIterator[bytes], size: int, *, within_s: float = _FILES_WITHIN_S
    ) -> None:
        """To the address that Slack gave for it; nobody sees the file before the upload is completed."""
        request = self.wire.http.build_request(
            "POST",
            url,
            content=content,
            headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
            timeout=within_s,
        )
        with translated(request.url.host, within_s, harmless=True):
            async with asyncio.timeout(within_s), self.wire.opened(request) as response:
                if response.is_success:
                    return
        raise refusal("the upload of the file", {}, response.headers, response.status_code, harmless=True)

    @asynccontextmanager
    async def download(self, url: str, media_type: str) -> AsyncGenerator[AsyncIterator[bytes]]:
        """The bytes of a file; the token goes to Slack's own hosts alone."""
        request = self.wire.http.build_request("GET", self._own(url), timeout=_FILES_WITHIN_S)
        request.headers["Authorization"] = f"Bearer {self._token}"
        with translated(request.url.host, _FILES_WITHIN_S, harmless=True):
            async with asyncio.timeout(_FILES_WITHIN_S), self.wire.opened(request) as response:
                if response.is_redirect or _is_a_page(response, media_type):
                    # Without the right to it Slack shows the page to sign in, with the status 200 or as a redirect.
                    raise missing_scope("files:read", "files.info")
                if not response.is_success:
                    raise refusal("the file", {}, response.headers, response.status_code, harmless=True)
                yield response.aiter_bytes()

    async def respond(self, url: str, message: Mapping[str, Any]) -> None:
        """To the address that came with a command or a pressed button."""
        request = self.wire.http.build_request("POST", self._own(url), json=message)
        await posted(self.wire, request)

    def _own(self, url: str) -> httpx2.URL:
        """The address if it is Slack's, or of the host that stands for Slack in the settings."""
        try:
            parsed = httpx2.URL(url)
        except httpx2.InvalidURL as error:
            raise Refused("The address can't be read.", "invalid_url") from error
        base = httpx2.URL(self.wire.base_url)
        if (parsed.scheme, parsed.host, parsed.port) == (base.scheme, base.host, base.port):
            return parsed
        if parsed.scheme == "https" and parsed.host.endswith((".slack.com", ".slack-files.com")):
            return parsed
        hint = "Take the address from what Slack sent."
        raise Refused(f"{parsed.host or url[:60]} is not an address of Slack's.", "not_slack", hint=hint)


async def posted(wire: Wire, request: httpx2.Request) -> None:
    """To a response_url, which answers a status and nothing else."""
    with translated(request.url.host, wire.within_s, harmless=False):
        async with asyncio.timeout(wire.within_s), wire.opened(request) as response:
            if response.is_success:
                return
    if response.status_code == 404:
        hint = "Slack takes five answers within 30 minutes."
        raise Refused("The time to answer is over.", "expired_url", hint=hint)
    raise refusal("response_url", {}, response.headers, response.status_code, harmless=False)


def data_of(response: Any) -> dict[str, Any]:
    """What Slack answered; `response` is an `AsyncSlackResponse`."""
    return cast("dict[str, Any]", response.data)


def rows(answer: Mapping[str, Any], field: str) -> Sequence[dict[str, Any]]:
    listed = answer.get(field)
    return cast("list[dict[str, Any]]", listed) if isinstance(listed, list) else ()


def part(answer: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """An object within the answer; empty if there is none."""
    inner = answer.get(field)
    return cast("Mapping[str, Any]", inner) if isinstance(inner, Mapping) else {}


def next_cursor(answer: Mapping[str, Any]) -> str | None:
    cursor = part(answer, "response_metadata").get("next_cursor")
    return str(cursor) if cursor else None


def _base_url(settings: Mapping[str, str]) -> str:
    """The address of Slack's methods; a host alone means its /api/."""
    url = settings.get("api_url", _API_URL).rstrip("/")
    return f"{url}/" if httpx2.URL(url).path not in ("", "/") else f"{url}/api/"


def _tokens(secret: OAuth2Token | SlackToken) -> tuple[str, str | None]:
    """What the app asks with, and a person's own token if there is one; a person's may be all that there is."""
    if isinstance(secret, SlackToken):
        token = secret.token.get_secret_value().strip()
        return token, token if token.startswith("xoxp-") else None
    persons = secret.more.get(USER_TOKEN)
    return secret.access_token.get_secret_value(), persons.get_secret_value() if persons is not None else None


def _is_a_page(response: httpx2.Response, media_type: str) -> bool:
    return response.headers.get("content-type", "").startswith("text/html") and media_type != "text/html"
