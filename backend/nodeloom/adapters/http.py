"""The one HTTP client for outgoing calls: guarded, without proxies from the environment."""

import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Protocol, cast

import httpcore2
import httpx2
from typing_extensions import override

from nodeloom.adapters.egress import EgressGuard, EgressRefused, HostUnknown, Resolve
from nodeloom.adapters.settings import Settings

__all__ = ["WATCH", "EgressGuard", "EgressRefused", "HostResting", "HostUnknown", "Watch", "guarded_client"]

_LIMITS = httpx2.Limits(max_connections=200, max_keepalive_connections=20, keepalive_expiry=30)


class HostResting(httpx2.ConnectError):
    """The host failed so often that it is left in peace for a while: nothing was sent."""


class Watch(Protocol):
    """Who watches the calls of a context: before each request that leaves, and after its answer began or failed."""

    async def before(self, host: str) -> None:
        """May raise HostResting."""
        ...

    async def after(self, host: str, *, well: bool) -> None: ...


WATCH: ContextVar[Watch | None] = ContextVar("nodeloom_http_watch", default=None)


def guarded_client(
    settings: Settings, *, resolve: Resolve | None = None, verify: ssl.SSLContext | None = None
) -> httpx2.AsyncClient:
    """One per process. Each new connection, after a redirect too, passes the guard and may raise `EgressRefused`.

    Redirects are not followed unless the request asks for it.
    """
    guard = EgressGuard(settings.egress_allow, resolve=resolve)
    return httpx2.AsyncClient(
        transport=_GuardedTransport(guard, verify or _trusted()),
        trust_env=False,
        timeout=httpx2.Timeout(30, connect=10),
        headers={"User-Agent": "Nodeloom"},
        # Shared by all calls of the process: what a service sets for one workflow must not go out for another.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted are read once: that takes longer than a call."""
    return httpx2.create_ssl_context(trust_env=False)


class _GuardedTransport(httpx2.AsyncHTTPTransport):
    """httpx2's own transport over a pool whose connections are opened by the guard."""

    def __init__(self, guard: EgressGuard, verify: ssl.SSLContext) -> None:
        super().__init__(verify=verify, trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=verify,
            max_connections=_LIMITS.max_connections,
            max_keepalive_connections=_LIMITS.max_keepalive_connections,
            keepalive_expiry=_LIMITS.keepalive_expiry,
            network_backend=_GuardedBackend(guard),
        )

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        watch = WATCH.get()
        if watch is None:
            return await super().handle_async_request(request)
        host = request.url.host
        await watch.before(host)
        try:
            response = await super().handle_async_request(request)
        except httpx2.TransportError:
            await watch.after(host, well=False)
            raise
        await watch.after(host, well=response.status_code < 500)
        return response


class _GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to the addresses that the guard has judged; name and certificate stay those of the request."""

    def __init__(self, guard: EgressGuard) -> None:
        self._guard = guard
        # httpcore2 hides this class from type checkers for the case that anyio is missing.
        self._network = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            addresses = await self._guard.addresses(host, port)
        except HostUnknown as error:
            raise httpcore2.ConnectError(str(error)) from error
        refused: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                refused = error
        raise refused

    @override
    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        raise EgressRefused(path, path, "a local socket")

    @override
    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
