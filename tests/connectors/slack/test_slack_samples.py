"""Samples of Slack's own answers and events, where these are there: the connector understands their fields."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from nodeloom_connectors.sdk import Access, AppEvent, OAuth2Token, OAuthApp
from nodeloom_connectors.sdk import Reply as Answered
from nodeloom_connectors.slack import connector, verify
from nodeloom_connectors.slack.auth import read_token
from nodeloom_connectors.slack.client import SlackClient
from nodeloom_connectors.slack.triggers import TRIGGERS
from tests.connectors.slack.calling import ACTIONS, SCENES, plain
from tests.connectors.slack.signing import signed_request
from tests.support.actions import KeptFiles, context
from tests.support.far_side import FarSide, Reply, Seen

_SAMPLES = Path(__file__).parents[4] / "shared" / "specs" / "slack-samples"
_ANSWERS = {path.stem: path for path in sorted((_SAMPLES / "api").glob("*.json"))}
_TS = "1764547200.000100"
_GIVEN = {
    "channel": "C000000001",
    "ts": _TS,
    "user": "U000000001",
    "users": ["U000000001"],
    "name": "name",
    "topic": "topic",
    "purpose": "purpose",
    "text": "text",
    "file": "F000000001",
    "email": "ada@example.org",
    "scheduled_message_id": "Q1",
}

pytestmark = pytest.mark.skipif(not _ANSWERS, reason="the samples of Slack's answers are not here")


def _sample(method: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_ANSWERS[method].read_text())
    return {**answer, "ok": True, "response_metadata": {"next_cursor": ""}}


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if scene.method in _ANSWERS])
async def test_slacks_own_answer_is_understood(name: str, http: httpx2.AsyncClient, far_side: FarSide) -> None:
    def answer(seen: Seen) -> Reply:
        method = seen.path.removeprefix("/api/")
        if seen.path == "/upload":
            return Reply(200, {}, b"OK")
        told = _sample(method) | (
            {"upload_url": far_side.url("/upload")} if method.startswith("files.getUpload") else {}
        )
        return Reply(200, {"Content-Type": "application/json"}, json.dumps(told).encode())

    far_side.answer = answer
    secret = OAuth2Token(access_token=SecretStr("xoxb-1"))
    client = SlackClient(Access(http, secret, settings={"api_url": far_side.url("")}))
    files = KeptFiles()
    files.add("F000000001", b"abc", file_name="a.txt", media_type="text/plain")
    action = ACTIONS[name]
    params = {field: _GIVEN[field] for field in action.params.model_fields if field in _GIVEN}
    result = await action.run(context(client, files), action.params.model_validate(params))

    assert plain(result)
    assert [seen for seen in far_side.seen if seen.path == f"/api/{SCENES[name].method}"]


async def test_whose_token_it_is(http: httpx2.AsyncClient, far_side: FarSide) -> None:
    told = {**_sample("auth.test"), "team_id": "T1", "team": "Loom Works", "is_enterprise_install": False}
    far_side.answer = lambda _: Reply(200, {}, json.dumps(told).encode())
    secret = OAuth2Token(access_token=SecretStr("xoxb-1"))
    account = await verify(Access(http, secret, settings={"api_url": far_side.url("/api")}))
    assert account is not None
    assert (account.id, account.name) == ("T1", "Loom Works")


def test_the_answer_to_a_code_is_understood() -> None:
    answer = _sample("oauth.v2.access")
    answer |= {"access_token": "xoxe.xoxb-1", "refresh_token": "xoxe-1", "scope": "chat:write,users:read"}
    answer["team"] |= {"id": "T1", "name": "Loom Works"}
    answer["authed_user"] |= {"access_token": "xoxp-1", "scope": "search:read"}
    token = read_token(answer)
    assert (token.access_token, token.refresh_token, token.expires_in_s) == ("xoxe.xoxb-1", "xoxe-1", 123)
    assert token.scopes == ("chat:write", "users:read", "search:read")
    assert token.more == {"user_token": "xoxp-1"}
    assert token.account is not None
    assert (token.account.id, token.account.name) == ("T1", "Loom Works")


_STARTS = {
    "MessagePayload": "message",
    "MessageFileSharePayload": "message",
    "MessageThreadBroadcastPayload": "message",
    "MessageMePayload": "message",
    "AppMentionPayload": "mention",
    "ReactionAddedPayload": "reaction_added",
    "ChannelCreatedPayload": "channel_created",
    "MemberJoinedChannelPayload": "member_joined",
    "FileSharedPayload": "file_shared",
    "TeamJoinPayload": "user_joined",
}


@pytest.mark.parametrize("path", sorted((_SAMPLES / "events").glob("*.json")), ids=lambda path: path.stem)
def test_slacks_own_events_start_what_they_should(path: Path) -> None:
    told: dict[str, Any] = json.loads(path.read_text())
    told |= {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "api_app_id": "A1"}
    told["authorizations"] = [{"team_id": "T1", "user_id": "U0BOT", "is_bot": True}]
    _written_by_a_person(told["event"])
    door, app = connector.app_door, OAuthApp("id", SecretStr("secret"), {"signing_secret": SecretStr("signing")})
    assert door is not None
    received = door.receive(signed_request(json.dumps(told).encode(), "signing"), app)
    assert not isinstance(received, Answered)
    [event] = received
    assert isinstance(event, AppEvent)
    assert (event.account, event.key) == ("T1", "Ev1")

    started = {trigger.name for trigger in TRIGGERS if trigger.select(trigger.params(), event) is not None}
    expected = {_STARTS[path.stem]} if path.stem in _STARTS else set[str]()
    assert started == expected | {"event"}


def _written_by_a_person(event: dict[str, Any]) -> None:
    """The samples show every field at once, those of an app's messages too."""
    for name in ("bot_id", "bot_profile", "app_id"):
        event.pop(name, None)
    if isinstance(event.get("user"), dict):
        event["user"]["is_bot"] = False
