"""Channels: made, found, joined, named, put away."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from nodeloom_connectors.sdk import ActionContext, Refused, action
from nodeloom_connectors.slack.client import SlackClient, data_of, next_cursor, rows
from nodeloom_connectors.slack.fields import ArchivedChannel, Found, Limit, Params
from nodeloom_connectors.slack.fields import Channel as ChannelField

_JUST_MADE_S = 86_400


class Channel(Found):
    """A channel as Slack describes it."""

    id: str = Field(title="Channel")
    name: str = Field(default="", title="Name")
    is_private: bool = Field(default=False, title="Private")
    is_archived: bool = Field(default=False, title="Archived")


class ChannelParams(Params):
    channel: ChannelField


def channel_of(found: Mapping[str, Any]) -> Channel:
    return Channel.model_validate({**found, "name": found.get("name") or ""})


async def looked_up(client: SlackClient, channel: str) -> Channel:
    answer = await client.web.conversations_info(channel=channel, include_num_members=True)
    return channel_of(data_of(answer)["channel"])


async def done_or(call: Awaitable[Any], *codes: str) -> Mapping[str, Any]:
    """Slack's answer; empty if it says that what was asked for is so already."""
    try:
        return data_of(await call)
    except Refused as refused:
        if refused.code not in codes:
            raise
        return {}


def _name(given: str) -> str:
    return given.strip().removeprefix("#")


ChannelName = Annotated[str, AfterValidator(_name)]


class CreateParams(Params):
    name: ChannelName = Field(
        title="Name",
        description="Lower-case letters, digits, hyphens and underscores.",
        min_length=1,
        max_length=80,
        examples=["project-loom"],
    )
    is_private: bool = Field(default=False, title="Private", description="Needs the permission groups:write.")


async def find_created(ctx: ActionContext[SlackClient], params: CreateParams) -> Channel | None:
    """A name is taken once, so the channel of this name is the one if this app has just made it."""
    me = data_of(await ctx.client.web.auth_test()).get("user_id")
    since = time.time() - _JUST_MADE_S
    cursor: str | None = None
    while True:
        answer = await ctx.client.list_channels(cursor, limit=1000)
        for found in rows(answer, "channels"):
            if found.get("name") == params.name and found.get("creator") == me and float(found["created"]) > since:
                return channel_of(found)
        cursor = next_cursor(answer)
        if cursor is None:
            return None


@action(
    title="Create a channel",
    effect="once",
    summary="#{name}",
    icon="hash",
    aliases=("new channel", "make"),
    confirm=find_created,
    scopes=("channels:manage",),
)
async def create_channel(ctx: ActionContext[SlackClient], params: CreateParams) -> Channel:
    """Make a new channel; the app is its first member."""
    answer = await ctx.client.web.conversations_create(name=params.name, is_private=params.is_private)
    return channel_of(data_of(answer)["channel"])


class ListParams(Params):
    types: Literal["public", "private", "all"] = Field(
        default="public", title="Which", json_schema_extra={"x-labels": {"all": "Public and private"}}
    )
    include_archived: bool = Field(default=False, title="Archived ones too")
    name_contains: str = Field(default="", title="Name contains", max_length=80)
    limit: Limit = 200


_TYPES = {"public": "public_channel", "private": "private_channel", "all": "public_channel,private_channel"}


@action(
    title="List channels",
    effect="read",
    summary="{types} {name_contains}",
    icon="hash",
    aliases=("get many", "find channel", "conversations"),
    scopes=("channels:read",),
)
async def list_channels(ctx: ActionContext[SlackClient], params: ListParams) -> list[Channel]:
    """The channels that the app can see, one item each."""
    found: list[Channel] = []
    part = params.name_contains.strip().removeprefix("#").lower()
    cursor: str | None = None
    while len(found) < params.limit:
        answer = await ctx.client.list_channels(cursor, types=_TYPES[params.types], archived=params.include_archived)
        channels = [channel_of(channel) for channel in rows(answer, "channels")]
        found.extend(channel for channel in channels if part in channel.name)
        cursor = next_cursor(answer)
        if cursor is None:
            break
    return found[: params.limit]


@action(
    title="Get a channel",
    effect="read",
    summary="{channel}",
    icon="hash",
    aliases=("info", "details"),
    scopes=("channels:read",),
)
async def get_channel(ctx: ActionContext[SlackClient], params: ChannelParams) -> Channel:
    """What Slack knows of a channel: topic, purpose, how many are in it."""
    return await looked_up(ctx.client, await ctx.client.channel_id(params.channel))


@action(
    title="Archive a channel",
    effect="idempotent",
    summary="{channel}",
    icon="layers",
    aliases=("close", "put away"),
    scopes=("channels:manage",),
)
async def archive_channel(ctx: ActionContext[SlackClient], params: ChannelParams) -> Channel:
    """Close a channel; what was said stays readable."""
    channel = await ctx.client.channel_id(params.channel, archived=True)
    await done_or(ctx.client.web.conversations_archive(channel=channel), "already_archived")
    return Channel(id=channel, is_archived=True)


class UnarchiveParams(Params):
    channel: ArchivedChannel


@action(
    title="Unarchive a channel",
    effect="idempotent",
    summary="{channel}",
    icon="layers",
    aliases=("reopen", "restore"),
    scopes=("channels:manage",),
)
async def unarchive_channel(ctx: ActionContext[SlackClient], params: UnarchiveParams) -> Channel:
    """Open an archived channel again."""
    channel = await ctx.client.channel_id(params.channel, archived=True)
    await done_or(ctx.client.web.conversations_unarchive(channel=channel), "not_archived")
    return Channel(id=channel, is_archived=False)


class RenameParams(ChannelParams):
    name: ChannelName = Field(title="New name", min_length=1, max_length=80, examples=["project-loom"])


@action(
    title="Rename a channel",
    effect="idempotent",
    summary="{channel} to #{name}",
    icon="pen-line",
    scopes=("channels:manage",),
)
async def rename_channel(ctx: ActionContext[SlackClient], params: RenameParams) -> Channel:
    """Give a channel another name."""
    channel = await ctx.client.channel_id(params.channel)
    return channel_of(data_of(await ctx.client.web.conversations_rename(channel=channel, name=params.name))["channel"])


class TopicParams(ChannelParams):
    topic: str = Field(title="Topic", max_length=250, examples=["Release on {{ $json.date }}"])


class Topic(Found):
    channel: str = Field(title="Channel")
    topic: str = Field(title="Topic")


@action(
    title="Set a channel's topic",
    effect="idempotent",
    summary="{channel}: {topic}",
    icon="tag",
    scopes=("channels:manage",),
)
async def set_topic(ctx: ActionContext[SlackClient], params: TopicParams) -> Topic:
    """Change the line that stands at the top of a channel."""
    channel = await ctx.client.channel_id(params.channel)
    await ctx.client.web.conversations_setTopic(channel=channel, topic=params.topic)
    return Topic(channel=channel, topic=params.topic)


class PurposeParams(ChannelParams):
    purpose: str = Field(title="Description", max_length=250, examples=["All about releases"])


class Purpose(Found):
    channel: str = Field(title="Channel")
    purpose: str = Field(title="Description")


@action(
    title="Set a channel's description",
    effect="idempotent",
    summary="{channel}: {purpose}",
    icon="tag",
    aliases=("purpose",),
    scopes=("channels:manage",),
)
async def set_purpose(ctx: ActionContext[SlackClient], params: PurposeParams) -> Purpose:
    """Say what a channel is for."""
    channel = await ctx.client.channel_id(params.channel)
    await ctx.client.web.conversations_setPurpose(channel=channel, purpose=params.purpose)
    return Purpose(channel=channel, purpose=params.purpose)
