"""Comments on cards."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.trello.auth import READ, WRITE
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import CardParams, Text, thing_id
from nodeloom_connectors.trello.looking import gone
from nodeloom_connectors.trello.shapes import Action, Comment, Deleted
from nodeloom_connectors.trello.trace import carries, traced

_PAGE = 50


class AddCommentParams(CardParams):
    text: Text = Field(title="Text", min_length=1, description="In Markdown; @name mentions a member.")


async def _added(ctx: ActionContext[TrelloClient], params: AddCommentParams) -> Comment | None:
    actions = await ctx.client.get(list[Action], f"/cards/{params.card_id}/actions", filter="commentCard")
    ours = [one for one in actions if carries(str(one.data.get("text", "")), ctx.idempotency_key)]
    return Comment.of(ours[0]) if ours else None


@action(
    title="Comment on a card",
    effect="once",
    summary="{text}",
    icon="message-square",
    aliases=("reply", "note"),
    confirm=_added,
    scopes=(READ, WRITE),
)
async def add_comment(ctx: ActionContext[TrelloClient], params: AddCommentParams) -> Comment:
    """Writes a comment on a card."""
    text = traced(params.text, ctx.idempotency_key)
    action = await ctx.client.dictated(Action, lambda trello: trello.card(params.card_id).comment(text))
    return Comment.of(action)


class CommentParams(CardParams):
    comment_id: Annotated[str, AfterValidator(thing_id)] = Field(
        title="Comment", min_length=1, max_length=200, description="The id of a comment.", examples=["{{ $json.id }}"]
    )


class UpdateCommentParams(CommentParams):
    text: Text = Field(title="New text", min_length=1)


@action(title="Change a comment", effect="idempotent", summary="{text}", icon="pencil", scopes=(WRITE,))
async def update_comment(ctx: ActionContext[TrelloClient], params: UpdateCommentParams) -> Comment:
    """Gives a comment of the account another text."""
    action = await ctx.client.dictated(
        Action, lambda trello: trello.card(params.card_id).update_comment(params.comment_id, params.text)
    )
    return Comment.of(action)


async def _deleted(ctx: ActionContext[TrelloClient], params: CommentParams) -> Deleted | None:
    return Deleted(id=params.comment_id) if await gone(ctx.client, f"/actions/{params.comment_id}") else None


@action(
    title="Delete a comment",
    effect="destructive",
    summary="{comment_id}",
    icon="trash-2",
    confirm=_deleted,
    scopes=(READ, WRITE),
)
async def delete_comment(ctx: ActionContext[TrelloClient], params: CommentParams) -> Deleted:
    """Deletes a comment."""
    await ctx.client.dictated(
        object, lambda trello: trello.card(params.card_id).delete_comment({"id": params.comment_id})
    )
    return Deleted(id=params.comment_id)


class ListCommentsParams(CardParams):
    limit: int = Field(default=50, ge=1, le=1000, title="At most")


@action(title="List comments", effect="read", summary="{card_id}", icon="messages-square", scopes=(READ,))
async def list_comments(ctx: ActionContext[TrelloClient], params: ListCommentsParams) -> list[Comment]:
    """The comments on a card, the newest first, one item each."""
    found: list[Comment] = []
    for number in range(-(-params.limit // _PAGE)):
        page = await ctx.client.get(
            list[Action], f"/cards/{params.card_id}/actions", filter="commentCard", page=str(number)
        )
        found += [Comment.of(action) for action in page]
        if len(page) < _PAGE:
            break
    return found[: params.limit]
