"""Every way a call can go wrong, as the right one of the four errors."""

import asyncio
import socket
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from nodeloom.adapters.egress import EgressRefused
from nodeloom_connectors.sdk import ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater
from tests.connectors.http_calls import account, call
from tests.support.far_side import FarSide, Reply, Seen


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def failure(http: httpx2.AsyncClient, **params: Any) -> ConnectorError:
    with pytest.raises(ConnectorError) as failed:
        await call(http, **params)
    return failed.value


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://no-such-host.invalid/"])
async def test_what_cannot_be_reached_did_not_happen(http: httpx2.AsyncClient, url: str) -> None:
    error = await failure(http, method="POST", url=url.format(port=closed_port()))
    assert isinstance(error, RetryLater)
    assert error.nothing_happened


async def test_a_private_address_is_refused_by_the_guard(http: httpx2.AsyncClient) -> None:
    with pytest.raises(EgressRefused):
        await call(http, url="http://169.254.169.254/latest/meta-data")


async def test_a_redirect_to_a_private_address_is_refused_too(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(302, {"Location": "http://169.254.169.254/latest/meta-data"})
    with pytest.raises(EgressRefused):
        await call(http, url=far_side.url())


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"])
async def test_no_whole_answer_in_time_leaves_the_outcome_unknown(
    http: httpx2.AsyncClient, far_side: FarSide, begun: bytes
) -> None:
    async def hang(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        await asyncio.Event().wait()

    far_side.raw = hang
    error = await failure(http, method="POST", url=far_side.url(), timeout_s=0.2)
    assert isinstance(error, OutcomeUnknown)
    assert "0.2 s" in error.message


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", b"HTTP/1.1 2"])
async def test_a_connection_that_breaks_leaves_the_outcome_unknown(
    http: httpx2.AsyncClient, far_side: FarSide, begun: bytes
) -> None:
    async def reset(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        await writer.drain()
        writer.transport.abort()

    far_side.raw = reset
    error = await failure(http, method="POST", url=far_side.url())
    assert isinstance(error, OutcomeUnknown)


async def test_an_answer_that_is_not_http_leaves_the_outcome_unknown(
    http: httpx2.AsyncClient, far_side: FarSide
) -> None:
    async def babble(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()

    far_side.raw = babble
    assert isinstance(await failure(http, method="POST", url=far_side.url()), OutcomeUnknown)


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        (
            {"Date": "Sun, 22 Nov 2026 10:00:00 GMT", "Retry-After": "Sun, 22 Nov 2026 10:00:30 GMT"},
            timedelta(seconds=30),
        ),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
async def test_429_is_tried_again_when_the_service_says(
    http: httpx2.AsyncClient, far_side: FarSide, headers: dict[str, str], after: timedelta | None
) -> None:
    far_side.answer = lambda _: Reply(429, headers)
    error = await failure(http, method="POST", url=far_side.url())
    assert isinstance(error, RetryLater)
    assert (error.after, error.nothing_happened) == (after, True)


@pytest.mark.parametrize(
    ("method", "headers", "kind"),
    [
        ("GET", {}, RetryLater),
        ("PUT", {}, RetryLater),
        ("POST", {"Idempotency-Key": ""}, RetryLater),
        ("POST", {}, OutcomeUnknown),
        ("PATCH", {}, OutcomeUnknown),
    ],
)
async def test_a_server_error_is_retried_only_where_that_is_safe(
    http: httpx2.AsyncClient, far_side: FarSide, method: str, headers: dict[str, str], kind: type[ConnectorError]
) -> None:
    far_side.answer = lambda _: Reply(502)
    assert type(await failure(http, method=method, url=far_side.url(), headers=headers)) is kind


async def test_503_proves_nothing_about_what_happened(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(503, {"Retry-After": "3"})
    error = await failure(http, method="POST", url=far_side.url())
    assert isinstance(error, RetryLater)
    assert (error.after, error.nothing_happened) == (timedelta(seconds=3), False)


async def test_a_refusal_says_what_the_service_said(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(422, {}, b"name is\n missing" + b"!" * 9000)
    error = await failure(http, method="POST", url=far_side.url("/x?key=visible"))
    assert isinstance(error, Refused)
    assert error.code == "http_422"
    assert error.message.startswith("127.0.0.1 answered 422 Unprocessable")
    assert len(str(error.detail["body"])) == 500
    assert error.hint
    assert "visible" not in error.message


async def test_401_asks_for_reconnecting_only_with_a_connection(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(401)
    assert type(await failure(http, url=far_side.url())) is Refused
    assert type(await failure(http, url=far_side.url(), account=account("bearer", token="t0ken"))) is Reconnect


async def test_403_is_a_refusal_even_with_a_connection(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(403)
    assert type(await failure(http, url=far_side.url(), account=account("bearer", token="t0ken"))) is Refused


async def test_a_post_that_was_carried_out_is_not_said_to_have_done_nothing(
    http: httpx2.AsyncClient, far_side: FarSide
) -> None:
    far_side.answer = lambda _: Reply(303, {"Location": f"http://127.0.0.1:{closed_port()}/result"})
    assert type(await failure(http, method="POST", url=far_side.url())) is OutcomeUnknown
