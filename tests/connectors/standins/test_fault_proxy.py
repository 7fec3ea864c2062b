"""Each fault as a client meets it."""

import json
import ssl
from collections.abc import AsyncGenerator

import httpx2
import pytest

from tests.support.far_side import FarSide, Reply, far_side
from tests.support.standins.fault_proxy import Fault, FaultProxy, fault_proxy

_ANSWER = {"ok": True, "text": "0123456789"}


@pytest.fixture
async def service() -> AsyncGenerator[FarSide]:
    async with far_side() as side:
        side.answer = lambda _: Reply(200, {"Content-Type": "application/json"}, json.dumps(_ANSWER).encode())
        yield side


@pytest.fixture
async def proxy(service: FarSide) -> AsyncGenerator[FaultProxy]:
    async with fault_proxy(service.url("")) as made:
        made.drip_s = 0.05
        yield made


async def _call(proxy: FaultProxy, path: str = "/call") -> httpx2.Response:
    async with _client() as client:
        return await client.post(proxy.url + path, json={"a": 1})


def _client() -> httpx2.AsyncClient:
    """With no certificates to read, for speed."""
    secret = {"Authorization": "Bearer secret"}
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx2.AsyncClient(timeout=0.5, headers=secret, verify=nobody, follow_redirects=True)


async def test_what_is_well_passes(proxy: FaultProxy, service: FarSide) -> None:
    answer = await _call(proxy, "/call?x=1")
    assert answer.json() == _ANSWER
    (seen,) = service.seen
    assert (seen.method, seen.target, seen.body) == ("POST", "/call?x=1", b'{"a":1}')
    assert seen.headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        (Fault.LIMITED_SECONDS, 429, "1"),
        (Fault.LIMITED_BARE, 429, None),
        (Fault.LIMITED_HOUR, 429, "3600"),
        (Fault.LIMITED_TRELLO, 429, None),
        (Fault.LIMITED_GOOGLE, 403, None),
        (Fault.INTERNAL, 500, None),
        (Fault.BAD_GATEWAY, 502, None),
        (Fault.UNAVAILABLE, 503, None),
        (Fault.GATEWAY_TIMEOUT, 504, None),
        (Fault.EXPIRED, 401, None),
        (Fault.REVOKED, 401, None),
    ],
)
async def test_refusals(proxy: FaultProxy, fault: Fault, status: int, retry_after: str | None) -> None:
    proxy.fail(fault)
    answer = await _call(proxy)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert not proxy.reached
    assert (await _call(proxy)).status_code == 200


async def test_a_date_to_wait_for(proxy: FaultProxy) -> None:
    proxy.fail(Fault.LIMITED_DATE)
    answer = await _call(proxy)
    assert answer.headers["Retry-After"].endswith("GMT")
    assert answer.headers["Date"].endswith("GMT")


@pytest.mark.parametrize(("fault", "reached"), [(Fault.RESET_BEFORE, 0), (Fault.RESET_AFTER, 1)])
async def test_resets_before_and_after_the_service_acted(
    proxy: FaultProxy, service: FarSide, fault: Fault, reached: int
) -> None:
    proxy.fail(fault)
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        await _call(proxy)
    assert (len(service.seen), proxy.count()) == (reached, reached)


@pytest.mark.parametrize("fault", [Fault.SLOW_HEADERS, Fault.SLOW_BODY])
async def test_what_drips_takes_longer_than_anybody_waits(proxy: FaultProxy, fault: Fault) -> None:
    proxy.drip_s = 1
    proxy.fail(fault)
    with pytest.raises(httpx2.ReadTimeout):
        await _call(proxy)
    assert proxy.count() == 1


async def test_a_body_without_an_end(proxy: FaultProxy) -> None:
    proxy.fail(Fault.ENDLESS_BODY)
    received = 0
    async with _client() as client, client.stream("GET", f"{proxy.url}/call") as answer:
        async for chunk in answer.aiter_bytes():
            received += len(chunk)
            if received > 200_000:
                break
    assert received > 200_000


async def test_answers_that_are_not_what_they_should_be(proxy: FaultProxy) -> None:
    for fault in (Fault.HTML, Fault.TRUNCATED_JSON):
        proxy.fail(fault)
        answer = await _call(proxy)
        assert answer.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        proxy.heal()
    assert proxy.count() == 2
    proxy.fail(Fault.CUT_BODY)
    with pytest.raises(httpx2.RemoteProtocolError):
        await _call(proxy)
    proxy.heal()
    proxy.fail(Fault.HUGE)
    assert len((await _call(proxy)).content) > 10_000_000


async def test_a_bomb_is_small_until_it_is_opened(proxy: FaultProxy) -> None:
    proxy.fail(Fault.GZIP_BOMB)
    async with _client() as client, client.stream("GET", f"{proxy.url}/call") as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) < 2_000_000


async def test_a_redirect_to_another_host(proxy: FaultProxy) -> None:
    proxy.fail(Fault.REDIRECT)
    async with _client() as client:
        await client.get(f"{proxy.url}/call")
    (strayed,) = proxy.strayed
    assert "authorization" not in strayed.headers


async def test_which_requests_a_fault_strikes(proxy: FaultProxy) -> None:
    proxy.fail(Fault.UNAVAILABLE, "/b", nth=2, times=2)
    assert [(await _call(proxy, path)).status_code for path in ("/a", "/b", "/b", "/a", "/b", "/b")] == [
        200, 200, 503, 200, 503, 200,
    ]  # fmt: skip
    proxy.fail(Fault.BAD_GATEWAY, lambda seen: seen.method == "POST", times=None, acted=True)
    reached = proxy.count()
    assert [(await _call(proxy)).status_code for _ in range(3)] == [502, 502, 502]
    assert proxy.count() == reached + 3


async def test_bad_tokens_in_the_vendors_own_words(service: FarSide) -> None:
    async with fault_proxy(service.url(""), vendor="slack") as slack:
        slack.fail(Fault.REVOKED, times=None)
        assert (await _call(slack)).json() == {"ok": False, "error": "token_revoked"}
    async with fault_proxy(service.url(""), vendor="google") as google:
        google.fail(Fault.REVOKED, times=None)
        assert (await _call(google)).json()["error"]["status"] == "UNAUTHENTICATED"
        assert (await _call(google, "/token")).json()["error"] == "invalid_grant"
    async with fault_proxy(service.url(""), vendor="trello") as trello:
        trello.fail(Fault.REVOKED)
        assert (await _call(trello)).text == "invalid token"
