"""Each secret kind in both directions: on a request that leaves, and told on one that comes in."""

import hashlib
import hmac

import httpx2
import pytest
from pydantic import ValidationError

from nodeloom_connectors.http import HttpClient
from nodeloom_connectors.http.params import RequestParams
from nodeloom_connectors.http.request import request
from nodeloom_connectors.sdk import Access, ConnectorError, IncomingRequest, Refused
from tests.connectors.http_calls import SECRET_KINDS, account, call
from tests.support.actions import KeptFiles, context
from tests.support.far_side import FarSide, Reply, Seen

GITHUB = {"secret": "It's a Secret to Everybody"}
EXAMPLES: dict[str, dict[str, object]] = {
    "header": {"name": "X-Token", "value": "s3cret-value"},
    "bearer": {"token": "s3cret-välue"},
    "basic": {"username": "me", "password": "s3cret-välue"},
    "hmac": {"secret": "s3cret-value", "header": "X-Signature", "algorithm": "sha512", "encoding": "base64"},
    "api_key": {"name": "key", "api_key": "s3cret-value&", "in": "query"},
}


def incoming(seen: Seen) -> IncomingRequest:
    return IncomingRequest(seen.method, seen.headers, dict(seen.query), seen.body)


def accepts(kind: str, secret: dict[str, object], request: IncomingRequest) -> bool:
    connector = SECRET_KINDS[kind]
    assert connector.secret_model is not None
    assert connector.request_auth is not None
    return connector.request_auth.accepts(connector.secret_model.model_validate(secret), request)


@pytest.mark.parametrize("kind", SECRET_KINDS)
async def test_what_one_side_sends_the_other_accepts(http: httpx2.AsyncClient, far_side: FarSide, kind: str) -> None:
    secret = EXAMPLES[kind]
    await call(http, account=account(kind, **secret), method="POST", url=far_side.url("/?a=1"), body={"n": 1})
    sent = incoming(far_side.seen[0])
    assert accepts(kind, secret, sent)
    other = {**secret, next(name for name, text in secret.items() if "s3cret" in str(text)): "another"}
    assert not accepts(kind, other, sent)
    assert not accepts(kind, secret, IncomingRequest("POST", {}, {}, sent.body))


def test_an_hmac_by_default_is_github_s() -> None:
    # GitHub, "Validating webhook deliveries": the documented test values.
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"x-hub-signature-256": signature}
    assert accepts("hmac", {**GITHUB}, IncomingRequest("POST", headers, {}, b"Hello, World!"))
    assert not accepts("hmac", {**GITHUB}, IncomingRequest("POST", headers, {}, b"Hello, World?"))


async def test_an_hmac_is_over_the_bytes_of_a_streamed_file(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    files = KeptFiles()
    files.add("data", b"z" * 3000, file_name="z", media_type="application/zip")
    await call(
        http, account=account("hmac", secret="k"), files=files, method="PUT", url=far_side.url(), body_type="file"
    )
    expected = hmac.digest(b"k", b"z" * 3000, hashlib.sha256).hex()
    assert far_side.seen[0].headers["x-hub-signature-256"] == f"sha256={expected}"


async def test_a_key_in_the_query_keeps_the_rest_of_the_url(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    await call(
        http, account=account("api_key", name="key", value="a/b", **{"in": "query"}), url=far_side.url("/?q=%7E")
    )
    assert far_side.seen[0].target == "/?q=%7E&key=a%2Fb"


@pytest.mark.parametrize("kind", ["header", "bearer", "basic", "api_key"])
@pytest.mark.parametrize("status", [200, 403, 422, 429, 500])
async def test_a_service_that_echoes_the_secret_does_not_spread_it(
    http: httpx2.AsyncClient, far_side: FarSide, kind: str, status: int
) -> None:
    authorize = account(kind, **EXAMPLES[kind])

    def echo(seen: Seen) -> Reply:
        return Reply(status, {"X-Echo": seen.target}, f"{seen.target} {seen.headers} {authorize.secrets}".encode())

    far_side.answer = echo
    try:
        seen = str(await call(http, account=authorize, url=far_side.url()))
    except ConnectorError as error:
        seen = f"{error} {error.hint} {vars(error)}"
    for text in ("s3cret", "bWU6czNjcmV0"):
        assert text not in seen


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("bearer", {"token": ""}),
        ("bearer", {"tokn": "x"}),
        ("header", {"name": "X Token", "value": "x"}),
        ("basic", {"username": "a:b", "password": "x"}),
        ("hmac", {"secret": "x", "algorithm": "md5"}),
        ("api_key", {"name": "a b", "value": "x"}),
    ],
)
def test_a_secret_that_cannot_work_is_refused_unseen(kind: str, secret: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        account(kind, **secret)


async def test_a_connection_of_another_kind_is_not_sent(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    client = HttpClient(Access(http, None, account("bearer", token="t0ken")))
    params = RequestParams.model_validate({"url": far_side.url(), "auth": {"kind": "basic", "connection_id": "c"}})
    with pytest.raises(Refused, match="asks for basic"):
        await request.run(context(client), params)
    assert far_side.seen == []
