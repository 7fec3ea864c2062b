"""Finding and reading mails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.gmail.client import MODIFY, GmailClient
from nodeloom_connectors.gmail.fetching import chunks, take_along, whole_message
from nodeloom_connectors.gmail.labels import label_ids
from nodeloom_connectors.gmail.reading import message_of
from nodeloom_connectors.gmail.shapes import Attachment, Message
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, Refused, WithFiles, action

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_PAGE = 100
_SIDE_BY_SIDE = 8


class GetParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    message_id: str = Field(title="Mail", min_length=1, max_length=200, examples=["{{ $json.id }}"])
    attachments: Literal["none", "real", "all"] = Field(
        default="none",
        title="Take attachments along",
        description="They become files of the item: attachment_0, attachment_1 and so on.",
        json_schema_extra={"x-labels": {"none": "No", "real": "Without pictures in the text", "all": "All"}},
    )


@action(title="Read a mail", effect="read", summary="{message_id}", icon="mail-open", scopes=(MODIFY,))
async def get(ctx: ActionContext[GmailClient], params: GetParams) -> WithFiles[Message]:
    """One mail with its text, and its attachments if they are wanted."""
    message = await whole_message(ctx.client, params.message_id)
    chosen = [each for each in message.attachments if params.attachments == "all" or not each.inline]
    return WithFiles(message, await take_along(ctx, message, chosen if params.attachments != "none" else ()))


class SearchParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: str = Field(
        default="",
        title="Search",
        max_length=2000,
        description="As in Gmail's search field; empty for all mails.",
        examples=["from:shop@example.com newer_than:7d has:attachment"],
    )
    labels: Annotated[list[str], OptionsFrom("labels")] = Field(
        default=[], title="With all these labels", max_length=50
    )
    limit: int = Field(default=20, ge=1, le=500, title="At most")
    content: Literal["whole", "headers"] = Field(
        default="whole",
        title="Read",
        json_schema_extra={"x-labels": {"whole": "The whole mails", "headers": "Sender, subject, date: quicker"}},
    )
    spam_and_bin: bool = Field(default=False, title="Also in spam and bin", json_schema_extra={"x-advanced": True})


@action(
    title="Search mails",
    effect="read",
    summary="{query} in {labels}|{query}|{labels}",
    icon="search",
    aliases=("find", "list", "inbox"),
    scopes=(MODIFY,),
)
async def search(ctx: ActionContext[GmailClient], params: SearchParams) -> list[Message]:
    """Mails that fit a search, newest first, one item each."""
    wanted: dict[str, Any] = {"includeSpamTrash": params.spam_and_bin, "q": params.query or None}
    wanted["labelIds"] = await label_ids(ctx.client, params.labels) or None
    found = [str(row["id"]) async for row in listed(ctx.client, "messages", params.limit, **wanted)]
    read = whole_message if params.content == "whole" else headers_only
    messages: list[Message] = []
    for start in range(0, len(found), _SIDE_BY_SIDE):
        several = found[start : start + _SIDE_BY_SIDE]
        messages += await asyncio.gather(*(read(ctx.client, message_id) for message_id in several))
    return messages


async def headers_only(client: GmailClient, message_id: str) -> Message:
    return message_of(await client.call("messages.get", id=message_id, format="metadata"))


async def listed(client: GmailClient, resource: str, limit: int, **wanted: Any) -> AsyncIterator[dict[str, Any]]:
    """The rows of a list ("messages", "threads", "drafts") over all its pages, at most `limit`."""
    token: str | None = None
    while limit > 0:
        answer = await client.call(f"{resource}.list", maxResults=min(limit, _PAGE), pageToken=token, **wanted)
        rows = list(answer.get(resource) or ())[:limit]
        limit -= len(rows)
        for row in rows:
            yield row
        token = answer.get("nextPageToken")
        if not token:
            return


class GetAttachmentParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    message_id: str = Field(title="Mail", min_length=1, max_length=200, examples=["{{ $json.id }}"])
    attachment: str = Field(
        title="Attachment", min_length=1, max_length=500, description="Its file name.", examples=["invoice.pdf"]
    )


@action(title="Get an attachment", effect="read", summary="{attachment}", icon="paperclip", scopes=(MODIFY,))
async def get_attachment(ctx: ActionContext[GmailClient], params: GetAttachmentParams) -> WithFiles[Attachment]:
    """One attachment of a mail as a file of the item, called data."""
    message = await whole_message(ctx.client, params.message_id)
    wanted = params.attachment
    found = next((each for each in message.attachments if each.file_name == wanted), None)
    if found is None:
        there = ", ".join(each.file_name for each in message.attachments) or "none"
        text = f"The mail has no attachment {wanted[:80]!r}."
        raise Refused(text, "no_such_attachment", hint=f"Its attachments: {there}.")
    content = found.content
    if content is None:
        content = await ctx.client.attachment(message.id, found.attachment_id)
    found.file = "data"
    return WithFiles(found, {"data": await ctx.files.store(chunks(content), found.file_name, found.media_type)})
