"""Each action under each fault: the right one of the four errors, and no request is made twice."""

import asyncio
import socket
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from nodeloom.adapters.egress import EgressRefused
from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.settings import Settings
from nodeloom_connectors.sdk import (
    Access,
    ConnectorError,
    OAuth2Token,
    OutcomeUnknown,
    Reconnect,
    Refused,
    RetryLater,
)
from nodeloom_connectors.slack.client import SlackClient
from tests.connectors.slack.calling import ACTIONS, SCENES, Calls
from tests.support.standins.fault_proxy import ACTED, Fault, FaultProxy, fault_proxy
from tests.support.standins.slack import SlackStandin

LIMITED = {Fault.LIMITED_SECONDS, Fault.LIMITED_DATE, Fault.LIMITED_BARE, Fault.LIMITED_HOUR}
LOST = {Fault.EXPIRED, Fault.REVOKED}
VENDORS = {Fault.LIMITED_GOOGLE, Fault.LIMITED_TRELLO}
SLOW = {Fault.SLOW_HEADERS, Fault.SLOW_BODY, Fault.ENDLESS_BODY}
# A limit, a 5xx, a reset before and after, a slow answer, no JSON, half of it, a redirect, a bad token.
ONE_OF_EACH = (
    Fault.LIMITED_SECONDS,
    Fault.BAD_GATEWAY,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.SLOW_BODY,
    Fault.HTML,
    Fault.TRUNCATED_JSON,
    Fault.REDIRECT,
    Fault.REVOKED,
)
every_action = pytest.mark.parametrize("name", SCENES)


@pytest.fixture(scope="module")
def proxy(slack: SlackStandin) -> Generator[FaultProxy]:
    with fault_proxy(slack.url, vendor="slack") as made:
        yield made


async def failed_by(fault: Fault, name: str, calls: Calls, proxy: FaultProxy) -> ConnectorError:
    """The error of one call whose main request meets the fault."""
    scene = SCENES[name]
    params = scene.prepare(calls)
    proxy.heal()
    before = len(proxy.seen)
    proxy.fail(fault, lambda seen: scene.method in seen.target)
    with pytest.raises(ConnectorError) as failed:
        await calls.run(name, **params)
    made = [seen for seen in proxy.seen[before:] if scene.method in seen.target]
    assert len(made) == 1, "no request is repeated by the connector itself"
    assert calls.token not in f"{failed.value} {failed.value.hint} {getattr(failed.value, 'detail', '')}"
    return failed.value


def check(error: ConnectorError, fault: Fault, *, harmless: bool) -> None:
    if fault in LIMITED:
        assert isinstance(error, RetryLater)
        assert error.nothing_happened
        assert error.after is not None
    elif fault is Fault.REDIRECT:
        assert isinstance(error, Refused)
    elif fault in LOST:
        assert isinstance(error, Reconnect)
        assert not error.token_is_good
    elif harmless:
        assert isinstance(error, RetryLater)
        assert error.nothing_happened
    else:
        assert isinstance(error, OutcomeUnknown)
    assert error.message
    assert error.hint or isinstance(error, RetryLater)


async def go_through(name: str, faults: tuple[Fault, ...], calls: Calls, proxy: FaultProxy) -> None:
    calls.through, calls.within_s = proxy.url, 0.4
    proxy.drip_s = 0.1
    for fault in faults:
        if name == "respond" and fault in (LOST | {Fault.HTML, Fault.TRUNCATED_JSON} | SLOW | _BODIES):
            continue  # only the status of its answer is read, and it carries no token
        error = await failed_by(fault, name, calls, proxy)
        check(error, fault, harmless=SCENES[name].harmless)


_BODIES = {Fault.HUGE, Fault.GZIP_BOMB, Fault.CUT_BODY}


@every_action
async def test_one_fault_of_each_class(name: str, calls: Calls, proxy: FaultProxy) -> None:
    await go_through(name, ONE_OF_EACH, calls, proxy)
    assert not proxy.strayed


@pytest.mark.long
@every_action
async def test_all_faults(name: str, calls: Calls, proxy: FaultProxy) -> None:
    await go_through(name, tuple(fault for fault in Fault if fault not in VENDORS), calls, proxy)
    assert not proxy.strayed


@pytest.mark.parametrize("name", [name for name, action in ACTIONS.items() if action.confirm is not None])
@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER])
async def test_what_became_of_a_lost_call_is_found_out(
    name: str, fault: Fault, calls: Calls, proxy: FaultProxy
) -> None:
    calls.through, calls.key = proxy.url, f"lost-{name}-{fault.name}"
    params = SCENES[name].prepare(calls)
    proxy.heal()
    proxy.fail(fault, lambda seen: SCENES[name].method in seen.target)
    with pytest.raises(OutcomeUnknown):
        await calls.run(name, **params)
    found = await calls.confirm(name, **params)
    assert (found is not None) is (fault in ACTED)


async def test_a_lost_answer_in_a_thread_is_found_there(calls: Calls, proxy: FaultProxy) -> None:
    calls.through, calls.key = proxy.url, "lost-in-thread"
    parent = calls.slack.say("mia", "general", "who?")
    params: dict[str, Any] = {"channel": "general", "text": "me", "thread_ts": parent}
    proxy.heal()
    proxy.fail(Fault.RESET_AFTER, "chat.postMessage")
    with pytest.raises(OutcomeUnknown):
        await calls.run("send_message", **params)
    found = await calls.confirm("send_message", **params)
    assert found.ts == calls.slack.replies("general", parent)[-1]["ts"]


@pytest.mark.parametrize(("fault", "wait_s"), [(Fault.LIMITED_HOUR, 3600), (Fault.LIMITED_SECONDS, 1)])
async def test_the_wait_that_slack_asks_for_is_handed_on(
    calls: Calls, proxy: FaultProxy, fault: Fault, wait_s: int
) -> None:
    calls.through = proxy.url
    error = await failed_by(fault, "send_message", calls, proxy)
    assert isinstance(error, RetryLater)
    assert error.after == timedelta(seconds=wait_s)


async def test_nothing_was_sent_where_slack_cannot_be_reached(calls: Calls) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        calls.through = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(RetryLater) as failed:
        await calls.run("send_message", channel="C000000001", text="x")
    assert failed.value.nothing_happened


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.RESET_AFTER, Fault.SLOW_HEADERS, Fault.LIMITED_BARE])
async def test_a_file_that_did_not_get_up_was_never_shown(calls: Calls, proxy: FaultProxy, fault: Fault) -> None:
    """Until the upload is completed nobody sees anything of it, so it may be tried again."""
    size = 3
    calls.through, calls.within_s = proxy.url, 0.4
    client = calls.client()
    place = calls.slack_does("files.getUploadURLExternal", filename="a.txt", length=size)
    proxy.heal()
    proxy.fail(fault, "/upload")
    calls.files.add("data", b"abc", file_name="a.txt", media_type="text/plain")

    async with asyncio.timeout(5):
        content = calls.files.open(calls.files.on_item["data"])
        with pytest.raises(RetryLater) as failed:
            await client.upload(proxy.rewritten(place["upload_url"]), content, size, within_s=0.4)
    assert failed.value.nothing_happened


async def test_a_page_in_place_of_a_file_means_that_it_may_not_be_read(calls: Calls, proxy: FaultProxy) -> None:
    calls.through = proxy.url
    uploaded = calls.slack_does("files.info", file=SCENES["get_file"].prepare(calls)["file"])["file"]
    for fault in (Fault.HTML, Fault.REDIRECT):
        proxy.heal()
        proxy.fail(fault, "/files")
        with pytest.raises(Reconnect, match="files:read"):
            async with calls.client().download(proxy.rewritten(uploaded["url_private"]), "text/csv"):
                pass
    assert not proxy.strayed


async def test_the_token_goes_to_nobody_else(calls: Calls) -> None:
    with pytest.raises(Refused) as refused:
        async with calls.client().download("https://slack.com.evil.example/file", "text/csv"):
            pass
    assert refused.value.code == "not_slack"
    with pytest.raises(Refused):
        await calls.run("respond", response_url="https://evil.example/hook", text="x")


async def test_a_metadata_address_is_refused_by_the_guard(tmp_path: Any) -> None:
    async with guarded_client(Settings(home=tmp_path)) as http:
        secret = OAuth2Token(access_token=SecretStr("xoxb-1"))
        client = SlackClient(Access(http, secret, settings={"api_url": "http://169.254.169.254/api/"}))
        with pytest.raises(EgressRefused):
            await client.web.auth_test()


async def test_a_missing_permission_is_named(calls: Calls) -> None:
    calls.token = calls.slack.issue_token(["users:read"])
    with pytest.raises(Reconnect, match=r"chat:write") as refused:
        await calls.run("send_message", channel="general", text="x")
    assert refused.value.token_is_good
    with pytest.raises(Reconnect, match=r"files:read"):
        await calls.run("list_files")


@pytest.mark.parametrize(
    ("name", "params", "code"),
    [
        ("send_message", {"channel": "nowhere", "text": "x"}, "channel_not_found"),
        ("channel_history", {"channel": "#nowhere"}, "channel_not_found"),
        ("channel_history", {"channel": "#sales"}, "not_in_channel"),
        ("create_channel", {"name": "general"}, "name_taken"),
        ("find_user_by_email", {"email": "nobody@loom.test"}, "users_not_found"),
        ("get_user", {"user": "U999999999"}, "user_not_found"),
        ("call", {"method": "no.such.method"}, "unknown_method"),
    ],
)
async def test_a_refusal_says_what_to_do(calls: Calls, name: str, params: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        await calls.run(name, **params)
    assert refused.value.code == code
    assert len(refused.value.hint) > 20
    assert "docs.slack.dev/reference/methods/" not in refused.value.hint


@pytest.mark.parametrize("error", ["fatal_error", "internal_error"])
async def test_slack_says_itself_that_it_broke(calls: Calls, error: str) -> None:
    calls.slack.refuse("chat.postMessage", error)
    with pytest.raises(OutcomeUnknown):
        await calls.run("send_message", channel="general", text="x")
    calls.slack.refuse("users.list", error)
    with pytest.raises(RetryLater):
        await calls.run("list_users")


async def test_a_wait_without_end_has_an_end(calls: Calls) -> None:
    calls.slack.refuse("users.list", "ratelimited", status=429, headers={"Retry-After": "9" * 40})
    with pytest.raises(RetryLater) as failed:
        await calls.run("list_users")
    assert failed.value.after == timedelta(days=7)


async def test_no_secret_of_the_connection_comes_back(http: httpx2.AsyncClient, calls: Calls) -> None:
    """A service that echoes the token does not bring it into the data of a run."""
    calls = replace(calls, http=http)
    result = await calls.run("call", method="api.test", arguments={"echo": calls.token})
    assert calls.token not in str(result)
