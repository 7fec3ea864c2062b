"""Messages: sent, changed, deleted, and the link to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from nodeloom_connectors.sdk import ActionContext, OutcomeUnknown, Refused, action
from nodeloom_connectors.slack.client import SlackClient, data_of, next_cursor, part, rows
from nodeloom_connectors.slack.fields import Found, InDestination, MessageTs, Person, ThreadTs
from nodeloom_connectors.slack.parts import Text, is_marked, mark

_LOOKED_THROUGH = 1000
_PAGE = 200


class SentMessage(Found):
    """`ts` names the message in its channel: answers, reactions, changes and links need both."""

    channel: str = Field(title="Channel")
    ts: str = Field(title="Message")
    thread_ts: str | None = Field(default=None, title="Thread")
    text: str = Field(default="", title="Text")


class SendParams(Text, InDestination):
    thread_ts: ThreadTs = Field(
        default="",
        title="Answer in the thread of",
        description="The ts of the message that is answered, or its link. Empty: a message of its own.",
        max_length=500,
        examples=["{{ $json.ts }}"],
    )
    reply_broadcast: bool = Field(
        default=False,
        title="Show the answer in the channel too",
        json_schema_extra={"x-advanced": True},
    )
    unfurl_links: bool = Field(default=True, title="Show previews of links", json_schema_extra={"x-advanced": True})
    username: str = Field(
        default="",
        title="Name of the sender",
        description="In place of the app's own; needs the permission chat:write.customize.",
        max_length=80,
        json_schema_extra={"x-advanced": True},
    )
    icon: str = Field(
        default="",
        title="Picture of the sender",
        description="An emoji or the address of a picture; needs the permission chat:write.customize.",
        max_length=2000,
        examples=[":robot_face:", "https://example.com/loom.png"],
        json_schema_extra={"x-advanced": True},
    )

    def sending(self, key: str) -> dict[str, Any]:
        icon = self.icon.strip()
        return {
            **self.arguments(),
            "channel": self.channel.strip(),
            "thread_ts": self.thread_ts or None,
            "reply_broadcast": True if self.reply_broadcast and self.thread_ts else None,
            "unfurl_links": self.unfurl_links,
            "unfurl_media": self.unfurl_links,
            "username": self.username or None,
            "icon_url": icon if icon.startswith("https://") else None,
            "icon_emoji": f":{icon.strip(':')}:" if icon and not icon.startswith("https://") else None,
            "metadata": mark(key),
        }


async def find_sent(ctx: ActionContext[SlackClient], params: SendParams) -> SentMessage | None:
    """The message that carries the mark of this call, after a call whose answer was lost."""
    return await find_marked(ctx, params.channel, params.thread_ts)


async def find_marked(ctx: ActionContext[SlackClient], where: str, thread_ts: str) -> SentMessage | None:
    """Raises `OutcomeUnknown` if so much was said there since that it can't be told."""
    channel = await ctx.client.channel_id(where)
    cursor: str | None = None
    seen = 0
    while True:
        answer = data_of(await _said(ctx.client, channel, thread_ts, cursor))
        for message in rows(answer, "messages"):
            if is_marked(message, ctx.idempotency_key):
                return sent_message({"channel": channel, "ts": message.get("ts"), "message": message})
        seen += _PAGE
        cursor = next_cursor(answer)
        if cursor is None:
            return None
        if seen >= _LOOKED_THROUGH:
            raise OutcomeUnknown("The message is not among the last thousand.", hint="Look into the channel.")


async def _said(client: SlackClient, channel: str, thread_ts: str, cursor: str | None) -> Any:
    if thread_ts:
        return await client.web.conversations_replies(
            channel=channel, ts=thread_ts, cursor=cursor, limit=_PAGE, include_all_metadata=True
        )
    return await client.web.conversations_history(
        channel=channel, cursor=cursor, limit=_PAGE, include_all_metadata=True
    )


def sent_message(answer: Mapping[str, Any]) -> SentMessage:
    message = part(answer, "message")
    return SentMessage(
        channel=str(answer["channel"]),
        ts=str(answer["ts"]),
        thread_ts=message.get("thread_ts"),
        text=str(message.get("text") or ""),
    )


@action(
    title="Send a message",
    effect="once",
    summary="{channel}: {text}",
    icon="message-circle",
    aliases=("post", "notify", "chat", "direct message", "dm", "reply", "thread", "blocks"),
    confirm=find_sent,
    scopes=("chat:write",),
)
async def send_message(ctx: ActionContext[SlackClient], params: SendParams) -> SentMessage:
    """Post a message to a channel, to a person, or into a thread."""
    return sent_message(data_of(await ctx.client.web.chat_postMessage(**params.sending(ctx.idempotency_key))))


class MessageParams(InDestination):
    ts: MessageTs


class ToOnePerson(InDestination):
    user: Person = Field(title="Who sees it")


class EphemeralParams(Text, ToOnePerson):
    thread_ts: ThreadTs = Field(default="", title="In the thread of", max_length=500)


class Whispered(Found):
    channel: str = Field(title="Channel")
    message_ts: str = Field(title="Message")


@action(
    title="Send a message that one person sees",
    effect="once",
    summary="{channel}, only to {user}: {text}",
    icon="message-circle",
    aliases=("ephemeral", "only visible to you", "private hint"),
    scopes=("chat:write",),
)
async def send_ephemeral(ctx: ActionContext[SlackClient], params: EphemeralParams) -> Whispered:
    """Show a message in a channel to one person alone, until they reload Slack."""
    channel = await ctx.client.channel_id(params.channel)
    answer = await ctx.client.web.chat_postEphemeral(
        channel=channel, user=params.user, thread_ts=params.thread_ts or None, **params.arguments()
    )
    return Whispered(channel=channel, message_ts=str(data_of(answer)["message_ts"]))


class UpdateParams(Text, MessageParams):
    """The message, then what it says from now on."""


@action(
    title="Change a message",
    effect="idempotent",
    summary="{ts} in {channel}: {text}",
    icon="pen-line",
    aliases=("update", "edit"),
    scopes=("chat:write",),
)
async def update_message(ctx: ActionContext[SlackClient], params: UpdateParams) -> SentMessage:
    """Replace the text and blocks of a message that the app sent."""
    channel = await ctx.client.channel_id(params.channel)
    answer = data_of(await ctx.client.web.chat_update(channel=channel, ts=params.ts, **params.arguments()))
    return SentMessage(channel=channel, ts=str(answer.get("ts") or params.ts), text=str(answer.get("text") or ""))


class DeletedMessage(Found):
    channel: str = Field(title="Channel")
    ts: str = Field(title="Message")


async def is_deleted(ctx: ActionContext[SlackClient], params: MessageParams) -> DeletedMessage | None:
    channel = await ctx.client.channel_id(params.channel)
    try:
        await ctx.client.web.chat_getPermalink(channel=channel, message_ts=params.ts)
    except Refused as refused:
        if refused.code != "message_not_found":
            raise
        return DeletedMessage(channel=channel, ts=params.ts)
    return None


@action(
    title="Delete a message",
    effect="destructive",
    summary="{ts} in {channel}",
    icon="octagon-x",
    aliases=("remove",),
    confirm=is_deleted,
    scopes=("chat:write",),
)
async def delete_message(ctx: ActionContext[SlackClient], params: MessageParams) -> DeletedMessage:
    """Delete a message that the app sent."""
    channel = await ctx.client.channel_id(params.channel)
    answer = data_of(await ctx.client.web.chat_delete(channel=channel, ts=params.ts))
    return DeletedMessage(channel=channel, ts=str(answer.get("ts") or params.ts))


class Permalink(Found):
    channel: str = Field(title="Channel")
    permalink: str = Field(title="Link")


@action(
    title="Get the link to a message",
    effect="read",
    summary="{ts} in {channel}",
    icon="route",
    aliases=("permalink", "url"),
)
async def get_permalink(ctx: ActionContext[SlackClient], params: MessageParams) -> Permalink:
    """The address under which Slack shows a message."""
    channel = await ctx.client.channel_id(params.channel)
    answer = data_of(await ctx.client.web.chat_getPermalink(channel=channel, message_ts=params.ts))
    return Permalink(channel=channel, permalink=str(answer["permalink"]))
