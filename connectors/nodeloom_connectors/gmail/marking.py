"""What is done with a single mail: read or not, put away, thrown away and taken back."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.gmail.client import MODIFY, GmailClient
from nodeloom_connectors.gmail.labels import labelled, relabel
from nodeloom_connectors.gmail.shapes import Labelled
from nodeloom_connectors.sdk import ActionContext, action


class MessageParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    message_id: str = Field(title="Mail", min_length=1, max_length=200, examples=["{{ $json.id }}"])


@action(title="Mark as read", effect="idempotent", summary="{message_id}", icon="mail-open", scopes=(MODIFY,))
async def mark_read(ctx: ActionContext[GmailClient], params: MessageParams) -> Labelled:
    """Marks a mail as read."""
    return await relabel(ctx.client, params.message_id, remove=["UNREAD"])


@action(title="Mark as unread", effect="idempotent", summary="{message_id}", icon="mail", scopes=(MODIFY,))
async def mark_unread(ctx: ActionContext[GmailClient], params: MessageParams) -> Labelled:
    """Marks a mail as unread."""
    return await relabel(ctx.client, params.message_id, add=["UNREAD"])


@action(title="Star a mail", effect="idempotent", summary="{message_id}", icon="star", scopes=(MODIFY,))
async def star(ctx: ActionContext[GmailClient], params: MessageParams) -> Labelled:
    """Gives a mail a star."""
    return await relabel(ctx.client, params.message_id, add=["STARRED"])


@action(title="Archive a mail", effect="idempotent", summary="{message_id}", icon="archive", scopes=(MODIFY,))
async def archive(ctx: ActionContext[GmailClient], params: MessageParams) -> Labelled:
    """Takes a mail out of the inbox; it stays in the mailbox."""
    return await relabel(ctx.client, params.message_id, remove=["INBOX"])


@action(title="Move to the bin", effect="idempotent", summary="{message_id}", icon="trash-2", scopes=(MODIFY,))
async def trash(ctx: ActionContext[GmailClient], params: MessageParams) -> Labelled:
    """Moves a mail to the bin, which Gmail empties after 30 days."""
    return labelled(await ctx.client.call("messages.trash", id=params.message_id))


@action(
    title="Take out of the bin", effect="idempotent", summary="{message_id}", icon="archive-restore", scopes=(MODIFY,)
)
async def untrash(ctx: ActionContext[GmailClient], params: MessageParams) -> Labelled:
    """Takes a mail back out of the bin."""
    return labelled(await ctx.client.call("messages.untrash", id=params.message_id))
