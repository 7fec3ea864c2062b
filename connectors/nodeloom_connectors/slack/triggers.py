"""What happens in Slack, as triggers. All of it comes to the one address of the app."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from nodeloom_connectors.sdk import AppEvent, AppTrigger, Occurrence
from nodeloom_connectors.slack.chosen import (
    IncludeOwn,
    WatchedChannel,
    WatchedPerson,
    actor_of,
    chosen_channel,
    event_of,
    is_own,
    mapping,
    occurrence,
    text,
)
from nodeloom_connectors.slack.fields import EmojiName, Params
from nodeloom_connectors.slack.interactions import BUTTON_PRESSED, COMMAND_GIVEN

# With any other subtype Slack tells of a change: edited, deleted, somebody joined, the topic is another.
_NEW = {"", "file_share", "thread_broadcast", "me_message", "bot_message"}
_PLACES = {"channel": "channels", "group": "channels", "im": "direct", "mpim": "direct"}
_SAMPLE: dict[str, JsonValue] = {"team_id": "T0123456789", "event_id": "Ev0123456789", "event_time": 1764547200}


class MessageParams(Params):
    channel: WatchedChannel = chosen_channel()
    place: Literal["any", "channels", "direct"] = Field(
        default="any",
        title="Where",
        json_schema_extra={"x-labels": {"any": "Anywhere", "channels": "In channels", "direct": "In direct messages"}},
    )
    contains: str = Field(default="", title="Contains", description="Upper and lower case alike.", max_length=500)
    replies: bool = Field(default=True, title="Answers in threads, too")
    include_bots: bool = Field(default=False, title="Messages of other apps, too")
    include_own: IncludeOwn = False


def _message(params: MessageParams, given: AppEvent) -> Occurrence | None:
    event = event_of(given, "message")
    if event is None or text(event.get("subtype")) not in _NEW or not _is_for(params, given):
        return None
    if params.channel and event.get("channel") != params.channel:
        return None
    if params.place != "any" and _PLACES.get(text(event.get("channel_type")), "channels") != params.place:
        return None
    if not params.replies and event.get("thread_ts") not in (None, event.get("ts")):
        return None
    said = text(event.get("text"))
    return occurrence(given, event, said) if params.contains.lower() in said.lower() else None


def _is_for(params: MessageParams, given: AppEvent) -> bool:
    event = mapping(given.payload.get("event"))
    if is_own(given, event):
        return params.include_own
    return params.include_bots or not (event.get("bot_id") or event.get("subtype") == "bot_message")


MESSAGE = AppTrigger(
    name="message",
    title="New message",
    description="Starts when somebody writes in a channel that the app is in, or to the app.",
    params=MessageParams,
    select=_message,
    summary="{channel} {contains}",
    icon="message-circle",
    aliases=("chat", "dm", "direct message", "posted"),
    scopes=("channels:history",),
    sample={
        "type": "message",
        "channel": "C0123456789",
        "channel_type": "channel",
        "user": "U0123456789",
        "text": "The printer is on fire.",
        "ts": "1764547200.000100",
        **_SAMPLE,
    },
)


class MentionParams(Params):
    channel: WatchedChannel = chosen_channel()
    include_own: IncludeOwn = False


def _mention(params: MentionParams, given: AppEvent) -> Occurrence | None:
    event = event_of(given, "app_mention")
    if event is None or (is_own(given, event) and not params.include_own):
        return None
    if params.channel and event.get("channel") != params.channel:
        return None
    return occurrence(given, event, text(event.get("text")))


MENTION = AppTrigger(
    name="mention",
    title="The app is mentioned",
    description="Starts when somebody writes @app in a channel that the app is in.",
    params=MentionParams,
    select=_mention,
    summary="{channel}",
    icon="megaphone",
    aliases=("app_mention", "at", "bot"),
    scopes=("app_mentions:read",),
    sample={
        "type": "app_mention",
        "channel": "C0123456789",
        "user": "U0123456789",
        "text": "<@U0APP> what is the status?",
        "ts": "1764547200.000100",
        **_SAMPLE,
    },
)


class ReactionParams(Params):
    emoji: EmojiName = Field(
        default="",
        title="Emoji",
        description="Its name, with or without colons. Empty: any.",
        max_length=100,
        examples=["white_check_mark"],
    )
    channel: WatchedChannel = chosen_channel()
    user: WatchedPerson = Field(default=None, title="By", description="Empty: by anybody.", max_length=200)
    ts: str = Field(
        default="",
        title="At the message",
        description="Its ts. Empty: at any.",
        max_length=100,
        json_schema_extra={"x-advanced": True},
    )
    include_own: IncludeOwn = False


def _reaction(params: ReactionParams, given: AppEvent) -> Occurrence | None:
    event = event_of(given, "reaction_added")
    if event is None or (is_own(given, event) and not params.include_own):
        return None
    at = mapping(event.get("item"))
    wanted = [
        (params.emoji, event.get("reaction")),
        (params.channel, at.get("channel")),
        (params.user, event.get("user")),
        (params.ts, at.get("ts")),
    ]
    if any(wish and wish != found for wish, found in wanted):
        return None
    item = {**event, "channel": at.get("channel"), "ts": at.get("ts")}
    return occurrence(given, item, f":{text(event.get('reaction'))}: by {text(event.get('user'))}")


REACTION_ADDED = AppTrigger(
    name="reaction_added",
    title="New reaction",
    description="Starts when somebody puts an emoji at a message.",
    params=ReactionParams,
    select=_reaction,
    summary=":{emoji}: {channel}",
    icon="thumbs-up",
    aliases=("emoji", "like", "vote"),
    scopes=("reactions:read",),
    sample={
        "type": "reaction_added",
        "user": "U0123456789",
        "reaction": "white_check_mark",
        "item": {"type": "message", "channel": "C0123456789", "ts": "1764547200.000100"},
        "item_user": "U0APP",
        "channel": "C0123456789",
        "ts": "1764547200.000100",
        **_SAMPLE,
    },
)


class CreatedParams(Params):
    include_own: IncludeOwn = False


def _channel_created(params: CreatedParams, given: AppEvent) -> Occurrence | None:
    event = event_of(given, "channel_created")
    if event is None or (is_own(given, event) and not params.include_own):
        return None
    return occurrence(given, event, "#" + text(mapping(event.get("channel")).get("name")))


CHANNEL_CREATED = AppTrigger(
    name="channel_created",
    title="New channel",
    description="Starts when somebody makes a public channel.",
    params=CreatedParams,
    select=_channel_created,
    summary="any",
    icon="hash",
    scopes=("channels:read",),
    sample={
        "type": "channel_created",
        "channel": {"id": "C0123456789", "name": "project-loom", "creator": "U0123456789", "created": 1764547200},
        **_SAMPLE,
    },
)


class JoinedParams(Params):
    channel: WatchedChannel = chosen_channel()
    include_own: IncludeOwn = False


def _member_joined(params: JoinedParams, given: AppEvent) -> Occurrence | None:
    event = event_of(given, "member_joined_channel")
    if event is None or (is_own(given, event) and not params.include_own):
        return None
    if params.channel and event.get("channel") != params.channel:
        return None
    return occurrence(given, event, f"{actor_of(event)} in {text(event.get('channel'))}")


MEMBER_JOINED = AppTrigger(
    name="member_joined",
    title="Somebody joins a channel",
    description="Starts when somebody becomes a member of a channel that the app is in.",
    params=JoinedParams,
    select=_member_joined,
    summary="{channel}",
    icon="user-round",
    aliases=("member_joined_channel", "join"),
    scopes=("channels:read",),
    sample={
        "type": "member_joined_channel",
        "user": "U0123456789",
        "channel": "C0123456789",
        "channel_type": "C",
        "inviter": "U9876543210",
        **_SAMPLE,
    },
)


class SharedParams(Params):
    channel: WatchedChannel = chosen_channel()
    include_own: IncludeOwn = False


def _file_shared(params: SharedParams, given: AppEvent) -> Occurrence | None:
    event = event_of(given, "file_shared")
    if event is None or (is_own(given, event) and not params.include_own):
        return None
    if params.channel and event.get("channel_id") != params.channel:
        return None
    return occurrence(given, event, f"{text(event.get('file_id'))} in {text(event.get('channel_id'))}")


FILE_SHARED = AppTrigger(
    name="file_shared",
    title="A file is shared",
    description="Starts when somebody shares a file; fetch it with “Get a file”.",
    params=SharedParams,
    select=_file_shared,
    summary="{channel}",
    icon="file-input",
    aliases=("upload", "attachment"),
    scopes=("files:read",),
    sample={
        "type": "file_shared",
        "channel_id": "C0123456789",
        "file_id": "F0123456789",
        "user_id": "U0123456789",
        **_SAMPLE,
    },
)


class PersonParams(Params):
    include_bots: bool = Field(default=False, title="Bots, too")


def _user_joined(params: PersonParams, given: AppEvent) -> Occurrence | None:
    event = event_of(given, "team_join")
    if event is None:
        return None
    person = mapping(event.get("user"))
    if person.get("is_bot") is True and not params.include_bots:
        return None
    return occurrence(given, event, text(person.get("real_name")) or text(person.get("name")))


USER_JOINED = AppTrigger(
    name="user_joined",
    title="Somebody joins the workspace",
    description="Starts when a new person comes into the workspace.",
    params=PersonParams,
    select=_user_joined,
    summary="anybody",
    icon="user-round",
    aliases=("team_join", "new user", "onboarding"),
    scopes=("users:read",),
    sample={"type": "team_join", "user": {"id": "U0123456789", "name": "ada", "real_name": "Ada Weaver"}, **_SAMPLE},
)


class AnyParams(Params):
    type: str = Field(
        default="",
        title="Type",
        description="As Slack names it (docs.slack.dev/reference/events). Empty: any that the app is subscribed to.",
        max_length=100,
        examples=["pin_added", "channel_archive"],
    )
    include_own: IncludeOwn = False


def _any(params: AnyParams, given: AppEvent) -> Occurrence | None:
    event = mapping(given.payload.get("event"))
    kind = text(event.get("type"))
    if not kind or kind != (params.type.strip() or kind) or (is_own(given, event) and not params.include_own):
        return None
    return occurrence(given, event, kind)


EVENT = AppTrigger(
    name="event",
    title="Any event",
    description="Starts at whatever Slack tells the app of.",
    params=AnyParams,
    select=_any,
    summary="{type}",
    icon="radio",
    aliases=("events api", "other"),
    sample={"type": "pin_added", "user": "U0123456789", "channel_id": "C0123456789", **_SAMPLE},
)


TRIGGERS = (
    MESSAGE,
    MENTION,
    REACTION_ADDED,
    CHANNEL_CREATED,
    MEMBER_JOINED,
    FILE_SHARED,
    USER_JOINED,
    COMMAND_GIVEN,
    BUTTON_PRESSED,
    EVENT,
)
