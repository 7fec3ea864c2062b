"""Labels of boards, and on cards."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, action
from nodeloom_connectors.trello.already import already
from nodeloom_connectors.trello.auth import READ, WRITE
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import BoardParams, CardParams, Label, OnBoardParams
from nodeloom_connectors.trello.looking import gone, none_called
from nodeloom_connectors.trello.shapes import Changed, Deleted
from nodeloom_connectors.trello.shapes import Label as LabelShape

Color: TypeAlias = Literal["", "green", "yellow", "orange", "red", "purple", "blue", "sky", "lime", "pink", "black"]


@action(title="List labels", effect="read", summary="{board_id}", icon="tags", scopes=(READ,))
async def list_labels(ctx: ActionContext[TrelloClient], params: BoardParams) -> list[LabelShape]:
    """The labels of a board, one item each."""
    return await ctx.client.get(list[LabelShape], f"/boards/{params.board_id}/labels", limit="1000")


class CreateLabelParams(BoardParams):
    name: str = Field(title="Name", max_length=16_000)
    color: Color = Field(default="", title="Colour", json_schema_extra={"x-labels": {"": "None"}})


async def _created(ctx: ActionContext[TrelloClient], params: CreateLabelParams) -> None:
    there = await ctx.client.get(list[LabelShape], f"/boards/{params.board_id}/labels", limit="1000")
    none_called(params.name, (one.name for one in there), "a label")


@action(title="Create a label", effect="once", summary="{name}", icon="tag", confirm=_created, scopes=(READ, WRITE))
async def create_label(ctx: ActionContext[TrelloClient], params: CreateLabelParams) -> LabelShape:
    """Adds a label to a board."""
    return await ctx.client.post(
        LabelShape, "/labels", name=params.name, color=params.color or None, idBoard=params.board_id
    )


class LabelParams(OnBoardParams):
    label_id: Label


class UpdateLabelParams(LabelParams):
    name: str = Field(default="", title="New name", max_length=16_000, description="Empty: stays as it is.")
    color: Color = Field(default="", title="New colour", json_schema_extra={"x-labels": {"": "As it is"}})


@action(title="Change a label", effect="idempotent", summary="{label_id}", icon="pencil", scopes=(WRITE,))
async def update_label(ctx: ActionContext[TrelloClient], params: UpdateLabelParams) -> LabelShape:
    """Gives a label another name or colour."""
    changes: dict[str, JsonValue] = {"name": params.name, "color": params.color}
    body = {name: value for name, value in changes.items() if value}
    return await ctx.client.put(LabelShape, f"/labels/{params.label_id}", **body)


async def _deleted(ctx: ActionContext[TrelloClient], params: LabelParams) -> Deleted | None:
    return Deleted(id=params.label_id) if await gone(ctx.client, f"/labels/{params.label_id}") else None


@action(
    title="Delete a label",
    effect="destructive",
    summary="{label_id}",
    icon="trash-2",
    confirm=_deleted,
    scopes=(READ, WRITE),
)
async def delete_label(ctx: ActionContext[TrelloClient], params: LabelParams) -> Deleted:
    """Deletes a label from a board and from all its cards."""
    await ctx.client.delete(f"/labels/{params.label_id}")
    return Deleted(id=params.label_id)


class CardLabelParams(CardParams):
    label_id: Label


@action(title="Put a label on a card", effect="idempotent", summary="{label_id}", icon="tag", scopes=(WRITE,))
async def add_label(ctx: ActionContext[TrelloClient], params: CardLabelParams) -> Changed:
    """Puts a label on a card; one that is there already stays."""
    async with already("already on the card"):
        await ctx.client.dictated(
            object, lambda trello: trello.card(params.card_id).add_label(trello.label(params.label_id))
        )
    return Changed(card_id=params.card_id, id=params.label_id)


@action(title="Take a label off a card", effect="idempotent", summary="{label_id}", icon="tag", scopes=(WRITE,))
async def remove_label(ctx: ActionContext[TrelloClient], params: CardLabelParams) -> Changed:
    """Takes a label off a card; one that isn't there is no error."""
    async with already("not on the card"):
        await ctx.client.dictated(
            object, lambda trello: trello.card(params.card_id).remove_label(trello.label(params.label_id))
        )
    return Changed(card_id=params.card_id, id=params.label_id)
