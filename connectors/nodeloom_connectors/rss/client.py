"""A feed over the guarded client: redirects followed by hand, no more read than a feed may be long."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx2

from nodeloom_connectors.sdk import ConnectorError, Refused, RetryLater, retry_after

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import Access

MOST_BYTES = 10 * 1024 * 1024
_TIMEOUT_S = 60.0
_MOST_REDIRECTS = 5
_HEADERS = {
    "accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1",
    "accept-encoding": "gzip, deflate",
    "user-agent": "Nodeloom",
}


@dataclass(frozen=True)
class Document:
    """What was at the address, with what tells later whether it has changed."""

    url: str
    content: bytes
    media_type: str
    etag: str
    modified: str


class Feeds:
    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def document(self, url: str, etag: str = "", modified: str = "") -> Document | None:
        """None if it is still what it was."""
        place = _url(url)
        conditions = {"if-none-match": etag, "if-modified-since": modified}
        asked = {**_HEADERS, **{name: text for name, text in conditions.items() if text}}
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                return await self._followed(place, asked)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise RetryLater(f"{place.host} did not answer within {_TIMEOUT_S:g} s.") from error
        except httpx2.DecodingError as error:
            raise Refused(f"The answer of {place.host} can't be decompressed.", "invalid_answer") from error
        except (httpx2.TransportError, OSError) as error:
            text = f"{place.host} can't be reached: {error or type(error).__name__}"
            raise RetryLater(text, nothing_happened=True, hint="Check the address.") from error

    async def _followed(self, url: httpx2.URL, headers: dict[str, str]) -> Document | None:
        for _ in range(_MOST_REDIRECTS + 1):
            response = await self._http.send(httpx2.Request("GET", url, headers=headers), stream=True)
            try:
                if not response.has_redirect_location:
                    return await _document(response)
                url = _url(str(url.join(response.headers["location"])))
            finally:
                await response.aclose()
        raise Refused(f"More than {_MOST_REDIRECTS} redirects.", "too_many_redirects", hint="Check the address.")


async def _document(response: httpx2.Response) -> Document | None:
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        return None
    if not response.is_success:
        raise _refusal(response)
    content = b""
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise Refused(f"The feed is longer than {MOST_BYTES // 1024 // 1024} MB.", "feed_too_long")
    return Document(
        url=str(response.url),
        content=content,
        media_type=response.headers.get("content-type", ""),
        etag=response.headers.get("etag", "")[:500],
        modified=response.headers.get("last-modified", "")[:100],
    )


def _refusal(response: httpx2.Response) -> ConnectorError:
    host, status = response.url.host, response.status_code
    text = f"{host} answered {status} {response.reason_phrase}".rstrip() + "."
    if status == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error:
        return RetryLater(text, retry_after(response.headers), nothing_happened=True)
    return Refused(text, f"http_{status}", {"status": status}, hint="Check the address of the feed.")


def _url(text: str) -> httpx2.URL:
    try:
        url = httpx2.URL(text.strip())
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise Refused(f"{text[:100]!r} is not an address.", "bad_url", hint="Write https://…") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise Refused(f"{text[:100]!r} is not an address on the web.", "bad_url", hint="Write https://…")
    return url


def connect(access: Access[None]) -> Feeds:
    return Feeds(access.http)
