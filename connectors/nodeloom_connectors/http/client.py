"""Sends one request through the guarded client: authorization, redirects, and every failure as an SDK error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx2

from nodeloom_connectors.http.failures import translated
from nodeloom_connectors.sdk import OutgoingRequest, Refused, masked

if TYPE_CHECKING:
    from nodeloom_connectors.http.body import Body
    from nodeloom_connectors.sdk import Access

_MAX_REDIRECTS = 5
# What says nothing of who calls. Any other header may be a key, whatever its name.
_KEPT_ACROSS_ORIGINS = frozenset(
    {
        "accept", "accept-charset", "accept-language", "cache-control", "content-language", "content-type",
        "idempotency-key", "if-modified-since", "if-none-match", "range", "user-agent",
    }
)  # fmt: skip
_DEFAULT_HEADERS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "Nodeloom"}


@dataclass(frozen=True)
class Call:
    """One request. `home` is the origin that may see the secret: that of the first URL, whatever it leads to."""

    method: str
    url: httpx2.URL
    home: str
    headers: Sequence[tuple[str, str]]
    body: Body | None
    timeout_s: float
    follow_redirects: bool = True


class HttpClient:
    """The client of `http.request`; its account, if there is one, only accompanies the requests."""

    def __init__(self, access: Access[None]) -> None:
        self._http = access.http
        self.authorize = access.authorize
        own = access.authorize.secrets if access.authorize else ()
        # A key in the query comes back as it was written there.
        self._secrets = {*own, *(quote(secret, safe="") for secret in own)}

    def masked(self, text: str, *, shortest: int = 4) -> str:
        """The text without the account's secrets, which a service may echo."""
        return masked(text, self._secrets, shortest=shortest)

    @asynccontextmanager
    async def send(self, call: Call) -> AsyncGenerator[httpx2.Response]:
        """The final answer with its body still to be read; all of it, reading included, within the timeout."""
        with translated(call.url.host, call.timeout_s) as journey:
            async with asyncio.timeout(call.timeout_s):
                for _ in range(_MAX_REDIRECTS + 1):
                    response = await self._http.send(await self._request(call), stream=True)
                    try:
                        following = redirected(call, response)
                        if following is None:
                            yield response
                            return
                    finally:
                        await response.aclose()
                    journey.carried_out |= following.method != call.method
                    journey.host = following.url.host
                    call = following
                hint = "The service sends the request in a circle: check the URL and the authentication."
                raise Refused(f"More than {_MAX_REDIRECTS} redirects.", "too_many_redirects", hint=hint)

    async def _request(self, call: Call) -> httpx2.Request:
        """Built by hand: a request made by the shared client would carry its cookies from one workflow to the next."""
        headers = _with(httpx2.Headers(_DEFAULT_HEADERS), call.headers)
        if call.body is not None:
            if call.body.media_type and (call.body.keep_media_type or "content-type" not in headers):
                headers = _with(headers, [("content-type", call.body.media_type)])
            headers["content-length"] = str(call.body.length)
        url, content = call.url, call.body.stream() if call.body else b""
        if self.authorize is not None and origin_of(call.url) == call.home:
            signed = await call.body.whole() if call.body and self.authorize.signs_body else b""
            authorized = self.authorize.apply(OutgoingRequest(call.method, str(url), dict(headers), signed))
            added = [(name, text) for name, text in authorized.headers.items() if headers.get(name) != text]
            self._secrets |= {form for _, text in added if not signed for form in (text, text.rpartition(" ")[2])}
            url, headers, content = httpx2.URL(authorized.url), _with(headers, added), signed or content
        return httpx2.Request(
            call.method, url, headers=headers, content=content, extensions={"timeout": _timeouts(call.timeout_s)}
        )


def _with(headers: httpx2.Headers, added: Sequence[tuple[str, str]]) -> httpx2.Headers:
    """The headers with those added, in place of any of the same name."""
    replaced = {name.lower().encode("latin-1", "replace") for name, _ in added}
    kept = [(name, value) for name, value in headers.raw if name.lower() not in replaced]
    return httpx2.Headers([*kept, *((_encoded(name), _encoded(text)) for name, text in added)])


def origin_of(url: httpx2.URL) -> str:
    return f"{url.scheme}://{url.host}:{url.port or {'http': 80, 'https': 443}.get(url.scheme)}"


def redirected(call: Call, response: httpx2.Response) -> Call | None:
    """The request that a redirect asks for; None if the response is the final one.

    Only 307 and 308 repeat the method and the body; after the others a GET follows (RFC 9110, 15.4).
    """
    if not call.follow_redirects or response.status_code not in (301, 302, 303, 307, 308):
        return None
    location = response.headers.get("location")
    if location is None:
        return None
    url = call.url.join(location)
    if url.scheme not in ("http", "https"):
        raise Refused(f"The service redirects to a {url.scheme} address.", "bad_redirect")
    call = moved(call, url)
    if response.status_code in (307, 308) or call.method in ("GET", "HEAD"):
        return call
    headers = [(name, value) for name, value in call.headers if not name.lower().startswith("content-")]
    return replace(call, method="GET", headers=headers, body=None)


def moved(call: Call, url: httpx2.URL) -> Call:
    """The same call to another address; at another origin it says nothing of who calls."""
    if origin_of(url) == origin_of(call.url):
        return replace(call, url=url)
    kept = [(name, value) for name, value in call.headers if name.lower() in _KEPT_ACROSS_ORIGINS]
    return replace(call, url=url, headers=kept)


def _timeouts(total_s: float) -> dict[str, float | None]:
    # Connecting gets less than the whole, so that it is known to have failed before anything was sent.
    early = min(10.0, total_s * 0.8)
    return httpx2.Timeout(total_s, connect=early, pool=early).as_dict()


def _encoded(text: str) -> bytes:
    if any(character in text for character in "\r\n\0"):
        raise Refused("A header holds a line break.", "invalid_header", hint="Remove the line break from the header.")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
