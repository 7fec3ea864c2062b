"""Emoji at messages."""

from __future__ import annotations

from pydantic import Field

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.slack.channels import done_or
from nodeloom_connectors.slack.client import SlackClient, data_of, part, rows
from nodeloom_connectors.slack.fields import Destination, Emoji, Found, MessageTs, Params


class ReactionParams(Params):
    channel: Destination
    ts: MessageTs
    name: Emoji


class Reaction(Found):
    channel: str = Field(title="Channel")
    ts: str = Field(title="Message")
    name: str = Field(title="Emoji")


@action(
    title="Add a reaction",
    effect="idempotent",
    summary=":{name}: at {ts}",
    icon="thumbs-up",
    aliases=("emoji", "react", "like"),
    scopes=("reactions:write",),
)
async def add_reaction(ctx: ActionContext[SlackClient], params: ReactionParams) -> Reaction:
    """Put an emoji at a message."""
    channel = await ctx.client.channel_id(params.channel)
    call = ctx.client.web.reactions_add(channel=channel, timestamp=params.ts, name=params.name)
    await done_or(call, "already_reacted")
    return Reaction(channel=channel, ts=params.ts, name=params.name)


@action(
    title="Remove a reaction",
    effect="idempotent",
    summary=":{name}: from {ts}",
    icon="thumbs-up",
    aliases=("emoji", "unreact"),
    scopes=("reactions:write",),
)
async def remove_reaction(ctx: ActionContext[SlackClient], params: ReactionParams) -> Reaction:
    """Take the app's emoji away from a message."""
    channel = await ctx.client.channel_id(params.channel)
    call = ctx.client.web.reactions_remove(channel=channel, timestamp=params.ts, name=params.name)
    await done_or(call, "no_reaction")
    return Reaction(channel=channel, ts=params.ts, name=params.name)


class ReactionsParams(Params):
    channel: Destination
    ts: MessageTs


class ReactionCount(Found):
    """An emoji at the message; `users` may name fewer than `count` where there are many."""

    name: str = Field(title="Emoji")
    count: int = Field(default=0, title="How many")
    users: list[str] = Field(default=[], title="People")


@action(
    title="Get the reactions to a message",
    effect="read",
    summary="{ts} in {channel}",
    icon="thumbs-up",
    aliases=("emoji", "votes"),
    scopes=("reactions:read",),
)
async def get_reactions(ctx: ActionContext[SlackClient], params: ReactionsParams) -> list[ReactionCount]:
    """The emoji at a message and who put them there, one item each."""
    channel = await ctx.client.channel_id(params.channel)
    answer = data_of(await ctx.client.web.reactions_get(channel=channel, timestamp=params.ts, full=True))
    return [ReactionCount.model_validate(reaction) for reaction in rows(part(answer, "message"), "reactions")]
