"""The manifest in the guide makes an app that can do all that the connector can."""

import json
import re
from pathlib import Path
from typing import Any

from nodeloom_connectors.slack import connector
from nodeloom_connectors.slack.auth import OAUTH, scope_parameters
from nodeloom_connectors.slack.triggers import TRIGGERS

_GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "slack.md").read_text()
_NOT_EVENTS = {"slash_command", "block_actions"}


def manifest() -> dict[str, Any]:
    found = re.search(r"^```json\n(.*?)^```$", _GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_every_permission_that_may_be_asked_for_is_in_it() -> None:
    scopes = manifest()["oauth_config"]["scopes"]
    needed = {*OAUTH.scopes, *(scope for each in (*connector.actions, *connector.triggers) for scope in each.scopes)}
    asked = {name: set(text.split(",")) for name, text in scope_parameters(sorted(needed)).items()}
    assert asked["scope"] <= set(scopes["bot"])
    assert asked["user_scope"] == set(scopes["user"])


def test_every_trigger_has_its_event() -> None:
    events = {event.partition(".")[0] for event in manifest()["settings"]["event_subscriptions"]["bot_events"]}
    told = {str(trigger.sample["type"]) for trigger in TRIGGERS if trigger.name != "event"} - _NOT_EVENTS
    assert told == events


def test_every_trigger_is_in_the_table() -> None:
    for trigger in TRIGGERS:
        assert f"| {trigger.title} |" in _GUIDE


def test_the_addresses_are_the_products_own() -> None:
    whole = manifest()
    door = "https://nodeloom.example.org/hooks/-/apps/slack"
    assert whole["settings"]["event_subscriptions"]["request_url"] == door
    assert whole["settings"]["interactivity"]["request_url"] == door
    assert [command["url"] for command in whole["features"]["slash_commands"]] == [door]
    assert whole["oauth_config"]["redirect_urls"] == ["https://nodeloom.example.org/oauth/callback"]
