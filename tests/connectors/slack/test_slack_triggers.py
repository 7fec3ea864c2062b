"""What starts a workflow, and what doesn't."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from nodeloom_connectors.sdk import AppEvent, Occurrence
from nodeloom_connectors.slack.triggers import TRIGGERS
from tests.support.standins.slack_events import APP, TEAM, envelope

BY_NAME = {trigger.name: trigger for trigger in TRIGGERS}
SAID: Mapping[str, Any] = {
    "type": "message",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U0MIA",
    "text": "The Printer burns",
    "ts": "1764547200.000100",
}
REACTED: Mapping[str, Any] = {
    "type": "reaction_added",
    "user": "U0MIA",
    "reaction": "eyes",
    "item": {"type": "message", "channel": "C1", "ts": "1764547200.000100"},
}


def started(name: str, payload: Mapping[str, Any], **params: Any) -> Occurrence | None:
    trigger = BY_NAME[name]
    return trigger.select(trigger.params.model_validate(params), AppEvent(TEAM, "Ev1", payload))


def happened(name: str, event: Mapping[str, Any], **params: Any) -> Occurrence | None:
    return started(name, envelope(event, event_id="Ev1"), **params)


def test_a_message_as_an_item() -> None:
    occurrence = happened("message", SAID)
    assert occurrence is not None
    assert occurrence.key == "Ev1"
    assert occurrence.summary == "The Printer burns"
    assert {name: occurrence.json[name] for name in ("text", "channel", "user", "ts", "team_id", "event_id")} == {
        "text": "The Printer burns",
        "channel": "C1",
        "user": "U0MIA",
        "ts": "1764547200.000100",
        "team_id": TEAM,
        "event_id": "Ev1",
    }


@pytest.mark.parametrize(
    ("params", "more", "starts"),
    [
        ({"channel": "C1"}, {}, True),
        ({"channel": "C2"}, {}, False),
        ({"contains": "printer"}, {}, True),
        ({"contains": "scanner"}, {}, False),
        ({"place": "channels"}, {}, True),
        ({"place": "direct"}, {}, False),
        ({"place": "direct"}, {"channel_type": "im"}, True),
        ({}, {"thread_ts": "1764547100.000100"}, True),
        ({"replies": False}, {"thread_ts": "1764547100.000100"}, False),
        ({"replies": False}, {"thread_ts": "1764547200.000100"}, True),
        ({}, {"subtype": "file_share"}, True),
        ({}, {"subtype": "message_changed"}, False),
        ({}, {"subtype": "channel_join"}, False),
        ({}, {"subtype": "bot_message", "bot_id": "B1"}, False),
        ({}, {"bot_id": "B1", "app_id": "AOTHER"}, False),
        ({"include_bots": True}, {"bot_id": "B1", "app_id": "AOTHER"}, True),
        ({}, {"bot_id": "B0BOT", "app_id": APP}, False),
        ({"include_bots": True}, {"bot_id": "B0BOT", "app_id": APP}, False),
        ({"include_bots": True}, {"bot_id": "B0BOT", "bot_profile": {"app_id": APP}}, False),
        ({"include_own": True}, {"bot_id": "B0BOT", "app_id": APP}, True),
        ({}, {"user": "U0BOT"}, False),
    ],
)
def test_which_messages_start(params: dict[str, Any], more: dict[str, Any], starts: bool) -> None:
    assert (happened("message", {**SAID, **more}, **params) is not None) is starts


@pytest.mark.parametrize(
    ("params", "more", "starts"),
    [
        ({}, {}, True),
        ({"emoji": ":eyes:"}, {}, True),
        ({"emoji": "tada"}, {}, False),
        ({"channel": "C1", "ts": "1764547200.000100", "user": "U0MIA"}, {}, True),
        ({"channel": "C2"}, {}, False),
        ({"ts": "1764547200.000200"}, {}, False),
        ({"user": "U0BEN"}, {}, False),
        ({}, {"user": "U0BOT"}, False),
        ({"include_own": True}, {"user": "U0BOT"}, True),
        ({}, {"type": "reaction_removed"}, False),
    ],
)
def test_which_reactions_start(params: dict[str, Any], more: dict[str, Any], starts: bool) -> None:
    assert (happened("reaction_added", {**REACTED, **more}, **params) is not None) is starts


def test_a_reaction_names_its_message_at_the_top() -> None:
    """So that it can be compared with what a node sent, without looking into `item`."""
    occurrence = happened("reaction_added", REACTED)
    assert occurrence is not None
    assert (occurrence.json["channel"], occurrence.json["ts"]) == ("C1", "1764547200.000100")


@pytest.mark.parametrize(
    ("name", "event", "params", "starts"),
    [
        ("mention", {"type": "app_mention", "channel": "C1", "user": "U0MIA", "text": "hi"}, {"channel": "C1"}, True),
        ("mention", {"type": "app_mention", "channel": "C1", "user": "U0MIA", "text": "hi"}, {"channel": "C2"}, False),
        ("mention", SAID, {}, False),
        ("channel_created", {"type": "channel_created", "channel": {"id": "C9", "creator": "U0MIA"}}, {}, True),
        ("channel_created", {"type": "channel_created", "channel": {"id": "C9", "creator": "U0BOT"}}, {}, False),
        ("member_joined", {"type": "member_joined_channel", "user": "U0MIA", "channel": "C1"}, {}, True),
        ("member_joined", {"type": "member_joined_channel", "user": "U0BOT", "channel": "C1"}, {}, False),
        (
            "member_joined",
            {"type": "member_joined_channel", "user": "U0MIA", "channel": "C1"},
            {"channel": "C2"},
            False,
        ),
        ("file_shared", {"type": "file_shared", "file_id": "F1", "user_id": "U0MIA", "channel_id": "C1"}, {}, True),
        ("file_shared", {"type": "file_shared", "file_id": "F1", "user_id": "U0BOT", "channel_id": "C1"}, {}, False),
        ("user_joined", {"type": "team_join", "user": {"id": "U9", "name": "ada"}}, {}, True),
        ("user_joined", {"type": "team_join", "user": {"id": "U9", "is_bot": True}}, {}, False),
        ("event", {"type": "pin_added", "user": "U0MIA"}, {"type": "pin_added"}, True),
        ("event", {"type": "pin_added", "user": "U0MIA"}, {"type": "pin_removed"}, False),
        ("event", {"type": "pin_added", "user": "U0MIA"}, {}, True),
        ("event", SAID, {}, True),
    ],
)
def test_which_events_start(name: str, event: dict[str, Any], params: dict[str, Any], starts: bool) -> None:
    assert (happened(name, event, **params) is not None) is starts


COMMAND = {
    "type": "slash_command",
    "command": "/deploy",
    "text": "web",
    "user_name": "mia",
    "response_url": "https://x",
}


def test_a_slash_command_by_its_name() -> None:
    assert started("command", COMMAND, command="deploy") is not None
    assert started("command", COMMAND, command="/undo") is None
    occurrence = started("command", COMMAND)
    assert occurrence is not None
    assert (occurrence.json["text"], occurrence.summary) == ("web", "/deploy web")


BUTTON = {
    "type": "block_actions",
    "team": {"id": TEAM},
    "user": {"id": "U0MIA", "name": "mia"},
    "channel": {"id": "C1"},
    "container": {"message_ts": "1.2"},
    "response_url": "https://x",
    "actions": [{"action_id": "take", "type": "static_select", "selected_option": {"value": "42"}}],
}


def test_a_button_by_its_id() -> None:
    assert started("button", BUTTON, action_id="leave") is None
    occurrence = started("button", BUTTON, action_id="take")
    assert occurrence is not None
    assert (occurrence.json["value"], occurrence.json["user_id"], occurrence.json["message_ts"]) == (
        "42",
        "U0MIA",
        "1.2",
    )


def test_other_things_start_neither() -> None:
    for name in BY_NAME:
        assert (started(name, COMMAND) is not None) is (name == "command")
        assert (started(name, BUTTON) is not None) is (name == "button")
        assert started(name, {}) is None
        assert started(name, {"event": "odd"}) is None


def test_a_channel_is_watched_by_its_id() -> None:
    with pytest.raises(ValidationError, match="list"):
        BY_NAME["message"].params.model_validate({"channel": "#general"})


@pytest.mark.parametrize("name", BY_NAME)
def test_the_sample_is_what_would_start_it(name: str) -> None:
    """What the editor shows before anything has come in has the fields of the real thing."""
    sample = BY_NAME[name].sample
    if sample["type"] in ("slash_command", "block_actions"):
        payload: Mapping[str, Any] = {**sample, "actions": [{"action_id": "take_ticket", "value": "42"}]}
    else:
        payload = envelope({key: value for key, value in sample.items() if key not in ("event_id", "event_time")})
    occurrence = started(name, payload)
    assert occurrence is not None
    assert set(sample) <= {*occurrence.json, *(() if name != "button" else ("channel_name",))}
