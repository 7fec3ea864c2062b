"""Who is in a channel, comes in, goes out."""

from __future__ import annotations

from pydantic import Field

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.slack.channels import Channel, ChannelParams, channel_of, done_or
from nodeloom_connectors.slack.client import SlackClient, data_of, next_cursor
from nodeloom_connectors.slack.fields import Destination, Found, Limit, Params, People, Person


class Membership(Found):
    channel: str = Field(title="Channel")
    users: list[str] = Field(default=[], title="People")


@action(
    title="Join a channel",
    effect="idempotent",
    summary="{channel}",
    icon="user-round",
    aliases=("enter",),
    scopes=("channels:join",),
)
async def join_channel(ctx: ActionContext[SlackClient], params: ChannelParams) -> Channel:
    """Make the app a member of a public channel, so that it may read and write there."""
    channel = await ctx.client.channel_id(params.channel)
    await ctx.client.web.conversations_join(channel=channel)
    return Channel(id=channel)


@action(
    title="Leave a channel",
    effect="idempotent",
    summary="{channel}",
    icon="user-round",
    aliases=("exit",),
    scopes=("channels:manage",),
)
async def leave_channel(ctx: ActionContext[SlackClient], params: ChannelParams) -> Channel:
    """Take the app out of a channel."""
    channel = await ctx.client.channel_id(params.channel)
    await done_or(ctx.client.web.conversations_leave(channel=channel), "not_in_channel")
    return Channel(id=channel)


class InviteParams(ChannelParams):
    users: People = Field(title="People", min_length=1, max_length=100)


@action(
    title="Invite people to a channel",
    effect="idempotent",
    summary="{users} to {channel}",
    icon="user-round",
    aliases=("add members",),
    scopes=("channels:manage",),
)
async def invite_to_channel(ctx: ActionContext[SlackClient], params: InviteParams) -> Membership:
    """Bring people into a channel; whoever is there already stays."""
    channel = await ctx.client.channel_id(params.channel)
    # Slack refuses the whole list for one who is there already, unless it may pass over whom it can't invite.
    if len(params.users) == 1:
        await done_or(ctx.client.web.conversations_invite(channel=channel, users=params.users), "already_in_channel")
    else:
        await ctx.client.web.conversations_invite(channel=channel, users=params.users, force=True)
    return Membership(channel=channel, users=params.users)


class KickParams(ChannelParams):
    user: Person


@action(
    title="Remove a person from a channel",
    effect="idempotent",
    summary="{user} from {channel}",
    icon="user-round",
    aliases=("kick",),
    scopes=("channels:manage",),
)
async def kick_from_channel(ctx: ActionContext[SlackClient], params: KickParams) -> Membership:
    """Take somebody out of a channel."""
    channel = await ctx.client.channel_id(params.channel)
    await done_or(ctx.client.web.conversations_kick(channel=channel, user=params.user), "not_in_channel")
    return Membership(channel=channel, users=[params.user])


class MembersParams(Params):
    channel: Destination
    limit: Limit = 200


class Member(Found):
    user: str = Field(title="Person")
    channel: str = Field(title="Channel")


@action(
    title="List the members of a channel",
    effect="read",
    summary="{channel}",
    icon="user-round",
    aliases=("users", "people"),
    scopes=("channels:read",),
)
async def channel_members(ctx: ActionContext[SlackClient], params: MembersParams) -> list[Member]:
    """The ids of those who are in a channel, one item each."""
    channel = await ctx.client.channel_id(params.channel)
    found: list[Member] = []
    cursor: str | None = None
    while len(found) < params.limit:
        answer = data_of(
            await ctx.client.web.conversations_members(channel=channel, cursor=cursor, limit=min(params.limit, 200))
        )
        found.extend(Member(user=str(user), channel=channel) for user in answer.get("members") or ())
        cursor = next_cursor(answer)
        if cursor is None:
            break
    return found[: params.limit]


class OpenParams(Params):
    users: People = Field(title="People", min_length=1, max_length=8)


@action(
    title="Open a direct conversation",
    effect="idempotent",
    summary="{users}",
    icon="message-circle",
    aliases=("dm", "direct message", "group message"),
    scopes=("im:write",),
)
async def open_dm(ctx: ActionContext[SlackClient], params: OpenParams) -> Channel:
    """The conversation with one person or a few; with several, the permission mpim:write is needed."""
    answer = data_of(await ctx.client.web.conversations_open(users=params.users, return_im=True))
    return channel_of(answer["channel"])
