"""Checklists of cards and their entries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from nodeloom_connectors.sdk import ActionContext, OptionsFrom, action
from nodeloom_connectors.trello.auth import READ, WRITE
from nodeloom_connectors.trello.client import TrelloClient
from nodeloom_connectors.trello.fields import CardParams, Date, Name, Position, thing_id
from nodeloom_connectors.trello.looking import gone, none_called
from nodeloom_connectors.trello.shapes import Checklist, ChecklistItem, Deleted


@action(title="List checklists", effect="read", summary="{card_id}", icon="list-checks", scopes=(READ,))
async def list_checklists(ctx: ActionContext[TrelloClient], params: CardParams) -> list[Checklist]:
    """The checklists of a card with their entries, one item each."""
    return await ctx.client.get(list[Checklist], f"/cards/{params.card_id}/checklists")


class CreateChecklistParams(CardParams):
    name: Name = Field(title="Name", examples=["To do"])
    position: Position = "bottom"


async def _created(ctx: ActionContext[TrelloClient], params: CreateChecklistParams) -> None:
    there = await ctx.client.get(list[Checklist], f"/cards/{params.card_id}/checklists")
    none_called(params.name, (one.name for one in there), "a checklist")


@action(
    title="Create a checklist",
    effect="once",
    summary="{name}",
    icon="list-checks",
    confirm=_created,
    scopes=(READ, WRITE),
)
async def create_checklist(ctx: ActionContext[TrelloClient], params: CreateChecklistParams) -> Checklist:
    """Adds an empty checklist to a card."""
    return await ctx.client.post(
        Checklist, f"/cards/{params.card_id}/checklists", name=params.name, pos=params.position
    )


class ChecklistParams(CardParams):
    checklist_id: Annotated[str, OptionsFrom("checklists", depends_on=("card_id",)), AfterValidator(thing_id)] = Field(
        title="Checklist", min_length=1, max_length=200
    )


async def _deleted(ctx: ActionContext[TrelloClient], params: ChecklistParams) -> Deleted | None:
    return Deleted(id=params.checklist_id) if await gone(ctx.client, f"/checklists/{params.checklist_id}") else None


@action(
    title="Delete a checklist",
    effect="destructive",
    summary="{checklist_id}",
    icon="trash-2",
    confirm=_deleted,
    scopes=(READ, WRITE),
)
async def delete_checklist(ctx: ActionContext[TrelloClient], params: ChecklistParams) -> Deleted:
    """Deletes a checklist with its entries."""
    await ctx.client.dictated(object, lambda trello: trello.checklist(params.checklist_id).delete())
    return Deleted(id=params.checklist_id)


class AddItemParams(ChecklistParams):
    name: Name = Field(title="Text")
    done: bool = Field(default=False, title="Done already")
    position: Position = "bottom"


async def _added(ctx: ActionContext[TrelloClient], params: AddItemParams) -> None:
    checklist = await ctx.client.get(Checklist, f"/checklists/{params.checklist_id}")
    none_called(params.name, (item.name for item in checklist.items), "an entry")


@action(
    title="Add to a checklist",
    effect="once",
    summary="{name}",
    icon="list-plus",
    confirm=_added,
    scopes=(READ, WRITE),
)
async def add_checklist_item(ctx: ActionContext[TrelloClient], params: AddItemParams) -> ChecklistItem:
    """Adds an entry to a checklist."""
    path = f"/checklists/{params.checklist_id}/checkItems"
    return await ctx.client.post(ChecklistItem, path, name=params.name, checked=params.done, pos=params.position)


class ItemParams(CardParams):
    item_id: Annotated[str, AfterValidator(thing_id)] = Field(
        title="Entry", min_length=1, max_length=200, description="The id of an entry of one of its checklists."
    )


class UpdateItemParams(ItemParams):
    done: Literal["", "yes", "no"] = Field(
        default="yes", title="Done", json_schema_extra={"x-labels": {"": "As it is", "yes": "Yes", "no": "No"}}
    )
    name: str = Field(default="", title="New text", max_length=16_000, description="Empty: stays as it is.")
    due: Date = Field(default="", title="Due", max_length=40, description="Empty: stays as it is.")


@action(title="Tick a checklist entry", effect="idempotent", summary="{item_id}", icon="square-check", scopes=(WRITE,))
async def update_checklist_item(ctx: ActionContext[TrelloClient], params: UpdateItemParams) -> ChecklistItem:
    """Marks an entry as done or not done, or gives it another text or due date."""
    changes: dict[str, JsonValue] = {
        "state": {"": "", "yes": "complete", "no": "incomplete"}[params.done],
        "name": params.name,
        "due": params.due,
    }
    body = {name: value for name, value in changes.items() if value}
    return await ctx.client.put(ChecklistItem, f"/cards/{params.card_id}/checkItem/{params.item_id}", **body)


async def _item_deleted(ctx: ActionContext[TrelloClient], params: ItemParams) -> Deleted | None:
    path = f"/cards/{params.card_id}/checkItem/{params.item_id}"
    return Deleted(id=params.item_id) if await gone(ctx.client, path) else None


@action(
    title="Delete a checklist entry",
    effect="destructive",
    summary="{item_id}",
    icon="trash-2",
    confirm=_item_deleted,
    scopes=(READ, WRITE),
)
async def delete_checklist_item(ctx: ActionContext[TrelloClient], params: ItemParams) -> Deleted:
    """Deletes an entry of a checklist."""
    await ctx.client.delete(f"/cards/{params.card_id}/checkItem/{params.item_id}")
    return Deleted(id=params.item_id)
