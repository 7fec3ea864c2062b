"""An HTTP proxy before a stand-in that does to chosen requests what networks and services do now and then."""

import asyncio
import gzip
import json
import socket
import struct
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import Enum
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

import httpx2

from tests.support.far_side import Reply, Seen
from tests.support.standins.calling import loopback_client
from tests.support.standins.either_way import either_way
from tests.support.standins.serving import Lost, Raw, served

Vendor = Literal["plain", "slack", "google", "trello"]


class Fault(Enum):
    """What goes wrong. Those in `ACTED` happen after the service has done what it was asked; the others before."""

    LIMITED_SECONDS = "429, Retry-After: 1"
    LIMITED_DATE = "429, Retry-After as a date"
    LIMITED_BARE = "429 without Retry-After"
    LIMITED_HOUR = "429, Retry-After: 3600"
    LIMITED_TRELLO = "429 as Trello sends it, without a header"
    LIMITED_GOOGLE = "403 rateLimitExceeded"
    INTERNAL = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    RESET_BEFORE = "reset before the service saw the request"
    RESET_AFTER = "reset after the service acted"
    SLOW_HEADERS = "the answer's head drips"
    SLOW_BODY = "the answer's body drips"
    ENDLESS_BODY = "the answer's body never ends"
    HTML = "200 with a page instead of data"
    TRUNCATED_JSON = "200 with half of the JSON"
    CUT_BODY = "the connection ends in the middle of the body"
    HUGE = "200 with 10 MB of JSON"
    GZIP_BOMB = "some hundred kB that become 100 MB"
    REDIRECT = "redirect to another host"
    EXPIRED = "the token has expired"
    REVOKED = "the token was revoked; at a token endpoint the grant"


ACTED = frozenset(
    {Fault.RESET_AFTER, Fault.SLOW_HEADERS, Fault.SLOW_BODY, Fault.HTML, Fault.TRUNCATED_JSON, Fault.CUT_BODY}
)
_STATUS = {
    Fault.INTERNAL: 500,
    Fault.BAD_GATEWAY: 502,
    Fault.UNAVAILABLE: 503,
    Fault.GATEWAY_TIMEOUT: 504,
}
_HUGE = 10_000_000
_BOMB = 100_000_000
_JSON = {"Content-Type": "application/json"}
_NOT_PASSED = ("connection", "content-length", "transfer-encoding", "content-encoding", "host", "keep-alive")


@dataclass
class _Rule:
    fault: Fault
    when: Callable[[Seen], bool]
    first: int
    last: float
    acted: bool
    matched: int = 0

    def strikes(self, seen: Seen) -> bool:
        if not self.when(seen):
            return False
        self.matched += 1
        return self.first <= self.matched <= self.last


@dataclass
class FaultProxy:
    """`seen` is what came, `reached` what the service got of it, `strayed` what followed the redirect."""

    upstream: str
    vendor: Vendor = "plain"
    drip_s: float = 0.5
    url: str = ""
    seen: list[Seen] = field(default_factory=list[Seen])
    reached: list[Seen] = field(default_factory=list[Seen])
    strayed: list[Seen] = field(default_factory=list[Seen])
    _rules: list[_Rule] = field(default_factory=list[_Rule])
    _client: httpx2.Client = field(default_factory=loopback_client)

    def fail(
        self,
        fault: Fault,
        when: str | Callable[[Seen], bool] = "",
        *,
        nth: int = 1,
        times: int | None = 1,
        acted: bool | None = None,
    ) -> None:
        """From the `nth` matching request on, so many `times`, or for good. `when` as a text is a part of the target.

        `acted` says against the rule whether the service has done its work: a gateway's 502 may come after it.
        """
        if fault is Fault.GZIP_BOMB:
            _bomb()  # made now: nobody waits for that
        last = float("inf") if times is None else nth + times - 1
        self._rules.append(_Rule(fault, _matcher(when), nth, last, fault in ACTED if acted is None else acted))

    def heal(self) -> None:
        self._rules.clear()

    def count(self, part: str = "") -> int:
        """How many requests with this in their target reached the service."""
        return sum(part in seen.target for seen in self.reached)

    def rewritten(self, url: str) -> str:
        """An address of the service as one of the proxy."""
        return url.replace(self.upstream, self.url, 1)

    async def answer(self, seen: Seen, /) -> Reply | Lost | Raw:
        if seen.target.startswith("/strayed"):
            self.strayed.append(seen)
            return Reply(200, _JSON, b'{"ok": true}')
        self.seen.append(seen)
        rule = next((rule for rule in self._rules if rule.strikes(seen)), None)
        if rule is None:
            return await self._passed_on(seen)
        truth = await self._passed_on(seen) if rule.acted else Reply(200, _JSON, b'{"ok": true, "filler": "xxxx"}')
        return self._faulty(rule.fault, seen, truth)

    async def _passed_on(self, seen: Seen) -> Reply:
        self.reached.append(seen)
        headers = {name: value for name, value in seen.headers.items() if name not in _NOT_PASSED}
        answer = await asyncio.to_thread(
            self._client.request, seen.method, self.upstream + seen.target, headers=headers, content=seen.body
        )
        passed = {name: value for name, value in answer.headers.items() if name not in _NOT_PASSED}
        return Reply(answer.status_code, passed, answer.content)

    def _faulty(self, fault: Fault, seen: Seen, truth: Reply) -> Reply | Lost | Raw:
        if fault in _STATUS:
            return Reply(_STATUS[fault], {"Content-Type": "text/html"}, b"<html><h1>The service is unwell</h1></html>")
        if fault in (Fault.EXPIRED, Fault.REVOKED):
            return _no_longer_good(self.vendor, seen, revoked=fault is Fault.REVOKED)
        if fault in _RAW:
            return Raw(lambda writer: _RAW[fault](writer, truth, self.drip_s))
        if fault is Fault.REDIRECT:
            elsewhere = f"http://localhost:{urlsplit(self.url).port}/strayed{seen.target}"
            return Reply(307, {"Location": elsewhere}, b"")
        if fault is Fault.TRUNCATED_JSON:
            return Reply(truth.status, truth.headers, truth.body[: len(truth.body) // 2])
        return _fixed(fault)

    def close(self) -> None:
        self._client.close()


def _matcher(when: str | Callable[[Seen], bool]) -> Callable[[Seen], bool]:
    if callable(when):
        return when

    def within(seen: Seen) -> bool:
        return when in seen.target

    return within


def _fixed(fault: Fault) -> Reply:
    match fault:
        case Fault.LIMITED_GOOGLE:
            return Reply(403, _JSON, _google(403, "Rate Limit Exceeded", "rateLimitExceeded", "PERMISSION_DENIED"))
        case Fault.LIMITED_TRELLO:
            text = "Rate limit exceeded"
            return Reply(429, _JSON, json.dumps({"error": "API_TOKEN_LIMIT_EXCEEDED", "message": text}).encode())
        case Fault.HTML:
            return Reply(
                200, {"Content-Type": "text/html"}, b"<!doctype html><title>Sign in to the hotel's network</title>"
            )
        case Fault.HUGE:
            return Reply(200, _JSON, b'{"ok": true, "filler": "' + b"x" * _HUGE + b'"}')
        case Fault.GZIP_BOMB:
            return Reply(200, {**_JSON, "Content-Encoding": "gzip"}, _bomb())
        case _:
            return Reply(429, {**_JSON, **_retry_after(fault)}, b'{"ok": false, "error": "ratelimited"}')


def _retry_after(fault: Fault) -> Mapping[str, str]:
    now = time.time()
    given = {
        Fault.LIMITED_SECONDS: "1",
        Fault.LIMITED_HOUR: "3600",
        Fault.LIMITED_DATE: formatdate(now + 2, usegmt=True),
    }
    return {"Retry-After": given[fault], "Date": formatdate(now, usegmt=True)} if fault in given else {}


def _no_longer_good(vendor: Vendor, seen: Seen, *, revoked: bool) -> Reply:
    path = urlsplit(seen.target).path
    if vendor == "slack":
        at_token_endpoint = path.endswith("oauth.v2.access")
        word = "invalid_refresh_token" if at_token_endpoint else "token_revoked" if revoked else "token_expired"
        return Reply(200, _JSON, json.dumps({"ok": False, "error": word}).encode())
    if path.endswith("/token"):
        text = "Token has been expired or revoked."
        return Reply(400, _JSON, json.dumps({"error": "invalid_grant", "error_description": text}).encode())
    if vendor == "trello":
        return Reply(401, {"Content-Type": "text/plain"}, b"invalid token" if revoked else b"expired token")
    if vendor == "google":
        text = "Request had invalid authentication credentials."
        return Reply(401, _JSON, _google(401, text, "authError", "UNAUTHENTICATED"))
    return Reply(401, {**_JSON, "WWW-Authenticate": 'Bearer error="invalid_token"'}, b'{"error": "invalid_token"}')


def _google(code: int, message: str, reason: str, status: str) -> bytes:
    errors = [{"domain": "usageLimits", "reason": reason, "message": message}]
    return json.dumps({"error": {"code": code, "message": message, "errors": errors, "status": status}}).encode()


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * _BOMB, 1)


async def _reset(writer: asyncio.StreamWriter, _truth: Reply, _drip_s: float) -> None:
    """With an RST, not with an end in good order."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await asyncio.sleep(0)


async def _slow_headers(writer: asyncio.StreamWriter, truth: Reply, drip_s: float) -> None:
    for byte in _head(truth):
        await _drip(writer, bytes([byte]), drip_s)


async def _slow_body(writer: asyncio.StreamWriter, truth: Reply, drip_s: float) -> None:
    writer.write(_head(truth))
    for byte in truth.body:
        await _drip(writer, bytes([byte]), drip_s)


async def _endless_body(writer: asyncio.StreamWriter, _truth: Reply, _drip_s: float) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await _drip(writer, b"4000\r\n" + b" " * 0x4000 + b"\r\n", 0.005)


async def _cut_body(writer: asyncio.StreamWriter, truth: Reply, _drip_s: float) -> None:
    writer.write(_head(truth) + truth.body[: len(truth.body) // 2])
    await writer.drain()


async def _drip(writer: asyncio.StreamWriter, drop: bytes, pause_s: float) -> None:
    writer.write(drop)
    await writer.drain()
    await asyncio.sleep(pause_s)


def _head(truth: Reply) -> bytes:
    lines = [f"HTTP/1.1 {truth.status} OK", f"Content-Length: {len(truth.body)}"]
    lines += [f"{name}: {value}" for name, value in truth.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


_RAW = {
    Fault.RESET_BEFORE: _reset,
    Fault.RESET_AFTER: _reset,
    Fault.SLOW_HEADERS: _slow_headers,
    Fault.SLOW_BODY: _slow_body,
    Fault.ENDLESS_BODY: _endless_body,
    Fault.CUT_BODY: _cut_body,
}


@either_way
def fault_proxy(upstream: str, *, vendor: Vendor = "plain") -> Generator[FaultProxy]:
    """`upstream` is the address of a stand-in, without a path; `vendor` says how a bad token is answered."""
    proxy = FaultProxy(upstream.rstrip("/"), vendor)
    with served(proxy):
        try:
            yield proxy
        finally:
            proxy.close()
