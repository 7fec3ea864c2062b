"""What Google's connectors stand on: lazily imported, errors in both of Google's forms, odd answers."""

import json
import subprocess
import sys
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from nodeloom_connectors.google import Api, GoogleClient
from nodeloom_connectors.sdk import Access, OAuth2Token, Reconnect, Refused, RetryLater
from tests.support.far_side import FarSide, Reply

GMAIL = Api("gmail", "v1", "Gmail")


def client(http: httpx2.AsyncClient, far_side: FarSide) -> GoogleClient:
    secret = OAuth2Token(access_token=SecretStr("ya29.secret"))
    return GoogleClient(Access(http, secret, settings={"api_url": far_side.url("")}), GMAIL)


def answer(status: int, body: Any, **headers: str) -> Reply:
    return Reply(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_nothing_of_the_library_is_imported_before_the_first_call() -> None:
    code = (
        "import sys, nodeloom_connectors.gmail, nodeloom_connectors.google_drive, nodeloom_connectors.google_sheets\n"
        "print([name for name in sys.modules if name.startswith(('googleapiclient', 'httplib2', 'google.'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("status", "error", "raised", "said"),
    [
        (403, {"errors": [{"reason": "userRateLimitExceeded"}]}, RetryLater, "answered 403"),
        (403, {"status": "PERMISSION_DENIED", "details": [{"reason": "RATE_LIMIT_EXCEEDED"}]}, RetryLater, ""),
        (429, {"status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded"}, RetryLater, "Quota exceeded"),
        (403, {"errors": [{"reason": "dailyLimitExceeded"}]}, RetryLater, ""),
        (403, {"errors": [{"reason": "insufficientPermissions"}]}, Reconnect, "gmail.labels"),
        (403, {"details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}, Reconnect, "gmail.labels"),
        (403, {"errors": [{"reason": "accessNotConfigured"}], "message": "not used before"}, Refused, "not used"),
        (403, {"details": [{"reason": "SERVICE_DISABLED"}]}, Refused, ""),
        (403, {"message": "Delegation denied"}, Refused, "Delegation denied"),
        (401, {"message": "Invalid Credentials"}, Reconnect, ""),
        (400, {"message": "Invalid label: ya29.secret"}, Refused, "Invalid label: ***"),
        (500, {"message": "Backend Error"}, RetryLater, "Backend Error"),
        (503, [], RetryLater, "503"),
        (400, "text", Refused, "text"),
        (302, None, Refused, "302"),
    ],
)
async def test_google_refuses_in_many_words(
    http: httpx2.AsyncClient, far_side: FarSide, status: int, error: Any, raised: type[Exception], said: str
) -> None:
    far_side.answer = lambda _: answer(status, {"error": error}, Location="https://elsewhere.example/")
    with pytest.raises(raised) as failed:
        await client(http, far_side).call("users.labels.list", userId="me")
    text = f"{failed.value} {getattr(failed.value, 'hint', '')}"
    assert said in text
    assert "secret" not in text
    assert getattr(failed.value, "hint", "")


async def test_an_api_that_is_off_has_a_code_of_its_own(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: answer(403, {"error": {"errors": [{"reason": "accessNotConfigured"}]}})
    with pytest.raises(Refused) as failed:
        await client(http, far_side).call("users.labels.list", userId="me")
    assert failed.value.code == "api_not_enabled"
    assert "Google Cloud" in failed.value.hint


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"not json", b'{"a": ', b"\xff\xfe"])
async def test_what_is_no_object_is_no_answer(http: httpx2.AsyncClient, far_side: FarSide, body: bytes) -> None:
    far_side.answer = lambda _: answer(200, body)
    if body == b"[]":
        assert await client(http, far_side).call("users.labels.list", userId="me") == {}
        return
    with pytest.raises(RetryLater):
        await client(http, far_side).call("users.labels.list", userId="me")


async def test_half_a_character_is_made_whole(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: answer(200, b'{"a": "x\\ud800y \\ud83d\\ude00"}')
    assert await client(http, far_side).call("users.labels.list", userId="me") == {"a": "x?y \U0001f600"}


async def test_what_the_description_forbids_is_refused_before_it_is_sent(
    http: httpx2.AsyncClient, far_side: FarSide
) -> None:
    with pytest.raises(Refused) as failed:
        await client(http, far_side).call("users.messages.get", userId="me", id="x", format="strange")
    assert failed.value.code == "invalid_params"
    assert far_side.seen == []


async def test_a_request_is_as_google_describes_it(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    far_side.answer = lambda _: answer(200, {"id": "m1"})
    body = {"addLabelIds": ["A"]}
    await client(http, far_side).call("users.messages.modify", userId="me", id="a/b c", body=body)
    [seen] = far_side.seen
    assert (seen.method, seen.target) == ("POST", "/gmail/v1/users/me/messages/a%2Fb%20c/modify?alt=json")
    assert json.loads(seen.body) == body
    assert seen.headers["authorization"] == "Bearer ya29.secret"
    assert "secret" not in seen.target
