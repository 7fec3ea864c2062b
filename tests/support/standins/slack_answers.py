"""What the emulator's answers need to be Slack's, judged by samples of Slack's own."""

from typing import Any, cast

from tests.support.standins.slack_events import APP, TEAM
from tests.support.standins.slack_upstream import BOT

_NOT_IN_LISTS = ("is_open", "last_read")
_NOT_WHERE_CHANGED = ("num_members",)


def as_slack_has_it(method: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The bot's mark at its messages, and of a channel only what Slack tells at this method."""
    found = [answer["message"]] if isinstance(answer.get("message"), dict) else []
    found += answer["messages"] if isinstance(answer.get("messages"), list) else []
    for message in cast("list[dict[str, Any]]", found):
        if message.get("user") == BOT:
            message |= {"bot_id": "B0BOT", "app_id": APP, "team": TEAM}
    for channel in cast("list[dict[str, Any]]", answer.get("channels", [])):
        _without(channel, _NOT_IN_LISTS)
    if isinstance(answer.get("channel"), dict):
        channel = cast("dict[str, Any]", answer["channel"])
        channel["is_general"] = channel.get("name") == "general"
        _without(channel, _NOT_IN_LISTS[:1] if method != "conversations.create" else ())
        _without(channel, _NOT_WHERE_CHANGED if method != "conversations.info" else ())
    if method == "conversations.setPurpose":
        answer.pop("purpose", None)
    return answer


def _without(channel: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        channel.pop(name, None)
