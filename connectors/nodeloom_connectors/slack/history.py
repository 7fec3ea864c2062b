"""What was said: in a channel, in a thread, anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.slack.client import SlackClient, data_of, part, rows
from nodeloom_connectors.slack.fields import Destination, Found, Limit, MessageTs, Moment, Params

_PAGE = 200


class Said(Found):
    """A message; `thread_ts` is set if it stands in a thread or has begun one."""

    channel: str = Field(title="Channel")
    ts: str = Field(title="Message")
    user: str | None = Field(default=None, title="Who")
    text: str = Field(default="", title="Text")
    thread_ts: str | None = Field(default=None, title="Thread")


class HistoryParams(Params):
    channel: Destination
    oldest: Moment | None = Field(default=None, title="Not before", examples=["2026-12-01T00:00:00Z"])
    latest: Moment | None = Field(default=None, title="Not after")
    limit: Limit = 100


@action(
    title="Read a channel",
    effect="read",
    summary="{channel}",
    icon="list-end",
    aliases=("history", "messages", "get many", "conversation"),
    scopes=("channels:history",),
)
async def channel_history(ctx: ActionContext[SlackClient], params: HistoryParams) -> list[Said]:
    """The messages of a channel or of a direct conversation, newest first, one item each."""
    channel = await ctx.client.channel_id(params.channel)
    found = await ctx.client.pages(
        lambda cursor: ctx.client.web.conversations_history(
            channel=channel,
            cursor=cursor,
            limit=min(params.limit, _PAGE),
            oldest=_seconds(params.oldest),
            latest=_seconds(params.latest),
            inclusive=True,
        ),
        "messages",
        params.limit,
    )
    return [_said(message, channel) for message in found]


class RepliesParams(Params):
    channel: Destination
    ts: MessageTs
    limit: Limit = 100


@action(
    title="Read a thread",
    effect="read",
    summary="{ts} in {channel}",
    icon="corner-down-right",
    aliases=("replies", "answers"),
    scopes=("channels:history",),
)
async def thread_replies(ctx: ActionContext[SlackClient], params: RepliesParams) -> list[Said]:
    """A message and the answers to it, oldest first, one item each."""
    channel = await ctx.client.channel_id(params.channel)
    found = await ctx.client.pages(
        lambda cursor: ctx.client.web.conversations_replies(
            channel=channel, ts=params.ts, cursor=cursor, limit=min(params.limit, _PAGE)
        ),
        "messages",
        params.limit,
    )
    return [_said(message, channel) for message in found]


class SearchParams(Params):
    query: str = Field(
        title="Search for",
        description="As in Slack's search field, with in:#channel, from:@name, before:2026-12-01 and the like.",
        min_length=1,
        max_length=1000,
        examples=["invoice in:#sales"],
    )
    sort: Literal["timestamp", "score"] = Field(
        default="timestamp",
        title="Order",
        json_schema_extra={"x-labels": {"timestamp": "Newest first", "score": "Best first"}},
    )
    limit: Limit = 20


@action(
    title="Search messages",
    effect="read",
    summary="{query}",
    icon="funnel",
    aliases=("find", "query"),
    scopes=("search:read",),
)
async def search_messages(ctx: ActionContext[SlackClient], params: SearchParams) -> list[Said]:
    """Messages that match, wherever the person who connected Slack may read, one item each."""
    found: list[Said] = []
    page = 1
    while len(found) < params.limit:
        answer = await ctx.client.as_person.search_messages(
            query=params.query, sort=params.sort, sort_dir="desc", count=min(params.limit, 100), page=page
        )
        messages = part(data_of(answer), "messages")
        matches = rows(messages, "matches")
        found.extend(_match(match) for match in matches)
        if not matches or page >= int(part(messages, "paging").get("pages") or 0):
            break
        page += 1
    return found[: params.limit]


def _said(message: Mapping[str, Any], channel: str) -> Said:
    return Said.model_validate({**message, "channel": channel, "text": message.get("text") or ""})


def _match(match: Mapping[str, Any]) -> Said:
    """A search tells the channel's name as well."""
    channel = part(match, "channel")
    return _said({**match, "channel_name": channel.get("name")}, str(channel.get("id") or ""))


def _seconds(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.timestamp():.6f}"
