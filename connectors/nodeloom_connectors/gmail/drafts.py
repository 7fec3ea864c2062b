"""Drafts: written, changed, listed, sent, thrown away."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.gmail.client import MODIFY, GmailClient
from nodeloom_connectors.gmail.composing import message_id_of
from nodeloom_connectors.gmail.fetching import completed
from nodeloom_connectors.gmail.mail_params import MailParams, letter_of
from nodeloom_connectors.gmail.messages import headers_only, listed
from nodeloom_connectors.gmail.outgoing import mail_body, sent_of
from nodeloom_connectors.gmail.reading import headers_of
from nodeloom_connectors.gmail.sending import references_to, reply_subject
from nodeloom_connectors.gmail.shapes import Draft, Message, Sent, link_to
from nodeloom_connectors.sdk import ActionContext, OutcomeUnknown, Refused, action


class CreateDraftParams(MailParams):
    to: str = Field(default="", title="To", max_length=20_000, description="Several with commas between.")
    answer_to: str = Field(
        default="",
        title="As an answer to",
        max_length=200,
        description="The id of a mail. The draft then stands in its thread, and has its subject if it has none.",
        json_schema_extra={"x-advanced": True},
    )


async def _draft_made_before(ctx: ActionContext[GmailClient], _params: object) -> Draft | None:
    query = f"rfc822msgid:{message_id_of(ctx.idempotency_key).strip('<>')}"
    rows = [row async for row in listed(ctx.client, "drafts", 1, q=query)]
    return _draft(rows[0]) if rows else None


@action(
    title="Create a draft",
    effect="once",
    summary="{to}: {subject}|{subject}|{to}",
    icon="pen-line",
    confirm=_draft_made_before,
    scopes=(MODIFY,),
)
async def create_draft(ctx: ActionContext[GmailClient], params: CreateDraftParams) -> Draft:
    """Writes a mail and leaves it among the drafts."""
    body = await _message(ctx, params)
    return _draft(await ctx.client.call("drafts.create", body={"message": body}))


class DraftParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    draft_id: str = Field(title="Draft", min_length=1, max_length=200, examples=["{{ $json.id }}"])


class UpdateDraftParams(CreateDraftParams, DraftParams):
    """Which draft first, then its new content."""


@action(title="Change a draft", effect="idempotent", summary="{draft_id}", icon="square-pen", scopes=(MODIFY,))
async def update_draft(ctx: ActionContext[GmailClient], params: UpdateDraftParams) -> Draft:
    """Puts another mail in the place of a draft."""
    body = await _message(ctx, params)
    return _draft(await ctx.client.call("drafts.update", id=params.draft_id, body={"message": body}))


async def _still_a_draft(ctx: ActionContext[GmailClient], params: DraftParams) -> None:
    """A draft that is there wasn't sent. One that is gone was sent, or thrown away: Gmail doesn't say which."""
    try:
        await ctx.client.call("drafts.get", id=params.draft_id, format="minimal")
    except Refused as error:
        if error.code == "http_404":
            text = "The draft is no longer there: most likely it was sent."
            raise OutcomeUnknown(text, hint="Look among the sent mails.") from error
        raise


@action(
    title="Send a draft", effect="once", summary="{draft_id}", icon="send", confirm=_still_a_draft, scopes=(MODIFY,)
)
async def send_draft(ctx: ActionContext[GmailClient], params: DraftParams) -> Sent:
    """Sends a draft as it stands."""
    draft = await ctx.client.call("drafts.get", id=params.draft_id, format="metadata")
    headers = headers_of(_mail(draft).get("payload") or {})
    answer = await ctx.client.call("drafts.send", body={"id": params.draft_id})
    return sent_of(answer, headers.get("message-id", ""))


class DraftMessage(BaseModel):
    id: str = Field(title="Id of the draft")
    message: Message = Field(title="Mail")


@action(title="Read a draft", effect="read", summary="{draft_id}", icon="file-text", scopes=(MODIFY,))
async def get_draft(ctx: ActionContext[GmailClient], params: DraftParams) -> DraftMessage:
    """One draft with its text."""
    answer = await ctx.client.call("drafts.get", id=params.draft_id, format="full")
    return DraftMessage(id=params.draft_id, message=await completed(ctx.client, _mail(answer)))


class ListDraftsParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: str = Field(default="", title="Search", max_length=2000, examples=["subject:offer"])
    limit: int = Field(default=50, ge=1, le=500, title="At most")


@action(title="List drafts", effect="read", summary="{query}", icon="list", scopes=(MODIFY,))
async def list_drafts(ctx: ActionContext[GmailClient], params: ListDraftsParams) -> list[Draft]:
    """The drafts of the mailbox, newest first, one item each."""
    return [_draft(row) async for row in listed(ctx.client, "drafts", params.limit, q=params.query or None)]


class Deleted(BaseModel):
    id: str = Field(title="Id")


@action(title="Delete a draft", effect="destructive", summary="{draft_id}", icon="trash-2", scopes=(MODIFY,))
async def delete_draft(ctx: ActionContext[GmailClient], params: DraftParams) -> Deleted:
    """Deletes a draft for good; it does not go to the bin."""
    await ctx.client.call("drafts.delete", id=params.draft_id)
    return Deleted(id=params.draft_id)


async def _message(ctx: ActionContext[GmailClient], params: CreateDraftParams) -> dict[str, str]:
    if not params.answer_to:
        return await mail_body(ctx.idempotency_key, await letter_of(params, ctx.files), addressed=False)
    original = await headers_only(ctx.client, params.answer_to)
    titled = params.model_copy(update={"subject": params.subject or reply_subject(original)})
    letter = await letter_of(titled, ctx.files, references_to(original))
    return await mail_body(ctx.idempotency_key, letter, original.thread_id, addressed=False)


def _draft(given: dict[str, Any]) -> Draft:
    message = _mail(given)
    message_id = str(message.get("id") or "")
    return Draft(
        id=str(given.get("id") or ""),
        message_id=message_id,
        thread_id=str(message.get("threadId") or ""),
        url=link_to(message_id),
    )


def _mail(draft: dict[str, Any]) -> dict[str, Any]:
    return draft.get("message") or {}
