"""Messages that Slack sends later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from nodeloom_connectors.sdk import ActionContext, OutcomeUnknown, action
from nodeloom_connectors.slack.client import SlackClient, data_of, part
from nodeloom_connectors.slack.fields import Channel, Found, InDestination, Limit, Moment, Params, ThreadTs
from nodeloom_connectors.slack.parts import Text, mark


class ScheduleParams(Text, InDestination):
    post_at: Moment = Field(
        title="When",
        description="Within the next 120 days. Without an offset: UTC.",
        examples=["2026-12-24T09:00:00+01:00"],
    )
    thread_ts: ThreadTs = Field(default="", title="Answer in the thread of", max_length=500)

    @property
    def epoch(self) -> int:
        return int(self.post_at.timestamp())


class ScheduledMessage(Found):
    id: str = Field(title="Scheduled message")
    channel: str = Field(title="Channel")
    post_at: int = Field(title="When (seconds since 1970)")
    text: str = Field(default="", title="Text")


def _scheduled(found: Mapping[str, Any]) -> ScheduledMessage:
    return ScheduledMessage(
        id=str(found.get("scheduled_message_id") or found.get("id") or ""),
        channel=str(found.get("channel") or found.get("channel_id") or ""),
        post_at=int(found.get("post_at") or 0),
        text=str(found.get("text") or part(found, "message").get("text") or ""),
    )


async def _of_channel(client: SlackClient, channel: str | None, limit: int) -> list[ScheduledMessage]:
    found = await client.pages(
        lambda cursor: client.web.chat_scheduledMessages_list(channel=channel, cursor=cursor, limit=min(limit, 100)),
        "scheduled_messages",
        limit,
    )
    return [_scheduled(message) for message in found]


async def find_scheduled(ctx: ActionContext[SlackClient], params: ScheduleParams) -> ScheduledMessage | None:
    """Slack keeps no mark at these. One of the same text at the same second in the same channel is this one."""
    channel = await ctx.client.channel_id(params.channel)
    text = str(params.arguments().get("text") or params.text)
    same_time = [each for each in await _of_channel(ctx.client, channel, 1000) if each.post_at == params.epoch]
    if not same_time:
        return None
    same = [each for each in same_time if each.text == text]
    if len(same) == 1:
        return same[0]
    raise OutcomeUnknown("Other messages are planned for the same second.", hint="Look at the planned messages.")


@action(
    title="Schedule a message",
    effect="once",
    summary="{channel} at {post_at}: {text}",
    icon="calendar-clock",
    aliases=("send later", "plan", "delay"),
    confirm=find_scheduled,
    scopes=("chat:write",),
)
async def schedule_message(ctx: ActionContext[SlackClient], params: ScheduleParams) -> ScheduledMessage:
    """Let Slack send a message at a later time."""
    channel = await ctx.client.channel_id(params.channel)
    answer = await ctx.client.web.chat_scheduleMessage(
        channel=channel,
        post_at=params.epoch,
        thread_ts=params.thread_ts or None,
        metadata=mark(ctx.idempotency_key),
        **params.arguments(),
    )
    return _scheduled(data_of(answer))


class ListScheduledParams(Params):
    channel: Channel | None = Field(default=None, title="Channel", description="Empty: of all channels.")
    limit: Limit = 100


@action(
    title="List scheduled messages",
    effect="read",
    summary="{channel}",
    icon="clock",
    aliases=("planned", "pending"),
    scopes=("chat:write",),
)
async def list_scheduled(ctx: ActionContext[SlackClient], params: ListScheduledParams) -> list[ScheduledMessage]:
    """The app's messages that are still to be sent, one item each."""
    channel = await ctx.client.channel_id(params.channel) if params.channel else None
    return await _of_channel(ctx.client, channel, params.limit)


class DeleteScheduledParams(InDestination):
    scheduled_message_id: str = Field(
        title="Scheduled message",
        description="Its id, as the node that scheduled or listed it gives it.",
        min_length=1,
        max_length=100,
        examples=["{{ $json.id }}", "Q0123456789"],
    )


class DeletedScheduled(Found):
    id: str = Field(title="Scheduled message")
    channel: str = Field(title="Channel")


async def is_unscheduled(ctx: ActionContext[SlackClient], params: DeleteScheduledParams) -> DeletedScheduled | None:
    channel = await ctx.client.channel_id(params.channel)
    left = {message.id for message in await _of_channel(ctx.client, channel, 10_000)}
    if params.scheduled_message_id in left:
        return None
    return DeletedScheduled(id=params.scheduled_message_id, channel=channel)


@action(
    title="Delete a scheduled message",
    effect="destructive",
    summary="{scheduled_message_id} in {channel}",
    icon="octagon-x",
    aliases=("cancel", "unschedule"),
    confirm=is_unscheduled,
    scopes=("chat:write",),
)
async def delete_scheduled_message(ctx: ActionContext[SlackClient], params: DeleteScheduledParams) -> DeletedScheduled:
    """Take back a message before Slack sends it."""
    channel = await ctx.client.channel_id(params.channel)
    await ctx.client.web.chat_deleteScheduledMessage(channel=channel, scheduled_message_id=params.scheduled_message_id)
    return DeletedScheduled(id=params.scheduled_message_id, channel=channel)
