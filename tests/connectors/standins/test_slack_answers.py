"""The Slack stand-in's answers against samples of Slack's own, where these are there: nothing in them is made up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.standins.slack import SlackStandin, slack_standin

_SAMPLES = Path(__file__).parents[4] / "shared" / "specs" / "slack-samples"


def _strangers(sample: Any, answer: Any, path: str = "") -> Iterator[str]:
    if isinstance(answer, dict) and isinstance(sample, dict) and sample:
        for name, value in cast("dict[str, Any]", answer).items():
            if name in sample:
                yield from _strangers(cast("dict[str, Any]", sample)[name], value, f"{path}.{name}")
            else:
                yield f"{path}.{name}"
    if isinstance(answer, list) and isinstance(sample, list) and sample:
        for value in cast("list[Any]", answer):
            yield from _strangers(sample[0], value, f"{path}[]")


def _calls(slack: SlackStandin) -> Iterator[tuple[str, dict[str, Any]]]:
    token = slack.issue_token()
    grant = slack.tokens.grants.known[token]

    def call(method: str, **arguments: str) -> tuple[str, dict[str, Any]]:
        return method, slack.front.perform(method, arguments, grant)

    general, mia = slack.channel("general"), slack.person("mia")
    yield call("auth.test")
    yield call("team.info")
    yield call("bots.info", bot="B0BOT")
    yield call("users.list")
    yield call("users.info", user=mia)
    yield call("users.lookupByEmail", email="mia@loom.test")
    yield call("conversations.list")
    yield call("conversations.info", channel=general)
    yield call("conversations.members", channel=general)
    made = call("conversations.create", name="new-one")
    yield made
    room = made[1]["channel"]["id"]
    yield call("conversations.invite", channel=room, users=mia)
    yield call("conversations.setTopic", channel=room, topic="topic")
    yield call("conversations.setPurpose", channel=room, purpose="purpose")
    yield call("conversations.rename", channel=room, name="newer-one")
    yield call("conversations.archive", channel=room)
    yield call("conversations.unarchive", channel=room)
    yield call("conversations.join", channel=slack.channel("random"))
    ts = slack.say("mia", "general", "hello")
    yield call("chat.getPermalink", channel=general, message_ts=ts)
    yield call("chat.postEphemeral", channel=general, user=mia, text="psst")
    yield call("reactions.add", channel=general, timestamp=ts, name="eyes")
    yield call("reactions.remove", channel=general, timestamp=ts, name="eyes")
    own = slack.front.perform("chat.postMessage", {"channel": general, "text": "mine"}, grant)
    yield call("chat.delete", channel=general, ts=own["ts"])
    yield call("files.getUploadURLExternal", filename="a.txt", length="1")
    yield call("usergroups.list")


def _sample(method: str) -> Any:
    return json.loads((_SAMPLES / "api" / f"{method}.json").read_text())


@pytest.mark.skipif(not _SAMPLES.is_dir(), reason="the samples of Slack's answers are not here")
def test_answers_have_no_field_that_slack_does_not_have() -> None:
    with slack_standin() as slack:
        found = {
            method: strange
            for method, answer in _calls(slack)
            if (strange := set(_strangers(_sample(method), answer))) or not answer["ok"]
        }
    assert found == {}
