"""Conversations: found, read, answered, labelled, thrown away."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.gmail.client import MODIFY, GmailClient
from nodeloom_connectors.gmail.fetching import completed
from nodeloom_connectors.gmail.labels import label_ids
from nodeloom_connectors.gmail.messages import listed
from nodeloom_connectors.gmail.outgoing import sent_before
from nodeloom_connectors.gmail.reading import message_of
from nodeloom_connectors.gmail.sending import ReplyFields, answer
from nodeloom_connectors.gmail.shapes import Message, Sent, link_to
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, Refused, action


class ThreadParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    thread_id: str = Field(title="Thread", min_length=1, max_length=200, examples=["{{ $json.thread_id }}"])


class Thread(BaseModel):
    id: str = Field(title="Id")
    subject: str = Field(title="Subject of its first mail")
    count: int = Field(title="Number of mails")
    messages: list[Message] = Field(title="Mails, oldest first")


@action(title="Read a thread", effect="read", summary="{thread_id}", icon="messages-square", scopes=(MODIFY,))
async def get_thread(ctx: ActionContext[GmailClient], params: ThreadParams) -> Thread:
    """A conversation with all its mails."""
    given = await ctx.client.call("threads.get", id=params.thread_id, format="full")
    messages = [await completed(ctx.client, message) for message in given.get("messages") or ()]
    subject = messages[0].subject if messages else ""
    return Thread(id=params.thread_id, subject=subject, count=len(messages), messages=messages)


class ThreadRow(BaseModel):
    id: str = Field(title="Id")
    snippet: str = Field(title="Beginning of the newest mail")
    url: str = Field(title="Link to Gmail")


class ListThreadsParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: str = Field(
        default="", title="Search", max_length=2000, description="As in Gmail's search field.", examples=["is:unread"]
    )
    labels: Annotated[list[str], OptionsFrom("labels")] = Field(
        default=[], title="With all these labels", max_length=50
    )
    limit: int = Field(default=20, ge=1, le=500, title="At most")


@action(
    title="List threads",
    effect="read",
    summary="{query} in {labels}|{query}|{labels}",
    icon="messages-square",
    scopes=(MODIFY,),
)
async def list_threads(ctx: ActionContext[GmailClient], params: ListThreadsParams) -> list[ThreadRow]:
    """Conversations that fit a search, newest first, one item each."""
    wanted: dict[str, Any] = {"q": params.query or None, "labelIds": await label_ids(ctx.client, params.labels) or None}
    return [
        ThreadRow(id=str(row["id"]), snippet=str(row.get("snippet") or ""), url=link_to(str(row["id"])))
        async for row in listed(ctx.client, "threads", params.limit, **wanted)
    ]


class ReplyInThreadParams(ReplyFields, ThreadParams):
    """Which thread first, then the answer."""


@action(
    title="Reply in a thread",
    effect="once",
    summary="{thread_id}",
    icon="reply",
    confirm=sent_before,
    scopes=(MODIFY,),
)
async def reply_in_thread(ctx: ActionContext[GmailClient], params: ReplyInThreadParams) -> Sent:
    """Answers the newest mail of a conversation."""
    given = await ctx.client.call("threads.get", id=params.thread_id, format="metadata")
    mails = [message_of(mail) for mail in given.get("messages") or () if "DRAFT" not in (mail.get("labelIds") or ())]
    if not mails:
        raise Refused("There is no mail in this thread.", "empty_thread", hint="Choose another thread.")
    return await answer(ctx, params, mails[-1])


class ThreadChanged(BaseModel):
    id: str = Field(title="Id")


class ThreadLabelParams(ThreadParams):
    labels: Annotated[list[str], OptionsFrom("labels")] = Field(
        title="Labels", min_length=1, max_length=50, description="Chosen from the list, or by name."
    )


@action(title="Add labels to a thread", effect="idempotent", summary="{labels}", icon="tag", scopes=(MODIFY,))
async def add_thread_labels(ctx: ActionContext[GmailClient], params: ThreadLabelParams) -> ThreadChanged:
    """Puts labels on all mails of a conversation."""
    body = {"addLabelIds": await label_ids(ctx.client, params.labels)}
    await ctx.client.call("threads.modify", id=params.thread_id, body=body)
    return ThreadChanged(id=params.thread_id)


@action(title="Remove labels from a thread", effect="idempotent", summary="{labels}", icon="tag", scopes=(MODIFY,))
async def remove_thread_labels(ctx: ActionContext[GmailClient], params: ThreadLabelParams) -> ThreadChanged:
    """Takes labels off all mails of a conversation."""
    body = {"removeLabelIds": await label_ids(ctx.client, params.labels)}
    await ctx.client.call("threads.modify", id=params.thread_id, body=body)
    return ThreadChanged(id=params.thread_id)


@action(title="Move a thread to the bin", effect="idempotent", summary="{thread_id}", icon="trash-2", scopes=(MODIFY,))
async def trash_thread(ctx: ActionContext[GmailClient], params: ThreadParams) -> ThreadChanged:
    """Moves all mails of a conversation to the bin, which Gmail empties after 30 days."""
    await ctx.client.call("threads.trash", id=params.thread_id)
    return ThreadChanged(id=params.thread_id)
