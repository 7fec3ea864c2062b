"""The Slack stand-in with Slack's own client, and held against samples of Slack's answers where they are there."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.far_side import Reply, far_side
from tests.support.standins.slack import BOT, SlackStandin, slack_standin

_SAMPLES = Path(__file__).parents[4] / "shared" / "specs" / "slack-samples" / "api"


@pytest.fixture
async def slack() -> AsyncGenerator[SlackStandin]:
    async with slack_standin() as standin:
        yield standin


def _client(slack: SlackStandin, token: str | None = None) -> Any:
    """Any, as the client's own annotations are half open."""
    return AsyncWebClient(token or slack.issue_token(), base_url=slack.api_url)


def _response(refused: pytest.ExceptionInfo[SlackApiError]) -> Any:
    return cast("Any", refused.value).response


async def test_a_message_with_blocks_a_thread_and_a_reaction(slack: SlackStandin) -> None:
    client = _client(slack)
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}]
    sent = await client.chat_postMessage(channel="#general", text="hello", blocks=blocks)
    channel, ts = sent["channel"], sent["ts"]
    await client.chat_postMessage(channel=channel, text="below", thread_ts=ts)
    await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    await client.chat_update(channel=channel, ts=ts, text="hello again")

    (message,) = slack.messages("general")
    assert message["text"] == "hello again"
    assert message["reactions"] == [{"name": "eyes", "users": [BOT], "count": 1}]
    assert [reply["text"] for reply in slack.replies("general", ts)] == ["hello again", "below"]
    assert (sent["message"]["bot_id"], sent["message"]["blocks"]) == ("B0BOT", blocks)


async def test_reads_that_the_client_asks_by_get(slack: SlackStandin) -> None:
    client = _client(slack)
    said = slack.say("mia", "general", "good morning")
    names = {channel["name"] async for page in await client.conversations_list(limit=2) for channel in page["channels"]}
    assert names == {"general", "random", "alerts", "sales"}
    general = slack.channel("general")
    assert (await client.conversations_info(channel=general))["channel"]["name"] == "general"
    assert (await client.conversations_history(channel=general))["messages"][0]["text"] == "good morning"
    assert (await client.conversations_replies(channel=general, ts=said))["messages"][0]["ts"] == said
    assert BOT in (await client.conversations_members(channel=general))["members"]
    assert {user["name"] for user in (await client.users_list())["members"]} >= {"admin", "mia", "ben"}
    mia = (await client.users_lookupByEmail(email="mia@loom.test"))["user"]
    assert (await client.users_info(user=mia["id"]))["user"]["name"] == "mia"
    assert (await client.team_info())["team"]["name"] == "Loom Works"
    assert (await client.bots_info(bot="B0BOT"))["bot"]["name"] == "nodeloom"
    assert (await client.reactions_get(channel=general, timestamp=said))["message"]["ts"] == said
    assert [channel["name"] for channel in (await client.users_conversations())["channels"]] == ["general"]
    assert (await client.chat_getPermalink(channel=general, message_ts=said))["permalink"].startswith(slack.url)


async def test_a_file_by_the_new_upload(slack: SlackStandin) -> None:
    client = _client(slack)
    general = slack.channel("general")
    sent = await client.files_upload_v2(content=b"a,b\n1,2\n", filename="table.csv", channel=general)
    (message,) = slack.messages("general")
    assert message["files"][0]["name"] == "table.csv"
    assert message["files"][0]["size"] == 8
    info = await client.files_info(file=sent["file"]["id"])
    assert info["file"]["id"] == sent["file"]["id"]


async def test_scheduled_ephemeral_and_private(slack: SlackStandin) -> None:
    client = _client(slack)
    general = slack.channel("general")
    later = await client.chat_scheduleMessage(channel=general, text="later", post_at=int(time.time()) + 3600)
    listed = await client.chat_scheduledMessages_list()
    assert [entry["id"] for entry in listed["scheduled_messages"]] == [later["scheduled_message_id"]]
    seen = await client.chat_postEphemeral(channel=general, user=slack.person("mia"), text="only you")
    assert seen["message_ts"]
    made = await client.conversations_create(name="War room", is_private=True)
    assert made["channel"]["is_private"]


@pytest.mark.parametrize(
    ("error", "spoil"), [("token_revoked", SlackStandin.revoke), ("token_expired", SlackStandin.expire)]
)
async def test_tokens_that_are_no_longer_good(slack: SlackStandin, error: str, spoil: Any) -> None:
    token = slack.issue_token()
    spoil(slack, token)
    with pytest.raises(SlackApiError) as refused:
        await _client(slack, token).auth_test()
    assert _response(refused)["error"] == error


async def test_refusals(slack: SlackStandin) -> None:
    async def error_of(call: Any) -> str:
        with pytest.raises(SlackApiError) as refused:
            await call
        return str(_response(refused)["error"])

    client = _client(slack)
    assert await error_of(_client(slack, "xoxb-bogus").auth_test()) == "invalid_auth"
    assert await error_of(
        _client(slack, slack.issue_token(["users:read"])).chat_postMessage(channel="general", text="x")
    ) == ("missing_scope")
    assert await error_of(client.chat_postMessage(channel="nowhere", text="x")) == "channel_not_found"
    without_public = _client(slack, slack.issue_token(["chat:write"]))
    assert await error_of(without_public.chat_postMessage(channel="random", text="x")) == "not_in_channel"
    assert await error_of(client.chat_postMessage(channel="board-room", text="x")) == "channel_not_found"
    assert await error_of(client.api_call("made.up")) == "unknown_method"
    slack.limit_rate("chat.postMessage", 3)
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel="general", text="x")
    assert (_response(limited).status_code, _response(limited).headers["Retry-After"]) == (429, "3")
    assert (await client.chat_postMessage(channel="general", text="x"))["ok"]


async def test_search_is_for_people(slack: SlackStandin) -> None:
    slack.say("mia", "general", "the loom is broken")
    slack.say("ben", "random", "lunch?")
    person = _client(slack, slack.issue_token(["search:read"], kind="user", person="mia"))
    found = (await person.search_messages(query="loom in:#general from:@mia"))["messages"]
    assert [match["text"] for match in found["matches"]] == ["the loom is broken"]
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await _client(slack).search_messages(query="loom")


async def test_revocation_exchange_and_rotation() -> None:
    async with slack_standin(rotates=True) as slack, httpx2.AsyncClient() as browser:
        secret = {"client_id": slack.client_id, "client_secret": slack.client_secret}
        token = slack.issue_token(["chat:write"])

        async def asked(method: str, token: str = "", **form: str) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return (await browser.post(slack.api_url + method, data={**secret, **form}, headers=headers)).json()

        fresh = await asked("oauth.v2.exchange", token)
        assert fresh["expires_in"] == 43_200
        again = await asked("oauth.v2.access", grant_type="refresh_token", refresh_token=fresh["refresh_token"])
        assert (await _client(slack, again["access_token"]).auth_test())["user_id"] == BOT
        used = await asked("oauth.v2.access", grant_type="refresh_token", refresh_token=fresh["refresh_token"])
        assert used == {"ok": False, "error": "invalid_refresh_token"}
        other = _client(slack)
        assert (await other.auth_revoke())["revoked"]
        with pytest.raises(SlackApiError, match="token_revoked"):
            await other.auth_test()


async def test_a_person_consents_on_the_page() -> None:
    back = "http://127.0.0.1:9/callback"
    async with slack_standin(redirect_uris=[back]) as slack, httpx2.AsyncClient() as browser:
        asked = {"client_id": slack.client_id, "scope": "chat:write,users:read", "state": "s1", "redirect_uri": back}
        page = await browser.get(slack.authorize_url, params=asked)
        assert "Mia Weaver" in page.text
        chosen = await browser.post(f"{slack.authorize_url}/callback", data={**asked, "user_id": slack.person("mia")})
        (code,) = parse_qs(urlsplit(chosen.headers["location"]).query)["code"]
        secret = (slack.client_id, slack.client_secret)
        form = {"code": code, "redirect_uri": back}
        granted = (await browser.post(slack.token_url, data=form, auth=secret)).json()
        assert granted["scope"] == "chat:write,users:read"
        assert granted["authed_user"]["id"] == slack.person("mia")
        assert (await _client(slack, granted["access_token"]).auth_test())["ok"]
        assert (await browser.post(slack.token_url, data=form, auth=secret)).json()["error"] == "invalid_code"


async def test_what_happens_is_sent_signed_and_again_if_refused(slack: SlackStandin) -> None:
    async with far_side() as app:
        arrived = asyncio.Event()
        answers = iter([Reply(500), Reply(200), Reply(200)])

        def answer(_: object) -> Reply:
            reply = next(answers)
            if len(app.seen) == 3:
                arrived.set()
            return reply

        app.answer = answer
        slack.subscribe(app.url("/events"))
        ts = slack.say("mia", "general", "look")
        slack.react("ben", "general", ts, "eyes")
        async with asyncio.timeout(10):
            await arrived.wait()
        verifier = SignatureVerifier(slack.signing_secret)
        assert all(verifier.is_valid_request(seen.body, dict(seen.headers)) for seen in app.seen)
        kinds = {json.loads(seen.body)["event"]["type"] for seen in app.seen}
        assert kinds == {"message", "reaction_added"}
        assert [seen.headers["x-slack-retry-num"] for seen in app.seen if "x-slack-retry-num" in seen.headers] == ["1"]


async def test_a_pressed_button_and_its_response_url(slack: SlackStandin) -> None:
    button = {"type": "button", "action_id": "yes", "value": "v1", "text": {"type": "plain_text", "text": "Yes"}}
    blocks = [{"type": "actions", "block_id": "ask", "elements": [button]}]
    client = _client(slack)
    sent = await client.chat_postMessage(channel=slack.channel("general"), text="May I?", blocks=blocks)
    async with far_side() as app:
        await slack.press("mia", "general", sent["ts"], "yes", to=app.url())
        await slack.slash("/deploy", "now", to=app.url())
        await slack.verify_url(app.url())
        pressed, command, challenge = app.seen
    assert SignatureVerifier(slack.signing_secret).is_valid_request(pressed.body, dict(pressed.headers))
    payload = json.loads(pressed.body and dict(_form(pressed.body))["payload"])
    assert payload["actions"][0]["value"] == "v1"
    assert dict(_form(command.body))["text"] == "now"
    assert json.loads(challenge.body)["type"] == "url_verification"


def _form(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode())
