"""What comes to the address of the app: whether it is Slack's, and what is made of it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from nodeloom_connectors.sdk import AppEvent, Decision, IncomingRequest, NotGenuine, OAuthApp, Reply
from nodeloom_connectors.slack.door import decided, receive
from tests.connectors.slack.calling import DOOR, Calls
from tests.connectors.slack.signing import FORM, signed_request
from tests.support.far_side import FarSide
from tests.support.standins.slack_events import TEAM, envelope

SECRET = "signing-secret"
APP = OAuthApp("id", SecretStr("secret"), {"signing_secret": SecretStr(SECRET)})
EVENT = json.dumps(envelope({"type": "message", "text": "häh?"}, event_id="Ev1"), ensure_ascii=False).encode()


def got(body: bytes, **more: Any) -> Reply | AppEvent | Decision | None:
    received = receive(signed_request(body, SECRET, **more), APP)
    if isinstance(received, Reply):
        return received
    return received[0] if received else None


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def pressed(payload: Mapping[str, Any]) -> bytes:
    return form(payload=json.dumps(payload))


def test_an_event_of_a_workspace() -> None:
    event = got(EVENT)
    assert isinstance(event, AppEvent)
    assert (event.account, event.key) == (TEAM, "Ev1")
    assert event.payload["event"] == json.loads(EVENT)["event"]
    assert "token" not in event.payload


def test_an_event_of_a_whole_organisation() -> None:
    body = json.loads(EVENT)
    body["authorizations"] = [{"enterprise_id": "E1", "team_id": TEAM, "is_enterprise_install": True}]
    event = got(json.dumps(body).encode())
    assert isinstance(event, AppEvent)
    assert event.account == "E1"


def test_the_challenge_is_answered() -> None:
    assert got(json.dumps({"type": "url_verification", "challenge": "abc"}).encode()) == Reply(body=b"abc")


@pytest.mark.parametrize(
    "request_",
    [
        signed_request(EVENT, "another-secret"),
        signed_request(EVENT, SECRET, age_s=600),
        signed_request(EVENT, SECRET, age_s=-600),
        signed_request(EVENT, SECRET, x_slack_signature=""),
        signed_request(EVENT, SECRET, x_slack_signature="v0=ünïcode\ud800"),
        signed_request(EVENT, SECRET, x_slack_request_timestamp="soon"),
        signed_request(EVENT, SECRET, x_slack_request_timestamp="²"),
        signed_request(EVENT, SECRET, x_slack_request_timestamp="9" * 5000),
        signed_request(EVENT, SECRET, x_slack_request_timestamp="-1"),
        signed_request(EVENT, SECRET, x_slack_request_timestamp=""),
        IncomingRequest("POST", {}, {}, EVENT),
    ],
)
def test_what_slack_did_not_sign_is_not_genuine(request_: IncomingRequest) -> None:
    with pytest.raises(NotGenuine):
        receive(request_, APP)


def test_a_body_that_was_written_anew_is_not_genuine() -> None:
    """The bytes are signed, not what they mean."""
    original = signed_request(EVENT, SECRET)
    again = json.dumps(json.loads(EVENT)).encode()
    assert again != EVENT
    with pytest.raises(NotGenuine):
        receive(IncomingRequest("POST", original.headers, {}, again), APP)


def test_an_app_without_its_signing_secret_takes_nothing() -> None:
    for secrets in ({}, {"signing_secret": SecretStr("")}):
        with pytest.raises(NotGenuine):
            receive(signed_request(EVENT, ""), OAuthApp("id", SecretStr("secret"), secrets))


@pytest.mark.parametrize("stamp", ["x", "١٢٣", "1e9", "0x10", "\x00"])
@given(signature=st.text(max_size=80))
def test_no_header_breaks_the_check(stamp: str, signature: str) -> None:
    request = signed_request(EVENT, SECRET, x_slack_request_timestamp=stamp, x_slack_signature=signature)
    with pytest.raises(NotGenuine):
        receive(request, APP)


@given(body=st.binary(max_size=200))
@pytest.mark.parametrize("media_type", ["application/json", FORM, ""])
def test_no_body_breaks_the_door(body: bytes, media_type: str) -> None:
    receive(signed_request(body, SECRET, media_type=media_type), APP)


@given(
    payload=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "event", "event_id", "team", "actions", "action_id", "user", "payload", "authorizations"]
                ),
                inner,
            )
        ),
        max_leaves=15,
    )
)
def test_no_json_breaks_the_door(payload: Any) -> None:
    for kind in ("event_callback", "block_actions"):
        whole = {"type": kind, "event_id": "1", "actions": [payload], "event": payload, "user": payload}
        receive(signed_request(json.dumps(whole).encode(), SECRET), APP)
        receive(signed_request(pressed(whole), SECRET, media_type=FORM), APP)


def test_a_slash_command() -> None:
    body = form(command="/deploy", text="web", team_id=TEAM, trigger_id="1.2", token="verification", user_name="mia")
    event = got(body, media_type=FORM)
    assert isinstance(event, AppEvent)
    assert (event.account, event.key) == (TEAM, "1.2")
    assert event.payload["command"] == "/deploy"
    assert "token" not in event.payload


def test_slacks_check_of_the_certificate_is_no_command() -> None:
    assert got(form(ssl_check="1", token="verification"), media_type=FORM) is None


def button(action_id: str, block_id: str = "nodeloom", user: str = "U0MIA") -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user, "username": "mia", "name": "mia"},
        "trigger_id": "1.2",
        "token": "verification",
        "response_url": "https://hooks.slack.com/actions/1",
        "message": {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Pay?"}}]},
        "actions": [{"action_id": action_id, "block_id": block_id, "value": "the-value", "type": "button"}],
    }


@pytest.mark.parametrize("action_id", ["nodeloom_approve", "nodeloom_reject"])
def test_a_pressed_button_decides(action_id: str) -> None:
    decision = got(pressed(button(action_id)), media_type=FORM)
    assert decision == Decision(
        "the-value", "mia (Slack)", {"response_url": "https://hooks.slack.com/actions/1", "question": "Pay?"}
    )


def test_only_those_who_may_decide_do() -> None:
    asked = "nodeloom:U0MIA:U0BEN"
    assert isinstance(got(pressed(button("nodeloom_approve", asked)), media_type=FORM), Decision)
    assert got(pressed(button("nodeloom_approve", asked, user="U0EVE")), media_type=FORM) is None


def test_a_button_of_somebodys_own_is_an_event() -> None:
    event = got(pressed(button("take_ticket")), media_type=FORM)
    assert isinstance(event, AppEvent)
    assert (event.account, event.key) == (TEAM, "1.2")
    assert "token" not in event.payload
    assert got(pressed(button("nodeloom_page")), media_type=FORM) is None


async def test_the_answer_takes_the_place_of_the_buttons(
    calls: Calls, http: httpx2.AsyncClient, far_side: FarSide
) -> None:
    """The whole way: asked, pressed, decided, told."""
    asked = await calls.run("ask_approval", channel="general", message="Pay *5 €*?")
    await calls.slack.press("mia", "general", asked.ts, "nodeloom_approve", to=far_side.url("/app"))
    [seen] = far_side.seen
    app = OAuthApp("id", SecretStr("secret"), {"signing_secret": SecretStr(calls.slack.signing_secret)})
    received = receive(IncomingRequest("POST", seen.headers, {}, seen.body), app)
    assert not isinstance(received, Reply)
    [decision] = received
    assert isinstance(decision, Decision)
    assert (decision.value, decision.by) == (DOOR.approve, "mia (Slack)")
    await decided(http, decision, "Approved by mia (Slack).")

    message = next(each for each in calls.slack.messages("general") if each["ts"] == asked.ts)
    assert message["text"] == "Approved by mia (Slack)."
    assert [block["text"]["text"] for block in message["blocks"]] == ["Pay *5 €*?", "Approved by mia (Slack)."]
