"""The events that Slack sends after a call of its API."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.support.standins.slack_events import APP, TEAM
from tests.support.standins.slack_upstream import BOT

Facts = Mapping[str, Any]


def happened(method: str, arguments: Facts, answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
    """None for a call that changes nothing."""
    tell = _TELLS.get(method)
    return () if tell is None else tell(arguments, answer, speaker)


def _said(arguments: Facts, answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
    ts, channel = answer["ts"], answer["channel"]
    told: dict[str, Any] = {
        **answer.get("message", {"text": arguments.get("text", "")}),
        "type": "message",
        "user": speaker,
        "ts": ts,
        "team": TEAM,
        "channel": channel,
        "channel_type": "im" if channel.startswith("D") else "channel",
        "event_ts": ts,
    }
    told |= {"bot_id": "B0BOT", "app_id": APP} if speaker == BOT else {"client_msg_id": f"client-{ts}"}
    yield told
    if f"<@{BOT}>" in str(told["text"]):
        yield {name: value for name, value in told.items() if name != "channel_type"} | {"type": "app_mention"}


def _changed(_arguments: Facts, answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
    message = {
        "type": "message",
        "user": speaker,
        "ts": answer["ts"],
        **answer.get("message", {}),
        "text": answer["text"],
    }
    yield {
        "type": "message",
        "subtype": "message_changed",
        "channel": answer["channel"],
        "channel_type": "channel",
        "message": message,
        "previous_message": {"type": "message", "user": speaker, "ts": answer["ts"]},
        "hidden": True,
        "ts": _now(),
    }


def _deleted(_arguments: Facts, answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
    yield {
        "type": "message",
        "subtype": "message_deleted",
        "channel": answer["channel"],
        "channel_type": "channel",
        "deleted_ts": answer["ts"],
        "previous_message": {"type": "message", "user": speaker, "ts": answer["ts"]},
        "hidden": True,
        "ts": _now(),
    }


def _reacted(kind: str) -> Callable[[Facts, Facts, str], Iterable[dict[str, Any]]]:
    def tell(arguments: Facts, _answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
        item = {"type": "message", "channel": arguments["channel"], "ts": arguments["timestamp"]}
        yield {"type": kind, "user": speaker, "reaction": arguments["name"], "item": item, "item_user": BOT}

    return tell


def _created(_arguments: Facts, answer: Facts, _speaker: str) -> Iterable[dict[str, Any]]:
    channel = answer["channel"]
    named = ("id", "name", "name_normalized", "created", "creator", "is_channel", "is_private")
    yield {"type": "channel_created", "channel": {name: channel[name] for name in named} | {"context_team_id": TEAM}}


def _joined(_arguments: Facts, answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
    yield _member(speaker, answer["channel"]["id"])


def _invited(arguments: Facts, answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
    users = arguments["users"]
    for user in users.split(",") if isinstance(users, str) else users:
        yield _member(user, answer["channel"]["id"]) | {"inviter": speaker}


def _member(user: str, channel: str) -> dict[str, Any]:
    return {"type": "member_joined_channel", "user": user, "channel": channel, "channel_type": "C", "team": TEAM}


def _archived(arguments: Facts, _answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
    yield {"type": "channel_archive", "channel": arguments["channel"], "user": speaker, "is_moved": 0}


def _shared(_arguments: Facts, answer: Facts, speaker: str) -> Iterable[dict[str, Any]]:
    for file in answer["files"]:
        for channel in [*file["channels"], *file["groups"]]:
            told = {"file_id": file["id"], "file": {"id": file["id"]}}
            yield {"type": "file_shared", "user_id": speaker, "channel_id": channel, **told}


def _now() -> str:
    return f"{time.time():.6f}"


_TELLS: Mapping[str, Callable[[Facts, Facts, str], Iterable[dict[str, Any]]]] = {
    "chat.postMessage": _said,
    "chat.meMessage": _said,
    "chat.update": _changed,
    "chat.delete": _deleted,
    "reactions.add": _reacted("reaction_added"),
    "reactions.remove": _reacted("reaction_removed"),
    "conversations.create": _created,
    "conversations.join": _joined,
    "conversations.invite": _invited,
    "conversations.archive": _archived,
    "files.completeUploadExternal": _shared,
}
