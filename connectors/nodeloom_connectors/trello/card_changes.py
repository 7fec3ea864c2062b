"""Cards: changed, moved, copied, archived and deleted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, OptionsFrom, action
from nodeloom_connectors.trello.auth import READ, WRITE
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import CardParams, Date, NewPosition, Position, Text, thing_id
from nodeloom_connectors.trello.looking import gone
from nodeloom_connectors.trello.shapes import Card, Deleted
from nodeloom_connectors.trello.trace import carries, traced

_AS_IT_IS = "Empty: stays as it is."


class UpdateCardParams(CardParams):
    name: str = Field(default="", title="New title", max_length=16_000, description=_AS_IT_IS)
    description: Text = Field(default="", title="New description", description=_AS_IT_IS)
    due: Date = Field(default="", title="Due", max_length=40, description=_AS_IT_IS, examples=["2026-12-24"])
    remove_due: bool = Field(default=False, title="Take the due date away")
    done: Literal["", "yes", "no"] = Field(
        default="",
        title="Marked as done",
        json_schema_extra={"x-labels": {"": "As it is", "yes": "Yes", "no": "No"}},
    )
    position: NewPosition = ""


@action(title="Change a card", effect="idempotent", summary="{card_id}", icon="pencil", scopes=(WRITE,))
async def update_card(ctx: ActionContext[TrelloClient], params: UpdateCardParams) -> Card:
    """Changes title, description, due date or place of a card; what is empty stays as it is."""
    changes: dict[str, JsonValue] = {
        "name": params.name,
        "desc": params.description,
        "due": params.due,
        "pos": params.position,
    }
    body: dict[str, JsonValue] = {name: value for name, value in changes.items() if value}
    if params.remove_due:
        body["due"] = None
    if params.done:
        body["dueComplete"] = params.done == "yes"
    return await ctx.client.put(Card, f"/cards/{params.card_id}", **body)


class MoveCardParams(CardParams):
    to_board_id: Annotated[str, OptionsFrom("boards"), AfterValidator(thing_id)] = Field(
        default="", title="Board to move to", max_length=200, description="Needed where it is another board."
    )
    to_list_id: Annotated[str, OptionsFrom("target_lists", depends_on=("to_board_id",)), AfterValidator(thing_id)] = (
        Field(title="List to move to", min_length=1, max_length=200)
    )
    position: Position = "bottom"


@action(title="Move a card", effect="idempotent", summary="{card_id}", icon="move-right", scopes=(WRITE,))
async def move_card(ctx: ActionContext[TrelloClient], params: MoveCardParams) -> Card:
    """Moves a card to another list, also on another board."""
    body: dict[str, JsonValue] = {"idList": params.to_list_id, "pos": params.position}
    if params.to_board_id:
        body["idBoard"] = params.to_board_id
    return await ctx.client.put(Card, f"/cards/{params.card_id}", **body)


class CopyCardParams(CardParams):
    to_board_id: Annotated[str, OptionsFrom("boards"), AfterValidator(thing_id)] = Field(
        default="", title="Board to copy to", max_length=200, description="To choose the list from."
    )
    to_list_id: Annotated[str, OptionsFrom("target_lists", depends_on=("to_board_id",)), AfterValidator(thing_id)] = (
        Field(title="List to copy to", min_length=1, max_length=200)
    )
    name: str = Field(default="", title="Title", max_length=16_000, description="Empty: that of the card.")
    keep: list[Literal["attachments", "checklists", "comments", "due", "labels", "members", "stickers"]] = Field(
        default=["attachments", "checklists", "due", "labels", "members"], title="Copy along", max_length=7
    )
    position: Position = "bottom"


async def _copied(ctx: ActionContext[TrelloClient], params: CopyCardParams) -> Card | None:
    cards = await ctx.client.get(list[dict[str, JsonValue]], f"/lists/{params.to_list_id}/cards", filter="all")
    ours = [card for card in cards if carries(str(card.get("desc", "")), ctx.idempotency_key)]
    return ctx.client.read("GET", Card, ours[0]) if ours else None


@action(
    title="Copy a card",
    effect="once",
    summary="{card_id}",
    icon="copy",
    aliases=("duplicate",),
    confirm=_copied,
    scopes=(READ, WRITE),
)
async def copy_card(ctx: ActionContext[TrelloClient], params: CopyCardParams) -> Card:
    """Makes a new card like another one."""
    source = await ctx.client.get(Card, f"/cards/{params.card_id}", fields="name,desc")
    return await ctx.client.post(
        Card,
        "/cards",
        idList=params.to_list_id,
        idCardSource=source.id,
        name=params.name or source.name,
        desc=traced(source.description, ctx.idempotency_key),
        keepFromSource=",".join(params.keep),
        pos=params.position,
    )


class ArchiveCardParams(CardParams):
    archived: bool = Field(default=True, title="Archived", description="Off: the card is taken back.")


@action(title="Archive a card", effect="idempotent", summary="{card_id}", icon="archive", scopes=(WRITE,))
async def archive_card(ctx: ActionContext[TrelloClient], params: ArchiveCardParams) -> Card:
    """Archives a card, or takes it back onto its list."""
    return await ctx.client.put(Card, f"/cards/{params.card_id}", closed=params.archived)


async def _deleted(ctx: ActionContext[TrelloClient], params: CardParams) -> Deleted | None:
    return Deleted(id=params.card_id) if await gone(ctx.client, f"/cards/{params.card_id}") else None


@action(
    title="Delete a card",
    effect="destructive",
    summary="{card_id}",
    icon="trash-2",
    confirm=_deleted,
    scopes=(READ, WRITE),
)
async def delete_card(ctx: ActionContext[TrelloClient], params: CardParams) -> Deleted:
    """Deletes a card for good; archiving keeps it."""
    await ctx.client.dictated(object, lambda trello: trello.card(params.card_id).delete())
    return Deleted(id=params.card_id)
