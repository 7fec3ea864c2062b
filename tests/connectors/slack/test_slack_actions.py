"""Each action against the stand-in: what it makes of Slack's answers, and what it is afterwards."""

import inspect

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.connectors.slack.calling import ACTIONS, SCENES, Calls, plain

every_action = pytest.mark.parametrize("name", SCENES)


def test_every_action_has_its_scene() -> None:
    assert set(SCENES) == set(ACTIONS)


@every_action
async def test_it_works_and_asks_what_slack_sdk_knows(calls: Calls, name: str) -> None:
    """The arguments are those of slack_sdk's own signatures, so no misspelt one is sent and ignored."""
    scene = SCENES[name]
    params = scene.prepare(calls)
    begun = len(calls.slack.calls)
    result = await calls.run(name, **params)

    assert isinstance(plain(result), dict | list)
    made = [call for call in calls.slack.calls[begun:] if call.method != "response_url"]
    assert name == "respond" or scene.method in {call.method for call in made}
    for call in made:
        known = set(inspect.signature(getattr(AsyncWebClient, call.method.replace(".", "_"))).parameters)
        assert set(call.arguments) <= known, call.method
        assert call.answer["ok"], call
        assert call.token
        assert call.token not in str(call.arguments)
        assert call.headers["user-agent"] == "Nodeloom"


@every_action
async def test_what_it_needs_is_what_slack_asks_for(calls: Calls, name: str) -> None:
    """With the scopes that an action names, and no others, it works."""
    params = SCENES[name].prepare(calls)
    scopes = ACTIONS[name].scopes
    needed = {*scopes, *(_ALSO.get(name, ()))}
    calls.token = calls.slack.issue_token(sorted(needed))
    if name in ("send_ephemeral", "schedule_message"):
        params["channel"] = calls.slack.channel("general")
    await calls.run(name, **params)


# What only this scene needs, or what the emulator asks for where Slack doesn't.
_ALSO = {"call": ("pins:write",)}
